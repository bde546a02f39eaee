"""One behaviour suite for the store, run on a real SQLite file and a real PostgreSQL."""
