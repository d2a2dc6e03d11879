"""From what the user names to documents: files found, told apart, cut into splits and read."""
