"""Made-up texts of the kinds that crawls are full of and nobody wants, for the default model of quality to learn.

Every choice is a keyed hash, so that the same texts come out every time.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import xxhash

from . import junk_phrases as phrases

T = TypeVar("T")


class Draws:
    """Numbers in the place of random ones: the hashes of a key and a count."""

    def __init__(self, key: str) -> None:
        self.key, self.count = key, 0

    def below(self, limit: int) -> int:
        """A whole number from 0 on."""
        self.count += 1
        return xxhash.xxh3_64_intdigest(f"{self.key}\x00{self.count}") % limit

    def one(self, of: Sequence[T]) -> T:
        """One of several."""
        return of[self.below(len(of))]

    def some(self, of: Sequence[T], count: int) -> list[T]:
        """Several different ones, in any order."""
        left = list(of)
        return [left.pop(self.below(len(left))) for _ in range(min(count, len(left)))]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + self.below(high - low + 1)


def menu(draws: Draws) -> str:
    """Links, buttons and notices around a page."""
    joined = draws.one(["\n", " | ", "\n", " » ", "  ", " > ", "\n* "])
    links = draws.some(phrases.LINKS, draws.between(8, 60))
    parts = [joined.join(links)]
    for _ in range(draws.between(0, 6)):
        parts.insert(draws.below(len(parts) + 1), draws.one(phrases.NOTICES))
    return "\n".join(parts)


def notices(draws: Draws) -> str:
    """Cookie banners, terms, newsletter boxes: whole sentences that stand on every page."""
    return "\n".join(draws.some(phrases.NOTICES, draws.between(4, 14)))


def shop(draws: Draws) -> str:
    """A list of products with prices."""
    lines = []
    for _ in range(draws.between(6, 40)):
        name = f"{draws.one(phrases.ADJECTIVES)} {draws.one(phrases.BRANDS)} {draws.one(phrases.PRODUCTS)}"
        model = f"{draws.one('ABCDEGKLMRSTXZ')}{draws.one('ABCDEGKLMRSTXZ')}-{draws.between(10, 9999)}"
        price = f"{draws.one(['$', '£', '€', 'US $', 'Rs. '])}{draws.between(1, 900)}.{draws.between(0, 99):02d}"
        rest = draws.some(phrases.SHOP, draws.between(1, 5))
        lines.append(draws.one([" ", " - ", "\n"]).join([name, model, price, *rest]))
    return "\n".join(lines)


def advertisement(draws: Draws) -> str:
    """Spam: pills, loans, casinos, followers, and texts written for search engines."""
    topic = draws.one([*phrases.SPAM])
    words, sentences = phrases.SPAM[topic], []
    for _ in range(draws.between(6, 30)):
        sentence = _filled(draws.one(phrases.SPAM_SENTENCES), words, draws)
        sentences.append(sentence.upper() if draws.below(9) == 0 else sentence)
    return draws.one([" ", "\n", "\n\n"]).join(sentences)


def letter(draws: Draws) -> str:
    """An advertisement in whole sentences: a letter to sell something, or to get at somebody's money."""
    topic, product = draws.one([*phrases.SPAM]), draws.one(phrases.PRODUCTS)
    words = [*phrases.SPAM[topic], f"{draws.one(phrases.BRANDS)} {product}", product.lower()]
    kind = draws.below(3)
    openings, middles, ends = (
        (phrases.PITCH_OPENINGS, phrases.PITCH, phrases.PITCH_ENDS)
        if kind
        else (phrases.SCAM_OPENINGS, phrases.SCAM, phrases.SCAM_ENDS)
    )
    if kind == 2:
        middles = (*middles, *phrases.SPAM_SENTENCES)
    chosen = [draws.one(openings), *draws.some(middles, draws.between(5, 16)), *draws.some(ends, draws.between(1, 4))]
    sentences = [_filled(sentence, words, draws) for sentence in chosen]
    return draws.one([" ", "\n\n", " ", "\n"]).join(sentences)


def _filled(sentence: str, words: Sequence[str], draws: Draws) -> str:
    while "{}" in sentence:
        sentence = sentence.replace("{}", draws.one(words), 1)
    return sentence.replace("{$}", f"${draws.one([9, 19, 29, 47, 97, 499, 5000, 250000])}")


