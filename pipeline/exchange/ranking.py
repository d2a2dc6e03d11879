"""The documents of a staged split in the order of a selection: by group, by value, and by document id."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from ...dedup.base.keep import UInt64s, extreme_first
from ...filters.kernels.machine.buffers import Int64s
from ...filters.select import Select
from ..files.staging import read_staged
from ..steps.plan import LANGUAGE_LABEL, PlannedStep, grouping_columns

KEY_WORDS = 3
"""Words of a key: rank of the value (lower is better), then both halves of the id."""


class Ranked(NamedTuple):
    """What a selection compares of a split, group after group, and in each from the best on."""

    groups: tuple[str, ...]
    """Values of the group's columns, as JSON, in order."""
    starts: Int64s
    """Where each group begins, and where the last one ends."""
    rows: Int64s
    """Where each document stands in the split."""
    keys: UInt64s
    """Shape (KEY_WORDS, n)."""
    total_rows: int
    """Documents of the split, those that are not ranked among them."""

    def keys_of(self, group: int) -> UInt64s:
        """The keys of one group, in order."""
        return self.keys[:, self.starts[group] : self.starts[group + 1]]


def rank_split(planned: PlannedStep, measurements: Mapping[str, pa.DataType], path: str) -> Ranked:
    """Rank the documents of a staged split that are still kept, meet the step's condition, and were measured.

    Args:
        planned: The selection in its place.
        measurements: Columns that the passes up to it have staged.
        path: The staged split.
    """
    step = planned.step
    assert isinstance(step, Select)
    by = grouping_columns(step, measurements)
    columns = {"doc_id", "step", "kind", step.measurement, *by}
    if planned.condition.needs_language:
        columns.add(LANGUAGE_LABEL)
    numbers: dict[str, int] = {}
    codes, rows, keys = [], [], []
    first_row = 0
    for batch in read_staged(path, sorted(columns)):
        chosen, ranks = _measured(planned, step, batch)
        if len(chosen):
            part = batch.take(pa.array(chosen))
            names, inverse = _group_names(
                [_values(part[column], name) for name, column in zip(step.by, by, strict=True)], len(chosen)
            )
            codes.append(np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)[inverse])
            rows.append(chosen + first_row)
            keys.append(np.vstack([ranks[None, chosen], id_words(part["doc_id"])]))
        first_row += batch.num_rows
    if not rows:
        none = np.empty(0, dtype=np.int64)
        return Ranked((), np.zeros(1, dtype=np.int64), none, np.empty((KEY_WORDS, 0), dtype=np.uint64), first_row)
    groups = tuple(sorted(numbers))
    place = np.argsort(np.argsort(list(numbers)))  # names were numbered as they came
    code, row, key = place[np.concatenate(codes)], np.concatenate(rows), np.concatenate(keys, axis=1)
    order = np.lexsort((*key[::-1], code))
    starts = np.searchsorted(code[order], np.arange(len(groups) + 1)).astype(np.int64)
    return Ranked(groups, starts, row[order], np.ascontiguousarray(key[:, order]), first_row)


def _measured(planned: PlannedStep, step: Select, batch: pa.RecordBatch) -> tuple[Int64s, UInt64s]:
    """Which documents of a staged batch are ranked, and the rank of every value."""
    values = batch[step.measurement].cast(pa.float64(), safe=False)
    known = np.asarray(pc.is_valid(values)) & ~np.asarray(pc.fill_null(pc.is_nan(values), fill_value=True))
    known &= np.asarray(pc.is_null(batch["step"]))
    if planned.condition:
        language = batch[LANGUAGE_LABEL] if LANGUAGE_LABEL in batch.schema.names else None
        known &= planned.condition.holds(batch["kind"], language)
    return np.flatnonzero(known), extreme_first(values, highest=step.order == "highest")


def _values(column: pa.Array, name: str) -> pa.Array:
    """What groups are told apart by: of a source the label of its input."""
    return pc.replace_substring_regex(column, "(?s)/.*", "") if name == "source" else column


def _group_names(columns: Sequence[pa.Array], count: int) -> tuple[list[str], Int64s]:
    """The groups of a batch by name, and for each document which one it belongs to."""
    code = np.zeros(count, dtype=np.int64)
    found = []
    for column in columns:
        encoded = pc.dictionary_encode(column, null_encoding="encode")
        found.append(encoded.dictionary.to_pylist())
        code = code * len(found[-1]) + encoded.indices.to_numpy(zero_copy_only=False)
    codes, inverse = np.unique(code, return_inverse=True)
    names = []
    for one in codes.tolist():
        values = []
        for known in reversed(found):
            one, index = divmod(one, len(known))
            values.append(known[index])
        names.append(group_name(values[::-1]))
    return names, inverse.astype(np.int64)


def group_name(values: Sequence[object]) -> str:
    """A group as one text, in which all values can be told apart."""
    return json.dumps(list(values), ensure_ascii=False)


def id_words(ids: pa.Array) -> UInt64s:
    """Document ids as two numbers each that order as they do, shape (2, n); ids of another form are hashed to some."""
    texts = ids.to_pylist()
    is_hash = np.asarray(pc.match_substring_regex(ids, "^[0-9a-f]{32}$").to_numpy(zero_copy_only=False), dtype=np.bool_)
    if is_hash.all():
        data = bytes.fromhex("".join(texts))
    else:
        named = zip(texts, is_hash, strict=True)
        data = b"".join(
            bytes.fromhex(text) if is_plain else xxhash.xxh3_128_digest(text.encode()) for text, is_plain in named
        )
    return np.ascontiguousarray(np.frombuffer(data, dtype=">u8").astype(np.uint64).reshape(-1, 2).T)
