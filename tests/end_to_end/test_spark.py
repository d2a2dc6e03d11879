"""The same bytes from a standalone Spark cluster as from a local run, also when executors die on the way.

Needs the jars that ``python deploy/spark/cluster.py prepare FOLDER`` fetches, with TEXTMILL_SPARK=FOLDER.
"""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from textmill import Recipe
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.progress import Progress

from .cluster_stores import same_bytes_on_a_store
from .conftest import CORPUS, checksums, prepared_cluster

SMALL_SPLITS = InputOptions(split_bytes=100_000)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with prepared_cluster("spark") as running:
        yield running


def applications(cluster: Any) -> list[tuple[str, int]]:
    """State and cores of all applications that have ended."""
    return [(application["state"], application["cores"]) for application in cluster.state()["completedapps"]]


def test_the_command_gives_the_bytes_of_a_local_run(cluster: Any, textmill: Any, tmp_path: Path) -> None:
    local = textmill("run", "default", CORPUS, "--output", tmp_path / "local", "-q")
    assert (local.returncode, local.stderr) == (0, "")
    where = [*cluster.arguments, "--workers", 2, "--", *cluster.beam_options]
    done = textmill("run", "default", CORPUS, "--output", tmp_path / "spark", "-q", *where)
    assert (done.returncode, done.stderr) == (0, "")
    assert checksums(tmp_path / "spark") == checksums(tmp_path / "local")
    assert applications(cluster) == [("FINISHED", 2)]


def test_inputs_and_outputs_may_lie_in_a_store(cluster: Any, textmill: Any, tmp_path: Path) -> None:
    where = [*cluster.arguments, "--workers", 2, "--", *cluster.beam_options]
    same_bytes_on_a_store(textmill, where, tmp_path)


def test_nothing_is_lost_with_executors(cluster: Any, tmp_path: Path) -> None:
    killed = []

    def kill_after_the_first_staged_split() -> None:
        end = time.monotonic() + 120
        while not list(tmp_path.glob("spark/_work/pass-0/split-*.record")) and time.monotonic() < end:
            time.sleep(0.01)
        if not list(tmp_path.glob("spark/manifest.json")):
            killed.append(cluster.kill_executors("worker-1"))

    killer = threading.Thread(target=kill_after_the_first_staged_split)
    killer.start()
    recipe = Recipe.load("default")
    recipe.run(str(CORPUS), output=str(tmp_path / "local"), workers=2, reading=SMALL_SPLITS)
    shown: list[Progress] = []
    manifest = recipe.run(
        str(CORPUS),
        output=str(tmp_path / "spark"),
        on_progress=shown.append,
        workers=2,
        runner="spark",
        runner_options=[f"--spark_master_url={cluster.master}", *cluster.beam_options],
        reading=SMALL_SPLITS,
    )
    killer.join()
    assert killed == [1]
    ours = checksums(tmp_path / "spark")
    assert len([path for path in ours if path.startswith("ledger/")]) > 2
    assert ours == checksums(tmp_path / "local")
    assert shown[-1].documents >= manifest["totals"]["read"] - manifest["totals"]["quarantined"]
