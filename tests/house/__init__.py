"""The house itself: its arrows, its shape, its packaging, and what it says of itself."""
