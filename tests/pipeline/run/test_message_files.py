"""What stages send each other goes through files in local runs, and comes out as it was sent."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import ExactDedup, InputOptions, MinHashDedup, Recipe, TextmillError
from textmill.pipeline.run.message_files import received, to_file

from ...end_to_end.conftest import checksums
from ..conftest import IN_PROCESS

MESSAGES = st.lists(st.tuples(st.integers(0, 2**32), st.binary(max_size=50)))


@given(messages=MESSAGES)
def test_they_come_out_as_they_went_in(
    messages: list[tuple[int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "messages" / "1"
    sent = list(to_file(iter(messages), path))
    assert [number for number, _ in sent] == [number for number, _ in messages]
    assert all(not isinstance(one, bytes) for _, one in sent)
    assert list(received(one for _, one in reversed(sent))) == [packed for _, packed in reversed(messages)]
    assert path.stat().st_size == sum(len(packed) for _, packed in messages)


def test_bytes_that_came_by_the_runner_are_taken_as_they_are() -> None:
    assert list(received([b"a", b"", b"bc"])) == [b"a", b"", b"bc"]


def test_a_full_disk_is_told() -> None:
    with pytest.raises(TextmillError, match=r"No space left on device; make room, then .* --resume"):
        list(to_file([(1, bytes(1_000_000))], Path("/dev/full")))


def test_both_ways_give_the_same_output(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in range(3):
        texts = [f"text number {number} of about {number % 7} words that are like each other" for number in range(50)]
        lines = [json.dumps({"text": text}) for text in texts + texts[:20]]
        (tmp_path / "in" / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    recipe = Recipe("sent", [ExactDedup(), MinHashDedup(ngram=2)])
    reading = InputOptions(split_bytes=1000)
    recipe.run(str(tmp_path / "in"), output=str(tmp_path / "files"), reading=reading)
    recipe.run(str(tmp_path / "in"), output=str(tmp_path / "runner"), reading=reading, runner=IN_PROCESS)
    found = checksums(tmp_path / "files")
    assert found == checksums(tmp_path / "runner")
    assert len([name for name in found if name.startswith("ledger/")]) == 15
