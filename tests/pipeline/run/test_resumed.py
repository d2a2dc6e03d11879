"""A folder that is resumed: what has changed since is said and done again, and nothing in it is trusted blindly."""

import hashlib
import json
import os
import pickle
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from textmill import ExactDedup, InputOptions, Recipe, where
from textmill.errors import InputError
from textmill.pipeline.input.inputs import find_inputs
from textmill.pipeline.job.job import WORK_FOLDER, Job
from textmill.pipeline.output.verify import verify
from textmill.pipeline.passes.fingerprints import pass_fingerprints
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.run import run as running

from ..conftest import IN_PROCESS


def letters(text: str) -> int:
    return len(text)


RECIPE = Recipe("two passes", [where(letters, minimum=5), ExactDedup()])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a", "b"):
        rows = [{"text": f"document {number} of {name}", "other": f"other {number} of {name}"} for number in range(9)]
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def run(corpus: Path, output: Path, notices: list[str], **options: Any) -> dict[str, str]:
    """Run, and give the checksum of every file but the manifest, of which the part that never differs."""
    options = {"runner": IN_PROCESS, **options}
    manifest = RECIPE.run(str(corpus), output=str(output), on_notice=notices.append, **options)
    assert verify(str(output)) == []
    found = {str(path.relative_to(output)): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    compared = {name: value for name, value in manifest.items() if name != "timing"}
    found["manifest.json"] = json.dumps(compared, sort_keys=True).encode()
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}


def change_same_size(path: Path) -> None:
    """Other bytes, as many as before, and the time of the last change set back."""
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"document 3", b"DOCUMENT 3"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (change_same_size, {}, "in/b.jsonl changed"),
        (lambda path: path.write_bytes(path.read_bytes() + b'{"text": "one more"}\n'), {}, "in/b.jsonl changed"),
        (None, {"reading": InputOptions(kind="book")}, "kind was None and is 'book'"),
        (None, {"reading": InputOptions(text_field="other")}, "text_field was 'text' and is 'other'"),
        (None, {"shard_bytes": 100}, "shard_bytes was None and is 100"),
        (None, {"keep_removed": True}, "keep_removed was False and is True"),
    ],
)
def test_a_finished_folder_is_done_again_when_anything_has_changed(
    corpus: Path, tmp_path: Path, change: Callable[[Path], None] | None, options: dict[str, Any], said: str
) -> None:
    notices: list[str] = []
    before = run(corpus, tmp_path / "out", notices)
    if change is not None:
        change(corpus / "b.jsonl")
    again = run(corpus, tmp_path / "out", notices, resume=True, **options)
    assert notices == [f"{tmp_path}/out holds a finished run, but {said}: it is done again"]
    assert again != before
    assert again == run(corpus, tmp_path / "fresh", notices, **options)
    assert run(corpus, tmp_path / "out", notices, resume=True, **options) == again
    assert len(notices) == 1


def test_a_finished_folder_is_believed_when_nothing_has_changed(corpus: Path, tmp_path: Path) -> None:
    notices: list[str] = []
    before = run(corpus, tmp_path / "out", notices)
    manifest = tmp_path / "out" / "manifest.json"
    written = manifest.stat().st_mtime_ns
    content = (corpus / "a.jsonl").read_bytes()
    (corpus / "a.jsonl").unlink()
    (corpus / "a.jsonl").write_bytes(content)  # another file of the same bytes
    assert run(corpus, tmp_path / "out", notices, resume=True) == before
    assert (manifest.stat().st_mtime_ns, notices) == (written, [])


def test_a_changed_function_is_another_run(corpus: Path, tmp_path: Path) -> None:
    notices: list[str] = []

    def recipe(limit: int) -> Recipe:
        def long_enough(text: str) -> bool:
            return len(text) > limit

        return Recipe("closures", [where(long_enough, allowed=[True])])

    output = str(tmp_path / "out")
    assert recipe(5).run(str(corpus), output=output, runner=IN_PROCESS)["totals"]["kept"] == 18
    again = recipe(500).run(str(corpus), output=output, resume=True, on_notice=notices.append, runner=IN_PROCESS)
    assert notices == [f"{output} holds a finished run, but the code of step where is another: it is done again"]
    assert again["totals"]["kept"] == 0


