"""Names and messages as a terminal may be shown them."""

from __future__ import annotations

import sys

JOINERS = "\u200c\u200d"
"""Invisible, but part of words in Persian and of emoji."""


def printable(name: str) -> str:
    """The name with its control characters written out: names of files are no commands to a terminal."""
    if name.isprintable():
        return name
    return "".join(one if one.isprintable() or one in JOINERS else _escaped(one) for one in name)


def tell(message: object) -> None:
    """Print a message, which may quote names and be of several lines, to standard error."""
    print("\n".join(map(printable, str(message).split("\n"))), file=sys.stderr)


def _escaped(one: str) -> str:
    # Bytes that are no UTF-8 stand as surrogates, which are written as the bytes that they were.
    return one if "\udc80" <= one <= "\udcff" else one.encode("unicode_escape").decode()
