"""A standalone Flink cluster on this machine: one job manager and two task managers.

    python deploy/flink/cluster.py prepare FOLDER    fetch the jars with Maven and build the batch runner
    python deploy/flink/cluster.py start FOLDER      start it; prints the command line options to run on it
    python deploy/flink/cluster.py stop FOLDER       stop it

Everything listens on the loopback interface only. Java 17 and Maven must be installed. Maven keeps the jars in its own
local repository, so that preparing a second time is quick.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
RUNNER_JAR = "textmill-flink-runner.jar"
FLINKS_OWN = ("flink-", "log4j-", "slf4j-")
START_SECONDS = 60
START_ATTEMPTS = 3
PORTS = (10_000, 32_000)
LOOPBACK = "127.0.0.1"

# What Flink's own start scripts pass to Java 17.
OPENED = ("java.lang", "java.net", "java.io", "java.nio", "sun.nio.ch", "java.lang.reflect", "java.text", "java.time")
OPENED += ("java.util", "java.util.concurrent", "java.util.concurrent.atomic", "java.util.concurrent.locks")

# Flink's scripts derive these from one figure; a task manager that is started directly wants each by itself.
TASK_MANAGER_MEMORY = {
    "taskmanager.cpu.cores": "2.0",
    "taskmanager.memory.framework.heap.size": "128m",
    "taskmanager.memory.framework.off-heap.size": "128m",
    "taskmanager.memory.task.heap.size": "384m",
    "taskmanager.memory.task.off-heap.size": "64m",
    "taskmanager.memory.managed.size": "256m",
    "taskmanager.memory.network.min": "128m",
    "taskmanager.memory.network.max": "128m",
    "taskmanager.memory.jvm-metaspace.size": "256m",
    "taskmanager.memory.jvm-overhead.min": "192m",
    "taskmanager.memory.jvm-overhead.max": "192m",
}


def prepare(folder: Path) -> None:
    """Fetch the jars and build the batch runner against them."""
    lib = folder / "lib"
    folder.mkdir(parents=True, exist_ok=True)
    for tool in ("mvn", "javac"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is not installed; Maven and a Java 17 development kit are needed")
    copy = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={lib.absolute()}"]
    subprocess.run(["mvn", "--batch-mode", "--quiet", "--file", HERE / "pom.xml", *copy], check=True)
    classes = folder / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    classes.mkdir()
    sources = sorted((HERE / "src").rglob("*.java"))
    javac = ["javac", "-nowarn", "-proc:none", "--release", "17", "-XDsuppressNotes", "-cp", f"{lib}/*"]
    subprocess.run([*javac, "-d", classes, *sources], check=True)
    _write_jar(folder / RUNNER_JAR, lib, classes)


def _write_jar(path: Path, lib: Path, classes: Path) -> None:
    """One jar of the runner and all it needs besides Flink, as Beam's own job server jar is."""
    jars = [jar for jar in sorted(lib.glob("*.jar")) if not jar.name.startswith(FLINKS_OWN)]
    services: dict[str, bytes] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        written: set[str] = set()

        def add(name: str, content: bytes) -> None:
            if name.startswith("META-INF/services/"):  # each jar may add to the same list
                services[name] = services.get(name, b"") + content + b"\n"
            elif name not in written and not name.endswith((".SF", ".RSA", ".DSA", "module-info.class")):
                written.add(name)
                target.writestr(name, content)

        add("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\nMulti-Release: true\n")
        for folder in (classes, HERE / "src"):
            for file in sorted(folder.rglob("*")):
                if file.is_file() and file.suffix != ".java":
                    add(file.relative_to(folder).as_posix(), file.read_bytes())
        for jar in jars:
            with zipfile.ZipFile(jar) as source:
                for entry in source.infolist():
                    if not entry.is_dir():
                        add(entry.filename, source.read(entry))
        for name, content in services.items():
            target.writestr(name, content)


def is_prepared(folder: Path) -> bool:
    """Whether the jars and the batch runner are there."""
    return (folder / RUNNER_JAR).exists() and any((folder / "lib").glob("flink-runtime-1*.jar"))


