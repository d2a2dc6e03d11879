"""What keeping a sample of removed texts costs: ``python benchmarks/samples.py RECIPE INPUT… --repeat 3``.

The passes of a run, in one process, without a sample, with the usual one, and with all removed texts: CPU seconds,
bytes below ``removed/``, and bytes staged between passes. The ways take turns, because a machine's speed drifts; the
shares are medians of what stood beside each other.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from textmill import Recipe
from textmill.pipeline.input.inputs import InputOptions, absolute_input
from textmill.pipeline.job.job import WORK_FOLDER, Job
from textmill.pipeline.passes.single import run_passes
from textmill.pipeline.run.run import RunOptions

WAYS: dict[str, dict[str, Any]] = {
    "no sample": {"samples": 0},
    "sample": {},
    "all": {"keep_removed": True},
}


def size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob(pattern))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe")
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--samples", type=int, default=RunOptions.samples, help="1 is what large runs keep of a split")
    parser.add_argument("--text-field", default="text")
    given = parser.parse_args()
    recipe, inputs = Recipe.load(given.recipe), tuple(map(absolute_input, given.inputs))
    reading = InputOptions(text_field=given.text_field)
    seconds: dict[str, list[float]] = {way: [] for way in WAYS}
    for turn in range(given.repeat + 1):
        for way in sorted(WAYS, reverse=turn % 2 == 1):
            with tempfile.TemporaryDirectory() as name:
                how = {"samples": given.samples, **WAYS[way]}
                job = Job(recipe=recipe, inputs=inputs, output=name, reading=reading, **how)
                started = time.process_time()
                results = run_passes(job)
                took = time.process_time() - started
                if not turn:  # the first loads models and kernels
                    folder = Path(name)
                    staged = sum(size(folder / WORK_FOLDER / f"pass-{at}", "*.arrow") for at in range(job.last_pass))
                    kept = size(folder / "removed", "*.parquet")
                    print(
                        f"{way}: {len(results)} splits, {kept / 1e6:.2f} MB removed/, {staged / 1e6:.2f} MB staged",
                        flush=True,
                    )
                    continue
                seconds[way].append(took)
                print(f"{way}: {took:.2f} s CPU", flush=True)
    for way in ("sample", "all"):
        ratio = statistics.median(one / other for one, other in zip(seconds[way], seconds["no sample"], strict=True))
        print(f"{way}: {ratio:.3f} times the CPU time of no sample")
    return 0


if __name__ == "__main__":
    sys.exit(main())
