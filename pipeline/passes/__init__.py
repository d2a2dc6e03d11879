"""One split taken through one pass, what it leaves, and the end of a run."""
