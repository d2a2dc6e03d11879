"""What a resumed run keeps and what it does again."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from textmill import ExactDedup, GopherQuality, InputOptions, NormalizeUnicode, Recipe, Tokenize, where
from textmill.errors import InputError
from textmill.pipeline.files.lock import exclusive
from textmill.pipeline.job.job import WORK_FOLDER, Job
from textmill.pipeline.passes.fingerprints import pass_fingerprints
from textmill.pipeline.passes.single import run_passes

from ..conftest import IN_PROCESS


def letters(text: str) -> int:
    return len(text)


def recipe(minimum: int = 5, maximum: int = 1000) -> Recipe:
    return Recipe("two passes", [where(letters, minimum=minimum), ExactDedup(), where(len, maximum=maximum)])


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A job over two files in two splits, whose passes are recorded."""
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        lines = [json.dumps({"text": f"document {number} of many"}) for number in range(20)]
        (tmp_path / "in" / f"{name}.jsonl").write_text("\n".join(lines) + "\n")
    return make_job(recipe(), tmp_path)


def make_job(of: Recipe, folder: Path) -> Job:
    made = Job(
        recipe=of,
        inputs=(str(folder / "in"),),
        output=str(folder / "out"),
        reading=InputOptions(split_bytes=500),
    )
    return replace(made, fingerprints=pass_fingerprints(made))


def written(job: Job) -> dict[str, int]:
    """When each staged file was written."""
    work = Path(job.folder(WORK_FOLDER))
    return {str(path.relative_to(work)): path.stat().st_mtime_ns for path in sorted(work.rglob("*.arrow"))}


def done_again(job: Job, then: Job) -> set[str]:
    """The passes in which a second job wrote staged files anew after a first, over which of the splits."""
    run_passes(job)
    before = written(job)
    again = run_passes(then)
    fresh = run_passes(replace(then, output=f"{then.output}-fresh", fingerprints=()))
    for ours, theirs in zip(again, fresh, strict=True):
        assert ours.staged.facts == theirs.staged.facts
        assert Path(str(ours.staged.path)).read_bytes() == Path(str(theirs.staged.path)).read_bytes()
    return {name for name, when in written(then).items() if before.get(name) != when}


ALL = {f"pass-{number}/split-{split:05d}.arrow" for number in (0, 1) for split in (0, 1, 2, 3)}


def test_the_same_job_does_nothing_again(job: Job) -> None:
    assert done_again(job, job) == set()
    assert set(written(job)) == ALL


def test_a_change_of_a_later_pass_keeps_the_earlier(job: Job, tmp_path: Path) -> None:
    assert done_again(job, make_job(recipe(maximum=20), tmp_path)) == {name for name in ALL if "pass-1" in name}


def test_a_change_of_the_first_pass_does_all_again(job: Job, tmp_path: Path) -> None:
    assert done_again(job, make_job(recipe(minimum=22), tmp_path)) == ALL


def test_a_new_step_at_the_end_keeps_the_earlier_passes(job: Job, tmp_path: Path) -> None:
    longer = Recipe("longer", [*recipe().steps, Tokenize("cl100k")])
    assert done_again(job, make_job(longer, tmp_path)) == {name for name in ALL if "pass-1" in name}


def test_a_changed_file_is_read_again_and_others_are_not(job: Job, tmp_path: Path) -> None:
    run_passes(job)
    before = written(job)
    path = tmp_path / "in" / "b.jsonl"
    path.write_bytes(path.read_bytes().replace(b"document 0", b"document X"))
    run_passes(job)
    changed = {name for name, when in written(job).items() if before[name] != when}
    assert {name for name in changed if "pass-0" in name} == {f"pass-0/split-0000{split}.arrow" for split in (2, 3)}


@pytest.mark.parametrize("harm", ["cut", "flip", "gone", "record"])
def test_damaged_work_is_done_again(job: Job, harm: str) -> None:
    run_passes(job)
    staged = Path(job.staged_path(0, 1))
    good = staged.read_bytes()
    if harm == "gone":
        staged.unlink()
    else:
        victim = staged.with_suffix(".record") if harm == "record" else staged
        content = victim.read_bytes()
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        victim.write_bytes(content[:middle] if harm == "cut" else flipped)
    run_passes(job)
    assert staged.read_bytes() == good


