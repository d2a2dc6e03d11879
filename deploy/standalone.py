"""What the standalone clusters of ``flink/`` and ``spark/`` share: jars by Maven, processes, commands.

A folder that ``prepare`` has filled holds

    jars/               the engine's own jars, as a distribution of it has them; the cluster runs on these alone
    runner/             what Beam's runner for the engine needs, as Maven resolves it
    textmill-….jar      one jar of what is in runner/ but not in jars/, in the place of Beam's own job server jar
    run/                logs and temporary files of the cluster that runs there
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

START_SECONDS = 60
START_ATTEMPTS = 3
PORTS = (10_000, 32_000)
LOOPBACK = "127.0.0.1"
JARS = "jars"
RUNNER = "runner"
LEFT_OUT = (".SF", ".RSA", ".DSA", "module-info.class", "META-INF/INDEX.LIST")
"""What would be wrong of many jars in one: signatures, modules, and an index, which makes Java pass over Class-Path."""
MANIFEST_LINE_BYTES = 70
BEAM_PROFILE = "beam"
PR_SET_PDEATHSIG = 1
QUICK_START = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""For processes that live for minutes: Java's second compiler would take as much CPU as the run."""


def prepare(folder: Path, pom: Path, runner_jar: str, main_class: str = "", opened: Sequence[str] = ()) -> None:
    """Fetch an engine's jars and those of Beam's runner, and pack the latter into one.

    Args:
        folder: Where to.
        pom: Maven's description of the engine, with the runner in a profile of the name ``beam``.
        runner_jar: Name of the one jar.
        main_class: What ``java -jar`` starts of it, with the engine's jars beside it; nothing if empty.
        opened: Java's packages that are open to it then, as ``java.base/java.nio``.
    """
    if shutil.which("mvn") is None or shutil.which("java") is None:
        sys.exit("mvn or java is not installed; Maven and Java 17 are needed")
    for name, profile in ((JARS, []), (RUNNER, ["--activate-profiles", BEAM_PROFILE])):
        shutil.rmtree(folder / name, ignore_errors=True)
        where = f"-DoutputDirectory={(folder / name).absolute()}"
        copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", where]
        subprocess.run(["mvn", "--batch-mode", "--quiet", "--file", pom, *profile, *copy], check=True)
    # Of a library that both use in different versions, each has its own.
    present = sorted(jar.name for jar in (folder / JARS).glob("*.jar"))
    jars = [jar for jar in sorted((folder / RUNNER).glob("*.jar")) if jar.name not in present]
    entries = {"Manifest-Version": "1.0", "Multi-Release": "true"}
    if main_class:
        beside = " ".join(f"{JARS}/{name}" for name in present)
        entries |= {"Main-Class": main_class, "Class-Path": beside, "Add-Opens": " ".join(opened)}
    _pack(folder / runner_jar, jars, entries)


def is_prepared(folder: Path, runner_jar: str) -> bool:
    """Whether :func:`prepare` has been there."""
    return (folder / runner_jar).exists()


def class_path(folder: Path) -> str:
    """The engine's own jars."""
    return ":".join(str(jar) for jar in sorted((folder / JARS).glob("*.jar")))


def _pack(path: Path, jars: Sequence[Path], manifest: Mapping[str, str]) -> None:
    """One jar of many, as Beam's own job server jar is."""
    services: dict[str, bytes] = {}
    unfinished = path.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        written = {"META-INF/MANIFEST.MF"}
        target.writestr("META-INF/MANIFEST.MF", "".join(_manifest_entry(f"{k}: {v}") for k, v in manifest.items()))
        for jar in jars:
            with zipfile.ZipFile(jar) as source:
                for entry in source.infolist():
                    name = entry.filename
                    if name.startswith("META-INF/services/"):  # each jar may add to the same list
                        services[name] = services.get(name, b"") + source.read(entry) + b"\n"
                    elif name not in written and not entry.is_dir() and not name.endswith(LEFT_OUT):
                        written.add(name)
                        target.writestr(name, source.read(entry))
        for name, content in services.items():
            target.writestr(name, content)
    unfinished.replace(path)


def _manifest_entry(line: str) -> str:
    """A manifest's lines are short; longer ones go on after a space."""
    parts = [line[start : start + MANIFEST_LINE_BYTES] for start in range(0, len(line), MANIFEST_LINE_BYTES)]
    return "\n ".join(parts) + "\n"


