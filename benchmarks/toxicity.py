"""What Toxicity removes and how fast: ``python benchmarks/toxicity.py DATA [--clean NAME=FOLDER_OF_TEXT_OR_HTML …]``.

DATA is the folder with ``toxicity/``, ``language/``, ``web/`` and ``books/``. Prints, for each set, how many documents
the default thresholds remove by the score and by the listed words. Davidson was mostly trained on; the figures
for its held-out part are in ``filters/models/toxicity.json``.
"""

from __future__ import annotations

import argparse
import csv
import html
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from textmill.filters.base.batch import make_batch
from textmill.filters.toxicity import Toxicity


def report(name: str, texts: list[str]) -> None:
    step = Toxicity()
    batch = make_batch(texts)
    start = time.perf_counter()
    measured = step.measure(batch)
    seconds = time.perf_counter() - start
    removed = [rule.fails(measured[rule.measurement]).mean() for rule in step.rules]
    unknown = measured["toxicity.score"].null_count
    size = sum(len(text.encode()) for text in texts)
    print(
        f"{name:<34}{len(texts):>7} texts {size / 1e6:7.2f} MB  by score {removed[0]:7.2%}  by words {removed[1]:7.2%}"
        f"  not scored {unknown:>4}  {size / seconds / 1e6:6.1f} MB/s"
    )


def plain(markup: str) -> str:
    without = re.sub(r"<(script|style|head)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


def folder_texts(folder: Path) -> list[str]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt"))
    raw = ((path.suffix, path.read_text(encoding="utf-8", errors="replace")) for path in paths)
    return [plain(text) if suffix == ".html" else text for suffix, text in raw]


def labelled(data: Path) -> Iterator[tuple[str, list[str]]]:
    sources = (
        ("davidson (mostly trained on)", "davidson.csv", "tweet", "class", "01"),
        ("COLD dev (held out)", "cold_zh_dev.csv", "TEXT", "label", "1"),
        ("wikipedia (another domain)", "wikipedia_fuzzed.csv", "comment", "toxic", "True"),
    )
    for name, file_name, column, label, toxic in sources:
        with (data / "toxicity" / file_name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        yield f"{name}: toxic", [row[column] for row in rows if row[label] in toxic]
        yield f"{name}: clean", [row[column] for row in rows if row[label] not in toxic]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--clean", action="append", default=[], metavar="NAME=FOLDER")
    options = parser.parse_args()
    data: Path = options.data
    Toxicity().measure(make_batch(["compile", "编译"]))
    for name, texts in labelled(data):
        report(name, texts)
    report("news pages", folder_texts(data / "web/articles/text"))
    with zipfile.ZipFile(next((data / "books").glob("*.epub"))) as book:
        chapters = [plain(book.read(name).decode()) for name in sorted(book.namelist()) if name.endswith("html")]
    report("chapters of a novel", chapters)
    for language in ("en", "zh"):
        report(f"single sentences, {language}", (data / f"language/{language}.txt").read_text().splitlines())
    for item in options.clean:
        name, _, folder = item.partition("=")
        report(name, folder_texts(Path(folder)))


if __name__ == "__main__":
    main()
