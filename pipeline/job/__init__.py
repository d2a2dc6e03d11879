"""What a run is before it runs: its job, its fingerprints, the indexes of earlier runs, and how far it is."""
