"""Columns of a ledger in memory, as far as other thresholds ask for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..commands.recut import KEPT_AT, RULES_PER_STEP, Place, Recut
from ..commands.recut_sql import Branch, first_true

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Flags: TypeAlias = npt.NDArray[np.bool_]
Ranks: TypeAlias = npt.NDArray[np.int16]
"""Codes of ``recut`` by their rank, which is the order in which steps and rules judge."""
COLUMNS_REMEMBERED = 32


class HeldColumns:
    """What was said of each document that could be read, in the order of the ledger.

    Args:
        tables: Where the table ``ledger`` is. ``doc_id`` and ``kept_instead`` are numbers in it.
        recut: Writes its conditions.
    """

    def __init__(self, tables: duckdb.DuckDBPyConnection, recut: Recut) -> None:
        self.source = recut.source()
        recut.measured()  # names the places
        codes = sorted({*recut.places, *(at * RULES_PER_STEP for at in recut.at.values())})
        self.codes = np.array([*codes, KEPT_AT * RULES_PER_STEP])
        self.kept = len(codes)
        """The rank of a document that no rule removes, behind all others."""
        self.places = [recut.places.get(code) for code in codes]
        self.ranks = {place: rank for rank, place in enumerate(self.places) if place is not None}
        said = tables.sql(
            f"SELECT doc_id, kept_instead, bytes, tokens, step, rule, old_at FROM {self.source}"
        ).to_arrow_table()
        self.own = _numbers(said, "doc_id").astype(np.int32)
        instead = _numbers(said, "kept_instead", -1).astype(np.int32)
        self.cluster = np.where(instead < 0, self.own, instead)
        self.clusters = max(int(self.own.max(initial=0)), int(self.cluster.max(initial=0))) + 1
        self.old_at = _numbers(said, "old_at").astype(np.int32)
        self.bytes = _numbers(said, "bytes").astype(np.float64)
        self.tokens = _numbers(said, "tokens").astype(np.float64)
        self.has_tokens = np.asarray(said.column("tokens").is_valid())
        self.old, self.old_names = _named(said)
        self._remembered: dict[str, npt.NDArray[Any]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.old_at)

    def flags(self, tables: duckdb.DuckDBPyConnection, conditions: Sequence[str]) -> list[Flags]:
        """Whether each of some conditions holds, for each document."""
        if not conditions:
            return []
        listed = ", ".join(f"coalesce(({one}), FALSE) AS c{number}" for number, one in enumerate(conditions))
        found = tables.execute(f"SELECT {listed} FROM {self.source}").fetchnumpy()
        return [np.asarray(found[f"c{number}"], dtype=np.bool_) for number in range(len(conditions))]

    def numbers(self, tables: duckdb.DuckDBPyConnection, expression: str, null: int) -> npt.NDArray[np.int32]:
        """An expression for each document."""
        found = tables.execute(f"SELECT coalesce(CAST(({expression}) AS INTEGER), {null}) AS c FROM {self.source}")
        return np.asarray(found.fetchnumpy()["c"], dtype=np.int32)

    def flag(self, tables: duckdb.DuckDBPyConnection, condition: str) -> Flags:
        """Whether a condition holds for each document, remembered."""
        return self.remembered(condition, lambda: self.flags(tables, [condition])[0])

    def first(self, tables: duckdb.DuckDBPyConnection, branches: Sequence[Branch]) -> Ranks:
        """The rank of the first branch that holds for each document, remembered."""
        written = first_true(branches)
        null = KEPT_AT * RULES_PER_STEP
        return self.remembered(
            written, lambda: np.searchsorted(self.codes, self.numbers(tables, written, null)).astype(np.int16)
        )

    def remembered(self, key: str, find: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """What was found before under a name, or is found now."""
        with self._lock:
            found = self._remembered.pop(key, None)
        if found is None:
            found = find()
        with self._lock:
            self._remembered[key] = found  # at the end: what was not asked for longest goes first
            if len(self._remembered) > COLUMNS_REMEMBERED:
                del self._remembered[next(iter(self._remembered))]
        return found


def _numbers(said: pa.Table, name: str, null: int = 0) -> npt.NDArray[np.int64]:
    column = said.column(name).combine_chunks()
    return np.asarray(column.fill_null(null).to_numpy(zero_copy_only=False)).astype(np.int64)


def _named(said: pa.Table) -> tuple[npt.NDArray[np.int32], list[Place | None]]:
    """A number for each document that stands for the step and the rule that removed it, and their names."""
    steps, rules = (said.column(name).cast("string").combine_chunks().dictionary_encode() for name in ("step", "rule"))
    joined = np.zeros(said.num_rows, np.int64)
    for column in (steps, rules):
        joined = joined * (len(column.dictionary) + 1) + np.asarray(column.indices.fill_null(-1)) + 1
    pairs, old = np.unique(joined, return_inverse=True)
    words = [[None, *column.dictionary.to_pylist()] for column in (steps, rules)]
    names = [divmod(int(pair), len(words[1])) for pair in pairs]
    return old.astype(np.int32), [None if not a else Place(words[0][a], words[1][b]) for a, b in names]
