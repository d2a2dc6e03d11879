"""``--kind``: what documents are taken for, all of them or those of an input."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...errors import InputError
from ...filters.base.batch import KINDS
from ..files.globs import is_glob
from .inputs import absolute_input, find_roots


def parse_kinds(given: Iterable[str], inputs: Sequence[str]) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Read ``web`` or ``web=crawl``: the kind of all documents, and pairs for ``InputOptions.kinds``.

    Args:
        given: What the command line says, each with a kind, and perhaps an input as it was named, its label, a path
            below it, or a glob over sources.
        inputs: The inputs, to tell what a path is called in the output.

    Raises:
        InputError: for an unknown kind, two kinds for all, or a path that lies in no input.
    """
    for_all: list[str] = []
    by_source: list[tuple[str, str]] = []
    for one in given:
        kind, has_pattern, pattern = one.partition("=")
        if kind not in KINDS:
            raise InputError(f"unknown kind {kind!r} in --kind {one}; kinds are {', '.join(KINDS)}")
        if has_pattern:
            by_source.append((_source_pattern(pattern, inputs), kind))
        else:
            for_all.append(kind)
    if len(set(for_all)) > 1:
        raise InputError(f"documents cannot all be {' and '.join(for_all)}; say of which input, as in web=crawl")
    return (for_all[0] if for_all else None), tuple(by_source)


def _source_pattern(pattern: str, inputs: Sequence[str]) -> str:
    """What the output calls an input or a path below one; a label or a glob over sources stays."""
    roots = find_roots(inputs)
    if pattern in inputs:
        return roots[list(inputs).index(pattern)][0]
    pattern = pattern.rstrip("/")
    if any(pattern == label or pattern.startswith(f"{label}/") for label, _ in roots) or is_glob(pattern):
        return pattern
    path = absolute_input(pattern)
    for label, root in roots:
        if path == root or path.startswith(f"{root}/"):
            return f"{label}{path[len(root) :]}"
    labels = ", ".join(label for label, _ in roots)
    raise InputError(f"--kind names {pattern!r}, which is no part of the inputs: {labels}")
