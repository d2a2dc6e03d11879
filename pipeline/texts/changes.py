"""Where two versions of a text differ, and a text as the pieces that a row of edits has made of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import NamedTuple

import regex

MOST_PAIRS = 4_000_000
"""Words times words that are compared within changed lines; beyond it the lines as a whole are the change."""

_WORDS = regex.compile(r"\w+|\s|[^\w\s]")


class Change(NamedTuple):
    """Characters ``start`` to ``end`` of a text, and what stands there afterwards."""

    start: int
    end: int
    after: str


def changes(before: str, after: str) -> Iterator[Change]:
    """What to replace in ``before``, from the front, to get ``after``: whole lines, and words within changed lines."""
    for start, end, new in _differing(before.splitlines(keepends=True), after.splitlines(keepends=True), 0):
        old = before[start:end]
        words, new_words = _WORDS.findall(old), _WORDS.findall(new)
        if old and new and len(words) * len(new_words) <= MOST_PAIRS:
            yield from _differing(words, new_words, start)
        else:
            yield Change(start, end, new)


def _differing(old: Sequence[str], new: Sequence[str], at: int) -> Iterator[Change]:
    same = _shared(old, new)
    same_behind = _shared(old[same:][::-1], new[same:][::-1])
    offsets = [at, *itertools.accumulate(map(len, old), initial=at)][1:]
    inner_old, inner_new = old[same : len(old) - same_behind], new[same : len(new) - same_behind]
    # Words of one line may all be frequent; lines that are frequent, blank ones above all, make poor anchors.
    matcher = SequenceMatcher(None, inner_old, inner_new)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield Change(offsets[same + old_start], offsets[same + old_end], "".join(inner_new[new_start:new_end]))


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many items both begin with."""
    pairs = zip(old, new, strict=False)
    return next((number for number, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


@dataclass(frozen=True)
class Piece:
    """Some characters that stand, or once stood, in a text."""

    text: str
    start: int
    """Where it stood in the text as it was given; of what was put in: where that stood which it replaced."""
    end: int
    put_in_by: str | None = None
    cut_by: str | None = None
    broken: tuple[str, ...] = ()
    """Rules that the line which it belongs to drives."""


class Pieces:
    """A text that remembers what it was: cut, put in, and marked."""

    def __init__(self, text: str) -> None:
        self.pieces: list[Piece] = [Piece(text, 0, len(text))] if text else []

    @property
    def text(self) -> str:
        """As it stands now."""
        return "".join(piece.text for piece in self.pieces if piece.cut_by is None)

    def edit(self, made: Sequence[Change], step: str) -> Iterator[tuple[int, int, str, str]]:
        """Make changes to the text as it stands; gives where each stood at first, what it took out and put in."""
        self._split(point for change in made for point in (change.start, change.end))
        rebuilt: list[Piece] = []
        rest = iter(self.pieces)
        at, place = 0, 0
        for change in made:
            while at < change.start:
                piece = next(rest)
                rebuilt.append(piece)
                place = piece.end
                at += _live(piece)
            begin: int | None = None
            cut: list[str] = []
            while at < change.end:
                piece = next(rest)
                at += _live(piece)
                place = piece.end
                if piece.cut_by is not None:
                    rebuilt.append(piece)
                    continue
                begin = piece.start if begin is None else begin
                cut.append(piece.text)
                if piece.put_in_by is None:
                    rebuilt.append(replace(piece, cut_by=step))
            begin = place if begin is None else begin
            if change.after:
                rebuilt.append(Piece(change.after, begin, place, put_in_by=step))
            yield begin, place, "".join(cut), change.after
        self.pieces = [*rebuilt, *rest]

    def mark(self, lines: Iterable[int], rule: str) -> None:
        """Mark lines, counted from 1, of the text as it stands as driving a rule."""
        text = self.text
        ends = list(itertools.accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
        wanted = sorted({line for line in lines if 0 < line < len(ends)})
        spans = [(ends[line - 1], min(ends[line] - 1, len(text))) for line in wanted]
        self._split(point for span in spans for point in span)
        at, number = 0, 0
        for index, piece in enumerate(self.pieces):
            while number < len(spans) and spans[number][1] <= at:
                number += 1
            if number < len(spans) and spans[number][0] <= at and piece.cut_by is None:
                self.pieces[index] = replace(piece, broken=(*piece.broken, rule))
            at += _live(piece)

    def _split(self, points: Iterable[int]) -> None:
        """Have pieces begin at these characters of the text as it stands."""
        cuts = sorted(set(points))
        split: list[Piece] = []
        at, number = 0, 0
        for piece in self.pieces:
            end = at + _live(piece)
            while number < len(cuts) and cuts[number] <= at:
                number += 1
            begin = 0
            while number < len(cuts) and cuts[number] < end:
                split.append(_part(piece, begin, cuts[number] - at))
                begin = cuts[number] - at
                number += 1
            split.append(_part(piece, begin, len(piece.text)) if begin else piece)
            at = end
        self.pieces = split


def _live(piece: Piece) -> int:
    return len(piece.text) if piece.cut_by is None else 0


def _part(piece: Piece, begin: int, end: int) -> Piece:
    shift: Callable[[int], int] = (lambda at: piece.start + at) if piece.put_in_by is None else (lambda _: piece.start)
    last = piece.start + end if piece.put_in_by is None else piece.end
    return replace(piece, text=piece.text[begin:end], start=shift(begin), end=last)
