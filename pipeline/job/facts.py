"""What is counted while a run goes on: each split's share of the manifest, and how the shares add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from ..files.ledger import KEPT, FileFacts
from ..files.packed import TravelsPacked
from ..input.readers.records import ReadBatch
from ..steps.totals import StepTotals, add_totals


@dataclass(frozen=True)
class Tally:
    """Documents and the text bytes they had when they were read."""

    documents: int = 0
    bytes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.documents + other.documents, self.bytes + other.bytes)


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """What became of one input file."""

    bytes: int = 0
    """Size of the file."""
    sha256: str = ""
    read: int = 0
    """Documents and quarantined records found in it, counted while reading."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Records that hold no document by their nature, such as the requests of a crawl, by reason."""
    verdicts: Mapping[str, int] = field(default_factory=dict)
    """Rows of the ledger by verdict."""

    def __add__(self, other: SourceFacts) -> SourceFacts:
        return SourceFacts(
            bytes=self.bytes + other.bytes,
            sha256=self.sha256 or other.sha256,
            read=self.read + other.read,
            skipped=_together(self.skipped, other.skipped),
            verdicts=_together(self.verdicts, other.verdicts),
        )


def _together(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    """Add up counts by name; as plain dictionaries, which travel through a run in a tenth of a counter's time."""
    if not one or not other:
        return one or other
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


@dataclass(frozen=True, kw_only=True)
class Selected:
    """What a selection has found of one group, the same in every split that has a part of it."""

    documents: int
    """That were ranked."""
    ranks: tuple[int, ...]
    """How many of them lie up to each border, from the best on."""
    borders: tuple[float | None, ...]
    """The value of the last of these; None where there are none."""


@dataclass(kw_only=True)
class SplitFacts(TravelsPacked):
    """What one split adds to the manifest. It counts in place; :func:`dataclasses.replace` makes a copy of its own."""

    packed_field: ClassVar[str] = "sources"

    number: int
    sources: dict[str, SourceFacts] = field(default_factory=dict)
    verdicts: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    """Documents and bytes by verdict, step and rule; kept ones under two empty strings."""
    selections: dict[tuple[str, str], Selected] = field(default_factory=dict)
    """By the step and the name of the group."""
    tokens: int = 0
    copies: int = 0
    """Rows of the shards that repeat a document."""
    copied_tokens: int = 0
    ledger: FileFacts | None = None
    removed: FileFacts | None = None
    quarantine: FileFacts | None = None
    timing: dict[str, StepTotals] = field(default_factory=dict, compare=False)
    """What each step has seen, and how long it took: the one thing that is never the same twice."""

    def __post_init__(self) -> None:
        self.sources, self.verdicts = dict(self.sources), dict(self.verdicts)
        self.selections = dict(self.selections)
        self.timing = {step: replace(totals) for step, totals in self.timing.items()}

    def add_input(self, source: str, sha256: str, file_bytes: int = 0) -> None:
        """Note an input file, also one that holds no document; called for the split that has its beginning."""
        self._add_source(source, SourceFacts(sha256=sha256, bytes=file_bytes))

    def add_read(self, found: ReadBatch) -> None:
        """Count what readers have found in each source: documents, records for the quarantine, and skipped ones."""
        for source, count in found.read.items():
            self._add_source(source, SourceFacts(read=count, skipped=dict(found.skipped.get(source, {}))))

    def add_verdicts(self, rows: pa.RecordBatch) -> None:
        """Count rows of the ledger."""
        columns = (rows[name].to_pylist() for name in ("source", "verdict", "step", "rule"))
        keys = list(zip(*columns, strict=True))
        text_bytes: Counter[tuple[str, ...]] = Counter()
        for key, size in zip(keys, rows["bytes"].to_pylist(), strict=True):
            text_bytes[key] += size or 0
        for (source, verdict, step, rule), documents in Counter(keys).items():
            key = (verdict, step or "", rule or "")
            added = Tally(documents, text_bytes[source, verdict, step, rule])
            self.verdicts[key] = self.verdicts.get(key, Tally()) + added
            self._add_source(source, SourceFacts(verdicts={verdict: documents}))
        self.tokens += pc.sum(rows["tokens"]).as_py() or 0

    def add_copies(self, rows: pa.RecordBatch, repeats: str) -> None:
        """Count what is written beyond the first row of each kept document, of rows of the ledger."""
        more = pc.if_else(pc.equal(rows["verdict"], KEPT), pc.subtract(pc.fill_null(rows[repeats], 1), 1), 0)
        self.copies += pc.sum(more).as_py() or 0
        self.copied_tokens += pc.sum(pc.multiply(more, pc.fill_null(rows["tokens"], 0))).as_py() or 0

    def _add_source(self, source: str, facts: SourceFacts) -> None:
        self.sources[source] = self.sources.get(source, SourceFacts()) + facts


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """The splits together."""

    sources: Mapping[str, SourceFacts]
    verdicts: Mapping[tuple[str, str, str], Tally]
    selections: Mapping[tuple[str, str], Selected]
    tokens: int
    copies: int
    copied_tokens: int
    ledger: tuple[FileFacts, ...]
    removed: tuple[FileFacts, ...]
    quarantine: tuple[FileFacts, ...]
    timing: Mapping[str, StepTotals] = field(default_factory=dict, compare=False)


def combine(splits: Iterable[SplitFacts]) -> RunFacts:
    """Add up splits; the result does not depend on their order."""
    sources: dict[str, SourceFacts] = {}
    verdicts: dict[tuple[str, str, str], Tally] = {}
    timing: dict[str, StepTotals] = {}
    ordered = sorted(splits, key=lambda split: split.number)
    for split in ordered:
        for source, facts in split.sources.items():
            sources[source] = sources.get(source, SourceFacts()) + facts
        for key, tally in split.verdicts.items():
            verdicts[key] = verdicts.get(key, Tally()) + tally
        add_totals(timing, split.timing)
    return RunFacts(
        sources=sources,
        verdicts=verdicts,
        selections=dict(sorted(item for split in ordered for item in split.selections.items())),
        tokens=sum(split.tokens for split in ordered),
        copies=sum(split.copies for split in ordered),
        copied_tokens=sum(split.copied_tokens for split in ordered),
        ledger=tuple(split.ledger for split in ordered if split.ledger is not None),
        removed=tuple(split.removed for split in ordered if split.removed is not None),
        quarantine=tuple(split.quarantine for split in ordered if split.quarantine is not None),
        timing=timing,
    )
