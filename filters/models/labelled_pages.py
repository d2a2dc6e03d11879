"""Pages whose blocks are labelled as main content or not, for :mod:`.train_page_blocks`.

A block's label is whether its words stand in the page's gold text. Of a page that has snippets alone, the extractors
that keep all wanted snippets and none of the unwanted ones are believed, and where there is none all of them a little.
Documentation is labelled by removing what its generators put around it; made-up pages teach what stands in markup that
is hardly ever seen in news: lists, tables, code, captions, posts of forums.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeAlias
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from ..kernels.html.block_counts import Page, count_page, page_to_count
from ..kernels.html.context import COLUMNS, put_context
from ..kernels.html.features import COUNT, put_plain, put_surroundings
from ..kernels.html.parser import read_page
from ..kernels.html.scoring import judge_again
from ..kernels.html.word_marks import Automaton, text_automaton
from ..kernels.html.work import Block, Register, tables, workspace
from ..kernels.machine.buffers import Float32Matrix, Floats32
from ..kernels.machine.kernel import inner
from .page_templates import made_up_page

Floats: TypeAlias = npt.NDArray[np.float64]
Matrix: TypeAlias = npt.NDArray[np.float32]
DOUBTFUL = frozenset(
    [
        "cntraveler.com1",
        "cntraveler.com2",
        "slate.com2",
        "youbeauty.com1",
        "teenvogue.com1",
        "teenvogue.com2",
        "lifebuzz.com1",
    ]
)
"""Articles whose gold text holds a small part of the article, or more than it."""
DOCUMENTATION = (
    ("python3.11-doc", "*.html", "div[role=main]", ("a.headerlink",)),
    ("debian-handbook", "*.html", "body", (".docnav", "p#title", ".navfooter", ".navheader")),
    ("postgresql-doc-15", "*.html", "body", (".navheader", ".navfooter")),
)
"""Package, files, the element of the content, and what is no content in it."""
PAGES_OF_EACH = 50
MADE_UP = 260
WIDE = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])")


@dataclass(kw_only=True)
class Labelled:
    """A page with its blocks' features, labels and weights."""

    name: str
    site: str
    """Pages of one site are never both in training and test."""
    content: bytes
    texts: list[str]
    features: Matrix
    labels: Floats
    weights: Floats
    gold: str | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@inner  # a kernel would be built for all users
def _measure_blocks(page: Page, blocks: int, nodes: int, words: Automaton, rows: Float32Matrix) -> None:
    """The features of all blocks."""
    count_page(page, blocks, nodes, words)
    for block in range(blocks):
        put_plain(page, blocks, block, rows[block])
        put_surroundings(page, blocks, block, rows[block])


@inner  # likewise
def _measure_context(
    page: Page, blocks: int, nodes: int, words: Automaton, odds: Floats32, rows: Float32Matrix
) -> None:
    """What the second trees look at, from what the first say."""
    count_page(page, blocks, nodes, words)
    judge_again(page, blocks, nodes, odds)
    for block in range(blocks):
        put_plain(page, blocks, block, rows[block])
        put_context(page, blocks, block, rows[block])


def _read(content: bytes) -> tuple[Page, int, int]:
    data = np.frombuffer(content, dtype=np.uint8)
    work = workspace(len(data), content.count(b"<"))
    read_page(data, False, tables(), work)
    return page_to_count(work), int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])


def measured(content: bytes) -> tuple[list[str], Matrix]:
    """Texts and features of a page's blocks."""
    page, count, nodes = _read(content)
    rows = np.zeros((count, COUNT), dtype=np.float32)
    _measure_blocks(page, count, nodes, text_automaton(), rows)
    spans = page.blocks[:count, [Block.START, Block.END]]
    return [page.text[start:end].tobytes().decode("utf-8", "replace") for start, end in spans], rows


def with_context(labelled: Labelled, odds: Floats) -> Matrix:
    """What the second trees look at of a page's blocks, when the first say these logarithms of odds."""
    page, count, nodes = _read(labelled.content)
    rows = np.zeros((count, COLUMNS), dtype=np.float32)
    _measure_context(page, count, nodes, text_automaton(), odds.astype(np.float32), rows)
    return rows


def words(text: str) -> list[str]:
    """Words, wide characters being words of their own."""
    return re.findall(r"\w+", WIDE.sub(r" \1 ", text.lower()))


def label(texts: list[str], gold: str) -> Floats:
    """By block whether its words stand in the gold text; -1 for blocks without words."""
    known = words(gold)
    joined = f" {' '.join(known)} "
    threes = set(zip(known, known[1:], known[2:], strict=False))
    lines = {" ".join(words(line)) for line in gold.splitlines()}
    found = np.zeros(len(texts))
    for at, text in enumerate(texts):
        own = words(text)
        if not own:
            found[at] = -1
        elif len(own) <= 2:
            found[at] = " ".join(own) in lines
        elif len(own) <= 5:
            found[at] = f" {' '.join(own)} " in joined
        else:
            found[at] = fmean(three in threes for three in zip(own, own[1:], own[2:], strict=False)) >= 0.5
    return found


