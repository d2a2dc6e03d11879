"""A record gives back all of a result, as long as everything that it speaks of is as it was written."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest
import xxhash

from textmill import Recipe, where
from textmill.pipeline.files.ledger import FileFacts
from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.splits import Split
from textmill.pipeline.job.facts import SourceFacts, SplitFacts, Tally
from textmill.pipeline.job.job import Job
from textmill.pipeline.job.progress import Progress
from textmill.pipeline.job.results import PassResult, Piece, StagedSplit
from textmill.pipeline.passes.records import recall, remember
from textmill.pipeline.steps.totals import StepTotals

SPLIT = Split(number=3, parts=(Part(path="/in/a", source="in/a", format=FileFormat("text")),), bytes=12)
FOLDERS = "ledger", "removed", "quarantine"
RECORD = "_work/pass-1/split-00003.record"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(recipe=Recipe("r", [where(len, minimum=1)]), inputs=(), output=str(tmp_path))


def result_of(job: Job, *, has_piece: bool = True) -> PassResult:
    """A result with something in every field, and its files."""
    content = {name: f"the {name}".encode() for name in FOLDERS}
    facts = SplitFacts(
        number=3,
        sources={"in/a": SourceFacts(bytes=12, sha256="ab", read=2, skipped={"empty": 1}, verdicts={"kept": 2})},
        verdicts={("kept", "", ""): Tally(2, 12)},
        tokens=5,
        **{
            name: FileFacts(name="part-00003-of-00007.parquet", rows=2, sha256=hashlib.sha256(text).hexdigest())
            for name, text in content.items()
        },
    )
    for name, text in content.items():
        path = Path(job.part_path(name, 3, 7))
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text)
    staged = Path(job.staged_path(1, 3))
    staged.parent.mkdir(parents=True, exist_ok=True)
    staged.write_bytes(b"staged")
    checksum = xxhash.xxh3_128_hexdigest(b"staged")
    piece = Piece(path=str(staged), batch_rows=(1, 2), batch_bytes=(7, 5), batch_folders=("k=a", "k=b"))
    seen = Progress(documents=2, text_bytes=12, splits=7, splits_done=Counter({"1": 1}), removed=Counter({"a.b": 1}))
    seen.steps["where"] = StepTotals(documents=2, text_bytes=12)
    return PassResult(
        staged=StagedSplit(split=SPLIT, splits=7, path=str(staged), checksum=checksum, facts=facts),
        messages={5: b"five\n", 0: b"", 9: b"{}"},
        piece=piece if has_piece else None,
        seen=seen,
    )


@pytest.mark.parametrize("has_piece", [True, False])
def test_a_result_comes_back_whole(job: Job, has_piece: bool) -> None:
    result = result_of(job, has_piece=has_piece)
    remember(job, 1, "print", result)
    found = recall(job, 1, SPLIT, 7, "print")
    assert found is not None
    assert found == result
    assert found.seen == result.seen
    assert list(found.messages.items()) == [(5, b"five\n"), (0, b""), (9, b"{}")]
    assert (Path(job.output) / RECORD).is_file()


def test_it_is_for_one_pass_split_and_fingerprint(job: Job) -> None:
    remember(job, 1, "print", result_of(job))
    assert recall(job, 0, SPLIT, 7, "print") is None
    assert recall(job, 1, Split(number=2, parts=(), bytes=0), 7, "print") is None
    assert recall(job, 1, SPLIT, 7, "other") is None
    assert recall(job, 1, SPLIT, 8, "print") is None  # its files would have other names
    assert recall(job, 1, SPLIT, 7, "print") is not None


@pytest.mark.parametrize("name", [*(f"{folder}/part-00003-of-00007.parquet" for folder in FOLDERS), RECORD])
@pytest.mark.parametrize("harm", ["gone", "changed", "longer"])
def test_a_file_that_is_not_as_it_was_written_makes_it_none(job: Job, name: str, harm: str) -> None:
    remember(job, 1, "print", result_of(job))
    path = Path(job.output, name)
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + b"?" if harm == "changed" else content + b" ")
    assert recall(job, 1, SPLIT, 7, "print") is None
    path.write_bytes(content)
    assert recall(job, 1, SPLIT, 7, "print") is not None


@pytest.mark.parametrize("staged", [b"stagee", b"staged ", None])
def test_a_staged_file_that_is_not_as_it_was_written_makes_it_none(job: Job, staged: bytes | None) -> None:
    remember(job, 1, "print", result_of(job))
    path = Path(job.staged_path(1, 3))
    if staged is None:
        path.unlink()
    else:
        path.write_bytes(staged)
    assert recall(job, 1, SPLIT, 7, "print") is None


def test_a_split_of_which_nothing_was_staged_has_no_file(job: Job) -> None:
    facts = SplitFacts(number=3)
    staged = StagedSplit(split=SPLIT, splits=7, path=job.staged_path(1, 3), checksum="", facts=facts)
    remember(job, 1, "print", PassResult(staged=staged))
    assert recall(job, 1, SPLIT, 7, "print") == PassResult(staged=staged)
    Path(job.staged_path(1, 3)).write_bytes(b"")
    assert recall(job, 1, SPLIT, 7, "print") is None


@pytest.mark.parametrize("described", [b"no JSON", b"[]", b'{"checksum": 1}', b'{"checksum": "", "facts": null}'])
def test_what_is_no_record_is_none_even_with_the_right_checksum(job: Job, described: bytes) -> None:
    remember(job, 1, "print", result_of(job))
    body = described + b"\n"
    head = f"print {xxhash.xxh3_128_hexdigest(body)}\n".encode()
    Path(job.output, RECORD).write_bytes(head + body)
    assert recall(job, 1, SPLIT, 7, "print") is None


def test_what_is_written_is_two_lines_and_the_messages(job: Job) -> None:
    remember(job, 1, "print", result_of(job))
    head, described, messages = Path(job.output, RECORD).read_bytes().split(b"\n", 2)
    assert head == b"print " + xxhash.xxh3_128_hexdigest(described + b"\n" + messages).encode()
    found = json.loads(described)
    assert (found["batches"], found["batch_folders"]) == ([[1, 7], [2, 5]], ["k=a", "k=b"])
    assert found["messages"] == [[5, 5], [0, 0], [9, 2]]
    assert messages == b"five\n{}"
