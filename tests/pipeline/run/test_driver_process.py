"""A driver that was started ahead does nothing until it is told, and is gone when its front end is."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from textmill import GopherQuality, Recipe, TextmillError
from textmill.pipeline.run import driver_process

FRONT = """
import os, signal, sys
from textmill.pipeline.run import driver_process

driver_process.start_ahead()
print(driver_process._ahead[0].process.pid, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def is_alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("how", ["ended", "killed"])
def test_it_ends_with_its_front_end(how: str) -> None:
    done = subprocess.run([sys.executable, "-c", FRONT, how], stdout=subprocess.PIPE, text=True, check=False)
    driver = int(done.stdout)
    deadline = time.monotonic() + 30
    while is_alive(driver) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(driver)


COPIED = """
import os, sys, time
from textmill.pipeline.run import driver_process, local_driver

sys.path.append(sys.argv[1])
from copied_driver import copy_drivers

copy_drivers()
begin_session = os.setsid
os.setsid = lambda: (time.sleep(0.5), begin_session())
driver_process.DriverProcess().end()
print("ended")
"""


def test_a_copy_that_is_ended_at_once_has_ended() -> None:
    """Drivers of tests are copies; ending one before it has a group of its own would wait for ever."""
    done = subprocess.run(
        [sys.executable, "-c", COPIED, str(Path(__file__).parents[2])],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == "ended\n"


def test_one_that_has_died_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Words of a document.")
    driver_process.start_ahead()
    os.kill(driver_process._ahead[0].process.pid, signal.SIGKILL)
    with pytest.raises(TextmillError, match="driver process was killed by signal 9"):
        Recipe("one", [GopherQuality()]).run([str(tmp_path / "a.txt")], output=str(tmp_path / "out"))
    assert not driver_process._ahead


def test_a_driver_that_cannot_be_imported_says_why(tmp_path: Path) -> None:
    """A file beside a program may have the name of a module, and there is no log yet."""
    (tmp_path / "apache_beam.py").write_text("raise SystemExit('usage: my script')\n")
    (tmp_path / "a.jsonl").write_text('{"text": "some words"}\n')
    (tmp_path / "program.py").write_text(
        "from textmill import ExactDedup, Recipe\n"
        "if __name__ == '__main__':\n    Recipe('r', [ExactDedup()]).run('a.jsonl', output='out')\n"
    )
    done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    told = "ended with code 1 before it could begin: usage: my script; look whether a file beside your program"
    assert (done.returncode, told in done.stderr) == (1, True), done.stderr
