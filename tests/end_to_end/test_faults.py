"""Interrupted runs: one of the seeded interruptions of ``faults.py``, and one disk that really is full."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import checksums
from .faults import Fault, commits, interrupt_and_resume, run, undisturbed

Textmill = Callable[..., subprocess.CompletedProcess[str]]
Undisturbed = tuple[Path, dict[str, str], int]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("faults")
    return folder, *undisturbed(folder, seed=0)


@pytest.mark.parametrize("seed", [4])
def test_an_interrupted_run_ends_with_the_same_bytes(corpus: Undisturbed, seed: int) -> None:
    folder, expected, last = corpus
    assert interrupt_and_resume(folder, expected, last, seed)


def test_the_disk_is_full_and_the_resumed_run_does_only_what_is_missing(corpus: Undisturbed) -> None:
    folder, expected, last = corpus
    output = folder / "full"
    code, said = run(folder, output, 1, Fault(commit=last - 20, moment="half", action="disk full"))
    assert code != 0
    assert "No space left on device; make room, then give the same command with --resume" in said
    code, said = run(folder, output, 2, resume=True)
    assert (code, checksums(output)) == (0, expected)
    assert commits(folder, output) < last / 3


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", folder]).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_full_is_told_in_one_line_and_more_room_helps(small_disk: Path, textmill: Textmill) -> None:
    folder = small_disk.parent
    (folder / "recipe.yaml").write_text("name: small\nsteps: [exact_dedup]\n")
    lines = [f'{{"text": "{os.urandom(400).hex()}"}}\n' for _ in range(1500)]
    (folder / "in.jsonl").write_text("".join(lines))
    command = ["run", folder / "recipe.yaml", folder / "in.jsonl", "--workers", 1, "-q", "--output"]
    done = textmill(*command, small_disk / "out")
    assert done.returncode == 1
    assert "No space left on device; make room" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    verified = textmill("verify", small_disk / "out")
    assert (verified.returncode, "--resume" in verified.stderr) == (2, True)
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    assert textmill(*command, small_disk / "out", "--resume").returncode == 0
    assert textmill(*command, folder / "fresh").returncode == 0
    assert checksums(small_disk / "out") == checksums(folder / "fresh")


def test_an_output_that_may_only_be_read_is_told(small_disk: Path, textmill: Textmill) -> None:
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    (small_disk.parent / "in.jsonl").write_text('{"text": "one"}\n')
    done = textmill("run", "fineweb", small_disk.parent / "in.jsonl", "--output", small_disk / "out", "-q")
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert f"cannot write to the output folder {small_disk / 'out'}" in done.stderr
