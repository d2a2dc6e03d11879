"""From what the user names to documents: files found, recognised, cut into splits and read."""
