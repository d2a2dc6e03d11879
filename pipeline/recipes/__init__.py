"""textmill.pipeline.recipes."""
