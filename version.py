"""The version of this package, which the manifest of every run records."""

__version__ = "0.1.0"
