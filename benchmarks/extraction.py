"""Main-content extraction against article text picked out by hand: token precision, recall and F1, and MB/s.

The pages are news articles of which the text file beside each holds the article alone. Run with the folder that holds
``html/`` and ``text/``::

    python benchmarks/extraction.py FOLDER
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median

from resiliparse.extract.html2text import extract_plain_text

from textmill.pipeline.input.readers.html import decode_page, main_content


def whole_page(content: bytes) -> str:
    text: str = extract_plain_text(decode_page(content, None), main_content=False, alt_texts=False)
    return text


def plain_main_content(content: bytes) -> str:
    text: str = extract_plain_text(decode_page(content, None), main_content=True, preserve_formatting=False)
    return text


def score(found: str, wanted: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of white-space separated tokens as bags."""
    bags = Counter(found.split()), Counter(wanted.split())
    common = (bags[0] & bags[1]).total()
    precision = common / max(bags[0].total(), 1)
    recall = common / max(bags[1].total(), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def main() -> None:
    folder = Path(sys.argv[1])
    texts = sorted((folder / "text").glob("*.txt"))
    pairs = [
        (page.read_bytes(), text.read_text(encoding="utf-8"))
        for text in texts
        if (page := folder / "html" / f"{text.stem}.html").exists() and text.stat().st_size > 200
    ]
    page_bytes = sum(len(page) for page, _ in pairs)
    print(f"{len(pairs)} pages, {page_bytes / 1e6:.1f} MB of HTML")
    print(f"{'extractor':<24}{'precision':>10}{'recall':>8}{'F1':>7}{'median F1':>11}{'MB/s':>7}")
    extractors: dict[str, Callable[[bytes], str]] = {
        "textmill": main_content,
        "resiliparse defaults": plain_main_content,
        "whole page": whole_page,
    }
    for name, extract in extractors.items():
        begin = time.process_time()
        found = [extract(page) for page, _ in pairs]
        seconds = time.process_time() - begin
        scores = [score(text, wanted) for text, (_, wanted) in zip(found, pairs, strict=True)]
        precision, recall, f1 = (fmean(values) for values in zip(*scores, strict=True))
        middle = median(value for _, _, value in scores)
        print(f"{name:<24}{precision:>10.3f}{recall:>8.3f}{f1:>7.3f}{middle:>11.3f}{page_bytes / 1e6 / seconds:>7.0f}")


if __name__ == "__main__":
    main()
