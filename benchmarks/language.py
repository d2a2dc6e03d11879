"""Accuracy and speed of the Language filter: ``python -m textmill.benchmarks.language FOLDER`` or run this file.

FOLDER holds ``<code>.txt`` files of one sentence a line. Prints accuracy for single sentences and for five together,
for whole texts and for the first N characters, and MB/s of CPU time of the filter beside the libraries' predictors, on
one text of each language and on the documents of ``--documents FILE.jsonl`` (field ``text``, the first 10 MB).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fasttext
import fasttext_new

from textmill.filters.base.batch import make_batch
from textmill.filters.language import UNDETERMINED, Language, default_model
from textmill.filters.models.fasttext_file import read_fasttext

SAME = {"nb": "no", "nn": "no"}


def accuracy(texts: dict[str, list[str]], *, max_chars: int | None = None) -> dict[str, float]:
    result = {}
    for language, lines in texts.items():
        batch = make_batch([line[:max_chars] for line in lines])
        found = Language().measure(batch)["language.label"].to_pylist()
        result[language] = sum(SAME.get(x, x) == SAME.get(language, language) for x in found) / len(found)
    return result


def speed(name: str, action: Callable[[], object], size_bytes: int) -> None:
    action()
    best = min(timed(action) for _ in range(3))
    print(f"  {name:<44}{size_bytes / best / 1e6:8.1f} MB/s")


def timed(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=Path, action="append", default=[])
    options = parser.parse_args()
    folder = options.folder
    files = sorted(folder.glob("*.txt"))
    single = {f.stem: [line for line in f.read_text().splitlines() if line.strip()] for f in files}
    fives = {k: [" ".join(v[i : i + 5]) for i in range(0, len(v), 5)] for k, v in single.items()}
    by_sentence, by_five = accuracy(single), accuracy(fives)
    print("language: accuracy on single sentences, on five sentences together")
    names = list(single)
    for start in range(0, len(names), 5):
        print("  ".join(f"{n:>3} {by_sentence[n]:.2f} {by_five[n]:.2f}" for n in names[start : start + 5]))
    print(f"mean of {len(names)}: {mean(by_sentence):.3f} {mean(by_five):.3f}")
    seen = [n for n in names if by_five[n] > 0.2]
    print(f"mean of the {len(seen)} that the model knows: {mean(by_sentence, seen):.3f} {mean(by_five, seen):.3f}")
    for cap in (50, 100, 200, 500):
        print(f"five sentences cut to {cap} characters: {mean(accuracy(fives, max_chars=cap)):.3f}")

    compare(f"one text of each of {len(names)} languages", [" ".join(lines) for lines in single.values()])
    for file in options.documents:
        compare(file.name, list(first_texts(file)))


def first_texts(file: Path, limit_bytes: int = 10_000_000) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"]
            yield text
            limit_bytes -= len(text.encode())
            if limit_bytes < 0:
                return


def compare(name: str, documents: list[str]) -> None:
    size = sum(len(d.encode()) for d in documents)
    batch, step = make_batch(documents), Language()
    reference, rust = fasttext.load_model(str(default_model())), fasttext_new.load_model(str(default_model()))
    found = step.measure(batch)
    labels = [rust.predict(d.replace("\n", " "))[0][0].removeprefix("__label__") for d in documents]
    pairs = list(zip(labels, found["language.label"].to_pylist(), strict=True))
    other = sum(label != own for label, own in pairs if own != UNDETERMINED)
    print(f"speed on {name}: {len(documents)} documents, {size / 1e6:.1f} MB; {other} labels differ from the library's")
    model = read_fasttext(str(default_model()))
    assert model is not None

    def measure() -> None:
        model.remembered.__dict__.clear()  # as if the words were met for the first time
        step.measure(batch)

    speed("textmill Language", measure, size)
    speed("fasttext-new, top label", lambda: [rust.predict(d.replace("\n", " ")) for d in documents], size)
    speed("fasttext-predict, top label", lambda: [reference.predict(d.replace("\n", " ")) for d in documents], size)
    speed(
        "fasttext-predict, k=-1 (as datatrove calls it)",
        lambda: [reference.predict(d.replace("\n", " "), k=-1) for d in documents],
        size,
    )


def mean(values: dict[str, float], names: list[str] | None = None) -> float:
    chosen = [values[name] for name in names or values]
    return sum(chosen) / len(chosen)


if __name__ == "__main__":
    main()
