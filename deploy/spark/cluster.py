"""A standalone Spark cluster on this machine: one master and two workers.

    python deploy/spark/cluster.py prepare FOLDER    fetch the jars of Spark and of Beam's runner with Maven
    python deploy/spark/cluster.py start FOLDER      start it; prints the command line options to run on it
    python deploy/spark/cluster.py stop FOLDER       stop it

The cluster listens on the loopback interface only; what Beam's job server opens, see docs/spark.md. Java 17 and Maven
must be installed. Maven keeps the jars in its own local repository, so that preparing a second time is quick.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import standalone  # noqa: E402  # beside this folder, which is no package
from standalone import LOOPBACK, QUICK_START, StandaloneCluster, free_ports  # noqa: E402

RUNNER_JAR = "textmill-spark-runner.jar"
JOB_SERVER = "org.apache.beam.runners.spark.SparkJobServerDriver"

# What Spark's own start scripts pass to Java 17.
OPENED = ("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util")
OPENED += ("java.util.concurrent", "java.util.concurrent.atomic", "sun.nio.ch", "sun.nio.cs", "sun.security.action")
OPENED += ("sun.util.calendar",)
EXECUTOR_MEMORY = "1g"
SCALA_VERSION = "2.12"


def prepare(folder: Path) -> None:
    """Fetch the jars of Spark and of Beam's runner; the runner finds Spark's beside it."""
    opened = [f"java.base/{package}" for package in OPENED]
    standalone.prepare(folder, HERE / "pom.xml", RUNNER_JAR, JOB_SERVER, opened)


def is_prepared(folder: Path) -> bool:
    """Whether the jars are there."""
    return standalone.is_prepared(folder, RUNNER_JAR)


class Cluster(StandaloneCluster):
    """A master, ``master``, and workers, ``worker-1`` and so on, each of which starts executors."""

    engine = "Spark"

    def __init__(self, folder: Path, workers: int = 2, cores: int = 1) -> None:
        super().__init__(folder, workers)
        self.cores = cores

    def choose_ports(self) -> None:
        """Of the master and its page, and of the workers' pages."""
        self.port, self.page_port, *self.worker_ports = free_ports(2 + self.workers)

    @property
    def master(self) -> str:
        """What ``--spark-master`` takes."""
        return f"spark://{LOOPBACK}:{self.port}"

    @property
    def arguments(self) -> list[str]:
        """What textmill's command line takes to run here."""
        return ["--runner", "spark", "--spark-master", self.master]

    @property
    def beam_options(self) -> list[str]:
        """What follows ``--`` on textmill's command line."""
        properties = {
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.executor.memory": EXECUTOR_MEMORY,
            "spark.executor.extraJavaOptions": QUICK_START[-1],
        }
        java = [*QUICK_START, *(f"-D{name}={value}" for name, value in properties.items())]
        return [
            f"--spark_job_server_jar={self.folder / RUNNER_JAR}",
            *(f"--job_server_jvm_properties={property}" for property in java),
        ]

    def start_processes(self) -> None:
        """Start master and workers."""
        deploy = "org.apache.spark.deploy"
        pages = ["--webui-port", str(self.page_port)]
        self._java("master", [f"{deploy}.master.Master", "--host", LOOPBACK, "--port", str(self.port), *pages])
        for number, port in enumerate(self.worker_ports, start=1):
            name = f"worker-{number}"
            room = ["--cores", str(self.cores), "--memory", "2g", "--work-dir", str(self.run_folder / name)]
            where = ["--host", LOOPBACK, "--webui-port", str(port)]
            self._java(name, [f"{deploy}.worker.Worker", *where, *room, self.master])

    def registered(self) -> int:
        """How many workers the master knows."""
        return sum(worker["state"] == "ALIVE" for worker in self.state().get("workers", ()))

    def state(self) -> dict[str, Any]:
        """What the master's page says, of workers and applications; nothing when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://{LOOPBACK}:{self.page_port}/json/", timeout=5) as answer:
                return dict(json.load(answer))
        except OSError:
            return {}

    def kill_executors(self, name: str) -> int:
        """End the executors of a worker without warning, and leave it; how many there were (Linux)."""
        worker = self.processes[name].pid
        started = [children.read_text() for children in Path(f"/proc/{worker}/task").glob("*/children")]
        executors = [int(pid) for pid in " ".join(started).split()]
        for pid in executors:
            os.kill(pid, signal.SIGKILL)
        return len(executors)

    def _java(self, name: str, what: list[str]) -> None:
        opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in OPENED]
        command = ["java", "-Xmx256m", *QUICK_START, *opened, "-cp", standalone.class_path(self.folder), *what]
        # With Scala's version workers look for the executors' jars in SPARK_HOME/jars, else where Spark is built.
        home = {"SPARK_HOME": str(self.folder), "SPARK_SCALA_VERSION": SCALA_VERSION}
        self.start_process(name, command, {**home, "SPARK_LOCAL_IP": LOOPBACK})


if __name__ == "__main__":
    standalone.command_line(__doc__, prepare, is_prepared, Cluster)
