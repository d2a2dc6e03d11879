"""Pages of the web: their text, and what they say of themselves."""