def fingerprints(*steps: object, **options: object) -> tuple[str, ...]:
    made = Job(recipe=Recipe("any", steps), inputs=("in",), output="out", **options)  # type: ignore[arg-type]
    return pass_fingerprints(made)


@pytest.mark.parametrize(
    "other",
    [
        lambda: fingerprints(GopherQuality(min_words=49), ExactDedup()),
        lambda: fingerprints(GopherQuality(), ExactDedup(), reading=InputOptions(text_field="content")),
        lambda: fingerprints(GopherQuality(), ExactDedup(), keep_removed=True),
        lambda: fingerprints(NormalizeUnicode(), GopherQuality(), ExactDedup()),
        lambda: fingerprints(GopherQuality(), ExactDedup(keep="longest")),
        lambda: fingerprints(GopherQuality(), ExactDedup(), GopherQuality(min_words=10)),
    ],
)
def test_whatever_decides_the_first_pass_changes_its_fingerprint(other: Callable[[], tuple[str, ...]]) -> None:
    base = fingerprints(GopherQuality(), ExactDedup())
    assert base == fingerprints(GopherQuality(), ExactDedup())
    assert other()[0] != base[0]


def test_a_user_function_counts_by_its_code() -> None:
    def made(limit: int) -> Callable[[str], int]:
        return lambda text: len(text) + limit

    first, same, other = (fingerprints(where(made(limit), measurement="m", maximum=9)) for limit in (1, 1, 2))
    assert first == same
    assert first != other


def test_fingerprints_are_the_same_in_another_process(tmp_path: Path) -> None:
    code = (
        "from textmill import *; from textmill.pipeline.job.job import Job; "
        "from textmill.pipeline.passes.fingerprints import pass_fingerprints as f; "
        "print(f(Job(recipe=Recipe.load('default'), inputs=('in',), output='out')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    work = tmp_path / "out" / WORK_FOLDER
    work.mkdir(parents=True)
    in_use = pytest.raises(InputError, match=r"out is in use by process \d+ on ")
    with exclusive(str(work)), in_use, exclusive(str(work)):
        pass
    with exclusive(str(work)):  # free again
        pass


def test_what_a_dead_run_has_left_is_no_lock_but_its_last_workers_are_waited_for(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text('{"process": 1, "host": "elsewhere"}')
    (tmp_path / "alive").touch()
    code = (
        "import pathlib, time; from textmill.pipeline.files.lock import stay_alive; "
        f"stay_alive(pathlib.Path({str(tmp_path)!r})); print(flush=True); time.sleep(0.5)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with exclusive(str(tmp_path)), (tmp_path / "alive").open("rb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_folder_tells_what_to_do_with_it(job: Job, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    small = Recipe("small", [where(letters, minimum=5)])
    run_passes(make_job(small, tmp_path))
    with pytest.raises(InputError, match="holds an unfinished run; go on with it by --resume"):
        small.run(str(tmp_path / "in"), output=out)
    finished = small.run(str(tmp_path / "in"), output=out, resume=True, runner=IN_PROCESS)
    assert small.run(str(tmp_path / "in"), output=out, resume=True) == finished
    with pytest.raises(InputError, match="holds a finished run; delete it"):
        small.run(str(tmp_path / "in"), output=out)
    with pytest.raises(InputError, match="holds a finished run of another recipe"):
        recipe().run(str(tmp_path / "in"), output=out, resume=True)
    (tmp_path / "in" / "c.jsonl").write_text("")
    with pytest.raises(InputError, match="holds a finished run of other inputs"):
        small.run(str(tmp_path / "in"), output=out, resume=True)


def test_a_folder_that_cannot_be_written_is_told(job: Job, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"cannot write to the output folder .*file/out"):
        recipe().run(str(tmp_path / "in"), output=str(tmp_path / "file" / "out"))
