"""The simulated outside: fakes that fail on request."""
