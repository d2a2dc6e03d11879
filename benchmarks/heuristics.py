"""Four heuristic rule sets beside datatrove's on the same documents: CPU speed and verdicts.

``python benchmarks/heuristics.py DOCUMENTS.jsonl --peer-python PEER/bin/python``, where PEER is an environment with
``pip install "datatrove[processing]==0.10.0" spacy``; datatrove runs as installed there, in a process of its own, with
spaCy's English words.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from textmill import C4Lines, C4Quality, FineWebQuality, GopherQuality, GopherRepetition
from textmill.filters.batch import make_batch, replace_text
from textmill.filters.step import Cleaner, Filter

PEER = """
import json, sys, time
from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter, FineWebQualityFilter, GopherQualityFilter, GopherRepetitionFilter,
)
texts = json.load(open(sys.argv[1]))
filters = {
    "gopher_quality": GopherQualityFilter(),
    "gopher_repetition": GopherRepetitionFilter(),
    "c4": C4QualityFilter(filter_no_terminal_punct=False),
    "fineweb": FineWebQualityFilter(),
}
results = {}
for name, one in filters.items():
    one.filter(Document(text=texts[0], id="warm"))
    verdicts, begun = [], time.process_time()
    for number, text in enumerate(texts):
        try:
            verdict = one.filter(Document(text=text, id=str(number)))
        except ZeroDivisionError:
            verdict = (False, "ZeroDivisionError")
        verdicts.append(None if verdict is True else verdict[1] if isinstance(verdict, tuple) else "removed")
    results[name] = {"seconds": time.process_time() - begun, "verdicts": verdicts}
begun = time.process_time()
for number, text in enumerate(texts):  # as its pipelines do, where a document's words are split once for all filters
    document = Document(text=text, id=str(number))
    for one in filters.values():
        try:
            one.filter(document)
        except ZeroDivisionError:
            pass
results["all"] = {"seconds": time.process_time() - begun}
json.dump(results, open(sys.argv[2], "w"))
"""

OURS: dict[str, list[Filter | Cleaner]] = {
    "gopher_quality": [GopherQuality()],
    "gopher_repetition": [GopherRepetition()],
    "c4": [C4Lines(end_punctuation=False, min_words_per_line=3), C4Quality(min_sentences=5)],
    "fineweb": [FineWebQuality()],
}

SAME_WORDS: dict[str, list[Filter | Cleaner]] = {"gopher_quality": [GopherQuality(words="uax29")]}
"""The rule set of which the verdicts depend most on what a word is, with marks as words of their own."""


CAUSES = (
    ("ZeroDivisionError", "theirs fails on a text without words"),
    ("theirs empty", "a text without lines is left to the rules of length"),
    ("theirs top_", "their most frequent n-gram may occur once"),
    ("alpha", "marks are words of their own in theirs"),
    ("sentences", "sentences are split otherwise"),
)
"""Why verdicts differ, by what stands in the pair of rules; where nothing does, words are split otherwise."""


def judge(steps: Sequence[Filter | Cleaner], batch: pa.RecordBatch) -> tuple[float, list[str | None]]:
    """CPU seconds, and the first rule that removes each document, of a rule set alone, its caches cold."""
    text = pa.array(batch["text"].to_pylist(), pa.large_string())  # a new array, which no cache knows
    batch = replace_text(batch, text)
    begun = time.process_time()
    first = np.full(batch.num_rows, None, dtype=object)
    for step in steps:
        if isinstance(step, Cleaner):
            cleaned, _ = step.clean(batch)
            batch = replace_text(batch, cleaned)
            continue
        measured = step.measure(batch)
        for rule in step.rules:
            failed = rule.fails(measured[rule.measurement]) & np.equal(first, None).astype(bool)
            first[failed] = rule.name
    return time.process_time() - begun, list(first)


def run_peer(python: str, texts: list[str]) -> dict[str, Any]:
    """Datatrove's seconds and verdicts."""
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "texts.json"), Path(folder, "result.json")
        given.write_text(json.dumps(texts), encoding="utf-8")
        subprocess.run([python, "-W", "ignore", "-c", PEER, str(given), str(result)], check=True)
        found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
        return found


def compare(ours: list[str | None], theirs: list[str | None]) -> tuple[float, Counter[str]]:
    """Share of equal verdicts, and which rules stood against each other in the others."""
    different = Counter(
        _with_cause(f"ours {mine or 'keeps'}, theirs {other or 'keeps'}")
        for mine, other in zip(ours, theirs, strict=True)
        if (mine is None) != (other is None)
    )
    return 1 - different.total() / len(ours), different


def _with_cause(pair: str) -> str:
    return f"{pair}: {next((cause for part, cause in CAUSES if part in pair), 'words are split otherwise')}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, help="JSON lines with a field 'text'")
    parser.add_argument("--peer-python", required=True, help="Python of an environment with datatrove")
    parser.add_argument("--megabytes", type=float, default=3, help="how much text both get")
    given = parser.parse_args()
    texts: list[str] = []
    with given.documents.open(encoding="utf-8") as lines:
        every = [json.loads(line)["text"] for line in lines]
    step = max(1, round(sum(map(len, every)) / given.megabytes / 1e6))
    texts = every[::step]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    batch = make_batch(texts)
    print(f"{len(texts)} documents, {megabytes:.1f} MB; CPU seconds of one process each")
    theirs = run_peer(given.peer_python, texts)
    for name, steps in OURS.items():
        judge(steps, batch.slice(0, 8))  # compile
        seconds, verdicts = judge(steps, batch)
        peer = theirs[name]
        equal, different = compare(verdicts, peer["verdicts"])
        print(
            f"{name:18} ours {megabytes / seconds:7.1f} MB/s, datatrove {megabytes / peer['seconds']:6.3f} MB/s, "
            f"{peer['seconds'] / seconds:6.0f} times; equal verdicts {equal:.1%}"
        )
        for what, count in different.most_common(6):
            print(f"    {count:4} {what}")
        if name in SAME_WORDS:
            equal, different = compare(judge(SAME_WORDS[name], batch)[1], peer["verdicts"])
            print(f"    with words='uax29', where marks are words as in datatrove: equal verdicts {equal:.1%}")
            for what, count in different.most_common(4):
                print(f"    {count:4} {what}")
    seconds, _ = judge([step for steps in OURS.values() for step in steps], batch)
    peer_seconds = theirs["all"]["seconds"]
    print(
        f"{'all four in a row':18} ours {megabytes / seconds:7.1f} MB/s, "
        f"datatrove {megabytes / peer_seconds:6.3f} MB/s, {peer_seconds / seconds:6.0f} times"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
