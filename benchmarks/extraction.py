"""Main content against text picked out by hand, and against snippets that it holds or does not hold; MB/s of HTML.

Run with folders of three kinds, told by what is in them: ``html/`` and ``text/`` (the text file beside each page holds
its main content alone: bags of tokens are compared, and F1 is the mean over pages); ``html/`` and ``labels.json``, or
the Go module ``github.com/markusmobius/go-trafilatura`` (snippets are counted, as trafilatura's evaluation does; beside
them F1 of tokens against the blocks that were labelled by hand, see ``filters/models/page_labels.py``: ``by hand``);
any other, with pages below it, of which only the speed is measured::

    python benchmarks/extraction.py ARTICLES SNIPPETS MODULE DOCUMENTATION...

Extractors that are not installed are left out (``pip install trafilatura readability-lxml lxml_html_clean justext``).
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import fmean, median
from typing import NamedTuple

from textmill.filters.models.labelled_pages import DOUBTFUL, more_snippets, one_line, snippets
from textmill.filters.models.page_labels import HandText, hand_text
from textmill.pipeline.input.charsets import decode_page
from textmill.pipeline.input.readers.html import page_text

SLOW_MEGABYTES = 5.0
"""Of documentation, so much for extractors that would take minutes."""


class Page(NamedTuple):
    """A page, and what is known of its main content."""

    content: bytes
    text: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    is_doubtful: bool = False
    """Whether the text that is known holds a part of the article, or more than it."""
    hand: HandText | None = None
    """What was labelled by hand."""


def read_pages(folder: Path) -> list[Page]:
    """The pages of a folder of any of the three kinds."""
    readers = {"labels.json": snippets, "test-files": more_snippets}
    read = next((reader for name, reader in readers.items() if (folder / name).exists()), None)
    if read is not None:
        return [
            Page(it.content, None, it.wanted, it.unwanted, hand=hand_text(it.texts, it.hand))
            for it in read(folder)
            if it.hand is not None
        ]
    if (folder / "text").is_dir():
        return [
            Page(page.read_bytes(), text.read_text(encoding="utf-8"), is_doubtful=text.stem in DOUBTFUL)
            for text in sorted((folder / "text").glob("*.txt"))
            if (page := folder / "html" / f"{text.stem}.html").exists() and text.stat().st_size > 200
        ]
    return [Page(path.read_bytes()) for path in sorted(folder.rglob("*.html")) if path.is_file()]


def extractors() -> Iterator[tuple[str, Callable[[bytes], str], bool]]:
    """Name, function, and whether it is slow."""
    yield "textmill main", lambda content: page_text(content).text, False
    yield "textmill precise", lambda content: page_text(content, extraction="precise").text, False
    yield "textmill all", lambda content: page_text(content, extraction="all").text, False
    from resiliparse.extract.html2text import extract_plain_text

    def resiliparse(content: bytes) -> str:
        page = decode_page(content, None)
        return str(extract_plain_text(page, main_content=True, preserve_formatting=True, alt_texts=False))

    yield "resiliparse", resiliparse, False
    if _is_installed("trafilatura"):
        import trafilatura

        def default(content: bytes) -> str:
            return trafilatura.extract(decode_page(content, None), include_comments=False) or ""

        def fast(content: bytes) -> str:
            return trafilatura.extract(decode_page(content, None), include_comments=False, fast=True) or ""

        yield "trafilatura fast", fast, True
        yield "trafilatura", default, True
    if _is_installed("readability"):
        import lxml.html
        from readability import Document

        def readability(content: bytes) -> str:
            return str(lxml.html.fromstring(Document(decode_page(content, None)).summary()).text_content())

        yield "readability-lxml", readability, True
    if _is_installed("justext"):
        import justext

        everywhere = frozenset().union(*(justext.get_stoplist(name) for name in ("English", "German", "French")))

        def just_text(content: bytes) -> str:
            found = justext.justext(content, everywhere)
            return "\n".join(paragraph.text for paragraph in found if not paragraph.is_boilerplate)

        yield "justext", just_text, True


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def score_texts(found: list[str], pages: list[Page]) -> str:
    """Means over pages of precision, recall and F1 of tokens separated by white space.

    Behind them the median of F1, and its mean over the pages whose gold text is the whole article and nothing else.
    """
    rows = []
    for text, page in zip(found, pages, strict=True):
        bags = Counter(text.split()), Counter((page.text or "").split())
        common = (bags[0] & bags[1]).total()
        precision = common / max(bags[0].total(), 1)
        recall = common / max(bags[1].total(), 1)
        rows.append((precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)))
    columns = [*zip(*rows, strict=True)]
    whole = fmean(f1 for f1, page in zip(columns[2], pages, strict=True) if not page.is_doubtful)
    return "".join(f"{value:>11.3f}" for value in (*map(fmean, columns), median(columns[2]), whole))


def score_snippets(found: list[str], pages: list[Page]) -> str:
    """Precision, recall and F1 of all snippets, how many are judged rightly; F1 of tokens by hand, mean of pages."""
    lines = [one_line(text) for text in found]
    wanted = [snippet in line for line, page in zip(lines, pages, strict=True) for snippet in page.wanted]
    unwanted = [snippet in line for line, page in zip(lines, pages, strict=True) for snippet in page.unwanted]
    right, wrong = sum(wanted), sum(unwanted)
    precision, recall = right / max(right + wrong, 1), right / len(wanted)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    accuracy = (right + len(unwanted) - wrong) / (len(wanted) + len(unwanted))
    hand = fmean(it.hand.f1(text) for text, it in zip(found, pages, strict=True) if it.hand and it.hand.main)
    return f"{precision:>11.3f}{recall:>11.3f}{f1:>11.3f}{accuracy:>11.3f}{hand:>11.3f}"


def extract_all(extract: Callable[[bytes], str], pages: list[Page]) -> tuple[list[str], float]:
    """Texts, and MB of HTML for each second of CPU time; a page that an extractor fails on has none."""
    found = []
    begin = time.process_time()
    for page in pages:
        try:
            found.append(extract(page.content))
        except Exception:  # foreign code; its page counts as empty
            found.append("")
    seconds = time.process_time() - begin
    return found, sum(len(page.content) for page in pages) / 1e6 / seconds


def main() -> None:
    for folder in map(Path, sys.argv[1:]):
        pages = read_pages(folder)
        has_text, has_snippets = pages[0].text is not None, bool(pages[0].wanted)
        print(f"\n{folder.name}: {len(pages)} pages, {sum(len(page.content) for page in pages) / 1e6:.1f} MB of HTML")
        last = f"{'median F1':>11}{'whole gold':>11}" if has_text else f"{'accuracy':>11}{'by hand':>11}"
        scores = f"{'precision':>11}{'recall':>11}{'F1':>11}{last}" if has_text or has_snippets else ""
        print(f"{'extractor':<20}{scores}{'MB/s':>8}")
        for name, extract, is_slow in extractors():
            extract(pages[0].content)  # imports and machine code
            some = pages
            if is_slow and not scores:
                some = pages[: max(1, int(len(pages) * SLOW_MEGABYTES * 1e6 / sum(len(it.content) for it in pages)))]
            found, speed = extract_all(extract, some)
            judged = score_texts(found, pages) if has_text else score_snippets(found, pages) if has_snippets else ""
            print(f"{name:<20}{judged}{speed:>8.0f}", flush=True)


if __name__ == "__main__":
    main()