class StandaloneCluster:
    """Processes that make a cluster on this machine; use it as a context manager, or call ``start`` and ``stop``."""

    engine: str
    """What is started, in messages."""
    start_seconds = START_SECONDS
    """How long workers may take to register."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder.absolute()
        self.workers = workers
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.ends_with_parent = False

    @property
    def arguments(self) -> list[str]:
        """What textmill's command line takes to run here."""
        raise NotImplementedError

    @property
    def beam_options(self) -> list[str]:
        """What follows ``--`` on textmill's command line."""
        raise NotImplementedError

    def choose_ports(self) -> None:
        """Choose the ports of another attempt to start."""
        raise NotImplementedError

    def start_processes(self) -> None:
        """Start all processes by :meth:`start_process`."""
        raise NotImplementedError

    def registered(self) -> int:
        """How many workers the master knows."""
        raise NotImplementedError

    def start(self) -> Self:
        """Start everything and wait until the workers have registered.

        A port that was free when it was chosen may be taken when it is opened; others are tried then.

        Raises:
            RuntimeError: when they have not in time; what happened is in the logs in ``FOLDER/run``.
        """
        for attempt in range(1, START_ATTEMPTS + 1):
            self.choose_ports()
            shutil.rmtree(self.run_folder, ignore_errors=True)
            self.run_folder.mkdir(parents=True)
            try:
                self.start_processes()
                self._wait_until_registered()
                return self
            except BaseException as error:
                self.stop()
                if attempt == START_ATTEMPTS or not isinstance(error, RuntimeError):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _wait_until_registered(self) -> None:
        end = time.monotonic() + self.start_seconds
        while self.registered() < self.workers:
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > end:
                what = f"{', '.join(ended)} ended" if ended else "not all workers registered"
                last = "\n".join(f"{name}: {_last_lines(self.log(name))}" for name in ended)
                raise RuntimeError(
                    f"the {self.engine} cluster did not start: {what}; see the logs in {self.run_folder}\n{last}"
                )
            time.sleep(0.2)

    @property
    def run_folder(self) -> Path:
        """Where logs and temporary files are."""
        return self.folder / "run"

    def log(self, name: str) -> Path:
        """What a process has printed."""
        return self.run_folder / f"{name}.log"

    def start_process(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], stdin: int = subprocess.DEVNULL
    ) -> None:
        """Start one process in a group of its own, so that it can be ended with all that it has started."""
        with self.log(name).open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                start_new_session=True,
                preexec_fn=end_with_parent if self.ends_with_parent else None,
            )

    def kill(self, name: str) -> None:
        """End one process, and all that it has started, without warning."""
        end_group(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """Stop everything that was started, workers included."""
        for process in self.processes.values():
            end_group(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            end_group(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def __enter__(self) -> Self:
        self.ends_with_parent = True
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def end_with_parent() -> None:
    """Also when the process that uses the cluster is killed, nothing is left running (Linux)."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_ports(count: int) -> list[int]:
    """Ports below those that systems give to outgoing connections, which would take one between here and its use."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(*PORTS)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind((LOOPBACK, port))
            found.append(port)
    return found


def end_group(leader: int, number: signal.Signals) -> None:
    """Send a signal to a process and what it has started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def command_line(
    description: str | None,
    prepare_folder: Callable[[Path], None],
    is_ready: Callable[[Path], bool],
    make: Callable[[Path], StandaloneCluster],
) -> None:
    """The commands ``prepare``, ``start`` and ``stop`` of one engine."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["prepare", "start", "stop"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    pids = arguments.folder / "pids.json"
    if arguments.action == "prepare":
        arguments.folder.mkdir(parents=True, exist_ok=True)
        prepare_folder(arguments.folder)
    elif arguments.action == "start":
        if not is_ready(arguments.folder):
            sys.exit(f"{arguments.folder} holds no jars; run first: {sys.argv[0]} prepare {arguments.folder}")
        if pids.exists():
            sys.exit(f"a cluster was started in {arguments.folder}; stop it first")
        cluster = make(arguments.folder).start()
        pids.write_text(json.dumps([process.pid for process in cluster.processes.values()]), encoding="utf-8")
        print(" ".join([*cluster.arguments, "--", *cluster.beam_options]))
    elif pids.exists():
        for number in (signal.SIGTERM, signal.SIGKILL):
            for leader in json.loads(pids.read_text(encoding="utf-8")):
                end_group(leader, number)
            time.sleep(2)
        pids.unlink()
