"""A selection cut anew from the ledger is the one that a fresh run makes, or says of whom it cannot know."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, Recipe, Select, only_if, where
from textmill.filters.base.step import Step
from textmill.pipeline.commands.retune import retune, retuned_verdicts
from textmill.pipeline.files.tables import open_tables
from textmill.pipeline.job.facts import combine
from textmill.pipeline.job.job import Job
from textmill.pipeline.output.manifest import build_manifest, read_manifest, write_manifest
from textmill.pipeline.output.selections import check_selections
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.recipes.settings import parse_settings


def score(text: str) -> float:
    return float(text.split()[0])


def length(text: str) -> int:
    return int(text.split()[2])


def is_long(text: str) -> bool:
    return length(text) > 60


def topic(text: str) -> str:
    return text.split()[1]


Settings = Mapping[str, Any]
BUCKETS = {"head": 0.3, "middle": 0.6, "tail": 1}


def simple(of: Callable[[str], Settings]) -> list[Step]:
    """Scores of all documents."""
    measured = [where(topic, measurement="topic", returns="str"), where(score, measurement="score")]
    return [*measured, Select(**{"measurement": "score", "keep_fraction": 0.2, **of("select")})]


def dear(of: Callable[[str], Settings]) -> list[Step]:
    """Scores only of what a rule before has kept, and duplicates and another selection behind."""
    return [
        where(topic, measurement="topic", returns="str"),
        where(length, **{"measurement": "length", "returns": "int", "minimum": 30, **of("where_2")}),
        where(score, measurement="score", expensive=True),
        Select(
            **{"measurement": "score", "by": "topic", "buckets": BUCKETS, "keep": ("head", "middle"), **of("select")}
        ),
        ExactDedup(),
        Select(**{"measurement": "length", "by": "bucket", "keep_fraction": 0.5, "order": "lowest", **of("select_2")}),
    ]


def late(of: Callable[[str], Settings]) -> list[Step]:
    """The same without what compares documents again."""
    return dear(of)[:-2]


def narrow(of: Callable[[str], Settings]) -> list[Step]:
    """Selections of some languages alone, in groups of what is true and false, and of a rule between."""
    return [
        where(topic, measurement="language.label", returns="str"),
        where(is_long, measurement="is_long", returns="bool"),
        where(score, measurement="score"),
        only_if(
            Select(**{"measurement": "score", "keep_fraction": 0.4, "by": "is_long", **of("select")}), language="a"
        ),
        where(length, **{"measurement": "length", "returns": "int", "minimum": 10, **of("where_4")}),
        only_if(
            Select(**{"measurement": "is_long", "keep_fraction": 0.7, "by": ["language", "kind"], **of("select_2")}),
            except_language=["b", "c"],
            kind=["web", "book"],
        ),
    ]


RECIPES = {"narrow": narrow, "simple": simple, "dear": dear, "late": late}


def run_of(folder: Path, steps: list[Step]) -> Path:
    folder.mkdir()
    rolled = random.Random(3)
    rows = []
    for number in range(400):
        value = rolled.choice(["nan", "inf", "-0.0", "0.0", *(str(rolled.randrange(12) / 8) for _ in range(12))])
        rows.append(f"{value} {rolled.choice('abc')} {rolled.randrange(100)} {number // 2}")
    (folder / "in.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in [*rows, *rows[::7]]))
    recipe = Recipe("selected", steps)
    job = Job(recipe=recipe, inputs=(str(folder / "in.jsonl"),), output=str(folder / "out"))
    facts = [result.staged.facts for result in run_passes(job)]
    write_manifest(str(folder / "out"), build_manifest(recipe, combine(facts), []))
    return folder / "out"


def nothing(_: str) -> Settings:
    return {}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    return {name: run_of(tmp_path_factory.mktemp(name) / "base", steps(nothing)) for name, steps in RECIPES.items()}


@pytest.mark.parametrize(
    ("name", "settings", "least_known"),
    [
        ("simple", [], 1),
        ("simple", ["select.keep_fraction=0.333"], 1),
        ("simple", ["select.keep_fraction=0.002", "select.by=topic"], 1),
        ("simple", ["select.by=[topic, source, kind]", "select.order=lowest"], 1),
        ("simple", ["select.measurement=bytes", "select.keep_fraction=0.9"], 1),
        ("simple", ["select.keep_fraction=none", "select.buckets={good: 0.5, bad: 1}", "select.keep=bad"], 1),
        ("narrow", [], 1),
        ("narrow", ["select.order=lowest", "select_2.order=lowest", "select_2.keep_fraction=0.2"], 1),
        ("narrow", ["where_4.minimum=40"], 1),
        ("narrow", ["select.keep_fraction=0.5", "select.by=[kind, source]", "where_4.minimum=none"], 1),
        ("dear", [], 1),
        ("dear", ["select.keep=head"], 0.4),
        ("dear", ["select_2.keep_fraction=0.1"], 1),
        ("dear", ["select_2.by=[topic]", "select_2.order=highest"], 1),
        # Fewer come, all of them with a score; more come, whom nobody has scored.
        ("dear", ["where_2.minimum=50"], 0.5),
        ("dear", ["where_2.minimum=29"], 0.5),
        ("dear", ["where_2.minimum=28", "select.keep=[head, middle, tail]", "select_2.by=[]"], 0.3),
        ("late", ["where_2.minimum=29"], 0.95),
        ("late", ["where_2.minimum=24", "select.by=[]"], 0.8),
        ("late", ["where_2.minimum=35", "select.keep=head"], 1),
    ],
)
def test_verdicts_are_those_of_a_fresh_run(
    base: Mapping[str, Path], tmp_path: Path, name: str, settings: list[str], least_known: float
) -> None:
    parsed = parse_settings(settings)

    def of(step: str) -> Settings:
        return {key.partition(".")[2]: value for key, value in parsed.items() if key.partition(".")[0] == step}

    fresh_folder = run_of(tmp_path / "fresh", RECIPES[name](of))
    manifest = read_manifest(str(fresh_folder))
    with open_tables(str(fresh_folder), manifest, ["ledger"]) as tables:
        assert list(check_selections(tables, manifest)) == []
    rows = pq.read_table(fresh_folder / "ledger").select(["doc_id", "verdict", "step", "rule"]).to_pylist()
    fresh = {row["doc_id"]: (row["verdict"], row["step"], row["rule"]) for row in rows}
    told = retuned_verdicts(str(base[name]), parsed).to_pylist()
    assert {row["doc_id"] for row in told} == fresh.keys()
    for row in told:
        if row["doubt"] is None:
            assert (row["verdict"], row["step"], row["rule"]) == fresh[row["doc_id"]], row
        elif row["known"]:
            assert row["verdict"] == fresh[row["doc_id"]][0], row
    known = sum(row["known"] for row in told) / len(told)
    assert known >= least_known, known
    summed = retune(str(base[name]), parsed)
    assert summed.cannot_know == sum(not row["known"] for row in told)
    assert summed.kept_after.documents == sum(row["verdict"] == "kept" for row in told)
