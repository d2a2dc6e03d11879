"""How fast ScrubPII reads texts, as text and as code.

    python benchmarks/pii_speed.py FILE...

Files are JSON lines with "text", or texts. CPU time of ``clean`` in one process, the best of five, for all documents of
a file at once and for those alone in which nothing is found.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import pyarrow as pa

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII


def megabytes_per_second(batch: pa.RecordBatch) -> float:
    step = ScrubPII()
    step.clean(batch)
    times = []
    for _ in range(5):
        begun = time.process_time()
        step.clean(batch)
        times.append(time.process_time() - begun)
    return float(sum(len(text.encode()) for text in batch["text"].to_pylist()) / 1e6 / min(times))


def as_kind(batch: pa.RecordBatch, kind: str) -> pa.RecordBatch:
    return batch.set_column(batch.schema.names.index("kind"), "kind", pa.array([kind] * batch.num_rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    for path in parser.parse_args().files:
        content = path.read_text(encoding="utf-8", errors="replace")
        texts = [json.loads(line)["text"] for line in content.splitlines()] if path.suffix == ".jsonl" else [content]
        every = make_batch(texts)
        found = ScrubPII().find(every)
        nothing = make_batch([text for row, text in enumerate(texts) if row not in found])
        replaced = sum(map(len, found.values()))
        print(f"{path.name}: {len(texts)} documents, {every['text'].nbytes / 1e6:.1f} MB, {replaced} replaced; MB/s")
        for kind in ("text", "code"):
            speeds = f"all {megabytes_per_second(as_kind(every, kind)):6.1f}"
            if nothing.num_rows:
                speeds += f", without findings {megabytes_per_second(as_kind(nothing, kind)):6.1f}"
            print(f"  as {kind}: {speeds}")


if __name__ == "__main__":
    main()
