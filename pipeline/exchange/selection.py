"""Documents chosen by their rank in the whole run: from summaries of each split to the document at each border."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from ...dedup.base.keep import UInt64s, extreme_value
from ...filters.select import Select
from ..job.facts import Selected
from ..steps.documents import Documents, shown
from ..steps.plan import PlannedStep
from .borders import BAR_WORDS, Between, Frame, at_rank, candidates, count_up_to, enclose, frames, summarize
from .exchange import Exchange, Message, Round, row_in_split
from .ranking import KEY_WORDS, rank_split

NOT_RANKED = -1


class Decisions(NamedTuple):
    """What was found of a split."""

    bucket: npt.NDArray[np.int16]
    """Of each document, from the best on; ``NOT_RANKED`` for what the step does not compare."""
    group: npt.NDArray[np.int32]
    """Into which of the groups each belongs."""
    groups: Mapping[str, Selected]
    """What was found of each group, by its name."""


class SelectionExchange(Exchange):
    """Finds the documents at the borders of shares, exactly, in each group::

        summary of each split ─ enclose the borders (by group) ─ send what lies between (at splits)
          ─ the document at each border (by group)                   borders for each split

    Args:
        planned: The step in its place.
        partitions: Into how many groups of groups the work is divided.
        measurements: The columns that are staged where the step stands.
    """

    def __init__(self, planned: PlannedStep, *, partitions: int, measurements: Mapping[str, pa.DataType]) -> None:
        super().__init__(planned, partitions=partitions)
        assert isinstance(planned.step, Select)
        self.step, self.measurements = planned.step, measurements

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Enclose, send, decide."""
        return (
            Round(name="Enclose borders", work=self._enclose),
            Round(name="Send between", work=self._between, at_splits=True),
            Round(name="Find borders", work=self._find),
        )

    def collector(self, path: str, splits: int) -> _Summaries:  # noqa: ARG002  (all splits are told of)
        """Summaries of the split's groups."""
        return _Summaries(self, path)

    def decisions(self, packed: Iterable[bytes], path: str) -> Decisions:
        """Find the bucket of each document that is ranked."""
        found = list(frames(packed))
        if not found:
            return Decisions(np.empty(0, dtype=np.int16), np.empty(0, dtype=np.int32), {})
        ranked = rank_split(self.planned, self.measurements, path)
        bucket = np.full(ranked.total_rows, NOT_RANKED, dtype=np.int16)
        group = np.zeros(ranked.total_rows, dtype=np.int32)
        groups: dict[int, Selected] = {}
        for frame in found:
            ends = [count_up_to(ranked.keys_of(frame.group), key) for key in frame.keys.T]
            here = np.arange(ranked.starts[frame.group + 1] - ranked.starts[frame.group])
            rows = ranked.rows[ranked.starts[frame.group] : ranked.starts[frame.group + 1]]
            bucket[rows] = np.searchsorted(ends, here, side="right")
            group[rows] = frame.group
            values = extreme_value(frame.keys[0], highest=self.step.order == "highest").tolist()
            ranks = frame.numbers.tolist()
            groups[frame.group] = Selected(
                documents=frame.documents,
                ranks=tuple(ranks),
                borders=tuple(value if rank else None for value, rank in zip(values, ranks, strict=True)),
            )
        return Decisions(bucket, group, {name: groups[number] for number, name in enumerate(ranked.groups)})

    def apply(self, documents: Documents, rows: UInt64s, decisions: Decisions) -> None:
        """Name the bucket of each document, and remove those that do not stay."""
        if not len(decisions.bucket) or not len(rows):
            return
        begin = int(row_in_split(rows)[0])
        bucket = decisions.bucket[begin : begin + len(rows)]
        ranked = bucket != NOT_RANKED
        if not ranked.any():
            return
        if self.step.buckets is not None:
            labels = pa.array(self.step.labels, pa.string()).take(pa.array(bucket[ranked]))
            documents.set_measurement(self.planned.columns[self.step.column], pa.string(), labels, ranked)
        gone = ranked & ~np.array(self.step.stays)[bucket]
        if not gone.any():
            return
        values = self._values(documents).filter(pa.array(gone))
        documents.verdicts["value"][gone] = [shown(value) for value in values.to_pylist()]
        group = decisions.group[begin : begin + len(rows)][gone]
        places, inverse = np.unique(np.stack([group, bucket[gone]], axis=1), axis=0, return_inverse=True)
        groups = list(decisions.groups.values())
        thresholds = [self._threshold(groups[number], beyond, values.type) for number, beyond in places.tolist()]
        documents.verdicts["threshold"][gone] = np.array(thresholds, dtype=object)[inverse.reshape(-1)]
        documents.remove(gone, step=self.planned.id, rule=self.step.rule)

    def facts(self, decisions: Decisions) -> Mapping[str, Selected]:
        """The groups of the split."""
        return decisions.groups

    def _values(self, documents: Documents) -> pa.Array:
        if self.step.measurement == "bytes":
            return pa.array(documents.text_bytes)
        return documents.measurements[self.step.measurement]

    def _threshold(self, group: Selected, bucket: int, declared: pa.DataType) -> str:
        """The value at the border that a bucket is beyond, as the ledger shows it; or that nothing reaches any."""
        deciding = self.step.deciding(bucket)
        border = None if deciding is None else group.borders[deciding]
        if border is None:
            return "inf" if self.step.order == "highest" else "-inf"
        if pa.types.is_floating(declared):
            return shown(border)
        return shown(bool(border) if pa.types.is_boolean(declared) else int(border))

    def _partition(self, name: str) -> int:
        return xxhash.xxh3_64_intdigest(name) % self.partitions

    def _enclose(self, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
        """Where a group is decided: between which keys its borders lie, to every split that has a part of it."""
        answers: dict[int, list[bytes]] = {}
        for parts in _by_name(packed):
            documents = sum(part.documents for part in parts)
            ranks = self.step.ranks(documents)
            between = enclose(ranks, [(part.documents, int(part.numbers[0]), part.keys) for part in parts])
            keys = np.stack([key for one in between for key in one], axis=1)
            for part in parts:
                frame = Frame(part.split, part.group, documents, np.array(ranks, dtype=np.uint64), keys)
                answers.setdefault(part.split, []).append(frame.packed())
        yield from _joined(answers)

    def _between(self, split: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At a split: how many documents lie below each pair of keys, and those between, with all of their keys."""
        assert path is not None
        ranked = rank_split(self.planned, self.measurements, path)
        answers: dict[int, list[bytes]] = {}
        for frame in sorted(frames(packed), key=lambda frame: frame.group):
            between = [Between(*pair.T) for pair in np.split(frame.keys, frame.keys.shape[1] // BAR_WORDS, axis=1)]
            below, counts, keys = candidates(ranked.keys_of(frame.group), between)
            numbers = np.concatenate([frame.numbers, below.astype(np.uint64), counts.astype(np.uint64)])
            name = ranked.groups[frame.group]
            answer = Frame(split, frame.group, frame.documents, numbers, keys, name)
            answers.setdefault(self._partition(name), []).append(answer.packed())
        yield from _joined(answers)

    def _find(self, _: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
        """Where a group is decided: the keys of the documents at its borders, to every split that has a part of it."""
        answers: dict[int, list[bytes]] = {}
        for parts in _by_name(packed):
            numbers = [part.numbers.astype(np.int64).reshape(3, -1) for part in parts]  # ranks, below, counts
            ranks = numbers[0][0]
            below = sum(one[1] for one in numbers)
            split_up = [
                np.split(part.keys, np.cumsum(one[2])[:-1], axis=1) for part, one in zip(parts, numbers, strict=True)
            ]
            keys = np.empty((KEY_WORDS, len(ranks)), dtype=np.uint64)
            for border, rank in enumerate(ranks.tolist()):
                found = np.concatenate([one[border] for one in split_up], axis=1)
                keys[:, border] = at_rank(rank, int(below[border]), found)
            for part in parts:
                frame = Frame(part.split, part.group, part.documents, ranks.astype(np.uint64), keys)
                answers.setdefault(part.split, []).append(frame.packed())
        yield from _joined(answers)


def _by_name(packed: Sequence[bytes]) -> Iterator[list[Frame]]:
    """The frames of each group, in the order of groups and splits."""
    parts: dict[str, list[Frame]] = {}
    for frame in frames(packed):
        parts.setdefault(frame.name, []).append(frame)
    for name in sorted(parts):
        yield sorted(parts[name], key=lambda frame: frame.split)


def _joined(answers: Mapping[int, list[bytes]]) -> Iterator[Message]:
    for number in sorted(answers):
        yield number, b"".join(answers[number])


class _Summaries:
    """Reads the split again when it is staged: all that a selection looks at stands there."""

    def __init__(self, exchange: SelectionExchange, path: str) -> None:
        self.exchange, self.path = exchange, path
        self.split: int | None = None

    def add(self, batch: pa.RecordBatch, rows: UInt64s) -> Mapping[str, pa.Array]:  # noqa: ARG002
        self.split = int(rows[0] >> np.uint64(32))
        return {}

    def packed(self) -> Mapping[int, bytes]:
        if self.split is None:
            return {}
        exchange = self.exchange
        ranked = rank_split(exchange.planned, exchange.measurements, self.path)
        found: dict[int, list[bytes]] = {}
        borders = len(exchange.step.ranks(0))
        for number, name in enumerate(ranked.groups):
            keys = ranked.keys_of(number)
            stride, bars = summarize(keys, borders)
            frame = Frame(self.split, number, keys.shape[1], np.array([stride], dtype=np.uint64), bars, name)
            found.setdefault(exchange._partition(name), []).append(frame.packed())
        return dict(_joined(found))
