"""What admins may do, on a real SQLite store and a simulated outside."""
