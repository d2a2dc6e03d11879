"""The texts that the shipped language models learn from: documentation and a game's stories, from Debian's packages."""

from __future__ import annotations

import gettext
import html
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import xxhash

from .language_ensemble import ask_cld2

SHORTEST_CHARS = 30
SHORTEST_LETTERS = 0.6
"""Share of letters in what is no white space."""


class Names(NamedTuple):
    """What a language is called in the packages."""

    handbook: str
    guide: str
    office: str
    gnome: str
    wesnoth: str


LANGUAGES: Mapping[str, Names] = {
    "de": Names("de-DE", "de", "de", "de", "de"),
    "en": Names("en-US", "en", "en-US", "C", ""),
    "es": Names("es-ES", "es", "es", "es", "es"),
    "fr": Names("fr-FR", "fr", "fr", "fr", "fr"),
    "it": Names("it-IT", "it", "it", "it", "it"),
    "ja": Names("ja-JP", "ja", "ja", "ja", "ja"),
    "pt": Names("pt-BR", "pt", "pt-BR", "pt_BR", "pt_BR"),
    "ru": Names("ru-RU", "ru", "ru", "ru", "ru"),
    "zh": Names("zh-CN", "zh_CN", "zh-CN", "zh_CN", "zh_CN"),
}
ENGLISH = "doc/anarchism"
"""A folder with more in English: "An Anarchist FAQ", the only long prose among the packages."""
MARKUP = re.compile(r"</?[A-Za-z][^>]*>|\s+")
PARAGRAPHS: Mapping[str, str] = {
    ".html": r"<(?:p|dd|li|h\d)\b[^>]*>(.*?)</(?:p|dd|li|h\d)>",
    ".page": r"<(?:p|title|desc)\b[^>]*>(.*?)</(?:p|title|desc)>",
}


def read(share: Path, language: str) -> list[str]:
    """All paragraphs that CLD2 finds to be in a language, each once, in the order of their hashes.

    Args:
        share: The folder ``usr/share`` of the unpacked packages.
        language: One of :data:`LANGUAGES`.

    Raises:
        FileNotFoundError: when a package is missing.
    """
    found: dict[int, str] = {}
    for paragraph in _paragraphs(share, language):
        if is_prose(paragraph) and ask_cld2(paragraph).label == language:
            found.setdefault(number_of(paragraph), paragraph)
    return [found[number] for number in sorted(found)]


def number_of(paragraph: str) -> int:
    """What decides the order of paragraphs, and which of them are held out."""
    return xxhash.xxh3_64_intdigest(paragraph.encode(), seed=3)


def is_prose(paragraph: str) -> bool:
    """Whether it is long enough, and mostly letters."""
    dense = "".join(paragraph.split())
    wide = sum(ord(character) >= 0x3000 for character in dense)
    letters = sum(character.isalpha() for character in dense)
    return len(dense) + 2 * wide >= SHORTEST_CHARS and letters >= SHORTEST_LETTERS * len(dense)


def _paragraphs(share: Path, language: str) -> Iterator[str]:
    names = LANGUAGES[language]
    folders = [
        f"doc/debian-handbook/html/{names.handbook}", f"doc/installation-guide-amd64/{names.guide}",
        f"libreoffice/help/{names.office}", f"help/{names.gnome}", *((ENGLISH,) if language == "en" else ()),
    ]  # fmt: skip
    for name in folders:
        if not (share / name).is_dir():
            raise FileNotFoundError(f"{share / name} is missing; unpack the packages that MODELS.md names")
        for path in sorted((share / name).rglob("*")):
            if path.suffix in PARAGRAPHS and path.is_file():
                yield from _of_markup(path.read_text(encoding="utf-8", errors="replace"), PARAGRAPHS[path.suffix])
    yield from _of_game(share / "games/wesnoth/1.16/locale", names.wesnoth)


def _of_markup(content: str, pattern: str) -> Iterator[str]:
    for found in re.findall(pattern, content, re.DOTALL | re.IGNORECASE):
        bare = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", found))).strip()
        if bare:
            yield bare


def _of_game(locale: Path, language: str) -> Iterator[str]:
    """Translated messages; the English ones are what German ones are translated from."""
    if not locale.is_dir():
        raise FileNotFoundError(f"{locale} is missing; unpack wesnoth-1.16-data")
    pick: Callable[[tuple[object, str]], str] = (lambda pair: pair[1]) if language else (lambda pair: str(pair[0]))
    for path in sorted((locale / (language or "de") / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            catalog: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for pair in catalog.items():
            if isinstance(pair[0], str) and pair[0]:
                message = pick(pair).rpartition("\x04")[2].rpartition("^")[2]
                for line in message.split("\n"):
                    bare = MARKUP.sub(" ", line).strip()
                    if bare:
                        yield bare
