"""Polling and upkeep against a real store, on virtual time."""
