"""MinHash signatures, ours beside datasketch's, on the same documents in one run.

``python benchmarks/minhash.py --input PATH`` where PATH is a JSONL file with a ``text`` field or a folder of HTML. Both
make 112 permutations of word 5-grams. datasketch is timed twice: from text as its documentation shows (words by
``split``, SHA-1), and given our shingle hashes ready made, which leaves it the permutations alone. In the second form
the signatures are asserted to be equal. All times are CPU seconds of one process, the best of three.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasketch import MinHash

from textmill.dedup import ExactDedup, MinHashDedup
from textmill.dedup.documents.clusters import link
from textmill.dedup.packed.packing import join_records, pack, partition
from textmill.filters.base.batch import make_batch

Result = TypeVar("Result")

BATCH_BYTES = 8_000_000
BATCH_DOCUMENTS = 1000
PUNCTUATION = re.compile(r"[\W_]+")
DIGITS = re.compile(r"\d")


def texts_of(path: Path) -> Iterator[str]:
    if path.is_file():
        with path.open(encoding="utf-8") as lines:
            yield from (json.loads(line)["text"] for line in lines)
        return
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    for page in sorted(path.rglob("*.htm*")):
        if page.is_file():
            content = page.read_bytes()
            yield extract_plain_text(bytes_to_str(content, detect_encoding(content)), main_content=True)


def batches_of(texts: Iterator[str], limit_bytes: int) -> list[pa.RecordBatch]:
    batches, current, current_bytes, total_bytes = [], [], 0, 0
    for text in texts:
        text_bytes = len(text.encode("utf-8", "replace"))
        current.append(text.encode("utf-8", "replace").decode())
        current_bytes, total_bytes = current_bytes + text_bytes, total_bytes + text_bytes
        if current_bytes >= BATCH_BYTES or len(current) == BATCH_DOCUMENTS:
            batches.append(make_batch(current))
            current, current_bytes = [], 0
        if total_bytes >= limit_bytes:
            break
    return [*batches, make_batch(current)] if current else batches


def timed(action: Callable[[], Result], *, repeats: int = 3) -> tuple[float, Result]:
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        result = action()
        best = min(best, time.process_time() - start)
    return best, result


def by_datasketch(text: str, scheme: str) -> MinHash:
    """The way datasketch's documentation shows, with the folding that a peer would write in Python."""
    words = PUNCTUATION.sub(" ", DIGITS.sub("0", text.lower())).split()
    signature = MinHash(num_perm=112, seed=1, scheme=scheme)
    count = max(len(words) - 4, 1) if words else 0
    signature.update_batch([" ".join(words[start : start + 5]).encode() for start in range(count)])
    return signature


def show(what: str, speed: float, *, ours: float | None = None) -> None:
    ratio = f"   ours from text is {ours / speed:.0f} times" if ours else ""
    print(f"  {what:<36}{speed:8.1f} MB/s{ratio}")


def text_bytes(batches: list[pa.RecordBatch]) -> int:
    return sum(pc.sum(pc.binary_length(batch["text"])).as_py() for batch in batches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, required=True, help="JSONL with a text field, or a folder of HTML")
    parser.add_argument("--megabytes", type=float, default=40, help="text to read at most")
    parser.add_argument("--peer-megabytes", type=float, default=4, help="of these, text that datasketch gets")
    arguments = parser.parse_args()
    batches = batches_of(texts_of(arguments.input), int(arguments.megabytes * 1e6))
    size = text_bytes(batches)
    print(f"{sum(batch.num_rows for batch in batches)} documents, {size / 1e6:.1f} MB of text")
    sample = batches_of((text for batch in batches for text in batch["text"].to_pylist()),
                        int(arguments.peer_megabytes * 1e6))  # fmt: skip
    sample_size = text_bytes(sample)

    for scheme in ("affine32", "legacy"):
        step = MinHashDedup(scheme=scheme)
        for batch in batches[:1]:  # compile
            step.keys(batch)
        shingle_time, _ = timed(lambda step=step: [step.shingles(batch).offsets for batch in batches])
        ours_time, _ = timed(lambda step=step: [step.signatures(batch) for batch in batches])
        key_time, keys = timed(lambda step=step: [step.keys(batch) for batch in batches])
        text_time, _ = timed(
            lambda scheme=scheme: [
                by_datasketch(text, scheme) for batch in sample for text in batch["text"].to_pylist()
            ],
            repeats=1,
        )
        found = [step.shingles(batch) for batch in sample]
        sets = [
            one.hashes[one.offsets[number] : one.offsets[number + 1]].tolist()
            for one in found
            for number in range(len(one.offsets) - 1)
        ]

        def ready_made(scheme: str = scheme, sets: list[list[int]] = sets) -> list[MinHash]:
            signatures = []
            for members in sets:
                signature = MinHash(num_perm=112, seed=1, scheme=scheme, hashfunc=int)
                if members:
                    signature.update_batch(members)
                signatures.append(signature)
            return signatures

        peer_time, peers = timed(ready_made, repeats=1)
        ours = np.concatenate([step.signatures(batch) for batch in sample])
        assert np.array_equal(ours, np.stack([peer.hashvalues for peer in peers])), "signatures differ"
        speed = size / ours_time / 1e6
        print(f"{scheme}: {len(peers)} signatures equal to datasketch's")
        show("ours, text to signatures", speed)
        show("ours, text to shingle hashes alone", size / shingle_time / 1e6)
        show("ours, text to band keys", size / key_time / 1e6)
        show("datasketch, text to signatures", sample_size / text_time / 1e6, ours=speed)
        show("datasketch, permutations alone", sample_size / peer_time / 1e6, ours=speed)
        first_rows = np.cumsum([0] + [batch.num_rows for batch in batches])
        packed = [
            partition(pack(key, np.arange(first, first + batch.num_rows, dtype=np.uint64)), 16)
            for key, batch, first in zip(keys, batches, first_rows, strict=False)
        ]
        travelling = sum(len(chunk) for parts in packed for chunk in parts.values())
        chunks = [chunk for parts in packed for chunk in parts.values()]
        link_time, forest = timed(lambda chunks=chunks: link(join_records(chunks)))
        print(f"  keys are {travelling / size:.2%} of the text, linked in {link_time:.2f} s")
        print(f"  {len(forest.rows)} documents are duplicates")

    exact = ExactDedup()
    exact.keys(batches[0])
    exact_time, _ = timed(lambda: [exact.keys(batch) for batch in batches])
    print(f"exact: text to keys {size / exact_time / 1e6:.1f} MB/s")


if __name__ == "__main__":
    main()
