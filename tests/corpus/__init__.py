"""Feed documents, real-shaped and broken, each beside what we read out of it; see `cases`."""