class Cluster:
    """A running cluster; use it as a context manager, or call ``start`` and ``stop``."""

    def __init__(self, folder: Path, task_managers: int = 2, slots: int = 1) -> None:
        self.folder = folder.absolute()
        self.task_managers = task_managers
        self.slots = slots
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.rest_port, self.rpc_port, self.blob_port = _free_ports(3)

    @property
    def master(self) -> str:
        """What ``--flink-master`` takes."""
        return f"{LOOPBACK}:{self.rest_port}"

    @property
    def beam_options(self) -> list[str]:
        """What follows ``--`` on textmill's command line."""
        return [f"--flink_job_server_jar={self.folder / RUNNER_JAR}"]

    def start(self) -> Cluster:
        """Start everything and wait until the task managers have registered.

        A port that was free when it was chosen may be taken when it is opened; others are tried then.

        Raises:
            RuntimeError: when they have not within a minute; what happened is in the logs in ``FOLDER/run``.
        """
        for _ in range(START_ATTEMPTS - 1):
            try:
                return self._start_once()
            except RuntimeError:
                self.rest_port, self.rpc_port, self.blob_port = _free_ports(3)
        return self._start_once()

    def _start_once(self) -> Cluster:
        run = self.folder / "run"
        shutil.rmtree(run, ignore_errors=True)
        run.mkdir(parents=True)
        self._java("job-manager", "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint", 512)
        for number in range(1, self.task_managers + 1):
            self._java(f"task-manager-{number}", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", 512)
        end = time.monotonic() + START_SECONDS
        while self.registered() < self.task_managers:
            ended = [name for name, process in self.processes.items() if process.poll() is not None]
            if ended or time.monotonic() > end:
                self.stop()
                what = f"{', '.join(ended)} ended" if ended else "the task managers did not register"
                last = "\n".join(f"{name}: {_last_lines(run / f'{name}.log')}" for name in ended)
                raise RuntimeError(f"the Flink cluster did not start: {what}; see the logs in {run}\n{last}")
            time.sleep(0.2)
        return self

    def registered(self) -> int:
        """How many task managers the job manager knows."""
        try:
            with urllib.request.urlopen(f"http://{self.master}/overview", timeout=5) as answer:
                return int(json.load(answer)["taskmanagers"])
        except OSError:
            return 0

    def kill(self, name: str) -> None:
        """End one process, and all that it has started, without warning."""
        _end_group(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """Stop everything that was started, workers included."""
        for process in self.processes.values():
            _end_group(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            _end_group(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _java(self, name: str, entry: str, heap_mb: int) -> None:
        conf = self.folder / "run" / name
        (conf / "tmp").mkdir(parents=True)
        (conf / "config.yaml").write_text(_config(self, name, conf / "tmp"), encoding="utf-8")
        (conf / "log4j2.properties").write_text(LOG4J, encoding="utf-8")
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        exported = ["--add-exports=java.base/sun.net.util=ALL-UNNAMED"]
        jars = [str(jar) for jar in sorted((self.folder / "lib").glob("*.jar")) if not jar.name.startswith("beam-")]
        memory = [f"-Xmx{heap_mb}m", "-XX:MaxMetaspaceSize=256m", "-XX:MaxDirectMemorySize=512m", "-XX:+UseSerialGC"]
        log = f"-Dlog4j.configurationFile={conf / 'log4j2.properties'}"
        command = ["java", *memory, *opened, *exported, log, "-cp", ":".join(jars), entry]
        self._start(name, [*command, "--configDir", str(conf)])

    def _start(self, name: str, command: list[str]) -> None:
        with (self.folder / "run" / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "FLINK_CONF_DIR": str(self.folder / "run" / name)},
                start_new_session=True,
            )


LOG4J = """
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %-60c %x - %m%n
"""


def _config(cluster: Cluster, name: str, temporary: Path) -> str:
    entries = {
        "jobmanager.rpc.address": LOOPBACK,
        "jobmanager.rpc.port": cluster.rpc_port,
        "jobmanager.bind-host": LOOPBACK,
        "jobmanager.memory.heap.size": "512m",
        "jobmanager.memory.off-heap.size": "128m",
        "blob.server.port": cluster.blob_port,
        "rest.address": LOOPBACK,
        "rest.port": cluster.rest_port,
        "rest.bind-address": LOOPBACK,
        "rest.bind-port": cluster.rest_port,
        "taskmanager.host": LOOPBACK,
        "taskmanager.bind-host": LOOPBACK,
        "taskmanager.numberOfTaskSlots": cluster.slots,
        "taskmanager.resource-id": name,
        "io.tmp.dirs": temporary,
        "web.upload.dir": temporary,
        "heartbeat.interval": 1000,
        "heartbeat.timeout": 10000,
        "restart-strategy.type": "fixed-delay",
        "restart-strategy.fixed-delay.attempts": 3,
        "restart-strategy.fixed-delay.delay": "1 s",
        **TASK_MANAGER_MEMORY,
    }
    return "".join(f"{key}: {value}\n" for key, value in entries.items())


def _free_ports(count: int) -> list[int]:
    """Ports below those that systems give to outgoing connections, which would take one between here and its use."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(*PORTS)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind((LOOPBACK, port))
            found.append(port)
    return found


def _last_lines(log: Path, count: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def _end_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["prepare", "start", "stop"])
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    pids = arguments.folder / "pids.json"
    if arguments.action == "prepare":
        prepare(arguments.folder)
    elif arguments.action == "start":
        if not is_prepared(arguments.folder):
            sys.exit(f"{arguments.folder} holds no jars; run first: {Path(__file__).name} prepare {arguments.folder}")
        if pids.exists():
            sys.exit(f"a cluster was started in {arguments.folder}; stop it first")
        cluster = Cluster(arguments.folder).start()
        pids.write_text(json.dumps([process.pid for process in cluster.processes.values()]), encoding="utf-8")
        print(f"--runner flink --flink-master {cluster.master} -- {' '.join(cluster.beam_options)}")
    elif pids.exists():
        for number in (signal.SIGTERM, signal.SIGKILL):
            for leader in json.loads(pids.read_text(encoding="utf-8")):
                _end_group(leader, number)
            time.sleep(2)
        pids.unlink()


if __name__ == "__main__":
    main()
