"""What grouping and clustering of MinHash signatures costs as the corpus grows: time, memory, bytes between workers.

``python benchmarks/dedup_scale.py --documents 1e6`` and ``--documents 1e7``. Signatures are synthetic: every value is a
hash of the document and the position, and a fifth of the documents are copies of earlier ones, of which a value is
shared with a chance from 0.5 to 1. So no text is read or hashed; everything from band keys to the list of documents to
remove is what a run does in the exchange between two passes, one worker doing it all. ``--components distributed``
joins clusters in rounds of stars. Peak memory is that of the process with all messages of a round in memory at once.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from textmill import MinHashDedup, Recipe
from textmill.dedup.base.step import Keys
from textmill.dedup.documents.signatures import band_keys
from textmill.dedup.documents.verification import sketches
from textmill.dedup.packed.packing import pack, partition, verified_key_bits
from textmill.filters.kernels.machine.buffers import UInt32Matrix
from textmill.filters.kernels.machine.kernel import inner, kernel
from textmill.pipeline.exchange import take_rounds
from textmill.pipeline.exchange.clusters import ClusterExchange
from textmill.pipeline.exchange.surviving import REMOVAL
from textmill.pipeline.exchange.verifying import SKETCH
from textmill.pipeline.run.run import COMPONENT_ROUNDS

SPLIT_DOCUMENTS = 20_000
BATCH_DOCUMENTS = 1_000


@inner
def hashed(value: int) -> np.uint64:
    mixed = np.uint64(value) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@kernel
def write_signatures(first: int, values: UInt32Matrix) -> None:
    """Signatures of documents by number, from the first on; one in five takes most values of an earlier document."""
    for index in range(len(values)):
        document = first + index
        chance = hashed(document * 2 + 1)
        original, shared = document, 0
        if chance % np.uint64(5) == 0 and document:
            original = int((chance >> np.uint64(8)) % np.uint64(document))
            shared = 512 + int((chance >> np.uint64(3)) % np.uint64(513))
        for column in range(values.shape[1]):
            own = hashed(document * 1024 + column)
            source = original if int(own % np.uint64(1024)) < shared else document
            values[index, column] = hashed(source * 1024 + column) >> np.uint64(32)


def stage(path: Path, first: int, values: npt.NDArray[np.uint32]) -> None:
    """A staged split, as far as the exchange reads it."""
    ids = pa.array([f"{first + index:032x}" for index in range(len(values))])
    low = sketches(values)
    sketch = pa.Array.from_buffers(pa.binary(low.shape[1]), len(low), [None, pa.py_buffer(low)])
    table = pa.table({"doc_id": ids, SKETCH: sketch})
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=BATCH_DOCUMENTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=float, default=1e6)
    parser.add_argument("--partitions", type=int, default=64)
    parser.add_argument("--components", choices=["single", "distributed"], default="single")
    given = parser.parse_args()
    count = int(given.documents)
    step = MinHashDedup()
    rounds = COMPONENT_ROUNDS if given.components == "distributed" else 0
    planned = Recipe("scale", [step]).plan.passes[0].deduplicator
    assert planned is not None
    exchange = ClusterExchange(planned, partitions=given.partitions, component_rounds=rounds)
    sent: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="textmill-scale-") as folder:
        paths: list[str | None] = []
        messages: list[tuple[int, bytes]] = []
        key_bits = verified_key_bits(-(-count // SPLIT_DOCUMENTS))
        begun = time.process_time()
        for split, first in enumerate(range(0, count, SPLIT_DOCUMENTS)):
            values = np.empty((min(SPLIT_DOCUMENTS, count - first), step.bands * step.rows), dtype=np.uint32)
            write_signatures(first, values)
            path = Path(folder, f"{split}.arrow")
            stage(path, first, values)
            paths.append(str(path))
            words = band_keys(values, np.zeros(len(values), dtype=np.uint64), step.bands, step.rows)
            rows = np.arange(len(values), dtype=np.uint64) | np.uint64(split << 32)
            keys = Keys(words.reshape(-1, 1), np.repeat(np.arange(len(values)), step.bands))
            messages.extend(partition(pack(keys, rows), given.partitions, key_bits=key_bits).items())
        prepared = time.process_time() - begun

        def observe(receiver: str, message_bytes: int) -> None:
            if not sent[receiver]:
                print(f"  {time.process_time() - begun - prepared:7.1f} s CPU, to: {receiver}", flush=True)
            sent[receiver] += message_bytes

        wall = time.perf_counter()
        handed = iter(messages)
        del messages
        decided = take_rounds(exchange.rounds, handed, paths, observe)
        cpu, wall = time.process_time() - begun - prepared, time.perf_counter() - wall
    removed = sum(len(packed) for group in decided.values() for packed in group) // REMOVAL.itemsize
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{count:,} documents, {given.partitions} partitions, {given.components} components")
    print(f"signatures, keys and staging {prepared:.1f} s CPU; grouping and clustering {cpu:.1f} s CPU, {wall:.1f} s")
    print(f"peak memory {peak:.2f} GB, {removed:,} documents to remove")
    total = sum(sent.values())
    for receiver, received in sent.items():
        print(f"  {received / count:7.1f} bytes a document to: {receiver}")
    print(f"  {total / count:7.1f} bytes a document in all, {total / count / 3000:.1%} of texts of 3,000 bytes")


if __name__ == "__main__":
    main()
