"""Run textmill on several hosts: a standalone Flink on them for one command, taken down behind it.

    python deploy/hosts/run.py --flink FOLDER --hosts a,b,c -- run fineweb /shared/crawl --output /shared/clean

FOLDER holds the jars that ``deploy/flink/cluster.py prepare FOLDER`` has fetched. What follows the first ``--`` is
textmill's command line, with Beam options behind a second ``--``. The job manager runs on this machine, a task manager
on each host, started by ``ssh``. Within a Slurm job (``deploy/slurm/textmill.sbatch``) the hosts are those of the
allocation, ``srun`` starts the task managers, and the job goes back into the queue before its time is up. docs/slurm.md
tells more.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "flink"), str(HERE.parent)]

import cluster  # noqa: E402  # beside this folder, which is no package
import host  # noqa: E402
from standalone import LOOPBACK, end_with_parent  # noqa: E402

EXIT_INTERRUPTED = 130
TIME_IS_UP = signal.SIGUSR1
"""What ``#SBATCH --signal=B:USR1@…`` sends before a job's time limit."""
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, TIME_IS_UP)
COMMAND_END_SECONDS = 60
HOST_END_SECONDS = 15
CARRIED = ("PATH", "PYTHONPATH", "JAVA_HOME")
"""Environment variables that the hosts get from here."""
ORDERS = "host.json"
TEMPORARY = "textmill-"
JOB_MANAGER_NAME = "job-manager"
PASSWORD = "TEXTMILL_STORE_PASSWORD"

Launch = Callable[[str, int, Sequence[str]], list[str]]
"""From a host, the number of cores on it and a command to what runs the command there."""


