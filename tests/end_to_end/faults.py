"""Interrupt runs at seeded points, resume them, and compare every byte: ``python tests/end_to_end/faults.py``.

Each interruption strikes at the n-th file that the run commits, over all its processes: before it gets its name, after,
or with half of it written. A process is killed (the one that writes, the driver, the front end, or all of them), the
disk is full, or the user presses Ctrl-C. Every third resumed run is struck again. In the end each file of the output
must be that of a run that nobody disturbed: no document lost, none there twice, the same bytes.

With ``--flink FOLDER``, where ``deploy/flink/cluster.py prepare`` has put what Flink needs, so many more interruptions
strike runs on a cluster of three task managers, of which a run needs two, when so many passes over splits are through:
a task manager, the whole cluster or the command is killed. With ``--spark FOLDER`` the same on a Spark cluster of two
workers, where the executors of one are killed. Sixty in all:

    python tests/end_to_end/faults.py --interruptions 30 --flink FLINK --flink-interruptions 15 \\
        --spark SPARK --spark-interruptions 15

Seeds that follow each other strike at places that are spread evenly over the whole run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textmill import ExactDedup, InputOptions, MinHashDedup, Recipe, Tokenize, where
from textmill.errors import InputError
from textmill.pipeline.output.verify import verify

if __package__:
    from .conftest import checksums, load_cluster_module
else:
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from end_to_end.conftest import checksums, load_cluster_module

ACTIONS = ("kill writer", "kill driver", "kill front", "kill all", "disk full", "interrupt")
MOMENTS = ("before", "half", "after")
SLOWEST_SECONDS = 600
PASSES_OVER_SPLITS = 30
"""Fewer than the run has."""
GOLDEN_RATIO = 0.6180339887498949
CLUSTER_ACTIONS = {
    "flink": ("kill a task manager", "kill the cluster", "kill the command"),
    "spark": ("kill executors", "kill the cluster", "kill the command"),
}
MASTER_OPTIONS = {"flink": "--flink_master", "spark": "--spark_master_url"}


def words(text: str) -> int:
    """Words of a text; the measurement of the recipe that is run."""
    return len(text.split())


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What happens to a run, and when."""

    commit: int
    moment: str
    action: str

    def __str__(self) -> str:
        return f"{self.action} {self.moment} commit {self.commit}"