def weigh(texts: list[str], labels: Floats, factor: float | Floats, smallest: int = 0) -> Floats:
    """Weights of blocks: longer ones count more, but all pages about the same."""
    counts = np.array([max(len(words(text)), smallest) for text in texts], dtype=np.float64)
    content = counts[labels > 0.5].sum() if len(texts) else 0.0
    weights: Floats = np.where(labels < 0, 0, (counts + 2) ** 0.7 * factor * 60 / np.sqrt(31 + content))
    return weights


def articles(folder: Path) -> Iterator[Labelled]:
    """News pages with their text picked out by hand."""
    for path in sorted((folder / "text").glob("*.txt")):
        page = folder / "html" / f"{path.stem}.html"
        if page.exists() and path.stat().st_size > 200:
            content = as_utf8(page.read_bytes())
            texts, features = measured(content)
            gold = path.read_text(encoding="utf-8")
            labels = label(texts, gold)
            weights = weigh(texts, labels, float(path.stem not in DOUBTFUL))
            site = re.sub(r"\d+$", "", path.stem)
            yield Labelled(
                name=path.stem,
                site=site,
                content=content,
                texts=texts,
                features=features,
                labels=labels,
                weights=weights,
                gold=gold,
            )


def snippets(folder: Path) -> Iterator[Labelled]:
    """Pages of which it is known of a few snippets whether they are main content."""
    for url, entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")).items():
        content = as_utf8(gzip.decompress((folder / "html" / f"{entry['file']}.gz").read_bytes()))
        texts, features = measured(content)
        wanted, unwanted = (tuple(map(one_line, entry[name])) for name in ("with", "without"))
        raw = extractors(content.decode("utf-8", "replace"))
        outputs = [one_line(text) for text in raw]
        right = [all(s in text for s in wanted) and not any(s in text for s in unwanted) for text in outputs]
        each = np.array([label(texts, text) for text in raw])
        labels = each[np.array(right)].mean(axis=0) if any(right) else each.mean(axis=0)
        labels = np.where(each[0] < 0, -1, labels)
        trust = np.full(len(texts), 0.6 if any(right) else 0.12)
        for at, text in enumerate(map(one_line, texts)):
            for value, known in ((1, wanted), (0, unwanted)):
                if any(snippet in text for snippet in known):
                    labels[at], trust[at] = value, 3
        yield Labelled(
            name=entry["file"], site=urlsplit(url).netloc, content=content, texts=texts, features=features,
            labels=labels, weights=weigh(texts, labels, trust), wanted=wanted, unwanted=unwanted,
        )  # fmt: skip


def extractors(page: str) -> list[str]:
    """What other extractors take for a page's main content."""
    import lxml.html
    import trafilatura
    from readability import Document
    from resiliparse.extract.html2text import extract_plain_text

    ways: tuple[Callable[[], str | None], ...] = (
        lambda: trafilatura.extract(page, include_comments=False),
        lambda: lxml.html.fromstring(Document(page).summary()).text_content(),
        lambda: extract_plain_text(page, main_content=True, alt_texts=False, noscript=False),
    )
    found = []
    for extract in ways:
        try:
            found.append(extract() or "")
        except Exception as error:  # foreign code on pages of all kinds: then it has no say
            print(f"left out: {type(error).__name__}: {error}")
            found.append("")
    return found


def documentation(folder: Path) -> Iterator[Labelled]:
    """Pages of documentation, labelled by what its generators put around the text."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    for package, pattern, root, removed in DOCUMENTATION:
        paths = sorted(folder.glob(f"*{package}/**/{pattern}"))
        random.Random(5).shuffle(paths)
        for path in paths[:PAGES_OF_EACH]:
            content = path.read_bytes()
            tree = HTMLTree.parse_from_bytes(content, "utf-8")
            body = tree.body
            if body is None:
                continue
            for selector in removed:
                for left_out in body.query_selector_all(selector):
                    left_out.decompose()
            element = body if root == "body" else body.query_selector(root)
            if element is not None and 1500 < len(content) < 300_000:
                texts, features = measured(content)
                labels = label(texts, extract_plain_text(element.html, main_content=False, alt_texts=False))
                yield Labelled(
                    name=path.name, site=package, content=content, texts=texts, features=features,
                    labels=labels, weights=weigh(texts, labels, 0.25),
                )  # fmt: skip


def made_up(paragraphs: list[str]) -> Iterator[Labelled]:
    """Pages made of templates and real paragraphs."""
    chance = random.Random(5)
    for number in range(MADE_UP):
        page, content = made_up_page(chance, paragraphs)
        texts, features = measured(page.encode())
        kept = set(measured(f"<body>{content}".encode())[0])
        labels = np.array([float(text in kept) for text in texts])
        weights = weigh(texts, labels, 0.55, smallest=6)
        site = f"made up {number % 17}"
        yield Labelled(
            name=site, site=site, content=page.encode(), texts=texts, features=features, labels=labels, weights=weights
        )


def as_utf8(content: bytes) -> bytes:
    """A page in UTF-8, whatever its charset."""
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    try:
        return content.decode("utf-8").encode()
    except UnicodeDecodeError:
        charset = detect_encoding(content, from_html_meta=True) or "windows-1252"
        return bytes_to_str(content, charset).encode("utf-8", "replace")


def one_line(text: str) -> str:
    """The text with single spaces for white space."""
    return " ".join(text.split())
