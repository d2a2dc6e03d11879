"""Looking a document of a finished run up, and the diff of a duplicate with its survivor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textmill import MinHashDedup, Recipe
from textmill.errors import InputError
from textmill.pipeline.commands.duplicates import describe, judged

from ..conftest import IN_PROCESS

LINES = [f"line {'abcdefgh'[index]} of a text with words that nobody else has written" for index in range(8)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    broken = "{broken\n"
    texts = ["\n".join(LINES), "\n".join([*LINES[:-1], "line h of a text with another end"]), "Alone."]
    (folder / "in.jsonl").write_text(
        "".join(json.dumps({"text": text}) + "\n" for text in texts) + broken, encoding="utf-8"
    )
    for name, keep_removed in (("out", False), ("all", True)):
        Recipe("test", [MinHashDedup()]).run(
            str(folder / "in.jsonl"), output=str(folder / name), keep_removed=keep_removed, samples=0, runner=IN_PROCESS
        )
    return folder


def ids(folder: Path) -> list[str]:
    import pyarrow.parquet as pq

    (path,) = (folder / "out" / "ledger").iterdir()
    found: list[str] = pq.read_table(path)["doc_id"].to_pylist()
    return found


@pytest.mark.parametrize("name", ["out", "all"])
def test_a_duplicate_shows_its_survivor_and_the_difference(finished: Path, name: str) -> None:
    kept, removed, *_ = ids(finished)
    inputs = [str(finished / "in.jsonl")] if name == "out" else []
    found = judged(str(finished / name), removed[:12], inputs)
    assert (found.doc_id, found.account["kept_instead"], found.account["cluster"]) == (removed, kept, kept)
    changed = [line for line in found.diff[2:] if line[0] in "+-"]
    assert changed == [f"-{LINES[-1]}", "+line h of a text with another end"]
    shown = "\n".join(describe(found))
    assert f"kept instead: {kept}, similarity 0." in shown
    assert "removed by minhash_dedup.duplicate" in shown


def test_a_document_that_is_kept_says_so(finished: Path) -> None:
    assert list(describe(judged(str(finished / "out"), ids(finished)[2])))[1:] == ["kept"]


def test_a_text_that_is_nowhere_is_told(finished: Path) -> None:
    kept, removed, *_ = ids(finished)
    *facts, last = describe(judged(str(finished / "out"), removed))
    assert facts[0] == f"{removed}  in.jsonl"
    assert facts[2].startswith(f"kept instead: {kept}, similarity ")
    assert last.startswith(f"how they differ is not known: the text of {removed} (in.jsonl) is not in ")
    assert last.endswith("name the run's inputs with --input, or run with --keep-removed")


def test_what_could_not_be_read_says_why(finished: Path) -> None:
    shown = list(describe(judged(str(finished / "out"), ids(finished)[3])))
    assert len(shown) == 2
    assert shown[1].startswith("quarantined by read.invalid_json: ")


@pytest.mark.parametrize(("doc_id", "message"), [("zz", "no document 'zz'"), ("", "no document ''")])
def test_an_unknown_id_is_told(finished: Path, doc_id: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        judged(str(finished / "out"), doc_id)
