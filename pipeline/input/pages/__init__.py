"""Pages of the web: their text, and what they say of themselves."""

from .page import Extraction, Page, extract

__all__ = ["Extraction", "Page", "extract"]
