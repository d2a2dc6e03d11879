"""Pages whose blocks are labelled as main content or not, for :mod:`.train_page_blocks`.

A block's label is whether its words stand in the page's gold text, or what was labelled by hand (:mod:`.page_labels`).
Documentation is labelled by removing what its generators put around it; made-up pages teach what stands in markup that
is hardly ever seen in news: lists, tables, code, captions, posts of forums.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeAlias
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from ..kernels.html.block_counts import Page, count_page, page_to_count
from ..kernels.html.context import COLUMNS, put_context
from ..kernels.html.features import COUNT, FEATURES, put_plain, put_surroundings
from ..kernels.html.parser import read_page
from ..kernels.html.scoring import judge_again
from ..kernels.html.word_marks import Automaton, text_automaton
from ..kernels.html.work import Block, Register, tables, workspace
from ..kernels.machine.buffers import Float32Matrix, Floats32
from ..kernels.machine.kernel import inner
from .page_labels import DOUBTFUL_BLOCK, MAIN, OTHER, hand_labels, page_labels
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
TRUST, TRUST_CONTESTED, TRUST_SNIPPET = 0.9, 0.135, 3.0
"""Weights of blocks labelled by hand, beside 1 for those of news pages."""
CONTESTED = [FEATURES.index(name) for name in ("in:h1", "in:figcaption")]
GO_ENTRY = re.compile(r'^\t(?P<url>"(?:[^"\\]|\\.)*"): \{\n(?P<fields>.*?)^\t\},', re.M | re.S)
GO_FIELD = re.compile(r"^\t\t(?P<name>\w+):(?P<value>.*)$", re.M)
GO_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
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
    hand: Floats | None = None
    """What was labelled by hand (:func:`.page_labels.hand_labels`)."""
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


@inner  # a kernel would be built for all users
def _measure_blocks(page: Page, blocks: int, nodes: int, words: Automaton, rows: Float32Matrix) -> None:
    """The features of all blocks."""
    count_page(page, blocks, nodes, words)
    for block in range(blocks):
        put_plain(page, blocks, block, rows, block)
        put_surroundings(page, blocks, block, rows, block)


@inner  # likewise
def _measure_context(
    page: Page, blocks: int, nodes: int, words: Automaton, odds: Floats32, rows: Float32Matrix
) -> None:
    """What the second trees look at, from what the first say."""
    count_page(page, blocks, nodes, words)
    judge_again(page, blocks, nodes, odds)
    for block in range(blocks):
        put_plain(page, blocks, block, rows, block)
        put_context(page, blocks, block, rows, block)


def _read(content: bytes) -> tuple[Page, int, int]:
    data = np.frombuffer(content, dtype=np.uint8)
    work = workspace(len(data), content.count(b"<"))
    read_page(data, False, tables(), work)
    return page_to_count(work), int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])


def measured(content: bytes) -> tuple[list[str], Matrix]:
    """Texts and features of a page's blocks."""
    page, count, nodes = _read(content)
    rows = np.zeros((COUNT, count), dtype=np.float32)
    _measure_blocks(page, count, nodes, text_automaton(), rows)
    spans = page.blocks[:count, [Block.START, Block.END]]
    return [page.text[start:end].tobytes().decode("utf-8", "replace") for start, end in spans], np.ascontiguousarray(
        rows.T
    )


def with_context(labelled: Labelled, odds: Floats) -> Matrix:
    """What the second trees look at of a page's blocks, when the first say these logarithms of odds."""
    page, count, nodes = _read(labelled.content)
    rows = np.zeros((COLUMNS, count), dtype=np.float32)
    _measure_context(page, count, nodes, text_automaton(), odds.astype(np.float32), rows)
    return np.ascontiguousarray(rows.T)


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
    """Pages labelled by hand of which it is also known of a few snippets whether others take them for main content."""
    for url, entry in json.loads((folder / "labels.json").read_text(encoding="utf-8")).items():
        content = as_utf8(gzip.decompress((folder / "html" / f"{entry['file']}.gz").read_bytes()))
        known = (tuple(map(one_line, entry[name])) for name in ("with", "without"))
        yield by_hand(entry["file"], urlsplit(url).netloc.removeprefix("www."), content, *known)


def more_snippets(module: Path) -> Iterator[Labelled]:
    """The same from go-trafilatura's folder: its entries are Go code, and many of its pages are among the first."""
    source = (module / "scripts" / "comparison" / "data.go").read_text(encoding="utf-8")
    paths = {unicodedata.normalize("NFC", path.name): path for path in module.glob("test-files/*/*.html")}
    for entry in GO_ENTRY.finditer(source):
        url = json.loads(entry["url"])
        if url in page_labels():
            fields = {field["name"]: GO_STRING.findall(field["value"]) for field in GO_FIELD.finditer(entry["fields"])}
            named, wanted, unwanted = (
                tuple(one[1:-1] if one[0] == "`" else json.loads(one) for one in fields.get(name, ()))
                for name in ("File", "With", "Without")
            )
            content = as_utf8(paths[unicodedata.normalize("NFC", named[0])].read_bytes())
            known = (tuple(map(one_line, texts)) for texts in (wanted, unwanted))
            yield by_hand(url, urlsplit(url).netloc.removeprefix("www."), content, *known)


def crawls(paths: list[Path]) -> Iterator[Labelled]:
    """The pages of crawls (WARC), labelled by hand."""
    from warcio.archiveiterator import ArchiveIterator

    seen = set()
    for path in paths:
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                url = record.rec_headers.get_header("WARC-Target-URI")
                if record.rec_type == "response" and url in page_labels() and url not in seen:
                    seen.add(url)
                    yield by_hand(url, urlsplit(url).netloc, as_utf8(record.content_stream().read()))


def by_hand(
    name: str, site: str, content: bytes, wanted: tuple[str, ...] = (), unwanted: tuple[str, ...] = ()
) -> Labelled:
    """A page with the labels that its name has in :mod:`.page_labels`.

    Blocks that hold known snippets weigh more. Headlines and captions weigh less: the gold text of news hardly ever
    holds them, nor do other extractors keep them, so what stands beside them decides.
    """
    texts, features = measured(content)
    hand = hand_labels(page_labels()[name], [words(text) for text in texts])
    labels, trust = hand.copy(), np.full(len(texts), TRUST)
    trust[(features[:, CONTESTED] > 0).any(axis=1)] *= TRUST_CONTESTED
    for at, text in enumerate(map(one_line, texts)):
        for value, known in ((MAIN, wanted), (OTHER, unwanted)):
            if labels[at] in (value, DOUBTFUL_BLOCK) and any(snippet in text for snippet in known):
                labels[at], trust[at] = value, TRUST_SNIPPET
    return Labelled(
        name=name, site=site, content=content, texts=texts, features=features, labels=labels,
        weights=weigh(texts, labels, trust), hand=hand, wanted=wanted, unwanted=unwanted,
    )  # fmt: skip


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