class Interrupted(BaseException):
    """A signal asked for the end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def over_ssh(ssh: str) -> Launch:
    """Start commands by ssh, which must ask for nothing."""
    return lambda name, _, command: [*shlex.split(ssh), name, shlex.join(command)]


def over_srun(name: str, cores: int, command: Sequence[str]) -> list[str]:
    """Start a command as a step of this Slurm job, which the loss of other hosts does not end."""
    step = ["srun", f"--nodelist={name}", "--nodes=1", "--ntasks=1", f"--cpus-per-task={cores}", "--no-kill", "--quiet"]
    return [*step, *command]


class HostCluster(cluster.Cluster):
    """A job manager here, and a task manager on each host, which is named like it."""

    start_seconds = 180

    def __init__(self, folder: Path, runs: Path, hosts: Sequence[str], slots: int, launch: Launch) -> None:
        super().__init__(folder, len(hosts), slots)
        self.runs, self.hosts, self.launch = runs.absolute(), hosts, launch
        self.temporary = Path()
        self.address = _own_address(hosts)

    @property
    def run_folder(self) -> Path:
        """Configuration and logs, within reach of all hosts."""
        return self.runs

    @property
    def arguments(self) -> list[str]:
        """With as many tasks at once as there are slots."""
        return [*super().arguments, "--workers", str(self.slots * self.workers)]

    @property
    def beam_options(self) -> list[str]:
        """A Python worker for each slot, and stage after stage: no slots are spare for those of a host that is lost."""
        parallel = f"--sdk_worker_parallelism={self.slots}"
        return [*super().beam_options, parallel, "--execution_mode_for_batch=BATCH_FORCED"]

    def start_processes(self) -> None:
        """The job manager, then the task managers."""
        self.run_folder.chmod(0o700)
        self.temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY))
        self._make_key()
        conf, command = self.java_command(JOB_MANAGER_NAME, cluster.JOB_MANAGER)
        self.start_process(JOB_MANAGER_NAME, command, {"FLINK_CONF_DIR": str(conf)})
        for name in self.hosts:
            conf, command = self.java_command(name, cluster.TASK_MANAGER, _java_memory(self.slots))
            carried = {key: os.environ[key] for key in CARRIED if key in os.environ}
            environment = carried | {"FLINK_CONF_DIR": str(conf)}
            orders = {"command": command, "environment": environment, "master": self.address}
            (conf / ORDERS).write_text(json.dumps(orders), encoding="utf-8")
            there = [sys.executable, str(HERE / "host.py"), str(conf / ORDERS)]
            self.start_process(name, self.launch(name, self.slots, there), {}, stdin=subprocess.PIPE)

    def entries(self, name: str, temporary: Path) -> dict[str, object]:
        """Between hosts all is encrypted and needs this run's key; the web interface answers on loopback only."""
        store = {f"security.ssl.internal.{kind}": self._store for kind in ("keystore", "truststore")}
        words = ("keystore-password", "key-password", "truststore-password")
        return {
            **super().entries(name, self.temporary if name == JOB_MANAGER_NAME else temporary),
            "jobmanager.rpc.address": self.address,
            "jobmanager.bind-host": "0.0.0.0",  # it calls itself by loopback
            "security.ssl.internal.enabled": "true",
            **store,
            **{f"security.ssl.internal.{word}": self._password for word in words},
            "restart-strategy.fixed-delay.attempts": 10,  # the loss of one host took two
            "heartbeat.interval": 5000,
            "heartbeat.timeout": 30000,
            "taskmanager.network.netty.client.connectTimeoutSec": 30,
            **_task_manager_memory(self.slots),
        }

    def stop(self) -> None:
        """Take everything down: the hosts by the end of their input, and what does not follow by a signal."""
        for process in self.processes.values():
            if process.stdin is not None:
                process.stdin.close()
        end = time.monotonic() + HOST_END_SECONDS
        for process in self.processes.values():
            if process.stdin is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=max(0.0, end - time.monotonic()))
        super().stop()
        if self.temporary.name.startswith(TEMPORARY):
            shutil.rmtree(self.temporary, ignore_errors=True)

    @property
    def _store(self) -> Path:
        return self.run_folder / "key.p12"

    def _make_key(self) -> None:
        self._password = f"k{secrets.token_hex(16)}"  # a word, not a number, in YAML
        make = ["keytool", "-genkeypair", "-alias", "flink.internal", "-keystore", self._store, "-storetype", "PKCS12"]
        make += ["-dname", "CN=flink.internal", "-keyalg", "RSA", "-keysize", "3072", "-validity", "365"]
        make += ["-storepass:env", PASSWORD]
        subprocess.run(make, check=True, env={**os.environ, PASSWORD: self._password}, capture_output=True)


def _task_manager_memory(slots: int) -> dict[str, str]:
    """The memory of :data:`cluster.TASK_MANAGER_MEMORY`, a part of it for each slot."""
    network = f"{64 + 64 * slots}m"
    return {
        **cluster.TASK_MANAGER_MEMORY,
        "taskmanager.cpu.cores": f"{slots}.0",
        "taskmanager.memory.task.heap.size": f"{192 + 192 * slots}m",
        "taskmanager.memory.managed.size": f"{128 + 128 * slots}m",
        "taskmanager.memory.network.min": network,
        "taskmanager.memory.network.max": network,
    }


def _java_memory(slots: int) -> list[str]:
    """Java's limits for the same."""
    heap, direct = 320 + 192 * slots, 448 + 64 * slots
    return [f"-Xmx{heap}m", "-XX:MaxMetaspaceSize=256m", f"-XX:MaxDirectMemorySize={direct}m", "-XX:+UseParallelGC"]


def _own_address(hosts: Sequence[str]) -> str:
    """By which the hosts reach this machine; loopback if it is the only one."""
    for name in hosts:
        try:
            address = host.address_towards(name)
        except OSError as error:
            sys.exit(f"{name}: {error}; give --hosts by names or addresses that this machine can look up")
        if not address.startswith("127."):
            return address
    return LOOPBACK


