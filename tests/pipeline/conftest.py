"""A finished output folder, written by the real writers from real verdicts, small enough to know by heart; steps."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill import Recipe, Tokenize
from textmill.filters.base.batch import BATCH_SCHEMA, make_batch
from textmill.filters.base.where import where
from textmill.filters.toxicity import Toxicity
from textmill.pipeline.files.ledger import QUARANTINE_SCHEMA, ledger_schema, write_table
from textmill.pipeline.input.readers.records import Quarantined, ReadBatch
from textmill.pipeline.job.facts import SplitFacts, combine
from textmill.pipeline.job.results import Piece
from textmill.pipeline.output.manifest import build_manifest, write_manifest
from textmill.pipeline.output.shards import plan_shards, write_shard
from textmill.pipeline.passes.rows import REMOVED_SCHEMA, shard_schema

IN_PROCESS = "apache_beam.runners.portability.fn_api_runner.FnApiRunner"
"""A runner for what is the same on every runner: it takes a quarter of the time of a local run's processes."""


def letters(text: str) -> int:
    return len(text)


SOURCE = "in/a.jsonl"
TEXTS = ["A first document, kept.", "short", "A second one, kept too.", "A first document, kept.", "ünïcödé text, kept"]
"""Kept, removed by where.minimum, kept, a duplicate of the first, kept."""


def column(field: pa.Field, values: dict[str, list[Any]], rows: int) -> pa.Array:
    return pa.array(values.get(field.name, [None] * rows), field.type)


def write_folder(
    folder: Path, *, tokenize: bool = True, keep_all: bool = True, judged: list[str | None] | None = None
) -> dict[str, Any]:
    """Write the folder; without ``keep_all`` another rule has removed what was kept.

    ``judged`` tells how toxicity was judged in each of the five documents, where a step did so.
    """
    steps = [where(letters, minimum=10), *([Toxicity()] if judged else []), *([Tokenize()] if tokenize else [])]
    recipe = Recipe("small <recipe>", steps)
    plan = recipe.plan
    batch = make_batch(TEXTS, source=SOURCE)
    ids, rows = batch["doc_id"].to_pylist(), len(TEXTS)
    sizes = [len(text.encode()) for text in TEXTS]
    kept = pa.array([0, 2, 4] if keep_all else [], pa.int64())
    input_ids = Tokenize().encode(batch["text"].take(kept))
    tokens: list[int | None] = [None] * rows
    for index, found in zip(kept.to_pylist(), input_ids.to_pylist(), strict=True):
        tokens[index] = len(found) if tokenize else None

    facts = SplitFacts(number=0)
    facts.add_input(SOURCE, "0" * 64, 123)
    unreadable = Quarantined(source=SOURCE, position=5, error="invalid_json", detail="line 6", first_bytes=b"{")
    facts.add_read(ReadBatch(batch, [unreadable], {SOURCE: batch.num_rows + 1}, {}))
    schema = ledger_schema(plan.measurements)
    verdict, step, rule = ("kept", None, None) if keep_all else ("removed", "c4_quality", "curly_bracket")
    account: dict[str, list[Any]] = {
        "doc_id": [*ids, "f" * 32],
        "source": [SOURCE] * (rows + 1),
        "verdict": [verdict, "removed", verdict, "removed", verdict, "quarantined"],
        "step": [step, "where", step, "exact_dedup", step, "read"],
        "rule": [rule, "minimum", rule, "duplicate", rule, "invalid_json"],
        "value": [None, "5.0", None, None, None, None],
        "threshold": [None, "10", None, None, None, None],
        "kept_instead": [None, None, None, ids[0], None, None],
        "similarity": [None, None, None, 1.0, None, None],
        "cluster": [None, None, None, ids[0], None, None],
        "kind": [*["web"] * rows, None],
        "emptied_by": [None] * (rows + 1),
        "bytes": [*sizes, 0],
        "tokens": [*tokens, None],
        "letters": [*(float(len(text)) for text in TEXTS), None],
        "toxicity.judged": [*(judged or [None] * rows), None],
    }
    ledger = pa.RecordBatch.from_arrays([column(field, account, rows + 1) for field in schema], schema=schema)
    facts.add_verdicts(ledger)
    part = "part-00000-of-00001.parquet"
    facts.ledger = write_table(str(folder / "ledger" / part), [ledger], schema)
    gone = pa.array([1, 3] if keep_all else range(rows))
    told = {name: batch[name] for name in BATCH_SCHEMA.names}
    told |= {name: ledger[name].slice(0, rows) for name in REMOVED_SCHEMA.names if name not in told}
    removed = pa.RecordBatch.from_pydict(told, schema=REMOVED_SCHEMA).take(gone)
    facts.removed = write_table(str(folder / "removed" / part), [removed], REMOVED_SCHEMA)
    quarantine = pa.RecordBatch.from_pylist([vars(unreadable)], schema=QUARANTINE_SCHEMA)
    facts.quarantine = write_table(str(folder / "quarantine" / part), [quarantine], QUARANTINE_SCHEMA)

    columns = {name: batch[name].take(kept) for name in BATCH_SCHEMA.names}
    if tokenize:
        columns |= {"input_ids": input_ids, "token_count": pa.array(map(len, input_ids.to_pylist()), pa.int64())}
    finished = pa.RecordBatch.from_pydict(columns, schema=shard_schema(plan))
    staged = folder.parent / f"{folder.name}.arrow"
    with pa.ipc.new_file(str(staged), finished.schema) as writer:
        writer.write_batch(finished)
    kept_bytes = sum(sizes[index] for index in kept.to_pylist())
    piece = Piece(path=str(staged), batch_rows=(finished.num_rows,), batch_bytes=(kept_bytes,))
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
def make_output() -> Callable[..., dict[str, Any]]:
    """Write such a folder and return its manifest."""
    return write_folder


