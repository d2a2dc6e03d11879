"""textmill.filters."""
