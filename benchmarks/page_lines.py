"""How much page_lines and remove_readings cut of clean text, how much of what stands around text; MB/s of CPU.

Run with folders, told by what is in them: ``html/`` and ``labels.json`` (pages whose text should hold some snippets and
not others: all text of each page is cleaned, and both are counted before and after); any other with ``*.txt`` or
``*.html`` files below it, clean text of which next to nothing should go (of HTML the main content)::

    python benchmarks/page_lines.py [--show] SNIPPETS ARTICLES DOCUMENTATION...
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from pathlib import Path

from textmill import PageLines, RemoveReadings
from textmill.filters.base.batch import make_batch
from textmill.pipeline.input.readers.html import page_text

MEGABYTES = 40.0
"""So much of each folder."""


def clean(texts: list[str]) -> tuple[list[str], float, dict[str, int]]:
    """Texts after both steps, seconds of CPU, and what was cut."""
    batch = make_batch(texts)
    for step in (RemoveReadings(), PageLines()):  # loads what the kernels need
        step.clean(batch.slice(0, 1))
    begun = time.process_time()
    readings, found = RemoveReadings().clean(batch)
    text, more = PageLines().clean(batch.set_column(batch.schema.get_field_index("text"), "text", readings))
    seconds = time.process_time() - begun
    return text.to_pylist(), seconds, {name: sum(one.to_pylist()) for name, one in (found | more).items()}


def one_line(text: str) -> str:
    """The text with single spaces for white space."""
    return " ".join(text.split())


def snippets(folder: Path) -> None:
    """Snippets held before and after: those that should be there, and those that should not."""
    entries = list(json.loads((folder / "labels.json").read_text(encoding="utf-8")).values())
    for extraction in ("all", "main"):
        texts = [
            page_text(gzip.decompress((folder / "html" / f"{one['file']}.gz").read_bytes()), extraction=extraction).text
            for one in entries
        ]
        cleaned, _, _ = clean(texts)
        row = []
        for kind in ("with", "without"):
            for some in (texts, cleaned):
                lines = [one_line(text) for text in some]
                pairs = zip(lines, entries, strict=True)
                row.append(sum(one_line(snippet) in text for text, one in pairs for snippet in one[kind]))
        print(f"{folder} ({extraction}): wanted {row[0]} -> {row[1]}, unwanted {row[2]} -> {row[3]}")


def clean_text(folder: Path, show: bool) -> None:
    """How much is cut of text of which nothing should be."""
    texts: list[str] = []
    size = 0.0
    for path in sorted(folder.rglob("*")):
        if size > MEGABYTES * 1e6 or path.suffix not in (".txt", ".html", ".gz") or not path.is_file():
            continue
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        texts.append(page_text(content).text if path.suffix == ".html" else content.decode("utf-8", "replace"))
        size += len(content)
    cleaned, seconds, found = clean(texts)
    chars, left = sum(map(len, texts)), sum(map(len, cleaned))
    size = sum(len(text.encode()) for text in texts) / 1e6
    touched = sum(before != after for before, after in zip(texts, cleaned, strict=True))
    counts = ", ".join(f"{name} {count}" for name, count in found.items() if count)
    cut = 100 * (chars - left) / max(chars, 1)
    print(f"{folder}: {len(texts)} texts, {size:.1f} MB, {size / seconds:.0f} MB/s,", end=" ")
    print(f"{cut:.4f} % of characters cut in {touched} texts: {counts or 'nothing'}")
    if show:
        gone = Counter(line.strip() for text in texts for line in text.split("\n"))
        gone -= Counter(line.strip() for text in cleaned for line in text.split("\n"))
        for line, count in gone.most_common(60):
            print(f"    {count:>5}  {line[:110]}")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if name != "--show":
            if (Path(name) / "labels.json").exists():
                snippets(Path(name))
            else:
                clean_text(Path(name), "--show" in sys.argv)
