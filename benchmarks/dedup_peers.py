"""Runs text-dedup's and datatrove's MinHash deduplication as installed in environments of their own.

Both get the same JSONL file (``id`` and ``text``) and FineWeb's geometry: 14 bands of 8 rows over word 5-grams. Times
are CPU seconds of the process and its children.
"""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

DATATROVE = """
import json, resource, sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.typeshelper import Languages

source, work = sys.argv[1], sys.argv[2]
config = MinhashConfig(hash_config=HashConfig(precision=64), num_buckets=14, hashes_per_bucket=8, n_grams=5)
reader = lambda: JsonlReader(source)
stages = {
    "signatures": (1, [reader(), MinhashDedupSignature(output_folder=work + "/sig", config=config,
                                                       language=Languages.english)]),
    "buckets": (14, [MinhashDedupBuckets(input_folder=work + "/sig", output_folder=work + "/buckets", config=config)]),
    "cluster": (1, [MinhashDedupCluster(input_folder=work + "/buckets", output_folder=work + "/remove",
                                        config=config)]),
    "filter": (1, [reader(), MinhashDedupFilter(input_folder=work + "/remove"),
                   JsonlWriter(work + "/out", compression=None)]),
}
def used():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)

seconds = {}
for name, (tasks, pipeline) in stages.items():
    before = used()
    LocalPipelineExecutor(pipeline=pipeline, tasks=tasks, workers=1, logging_dir=work + "/log-" + name).run()
    seconds[name] = used() - before
json.dump(seconds, open(work + "/seconds.json", "w"))
"""

TEXT_DEDUP = """
import sys
from datasets import load_from_disk
import json
json.dump(load_from_disk(sys.argv[1])["id"][:], open(sys.argv[2], "w"))
"""


class Outcome(NamedTuple):
    """What a run of a peer, or of ours, has kept and cost; of datatrove also the CPU seconds of each stage."""

    kept: frozenset[str]
    cpu_seconds: float
    stage_seconds: dict[str, float] = {}  # noqa: RUF012 - never written to


def measured(command: Sequence[str], folder: Path) -> float:
    """Run a command; returns the CPU seconds of it and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stderr[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def by_datatrove(python: str, source: Path, work: Path) -> Outcome:
    """Its four stages one after the other, each in one process."""
    work.mkdir(parents=True)
    (work / "in").mkdir()
    (work / "in" / "documents.jsonl").symlink_to(source.resolve())
    seconds = measured([python, "-c", DATATROVE, str(work / "in"), str(work)], work)
    lines = [line for path in sorted((work / "out").glob("*")) for line in path.open(encoding="utf-8")]
    stages = json.loads((work / "seconds.json").read_text())
    return Outcome(frozenset(json.loads(line)["id"] for line in lines), seconds, stages)


def by_text_dedup(python: str, source: Path, work: Path) -> Outcome:
    """Its ``text_dedup.minhash`` with one process."""
    work.mkdir(parents=True)
    (work / "in").mkdir()
    (work / "in" / "documents.jsonl").symlink_to(source.resolve())
    options = {
        "path": "json", "data_files": str(source.resolve()), "split": "train", "column": "text",
        "output": str(work / "out"), "cache_dir": str(work / "cache"), "num_perm": "112", "b": "14", "r": "8",
        "ngram": "5", "min_length": "5", "num_proc": "1", "batch_size": "10000",
    }  # fmt: skip
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    seconds = measured([python, "-m", "text_dedup.minhash", *arguments], work)
    measured([python, "-c", TEXT_DEDUP, str(work / "out"), str(work / "kept.json")], work)
    return Outcome(frozenset(json.loads((work / "kept.json").read_text())), seconds)
