"""What Berita costs, measured beside the bare loop it could not do without."""