def test_what_has_changed_since_an_interruption_is_said(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices: list[str] = []

    def stop(job: Job) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(running, "_on_runner", lambda options, output: (stop, None))
        with pytest.raises(KeyboardInterrupt):
            run(corpus, tmp_path / "out", notices)
    change_same_size(corpus / "a.jsonl")
    options: dict[str, Any] = {"reading": InputOptions(kind="book")}
    assert run(corpus, tmp_path / "out", notices, resume=True, **options) == run(
        corpus, tmp_path / "fresh", notices, **options
    )
    assert notices == [
        f"since {tmp_path}/out was interrupted, kind was None and is 'book'; in/a.jsonl changed: "
        "what that concerns is done again"
    ]


@pytest.mark.parametrize("options", [{"workers": 2}, {"runner": IN_PROCESS}], ids=["local", "in process"])
@pytest.mark.parametrize("size", ["whole", "cut"])
def test_an_input_that_vanishes_between_listing_and_reading_is_in_the_quarantine(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], size: str
) -> None:
    found = Job.find_inputs

    def find_and_lose(self: Job) -> list[Any]:
        files = found(self)
        (corpus / "b.jsonl").unlink(missing_ok=True)
        return files

    monkeypatch.setattr(Job, "find_inputs", find_and_lose)
    split_bytes = None if size == "whole" else 100
    manifest = RECIPE.run(
        str(corpus), output=str(tmp_path / "out"), reading=InputOptions(split_bytes=split_bytes), **options
    )
    rows = {row["source"]: (row["kept"], row["quarantined"]) for row in manifest["inputs"]}
    assert rows == {"in/a.jsonl": (9, 0), "in/b.jsonl": (0, 1)}
    assert manifest["quarantine_errors"] == [{"error": "unreadable", "documents": 1}]
    assert verify(str(tmp_path / "out")) == []


def test_a_file_that_vanishes_while_it_is_cut_is_left_to_the_reader(corpus: Path, tmp_path: Path) -> None:
    made = Job(recipe=RECIPE, inputs=(str(corpus),), output=str(tmp_path / "out"))
    (tmp_path / "out" / WORK_FOLDER).mkdir(parents=True)
    listed = made.with_listed(find_inputs(made.inputs))
    (corpus / "a.jsonl").unlink()
    assert [file.source for file in listed.find_inputs()] == ["in/a.jsonl", "in/b.jsonl"]


class Planted:
    """Runs a command in whoever unpickles it."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.target,)


def test_nothing_in_the_work_folder_is_unpickled(corpus: Path, tmp_path: Path) -> None:
    victim = tmp_path / "ran"
    made = Job(recipe=RECIPE, inputs=(str(corpus),), output=str(tmp_path / "out"))
    made = replace(made, fingerprints=pass_fingerprints(made))
    run_passes(made)
    work = tmp_path / "out" / WORK_FOLDER
    body = pickle.dumps(Planted(victim))
    planted = [*work.rglob("*.record"), work / "job.pickle", work / "run.json"]
    assert len(planted) == 4
    for path in planted:
        head = path.read_bytes().partition(b"\n")[0] + b"\n" if path.suffix == ".record" else b""
        path.write_bytes(head + body)
    run_passes(made)
    (work / "run.json").unlink()
    RECIPE.run(str(corpus), output=str(tmp_path / "out"), resume=True, runner=IN_PROCESS)
    assert not victim.exists()
    pickle.loads(body)
    assert victim.exists()


def test_the_work_folder_is_nobody_elses(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def look(job: Job) -> None:
        seen.append(stat.S_IMODE(Path(job.folder(WORK_FOLDER)).stat().st_mode))
        raise InputError("stop")

    monkeypatch.setattr(running, "_on_runner", lambda options, output: (look, None))
    for _ in range(2):
        with pytest.raises(InputError, match="stop"):
            RECIPE.run(str(corpus), output=str(tmp_path / "out"), resume=True)
        (tmp_path / "out" / WORK_FOLDER).chmod(0o777)
    assert seen == [0o700, 0o700]


def test_a_work_folder_of_somebody_else_is_refused(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "out" / WORK_FOLDER).mkdir(parents=True)
    (tmp_path / "out" / WORK_FOLDER / "lock").touch()
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(InputError, match=r"out/_work belongs to another user \(number \d+\)"):
        RECIPE.run(str(corpus), output=str(tmp_path / "out"), resume=True)


def test_a_link_in_the_place_of_the_work_folder_is_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / WORK_FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="_work is no folder; delete it"):
        RECIPE.run(str(corpus), output=str(tmp_path / "out"), resume=True)


def test_a_run_that_ended_while_nobody_waited_is_settled_and_not_done_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(running, "settle", lambda job: {})  # as where the command was killed, or made only a template
        RECIPE.run(str(corpus), output=str(output), runner=IN_PROCESS)
    assert (output / WORK_FOLDER).exists()
    with pytest.raises(InputError, match="unfinished run; go on with it by --resume"):
        RECIPE.run(str(corpus), output=str(output))

    def run_again(job: Job) -> None:
        raise InputError("it runs again")

    monkeypatch.setattr(running, "_on_runner", lambda options, output: (run_again, None))
    manifest = RECIPE.run(str(corpus), output=str(output), resume=True)
    assert manifest["totals"]["read"] == 18
    assert not (output / WORK_FOLDER).exists()
    assert verify(str(output)) == []


def test_a_run_that_ended_over_other_input_is_done_again(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "out"
    with monkeypatch.context() as patched:
        patched.setattr(running, "settle", lambda job: {})
        RECIPE.run(str(corpus), output=str(output), runner=IN_PROCESS)
    (corpus / "a.jsonl").write_text('{"text": "only one"}\n')
    manifest = RECIPE.run(str(corpus), output=str(output), resume=True, runner=IN_PROCESS)
    assert manifest["totals"]["read"] == 1 + 9
