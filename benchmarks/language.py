"""Accuracy and speed of the Language filter: ``python -m textmill.benchmarks.language FOLDER`` or run this file.

FOLDER holds ``<code>.txt`` files of one sentence a line. Prints accuracy for single sentences and for five together,
for whole texts and for the first N characters, what language_lines cuts of mixed documents, and MB/s of CPU time of the
filter beside the libraries' predictors, on one text of each language and on the documents of ``--documents FILE.jsonl``
(field ``text``, the first 10 MB).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import fasttext
import fasttext_new

from textmill.filters.base.batch import make_batch
from textmill.filters.language import LID176, Language, default_model
from textmill.filters.language_lines import LanguageLines
from textmill.filters.models.fasttext_file import read_fasttext
from textmill.filters.models.language_ensemble import ask_cld2
from textmill.filters.models.languages import UNDETERMINED, relatives, split_label

Identify: TypeAlias = Callable[[list[str]], list[str]]


def by(step: Language) -> Identify:
    return lambda lines: [
        split_label(label)[0] for label in step.measure(make_batch(lines))["language.label"].to_pylist()
    ]


IDENTIFIERS: dict[str, Identify] = {
    "textmill": by(Language()),
    "lid.176 alone": by(Language(model=LID176)),
    "CLD2 alone": lambda lines: [ask_cld2(line).label for line in lines],
}


def accuracy(texts: dict[str, list[str]], identify: Identify, *, max_chars: int | None = None) -> dict[str, float]:
    result = {}
    for language, lines in texts.items():
        found = identify([line[:max_chars] for line in lines])
        result[language] = sum(label == language for label in found) / len(found)
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
    names = list(single)
    print("language: accuracy on single sentences, on five sentences together")
    by_sentence, by_five = (accuracy(texts, IDENTIFIERS["textmill"]) for texts in (single, fives))
    for start in range(0, len(names), 5):
        print("  ".join(f"{n:>3} {by_sentence[n]:.2f} {by_five[n]:.2f}" for n in names[start : start + 5]))
    seen = [name for name in names if accuracy({name: fives[name]}, IDENTIFIERS["lid.176 alone"])[name] > 0.2]
    print(f"{'mean of':<20}{f'{len(names)} languages':>16}{f'{len(seen)} of lid.176':>18}{'in capitals':>14}")
    capitals = {name: [line.upper() for line in lines] for name, lines in single.items()}
    for name, identify in IDENTIFIERS.items():
        sentences, five = accuracy(single, identify), accuracy(fives, identify)
        told = [f"{mean(sentences, chosen):.3f} {mean(five, chosen):.3f}" for chosen in (names, seen)]
        print(f"{name:<20}{told[0]:>16}{told[1]:>18}{mean(accuracy(capitals, identify)):>14.3f}")
    for cap in (50, 100, 200, 500):
        found = mean(accuracy(fives, IDENTIFIERS["textmill"], max_chars=cap))
        print(f"five sentences cut to {cap} characters: {found:.3f}")

    mixed(single)
    compare(f"one text of each of {len(names)} languages", [" ".join(lines) for lines in single.values()])
    for file in options.documents:
        compare(file.name, list(first_texts(file)))


def mixed(single: dict[str, list[str]]) -> None:
    """Ten lines of a language with two of another, which is no relative, in the middle; each language with three."""
    names = list(single)
    texts, foreign, pairs = [], [], []
    for at, own in enumerate(names):
        others = [name for name in names[at + 1 :] + names[:at] if name not in relatives(own)]
        for number, other in enumerate((others[0], others[len(others) // 2], "en" if own != "en" else others[-1])):
            start = 20 * number
            lines, inserted = single[own][start : start + 10], single[other][start : start + 2]
            texts.append("\n".join([*lines[:5], *inserted, *lines[5:]]))
            foreign.append(set(inserted))
            pairs.append((own, other))
    labels = Language().measure(make_batch(texts))["language.label"].to_pylist()
    right = sum(label == own for label, (own, _) in zip(labels, pairs, strict=True))
    print(f"language of ten lines with two of another in the middle: {right / len(pairs):.3f} of {len(pairs)}")
    cleaned = LanguageLines().clean(make_batch(texts))[0].to_pylist()
    found = lost = 0
    for text, left, inserted in zip(texts, cleaned, foreign, strict=True):
        gone = set(text.split("\n")) - set(left.split("\n"))
        found += len(gone & inserted)
        lost += len(gone - inserted)
    print(
        f"language_lines: cuts {found / sum(map(len, foreign)):.3f} of these lines, "
        f"{lost / (10 * len(texts)):.4f} of others"
    )
    own_lines = ["\n".join(lines) for lines in single.values()]
    cut = LanguageLines().clean(make_batch(own_lines))[1]["language_lines.cut"].to_pylist()
    print(f"language_lines: cuts {sum(cut) / sum(map(len, single.values())):.4f} of lines in one language")


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
    batch, step, alone = make_batch(documents), Language(), Language(model=LID176)
    reference, rust = fasttext.load_model(str(default_model())), fasttext_new.load_model(str(default_model()))
    found = alone.measure(batch)
    labels = [rust.predict(d.replace("\n", " "))[0][0].removeprefix("__label__") for d in documents]
    pairs = list(zip(labels, found["language.label"].to_pylist(), strict=True))
    other = sum(label != own for label, own in pairs if own != UNDETERMINED)
    print(f"speed on {name}: {len(documents)} documents, {size / 1e6:.1f} MB; {other} labels differ from the library's")
    model = read_fasttext(str(default_model()))
    assert model is not None

    def measure(step: Language) -> None:
        model.remembered.__dict__.clear()  # as if the words were met for the first time
        step.measure(batch)

    speed("textmill Language", lambda: measure(step), size)
    speed("textmill Language, lid.176 alone", lambda: measure(alone), size)
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
