"""One suite every adapter must pass, and what its messages look like."""