@pytest.fixture(scope="session")
def step_named(tmp_path_factory: pytest.TempPathFactory, make_encoder: Callable[..., Path]) -> Callable[[str], Any]:
    """Build a step of the registry by its name, with every rule on and what it needs: a model, sets, a list."""
    import fasttext_new

    from textmill.filters.models.importance_model import write_ratios
    from textmill.pipeline.recipes.registry import STEPS

    folder = tmp_path_factory.mktemp("needed")
    question = "Which of the two trains that leave at noon is the first to arrive in Rome?"
    (folder / "trains.jsonl").write_text(json.dumps({"question": question}))
    (folder / "domains").write_text("example.org\n")
    (folder / "train.txt").write_text("__label__hq good words\n__label__lq bad words\n" * 20)
    model = fasttext_new.train_supervised(str(folder / "train.txt"), dim=4, thread=1, verbose=0)
    model.save_model(folder / "model.bin")
    write_ratios(folder / "importance.bin", np.full(16, -1_000_000, dtype=np.int32))
    classifier = make_encoder(folder / "classifier", ["harbour", "boats"], width=1)
    given: dict[str, dict[str, Any]] = {
        "language": {"keep": ("en",)},
        "perplexity": {"maximum": 10},
        "perplexity_lines": {"maximum": 10},
        "decontaminate": {"sets": (str(folder / "trains.jsonl"),), "max_longest_overlap_ratio": 0.5},
        "url_rules": {"blocklist": str(folder / "domains")},
        "fasttext_classifier": {
            "model": str(folder / "model.bin"),
            "min_score": 0.5,
            "max_score": 0.9,
            "pareto_alpha": 9,
        },
        "importance": {"model": str(folder / "importance.bin"), "min_log_weight_per_word": 0},
        "embed": {"model": str(make_encoder(folder / "encoder", ["harbour", "boats"]))},
        "onnx_classifier": {"model": str(classifier), "min_score": 10, "max_score": 10},
    }
    return lambda name: STEPS[name](**given.get(name, {}))
