"""Model files that are shipped, the scripts that trained them, and the way every model is found and loaded."""
