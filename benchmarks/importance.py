"""Importance beside DSIR's own code: the same weights, and how fast.

Run with two folders or files, the target and the raw corpus, as ``textmill train importance`` takes them, and a Python
that has ``data-selection``::

    python benchmarks/importance.py TARGET RAW [--peer PYTHON] [--megabytes 20]

Both learn from the same texts. Weights are compared in two ways: with the hash that each has, by rank, and with one for
both, where they should be equal for what is written in ASCII.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textmill.filters.base.batch import make_batch
from textmill.filters.importance import Importance
from textmill.filters.kernels.machine.hashing import hashes_of
from textmill.filters.kernels.models.importance import count_ngrams
from textmill.filters.models.importance_model import log_ratios, write_ratios
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.training.sample import draw_sample
from textmill.pipeline.training.sources import parse_sources

PEER = Path(__file__).parent / "peers" / "importance_of_dsir.py"
BUCKETS = 10_000


def texts_of(path: str, megabytes: float) -> list[str]:
    sample = draw_sample(parse_sources([path]), megabytes, InputOptions(), salt="importance")
    return sample.texts["text"].to_pylist()


def ranks(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable")


def weigh(
    target: list[str], raw: list[str], folder: Path
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], float]:
    """The log ratio of each raw text, and how many MB the step measures in a second of CPU."""
    counts = [np.zeros(BUCKETS, dtype=np.int64) for _ in range(2)]
    for texts, count in zip((target, raw), counts, strict=True):
        count_ngrams(pa.array(texts, pa.large_string()), count)
    model = folder / f"importance.{len(raw)}.bin"
    write_ratios(model, log_ratios(*counts))
    step = Importance(model=str(model), min_words=None)
    batch = make_batch(raw)
    step.measure(batch.slice(0, 1))
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        found = step.measure(batch)
        seconds.append(time.process_time() - begun)
    return np.asarray(found["importance.log_weight"]), sum(len(text.encode()) for text in raw) / 1e6 / min(seconds)


def ask_peer(python: str, target: list[str], raw: list[str], folder: Path, *hashes: str) -> dict[str, Any]:
    """What the script of the peer finds."""
    (folder / "given.json").write_text(json.dumps({"target": target, "raw": raw}), encoding="utf-8")
    subprocess.run([python, "-W", "ignore", str(PEER), str(folder), *hashes], check=True)
    found: dict[str, Any] = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("target")
    parser.add_argument("raw")
    parser.add_argument("--peer", help="a Python that has data-selection")
    parser.add_argument("--megabytes", type=float, default=20, help="of each corpus")
    options = parser.parse_args()
    target, raw = (texts_of(path, options.megabytes) for path in (options.target, options.raw))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, speed = weigh(target, raw, folder)
        print(f"textmill: {len(raw):,} texts, {speed:.0f} MB/s")
        if options.peer is None:
            return
        theirs = ask_peer(options.peer, target, raw, folder)
        print(f"data-selection: {sum(len(text.encode()) for text in raw) / 1e6 / theirs['seconds']:.2f} MB/s")
        same_rank = np.corrcoef(ranks(ours), ranks(np.array(theirs["weights"])))[0, 1]
        print(f"each with its own hash: Spearman {same_rank:.4f}")
        target, raw = ([text for text in texts if text.isascii()] for texts in (target, raw))
        ours, _ = weigh(target, raw, folder)
        hashes = dict(zip(theirs["words"], hashes_of([one.encode() for one in theirs["words"]]).tolist(), strict=True))
        (folder / "hashes.json").write_text(json.dumps(hashes), encoding="utf-8")
        theirs = ask_peer(options.peer, target, raw, folder, "hashes.json")
        apart = np.abs(ours - np.array(theirs["weights"]))
        print(f"with one hash for both: largest difference {apart.max():.1e} in {len(raw):,} texts in ASCII")


if __name__ == "__main__":
    main()
