"""A finished output folder, written by the real writers from real verdicts, small enough to know by heart."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from textmill import Recipe, Tokenize, where
from textmill.filters.batch import BATCH_SCHEMA, make_batch
from textmill.pipeline.ledger import QUARANTINE_SCHEMA, ledger_schema, write_table
from textmill.pipeline.manifest import SplitFacts, build_manifest, combine, write_manifest
from textmill.pipeline.readers.records import Quarantined, ReadBatch
from textmill.pipeline.shards import Piece, plan_shards, shard_schema, write_shard


def letters(text: str) -> int:
    return len(text)


SOURCE = "in/a.jsonl"
TEXTS = ["A first document, kept.", "short", "A second one, kept too.", "A first document, kept.", "ünïcödé text, kept"]
"""Kept, removed by where.minimum, kept, a duplicate of the first, kept."""


def column(field: pa.Field, values: dict[str, list[Any]], rows: int) -> pa.Array:
    return pa.array(values.get(field.name, [None] * rows), field.type)


def write_folder(folder: Path) -> dict[str, Any]:
    recipe = Recipe("small <recipe>", [where(letters, minimum=10), Tokenize()])
    plan = recipe.plan
    batch = make_batch(TEXTS, source=SOURCE)
    ids, rows = batch["doc_id"].to_pylist(), len(TEXTS)
    sizes = [len(text.encode()) for text in TEXTS]
    kept = pa.array([0, 2, 4])
    input_ids = Tokenize().encode(batch["text"].take(kept))
    tokens: list[int | None] = [None] * rows
    for index, found in zip(kept.to_pylist(), input_ids.to_pylist(), strict=True):
        tokens[index] = len(found)

    facts = SplitFacts(number=0)
    facts.add_input(SOURCE, "0" * 64, 123)
    unreadable = Quarantined(source=SOURCE, position=5, error="invalid_json", detail="line 6", first_bytes=b"{")
    facts.add_read(ReadBatch(SOURCE, batch, [unreadable], {}))  # type: ignore[arg-type]
    schema = ledger_schema(plan.measurements)
    account: dict[str, list[Any]] = {
        "doc_id": [*ids, "f" * 32],
        "source": [SOURCE] * (rows + 1),
        "verdict": ["kept", "removed", "kept", "removed", "kept", "quarantined"],
        "step": [None, "where", None, "exact_dedup", None, "read"],
        "rule": [None, "minimum", None, "duplicate", None, "invalid_json"],
        "value": [None, "5.0", None, None, None, None],
        "threshold": [None, "10", None, None, None, None],
        "kept_instead": [None, None, None, ids[0], None, None],
        "bytes": [*sizes, 0],
        "tokens": [*tokens, None],
        "letters": [*(float(len(text)) for text in TEXTS), None],
    }
    ledger = pa.RecordBatch.from_arrays([column(field, account, rows + 1) for field in schema], schema=schema)
    facts.add_verdicts(ledger)
    part = "part-00000-of-00001.parquet"
    facts.ledger = write_table(str(folder / "ledger" / part), [ledger], schema)
    removed = batch.take(pa.array([1, 3])).select(["doc_id", "text"])
    facts.removed = write_table(str(folder / "removed" / part), [removed], removed.schema)
    quarantine = pa.RecordBatch.from_pylist([vars(unreadable)], schema=QUARANTINE_SCHEMA)
    facts.quarantine = write_table(str(folder / "quarantine" / part), [quarantine], QUARANTINE_SCHEMA)

    columns = {name: batch[name].take(kept) for name in BATCH_SCHEMA.names}
    columns |= {"input_ids": input_ids, "token_count": pa.array([len(found) for found in input_ids.to_pylist()])}
    finished = pa.RecordBatch.from_pydict(columns, schema=shard_schema(plan))
    staged = folder.parent / f"{folder.name}.arrow"
    with pa.ipc.new_file(str(staged), finished.schema) as writer:
        writer.write_batch(finished)
    piece = Piece(path=str(staged), batch_rows=(3,), batch_bytes=(sum(sizes[index] for index in (0, 2, 4)),))
    shards = [write_shard(one, str(folder / "shards"), finished.schema) for one in plan_shards([piece], 40)]
    staged.unlink()
    manifest = build_manifest(recipe, combine([facts]), shards)
    write_manifest(str(folder), manifest)
    return manifest


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A finished output folder of this test's own."""
    folder = tmp_path / "it's [an] output*"
    write_folder(folder)
    return folder


@pytest.fixture
def make_output() -> Callable[[Path], dict[str, Any]]:
    """Write such a folder and return its manifest."""
    return write_folder
