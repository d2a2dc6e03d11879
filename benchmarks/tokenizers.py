"""Our tokenize step beside tiktoken, on the same documents in one run, with equal ids asserted.

    python benchmarks/tokenizers.py [FILE_OR_FOLDER …] [--tokenizer cl100k|o200k] [--megabytes 20]

Files of text (.html, .md, .py, .rst, .txt) are one document each, lines of .jsonl too. Without any, the sources of
Python's standard library are taken. Both sides see every document once, on one thread; what is loaded
before are vocabularies and machine code.
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import sysconfig
import time
from collections.abc import Iterable, Iterator
from importlib.metadata import distribution
from pathlib import Path

import pyarrow as pa
import tiktoken

from textmill import Tokenize
from textmill.pipeline.steps.tokenizing import BUILT_IN, PATTERNS

BATCH_BYTES = 8_000_000
TEXT_SUFFIXES = (".html", ".jsonl", ".md", ".py", ".rst", ".txt")


def texts(paths: Iterable[Path], limit_bytes: int) -> Iterator[str]:
    """Documents until there are enough bytes of them."""
    left = limit_bytes
    for root in paths:
        for path in (
            sorted(item for item in root.rglob("*") if item.suffix in TEXT_SUFFIXES) if root.is_dir() else [root]
        ):
            content = path.read_text(encoding="utf-8", errors="replace")
            found = (
                [json.loads(line)["text"] for line in content.splitlines()] if path.suffix == ".jsonl" else [content]
            )
            for text in found:
                yield text
                left -= len(text.encode())
                if left <= 0:
                    return


def batches(documents: Iterable[str]) -> Iterator[pa.Array]:
    """Columns as the pipeline has them."""
    waiting: list[str] = []
    held = 0
    for text in documents:
        waiting.append(text)
        held += len(text)
        if held >= BATCH_BYTES or len(waiting) >= 1000:
            yield pa.array(waiting, pa.large_string())
            waiting, held = [], 0
    if waiting:
        yield pa.array(waiting, pa.large_string())


def peer(name: str) -> tiktoken.Encoding:
    """tiktoken with the published vocabulary, from a package instead of the network."""
    path = distribution("bpe-openai").locate_file(f"bpe_openai/data/{name}_base.tiktoken.gz")
    pairs = (line.split() for line in gzip.decompress(Path(str(path)).read_bytes()).splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding(name, pat_str=PATTERNS[name], mergeable_ranks=ranks, special_tokens={})


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare the tokenize step with tiktoken.")
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--tokenizer", choices=BUILT_IN, action="append")
    parser.add_argument("--megabytes", type=float, default=20)
    given = parser.parse_args()
    documents = list(texts(given.paths or [Path(sysconfig.get_paths()["stdlib"])], int(given.megabytes * 1e6)))
    columns = list(batches(documents))
    megabytes = sum(len(text.encode()) for text in documents) / 1e6
    print(f"{len(documents):,} documents, {megabytes:.1f} MB")
    for name in given.tokenizer or BUILT_IN:
        step, other = Tokenize(name), peer(name)
        step.setup()
        step.encode(pa.array(["one"], pa.large_string()))  # loads machine code, or compiles it
        started = time.perf_counter()
        theirs = [other.encode_ordinary(text) for text in documents]
        their_seconds = time.perf_counter() - started
        started = time.perf_counter()
        ours = [step.encode(column) for column in columns]
        our_seconds = time.perf_counter() - started
        found = [ids for column in ours for ids in column.to_pylist()]
        assert found == theirs, "the ids differ"
        print(
            f"{name}: textmill {megabytes / our_seconds:.1f} MB/s, tiktoken {megabytes / their_seconds:.1f} MB/s, "
            f"ratio {their_seconds / our_seconds:.2f}, equal ids of {sum(map(len, found)):,} tokens"
        )


if __name__ == "__main__":
    main()
