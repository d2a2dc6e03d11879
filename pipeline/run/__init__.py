"""A job carried out with Beam, on this machine or on a cluster. Beam's workers start here."""
