"""A ledger in memory, which other thresholds judge anew within a tenth of a second.

It says what :func:`~textmill.pipeline.commands.recut.recut` says. What thresholds do not change is found once, by the
conditions that ``recut`` writes; a moved threshold then asks the ledger for one column, and the passes are gone through
in arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...filters.select import Select
from ..commands.recut import DOUBTS, Place, Recut
from ..commands.retune import Sum
from ..steps.plan import Plan
from .held_columns import HeldColumns
from .held_pass import HeldPass, State

if TYPE_CHECKING:
    import duckdb


def can_be_held(plan: Plan) -> bool:
    """Whether thresholds can be answered from memory; a selection ranks documents anew, which only ``recut`` does."""
    return not any(isinstance(planned.step, Select) for planned in plan.steps)


class HeldLedger:
    """The table ``ledger`` as far as thresholds ask for it.

    Args:
        tables: Where the table is; it must not change. ``doc_id`` and ``kept_instead`` are numbers in it.
        plan: What the run did, without selections.
    """

    def __init__(self, tables: duckdb.DuckDBPyConnection, plan: Plan) -> None:
        self.plan = plan
        recut = Recut(plan, plan)
        self._columns = HeldColumns(tables, recut)
        self._passes = [HeldPass(self._columns, tables, recut, one) for one in plan.passes]
        self._start = np.where(self._columns.old_at == 0, 0, self._columns.kept).astype(np.int16)
        self._by_old = self._columns.old.astype(np.int64) * ((self._columns.kept + 1) * (len(DOUBTS) + 1))

    def sums(self, tables: duckdb.DuckDBPyConnection, new: Plan) -> tuple[list[Sum], dict[int, Place]]:
        """Sums of documents under other thresholds, and what the codes of outcomes in them mean.

        Args:
            tables: A connection to the same ledger.
            new: The plan of the run with other thresholds, and nothing else changed.
        """
        recut = Recut(self.plan, new)
        recut.measured()  # names the places
        documents = len(self._columns)
        state = State(self._start, np.zeros(documents, np.int8), np.zeros(documents, np.bool_))
        for held, one in zip(self._passes, new.passes, strict=True):
            held.apply(tables, recut, one, state)
        return self._summed(state, {place: code for code, place in recut.places.items()}), recut.places

    def _summed(self, state: State, codes: dict[Place, int]) -> list[Sum]:
        columns = self._columns
        doubt = state.doubt * ((state.outcome == columns.kept) | state.soft)
        group = self._by_old + (state.outcome.astype(np.int32) * (len(DOUBTS) + 1) + doubt)
        documents = np.bincount(group)
        sizes = np.bincount(group, columns.bytes)
        tokens = np.bincount(group, columns.tokens)
        found = np.flatnonzero(documents)
        tokenised = tokens > 0
        if not tokenised[found].all() and columns.has_tokens.any():
            tokenised = np.bincount(group, columns.has_tokens) > 0
        sums = []
        for one in found.tolist():
            rest, why = divmod(one, len(DOUBTS) + 1)
            old, rank = divmod(rest, columns.kept + 1)
            before = columns.old_names[old]
            now = None if rank == columns.kept else columns.places[rank]
            sums.append(
                Sum(
                    old_step=None if before is None else before.step,
                    old_rule=None if before is None else before.rule,
                    outcome=None if now is None else codes[now],
                    doubt=DOUBTS[why - 1] if why else None,
                    documents=int(documents[one]),
                    bytes=int(sizes[one]),
                    tokens=int(tokens[one]) if tokenised[one] else None,
                )
            )
        return sums
