"""What a pass leaves of its batches: pieces in their folders, and what each step has seen."""

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, Recipe, where
from textmill.filters.base.batch import make_batch
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.input.inputs import find_inputs
from textmill.pipeline.input.splits import cut_splits
from textmill.pipeline.job.facts import Tally
from textmill.pipeline.job.job import Job
from textmill.pipeline.job.progress import ProgressWriter
from textmill.pipeline.passes.passes import first_pass, later_pass
from textmill.pipeline.passes.single import exchange_messages, run_documents, run_passes

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
    (ledger,) = (tmp_path / "ledger").iterdir()
    assert ledger.name == "part-00000-of-00001.parquet"  # they are one split
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


def test_what_is_removed_and_what_cannot_be_read_is_written_and_counted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    lines = [*(json.dumps({"text": text}) for text in (*TEXTS[0], "a first text")), "{broken"]
    content = "\n".join(lines).encode()
    (tmp_path / "in" / "a.jsonl").write_bytes(content)
    recipe = Recipe("r", [where(letters, minimum=3), ExactDedup()])
    job = Job(recipe=recipe, inputs=(str(tmp_path / "in"),), output=str(tmp_path / "out"), keep_removed=True)
    (result,) = run_passes(job)
    facts = result.staged.facts
    source = facts.sources["in/a.jsonl"]
    assert (source.read, source.bytes, source.sha256) == (5, len(content), hashlib.sha256(content).hexdigest())
    assert source.verdicts == {"kept": 2, "removed": 2, "quarantined": 1}
    assert facts.verdicts == {
        ("kept", "", ""): Tally(2, 12 + 13),
        ("removed", "where", "minimum"): Tally(1, 2),
        ("removed", "exact_dedup", "duplicate"): Tally(1, 12),
        ("quarantined", "read", "invalid_json"): Tally(1, 0),
    }
    assert facts.removed is not None
    assert facts.quarantine is not None
    removed = pq.read_table(tmp_path / "out" / "removed" / facts.removed.name)
    assert removed["text"].to_pylist() == ["no", "a first text"]
    assert pq.read_table(tmp_path / "out" / "quarantine" / facts.quarantine.name)["error"].to_pylist() == [
        "invalid_json"
    ]
    assert facts.ledger is not None
    assert facts.ledger.rows == 5
    # What could not be read is read again by a run that goes on, and the rest as it was.
    assert [one.staged.facts for one in run_passes(job)] == [facts]


def test_a_file_that_has_gone_has_no_checksum_and_stands_in_the_quarantine(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"A text of {name}.")
    job = Job(
        recipe=Recipe("r", [where(letters, minimum=3)]), inputs=(str(tmp_path / "in"),), output=str(tmp_path / "out")
    )
    job = job.with_listed(job.find_inputs())
    (tmp_path / "in" / "a.txt").unlink()
    progress = ProgressWriter(None)
    splits = cut_splits(job.find_inputs(), job.reading)
    found = [first_pass(job, split, len(splits), progress).staged.facts for split in splits]
    sources = {
        name: (one.sha256 == "", one.bytes, one.verdicts) for facts in found for name, one in facts.sources.items()
    }
    assert sources == {"in/a.txt": (True, 0, {"quarantined": 1}), "in/b.txt": (False, 12, {"kept": 1})}


@pytest.mark.parametrize("lines", [["a first text", "no", "a first text"], []])
def test_documents_are_read_once_whatever_passes_see_them_again(lines: list[str], tmp_path: Path) -> None:
    content = "".join(json.dumps({"text": text}) + "\n" for text in lines) or "{broken\n"
    (tmp_path / "a.jsonl").write_text(content)
    recipe = Recipe("r", [where(letters, minimum=3), ExactDedup()])
    job = Job(recipe=recipe, inputs=(str(tmp_path / "a.jsonl"),), output=str(tmp_path / "out"))
    (split,) = cut_splits(find_inputs(job.inputs), job.reading)
    first = first_pass(job, split, 7, ProgressWriter(None))
    later = later_pass(job, 1, first.staged, exchange_messages(job, 0, [first]).get(0, []), ProgressWriter(None))
    assert (first.seen.documents, first.seen.kept, first.seen.splits) == (len(lines), len(lines[1:]), 7)
    assert (later.seen.documents, later.seen.kept, later.seen.splits) == (0, 0, 7)
