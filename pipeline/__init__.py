"""textmill.pipeline."""
