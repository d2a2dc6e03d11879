"""Flat arrays of ids: special tokens around documents, and documents turned round for filling in the middle."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ...filters.base.draw import draw

Ids: TypeAlias = npt.NDArray[np.uint32]
Offsets: TypeAlias = npt.NDArray[np.int64]

FIM_SALT = "fill in the middle"
PREFIX_SUFFIX_MIDDLE, SUFFIX_PREFIX_MIDDLE = "psm", "spm"


class FimTokens(NamedTuple):
    """Ids of the tokens that stand before the three parts of a text."""

    prefix: int
    middle: int
    suffix: int


class Parts(NamedTuple):
    """A text cut at two places, and the order in which its parts are to stand."""

    prefix: str
    middle: str
    suffix: str
    order: str

    def texts(self) -> tuple[str, str, str]:
        """The parts in that order."""
        if self.order == PREFIX_SUFFIX_MIDDLE:
            return self.prefix, self.suffix, self.middle
        return self.suffix, self.prefix, self.middle


def cut_for_fim(doc_id: str, text: str, rate: float) -> Parts | None:
    """Cut a text at two characters, for so many documents of all, by lots drawn by its id; None for the others.

    Source: Bavarian et al. 2022 (arXiv:2207.14255), sections 3 and 3.1, on characters; half of the texts that are cut
    stand as suffix, prefix, middle, as in Li et al. 2023 (StarCoder), section 5.2.
    """
    if draw(doc_id, FIM_SALT) > rate:
        return None
    places = sorted(math.ceil(draw(doc_id, f"{FIM_SALT} {name}") * (len(text) + 1)) - 1 for name in ("one", "other"))
    order = SUFFIX_PREFIX_MIDDLE if draw(doc_id, f"{FIM_SALT} order") <= 0.5 else PREFIX_SUFFIX_MIDDLE
    return Parts(text[: places[0]], text[places[0] : places[1]], text[places[1] :], order)


def put_together(parts: Parts, encoded: Sequence[Ids], tokens: FimTokens) -> Ids:
    """The ids of the three parts, in the order of :meth:`Parts.texts`, with the tokens that mark them."""
    marks = (
        ((tokens.prefix,), (tokens.suffix,), (tokens.middle,))
        if parts.order == PREFIX_SUFFIX_MIDDLE
        # As StarCoder's code has it: the middle follows its prefix without a token between them.
        else ((tokens.prefix, tokens.suffix), (tokens.middle,), ())
    )
    pieces: list[Ids] = []
    for before, ids in zip(marks, encoded, strict=True):
        pieces += [np.array(before, dtype=np.uint32), ids]
    return np.concatenate(pieces)


def wrap(ids: Ids, offsets: Offsets, before: Sequence[int], behind: Sequence[int]) -> tuple[Ids, Offsets]:
    """Put the same ids before and behind every text."""
    if not before and not behind:
        return ids, offsets
    count, more = len(offsets) - 1, len(before) + len(behind)
    wrapped = offsets + more * np.arange(count + 1, dtype=np.int64)
    whole = np.empty(int(wrapped[-1]), dtype=np.uint32)
    is_own: npt.NDArray[np.bool_] = np.ones(len(whole), dtype=np.bool_)
    for number, token in enumerate(before):
        whole[wrapped[:-1] + number] = token
        is_own[wrapped[:-1] + number] = False
    for number, token in enumerate(behind):
        whole[wrapped[1:] - len(behind) + number] = token
        is_own[wrapped[1:] - len(behind) + number] = False
    whole[is_own] = ids[offsets[0] : offsets[-1]]
    return whole, wrapped


def joined(parts: Sequence[Ids]) -> tuple[Ids, Offsets]:
    """Put the ids of texts one behind the other."""
    offsets = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return (np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)), offsets
