"""Simulated days: the whole App on virtual time, with faults from seeded dice and an oracle."""
