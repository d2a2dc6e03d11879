"""What is learnt from: labels, weights, and what names nothing."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from textmill import Language, Recipe
from textmill.errors import InputError
from textmill.filters.base.step import Step
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.sources import SCHEMA, parse_sources

from ..conftest import IN_PROCESS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jsonl").write_text('{"text": "The ship left the harbour in the morning."}\n')
    return tmp_path


def test_sources_are_sorted_by_their_labels_and_weights_belong_to_labels(folder: Path) -> None:
    found = parse_sources([f"{folder}/two/", f"first={folder}/one"], ["two=0.5"])
    assert [(one.label, one.path.rstrip("/"), one.weight) for one in found] == [
        ("first", f"{folder}/one", None),
        ("two", f"{folder}/two", 0.5),
    ]
    assert not found[0].is_run
    (folder / "one" / "manifest.json").write_text("{}")
    assert found[0].is_run


@pytest.mark.parametrize(
    ("given", "weights", "told"),
    [
        ([], [], "nothing to learn from"),
        (["one", "x/../one"], [], "would both be called 'one'"),
        (["one"], ["one=0"], "no weight 'one=0'"),
        (["one"], ["one=1.2.3"], "no weight 'one=1.2.3'"),
        (["one"], ["one"], "no weight 'one'"),
        (["one"], ["two=1"], "no source 'two' for the weight two=1; sources are one"),
        (["three"], [], "three"),
    ],
)
def test_what_names_nothing_is_refused(folder: Path, given: list[str], weights: list[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_sources([f"{folder}/{one}" for one in given], weights)


def test_texts_of_files_say_where_they_come_from(folder: Path) -> None:
    (source,) = parse_sources([f"mine={folder}/one"])
    (batch,) = source.read(InputOptions())
    assert batch.schema == SCHEMA
    (row,) = batch.to_pylist()
    assert row.pop("doc_id")
    assert row == {
        **{"text": "The ship left the harbour in the morning.", "source": "mine", "origin": "mine/a.jsonl"},
        **{"kind": "web", "language": "en", "url": None, "metadata": None},
    }


def test_the_columns_of_texts_to_learn_from() -> None:
    required = ("doc_id", "text", "source", "kind", "language", "origin")
    types = {"text": pa.large_string()}
    fields = [pa.field(name, types.get(name, pa.string()), nullable=False) for name in required]
    assert pa.schema([*fields, pa.field("url", pa.string()), pa.field("metadata", pa.string())]) == SCHEMA


@pytest.mark.parametrize("steps", [[], [Language()]])
def test_texts_of_a_finished_run(folder: Path, steps: list[Step]) -> None:
    line = {"text": "Das Schiff verließ den Hafen am Morgen, und alle winkten.", "url": "http://a.de/", "n": 1}
    (folder / "one" / "a.jsonl").write_text(json.dumps(line) + "\n" + '{"text": "7"}\n')
    Recipe("r", steps).run([str(folder / "one")], output=str(folder / "run"), runner=IN_PROCESS)
    (source,) = parse_sources([f"mine={folder}/run"])
    (batch,) = source.read(InputOptions())
    assert batch.schema == SCHEMA
    rows = sorted(batch.to_pylist(), key=lambda row: len(row["text"]))
    assert rows[-1].pop("doc_id")
    assert json.loads(rows[-1].pop("metadata")) == {"n": 1}
    assert rows[-1] == {
        **{"text": line["text"], "source": "mine", "kind": "web", "language": "de"},
        **{"origin": "one/a.jsonl", "url": "http://a.de/"},
    }
    assert len(rows) == (1 if steps else 2)
    (shard,) = (folder / "run" / "shards").glob("*.parquet")
    shard.write_bytes(b"damaged")
    with pytest.raises(InputError, match=f"cannot read {shard}: .*; `textmill verify {folder}/run` says what is wrong"):
        list(source.read(InputOptions()))


def test_what_could_not_be_read_is_told(folder: Path) -> None:
    (folder / "one" / "a.jsonl").write_text('{"text": \n{"text": "Two."}\n')
    lost: list[object] = []
    (batch,) = parse_sources([f"{folder}/one"])[0].read(InputOptions(), lost)  # type: ignore[arg-type]
    assert batch["text"].to_pylist() == ["Two."]
    assert len(lost) == 1
