"""Recipes inside somebody's own Beam pipeline."""

import json
import pickle
import random
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from textmill import ExactDedup, GopherQuality, Language, MinHashDedup, Recipe, ScrubPII, Select, Tokenize, where
from textmill.errors import RecipeError
from textmill.pipeline.transform import OUTPUTS

EXAMPLES = Path(__file__).parents[3] / "examples"
RECIPE = Recipe("r", [Language(), GopherQuality(), where(len, maximum=5000), ScrubPII(), Tokenize("cl100k")])


class Page(NamedTuple):
    text: str
    url: str


def texts() -> list[str]:
    records = (EXAMPLES / "corpus" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line).get("text") for line in records if line.startswith("{") and line.endswith("}")]
    return [text for text in found if isinstance(text, str)]


def collect(given: Sequence[Any], recipe: Recipe, **options: Any) -> dict[str, list[Any]]:
    """Run a pipeline and bring what comes out of it into this process."""
    with tempfile.TemporaryDirectory() as folder:

        def keep(items: list[Any], name: str) -> None:
            Path(folder, name).write_bytes(pickle.dumps(items))

        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            outputs = pipeline | beam.Create(given, reshuffle=False) | recipe.transform(**options)
            for name in OUTPUTS:
                items = outputs[name] | f"List {name}" >> beam.combiners.ToList()
                items | f"Keep {name}" >> beam.Map(keep, name)
        return {name: pickle.loads(Path(folder, name).read_bytes()) for name in OUTPUTS}


def test_same_outcome_as_one_text_at_a_time() -> None:
    given = texts()
    found = collect([{"doc_id": str(number), "text": text} for number, text in enumerate(given)], RECIPE)
    kept = {int(row["doc_id"]): row for row in found["kept"]}
    ledger = {int(row["doc_id"]): row for row in found["ledger"]}
    removed = {int(row["doc_id"]): row for row in found["removed"]}
    assert len(ledger) == len(given) > 50
    assert set(kept) | set(removed) == set(ledger)
    assert not set(kept) & set(removed)
    for number, text in enumerate(given):
        alone = RECIPE.clean(text)
        assert (number in kept) == alone.verdict.kept
        if alone.verdict.kept:
            assert kept[number]["text"] == alone.text
            assert kept[number]["token_count"] == len(kept[number]["input_ids"]) == ledger[number]["tokens"]
        else:
            assert (removed[number]["step"], removed[number]["rule"]) == (alone.verdict.step, alone.verdict.rule)
        assert {name: ledger[number][name] for name in alone.measurements} == alone.measurements


def test_every_kind_of_element() -> None:
    recipe = Recipe("r", [where(len, minimum=5)])
    batch = pa.record_batch({"text": ["from a batch", "no"], "source": ["s", "s"]})
    given = [{"text": "from a dict"}, beam.Row(text="from a row"), Page("from a tuple", "https://e.org"), batch]
    bad = [{"text": None}, {"text": 7}, {"other": 1}, "plain", {"text": "long enough", "kind": "song"}]
    for elements in ("dicts", "rows", "batches"):
        found = collect([*given, *bad], recipe, elements=elements)
        if elements == "batches":
            found = {name: [row for item in items for row in item.to_pylist()] for name, items in found.items()}
        elif elements == "rows":
            found = {name: [row._asdict() for row in items] for name, items in found.items()}
        kept = sorted(row["text"] for row in found["kept"])
        assert kept == ["from a batch", "from a dict", "from a row", "from a tuple"]
        assert [row["url"] for row in found["kept"] if row["url"]] == ["https://e.org"]
        assert [(row["text"], row["rule"]) for row in found["removed"]] == [("no", "minimum")]
        errors = sorted(row["error"] for row in found["quarantine"])
        assert errors == ["missing_text", "missing_text", "not_an_object", "text_not_a_string", "unsupported"]


@dataclass
class Post:
    text: str
    likes: int


