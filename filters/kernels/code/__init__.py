"""Source code: where comments stand."""
