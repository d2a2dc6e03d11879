"""Errors that textmill raises for its users; each message says what is wrong, where, and what to do next."""

from __future__ import annotations

import difflib
import traceback
from collections.abc import Iterable
from pathlib import Path

MOST_MESSAGE_CHARS = 300
"""How much is shown of a message that is not ours: some libraries quote a whole text."""


class TextmillError(Exception):
    """Base of every error that textmill raises on purpose.

    Example:
        >>> from textmill import Recipe
        >>> try:
        ...     Recipe.load("finweb")
        ... except TextmillError as error:
        ...     print(str(error).partition(";")[0])
        no preset or recipe file 'finweb'
    """


class RecipeError(TextmillError):
    """A recipe, step, parameter or threshold is wrong. Raised before any input is read; exit code 2.

    Example:
        >>> from textmill import GopherQuality
        >>> try:
        ...     GopherQuality(min_words="3")
        ... except RecipeError as error:
        ...     print(error)
        gopher_quality.min_words must be a whole number or null, not '3'
    """


class InputError(TextmillError):
    """An input or output location is wrong (missing, ambiguous, not empty). Exit code 2.

    Example:
        >>> from textmill import Recipe
        >>> try:
        ...     Recipe("r", []).clean("A text.", kind="html")
        ... except InputError as error:
        ...     print(error)
        kind is 'html'; choose one of web, book, code, other
    """


class AccountingError(TextmillError):
    """A finished run or a verified folder does not add up. Exit code 1.

    Example:
        >>> issubclass(AccountingError, TextmillError)
        True
    """


def describe_error(error: BaseException) -> str:
    """An error that is not ours in one line: its type, its message, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(str(error).split())
    return f"{type(error).__name__}{': ' if message else ''}{message[:MOST_MESSAGE_CHARS]}{where}"


def nearest(name: str, valid: Iterable[str]) -> str:
    """A question whether the most similar valid name was meant; nothing when none is similar."""
    close = difflib.get_close_matches(name, list(valid), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
