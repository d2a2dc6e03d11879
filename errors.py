"""Errors that textmill raises for its users; each message says what is wrong, where, and what to do next."""

from __future__ import annotations


class TextmillError(Exception):
    """Base of every error that textmill raises on purpose."""


class RecipeError(TextmillError):
    """A recipe, step, parameter or threshold is wrong. Raised before any input is read; exit code 2."""


class InputError(TextmillError):
    """An input or output location is wrong (missing, ambiguous, not empty). Exit code 2."""


class AccountingError(TextmillError):
    """A finished run or a verified folder does not add up. Exit code 1."""
