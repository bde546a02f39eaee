"""Templates: filled, bounded, refused where they are wrong."""
