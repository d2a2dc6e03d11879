"""The same bytes from Beam's Prism as from a local run.

Needs what ``go install github.com/apache/beam/sdks/v2/go/cmd/prism@v2.77.0`` builds, with TEXTMILL_PRISM=FILE.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from textmill import InputOptions, Recipe

from .conftest import BIN, CORPUS, checksums


@pytest.fixture(scope="module")
def prism() -> Path:
    program = os.environ.get("TEXTMILL_PRISM")
    if program is None:
        pytest.skip("no Prism: build it with go install and set TEXTMILL_PRISM=FILE")
    return Path(program)


def test_the_command_gives_the_bytes_of_a_local_run(prism: Path, textmill: Any, tmp_path: Path) -> None:
    """With a worker of its own, to which Prism hands its id in quotes, and nothing that it prints on the terminal."""
    local = textmill("run", "default", CORPUS, "--output", tmp_path / "local", "-q")
    assert (local.returncode, local.stderr) == (0, "")
    where = ["--runner", "prism", "--", f"--prism_location={prism}"]
    done = textmill("run", "default", CORPUS, "--output", tmp_path / "prism", "-q", *where)
    assert (done.returncode, done.stderr) == (0, "")
    assert checksums(tmp_path / "prism") == checksums(tmp_path / "local")


def test_what_is_compared_over_the_run_is_that_of_a_local_run(prism: Path, comparing: Recipe, tmp_path: Path) -> None:
    reading = InputOptions(split_bytes=20_000)
    funnel = comparing.run(str(CORPUS), output=str(tmp_path / "local"), reading=reading, workers=2)["funnel"]
    assert {"select", "semantic_dedup"} <= {row["step"] for row in funnel if row["documents"]}
    where = {"runner": "prism", "runner_options": [f"--prism_location={prism}"]}
    comparing.run(str(CORPUS), output=str(tmp_path / "prism"), reading=reading, **where)
    ours = checksums(tmp_path / "prism")
    assert len([path for path in ours if path.startswith("ledger/")]) > 2
    assert ours == checksums(tmp_path / "local")


def test_interrupting_ends_the_job_and_resume_goes_on(prism: Path, textmill: Any, tmp_path: Path) -> None:
    """Ctrl-C reaches the whole process group: Prism too."""
    where = ["--runner", "prism", "--", f"--prism_location={prism}"]
    command = ["run", "default", CORPUS, "-q", "--output", tmp_path / "prism"]
    process = subprocess.Popen(
        list(map(str, [BIN / "textmill", *command, *where])), stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    end = time.monotonic() + 120
    while not list(tmp_path.glob("prism/_work/pass-0/*")) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    ended = r"job textmill-\w+ (is cancelled|has ended with its job server)"
    assert re.fullmatch(rf"textmill: interrupted; {ended}; --resume goes on with \S+\n", said)
    resumed = textmill(*command, "--resume", *where)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert textmill("run", "default", CORPUS, "-q", "--output", tmp_path / "local").returncode == 0
    assert checksums(tmp_path / "prism") == checksums(tmp_path / "local")


def test_an_error_in_a_worker_is_the_line_of_a_local_run(prism: Path, textmill: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("def fails(text):\n    raise ValueError('no such luck')\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("name: mine\nsteps:\n  - where: {function: 'mine:fails', minimum: 1}\n")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"}
    told = []
    for where in ([], ["--runner", "prism", "--", f"--prism_location={prism}"]):
        command = ["run", tmp_path / "mine.yaml", CORPUS, "--output", tmp_path / f"out-{len(told)}", "-q", *where]
        done = textmill(*command, env=environment)
        assert done.returncode != 0
        told.append(done.stderr)
    assert told[0] == told[1]
    assert "no such luck" in told[0]
    assert len(told[0].splitlines()) == 1
