"""Rooms tested one by one, mirroring the tree."""
