"""What is written of documents: columns of shards, rows of the ledger, removed texts."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, Language, Recipe, Rehydrate, ScrubPII, Tokenize, where
from textmill.filters.base.batch import BATCH_SCHEMA
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.rows import finished_rows, ledger_rows, shard_schema
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.steps.documents import Documents

DOCUMENT = ["doc_id", "text", "source", "kind", "url", "metadata"]


def letters(text: str) -> int:
    return len(text)


@pytest.mark.parametrize(
    ("steps", "more"),
    [
        ([where(letters, minimum=1)], {}),
        ([Language(min_score=None)], {"language": pa.string(), "language_score": pa.float64()}),
        ([ExactDedup()], {"cluster_size": pa.int64()}),
        ([ExactDedup(), Rehydrate()], {"cluster_size": pa.int64(), "repeats": pa.int64()}),
        ([Tokenize()], {"input_ids": pa.list_(pa.int32()), "token_count": pa.int64()}),
    ],
)
def test_columns_of_shards_are_those_that_steps_add(steps: list[Any], more: dict[str, pa.DataType]) -> None:
    schema = shard_schema(Recipe("r", steps).plan)
    assert schema.names == [*DOCUMENT, *more]
    assert {name: schema.field(name).type for name in more} == more


TEXTS = ["The mill stands by the river, and it has for long.", "gone", "Write to anna@mail.org about the old mill."]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rows")
    texts = [*TEXTS, TEXTS[0], TEXTS[0]]
    lines = [json.dumps({"text": text, "license": "MIT", "url": f"http://x/{n}"}) for n, text in enumerate(texts)]
    (folder / "in.jsonl").write_text("\n".join([*lines, "not json"]), encoding="utf-8")
    steps = [Language(min_score=None), where(letters, minimum=9), ScrubPII(), ExactDedup(), Rehydrate(), Tokenize()]
    recipe = Recipe("r", steps, columns=["license", "input_label", "letters"])
    job = Job(recipe=recipe, inputs=(f"mills={folder}/in.jsonl",), output=str(folder / "out"), keep_removed=True)
    (result,) = run_passes(job)
    assert result.piece is not None
    pq.write_table(pa.Table.from_batches(read_staged(result.piece.path)), folder / "out" / "shard.parquet")
    return folder / "out"


def test_kept_documents_are_written_as_often_as_they_are_wanted(out: Path) -> None:
    shard = pq.read_table(out / "shard.parquet").to_pylist()
    scrubbed = TEXTS[2].replace("anna@mail.org", "<EMAIL>")
    assert [row["text"] for row in shard] == [*[TEXTS[0]] * 3, scrubbed]
    assert [(row["cluster_size"], row["repeats"]) for row in shard] == [*[(3, 3)] * 3, (1, 1)]
    assert {row["language"] for row in shard} == {"en"}
    assert [(row["license"], row["input_label"], row["letters"], row["url"]) for row in shard] == [
        *[("MIT", "mills", 50, "http://x/0")] * 3,
        ("MIT", "mills", 42, "http://x/2"),
    ]
    assert all(0 < row["language_score"] <= 1 for row in shard)
    for row in shard:
        assert row["token_count"] == len(row["input_ids"])
        assert row["input_ids"] == Tokenize().encode(pa.array([row["text"]], pa.large_string()))[0].as_py()


def test_the_ledger_has_each_document_once(out: Path) -> None:
    rows = pq.read_table(out / "ledger").to_pylist()
    duplicate = ("removed", "exact_dedup", "duplicate")
    assert [(row["verdict"], row["step"], row["rule"]) for row in rows] == [
        ("kept", None, None),
        ("removed", "where", "minimum"),
        ("kept", None, None),
        *[duplicate] * 2,
        ("quarantined", "read", "invalid_json"),
    ]
    shard = pq.read_table(out / "shard.parquet").to_pylist()
    tokens = {row["doc_id"]: row["token_count"] for row in shard}
    assert [row["tokens"] for row in rows] == [tokens.get(row["doc_id"]) for row in rows]
    assert [row["bytes"] for row in rows] == [len(text.encode()) for text in (*TEXTS, TEXTS[0], TEXTS[0])] + [0]
    assert [row["letters"] for row in rows] == [50, 4, 42, 50, 50, None]
    assert {row["source"] for row in rows} == {"mills"}
    assert [row["kind"] for row in rows] == [*["web"] * 5, None]
    assert len({row["doc_id"] for row in rows}) == len(rows)


def test_removed_documents_keep_their_text_and_say_why(out: Path) -> None:
    rows = pq.read_table(out / "removed").to_pylist()
    assert [(row["text"], row["step"]) for row in rows] == [
        ("gone", "where"),
        (TEXTS[0], "exact_dedup"),
        (TEXTS[0], "exact_dedup"),
    ]
    assert (rows[0]["rule"], float(rows[0]["value"]), float(rows[0]["threshold"])) == ("minimum", 4, 9)
    assert (rows[0]["kept_instead"], rows[0]["similarity"], rows[0]["cluster"]) == (None, None, None)
    kept = pq.read_table(out / "shard.parquet")["doc_id"][0].as_py()
    reason = {"rule": "duplicate", "value": None, "threshold": None, "similarity": 1.0}
    for row, url in zip(rows[1:], ("http://x/3", "http://x/4"), strict=True):
        assert row.items() >= (reason | {"kept_instead": kept, "cluster": kept, "url": url, "kind": "web"}).items()
        assert (row["source"], row["metadata"]) == ("mills", '{"license":"MIT"}')
    assert set(rows[0]) == {*DOCUMENT, "step", "rule", "value", "threshold", "kept_instead", "similarity", "cluster"}


def batch_of(texts: list[str], sources: list[str], metadata: list[str | None]) -> pa.RecordBatch:
    rows = {"doc_id": [str(n) for n in range(len(texts))], "text": texts, "source": sources, "kind": ["book"] * 3}
    return pa.RecordBatch.from_pydict(rows | {"url": [None] * 3, "metadata": metadata}, schema=BATCH_SCHEMA)


def test_columns_that_are_asked_for_are_filled_of_each_document() -> None:
    batch = batch_of(["abcd", "ab", "abcdef"], ["web/a/b.txt", "web/c", "books"], ['{"rights": "free"}', None, "{}"])
    plan = Recipe("r", [where(letters, minimum=3)], columns=["letters", "license", "input_label"]).plan
    documents = Documents.read(batch.append_column("letters", pa.array([4, 2, 6])))
    documents.remove(np.array([False, True, False]), step="where", rule="minimum", value="2", threshold="3")
    finished = finished_rows(documents, plan)
    assert finished.schema == shard_schema(plan)
    assert finished.select(["doc_id", "letters", "license", "input_label"]).to_pylist() == [
        {"doc_id": "0", "letters": 4, "license": "free", "input_label": "web"},
        {"doc_id": "2", "letters": 6, "license": None, "input_label": "books"},
    ]
    assert ledger_rows(documents, plan).select(["doc_id", "verdict", "tokens", "kind"]).to_pylist() == [
        {"doc_id": "0", "verdict": "kept", "tokens": None, "kind": "book"},
        {"doc_id": "1", "verdict": "removed", "tokens": None, "kind": "book"},
        {"doc_id": "2", "verdict": "kept", "tokens": None, "kind": "book"},
    ]


def test_what_no_step_has_measured_of_a_batch_is_null_and_counts_as_one() -> None:
    plan = Recipe("r", [Language(), ExactDedup(), Rehydrate()]).plan
    finished = finished_rows(Documents.read(batch_of(["a", "b", "c"], ["s"] * 3, [None] * 3)), plan)
    columns = ["language", "language_score", "cluster_size", "repeats"]
    assert finished.schema == shard_schema(plan)
    assert finished.select(columns).to_pylist() == [dict(zip(columns, (None, None, 1, 1), strict=True))] * 3


def test_what_could_not_be_read_stands_in_the_quarantine(out: Path) -> None:
    (row,) = pq.read_table(out / "quarantine").to_pylist()
    assert (row["source"], row["error"], row["first_bytes"]) == ("mills", "invalid_json", b"not json")
    assert row["position"] == (out.parent / "in.jsonl").read_bytes().index(b"not json")
