"""What can be set, and what is said when it is set wrong."""
