"""A whole near-duplicate removal beside datatrove's four stages and text-dedup, on the same file in one run.

``python benchmarks/dedup.py TEXT.jsonl --megabytes 1000 --datatrove-python PEER/bin/python --text-dedup-python
PEER/bin/python``. The corpus is the texts of the file, then planted copies of them until the size is reached: a quarter
exact, the others with one word in 50 replaced. All use 14 bands of 8 rows over word 5-grams and one process, read JSONL
and write what is kept: ours with candidates verified, as Parquet with ledger, manifest and checksums. CPU seconds
include start-up. Then the bytes that travel between workers are counted, as a share of the text;
``--verify containment`` (or ``jaccard``) does all this with another verification.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.parquet as pq
from dedup_peers import Outcome, by_datatrove, by_text_dedup, measured

from textmill import MinHashDedup, Recipe
from textmill.dedup.documents.verification import Verification
from textmill.filters.base.batch import make_batch
from textmill.pipeline.exchange import exchange_after, take_rounds
from textmill.pipeline.input.inputs import find_inputs
from textmill.pipeline.input.splits import cut_splits
from textmill.pipeline.job.job import Job
from textmill.pipeline.job.progress import ProgressWriter
from textmill.pipeline.passes.passes import first_pass

RECIPE = "name: dedup\nsteps:\n  - minhash_dedup: {{verify: {verify}}}\n"


def corpus(source: Path, size: int) -> Iterator[str]:
    """Texts of the file for 70 % of the size, then planted copies."""
    originals: list[str] = []
    written = 0
    for line in source.open(encoding="utf-8"):
        text = json.loads(line)["text"]
        if text.strip():
            originals.append(text)
            written += len(text.encode())
            yield text
        if written > size * 0.7:
            break
    draw = random.Random(0)
    while written < size:
        text = draw.choice(originals)
        if draw.random() > 0.25:
            words = text.split(" ")
            for position in draw.sample(range(len(words)), len(words) // 50):
                words[position] = draw.choice(words)
            text = " ".join(words)
        written += len(text.encode())
        yield text


def by_textmill(source: Path, work: Path, verify: Verification) -> Outcome:
    """The command, as a user runs it."""
    work.mkdir()
    (work / "recipe.yaml").write_text(RECIPE.format(verify=verify))
    command = [str(Path(sys.executable).with_name("textmill")), "run", "recipe.yaml", str(source)]
    seconds = measured([*command, "--output", "out", "--workers", "1", "--quiet"], work)
    kept: set[str] = set()
    for path in (work / "out" / "shards").glob("*"):
        kept.update(str(json.loads(one)["id"]) for one in pq.read_table(path)["metadata"].to_pylist())
    return Outcome(frozenset(kept), seconds)


def travelling(source: Path, work: Path, verify: Verification) -> Counter[str]:
    """Bytes that each round of the exchange receives in a run of one process."""
    job = Job(recipe=Recipe("dedup", [MinHashDedup(verify=verify)]), inputs=(str(source),), output=str(work))
    splits = cut_splits(find_inputs(job.inputs), job.reading)
    results = [first_pass(job, split, len(splits), ProgressWriter(None)) for split in splits]
    exchange = exchange_after(job, 0)
    assert exchange is not None
    sent: Counter[str] = Counter()
    messages = (message for result in results for message in result.messages.items())
    paths = [one.staged.path for one in results]
    take_rounds(exchange.rounds, messages, paths, lambda to, size: sent.update({to: size}))
    return sent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("input", type=Path, help="JSONL with a text field")
    parser.add_argument("--megabytes", type=float, default=100)
    parser.add_argument("--verify", choices=get_args(Verification), default="signature", help="how ours verifies")
    parser.add_argument("--text-dedup-python")
    parser.add_argument("--datatrove-python")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="textmill-dedup-") as name:
        work = Path(name)
        source = work / "documents.jsonl"
        documents = text_bytes = 0
        sample: list[str] = []
        with source.open("w", encoding="utf-8") as sink:
            for text in corpus(given.input, int(given.megabytes * 1e6)):
                sink.write(json.dumps({"id": str(documents), "text": text}) + "\n")
                documents += 1
                text_bytes += len(text.encode())
                if text_bytes < 20e6:
                    sample.append(text)
        print(f"{documents:,} documents, {text_bytes / 1e6:.0f} MB of text")
        batches = [make_batch(sample[start : start + 1000]) for start in range(0, len(sample), 1000)]
        step = MinHashDedup(verify=given.verify)
        step.keys_and_sketches(batches[0].slice(0, 10))
        begun = time.process_time()
        for batch in batches:
            step.keys_and_sketches(batch)
        seconds = time.process_time() - begun
        size = sum(int(pa.compute.sum(pa.compute.binary_length(batch["text"])).as_py()) for batch in batches)
        key_speed = size / seconds
        print(f"ours, text to band keys: {key_speed / 1e6:.0f} MB/s of CPU")
        ours = by_textmill(source, work / "ours", given.verify)
        print(f"textmill:   {ours.cpu_seconds:8.1f} s CPU, {documents - len(ours.kept):,} removed", flush=True)
        for title, python, run in (
            ("text-dedup", given.text_dedup_python, by_text_dedup),
            ("datatrove", given.datatrove_python, by_datatrove),
        ):
            if python:
                theirs = run(python, source, work / title)
                print(
                    f"{title + ':':11} {theirs.cpu_seconds:8.1f} s CPU, {documents - len(theirs.kept):,} removed, "
                    f"{theirs.cpu_seconds / ours.cpu_seconds:.1f} times ours",
                    flush=True,
                )
                for stage, stage_seconds in theirs.stage_seconds.items():
                    print(f"  {stage}: {stage_seconds:.1f} s CPU", flush=True)
                if "signatures" in theirs.stage_seconds:
                    speed = text_bytes / theirs.stage_seconds["signatures"]
                    print(f"  signatures: {speed / 1e6:.2f} MB/s; ours are {key_speed / speed:.0f} times as fast")
        sent = travelling(source, work / "travelling", given.verify)
        for receiver, received in sent.items():
            print(f"  {received / text_bytes:8.3%} of the text to: {receiver}")
        total = sum(sent.values()) / text_bytes
        print(f"  {total:8.3%} of the text in all, with {text_bytes / documents:,.0f} bytes of text a document")


if __name__ == "__main__":
    main()
