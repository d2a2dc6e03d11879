"""Flink that is brought up for one run, by ssh and in a Slurm job, on three hosts that are namespaces here.

Needs the jars that ``python deploy/flink/cluster.py prepare FOLDER`` fetches, with TEXTMILL_FLINK=FOLDER, root, and
Debian's packages ``openssh-server`` and ``slurm-wlm``.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import BIN, ROOT, checksums
from .hosts import SSHD, Hosts, missing, start_slurm, start_sshd, waiting

LONG = 400
FLINK = os.environ.get("TEXTMILL_FLINK", "")
pytestmark = pytest.mark.skipif(not FLINK, reason="run deploy/flink/cluster.py prepare FOLDER, set TEXTMILL_FLINK")


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> list[Path | str]:
    """A command over three splits, with few stages, because each starts Python workers anew."""
    folder = tmp_path_factory.mktemp("input")
    for part in range(3):
        numbers = [(part * 20_000 + row) % 50_000 for row in range(20_000)]
        lines = [json.dumps({"text": f"document {number} says " + "nothing " * 40}) for number in numbers]
        (folder / f"{part}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "recipe.yaml").write_text("name: copies\nsteps: [exact_dedup]\n", encoding="utf-8")
    return ["run", folder / "recipe.yaml", *sorted(folder.glob("*.jsonl"))]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, textmill: Any, copies: list[Path | str]) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("local") / "out"
    done = textmill(*copies, "--output", folder, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    return checksums(folder)


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosts]:
    lacking = missing(SSHD, "slurmctld", "slurmd")
    if lacking:
        pytest.skip(f"no hosts here without {lacking}")
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    with Hosts(tmp_path, 3) as started:
        yield started


def records(output: Path) -> int:
    return len(list(output.glob("_work/pass-*/split-*.record")))


def wait_for_records(output: Path, count: int, log: Path, run: subprocess.Popen[bytes] | None = None) -> None:
    with waiting(f"{count} records; {log} tells", LONG):
        while records(output) < count:
            assert run is None or run.poll() is None, log.read_text()
            assert "failed" not in (log.read_text() if log.exists() else "")
            assert not (output / "manifest.json").exists(), "the run was too quick"
            time.sleep(0.05)


def left(hosts: Hosts, name: str) -> list[str]:
    """What of a run still goes on on a host."""
    return [line for line in hosts.commands(name) if "textmill" in line or "java" in line or "deploy" in line]


def start_over_ssh(hosts: Hosts, *command: object) -> subprocess.Popen[bytes]:
    ssh = start_sshd(hosts, hosts.folder / "temporary")
    where = ["--flink", FLINK, "--hosts", ",".join(hosts.names), "--slots", 1, "--ssh", " ".join(ssh)]
    run = [BIN / "python", ROOT / "deploy" / "hosts" / "run.py", *where, "--logs", hosts.folder]
    return hosts.start("head", [*run, "--", *command], "out.log")


def test_a_host_is_lost_in_a_run_over_ssh(hosts: Hosts, copies: list[Path | str], expected: dict[str, str]) -> None:
    output = hosts.folder / "out"
    run = start_over_ssh(hosts, *copies, "--output", output, "-q")
    wait_for_records(output, 1, hosts.folder / "out.log", run)
    hosts.kill("host2")
    code = run.wait(timeout=LONG)
    said = (hosts.folder / "out.log").read_text()
    assert (code, said.count("\n")) == (0, 1), said
    assert checksums(output) == expected
    assert [left(hosts, name) for name in ("head", "host1", "host3")] == [[], [], []]
    assert not list(hosts.folder.glob("textmill-hosts-*"))
    assert len(list((hosts.folder / "temporary").iterdir())) <= 1  # of the host that was killed


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_run_over_ssh_is_interrupted_and_resumed(
    hosts: Hosts, copies: list[Path | str], expected: dict[str, str], sent: signal.Signals
) -> None:
    output = hosts.folder / "out"
    command = [*copies, "--output", output, "-q"]
    run = start_over_ssh(hosts, *command)
    wait_for_records(output, 1, hosts.folder / "out.log", run)
    (driver,) = subprocess.run(
        ["pgrep", "--parent", str(run.pid)], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.split()
    os.kill(int(driver), sent)
    assert run.wait(timeout=100) in (130, 137, -9)
    with waiting("the hosts to be empty", 30):
        while any(left(hosts, name) for name in ["head", *hosts.names]):
            time.sleep(0.1)
    done = subprocess.run([BIN / "textmill", *command, "--resume"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert checksums(output) == expected


def test_a_slurm_job_meets_its_time_limit_and_loses_a_node(
    hosts: Hosts, copies: list[Path | str], expected: dict[str, str]
) -> None:
    start_slurm(hosts)
    output, log = hosts.folder / "out", hosts.folder / "job.log"
    environment = [f"SLURM_CONF={hosts.folder / 'slurm.conf'}", f"TEXTMILL_FLINK={FLINK}", f"TEXTMILL_HOME={ROOT}"]

    def slurm(*command: object) -> str:
        done = subprocess.run(hosts.on("head", ["env", *environment, *command]), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def job() -> dict[str, str]:
        return dict(
            part.split("=", 1) for part in slurm("scontrol", "show", "job", number, "-o").split() if "=" in part
        )

    options = ["--parsable", "--nodes=3", "--time=30", "--signal=B:USR1@120", f"--output={log}", "--cpus-per-task=1"]
    script = ROOT / "deploy" / "slurm" / "textmill.sbatch"
    number = slurm("sbatch", *options, script, *copies, "--output", output, "-q").strip()
    wait_for_records(output, 1, log)
    hours, minutes, _ = map(int, job()["RunTime"].split(":"))
    limit = hours * 60 + minutes + 2  # the signal is due; Slurm looks about every half a minute
    slurm("scontrol", "update", f"JobId={number}", f"TimeLimit={limit}")
    with waiting(f"the job to go back into the queue; {log} tells", LONG):
        while job()["Restarts"] == "0":
            time.sleep(0.2)
    assert "resumes" in log.read_text()
    assert job()["JobState"] in ("PENDING", "COMPLETING")
    slurm("scontrol", "update", f"JobId={number}", "TimeLimit=60")
    with waiting(f"the job to start again; {log} tells", LONG):
        while log.read_text().count("Flink is up on 3 hosts") < 2:
            time.sleep(0.2)
    (first,) = slurm("squeue", "--noheader", "--format=%B").split()
    lost = max(name for name in hosts.names if name != first)
    with waiting(f"{lost} to work; {log} tells", LONG):
        while not any("textmill-worker" in line for line in hosts.commands(lost)):
            time.sleep(0.2)
    assert not (output / "manifest.json").exists()
    hosts.kill(lost)
    with waiting(f"the job to end; {log} tells", LONG):
        while job()["JobState"] in ("RUNNING", "COMPLETING", "PENDING"):
            time.sleep(0.5)
    assert job()["JobState"] == "COMPLETED", log.read_text()
    assert checksums(output) == expected
    others = [name for name in hosts.names if name != lost]
    assert [left(hosts, name) for name in others] == [[], []]
