"""Whole runs on Hugging Face's Hub: its own library against a hub on loopback, the same bytes as on the local disk."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.parquet as pq
import pytest

from textmill.errors import TextmillError
from textmill.pipeline.files import storage

from ..hub_server import PAGE, Hub, hub_as_store
from .test_stores import checksum, local_checksums

pytest.importorskip("huggingface_hub", reason="the extra hf is not installed")

Command = Callable[..., CompletedProcess[str]]
RECIPE = "name: hub\nsteps:\n  - gopher_quality: {min_stop_words: 0, min_words: 10}\n  - exact_dedup\n"
FILES = PAGE + 20
"""A listing of them has more than one page."""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with hub_as_store() as found:
        yield found


@pytest.fixture(scope="module")
def corpus() -> dict[str, bytes]:
    """Small files, and one that is larger than what a commit takes; some texts come twice."""
    sentence = "This is number {} of the sentences that the miller wrote about the river in the morning, {}."
    texts = [sentence.format(number % 400, " and ".join(map(str, range(number % 400, 480)))) for number in range(500)]
    rows = [json.dumps({"text": text}) + "\n" for text in texts]
    small = {f"data/{number // 30}/{number:03}.jsonl": rows[number].encode() for number in range(FILES)}
    return {**small, "data/rest.jsonl": "".join(rows[FILES:]).encode(), "README.md": b"What this is.\n"}


@pytest.fixture(scope="module")
def expected(
    corpus: dict[str, bytes], textmill: Command, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("local")
    (folder / "hub.yaml").write_text(RECIPE)
    for name, content in corpus.items():
        (folder / "corpus" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "corpus" / name).write_bytes(content)
    done = textmill("run", folder / "hub.yaml", f"in={folder}/corpus", "-o", folder / "out", "--workers", 2, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    return folder / "hub.yaml", local_checksums(folder / "out")


def test_a_run_gives_the_bytes_of_a_local_one(
    hub: Hub, corpus: dict[str, bytes], expected: tuple[Path, dict[str, str]], textmill: Command
) -> None:
    recipe, checksums = expected
    hub.files_of("me/raw").update(corpus)
    hub.files_of("me/clean")
    hub.refuse_every = 4
    given = ["in=hf://datasets/me/raw", "-o", "hf://datasets/me/clean/run", "--store", f"hf.endpoint={hub.url}"]
    done = textmill("run", recipe, *given, "--workers", 2, "-q")
    hub.refuse_every = None
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert hub.seen["refused"]
    assert hub.objects
    written = {path: content for path, content in hub.files_of("me/clean").items() if path.startswith("run/")}
    assert {path[4:]: checksum(path, content) for path, content in written.items()} == checksums
    done = textmill("verify", "hf://datasets/me/clean/run", "--store", f"hf.endpoint={hub.url}")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_repository_that_is_not_there_is_named(hub: Hub, textmill: Command, tmp_path: Path) -> None:
    given = ["hf://datasets/me/nothing/a.jsonl", "-o", tmp_path / "out", "--store", f"hf.endpoint={hub.url}", "-q"]
    done = textmill("run", "gopher", *given)
    assert done.returncode == 2
    assert "hf://datasets/me/nothing/a.jsonl" in done.stderr
    assert "Traceback" not in done.stderr
    with (
        pytest.raises(TextmillError, match="me/nothing"),
        storage.write_atomically("hf://datasets/me/nothing/a.txt") as sink,
    ):
        sink.write(b"x")


def test_a_gated_file_is_a_row_that_says_what_to_do(hub: Hub, textmill: Command, tmp_path: Path) -> None:
    hub.files_of("me/gated")["a.jsonl"] = b'{"text": "Nobody may read this."}\n'
    hub.repositories["me/gated"].is_gated = True
    (tmp_path / "b.jsonl").write_text('{"text": "Everybody may read this."}\n')
    given = ["hf://datasets/me/gated/a.jsonl", tmp_path / "b.jsonl", "--store", f"hf.endpoint={hub.url}", "-q"]
    done = textmill("run", "gopher", *given, "-o", tmp_path / "out")
    assert (done.returncode, done.stderr) == (0, "")
    (row,) = pq.read_table(tmp_path / "out" / "quarantine").to_pylist()
    assert row["error"] == "unreadable"
    assert "ask for access" in row["detail"]
    assert row["source"] == "a.jsonl"
