"""The finished output folder: shards, manifest, report and data card, and its check."""
