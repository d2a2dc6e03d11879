"""``textmill stats``: what a finished run, or an input before any run, is made of."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import regex

from ...errors import InputError
from ...filters.base.draw import draw
from ...filters.language import Language
from ..files.storage import exists, join
from ..files.tables import HOST, MEMORY_LIMIT, open_tables, quoted
from ..input.inputs import InputOptions, find_inputs
from ..input.readers import read_split
from ..input.splits import cut_splits
from ..output.manifest import MANIFEST, read_manifest
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from ..steps.engine import PassEngine

if TYPE_CHECKING:
    import duckdb

GROUPS = ("source", "kind", "language", "domain")
NGRAMS = (1, 2, 3)
SAMPLED_BYTES = 5_000_000
"""Of so much text, drawn by the ids of documents, the most frequent words and runs of words are counted."""
WORD = regex.compile(r"\p{Han}|\p{Hiragana}+|\p{Katakana}+|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*")
PERCENTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
INPUT_SCHEMA = pa.schema(
    {
        "doc_id": pa.string(),
        "source": pa.string(),
        "kind": pa.string(),
        "url": pa.string(),
        "language": pa.string(),
        "bytes": pa.int64(),
    }
)


@dataclass(frozen=True)
class Group:
    """Documents that have something in common."""

    name: str
    documents: int
    bytes: int
    """Of text as it was read."""
    tokens: int
    kept: int
    """Documents; of an input all."""


@dataclass(kw_only=True)
class Stats:
    """What documents there are."""

    documents: int = 0
    quarantined: int = 0
    bytes: int = 0
    tokens: int = 0
    kept: int = 0
    is_run: bool = False
    """Whether this is a finished run, of which only kept documents have a domain, and words."""
    groups: dict[str, list[Group]] = field(default_factory=dict)
    """By source, kind, language and domain, the largest first."""
    others: dict[str, int] = field(default_factory=dict)
    """How many groups more there are."""
    lengths: dict[str, int] = field(default_factory=dict)
    """Bytes of a document: percentiles, mean, the longest."""
    histogram: dict[int, int] = field(default_factory=dict)
    """Documents by length, in classes of up to so many bytes, powers of two."""
    ngrams: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    """The most frequent runs of one to three words, with how often they stand there."""
    sampled_bytes: int = 0
    """Text in which words were counted."""


def count(given: Sequence[str], reading: InputOptions, *, top: int) -> Stats:
    """Count what a finished run's folder, or files and folders of input, hold.

    Args:
        given: One output folder; or inputs.
        reading: How inputs are read.
        top: So many groups, and runs of words, are listed of each.

    Raises:
        InputError: when nothing is there, or it cannot be read.
    """
    if len(given) == 1 and exists(join(given[0], MANIFEST)):
        with _run_tables(given[0]) as (tables, texts, quarantined):
            return _counted(tables, texts, Stats(quarantined=quarantined, is_run=True), top)
    with _input_tables(given, reading) as (tables, texts, quarantined):
        return _counted(tables, texts, Stats(quarantined=quarantined), top)


Tables = tuple["duckdb.DuckDBPyConnection", Iterator[str], int]


@contextmanager
def _run_tables(folder: str) -> Iterator[Tables]:
    manifest = read_manifest(folder)
    with open_tables(folder, manifest, ("ledger", "shards")) as tables:
        ledger = _columns(tables, "ledger")
        language = '"language.label"' if "language.label" in ledger else "NULL::VARCHAR"
        has_shards = bool(manifest["shards"])
        url = "shards.url" if has_shards else "NULL::VARCHAR"
        joined = "LEFT JOIN shards USING (doc_id)" if has_shards else ""
        tables.execute(
            f"CREATE VIEW documents AS SELECT ledger.source, ledger.kind, {language} AS language, {url} AS url, "
            "ledger.bytes, ledger.tokens, verdict = 'kept' AS kept "
            f"FROM ledger {joined} WHERE verdict <> 'quarantined'"
        )
        yield tables, _texts_of_run(tables, manifest["totals"]["bytes_kept"]), manifest["totals"]["quarantined"]


def _texts_of_run(tables: duckdb.DuckDBPyConnection, text_bytes: int) -> Iterator[str]:
    """Texts of kept documents, drawn by their ids, which are hashes."""
    if not text_bytes:
        return
    bound = min(int(SAMPLED_BYTES / text_bytes * 16**8), 16**8 - 1)
    found = tables.cursor().execute(f"SELECT text FROM shards WHERE doc_id <= '{bound:08x}g'")
    while rows := found.fetchmany(1000):
        yield from (text for (text,) in rows)


def _columns(tables: duckdb.DuckDBPyConnection, name: str) -> set[str]:
    return {row[0] for row in tables.execute(f"DESCRIBE {name}").fetchall()}


@contextmanager
def _input_tables(inputs: Sequence[str], reading: InputOptions) -> Iterator[Tables]:
    """Read everything once, label languages, and keep the facts in a file, the texts of a sample in memory."""
    import duckdb

    files = find_inputs(inputs)
    size_bytes = sum(file.size for file in files)
    engine = PassEngine(RecipeDefinition("stats", [Language(min_score=None)]).plan, 0)
    texts: list[str] = []
    quarantined = 0
    with tempfile.TemporaryDirectory(prefix="textmill-") as scratch:
        path = Path(scratch) / "documents.parquet"
        with pq.ParquetWriter(path, INPUT_SCHEMA) as writer:
            for split in cut_splits(files, reading):
                for part in read_split(split, reading):
                    quarantined += len(part.quarantined)
                    if not part.batch.num_rows:  # nothing is measured of nothing
                        continue
                    documents = Documents.read(part.batch)
                    engine.apply(documents)
                    writer.write_batch(_facts(documents))
                    texts += _drawn(part.batch, SAMPLED_BYTES / max(size_bytes, 1))
        with duckdb.connect(config={"temp_directory": scratch, "memory_limit": MEMORY_LIMIT}) as tables:
            tables.execute(
                "CREATE VIEW documents AS SELECT source, kind, language, url, bytes, 0 AS tokens, true AS kept "
                f"FROM read_parquet({quoted(path)})"
            )
            yield tables, iter(texts), quarantined


def _facts(documents: Documents) -> pa.RecordBatch:
    batch = documents.batch
    sizes = pc.binary_length(batch["text"]).cast(pa.int64())
    columns = [batch[name] for name in ("doc_id", "source", "kind", "url")]
    return pa.RecordBatch.from_arrays([*columns, documents.measurements["language.label"], sizes], schema=INPUT_SCHEMA)


def _drawn(batch: pa.RecordBatch, share: float) -> list[str]:
    ids, texts = batch["doc_id"].to_pylist(), batch["text"]
    return [texts[row].as_py() for row, one in enumerate(ids) if draw(one, "stats") <= share]


def _counted(tables: duckdb.DuckDBPyConnection, texts: Iterator[str], stats: Stats, top: int) -> Stats:
    sums = "count(*), sum(bytes)::BIGINT, sum(tokens)::BIGINT, count(*) FILTER (kept)"
    row = tables.execute(f"SELECT {sums} FROM documents").fetchone() or ()
    stats.documents, stats.bytes, stats.tokens, stats.kept = (int(value or 0) for value in row)
    expressions = {
        "source": "split_part(source, '/', 1)",
        "kind": "kind",
        "language": "language",
        "domain": f"nullif(regexp_extract(lower(url), {HOST}, 1), '')",
    }
    for name in GROUPS:
        rows = tables.execute(
            f"SELECT name, {sums}, count(*) OVER () FROM (SELECT *, {expressions[name]} AS name FROM documents) "
            f"WHERE name IS NOT NULL GROUP BY name ORDER BY sum(bytes) DESC, name LIMIT {top:d}"
        ).fetchall()
        stats.groups[name] = [Group(one, *(int(value or 0) for value in counted)) for one, *counted, _ in rows]
        stats.others[name] = rows[0][-1] - len(rows) if rows else 0
    if stats.documents:
        _measure_lengths(tables, stats)
    _count_words(texts, stats, top)
    return stats


def _measure_lengths(tables: duckdb.DuckDBPyConnection, stats: Stats) -> None:
    asked = f"quantile_disc(bytes, {list(PERCENTILES)}), avg(bytes)::BIGINT, max(bytes)"
    row = tables.execute(f"SELECT {asked} FROM documents").fetchone()
    assert row is not None
    stats.lengths = {f"{share:.0%}": value for share, value in zip(PERCENTILES, row[0], strict=True)}
    stats.lengths |= {"mean": row[1], "longest": row[2]}
    power = "CASE WHEN bytes < 2 THEN 0 ELSE ceil(log2(bytes))::INT END"
    bins = tables.execute(f"SELECT {power} AS power, count(*) FROM documents GROUP BY ALL ORDER BY power").fetchall()
    stats.histogram = {2**power: counted for power, counted in bins}


def _count_words(texts: Iterator[str], stats: Stats, top: int) -> None:
    counts = {size: Counter[tuple[str, ...]]() for size in NGRAMS}
    for text in texts:
        stats.sampled_bytes += len(text.encode())
        words = WORD.findall(text.lower())
        for size, counter in counts.items():
            counter.update(zip(*(words[start:] for start in range(size)), strict=False))
    for size, counter in counts.items():
        most = sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:top]
        stats.ngrams[size] = [(" ".join(words), counted) for words, counted in most]


def refuse_several(given: Sequence[str]) -> None:
    """Several finished runs are not one.

    Raises:
        InputError: when one of several folders holds a finished run.
    """
    runs = [one for one in given if exists(join(one, MANIFEST))]
    if runs and len(given) > 1:
        raise InputError(f"{runs[0]} is a finished run; give it alone, or compare two by textmill compare")