def make_input(folder: Path, seed: int) -> None:
    """Write files with exact and near duplicates within and across them, short documents, and broken lines."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(2000)]
    texts = [" ".join(chance.choices(vocabulary, k=chance.choice((3, 60, 200)))) for _ in range(120)]
    folder.mkdir()
    for number in range(6):
        lines = []
        for _ in range(40):
            text = chance.choice(texts)
            lines.append(json.dumps({"text": text + chance.choice(("", "", " " + chance.choice(vocabulary)))}))
        lines.insert(chance.randrange(40), "not json")
        (folder / f"{number}.jsonl").write_text("\n".join(lines) + "\n")


def run(
    folder: Path, output: Path, workers: int, fault: Fault | None = None, *, resume: bool = False
) -> tuple[int, str]:
    """Run the recipe in a process of its own; its exit code and what it said."""
    environment = dict(os.environ)
    counter = folder / f"{output.name}-commits"
    counter.unlink(missing_ok=True)
    # A fault that is never reached, so that commits are counted in any case.
    fault = fault or Fault(commit=0, moment="before", action="none")
    environment["TEXTMILL_FAULT"] = f"{fault.commit}:{fault.moment}:{fault.action}:{counter}"
    given = os.environ.get("PYTHONPATH")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parent / "injection"), given)))
    command = [
        sys.executable,
        __file__,
        "--one",
        str(folder / "in"),
        str(output),
        str(workers),
        str(int(resume)),
        "local",
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SLOWEST_SECONDS)
    return done.returncode, done.stderr


def one_run(
    inputs: str, output: str, workers: int, resume: bool, runner: str = "local", beam_options: Sequence[str] = ()
) -> None:
    """The run itself."""
    steps = [where(words, minimum=5), ExactDedup(), where(len, maximum=1500), MinHashDedup(), Tokenize("cl100k")]
    reading = InputOptions(split_bytes=12_000, batch_documents=10)
    recipe = Recipe("faults", steps)
    on_runner = {"runner": runner, "runner_options": tuple(beam_options)}
    options = {"reading": reading, "keep_removed": True, "shard_bytes": 20_000, "resume": resume, **on_runner}
    recipe.run(inputs, output=output, workers=workers, **options)


def commits(folder: Path, output: Path) -> int:
    """How many files the last run into an output folder has committed."""
    counter = folder / f"{output.name}-commits"
    return counter.stat().st_size if counter.exists() else 0


def is_finished(output: Path) -> bool:
    """Whether an output folder says that its run is finished, and that is true."""
    try:
        return verify(str(output)) == []
    except InputError:
        return False


def place(seed: int, last: int) -> int:
    """One of the places 1 to ``last``; those of seeds that follow each other are spread evenly."""
    return 1 + int(seed * GOLDEN_RATIO % 1 * last)


def interrupt_and_resume(folder: Path, expected: dict[str, str], last: int, seed: int) -> list[Fault]:
    """One trial; returns the faults that struck.

    Raises:
        AssertionError: when something is lost, doubled or different, or an unfinished output passes for a finished one.
    """
    chance = random.Random(seed)
    output = folder / f"out-{seed}"
    struck: list[Fault] = []
    rounds = 2 if seed % 3 == 0 else 1
    for number in range(rounds):
        commit = chance.randint(1, last) if number else place(seed, last)
        fault = Fault(commit=commit, moment=chance.choice(MOMENTS), action=chance.choice(ACTIONS))
        code, said = run(folder, output, chance.choice((1, 2)), fault, resume=number > 0)
        if commits(folder, output) < fault.commit:  # the resumed run had less to do
            assert code == 0, (seed, fault, said)
            break
        struck.append(fault)
        assert code != 0 or is_finished(output), (seed, fault, said)
        last = max(1, last - commits(folder, output))
    if not is_finished(output):
        code, said = run(folder, output, chance.choice((1, 2)), resume=True)
        assert code == 0, (seed, struck, said)
    found = checksums(output)
    assert found.keys() == expected.keys(), (seed, struck, sorted(found.keys() ^ expected.keys()))
    assert found == expected, (seed, struck, [name for name in found if found[name] != expected[name]])
    assert is_finished(output), (seed, struck)
    return struck


def start_on(engine: str, cluster: Any, folder: Path, output: Path, *, resume: bool) -> subprocess.Popen[str]:
    """Begin a run on a cluster."""
    command = [sys.executable, __file__, "--one", str(folder / "in"), str(output), "2", str(int(resume)), engine]
    command += [f"{MASTER_OPTIONS[engine]}={cluster.master}", *cluster.beam_options]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def interrupt_on(engine: str, prepared: Path, folder: Path, expected: dict[str, str], seed: int) -> str:
    """One trial on a cluster of Flink or Spark; returns what happened.

    Raises:
        AssertionError: as :func:`interrupt_and_resume`.
    """
    chance = random.Random(seed)
    output = folder / f"{engine}-{seed}"
    action = CLUSTER_ACTIONS[engine][seed % 3]
    passes = place(seed, PASSES_OVER_SPLITS)
    module = load_cluster_module(engine)
    more = {"task_managers": 3} if engine == "flink" else {}
    with module.Cluster(prepared, **more) as cluster:
        process = start_on(engine, cluster, folder, output, resume=False)
        while process.poll() is None and len(list(output.glob("_work/pass-*/*.record"))) < passes:
            time.sleep(0.005)
        assert process.poll() is None, (seed, action, process.communicate()[1])
        if action == "kill a task manager":
            cluster.kill(f"task-manager-{chance.randint(1, 3)}")
        elif action == "kill executors":
            assert cluster.kill_executors(f"worker-{chance.randint(1, 2)}"), (seed, action)
        elif action == "kill the cluster":
            for name in list(cluster.processes):
                cluster.kill(name)
        else:
            process.kill()
        _, said = process.communicate(timeout=SLOWEST_SECONDS)
        assert process.returncode != 0 or is_finished(output), (seed, action, said)
    if not is_finished(output):
        with module.Cluster(prepared, **more) as cluster:
            process = start_on(engine, cluster, folder, output, resume=True)
            _, said = process.communicate(timeout=SLOWEST_SECONDS)
        assert process.returncode == 0, (seed, action, said)
    found = checksums(output)
    different = [name for name in sorted({**found, **expected}) if found.get(name) != expected.get(name)]
    assert not different, (seed, action, different)
    return f"{action} after {passes} passes over splits"


def undisturbed(folder: Path, seed: int) -> tuple[dict[str, str], int]:
    """Checksums of a run that nothing happens to, and how many files it commits."""
    make_input(folder / "in", seed)
    output = folder / "undisturbed"
    code, said = run(folder, output, 1)
    assert code == 0, said
    return checksums(output), commits(folder, output)


def main() -> int:
    """Run the trials and say what happened in each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interruptions", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--flink", type=Path, metavar="FOLDER")
    parser.add_argument("--flink-interruptions", type=int, default=6)
    parser.add_argument("--spark", type=Path, metavar="FOLDER")
    parser.add_argument("--spark-interruptions", type=int, default=6)
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    given, beam_options = parser.parse_known_args()
    if given.one:
        inputs, output, workers, resume, runner = given.one
        one_run(inputs, output, int(workers), resume == "1", runner, beam_options)
        return 0
    if beam_options:
        parser.error(f"unknown arguments: {' '.join(beam_options)}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected, last = undisturbed(folder, given.seed)
        print(f"undisturbed: {len(expected)} files, {last} commits", flush=True)
        struck, seed = 0, given.seed
        while struck < given.interruptions:
            faults = interrupt_and_resume(folder, expected, last, seed)
            struck += len(faults)
            print(f"seed {seed}: {', then '.join(map(str, faults))}: same bytes", flush=True)
            seed += 1
        on_clusters = [
            ("flink", given.flink, given.flink_interruptions),
            ("spark", given.spark, given.spark_interruptions),
        ]
        for engine, prepared, count in on_clusters:
            for seed in range(given.seed, given.seed + count) if prepared else ():
                done = interrupt_on(engine, prepared, folder, expected, seed)
                print(f"{engine}, seed {seed}: {done}: same bytes", flush=True)
                struck += 1
        print(f"{struck} interruptions: no document lost, none twice, every file the same")
    return 0


if __name__ == "__main__":
    sys.exit(main())