def test_fields_of_all_kinds_of_elements_become_metadata() -> None:
    frame = pd.DataFrame({"text": ["from pandas", None], "likes": [1.5, 2.0], "url": [None, None]})
    given = [
        {"text": "from a dict", "likes": 1, "metadata": {"lang": "en"}},
        {"text": "from json", "likes": 2, "metadata": '{"lang": "de"}'},
        {"text": "from other json", "likes": 2, "metadata": "[1]"},
        {"text": "as it was", "metadata": '{"b":1, "a":2}'},
        beam.Row(text="from a row", likes=3),
        Post("from a dataclass", 4),
        pa.table({"text": ["from a table"], "likes": [5], "at": [date(2020, 1, 2)]}),
        frame,
    ]
    found = collect(given, Recipe("r", []))
    metadata = {row["text"]: row["metadata"] for row in found["kept"]}
    assert metadata.pop("as it was") == '{"b":1, "a":2}'
    assert {text: json.loads(known) for text, known in metadata.items()} == {
        "from a dict": {"likes": 1, "lang": "en"},
        "from json": {"likes": 2, "lang": "de"},
        "from other json": {"likes": 2, "metadata": [1]},
        "from a row": {"likes": 3},
        "from a dataclass": {"likes": 4},
        "from a table": {"likes": 5, "at": "2020-01-02"},
        "from pandas": {"likes": 1.5},
    }
    assert [(row["error"]) for row in found["quarantine"]] == ["missing_text"]


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("not even this")


def test_odd_values_end_no_pipeline() -> None:
    odd = {
        "decimal": Decimal("1.10"),
        "array": np.array([1, 2]),
        "number": np.float32(0.5),
        "bytes": b"caf\xc3\xa9",
        "not text": b"\xff",
        "set": {"b", "a"},
        "when": datetime(2020, 1, 2, 3, 4, 5),
        "nan": float("nan"),
        "object": object(),
        7: "a name that is none",
    }
    given = [
        {"text": "odd", **odd},
        {"text": b"caf\xc3\xa9", "url": b"https://e.org", "kind": b"web", "source": 7, "doc_id": Decimal(3)},
        {"text": b"\xff"},
        {"text": Decimal(1)},
        {"text": np.array(["a"])},
        {"text": "array of kinds", "kind": np.array(["web", "book"])},
        {"text": Unprintable()},
        Unprintable(),
        "a bare text",
        object(),
    ]
    found = collect(given, Recipe("r", []))
    kept = {row["text"]: row for row in found["kept"]}
    assert json.loads(kept["odd"]["metadata"]) == {
        "decimal": "1.10",
        "array": [1, 2],
        "number": 0.5,
        "bytes": "café",
        "not text": None,
        "set": ["a", "b"],
        "when": "2020-01-02T03:04:05",
        "nan": None,
        "object": "<object object>",
        "7": "a name that is none",
        "unreadable_values": 2,
    }
    assert [kept["café"][name] for name in ("doc_id", "source", "kind", "url")] == ["3", "7", "web", "https://e.org"]
    assert set(kept) == {"odd", "café"}
    errors = sorted(row["error"] for row in found["quarantine"])
    assert errors == [
        "invalid_utf8", *["not_an_object"] * 3, *["text_not_a_string"] * 3, "unsupported",
    ]  # fmt: skip
    refused = {row["first_bytes"]: row["detail"] for row in found["quarantine"] if row["error"] == "not_an_object"}
    assert refused[b"'a bare text'"].startswith("an element of type str; give mappings or rows with a field text")
    assert b"<object object>" in refused


@pytest.mark.parametrize("elements", ["schemas", "pandas"])
def test_data_frames_of_beam(elements: str) -> None:
    from apache_beam.dataframe.convert import to_dataframe, to_pcollection

    with tempfile.TemporaryDirectory() as folder:

        def keep(items: list[Any]) -> None:
            Path(folder, "kept").write_bytes(pickle.dumps(items))

        with beam.Pipeline(runner=FnApiRunner()) as pipeline:
            rows = [beam.Row(text="long enough", likes=1), beam.Row(text="no", likes=2)]
            frame = to_dataframe(pipeline | beam.Create(rows))
            documents = to_pcollection(frame[frame.likes < 9], yield_elements=elements)
            outputs = documents | Recipe("r", [where(len, minimum=5)]).transform()
            outputs["kept"] | beam.combiners.ToList() | beam.Map(keep)
        (kept,) = pickle.loads(Path(folder, "kept").read_bytes())
    assert (kept["text"], json.loads(kept["metadata"])) == ("long enough", {"likes": 1})