def keywords(draws: Draws) -> str:
    """Search terms and tags one behind the other."""
    topic = draws.one([*phrases.SPAM])
    words = [*phrases.SPAM[topic], *draws.some(phrases.PRODUCTS, 12), *draws.some(phrases.BRANDS, 6)]
    places = draws.some(phrases.PLACES, 8)
    found = []
    for _ in range(draws.between(30, 150)):
        parts = [draws.one(phrases.ADJECTIVES), draws.one(words), draws.one(["", "online", "near me", *places])]
        found.append(" ".join(part for part in draws.some(parts, draws.between(1, 3)) if part).lower())
    return draws.one([", ", " ", "\n", " | ", " #"]).join(found)


def teasers(draws: Draws) -> str:
    """Beginnings of articles that break off."""
    lines = []
    for _ in range(draws.between(5, 18)):
        words = draws.some(phrases.HEADLINE_WORDS, draws.between(4, 9))
        when = f"{draws.one(phrases.MONTHS)} {draws.between(1, 28)}, {draws.between(2004, 2025)}"
        lines.append(f"{' '.join(words)} {draws.one(['...', '…', '[...]'])} {draws.one(phrases.MORE)}")
        lines.append(f"{when} {draws.one(phrases.BYLINES)} {draws.between(0, 400)} {draws.one(phrases.COUNTED)}")
    return "\n".join(lines)


def comments(draws: Draws) -> str:
    """Short remarks of visitors, with names and dates between them."""
    lines = []
    for _ in range(draws.between(6, 24)):
        name = f"{draws.one(phrases.NICKNAMES)}{draws.one(['', '', str(draws.between(1, 2010))])}"
        lines.append(f"{name} {draws.one(phrases.SAYS)} {draws.between(1, 12)} {draws.one(phrases.UNITS)} ago")
        lines += draws.some(phrases.REMARKS, draws.between(1, 3))
        lines += draws.some(["Reply", "Like", "Share", "Report", "Quote", "0", "Permalink"], draws.between(0, 4))
    return "\n".join(lines)


def log(draws: Draws) -> str:
    """Lines of a log, a trace or a listing."""
    lines = []
    kind = draws.below(4)
    for number in range(draws.between(15, 60)):
        clock = f"{draws.below(24):02d}:{draws.below(60):02d}:{draws.below(60):02d}"
        host = ".".join(str(draws.below(256)) for _ in range(4))
        path = "/".join(draws.some(phrases.PATHS, draws.between(1, 4)))
        if kind == 0:
            status, size = draws.one([200, 200, 301, 304, 404, 500]), draws.below(90000)
            lines.append(
                f'{host} - - [{draws.between(1, 28):02d}/Mar/2019:{clock}] "GET /{path} HTTP/1.1" {status} {size}'
            )
        elif kind == 1:
            when = f"2021-0{draws.between(1, 9)}-1{draws.below(9)} {clock},{draws.below(999)}"
            level = draws.one(["INFO", "WARN", "DEBUG", "ERROR"])
            lines.append(f"{when} {level} {path}: {draws.one(phrases.LOGGED)}")
        elif kind == 2:
            lines.append(
                f"-rw-r--r-- 1 root root {draws.below(10**6):>8} Jan {draws.between(1, 28):2} {clock[:5]} {path}"
            )
        else:
            name = draws.one(phrases.PATHS)
            lines.append(f"  at {path.replace('/', '.')}.{name}({draws.one(phrases.PATHS)}.java:{number * 7})")
    return "\n".join(lines)


def numbers(draws: Draws) -> str:
    """A table without its captions, or bytes in letters."""
    kind = draws.below(4)
    count = draws.between(10, 50)
    if kind == 0:
        return "\n".join(
            f"{draws.one([',', ';'])}".join(str(draws.below(10**5) / 100) for _ in range(8)) for _ in range(count)
        )
    if kind == 1:
        return "\n".join(f"{draws.below(1 << 63):016x}{draws.below(1 << 63):016x}" for _ in range(count))
    if kind == 2:
        raw = b"".join(draws.below(1 << 63).to_bytes(8, "little") for _ in range(count * 6))
        return "\n".join(base64.b64encode(raw[at : at + 57]).decode() for at in range(0, len(raw), 57))
    rows = (
        f"{draws.one(phrases.PLACES)}\t{draws.below(99)}\t{draws.below(99)}\t{draws.below(9999)}" for _ in range(count)
    )
    return "\n".join(rows)


