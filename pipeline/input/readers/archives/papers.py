"""Archives that are one paper in LaTeX, as arXiv hands them out: read as one document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ...inputs import InputOptions
from ...signatures import BESIDE_A_PAPER, LATEX_SUFFIXES, looks_like_paper
from ..dumps.paper import find_main, paper
from ..records import Record
from .entries import Entry

MOST_MEMBERS = 2000
MOST_BYTES = 1 << 26
"""Of all that a paper may take in; an archive that has more is no paper, or one that is read file by file."""
TEXTS = frozenset({".txt", ".md", ".csv", ".json", ".dat", ".yaml", ".yml"})
"""What may lie beside a paper and be a text by itself."""


@dataclass(frozen=True)
class FoundPaper:
    """A paper, and the members that are part of it."""

    record: Record
    members: frozenset[str]


def paper_in(entries: Iterable[Entry], source: str, options: InputOptions) -> FoundPaper | None:
    """The paper that an archive is; None for any other archive, also for one that cannot be read to its end."""
    members: dict[str, bytes] = {}
    names: list[str] = []
    left = MOST_BYTES
    for entry in entries:
        path = PurePosixPath(entry.name)
        names.append(entry.name)
        foreign = path.suffix.lower() not in BESIDE_A_PAPER and "anc" not in path.parts[:-1]
        if entry.content is None or entry.error or entry.name in members or len(names) > MOST_MEMBERS:
            return None
        if foreign and not looks_like_paper([*names, "a.tex"]):
            return None
        content = entry.content.read(left + 1)
        left -= len(content)
        if left < 0:
            return None
        members[entry.name] = content
    if not looks_like_paper(names):
        return None
    main = find_main(members)
    if main is None:
        return None
    used: set[str] = set()
    record = paper(members, main, source, 0, options, used=used)
    parts = {
        name
        for name in names
        if "anc" not in PurePosixPath(name).parts[:-1]
        and PurePosixPath(name).suffix.lower() not in TEXTS.union(LATEX_SUFFIXES)
    }
    return FoundPaper(record, frozenset(parts | used))
