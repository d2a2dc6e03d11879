"""Selecting the best share of many documents: is it exact and the same with any workers, what is sent, what it takes.

``python benchmarks/selection.py --documents 1e6`` writes documents of about ``--bytes`` of text in two languages and
two inputs, with scores of which a third are equal to 1 and a third are one of a hundred, and runs a recipe with one
worker and with three. Its baseline is the same recipe without the selection. What is kept is compared with sorting all
scores at once.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from textmill import Recipe, Select, where
from textmill.pipeline.commands.retune import retune
from textmill.pipeline.job.progress import Progress

LANGUAGES = ("en", "de")
FILE_DOCUMENTS = 50_000


def score(batch: pa.RecordBatch) -> pa.Array:
    """The number that a text begins with."""
    return pc.utf8_slice_codeunits(batch["text"], 0, 8).cast(pa.string()).cast(pa.float64())


def topic(batch: pa.RecordBatch) -> pa.Array:
    """The two letters behind it."""
    return pc.utf8_slice_codeunits(batch["text"], 9, 11).cast(pa.string())


def write_documents(folder: Path, count: int, text_bytes: int) -> list[str]:
    rolled = np.random.default_rng(1)
    words = " ".join(f"word{number}" for number in range(text_bytes))
    for number, first in enumerate(range(0, count, FILE_DOCUMENTS)):
        size = min(FILE_DOCUMENTS, count - first)
        free = rolled.random(size)
        scores = np.choose(rolled.integers(0, 3, size), [np.ones(size), np.round(free, 2), free])
        starts = rolled.integers(0, len(words) // 2, size)
        texts = [
            f"{value:.6f} {LANGUAGES[language]} {words[start : start + text_bytes - 12]}"
            for value, language, start in zip(scores, rolled.integers(0, 2, size), starts, strict=True)
        ]
        path = folder / ("left", "right")[number % 2] / f"{number:04d}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.table({"text": texts}), path, row_group_size=5_000)
    return [str(folder / name) for name in ("left", "right") if (folder / name).exists()]


class Run(NamedTuple):
    manifest: Mapping[str, Any]
    sent_bytes: int
    seconds: float
    cpu_seconds: float
    checksum: str


def run(recipe: Recipe, inputs: list[str], output: Path, workers: int) -> Run:
    shown: list[Progress] = []
    wall, before = time.perf_counter(), os.times()
    manifest = recipe.run(inputs, output=str(output), workers=workers, on_progress=shown.append)
    wall, after = time.perf_counter() - wall, os.times()
    cpu = sum(after[:4]) - sum(before[:4])
    found = hashlib.sha256()
    for path in sorted(path for name in ("shards", "ledger") for path in (output / name).glob("*")):
        found.update(path.read_bytes())
    return Run(manifest, shown[-1].shuffled_bytes, wall, cpu, found.hexdigest())


def best_of(ledger: pa.Table, step: Select) -> set[str]:
    """What sorting all documents gives."""
    assert step.keep_fraction is not None
    share, kept = Fraction(repr(step.keep_fraction)), set()
    label = pc.replace_substring_regex(ledger["source"], "/.*", "")
    group = pc.binary_join_element_wise(ledger["topic"], label, "/") if step.by else pa.array([""] * len(ledger))
    rows = pa.table({"doc_id": ledger["doc_id"], "score": ledger["score"], "group": group})
    for name in pc.unique(rows["group"]).to_pylist():
        here = rows.filter(pc.equal(rows["group"], name)).sort_by([("score", "descending"), ("doc_id", "ascending")])
        kept |= set(here["doc_id"].to_pylist()[: int(len(here) * share + Fraction(1, 2))])
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=float, default=1e6)
    parser.add_argument("--bytes", type=int, default=300, help="of text in a document")
    parser.add_argument("--share", type=float, default=0.1)
    given = parser.parse_args()
    measured = [where(score, measurement="score"), where(topic, measurement="topic", returns="str")]
    with tempfile.TemporaryDirectory(prefix="textmill-selection-") as name:
        folder = Path(name)
        inputs = write_documents(folder / "in", int(given.documents), given.bytes)
        plain = run(Recipe("plain", measured), inputs, folder / "plain", 1)
        totals = plain.manifest["totals"]
        print(f"{totals['read']:,} documents, {totals['bytes_read'] / 1e6:.0f} MB of text")
        print(f"without a selection, 1 worker: {plain.seconds:.1f} s, {plain.cpu_seconds:.1f} s of CPU")
        for by in ((), ("topic", "source")):
            step = Select(measurement="score", keep_fraction=given.share, by=by)
            runs = {
                workers: run(Recipe("best", [*measured, step]), inputs, folder / f"{len(by)}-{workers}", workers)
                for workers in (1, 3)
            }
            ledger = pq.read_table(
                folder / f"{len(by)}-1" / "ledger", columns=["doc_id", "verdict", "source", "score", "topic"]
            )
            kept = set(ledger.filter(pc.equal(ledger["verdict"], "kept"))["doc_id"].to_pylist())
            print(f"{step.describe()}:")
            is_exact = kept == best_of(ledger, step)
            print(f"  kept {len(kept):,}, {len(kept) / totals['read']:.4%}; as sorting gives: {is_exact}")
            print(f"  the same bytes with 1 and 3 workers: {runs[1].checksum == runs[3].checksum}")
            for workers, one in runs.items():
                sent = f"{one.sent_bytes:,} bytes, {one.sent_bytes / totals['bytes_read']:.3%} of the text"
                print(f"  {workers} workers: {one.seconds:.1f} s, {one.cpu_seconds:.1f} s of CPU; sent {sent}")
            begun = time.process_time()
            told = retune(str(folder / f"{len(by)}-1"), {"select.keep_fraction": 0.25})
            print(
                f"  retune to 0.25: {told.kept_after.documents:,} kept, {told.cannot_know} unknown, "
                f"{time.process_time() - begun:.1f} s of CPU"
            )


if __name__ == "__main__":
    main()
