"""Deduplication below the document: CPU time, bytes between the workers, and what is cut out, beside datatrove.

``python benchmarks/parts.py DOCUMENTS.jsonl [--peer-python PEER/bin/python]``. Every step runs alone over the file as
in ``textmill run``, one split after the other in this process. "Hashes" is the speed of its kernels over text in
memory; "runs" that of all: reading, hashing, staging, exchange, cutting, writing. The exchange is all that would travel
between workers, there and back. Into one document in ten a passage of 60 words of an earlier document is planted. Then
the same for what MinHash deduplication leaves of the documents, which is where these steps belong.

With PEER, an environment with ``pip install "datatrove[processing]==0.10.0" spacy``, datatrove's three stages of
sentence deduplication run over the first megabytes in a process of their own, with spaCy's English sentences; ours run
over the same ones.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from textmill import LineDedup, MinHashDedup, ParagraphDedup, Recipe, SentenceDedup, SubstringDedup, where
from textmill.dedup import Deduplicator, PartDeduplicator
from textmill.dedup.parts.pieces import cut_words
from textmill.filters.base.batch import make_batch
from textmill.filters.base.step import Filter
from textmill.pipeline.exchange import exchange_after
from textmill.pipeline.files.staging import read_staged
from textmill.pipeline.input.inputs import InputOptions, find_inputs
from textmill.pipeline.input.splits import cut_splits
from textmill.pipeline.job.job import Job
from textmill.pipeline.job.progress import ProgressWriter
from textmill.pipeline.job.results import PassResult
from textmill.pipeline.passes.passes import first_pass, later_pass

PLANTED_WORDS = 60

PEER = """
import json, sys, tempfile, time
from datatrove.data import Document
from datatrove.pipeline.dedup.sentence_dedup import (
    SentDedupConfig, SentenceDedupFilter, SentenceDedupSignature, SentenceFindDedups,
)
texts = json.load(open(sys.argv[1]))
documents = [Document(text=text, id=str(number)) for number, text in enumerate(texts)]
config = SentDedupConfig(min_doc_words=0, min_num_sentences=0)
folder = tempfile.mkdtemp()
begun = time.process_time()
SentenceDedupSignature(folder + "/sigs", config=config).run(iter(documents))
SentenceFindDedups(folder + "/sigs", folder + "/dups", config=config).run()
left = {one.id: one.text for one in SentenceDedupFilter(folder + "/dups", config=config).run(iter(documents))}
seconds = time.process_time() - begun
json.dump([seconds, [left.get(str(number), "") for number in range(len(texts))]], open(sys.argv[2], "w"))
"""


class Outcome(NamedTuple):
    """One run."""

    seconds: float
    exchanged_bytes: int
    texts: dict[str, str]
    """What is left of each document, by its URL."""


def run(step: Deduplicator | Filter, path: Path) -> Outcome:
    """Take a file through a recipe of one step, counting what is exchanged."""
    begun = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        job = Job(recipe=Recipe("r", [step]), inputs=(str(path),), output=folder, reading=InputOptions())
        progress = ProgressWriter(None)
        splits = cut_splits(find_inputs(job.inputs), job.reading)
        results = [first_pass(job, split, len(splits), progress) for split in splits]
        exchanged = 0
        for number in range(1, job.last_pass + 1):
            messages, count = exchange(job, number - 1, results)
            exchanged += count
            results = [later_pass(job, number, r.staged, messages.get(i, []), progress) for i, r in enumerate(results)]
        seconds = time.process_time() - begun
        texts = {
            row["url"]: row["text"]
            for result in results
            if result.piece
            for batch in read_staged(result.piece.path)
            for row in batch.select(["url", "text"]).to_pylist()
        }
    return Outcome(seconds, exchanged, texts)


def exchange(job: Job, number: int, results: list[PassResult]) -> tuple[dict[int, list[bytes]], int]:
    """All rounds of an exchange, and the bytes of all messages."""
    exchange = exchange_after(job, number)
    assert exchange is not None
    messages = grouped(message for result in results for message in result.messages.items())
    count = sum(len(packed) for chunks in messages.values() for packed in chunks)
    for one in exchange.rounds:
        messages = grouped(
            message
            for group, packed in sorted(messages.items())
            for message in one.work(group, packed, results[group].staged.path if one.at_splits else None)
        )
        count += sum(len(packed) for chunks in messages.values() for packed in chunks)
    return messages, count


def grouped(messages: Iterable[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for number, packed in messages:
        found.setdefault(number, []).append(packed)
    return found


def plant(texts: list[str]) -> dict[str, str]:
    """Add a passage of an earlier document to one in ten; returns what was planted, by URL."""
    planted = {}
    for number in range(10, len(texts), 10):
        words = texts[number - 7].split()
        passage = " ".join(words[len(words) // 2 :][:PLANTED_WORDS])
        # Marks that stand alone are no words, so a passage of code may have too few.
        if len(cut_words(pa.array([passage], pa.large_string())).hashes) >= SubstringDedup().min_words:
            texts[number] = f"{texts[number]}\n\nQuoted without marks: {passage}"
            planted[str(number)] = passage
    return planted


def write(path: Path, texts: list[str]) -> Path:
    with path.open("w", encoding="utf-8") as sink:
        for number, text in enumerate(texts):
            sink.write(json.dumps({"text": text, "url": str(number)}) + "\n")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, help="JSON lines with a field 'text'")
    parser.add_argument("--peer-python", help="Python of an environment with datatrove")
    parser.add_argument("--megabytes", type=float, default=200, help="how much text is read")
    parser.add_argument("--peer-megabytes", type=float, default=3, help="how much of it the peer gets")
    given = parser.parse_args()
    texts: list[str] = []
    size = 0
    with given.documents.open(encoding="utf-8") as lines:
        for line in lines:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size > given.megabytes * 1e6:
                break
    planted = plant(texts)
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder, "all.jsonl"), texts)
        few = write(Path(folder, "few.jsonl"), texts[:50])
        steps = (LineDedup(), ParagraphDedup(), SentenceDedup(), SubstringDedup(every=10), SubstringDedup())
        for step in (*steps, where(len, minimum=0)):
            run(step, few)  # compile
        found = measure("all documents", steps, path, texts)
        cut = sum(
            " ".join(passage.split()[20:40]) not in found.texts.get(url, "").rpartition("Quoted without marks:")[2]
            for url, passage in planted.items()
        )
        print(f"substring_dedup cut out {cut} of {len(planted)} planted runs of {PLANTED_WORDS} words")
        kept = run(MinHashDedup(), path).texts
        measure(
            "what minhash_dedup keeps", steps, write(Path(folder, "kept.jsonl"), list(kept.values())), kept.values()
        )
        if given.peer_python:
            compare(given, texts, Path(folder))
    return 0


def measure(what: str, steps: Iterable[PartDeduplicator], path: Path, texts: Collection[str]) -> Outcome:
    """Run every step over a file; returns what the last one has left."""
    idle = run(LineDedup(min_chars=10**9), path)  # two passes, no line long enough to be compared
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    batch = make_batch(list(texts))
    print(f"{what}: {len(texts)}, {megabytes:.0f} MB; CPU time of reading, staging, writing {idle.seconds:.1f} s")
    for step in steps:
        begun = time.process_time()
        step.keys(batch)
        hashing = time.process_time() - begun
        found = run(step, path)
        left = sum(len(text.encode()) for text in found.texts.values()) / 1e6
        name = f"{step.name}, every=10" if getattr(step, "every", 1) == 10 else step.name
        print(
            f"  {name:26} hashes {megabytes / hashing:4.0f} MB/s, runs {megabytes / found.seconds:3.0f} MB/s, "
            f"exchanges {found.exchanged_bytes / megabytes / 1e6:6.1%} of the text bytes, "
            f"cuts out {1 - left / megabytes:5.1%}"
        )
    return found


def compare(given: argparse.Namespace, texts: list[str], folder: Path) -> None:
    """Sentence deduplication of both on the first documents."""
    sizes = [len(text.encode()) for text in texts]
    count = next((n for n in range(len(sizes)) if sum(sizes[:n]) > given.peer_megabytes * 1e6), len(sizes))
    few = write(folder / "peer.jsonl", texts[:count])
    question, answer = folder / "texts.json", folder / "result.json"
    question.write_text(json.dumps(texts[:count]), encoding="utf-8")
    subprocess.run(
        [given.peer_python, "-W", "ignore", "-c", PEER, str(question), str(answer)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    seconds, left = json.loads(answer.read_text(encoding="utf-8"))
    mine = run(SentenceDedup(), few)
    total = sum(sizes[:count])
    for name, took, rest in (
        ("ours", mine.seconds, list(mine.texts.values())),
        ("datatrove", seconds, left),
    ):
        cut = 1 - sum(len(text.encode()) for text in rest) / total
        print(f"sentence spans, {name:9} {total / 1e6 / took:7.2f} MB/s of {total / 1e6:.1f} MB, {cut:.2%} cut out")
    print(f"datatrove takes {seconds / mine.seconds:.0f} times our CPU time (ours with reading and writing)")


if __name__ == "__main__":
    sys.exit(main())
