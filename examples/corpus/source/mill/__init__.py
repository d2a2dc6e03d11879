"""Read tide tables and find the hours in which there is enough water."""

from .tables import Height, read_table
from .windows import open_hours

__all__ = ["Height", "open_hours", "read_table"]
