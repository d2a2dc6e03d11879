"""Names as a terminal may be shown them."""

from __future__ import annotations


def printable(name: str) -> str:
    """The name with its control characters written out: names of files are no commands to a terminal."""
    if name.isprintable():
        return name
    return "".join(one if one.isprintable() else _escaped(one) for one in name)


def _escaped(one: str) -> str:
    # Bytes that are no UTF-8 stand as surrogates, which are written as the bytes that they were.
    return one if "\udc80" <= one <= "\udcff" else one.encode("unicode_escape").decode()
