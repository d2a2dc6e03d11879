"""Recipes: in Python, as YAML files, and the presets that come with textmill (``*.yaml`` in this folder)."""
