"""Input of any size for benchmarks: ``python benchmarks/corpus.py SEED.jsonl FOLDER --mb 1000``.

Documents of a JSONL file are repeated with other numbers in them until there is enough, in files of 50 MB. Each copy
has one word in eleven replaced by a word of its own, so that it is neither an exact nor a near duplicate of another by
itself; every tenth document is left as it was, so that there are duplicates of both kinds to find. Nothing is random:
the same call writes the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

FILE_BYTES = 50_000_000
EACH = 11
"""Of so many words one is replaced, which leaves about half of the spans of five words as they were."""
LETTERS = str.maketrans("0123456789", "abcdefghij")


def altered(text: str, copy: int) -> str:
    """One copy's own version of a text."""
    words = text.split(" ")
    for index in range(copy % EACH, len(words), EACH):
        # Letters, because near duplicates are found regardless of digits.
        words[index] += f"{copy}x{index}".translate(LETTERS)
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
            text = document["text"] if copy == 0 or number % 10 == 0 else altered(document["text"], copy)
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
