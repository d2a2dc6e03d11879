"""What a deduplicator is, which document of a cluster is kept, and indexes of earlier runs."""