def command_line(command: Sequence[str], running: HostCluster, *, resume: bool) -> list[str]:
    """The whole command: what was typed, where it runs, and Beam options, of which those that were typed win."""
    at = list(command).index("--") if "--" in command else len(command)
    typed, beam = command[:at], command[at + 1 :]
    again = ["--resume"] if resume and "--resume" not in typed else []
    return [*typed, *again, *running.arguments, "--", *running.beam_options, *beam]


def run_command(command: Sequence[str], temporary: Path) -> int:
    """Run textmill; when a signal interrupts it, it cancels its job and says how to go on.

    Args:
        command: Its arguments.
        temporary: Folder for what Beam leaves of temporary files.
    """
    textmill = Path(sys.executable).with_name("textmill")
    process = subprocess.Popen(
        [textmill, *command],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(temporary)},
        start_new_session=True,
        preexec_fn=end_with_parent,
    )
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=COMMAND_END_SECONDS)
            process.kill()
            process.wait()


def main() -> int:
    """Bring Flink up, run the command on it, take Flink down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flink", type=Path, required=True, metavar="FOLDER", help="Jars of Flink and Beam's runner.")
    parser.add_argument("--hosts", help="Names or addresses with commas between; a Slurm job knows its own.")
    parser.add_argument("--slots", type=int, help="Tasks at once on each host; as many as there are cores here.")
    parser.add_argument("--ssh", default="ssh -o BatchMode=yes", help="How a host is reached (default: %(default)s).")
    parser.add_argument(
        "--logs", type=Path, default=Path(), help="Shared folder for the logs of runs that fail (default: here)."
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="textmill's command line.")
    given = parser.parse_args()
    command = given.command[1:] if given.command[:1] == ["--"] else given.command
    job = os.environ.get("SLURM_JOB_ID") if given.hosts is None else None
    hosts = _allocated() if job else list(dict.fromkeys((given.hosts or "").split(",")))
    if not command or not all(hosts):
        parser.error("give --hosts and, behind --, a command of textmill")
    if not cluster.is_prepared(given.flink):
        sys.exit(f"{given.flink} holds no jars; run first: python deploy/flink/cluster.py prepare {given.flink}")
    slots = given.slots or int(os.environ.get("SLURM_CPUS_PER_TASK", 0)) or len(os.sched_getaffinity(0))
    logs = (given.logs / (f"textmill-slurm-{job}" if job else f"textmill-hosts-{os.getpid()}")).absolute()
    _on_signals(_interrupt)
    try:
        launch = over_srun if job else over_ssh(given.ssh)
        with HostCluster(given.flink, logs, hosts, slots, launch) as running:
            print(f"textmill: Flink is up on {len(hosts)} hosts with {slots} slots each; logs in {logs}", flush=True)
            resume = int(os.environ.get("SLURM_RESTART_COUNT", 0)) > 0
            code = run_command(command_line(command, running, resume=resume), running.temporary)
            _on_signals(signal.SIG_IGN)
    except Interrupted as interruption:
        if job and interruption.number == TIME_IS_UP:
            print("textmill: the job's time is nearly up; it goes back into the queue and resumes", flush=True)
            subprocess.run(["scontrol", "requeue", job], check=True)
        return EXIT_INTERRUPTED
    except RuntimeError as error:
        print(f"textmill: {error}", file=sys.stderr)
        return 1
    if code == 0:
        shutil.rmtree(logs, ignore_errors=True)
    return code


def _allocated() -> list[str]:
    nodes = ["scontrol", "show", "hostnames", os.environ["SLURM_JOB_NODELIST"]]
    return subprocess.run(nodes, check=True, capture_output=True, text=True).stdout.split()


def _on_signals(handler: Callable[..., object] | signal.Handlers) -> None:
    for number in ENDING:
        signal.signal(number, handler)  # type: ignore[arg-type]


def _interrupt(number: int, _: object) -> NoReturn:
    _on_signals(signal.SIG_IGN)  # one is enough; taking down is not interrupted
    raise Interrupted(number)


if __name__ == "__main__":
    sys.exit(main())
