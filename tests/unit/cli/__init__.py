"""The pure parts of the command line: what is read, what is told."""
