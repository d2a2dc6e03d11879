"""What a run will do, found from a sample of its input before it starts."""
