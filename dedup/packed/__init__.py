"""Arrays packed for the way between workers."""
