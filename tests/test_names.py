"""Public names: what users import from textmill is what its folders list."""

import textmill
from textmill import dedup, errors, filters
from textmill.filters.base.step import Step
from textmill.pipeline.recipes.registry import STEPS

TO_WRITE_STEPS = {"Step", "Filter", "Cleaner", "Rule", "Deduplicator", "DocumentDeduplicator", "PartDeduplicator"}
"""What one needs to write steps, not to use them: to be imported from ``textmill.filters`` and ``textmill.dedup``."""


def test_the_package_lists_what_its_folders_list() -> None:
    raised = {name for name, found in vars(errors).items() if isinstance(found, type) and issubclass(found, Exception)}
    listed = {
        *filters.__all__,
        *dedup.__all__,
        *raised,
        "Recipe",
        "Cleaned",
        "Tokenize",
        "InputOptions",
    } - TO_WRITE_STEPS
    assert set(textmill.__all__) == listed
    assert all(getattr(textmill, name).__name__ == name for name in textmill.__all__)


def test_recipe_files_know_every_public_step() -> None:
    listed = [getattr(textmill, name) for name in textmill.__all__]
    steps = {found for found in listed if isinstance(found, type) and issubclass(found, Step)}
    assert set(STEPS.values()) == steps
    assert len(STEPS) == len(steps)
