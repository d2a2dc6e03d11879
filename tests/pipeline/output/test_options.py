"""What decides an output besides the recipe, and what of it is said to have changed."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from textmill import GopherQuality, InputOptions, Recipe, Tokenize
from textmill.pipeline.input.inputs import InputFile, find_inputs
from textmill.pipeline.job.job import Job
from textmill.pipeline.output.options import (
    changes,
    differences,
    differing_code,
    models_of,
    named_inputs,
    options_of,
    versions_of,
)

ONE = Recipe("one", [GopherQuality()])


def test_options_are_recorded_as_json_has_them() -> None:
    reading = InputOptions(kind="book", kinds=(("in/*", "web"),))
    job = Job(recipe=ONE, inputs=("in",), output="out", reading=reading, keep_removed=True, shard_bytes=7)
    recorded = options_of(job)
    assert recorded["kinds"] == [["in/*", "web"]]
    assert isinstance(recorded["wiki_namespaces"], list)
    assert (recorded["kind"], recorded["text_field"]) == ("book", "text")
    assert [recorded[name] for name in ("keep_removed", "measure_all", "shard_bytes", "warn_after_documents")] == [
        *(True, False, 7, 1_000_000)
    ]


def test_models_are_told_by_name_and_checksum() -> None:
    step = GopherQuality(stop_words="language")
    ((name, path),) = step.model_files.items()
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    assert models_of(Recipe("r", [step]).plan) == [{"name": name, "sha256": checksum}]
    assert models_of(ONE.plan) == []


def test_differences_name_both_values() -> None:
    assert list(differences({"a": 1, "b": None, "gone": 2}, {"a": 1, "b": "x", "new": 3})) == [
        "b was None and is 'x'",
        "new is 3 and was not recorded",
    ]
    assert list(differing_code({"a": "1", "b": "1", "c": "1"}, {"a": "1", "b": "2", "d": "1"})) == [
        *("the code of step b is another", "the code of step c is another", "the code of step d is another")
    ]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([], []),
        (["a"], ["a changed"]),
        (["a", "b", "c"], ["a, b, c changed"]),
        ([*"abcd"], ["a, b, c and 1 more changed"]),
        ([str(number) for number in range(1500)], ["0, 1, 2 and 1,497 more changed"]),
    ],
)
def test_few_inputs_are_named(sources: list[str], said: list[str]) -> None:
    assert list(named_inputs(sources)) == said


def file(source: str = "in/a", size: int = 1, version: str = "v") -> InputFile:
    return InputFile(f"/somewhere/{source}", source, size, version)


def test_versions_of_files_are_one_checksum_or_none() -> None:
    found = versions_of([file(), file("in/b")])
    assert len(found) == 32
    assert found == versions_of([InputFile("elsewhere", "in/a", 1, "v"), file("in/b")])
    others = [[file(), file("in/c")], [file(size=2), file("in/b")], [file(), file("in/b", version="w")]]
    assert len({found, *map(versions_of, others)}) == 4
    assert versions_of([file(), file(version="")]) == ""


def manifest_of(job: Job, files: list[InputFile]) -> dict[str, Any]:
    tokenizer = job.recipe.plan.tokenizer
    return {
        "options": options_of(job),
        "models": models_of(job.recipe.plan),
        "tokenizer": None if tokenizer is None else tokenizer.identity(),
        "inputs": [
            {"source": one.source, "bytes": one.size, "sha256": hashlib.sha256(Path(one.path).read_bytes()).hexdigest()}
            for one in files
        ],
        "timing": {"resume": {"input_versions": "before", "functions": {}}},
    }


def test_what_has_changed_since_a_run(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"text of {name}")
    job = Job(recipe=Recipe("one", [GopherQuality(), Tokenize()]), inputs=(str(tmp_path),), output="out")
    files = find_inputs(job.inputs)
    manifest = manifest_of(job, files)
    assert list(changes(manifest, job, files)) == []
    (tmp_path / "a.txt").write_text("TEXT OF A")  # as long as before
    (tmp_path / "b.txt").write_text("longer than before")
    (tmp_path / "c.txt").unlink()
    label = tmp_path.name
    told = f"{label}/a.txt, {label}/b.txt, {label}/c.txt changed"
    now = [InputFile(one.path, one.source, 18 if one.source.endswith("b.txt") else one.size, "x") for one in files]
    assert list(changes(manifest, job, now)) == [told]
    assert list(changes({**manifest, "models": [], "tokenizer": None}, job, now)) == [
        "the tokenizer is another",
        told,
    ]
    assert list(changes({**manifest, "models": [{"name": "x"}]}, job, now)) == ["a model file is another", told]


def test_versions_that_are_the_same_need_no_look_at_files(tmp_path: Path) -> None:
    job = Job(recipe=ONE, inputs=("in",), output="out", input_versions="same", functions={"where": "1"})
    gone = [file()]
    manifest = {"options": options_of(job), "models": [], "tokenizer": None, "inputs": [], "timing": {}}
    manifest["timing"] = {"resume": {"input_versions": "same", "functions": {"where": "1"}}}
    assert list(changes(manifest, job, gone)) == []
    manifest["inputs"] = [{"source": "in/a", "bytes": 1, "sha256": "0" * 64}]
    for then, now in (("before", "after"), ("", "")):  # of another version, or of none that a store tells
        manifest["timing"] = {"resume": {"input_versions": then, "functions": {"where": "1"}}}
        assert list(changes(manifest, replace(job, input_versions=now), gone)) == ["in/a changed"]
    manifest["timing"] = {"resume": {"input_versions": "same", "functions": {}}}
    assert list(changes(manifest, job, gone)) == ["the code of step where is another"]


def test_a_file_that_could_not_be_read_then_and_cannot_now_is_the_same(tmp_path: Path) -> None:
    job = Job(recipe=ONE, inputs=("in",), output="out")
    manifest = {"options": options_of(job), "models": [], "tokenizer": None, "timing": {}}
    manifest["inputs"] = [{"source": "in/a", "bytes": 5, "sha256": ""}]
    assert list(changes(manifest, job, [file()])) == []
    manifest["inputs"] = [{"source": "in/a", "bytes": 1, "sha256": "0" * 64}]
    assert list(changes(manifest, job, [file()])) == ["in/a changed"]
