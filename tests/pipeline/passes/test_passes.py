"""What a pass leaves of its batches: pieces in their folders, and what each step has seen."""

from pathlib import Path

import pyarrow as pa
import pytest

from textmill import ExactDedup, Recipe, where
from textmill.filters.base.batch import make_batch
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_documents

TEXTS = ["a first text", "no", "a second text"], ["a third text", "a first text"], ["no"]


def letters(text: str) -> int:
    return len(text)


@pytest.fixture
def batches() -> list[pa.RecordBatch]:
    """Three batches: web and book, of which each has all but the short ones."""
    kinds = "web", "book", "book"
    named = enumerate(zip(TEXTS, kinds, strict=True))
    return [make_batch(texts, source=f"in/{number}", kind=kind) for number, (texts, kind) in named]


def test_each_staged_batch_has_its_folder(batches: list[pa.RecordBatch], tmp_path: Path) -> None:
    recipe = Recipe("r", [where(letters, minimum=3)], partition=["kind"])
    piece = run_documents(Job(recipe=recipe, inputs=(), output=str(tmp_path)), batches).piece
    assert piece is not None
    assert piece.batch_folders == ("kind=web", "kind=book")
    assert piece.batch_rows == (2, 2)
    assert piece.batch_bytes == (12 + 13, 12 + 12)
    assert [batch["text"].to_pylist() for batch in read_staged(piece.path)] == [
        ["a first text", "a second text"],
        ["a third text", "a first text"],
    ]


def test_every_batch_counts_for_the_steps_that_saw_it(batches: list[pa.RecordBatch], tmp_path: Path) -> None:
    recipe = Recipe("r", [where(letters, minimum=3), ExactDedup()])
    result = run_documents(Job(recipe=recipe, inputs=(), output=str(tmp_path)), batches)
    assert result.piece is not None
    assert (result.piece.batch_folders, result.piece.batch_rows) == ((), (2, 1))
    read = sum(len(text) for texts in TEXTS for text in texts)
    kept = read - 4
    seen = {step: (totals.documents, totals.text_bytes, totals.batches) for step, totals in result.seen.steps.items()}
    assert seen == {
        "exact_dedup (apply)": (6, read, 3),
        "write": (6, read, 3),
    }
    timed = {step: (totals.documents, totals.text_bytes) for step, totals in result.staged.facts.timing.items()}
    assert timed["where"] == (6, read)
    assert timed["exact_dedup"] == (4, kept)