def test_deduplication_depends_on_the_documents_alone(tmp_path: Path) -> None:
    recipe = Recipe("r", [GopherQuality(), ExactDedup(), MinHashDedup(), ScrubPII()])
    # Digits are folded, so pages must differ in letters to be different.
    pages = [
        "".join(f"The {chr(97 + page)}{chr(97 + word)}ing of the mill and of the river. " for word in range(26))
        for page in range(20)
    ]
    rows = [{"doc_id": f"{number:03d}", "text": text} for number, text in enumerate(pages)]
    rows += [{"doc_id": f"copy-{number:03d}", "text": text} for number, text in enumerate(pages[:7])]
    rows += [{"doc_id": f"near-{number:03d}", "text": text + " Really."} for number, text in enumerate(pages[:5])]
    rows.append({"doc_id": "short", "text": "too short"})
    first = collect(rows, recipe, temp=str(tmp_path / "first"))
    random.Random(1).shuffle(rows)
    second = collect(rows, recipe, temp=str(tmp_path / "second"))
    for name in OUTPUTS:
        assert sorted(map(repr, first[name])) == sorted(map(repr, second[name]))
    ledger = {row["doc_id"]: row for row in first["ledger"]}
    assert len(ledger) == len(rows)
    kept = {row["doc_id"] for row in first["kept"]}
    by_step = [row["step"] for row in ledger.values()]
    assert by_step.count("exact_dedup") == 7
    assert by_step.count("minhash_dedup") == 5
    assert len(kept) == 20
    for row in ledger.values():
        assert (row["kept_instead"] in ledger) == (row["step"] in ("exact_dedup", "minhash_dedup"))
    assert {row["doc_id"] for row in first["removed"]} == set(ledger) - kept


def test_wrong_use_is_refused() -> None:
    with pytest.raises(RecipeError, match="only a run completes"):
        Recipe("r", [ExactDedup(write_index="index")]).transform(temp="folder")
    with pytest.raises(RecipeError, match="temp="):
        Recipe("r", [ExactDedup()]).transform()
    with pytest.raises(RecipeError, match="dicts, rows, batches"):
        RECIPE.transform(elements="tuples")  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="web, book, code, other"):
        RECIPE.transform(kind="song")


def test_example(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["beam_pipeline.py", str(tmp_path)])
    runpy.run_path(str(EXAMPLES / "beam_pipeline.py"), run_name="__main__")
    said = capfd.readouterr().out
    removed = [line for line in said.splitlines() if line.startswith("removed mill")]
    assert removed in (
        ["removed mill exact_dedup duplicate mill-again"],
        ["removed mill-again exact_dedup duplicate mill"],
    )
    assert "removed menu gopher_quality min_words" in said
    assert "kept contact" in said
    assert "<EMAIL>" in said
    assert "quarantined missing_text" in said


def test_beam_yaml() -> None:
    pytest.importorskip("jinja2", reason="Beam YAML needs apache-beam[yaml]")
    command = [sys.executable, "-m", "apache_beam.yaml.main", "--runner=FnApiRunner"]
    command += ["--yaml_pipeline_file=examples/beam_pipeline.yaml"]
    done = subprocess.run(command, cwd=EXAMPLES.parent, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    kept = [line for line in done.stderr.splitlines() if "doc_id" in line and "verdict" not in line]
    assert len(kept) == 1
    assert "The mill stands" in kept[0]
    ledger = [line for line in done.stderr.splitlines() if "verdict" in line]
    assert len(ledger) == 2
    assert any("min_words" in line and "gopher_words" in line for line in ledger)


def test_a_selection_is_over_all_elements_in_whatever_order_they_come(tmp_path: Path) -> None:
    recipe = Recipe("r", [Select(measurement="bytes", keep_fraction=0.25, by="source", order="lowest")])
    given = [{"text": "x" * (1 + number * 7 % 40), "source": f"{number % 3}/file"} for number in range(120)]
    given = [{"doc_id": f"{number:032x}", **one} for number, one in enumerate(given)]
    wanted = set()
    for source in range(3):
        ranked = sorted(given[source::3], key=lambda one: (len(one["text"]), one["doc_id"]))
        wanted |= {one["doc_id"] for one in ranked[:10]}
    for seed in (1, 2):
        random.Random(seed).shuffle(given)
        found = collect(given, recipe, temp=str(tmp_path / str(seed)))
        assert {row["doc_id"] for row in found["kept"]} == wanted
        assert {row["doc_id"] for row in found["removed"]} == {one["doc_id"] for one in given} - wanted
        assert {row["rule"] for row in found["removed"]} == {"keep_fraction"}
    with pytest.raises(RecipeError, match="compares documents, which needs a folder"):
        recipe.transform()
