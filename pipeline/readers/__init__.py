"""textmill.pipeline.readers."""
