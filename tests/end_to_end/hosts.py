"""Hosts on one machine: network, host name, processes and mounts of their own, and a switch between them.

Needs root, and Debian's ``iproute2`` and ``util-linux``; with ``slurm-wlm`` they are a Slurm cluster, with
``openssh-server`` they answer ssh. Everything ends with the processes of this one: no host has a name that stays.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

NETWORK = "10.87.61"
START_SECONDS = 20
NEW = ["unshare", "--net", "--uts", "--ipc", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
SSHD = "/usr/sbin/sshd"


def missing(*programs: str) -> str:
    """What this machine lacks for hosts of this kind; nothing if empty."""
    if os.geteuid() != 0:
        return "root"
    if subprocess.run([*NEW, "true"], capture_output=True).returncode:
        return "namespaces"
    return ", ".join(name for name in ("ip", "nsenter", *programs) if shutil.which(name) is None)


class Hosts:
    """``host1``, ``host2`` and so on, and ``head``, from which they are used."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder = folder
        self.names = [f"host{number}" for number in range(1, count + 1)]
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.first: dict[str, int] = {}
        self.started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        rows = [f"{NETWORK}.{number} {name}\n" for number, name in enumerate(["head", *self.names], 1)]
        (self.folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(rows), encoding="utf-8")
        try:
            for number, name in enumerate(["head", *self.names], 1):
                self._start(name, f"{NETWORK}.{number}")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.stop()

    def _start(self, name: str, address: str) -> None:
        set_up = f"hostname {name}; ip link set lo up; mount --bind {self.folder / 'hosts'} /etc/hosts; exec sleep inf"
        self.processes[name] = outer = subprocess.Popen([*NEW, "sh", "-c", set_up], stdin=subprocess.DEVNULL)
        children = Path(f"/proc/{outer.pid}/task/{outer.pid}/children")
        with waiting(f"{name} to start"):
            while not (found := children.read_text(encoding="ascii").split()) or _name(found[0]) != "sleep":
                time.sleep(0.02)
        self.first[name] = int(found[0])
        head = self.first["head"]
        if name == "head":
            self._ip(head, f"link add switch type bridge\naddr add {address}/24 dev switch\nlink set switch up\n")
            return
        self._ip(head, f"link add {name} type veth peer name eth0 netns {found[0]}\n")
        self._ip(head, f"link set {name} master switch up\n")
        self._ip(self.first[name], f"addr add {address}/24 dev eth0\nlink set eth0 up\n")

    def _ip(self, process: int, commands: str) -> None:
        subprocess.run(
            ["nsenter", f"--net=/proc/{process}/ns/net", "ip", "-b", "-"], input=commands.encode(), check=True
        )

    def on(self, name: str, command: Sequence[object]) -> list[str]:
        """What runs a command on a host."""
        return ["nsenter", f"--target={self.first[name]}", "--all", f"--wd={self.folder}", "--", *map(str, command)]

    def start(self, name: str, command: Sequence[object], log_name: str = "") -> subprocess.Popen[bytes]:
        """Start a service or another command on a host, which prints into a file."""
        with (self.folder / (log_name or f"{name}.log")).open("ab") as log:
            process = subprocess.Popen(self.on(name, command), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def kill(self, name: str) -> None:
        """Cut a host off, and end all that runs on it, at once."""
        os.kill(self.first[name], signal.SIGKILL)
        self.processes[name].wait()

    def commands(self, name: str) -> list[str]:
        """Command lines of all that runs on a host, but for what holds it, and does not ask for the ends of others."""
        if self.processes[name].poll() is not None:
            return []
        listed = subprocess.run(self.on(name, ["ps", "-eo", "args="]), capture_output=True, text=True, check=True)
        ours = ("sleep inf", "ps -eo args=")
        return [line for line in listed.stdout.splitlines() if line not in ours and "<defunct>" not in line]

    def stop(self) -> None:
        """End all hosts."""
        for process in self.processes.values():
            process.kill()  # the first process of the host with it, and so all that runs there
            process.wait()
        for process in self.started:
            process.wait()


def start_sshd(hosts: Hosts, temporary: Path) -> list[str]:
    """Start sshd on the hosts, with a folder for temporary files; the command that reaches them without a question."""
    for key in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", hosts.folder / key], check=True)
    options = {
        "HostKey": hosts.folder / "host_key",
        "AuthorizedKeysFile": hosts.folder / "user_key.pub",
        "StrictModes": "no",
        "UsePAM": "no",
        "PermitRootLogin": "yes",
        "PidFile": "none",
        "SetEnv": f"TMPDIR={temporary}",
    }
    for name in hosts.names:
        make = "mkdir -p /run/sshd && mount -t tmpfs -o mode=755 none /run/sshd"
        settings = " ".join(f"-o {key}={value}" for key, value in options.items())
        hosts.start(name, ["sh", "-c", f"{make} && exec {SSHD} -D -e -f /dev/null {settings}"])
    known = [f"{name} {(hosts.folder / 'host_key.pub').read_text(encoding='ascii')}" for name in hosts.names]
    (hosts.folder / "known_hosts").write_text("".join(known), encoding="ascii")
    ssh = ["ssh", "-F", "none", "-o", "BatchMode=yes", "-o", f"UserKnownHostsFile={hosts.folder / 'known_hosts'}"]
    ssh += ["-o", "LogLevel=ERROR", "-i", str(hosts.folder / "user_key")]
    for name in hosts.names:
        with waiting(f"sshd on {name}"):
            while subprocess.run(hosts.on("head", [*ssh, name, "true"]), capture_output=True).returncode:
                time.sleep(0.1)
    return ssh


SLURM_CONF = """
ClusterName=test
SlurmctldHost=head
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SlurmdTimeout=20
KillWait=40
SlurmdParameters=config_overrides
NodeName={nodes} CPUs=2 RealMemory=4000
PartitionName=main Nodes={nodes} Default=YES MaxTime=INFINITE State=UP
"""


def start_slurm(hosts: Hosts) -> None:
    """Make the hosts a Slurm cluster with its controller on ``head``; its commands want the environment SLURM_CONF."""
    conf = hosts.folder / "slurm.conf"
    conf.write_text(SLURM_CONF.format(folder=hosts.folder, nodes=",".join(hosts.names)), encoding="ascii")
    (hosts.folder / "state").mkdir()
    (hosts.folder / "cgroup").mkdir()
    cgroups = f"CgroupPlugin=cgroup/v1\nCgroupMountpoint={hosts.folder}/cgroup\n"
    (hosts.folder / "cgroup.conf").write_text(cgroups, encoding="ascii")
    hosts.start("head", ["slurmctld", "-D", "-f", conf])
    for name in hosts.names:
        (hosts.folder / f"spool.{name}").mkdir()
        hosts.start(name, ["slurmd", "-D", "-N", name, "-f", conf])
    ready = ["env", f"SLURM_CONF={conf}", "sinfo", "--noheader", "--states=idle", "--format=%D"]
    with waiting("Slurm"):
        while _said(hosts.on("head", ready)) != str(len(hosts.names)):
            time.sleep(0.3)


def _said(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _name(process: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    return ""


@contextlib.contextmanager
def waiting(what: str, seconds: float = START_SECONDS) -> Iterator[None]:
    """End a loop in the block, which nothing else may end, after a while."""

    def too_late(*_: object) -> None:
        raise TimeoutError(f"waited {seconds:g} s for {what}")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
