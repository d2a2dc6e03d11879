"""Texts to learn from: documents that finished runs have kept, or whatever files hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...errors import InputError
from ...filters.language import Language
from ..files.storage import exists, join, open_read
from ..input.inputs import InputOptions, absolute_input, find_inputs, split_label
from ..input.readers import Quarantined, read_split
from ..input.splits import cut_splits
from ..output.manifest import read_manifest

SCHEMA = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("source", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("metadata", pa.string()),
    ]
)
"""A batch of texts to learn from.

``source`` is the label of a :class:`Source`, ``origin`` what runs call the source: the file below it. ``und`` is an
unknown language.
"""

WEIGHTED = re.compile(r"(?P<label>[^=]+)=(?P<weight>[0-9.]+)")
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Source:
    """A finished run, or a file, folder or glob to read as a run would."""

    label: str
    path: str
    weight: float | None = None
    """Its share of the sample relative to others; None for its size."""

    @property
    def is_run(self) -> bool:
        """Whether it is the output folder of a finished run."""
        return exists(join(self.path, MANIFEST))

    def read(self, reading: InputOptions, lost: list[Quarantined] | None = None) -> Iterator[pa.RecordBatch]:
        """Batches of :data:`SCHEMA`, in an order that depends on nothing but the input.

        Args:
            reading: How to read what is not a finished run.
            lost: Takes what could not be read.

        Raises:
            InputError: for a path that does not exist, or a run whose shards are damaged.
        """
        yield from self._shards() if self.is_run else self._files(reading, [] if lost is None else lost)

    def _shards(self) -> Iterator[pa.RecordBatch]:
        for shard in read_manifest(self.path)["shards"]:
            path = join(self.path, "shards", shard["name"])
            try:
                with open_read(path) as stream, pq.ParquetFile(stream) as file:
                    has_language = "language" in file.schema_arrow.names
                    names = ["doc_id", "text", "kind", "source", "url", "metadata"]
                    names += ["language"] if has_language else []
                    for batch in file.iter_batches(batch_size=1000, columns=names):
                        yield self._batch(batch, batch["language"] if has_language else None)
            except (OSError, pa.ArrowException) as error:
                raise InputError(
                    f"cannot read {path}: {error}; `textmill verify {self.path}` says what is wrong"
                ) from error

    def _files(self, reading: InputOptions, lost: list[Quarantined]) -> Iterator[pa.RecordBatch]:
        for split in cut_splits(find_inputs([f"{self.label}={self.path}"]), reading):
            for read in read_split(split, reading):
                lost.extend(read.quarantined)
                if read.batch.num_rows:
                    yield self._batch(read.batch, None)

    def _batch(self, batch: pa.RecordBatch, language: pa.Array | None) -> pa.RecordBatch:
        if language is None:
            language = Language(min_score=None).measure(batch)["language.label"]
        columns = [
            batch["doc_id"],
            batch["text"],
            pa.array([self.label]).take(pa.array([0] * batch.num_rows, pa.int32())),
            batch["kind"],
            pc.fill_null(language, "und"),
            batch["source"],
            batch["url"],
            batch["metadata"],
        ]
        casted = [column.cast(field.type) for column, field in zip(columns, SCHEMA, strict=True)]
        return pa.RecordBatch.from_arrays(casted, schema=SCHEMA)


def parse_sources(given: Sequence[str], weights: Sequence[str] = ()) -> list[Source]:
    """Sources from ``PATH`` or ``label=PATH``, and weights from ``label=NUMBER``.

    Raises:
        InputError: for no source, two with one label, a missing path, or a weight that is no positive number or of no
            source.
    """
    if not given:
        raise InputError("nothing to learn from; name finished runs, folders or files")
    labels: dict[str, str] = {}
    for one in given:
        label, path = split_label(absolute_input(one))
        name = label or path.rstrip("/").rpartition("/")[2]
        if name in labels:
            raise InputError(f"{labels[name]} and {path} would both be called {name!r}; label one, as in other={path}")
        labels[name] = path
    shares: dict[str, float] = {}
    for one in weights:
        match = WEIGHTED.fullmatch(one)
        try:
            share = float(match["weight"]) if match else 0.0
        except ValueError:
            share = 0.0
        if match is None or share <= 0:
            raise InputError(f"no weight {one!r}; write label=NUMBER with a number above 0")
        if match["label"] not in labels:
            raise InputError(f"no source {match['label']!r} for the weight {one}; sources are {', '.join(labels)}")
        shares[match["label"]] = share
    sources = [Source(label, path, shares.get(label)) for label, path in sorted(labels.items())]
    for source in sources:
        if not source.is_run:
            find_inputs([f"{source.label}={source.path}"])
    return sources
