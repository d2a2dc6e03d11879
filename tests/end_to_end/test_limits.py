"""What a local run does to the machine: nothing outlives it, nothing listens outside, nothing hangs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from textmill import ExactDedup, Recipe
from textmill.pipeline.output.verify import verify

from .conftest import BIN

SLOW = """
import time

def slow(text: str) -> float:
    time.sleep(0.002)
    return 1.0
"""


@pytest.fixture
def slow_run(tmp_path: Path) -> subprocess.Popen[str]:
    """A run with two workers that would take a minute."""
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "slow.yaml").write_text("name: slow\nsteps: [{where: {function: 'slow:slow', minimum: 0}}]\n")
    for number in range(2):
        (tmp_path / f"{number}.jsonl").write_text('{"text": "word"}\n' * 30_000)
    command = [BIN / "textmill", "run", "slow.yaml", "0.jsonl", "1.jsonl", "--output", "out", "--workers", "2", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(workers(process)) < 2 or not list((tmp_path / "out" / "_work" / "progress").glob("*")):
        assert time.monotonic() < deadline, "the workers did not start"
        assert process.poll() is None, process.stderr
        time.sleep(0.2)
    return process


def group(process: subprocess.Popen[str]) -> list[int]:
    """Processes below a process, found by their parents."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    found = [process.pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found[1:]


def workers(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a run: those below its driver, which is below the command."""
    return group(process)[1:]


def wait_until_gone(processes: list[int]) -> list[int]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        alive = [one for one in processes if Path(f"/proc/{one}").exists()]
        if not alive:
            return []
        time.sleep(0.1)
    return alive


def test_a_killed_worker_ends_the_run_with_a_clear_error(slow_run: subprocess.Popen[str]) -> None:
    everything = group(slow_run)
    os.kill(workers(slow_run)[0], signal.SIGKILL)
    _, stderr = slow_run.communicate(timeout=15)
    assert slow_run.returncode == 1
    assert stderr.startswith("textmill: a worker process died")
    assert wait_until_gone(everything) == []


def test_interrupting_ends_everything(slow_run: subprocess.Popen[str]) -> None:
    everything = group(slow_run)
    slow_run.send_signal(signal.SIGINT)
    _, stderr = slow_run.communicate(timeout=15)
    assert (slow_run.returncode, stderr) == (130, "textmill: interrupted; --resume goes on with out\n")
    assert wait_until_gone(everything) == []


def test_nothing_outlives_a_killed_run(slow_run: subprocess.Popen[str]) -> None:
    everything = group(slow_run)
    slow_run.kill()
    slow_run.communicate(timeout=15)
    assert wait_until_gone(everything) == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads the ports from /proc")
def test_a_local_run_listens_on_no_port(slow_run: subprocess.Popen[str]) -> None:
    inodes = set()
    for one in group(slow_run):
        for descriptor in Path(f"/proc/{one}/fd").iterdir():
            target = os.readlink(descriptor)  # noqa: PTH115  # the link's text, not a path
            if target.startswith("socket:["):
                inodes.add(target[len("socket:[") : -1])
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                listening.append(fields[1].split(":")[0])
    slow_run.kill()
    slow_run.communicate()
    assert inodes
    assert not listening


def test_more_workers_than_splits_and_no_document_at_all(tmp_path: Path) -> None:
    (tmp_path / "one.jsonl").write_text('{"text": "one document"}\n')
    (tmp_path / "none.jsonl").write_text("")
    recipe = Recipe("tiny", [ExactDedup()])
    one = recipe.run(str(tmp_path / "one.jsonl"), output=str(tmp_path / "one"), workers=3)
    assert (one["totals"]["read"], one["totals"]["kept"], len(one["shards"])) == (1, 1, 1)
    none = recipe.run(str(tmp_path / "none.jsonl"), output=str(tmp_path / "none"), workers=2)
    assert (none["totals"]["read"], [shard["rows"] for shard in none["shards"]]) == (0, [0])
    assert verify(str(tmp_path / "one")) == verify(str(tmp_path / "none")) == []
