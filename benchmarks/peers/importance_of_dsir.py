"""DSIR's log weights of the raw texts; run by ``importance.py`` with the peer's Python.

With a file of hashes of words, these and textmill's way from hashes to buckets take the place of DSIR's.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from data_selection import hashed_ngram_dsir as dsir

ALL = (1 << 64) - 1
FIRST, SECOND = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53


def mix(value):
    value = ((value ^ value >> 32) * FIRST) & ALL
    value = ((value ^ value >> 29) * SECOND) & ALL
    return value ^ value >> 32


def as_textmill(hashes):
    def hash_buckets(text, num_buckets=10_000):
        one, _, other = text.partition(" ")
        hashed = hashes[one] if not other else mix((hashes[one] * FIRST + hashes[other]) & ALL)
        return (hashed >> 32) * num_buckets >> 32

    return hash_buckets


folder = Path(sys.argv[1])
given = json.loads((folder / "given.json").read_text(encoding="utf-8"))
if len(sys.argv) > 2:
    dsir.hash_buckets = as_textmill(json.loads((folder / sys.argv[2]).read_text(encoding="utf-8")))


def counts(texts):
    total = np.zeros(10_000, dtype=int)
    for text in texts:
        dsir.get_ngram_counts(text, counts=total)
    return total / total.sum()


peer = dsir.HashedNgramDSIR([], [], cache_dir=str(folder))
peer.log_diff = np.log(counts(given["target"]) + 1e-8) - np.log(counts(given["raw"]) + 1e-8)
begun = time.process_time()
weights = [float(peer.importance_estimator(peer.featurizer(text))) for text in given["raw"]]
seconds = time.process_time() - begun
words = sorted({word for side in given.values() for text in side for word in peer.tokenizer(text.lower())})
(folder / "found.json").write_text(
    json.dumps({"weights": weights, "seconds": seconds, "words": words}), encoding="utf-8"
)
