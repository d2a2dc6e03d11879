"""Texts in memory: one, many, or the rows of a table through a recipe, without files, deduplication and selection."""