def lorem(draws: Draws) -> str:
    """Filler in the place of a text."""
    sentences = [
        " ".join(draws.one(phrases.LOREM) for _ in range(draws.between(4, 16))).capitalize() + "."
        for _ in range(draws.between(5, 40))
    ]
    return draws.one([" ", "\n\n"]).join(sentences)


def names(draws: Draws) -> str:
    """Addresses, profiles and directories."""
    lines = []
    for _ in range(draws.between(8, 40)):
        street = f"{draws.between(1, 990)} {draws.one(phrases.STREETS)}"
        phone = f"({draws.between(200, 989)}) {draws.between(200, 989)}-{draws.below(10000):04d}"
        details = [street, draws.one(phrases.PLACES), phone, *draws.some(phrases.DIRECTORY, 3)]
        lines.append(f"{draws.one(phrases.FIRST_NAMES)} {draws.one(phrases.LAST_NAMES)}")
        lines.append(draws.one([", ", " ", "\n", " - "]).join(draws.some(details, draws.between(2, 6))))
    return "\n".join(lines)


KINDS: Mapping[str, Callable[[Draws], str]] = {
    "menu": menu, "notices": notices, "shop": shop, "advertisement": advertisement, "letter": letter,
    "keywords": keywords,
    "teasers": teasers, "comments": comments, "log": log, "numbers": numbers, "lorem": lorem, "names": names,
}  # fmt: skip
"""Kinds that are made of phrases of our own."""


def make(kind: str, count: int) -> Iterator[str]:
    """Texts of a kind; one in three is a mixture with other kinds, as pages are."""
    for number in range(count):
        draws = Draws(f"{kind} {number}")
        text = KINDS[kind](draws)
        if draws.below(3) == 0:
            text += "\n" + KINDS[draws.one([*KINDS])](draws)
        yield text


def salad(text: str, key: str) -> str:
    """The words of a text in another order, with the marks that hang on them."""
    draws = Draws(f"salad {key}")
    words = text.split()
    return " ".join(draws.some(words, len(words)))


def stuffed(text: str, key: str) -> str:
    """Words of a text without the small ones, repeated as for a search engine."""
    draws = Draws(f"stuffed {key}")
    words = sorted({word.strip(".,;:()!?\"'").lower() for word in text.split() if len(word) > 4})
    chosen = draws.some(words, 25)
    found = [" ".join(draws.some(chosen, draws.between(1, 3))) for _ in range(80)] if chosen else []
    return draws.one([", ", " ", "\n", ". "]).join(found)


def repeated(text: str, key: str) -> str:
    """A few of a text's sentences again and again."""
    draws = Draws(f"repeated {key}")
    sentences = draws.some([part.strip() for part in text.replace("\n", " ").split(". ") if part.strip()], 3) or [text]
    return draws.one([". ", "\n", " "]).join(draws.one(sentences) for _ in range(draws.between(8, 25)))


def fragments(text: str, key: str) -> str:
    """Pieces of a text's lines that break off, in another order, as results of a search show them."""
    draws = Draws(f"fragments {key}")
    words = text.split()
    found = []
    for _ in range(draws.between(8, 25)):
        at = draws.below(max(len(words) - 12, 1))
        found.append(f"{' '.join(words[at : at + draws.between(3, 12)])} ...")
    return draws.one(["\n", " ", " » "]).join(found)


def babble(texts: Sequence[str], key: str, length: int) -> str:
    """Words that follow each other as pairs do in some texts: every step makes sense and the whole none."""
    draws = Draws(f"babble {key}")
    words = " ".join(texts).split()
    followers: dict[str, list[str]] = {}
    for first, second in pairwise(words):
        followers.setdefault(first, []).append(second)
    current, found = draws.one(words), []
    for _ in range(length):
        found.append(current)
        current = draws.one(followers.get(current) or words)
    return " ".join(found)


SPOILT: Mapping[str, Callable[[str, str], str]] = {
    "salad": salad, "stuffed": stuffed, "repeated": repeated, "fragments": fragments,
}  # fmt: skip
"""Kinds that good texts are made into."""
