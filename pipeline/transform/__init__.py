"""A recipe as one transform inside somebody's own Beam pipeline."""

from .recipe_transform import OUTPUTS, Clean, RecipeTransform

__all__ = ["OUTPUTS", "Clean", "RecipeTransform"]
