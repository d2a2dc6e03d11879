"""The end of a run: what is written of it, in which order, and what does not belong to it goes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, InputError, Recipe, Tokenize, where
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.job.results import PassResult
from textmill.pipeline.output.finish import finish_run, plan_run_shards
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.options import models_of, options_of, resume_of
from textmill.pipeline.output.shards import write_shard
from textmill.pipeline.passes import partitions
from textmill.pipeline.passes.rows import shard_schema
from textmill.pipeline.passes.single import run_passes


def length(text: str) -> int:
    return len(text)


TEXTS = [["first", "second", "third text"], ["first", "x", "y", "z", "fourth"]]


def passed(folder: Path, *, output: dict[str, Any] | None = None, **options: Any) -> tuple[Job, list[PassResult]]:
    for number, texts in enumerate(TEXTS):
        lines = [json.dumps({"text": text, "kind": "book" if number else "web"}) for text in texts]
        (folder / f"{number}.jsonl").write_text("\n".join(lines))
    steps = [where(length, minimum=2), ExactDedup(write_index=str(folder / "index")), Tokenize("cl100k")]
    recipe = Recipe("r", steps, **(output or {}))
    inputs = tuple(str(folder / f"{number}.jsonl") for number in range(2))
    reading = InputOptions(split_bytes=max(Path(path).stat().st_size for path in inputs))  # each file is a split
    job = Job(recipe=recipe, inputs=inputs, output=str(folder / "out"), reading=reading, keep_removed=True, **options)
    return job, run_passes(job)


def test_a_run_is_finished(tmp_path: Path) -> None:
    job, results = passed(tmp_path, shard_bytes=20, warn_after_documents=2)
    plans = plan_run_shards(job, reversed(results))
    facts = [write_shard(plan, job.folder("shards"), shard_schema(job.recipe.plan)) for plan in plans]
    strays = [f"{name}/stray.parquet" for name in ("shards", "shards/kind=web", "ledger", "removed", "quarantine")]
    for stray in strays:
        path = tmp_path / "out" / stray
        path.parent.mkdir(exist_ok=True)
        path.write_text("of another run")
    (tmp_path / "out" / "notes.txt").write_text("mine")
    path = finish_run(job, [result.staged for result in results], facts)
    manifest = read_manifest(job.output)
    assert path == f"{job.output}/manifest.json"
    assert sorted(
        str(one.relative_to(tmp_path / "out")) for one in (tmp_path / "out").rglob("*") if one.is_file()
    ) == sorted(
        [
            *("README.md", "croissant.json", "manifest.json", "notes.txt", "report.html"),
            *(
                f"{name}/{file['name']}"
                for name in ("shards", "ledger", "removed", "quarantine")
                for file in manifest[name]
            ),
            *(
                str(one.relative_to(tmp_path / "out"))
                for one in (tmp_path / "out" / "_work").rglob("*")
                if one.is_file()
            ),
        ]
    )
    assert not (tmp_path / "out" / "shards" / "kind=web").exists()
    shards = sorted((tmp_path / "out" / "shards").iterdir())
    assert [text for one in shards for text in pq.read_table(one)["text"].to_pylist()] == [
        *("first", "second", "third text", "fourth"),
    ]
    assert len(shards) == len(manifest["shards"]) == 2
    assert json.loads((tmp_path / "index" / "index.json").read_text())["step"] == "exact_dedup"
    assert manifest["options"] == json.loads(json.dumps(options_of(job)))
    assert manifest["timing"]["resume"] == json.loads(json.dumps(resume_of(job)))
    assert manifest["models"] == [dict(one) for one in models_of(job.recipe.plan)]
    (surge,) = manifest["warnings"]
    assert (surge["step"], surge["rule"], surge["first_ratio"], surge["later_ratio"]) == ("where", "minimum", 0.0, 0.6)
    fields = json.loads((tmp_path / "out" / "croissant.json").read_text())["recordSet"][0]["field"]
    assert [one["name"] for one in fields] == shard_schema(job.recipe.plan).names
    assert manifest["totals"]["kept"] == 4
    assert manifest.keys() == {
        *("textmill", "recipe", "options", "versions", "tokenizer", "models", "inputs", "funnel", "skipped"),
        *("quarantine_errors", "totals", "shards", "ledger", "removed", "quarantine", "warnings", "notices", "timing"),
    }


def test_partitioned_shards_lie_in_few_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job, results = passed(tmp_path, output={"partition": ["kind"]})
    plans = plan_run_shards(job, results)
    assert [(plan.folder, plan.number, plan.of) for plan in plans] == [("kind=book", 0, 1), ("kind=web", 0, 1)]
    monkeypatch.setattr(partitions, "MOST_PARTITIONS", 2)
    assert plan_run_shards(job, results) == plans
    monkeypatch.setattr(partitions, "MOST_PARTITIONS", 1)
    with pytest.raises(InputError, match="shards partitioned by kind would lie in 2 folders, more than 1"):
        plan_run_shards(job, results)


def test_results_without_a_piece_are_passed_over(tmp_path: Path) -> None:
    job, results = passed(tmp_path)
    none = [dataclasses.replace(result, piece=None) for result in results]
    assert [plan.slices for plan in plan_run_shards(job, none)] == [()]
