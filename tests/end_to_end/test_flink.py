"""The same bytes from a standalone Flink cluster as from a local run, also when task managers die on the way.

Needs the jars that ``python deploy/flink/cluster.py prepare FOLDER`` fetches, with TEXTMILL_FLINK=FOLDER.
"""

import json
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from textmill import Recipe
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.progress import Progress

from .cluster_stores import same_bytes_on_a_store
from .conftest import BIN, CORPUS, checksums, prepared_cluster

SMALL_SPLITS = InputOptions(split_bytes=100_000)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with prepared_cluster("flink", task_managers=3) as running:
        yield running


def jobs(cluster: Any) -> dict[str, dict[str, Any]]:
    """All jobs that the cluster knows of, by their id."""
    with urllib.request.urlopen(f"http://{cluster.master}/jobs/overview", timeout=10) as answer:
        return {job["jid"]: job for job in json.load(answer)["jobs"]}


def finished_jobs(cluster: Any) -> list[dict[str, Any]]:
    return [job for job in jobs(cluster).values() if job["state"] == "FINISHED"]


def busy_task_managers(cluster: Any, job: str) -> set[str]:
    """Task managers that have run stages of a job."""
    with urllib.request.urlopen(f"http://{cluster.master}/jobs/{job}", timeout=10) as answer:
        vertices = json.load(answer)["vertices"]
    found = set()
    for vertex in vertices:
        url = f"http://{cluster.master}/jobs/{job}/vertices/{vertex['id']}/taskmanagers"
        with urllib.request.urlopen(url, timeout=10) as answer:
            found |= {row["taskmanager-id"] for row in json.load(answer)["taskmanagers"]}
    return found & cluster.processes.keys()  # without those that are not placed yet


def test_the_command_gives_the_bytes_of_a_local_run_in_a_store_too(cluster: Any, textmill: Any, tmp_path: Path) -> None:
    where = ["--runner", "flink", "--flink-master", cluster.master, "--workers", 2, "--", *cluster.beam_options]
    same_bytes_on_a_store(textmill, where, tmp_path)


def test_what_is_compared_over_the_run_is_that_of_a_local_run(cluster: Any, comparing: Recipe, tmp_path: Path) -> None:
    """By two task managers, which share the splits."""
    before = {job["jid"] for job in finished_jobs(cluster)}
    manifest, shown = run_both(cluster, comparing, tmp_path)
    (job,) = {job["jid"] for job in finished_jobs(cluster)} - before
    assert shown[-1].documents == manifest["totals"]["read"] - manifest["totals"]["quarantined"]
    assert len(busy_task_managers(cluster, job)) == 2


def run_both(cluster: Any, recipe: Recipe, folder: Path, *options: str) -> tuple[Mapping[str, Any], list[Progress]]:
    recipe.run(str(CORPUS), output=str(folder / "local"), workers=2, reading=SMALL_SPLITS)
    shown: list[Progress] = []
    manifest = recipe.run(
        str(CORPUS),
        output=str(folder / "flink"),
        on_progress=shown.append,
        workers=2,
        runner="flink",
        runner_options=[f"--flink_master={cluster.master}", *cluster.beam_options, *options],
        reading=SMALL_SPLITS,
    )
    ours = checksums(folder / "flink")
    assert len([path for path in ours if path.startswith("ledger/")]) > 2
    assert ours == checksums(folder / "local")
    return manifest, shown


def test_interrupting_cancels_the_job_and_resume_goes_on(cluster: Any, textmill: Any, tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"document {number % 25_000} says " + "nothing " * 40}) for number in range(30_000)]
    (tmp_path / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "recipe.yaml").write_text("name: copies\nsteps: [exact_dedup, gopher_quality]\n", encoding="utf-8")
    common = ["run", tmp_path / "recipe.yaml", tmp_path / "in.jsonl", "-q", "--workers", 2, "--output"]
    on_flink = [*common, tmp_path / "flink", "--runner", "flink", "--flink-master", cluster.master]
    before = jobs(cluster).keys()
    process = subprocess.Popen(
        list(map(str, [BIN / "textmill", *on_flink, "--", *cluster.beam_options])), stderr=subprocess.PIPE, text=True
    )
    end = time.monotonic() + 120
    while not list(tmp_path.glob("flink/_work/pass-0/*")) and time.monotonic() < end and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)  # elsewhere it is SIGINT
    _, said = process.communicate(timeout=60)
    (job,) = jobs(cluster).keys() - before
    name = jobs(cluster)[job]["name"]
    goes_on = f"--resume goes on with {tmp_path / 'flink'}"
    assert (process.returncode, said) == (130, f"textmill: interrupted; job {name} on Flink is cancelled; {goes_on}\n")
    assert jobs(cluster)[job]["state"] == "CANCELED"
    resumed = textmill(*on_flink, "--resume", "--", *cluster.beam_options)
    assert (resumed.returncode, resumed.stderr) == (0, "")
    assert textmill(*common, tmp_path / "local").returncode == 0
    assert checksums(tmp_path / "flink") == checksums(tmp_path / "local")


def test_a_wrong_master_is_told_before_anything_is_written(textmill: Any, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        master = f"127.0.0.1:{nobody.getsockname()[1]}"
        done = textmill("run", "default", CORPUS, "-o", tmp_path / "out", "--runner", "flink", "--flink-master", master)
    assert done.returncode == 2
    assert done.stderr.startswith(f"textmill: no Flink job manager answers at {master}")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def run_with_a_loss(cluster: Any, folder: Path, *options: str) -> str:
    """Kill a task manager that works for a run, as soon as one split is through; its name."""
    before = jobs(cluster).keys()
    lost = []

    def kill_after_the_first_staged_split() -> None:
        end = time.monotonic() + 120
        while not list(folder.glob("flink/_work/pass-0/split-*.record")) and time.monotonic() < end:
            time.sleep(0.01)
        (job,) = jobs(cluster).keys() - before
        if not list(folder.glob("flink/manifest.json")):
            lost.append(min(busy_task_managers(cluster, job)))
            cluster.kill(lost[0])

    killer = threading.Thread(target=kill_after_the_first_staged_split)
    killer.start()
    run_both(cluster, Recipe.load("default"), folder, *options)
    killer.join()
    (name,) = lost
    assert cluster.processes[name].poll() is not None
    return str(name)


def test_nothing_is_lost_with_task_managers(cluster: Any, tmp_path: Path) -> None:
    """Last, because it leaves the cluster with one of three task managers: one was spare, and then there is none."""
    first = run_with_a_loss(cluster, tmp_path / "spare")
    second = run_with_a_loss(cluster, tmp_path / "scarce", "--execution_mode_for_batch=BATCH_FORCED")
    assert first != second
