"""Archives: every readable file in them as if it lay in a folder."""
