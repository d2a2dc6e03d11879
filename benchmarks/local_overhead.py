"""What the local runner costs over a bare pool: ``python benchmarks/local_overhead.py RECIPE INPUT… --workers 2``.

Both do the same passes over the same splits and write the same output, which is compared byte by byte. The pool is
Python's own, handed one split at a time, in a fresh process without Beam; both are timed from the start of their
process to its end. They take turns, because a machine's speed drifts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from multiprocessing import Pool
from pathlib import Path

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS", "ARROW_NUM_THREADS")


def pool_run(recipe: str, inputs: list[str], output: str, workers: int) -> None:
    """The whole run with a process pool."""
    from textmill import Recipe
    from textmill.pipeline.input.inputs import absolute_input, find_inputs
    from textmill.pipeline.input.splits import cut_splits
    from textmill.pipeline.job.job import Job
    from textmill.pipeline.job.progress import ProgressWriter
    from textmill.pipeline.output.finish import finish_run, plan_run_shards
    from textmill.pipeline.output.shards import write_shard
    from textmill.pipeline.passes.fingerprints import pass_fingerprints
    from textmill.pipeline.passes.passes import first_pass, later_pass
    from textmill.pipeline.passes.rows import shard_schema
    from textmill.pipeline.passes.single import exchange_messages
    from textmill.pipeline.run.run import RunOptions, settle

    given = tuple(map(absolute_input, inputs))
    job = Job(recipe=Recipe.load(recipe), inputs=given, output=output, samples=RunOptions.samples)
    job = replace(job, fingerprints=pass_fingerprints(job))
    splits = cut_splits(find_inputs(job.inputs), job.reading)
    splits.sort(key=lambda split: (-split.bytes, split.number))
    progress = ProgressWriter(None)
    with Pool(workers) as pool:
        results = pool.map(partial(first_pass, job, splits=len(splits), progress=progress), splits, chunksize=1)
        for number in range(1, job.last_pass + 1):
            results.sort(key=lambda result: result.staged.split.number)
            messages = exchange_messages(job, number - 1, results)
            todo = [(job, number, one.staged, messages.get(one.staged.split.number, []), progress) for one in results]
            results = pool.starmap(later_pass, todo, chunksize=1)
        plans = plan_run_shards(job, results)
        write = partial(write_shard, folder=job.folder("shards"), schema=shard_schema(job.recipe.plan))
        shards = pool.map(write, plans, chunksize=1)
    finish_run(job, [result.staged for result in results], shards)
    settle(job)


def timed(command: list[str]) -> tuple[float, float]:
    """Wall-clock and CPU seconds of a command and all its processes."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    os.sync()  # what the one before has left to be written is not this one's to wait for
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, check=True, env=environment)
    seconds, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, cpu


def checksum(output: Path) -> str:
    """One checksum of every file of an output but the times in its manifest."""
    digest = hashlib.sha256()
    for path in sorted(output.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.name == "manifest.json":
                content = json.dumps({**json.loads(content), "timing": None}, sort_keys=True).encode()
            digest.update(str(path.relative_to(output)).encode() + content)
    return digest.hexdigest()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--pool-output", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.pool_output:
        pool_run(given.recipe, given.inputs, given.pool_output, given.workers)
        return 0
    textmill = [str(Path(sys.executable).parent / "textmill"), "run", given.recipe, *given.inputs, "-q"]
    workers = ["--workers", str(given.workers)]
    found: dict[str, list[tuple[float, float]]] = {"pool": [], "textmill": []}
    with tempfile.TemporaryDirectory() as name:  # compiles what has not been compiled on this machine before
        warm_up = [str(Path(__file__).parents[1] / "examples" / "corpus"), "--output", str(Path(name) / "out")]
        subprocess.run([textmill[0], "run", given.recipe, *warm_up, "-q", *workers], check=True)
    for turn in range(given.repeat):
        with tempfile.TemporaryDirectory() as name:
            pool, ours = Path(name) / "pool", Path(name) / "textmill"
            commands = {
                "pool": [sys.executable, __file__, given.recipe, *given.inputs, *workers, "--pool-output", str(pool)],
                "textmill": [*textmill, *workers, "--output", str(ours)],
            }
            for arm in sorted(commands, reverse=turn % 2 == 1):
                found[arm].append(timed(commands[arm]))
                print(f"{arm}: {found[arm][-1][0]:.1f} s, {found[arm][-1][1]:.1f} s CPU", flush=True)
            if checksum(pool) != checksum(ours):
                raise SystemExit("the pool and textmill have written different bytes")
    wall, cpu = ([statistics.median(run[index] for run in found[arm]) for arm in found] for index in (0, 1))
    print(
        f"{given.workers} workers: {wall[1] / wall[0]:.3f} times the wall-clock time of the pool, "
        f"{cpu[1] / cpu[0]:.3f} times its CPU time; the same bytes"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
