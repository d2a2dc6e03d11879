"""The texts that the toxicity models are trained on and measured with, read from where they lie."""

from __future__ import annotations

import csv
import html
import json
import re
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import xxhash

NEGATIVES_TRAINED, NEGATIVES_HELD_OUT = 16_000, 4_000
OPINIONS = {
    "tweets": "opinion_tweet",
    "nytEditorialSnippets": "editorial",
    "amazonReviewSnippets": "review",
    "movieReviewSnippets": "review",
}
"""Parts of the texts of vaderSentiment, and what they are called here."""


@dataclass(frozen=True)
class Example:
    """One labelled text."""

    text: str
    is_toxic: bool
    origin: str

    @property
    def draw(self) -> int:
        """A number that decides, by the text alone, which part of the data the example belongs to."""
        return xxhash.xxh3_64_intdigest(self.text.encode(), seed=1)


def read_davidson(folder: Path) -> Iterator[Example]:
    """English tweets of Davidson et al. 2017; classes 0 (hate) and 1 (offensive) are toxic."""
    with (folder / "toxicity/davidson.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = re.sub(r"\bRT\b|&#\d+;?", " ", html.unescape(row["tweet"]))
            yield Example(text, row["class"] != "2", "davidson")


def read_cold(folder: Path) -> Iterator[Example]:
    """Chinese comments of Deng et al. 2022 (COLD); the published dev part is held out."""
    for part in ("train", "dev"):
        with (folder / f"toxicity/cold_zh_{part}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield Example(row["TEXT"], row["label"] == "1", f"cold_{part}")


def read_wikipedia(folder: Path) -> Iterator[Example]:
    """English talk-page comments: another domain, never trained on."""
    with (folder / "toxicity/wikipedia_fuzzed.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(row["comment"], row["toxic"] == "True", "wikipedia_fuzzed")


def read_vicomtech(folder: Path) -> Iterator[Example]:
    """English sentences of a forum of white supremacists (de Gibert et al. 2018), never trained on."""
    with (folder / "toxicity/vicomtech.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(row["text"], row["label"] == "hate", "vicomtech")


def read_books(folder: Path) -> Iterator[Example]:
    """Sentences of every second paragraph, by hash, of the novels there."""
    for path in sorted((folder / "books").glob("*.epub")):
        with zipfile.ZipFile(path) as book:
            for name in sorted(name for name in book.namelist() if name.endswith("html")):
                for paragraph in re.findall(r"<p>(.*?)</p>", book.read(name).decode(), re.DOTALL):
                    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", paragraph)).split())
                    if Example(text, False, "book").draw % 2:
                        yield from (Example(sentence, False, "book") for sentence in sentences(text))


def sentences(text: str) -> list[str]:
    """Sentences of at least 15 characters."""
    parts = re.split(r"(?<=[.!?。！？])\s*(?=[A-Z“\"\u4e00-\u9fff])", text)
    return [part for part in parts if len(part) >= 15]


def read_presidio(folder: Path) -> Iterator[Example]:
    """Short everyday English made from templates, all of it clean."""
    for item in json.loads((folder / "pii/presidio_generated_large.json").read_text(encoding="utf-8")):
        yield Example(item["full_text"], False, "presidio")


def read_opinions(archive: Path) -> Iterator[Example]:
    """Sentences of tweets, editorials and reviews, without labels: of the source archive of vaderSentiment 3.3.2."""
    with tarfile.open(archive) as package:
        inner = next(name for name in package.getnames() if name.endswith("/hutto_ICWSM_2014.tar.gz"))
        with tarfile.open(fileobj=package.extractfile(inner)) as texts:
            for part, origin in OPINIONS.items():
                file = texts.extractfile(f"hutto_ICWSM_2014/{part}_GroundTruth.txt")
                for line in file.read().decode(errors="replace").splitlines() if file else ():
                    yield Example(html.unescape(line.split("\t", 2)[2]), False, origin)


def read_negatives(folders: Iterable[Path], language: str) -> Iterator[Example]:
    """Choose paragraphs of formal text by hash: the same from the same files, wherever they lie."""
    found: dict[int, Example] = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".html", ".txt") and p.is_file()):
            raw = path.read_text(encoding="utf-8", errors="replace")
            for paragraph in paragraphs(raw, is_html=path.suffix == ".html"):
                if written_in(paragraph) == language:
                    example = Example(paragraph, False, "negatives")
                    found.setdefault(example.draw, example)
    for draw in sorted(found)[: NEGATIVES_TRAINED + NEGATIVES_HELD_OUT]:
        yield found[draw]


def paragraphs(raw: str, *, is_html: bool) -> Iterator[str]:
    """Paragraphs of 60 to 1,500 characters; of HTML, the running text of p, dd and li."""
    if is_html:
        pieces = [re.sub(r"<[^>]*>", "", p) for p in re.findall(r"<(?:p|dd|li)\b[^>]*>(.*?)</(?:p|dd|li)>", raw, re.S)]
    else:
        pieces = re.split(r"\n\s*\n", raw)
    for piece in pieces:
        text = " ".join(html.unescape(piece).split())
        if 60 <= len(text) <= 1500 or (40 <= len(text) <= 1500 and written_in(text) == "zh"):
            yield text


def written_in(text: str) -> str | None:
    """English or Chinese by its letters; None for anything else."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 0.6 * len(text.replace(" ", "")) or not letters:
        return None
    han = sum("\u4e00" <= c <= "\u9fff" for c in letters) / len(letters)
    if han > 0.6 and not any("\u3040" <= c <= "\u30ff" for c in letters):
        return "zh"
    words = set(text.lower().split())
    return "en" if all(c.isascii() for c in letters) and len(words & {"the", "of", "to", "is", "and"}) >= 2 else None
