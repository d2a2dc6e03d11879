"""Python imports this at the start of every process whose PYTHONPATH leads here: one of them will come to harm.

``TEXTMILL_FAULT`` is ``NUMBER:MOMENT:ACTION:COUNTER``. Files that a run commits (all that it writes but its progress)
are counted over all processes in the file COUNTER; at commit NUMBER the ACTION happens ``before`` the file gets its
name, ``after``, or with ``half`` of it written.
"""

import errno
import fcntl
import os
import pathlib
import signal


def _act(action: str) -> None:
    front, driver = int(os.environ["TEXTMILL_FAULT_FRONT"]), int(os.environ.get("TEXTMILL_DRIVER", os.getpid()))
    if action == "disk full":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if action == "interrupt":
        os.kill(front, signal.SIGINT)
    if action in ("kill front", "kill all"):
        os.kill(front, signal.SIGKILL)
    if action in ("kill driver", "kill all"):
        os.kill(driver, signal.SIGKILL)
    if action in ("kill writer", "kill all"):
        os.kill(os.getpid(), signal.SIGKILL)


def _install(number: int, moment: str, action: str, counter: str) -> None:
    rename = pathlib.Path.replace

    def commit(self: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
        with pathlib.Path(counter).open("ab") as commits:
            fcntl.flock(commits, fcntl.LOCK_EX)
            commits.write(b".")
            commits.flush()
            reached = os.fstat(commits.fileno()).st_size == number
        if reached and moment == "half":
            os.truncate(self, self.stat().st_size // 2)
        if reached and moment != "after":
            _act(action)
        renamed = rename(self, target)
        if reached and moment == "after":
            _act(action)
        return renamed

    pathlib.Path.replace = commit


if "TEXTMILL_FAULT" in os.environ:
    os.environ.setdefault("TEXTMILL_FAULT_FRONT", str(os.getpid()))
    _number, _moment, _action, _counter = os.environ["TEXTMILL_FAULT"].split(":", 3)
    _install(int(_number), _moment, _action, _counter)
