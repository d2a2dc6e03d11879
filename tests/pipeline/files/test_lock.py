"""One run at a time in an output folder."""

import errno
import fcntl
import json
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from textmill.errors import InputError
from textmill.pipeline.files import lock
from textmill.pipeline.files.lock import exclusive, stay_alive


def test_the_second_run_is_told_who_is_there(tmp_path: Path) -> None:
    work = tmp_path / "out" / "_work"
    work.mkdir(parents=True)
    told = f"the output folder {tmp_path}/out is in use by process {os.getpid()} on {socket.gethostname()}; wait"
    with exclusive(str(work)), pytest.raises(InputError) as refused, exclusive(str(work)):
        pass
    assert str(refused.value).startswith(told)
    assert json.loads((work / "lock").read_text()) == {"process": os.getpid(), "host": socket.gethostname()}


@pytest.mark.parametrize("content", ["", "{", "{}", '{"process": 1}'])
def test_a_lock_that_tells_nothing_is_held_by_another_run(tmp_path: Path, content: str) -> None:
    with exclusive(str(tmp_path)):
        (tmp_path / "lock").write_text(content)
        with pytest.raises(InputError, match="is in use by another run; wait"), exclusive(str(tmp_path)):
            pass


def test_a_longer_name_in_an_old_lock_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("x" * 5000)
    with exclusive(str(tmp_path)):
        assert json.loads((tmp_path / "lock").read_text())["process"] == os.getpid()


def test_it_is_free_again_also_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with exclusive(str(tmp_path)):
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    with exclusive(str(tmp_path)):
        pass


def test_workers_share_what_a_run_waits_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    slept = []

    def sleep(seconds: float) -> None:
        nonlocal now
        slept.append(seconds)
        now += 1

    monkeypatch.setattr(lock.time, "monotonic", lambda: now)
    monkeypatch.setattr(lock.time, "sleep", sleep)
    (tmp_path / "alive").touch()
    with (tmp_path / "alive").open("rb") as worker:
        fcntl.flock(worker, fcntl.LOCK_SH)
        still = pytest.raises(
            InputError, match=r"processes of an earlier run are still at work in .*; wait for their end"
        )
        with still, exclusive(f"{tmp_path}"):
            pass
    assert 15 <= len(slept) <= 17
    with exclusive(str(tmp_path)), (tmp_path / "alive").open("rb") as worker:
        fcntl.flock(worker, fcntl.LOCK_SH | fcntl.LOCK_NB)  # those of this run


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOSYS, errno.ENOLCK])
def test_a_file_system_without_locks_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def flock(*_: Any) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    (tmp_path / "alive").touch()
    with exclusive(str(tmp_path)):
        stay_alive(tmp_path)


def test_other_errors_of_the_file_system_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(*_: Any) -> None:
        raise OSError(errno.EIO, "broken disk")

    monkeypatch.setattr(lock.fcntl, "flock", flock)
    with pytest.raises(OSError, match="broken disk"), exclusive(str(tmp_path)):
        pass


def test_other_stores_have_no_locks() -> None:
    with exclusive("s3://bucket/out/_work"):
        pass
