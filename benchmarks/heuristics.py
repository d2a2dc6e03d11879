"""The Gopher, C4 and FineWeb rules beside datatrove's and Dolma's on the same documents: text of a second of CPU time.

``python benchmarks/heuristics.py DOCUMENTS.jsonl --datatrove-python PEER/bin/python --dolma-python PEER/bin/python``,
where the environments have ``pip install "datatrove[processing]" spacy`` and ``pip install dolma``. Each runs in a
process of its own: datatrove's four filters as installed, with spaCy's English words, Dolma's taggers gopher_v2 and
c4_v2, which measure no FineWeb rules. How far their verdicts agree with ours is what ``conformance.py`` tells.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from textmill import C4Lines, C4Quality, FineWebQuality, GopherQuality, GopherRepetition
from textmill.filters.base.batch import make_batch, replace_text
from textmill.filters.base.step import Cleaner, Filter

HERE = Path(__file__).parent
BATCH_BYTES = 8_000_000
REPEATS = 3

SETS: dict[str, Sequence[Filter | Cleaner]] = {
    "gopher_repetition": [GopherRepetition()],
    "gopher_quality": [GopherQuality()],
    "c4": [C4Lines(end_punctuation=False, min_words_per_line=3, count_citations=True), C4Quality(min_sentences=5)],
    "fineweb": [FineWebQuality()],
}
"""In the order of FineWeb."""


def batches(texts: Sequence[str]) -> list[pa.RecordBatch]:
    """The texts as the pipeline's readers batch them, in arrays that no cache knows."""
    made, begun, size = [], 0, 0
    for number, text in enumerate(texts):
        size += len(text.encode())
        if size >= BATCH_BYTES or number - begun == 999 or number + 1 == len(texts):
            made.append(make_batch(texts[begun : number + 1]))
            begun, size = number + 1, 0
    return made


def cpu_seconds(steps: Sequence[Filter | Cleaner], texts: Sequence[str]) -> float:
    """CPU time of all steps on all texts: measuring, judging by every rule, and cleaning."""
    made = batches(texts)
    begun = time.process_time()
    for batch in made:
        for step in steps:
            if isinstance(step, Cleaner):
                batch = replace_text(batch, step.clean(batch)[0])
                continue
            measured = step.measure(batch)
            for rule in step.rules:
                rule.fails(measured[rule.measurement])
    return time.process_time() - begun


def peer_seconds(name: str, python: str, texts: Sequence[str]) -> dict[str, float]:
    """CPU time of a peer's sets, by our names, and of all of them in a row."""
    with tempfile.TemporaryDirectory() as folder:
        given, result = Path(folder, "texts.json"), Path(folder, "result.json")
        given.write_text(json.dumps(texts), encoding="utf-8")
        script = HERE / "peers" / f"speed_of_{name}.py"
        subprocess.run([python, "-W", "ignore", str(script), str(given), str(result)], check=True, stdout=sys.stderr)
        found: dict[str, float] = json.loads(result.read_text(encoding="utf-8"))
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("documents", type=Path, help="JSON lines with a field 'text'")
    parser.add_argument("--datatrove-python", help="Python of an environment with datatrove and spaCy")
    parser.add_argument("--dolma-python", help="Python of an environment with dolma")
    parser.add_argument("--peer-megabytes", type=float, default=3, help="how much of the text the slow peers get")
    given = parser.parse_args()
    with given.documents.open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    few = texts[:: max(1, round(megabytes / given.peer_megabytes))]
    few_megabytes = sum(len(text.encode()) for text in few) / 1e6
    print(f"{len(texts)} documents, {megabytes:.1f} MB; peers {len(few)} of them, {few_megabytes:.1f} MB; CPU time")
    everything = [step for steps in SETS.values() for step in steps]
    cpu_seconds(everything, texts[:3])  # compile
    ours: dict[str, float] = {}
    for name, steps in {**SETS, "all in a row": everything}.items():
        ours[name] = megabytes / min(cpu_seconds(steps, texts) for _ in range(REPEATS))
        print(f"{name:18} ours {ours[name]:7.1f} MB/s")
    for peer, python in (("datatrove", given.datatrove_python), ("dolma", given.dolma_python)):
        if python is None:
            continue
        for name, seconds in peer_seconds(peer, python, few).items():
            rate = few_megabytes / seconds
            print(f"{name:18} {peer} {rate:7.3f} MB/s: ours is {ours[name] / rate:5.0f} times as fast")
    return 0


if __name__ == "__main__":
    sys.exit(main())
