"""Shards: even plans that lose nothing, files that every reader loads, the same bytes each time."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import AccountingError, InputError
from textmill.filters.base.batch import BATCH_SCHEMA, make_batch
from textmill.pipeline.job.results import Piece
from textmill.pipeline.output.shards import ShardPlan, Slice, plan_shards, write_shard
from textmill.pipeline.steps.tokenizing import Tokenize

SCHEMA = pa.schema(
    [
        *BATCH_SCHEMA,
        pa.field("language", pa.string()),
        pa.field("language_score", pa.float64()),
        pa.field("input_ids", pa.list_(pa.int32())),
        pa.field("token_count", pa.int64()),
    ]
)


def finished_batch(texts: Sequence[str], first: int) -> pa.RecordBatch:
    batch = make_batch(texts, source="books/one.txt", kind="book", positions=range(first, first + len(texts)))
    ids = Tokenize("cl100k").encode(batch["text"])
    columns = [
        *batch.columns,
        pa.array(["en"] * len(texts)),
        pa.array([0.5] * len(texts)),
        ids,
        pa.array([len(one) for one in ids.to_pylist()], pa.int64()),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def write_piece(path: Path, batches: Sequence[pa.RecordBatch]) -> Piece:
    with pa.ipc.new_file(str(path), SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return Piece(
        path=str(path),
        batch_rows=tuple(batch.num_rows for batch in batches),
        batch_bytes=tuple(sum(len(text.encode()) for text in batch["text"].to_pylist()) for batch in batches),
    )


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> list[Piece]:
    """Three splits: one of three batches, an empty one, one of a single batch; 60 documents."""
    folder = tmp_path_factory.mktemp("pieces")
    texts = [f"Document {number}: " + "é word " * (number % 7 * 30) for number in range(60)]
    cuts = [(0, 10), (10, 11), (11, 40), (40, 60)]
    batches = [finished_batch(texts[start:end], start) for start, end in cuts]
    return [
        write_piece(folder / "split-0.arrow", batches[:3]),
        write_piece(folder / "split-1.arrow", []),
        write_piece(folder / "split-2.arrow", batches[3:]),
    ]


def rows_of(pieces: Sequence[Piece]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for piece in pieces:
        with pa.ipc.open_file(piece.path) as reader:
            rows.extend(reader.read_all().to_pylist())
    return rows


def positions(plan: ShardPlan, pieces: Sequence[Piece]) -> Iterator[tuple[str, int]]:
    """Every document of a shard as piece and row, worked out one by one."""
    by_path = {piece.path: piece for piece in pieces}
    for part in plan.slices:
        assert part.batches == tuple(range(part.batches[0], part.batches[-1] + 1))
        start = sum(by_path[part.path].batch_rows[: part.batches[0]]) + part.first_row
        assert part.first_row < by_path[part.path].batch_rows[part.batches[0]]
        assert start + part.row_count > sum(by_path[part.path].batch_rows[: part.batches[-1]])
        for row in range(start, start + part.row_count):
            yield part.path, row


BATCHES = st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100_000)), max_size=6)


@given(splits=st.lists(BATCHES, max_size=6), target_bytes=st.integers(1, 300_000))
def test_every_document_is_in_one_shard_in_order(splits: list[list[tuple[int, int]]], target_bytes: int) -> None:
    pieces = [
        Piece(path=f"{n}", batch_rows=tuple(r for r, _ in split), batch_bytes=tuple(b for _, b in split))
        for n, split in enumerate(splits)
    ]
    plans = plan_shards(pieces, target_bytes)
    everything = [(piece.path, row) for piece in pieces for row in range(sum(piece.batch_rows))]
    assert [where for plan in plans for where in positions(plan, pieces)] == everything
    assert [plan.number for plan in plans] == list(range(len(plans)))
    assert {plan.of for plan in plans} == {len(plans)}
    if everything:
        assert all(any(True for _ in positions(plan, pieces)) for plan in plans)
        total = sum(sum(piece.batch_bytes) for piece in pieces)
        assert len(plans) == min(len(everything), max(1, -(-total // target_bytes)))
    else:
        assert plans == [ShardPlan(number=0, of=1, slices=())]


def test_shards_are_even_by_bytes() -> None:
    pieces = [
        Piece(path=f"{n}", batch_rows=(100, 100), batch_bytes=(size, size // 2))
        for n, size in enumerate((10_000, 90_000, 400))
    ]
    plans = plan_shards(pieces, 20_000)
    density = {(p.path, i): p.batch_bytes[i // 100] / 100 for p in pieces for i in range(200)}
    sizes = [sum(density[where] for where in positions(plan, pieces)) for plan in plans]
    assert len(plans) == 8
    assert max(sizes) - min(sizes) <= 2 * 900  # a document at either end


def test_a_cut_within_a_batch() -> None:
    pieces = [Piece(path="a", batch_rows=(10, 30), batch_bytes=(100, 300))]
    first, second = plan_shards(pieces, 200)
    assert first.slices == (Slice(path="a", batches=(0, 1), first_row=0, row_count=20),)
    assert second.slices == (Slice(path="a", batches=(1,), first_row=10, row_count=20),)
    assert (first.name, second.name) == ("part-00000-of-00002.parquet", "part-00001-of-00002.parquet")


def test_a_shard_size_that_is_not_positive_is_refused() -> None:
    with pytest.raises(InputError, match="at least 1 byte"):
        plan_shards([], 0)


@pytest.mark.parametrize(
    ("megabytes", "shards"), [(0, 1), (32, 1), (33, 2), (256, 8), (2_000, 8), (2_048, 8), (2_049, 9), (25_600, 100)]
)
def test_small_runs_have_smaller_shards_by_default(megabytes: int, shards: int) -> None:
    piece = Piece(path="none", batch_rows=(100,) * 1000, batch_bytes=(megabytes * 1000,) * 1000)
    plans = plan_shards([piece], None)
    assert len(plans) == shards
    assert sum(part.row_count for plan in plans for part in plan.slices) == 100_000


def test_written_shards_hold_every_document(pieces: list[Piece], tmp_path: Path) -> None:
    facts = [write_shard(plan, str(tmp_path), SCHEMA) for plan in plan_shards(pieces, 9_000)]
    assert len(facts) > 2
    tables = [pq.read_table(tmp_path / fact.name) for fact in facts]
    rows = [row for table in tables for row in table.to_pylist()]
    assert rows == rows_of(pieces)
    for fact, table in zip(facts, tables, strict=True):
        content = (tmp_path / fact.name).read_bytes()
        assert table.schema.equals(SCHEMA)
        assert fact.rows == table.num_rows
        assert fact.tokens == sum(len(ids) for ids in table["input_ids"].to_pylist())
        assert fact.text_bytes == sum(len(text.encode()) for text in table["text"].to_pylist())
        assert fact.kinds == {"book": {"documents": fact.rows, "bytes": fact.text_bytes, "tokens": fact.tokens}}
        assert (fact.file_bytes, fact.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert sorted(path.name for path in tmp_path.iterdir()) == [fact.name for fact in facts]


def test_a_second_time_gives_the_same_bytes(pieces: list[Piece], tmp_path: Path) -> None:
    plan = plan_shards(pieces, 9_000)[1]
    assert write_shard(plan, str(tmp_path / "a"), SCHEMA) == write_shard(plan, str(tmp_path / "b"), SCHEMA)


def test_duckdb_and_datasets_read_the_shards(
    pieces: list[Piece], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import load_dataset

    for plan in plan_shards(pieces, 9_000):
        write_shard(plan, str(tmp_path / "shards"), SCHEMA)
    glob = str(tmp_path / "shards" / "*.parquet")
    expected = rows_of(pieces)
    with duckdb.connect() as connection:
        found = connection.execute("SELECT doc_id, text, input_ids FROM read_parquet(?)", [glob]).fetchall()
    assert found == [(row["doc_id"], row["text"], row["input_ids"]) for row in expected]
    loaded = load_dataset("parquet", data_files=glob, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded.to_list() == expected


def test_no_documents_still_give_a_file_with_a_schema(tmp_path: Path) -> None:
    (plan,) = plan_shards([], 1_000)
    fact = write_shard(plan, str(tmp_path), SCHEMA)
    table = pq.read_table(tmp_path / fact.name)
    assert (fact.name, fact.rows, table.num_rows) == ("part-00000-of-00001.parquet", 0, 0)
    assert table.schema.equals(SCHEMA)
    with duckdb.connect() as connection:
        assert connection.execute(
            "SELECT count(text) FROM read_parquet(?)", [str(tmp_path / fact.name)]
        ).fetchall() == [(0,)]


def test_large_shards_come_in_row_groups(tmp_path: Path) -> None:
    batch = finished_batch(["x" * 100_000] * 10, 0)
    piece = write_piece(tmp_path / "piece.arrow", [batch] * 200)
    (plan,) = plan_shards([piece], 10**9)
    fact = write_shard(plan, str(tmp_path), SCHEMA)
    metadata = pq.read_metadata(tmp_path / fact.name)
    assert metadata.num_row_groups > 1
    assert metadata.num_rows == fact.rows == 2_000
    text = metadata.row_group(0).column(BATCH_SCHEMA.get_field_index("text"))
    assert text.compression == "ZSTD"
    assert not any("DICTIONARY" in encoding for encoding in text.encodings)


def test_a_piece_with_fewer_documents_than_planned_is_told(pieces: list[Piece], tmp_path: Path) -> None:
    plan = ShardPlan(number=0, of=1, slices=(Slice(path=pieces[2].path, batches=(0, 1), first_row=5, row_count=16),))
    with pytest.raises(AccountingError, match="1 documents early"):
        write_shard(plan, str(tmp_path / "out"), SCHEMA)
    assert not any((tmp_path / "out").iterdir())


def test_what_is_counted_of_a_shard(pieces: list[Piece], tmp_path: Path) -> None:
    (plan,) = plan_shards(pieces, 10**9)
    batch = finished_batch(["x"], 0)
    facts = write_shard(plan, str(tmp_path / "shards"), batch.schema)
    rows = rows_of(pieces)
    texts = [len(str(row["text"]).encode()) for row in rows]
    kinds = {str(row["kind"]) for row in rows}
    assert (facts.rows, facts.text_bytes) == (len(rows), sum(texts))
    assert facts.kinds.keys() == kinds
    assert sum(found["documents"] for found in facts.kinds.values()) == len(rows)
    assert sum(found["bytes"] for found in facts.kinds.values()) == sum(texts)
    assert facts.tokens == sum(found["tokens"] for found in facts.kinds.values())
    spent = facts.totals
    assert (spent.documents, spent.text_bytes, spent.batches) == (len(rows), sum(texts), 1)
    assert spent.nanoseconds > 0
    path = tmp_path / "shards" / facts.name
    assert (facts.file_bytes, facts.sha256) == (
        path.stat().st_size,
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
