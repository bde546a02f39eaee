"""The pure rooms between the outbox and the reader: pace, retry, health."""
