"""A standalone Flink cluster on this machine: one job manager and two task managers.

    python deploy/flink/cluster.py prepare FOLDER    fetch the jars of Flink and of Beam's runner with Maven
    python deploy/flink/cluster.py start FOLDER      start it; prints the command line options to run on it
    python deploy/flink/cluster.py stop FOLDER       stop it

Everything listens on the loopback interface only. Java 17 and Maven must be installed. Maven keeps the jars in its own
local repository, so that preparing a second time is quick.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import standalone  # noqa: E402  # beside this folder, which is no package
from standalone import LOOPBACK, QUICK_START, StandaloneCluster, free_ports  # noqa: E402

RUNNER_JAR = "textmill-flink-runner.jar"
JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"

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

JAVA_MEMORY = ("-Xmx512m", "-XX:MaxMetaspaceSize=256m", "-XX:MaxDirectMemorySize=512m", *QUICK_START)


def prepare(folder: Path) -> None:
    """Fetch the jars of Flink and of Beam's runner."""
    standalone.prepare(folder, HERE / "pom.xml", RUNNER_JAR)


def is_prepared(folder: Path) -> bool:
    """Whether the jars are there."""
    return standalone.is_prepared(folder, RUNNER_JAR)


class Cluster(StandaloneCluster):
    """A job manager, ``job-manager``, and task managers, ``task-manager-1`` and so on."""

    engine = "Flink"

    def __init__(self, folder: Path, task_managers: int = 2, slots: int = 1) -> None:
        super().__init__(folder, task_managers)
        self.slots = slots

    def choose_ports(self) -> None:
        """Of the web interface, and between job manager and task managers."""
        self.rest_port, self.rpc_port, self.blob_port = free_ports(3)

    @property
    def master(self) -> str:
        """What ``--flink-master`` takes."""
        return f"{LOOPBACK}:{self.rest_port}"

    @property
    def arguments(self) -> list[str]:
        """What textmill's command line takes to run here."""
        return ["--runner", "flink", "--flink-master", self.master]

    @property
    def beam_options(self) -> list[str]:
        """What follows ``--`` on textmill's command line."""
        return [f"--flink_job_server_jar={self.folder / RUNNER_JAR}"]

    def start_processes(self) -> None:
        """Start job manager and task managers."""
        self._java("job-manager", JOB_MANAGER)
        for number in range(1, self.workers + 1):
            self._java(f"task-manager-{number}", TASK_MANAGER)

    def registered(self) -> int:
        """How many task managers the job manager knows."""
        try:
            with urllib.request.urlopen(f"http://{self.master}/overview", timeout=5) as answer:
                return int(json.load(answer)["taskmanagers"])
        except OSError:
            return 0

    def _java(self, name: str, entry: str) -> None:
        conf, command = self.java_command(name, entry)
        self.start_process(name, command, {"FLINK_CONF_DIR": str(conf)})

    def java_command(self, name: str, entry: str, memory: Sequence[str] = JAVA_MEMORY) -> tuple[Path, list[str]]:
        """Write a process's configuration; its folder, and what starts the process."""
        conf = self.run_folder / name
        (conf / "tmp").mkdir(parents=True)
        entries = "".join(f"{key}: {value}\n" for key, value in self.entries(name, conf / "tmp").items())
        (conf / "config.yaml").write_text(entries, encoding="utf-8")
        (conf / "log4j2.properties").write_text(LOG4J, encoding="utf-8")
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        exported = ["--add-exports=java.base/sun.net.util=ALL-UNNAMED"]
        log = f"-Dlog4j.configurationFile={conf / 'log4j2.properties'}"
        java = ["java", *memory, *opened, *exported, log, "-cp", standalone.class_path(self.folder)]
        return conf, [*java, entry, "--configDir", str(conf)]

    def entries(self, name: str, temporary: Path) -> dict[str, object]:
        """Flink's configuration of a process."""
        return {
            "jobmanager.rpc.address": LOOPBACK,
            "jobmanager.rpc.port": self.rpc_port,
            "jobmanager.bind-host": LOOPBACK,
            "jobmanager.memory.heap.size": "512m",
            "jobmanager.memory.off-heap.size": "128m",
            "blob.server.port": self.blob_port,
            "rest.address": LOOPBACK,
            "rest.port": self.rest_port,
            "rest.bind-address": LOOPBACK,
            "rest.bind-port": self.rest_port,
            "taskmanager.host": LOOPBACK,
            "taskmanager.bind-host": LOOPBACK,
            "taskmanager.numberOfTaskSlots": self.slots,
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


LOG4J = """
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = Console
appender.console.name = Console
appender.console.type = CONSOLE
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss,SSS} %-5p %-60c %x - %m%n
"""


if __name__ == "__main__":
    standalone.command_line(__doc__, prepare, is_prepared, Cluster)
