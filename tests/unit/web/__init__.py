"""The guard, the HTTP room and the fetch of one feed."""
