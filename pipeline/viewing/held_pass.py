"""A pass over documents in memory: rules, and the deduplication behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ...dedup.base.step import DocumentDeduplicator
from ...dedup.documents.exact import ExactDedup
from ...dedup.documents.url import UrlDedup
from ..commands.recut import DOUBTS, Place, Recut
from ..commands.recut_sql import Branch
from ..steps.plan import Pass, PlannedStep
from .held_columns import HeldColumns, Ranks

if TYPE_CHECKING:
    import duckdb

MEASUREMENT, TEXT, DUPLICATE, NEIGHBOUR = (
    1 + DOUBTS.index(doubt) for doubt in ("measurement", "text", "duplicate", "neighbour")
)
BITS = 64


@dataclass
class State:
    """What was found of each document so far."""

    outcome: Ranks
    doubt: npt.NDArray[np.int8]
    """0 for none."""
    soft: npt.NDArray[np.bool_]
    """Whether a removal is in doubt, and not only the name of its rule."""


class HeldPass:
    """What the thresholds do not change: the rules that each document breaks, as bits, and whom the rest concerns."""

    def __init__(self, columns: HeldColumns, tables: duckdb.DuckDBPyConnection, recut: Recut, one: Pass) -> None:
        self.columns = columns
        self.rules = list(_rules(recut, one).items())
        broken = columns.flags(tables, [_both(branch) for _, branch in self.rules])
        self.words = []
        for start in range(0, len(broken), BITS):
            word = np.zeros(len(columns), np.uint64)
            for bit, flags in enumerate(broken[start : start + BITS]):
                word |= flags.astype(np.uint64) << np.uint64(bit)
            self.words.append(word)
        self.comparing = None
        if one.deduplicator is not None:
            self.comparing = HeldDeduplication(columns, tables, recut, one.deduplicator)

    def apply(self, tables: duckdb.DuckDBPyConnection, recut: Recut, one: Pass, state: State) -> None:
        """Judge by the rules of a recipe with other thresholds, as ``recut`` does."""
        fails = self._fails(tables, _rules(recut, one))
        is_open = state.outcome == self.columns.kept
        missing, edited = (
            [branch for planned in one.steps for branch in write(planned)] for write in (recut.missing, recut.edited)
        )
        if missing or edited:
            first_edited = self.columns.first(tables, edited)
            first = np.minimum(self.columns.first(tables, missing), first_edited)
            stops = is_open & (state.doubt == 0) & (first < fails)
            state.doubt[stops] = np.where(first_edited == first, TEXT, MEASUREMENT).astype(np.int8)[stops]
            if edited:
                state.soft |= is_open & (first_edited < fails)
        # Ranks are in the order in which is judged, so the first removal is the lowest.
        state.outcome = np.minimum(state.outcome, fails)
        if self.comparing is not None:
            self.comparing.apply(state)

    def _fails(self, tables: duckdb.DuckDBPyConnection, new: dict[Place, Branch]) -> Ranks:
        """The first rule that each document breaks now."""
        moved = [number for number, (place, old) in enumerate(self.rules) if new.get(place) != old]
        unmoved = f"{id(self)} {moved}"
        fails: Ranks = self.columns.remembered(unmoved, lambda: self._first_of_others(moved))
        for place in (self.rules[number][0] for number in moved):
            if place in new:
                branch = new[place]
                broken = self.columns.flag(tables, branch.holds)
                if branch.concerned != "TRUE":
                    broken = broken & self.columns.flag(tables, branch.concerned)
                rank, kept = np.int16(self.columns.ranks[place]), np.int16(self.columns.kept)
                fails = np.minimum(fails, np.where(broken, rank, kept))
        return fails

    def _first_of_others(self, moved: Sequence[int]) -> Ranks:
        """The first rule that each document breaks, without some of them."""
        fails = np.full(len(self.columns), self.columns.kept, np.int16)
        for number, word in enumerate(self.words):
            here = self.rules[number * BITS : (number + 1) * BITS]
            stays = sum(1 << bit for bit in range(len(here)) if number * BITS + bit not in moved)
            left = word & np.uint64(stays)
            lowest = left & (~left + np.uint64(1))
            ranks = [self.columns.kept, *(self.columns.ranks[place] for place, _ in here)]
            # The exponent of 2 ** bit is one more than the bit, that of 0 is 0.
            found = np.array(ranks, np.int16)[np.frexp(lowest.astype(np.float64))[1]]
            fails = np.minimum(fails, found)
        return fails


class HeldDeduplication:
    """The decisions of a deduplication, which stay as far as the documents that enter it do."""

    def __init__(
        self, columns: HeldColumns, tables: duckdb.DuckDBPyConnection, recut: Recut, planned: PlannedStep
    ) -> None:
        self.columns = columns
        self.step = planned.step
        at = recut.at[planned.id]
        concerned = columns.numbers(tables, recut.concerned(planned), -1)
        self.is_concerned, self.may_be_concerned = concerned == 1, concerned != 0
        self.unknown = concerned < 0 if (concerned < 0).any() else None
        self.entered = (columns.old_at >= at) & self.is_concerned
        self.behind = columns.old_at > at
        self.here = columns.old_at == at
        self.cluster = np.where(self.here, columns.cluster, columns.own)
        removes = [
            columns.kept if place is None or place.step != planned.id else columns.ranks.get(place, columns.kept)
            for place in columns.old_names
        ]
        self.removes = np.array(removes, np.int16)[columns.old]
        """The rank of the rule by which it removed each document."""

    def apply(self, state: State) -> None:
        """Carry its decisions over."""
        is_open = state.outcome == self.columns.kept
        may_enter = (is_open | state.soft) & self.may_be_concerned
        leaves = self.entered & ~(is_open & (state.doubt == 0) & self.is_concerned)
        enter, leave = bool((may_enter & ~self.entered).any()), bool(leaves.any())
        of_documents = isinstance(self.step, DocumentDeduplicator)
        unsure: npt.NDArray[np.bool_] | None = None
        if (enter or leave) and not of_documents:
            unsure = may_enter
        elif enter:
            certain = isinstance(self.step, (ExactDedup, UrlDedup))
            unsure = may_enter & (~self.entered | self.behind) if certain else may_enter
        elif leave:
            broken = np.zeros(self.columns.clusters, np.bool_)
            broken[self.cluster[leaves]] = True
            unsure = may_enter & self.here & broken[self.cluster]
        is_sure = state.doubt == 0
        if unsure is not None:
            reasons = np.where(self.entered, np.int8(NEIGHBOUR), np.int8(DUPLICATE))
            np.copyto(state.doubt, reasons, where=unsure & is_sure)
            state.soft |= unsure & is_open & self.here if of_documents else unsure
        if self.unknown is not None:
            state.doubt[is_open & self.unknown & (state.doubt == 0)] = MEASUREMENT
        # Who was removed before has a lower rank than any rule of this step.
        state.outcome = np.minimum(state.outcome, self.removes)


def _rules(recut: Recut, one: Pass) -> dict[Place, Branch]:
    return {
        recut.places[branch.code]: branch._replace(code=0) for planned in one.steps for branch in recut.fails(planned)
    }


def _both(branch: Branch) -> str:
    return f"({branch.concerned}) AND ({branch.holds})"
