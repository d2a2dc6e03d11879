"""Looking a document of a finished run up, and the diff of a duplicate with its survivor."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import MinHashDedup, Recipe
from textmill.errors import InputError
from textmill.pipeline.commands.duplicates import Judged, describe, judged
from textmill.pipeline.output.manifest import write_manifest
from textmill.pipeline.passes.samples import LONGEST_CHARS

from ..conftest import IN_PROCESS
from ..output.made_up_run import KEPT, doc_id, write

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


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made_up")
    write_manifest(str(folder), {**write(folder), "quarantine": []})
    return folder


FIRST = len(KEPT)
"""Number of the first document that was removed."""


def lines(folder: Path, number: int) -> list[str]:
    return list(describe(judged(str(folder), doc_id(number))))


def test_what_is_told_of_each_fate(made_up: Path) -> None:
    assert lines(made_up, 0) == [f"{doc_id(0)}  corn/a.jsonl", "kept"]
    assert lines(made_up, FIRST) == [f"{doc_id(FIRST)}  corn/a.jsonl", "removed by short.minimum: 26.0 against 40"]
    assert lines(made_up, FIRST + 14)[1:] == ["removed by language.keep: xx against en or fr"]
    assert lines(made_up, FIRST + 15)[1:] == ["removed by language.keep"]
    assert lines(made_up, FIRST + 21)[1:] == [
        "removed by exact_dedup.duplicate",
        f"kept instead: {doc_id(1)}",
        f"cluster: {doc_id(1)}",
        "the texts are equal line by line",
    ]
    near = lines(made_up, FIRST + 23)
    assert near[2] == f"kept instead: {doc_id(0)}, similarity 0.750"
    assert near[4:7] == [
        f"--- kept     {doc_id(0)} corn/a.jsonl",
        f"+++ removed  {doc_id(FIRST + 23)} corn/d.jsonl",
        "@@ -1 +1 @@",
    ]
    assert near[7:] == [f"-{KEPT[0][9]}", f"+{KEPT[0][9]}he said"]
    assert lines(made_up, FIRST + 25)[1:] == [
        "removed by minhash_dedup.seen: 9 of 14 against None",
        "kept instead: index:old",
    ]


def account(**changed: object) -> Judged:
    row = {
        "doc_id": "d",
        "source": "a\x1b",
        "verdict": "removed",
        "step": "s",
        "rule": "r",
        "value": None,
        "threshold": None,
    }
    row |= {"kept_instead": "k", "similarity": None, "cluster": "c", "cluster_size": None}
    return Judged(doc_id="d", account={**row, **changed})


def test_lines_of_rare_cases() -> None:
    kept = account(verdict="kept", cluster_size=1200)
    assert list(describe(kept)) == ["d  a\\x1b", "kept: stands for 1,200 documents, itself among them"]
    assert list(describe(account(verdict="kept", cluster_size=1)))[1:] == ["kept"]
    unreadable = account(verdict="quarantined", kept_instead=None, detail="line \x07 7")
    assert list(describe(unreadable))[1:] == ["quarantined by s.r: line \\x07 7"]
    later = Judged(doc_id="d", account=account().account, survivor={"verdict": "removed", "step": "t"}, diff=("-a",))
    assert list(describe(later))[2:] == ["kept instead: k (itself removed later by t)", "cluster: c", "-a"]


def test_of_a_sample_only_whole_texts_are_compared(tmp_path: Path) -> None:
    manifest = {**write(tmp_path), "quarantine": [], "options": {"keep_removed": False}}
    write_manifest(str(tmp_path), manifest)
    assert lines(tmp_path, FIRST + 21)[-1] == "the texts are equal line by line"
    path = tmp_path / "removed" / "part-0.parquet"
    table = pq.read_table(path)
    for size, told in ((LONGEST_CHARS - 1, "@@ -1 +1 @@"), (LONGEST_CHARS, "how they differ is not known: ")):
        texts = ["x" * size if one else None for one in table["text"].to_pylist()]
        pq.write_table(table.set_column(table.schema.get_field_index("text"), "text", pa.array(texts)), path)
        assert any(line.startswith(told) for line in lines(tmp_path, FIRST + 21))
    path.unlink()  # a sample may be taken away
    assert lines(tmp_path, FIRST + 21)[-1].startswith("how they differ is not known: ")


def test_an_id_must_name_one_document(made_up: Path) -> None:
    for given, message in (
        ("", f"{made_up} has no document '' in its ledger"),
        ("q", f"{made_up} has no document 'q' in its ledger"),
        ("5", f"several documents of {made_up} have ids that begin with '5'; give more of it"),
    ):
        with pytest.raises(InputError) as caught:
            judged(str(made_up), given)
        assert str(caught.value) == message
