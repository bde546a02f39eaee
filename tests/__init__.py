"""The tests, and the world they run in."""
