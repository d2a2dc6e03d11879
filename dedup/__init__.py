"""textmill.dedup."""
