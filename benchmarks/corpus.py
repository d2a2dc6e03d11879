"""Input of any size for benchmarks: ``python benchmarks/corpus.py SEED.jsonl FOLDER --mb 1000``.

Documents of a JSONL file are repeated in versions of their own until there is enough, in files of 50 MB. A version
has one plain word in four replaced by another one of the document, so that it is neither an exact nor a near duplicate
of any other version, however many there are; the versions read alike, so that each takes the same work. Every tenth
document comes in runs of eight equal ones, so that the share of duplicates is the same at every size. Nothing is
random: the same call writes the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

FILE_BYTES = 50_000_000
EACH = 4
"""Of so many words one is replaced, which leaves next to no span of five words as it was."""
STRIDE = 31
"""Versions take their words from places that lie so far apart."""
EQUAL = 8
"""So many copies of every tenth document are the same."""


def altered(text: str, version: int) -> str:
    """A version of a text: the same lines and marks, but other words in places."""
    words = text.split(" ")
    plain = [index for index, word in enumerate(words) if word.isalpha()]
    spoken = [words[index] for index in plain]
    for place in range(version % EACH, len(plain), EACH):
        words[plain[place]] = spoken[(place + 1 + version * STRIDE) % len(spoken)]
    return " ".join(words)


def write_corpus(seed: Path, folder: Path, size_bytes: int) -> list[Path]:
    """Write at least so many bytes and return the files."""
    documents = [json.loads(line) for line in seed.read_text(encoding="utf-8").splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    written = in_file = copy = 0
    sink = None
    while written < size_bytes:
        for number, document in enumerate(documents):
            if sink is None or in_file >= FILE_BYTES:
                if sink is not None:
                    sink.close()
                files.append(folder / f"part-{len(files):05d}.jsonl")
                sink, in_file = files[-1].open("wb"), 0
            text = altered(document["text"], copy // EQUAL if number % 10 == 0 else copy)
            line = json.dumps({**document, "text": text}, ensure_ascii=False).encode() + b"\n"
            sink.write(line)
            in_file += len(line)
            written += len(line)
            if written >= size_bytes:
                break
        copy += 1
    if sink is not None:
        sink.close()
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mb", type=float, required=True)
    given = parser.parse_args()
    files = write_corpus(given.seed, given.folder, int(given.mb * 1e6))
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
