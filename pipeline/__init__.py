"""Recipes, readers, the Beam graph, tokenizing, writing, and the command line."""
