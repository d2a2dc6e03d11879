"""Lists of obscene words in 28 languages, and how often their words and phrases occur in a text.

The lists are LDNOOBW ("List of Dirty, Naughty, Obscene and Otherwise Bad Words", CC BY 4.0), which C4 and mC4 use too;
MODELS.md says from where. Left out are entries without a letter ("13.") and, in languages written without spaces,
single characters; also the words that the authors of mC4 excepted.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import RecipeError
from ..kernels.machine.buffers import Bools, Bytes, Int32Matrix
from ..kernels.machine.eight_bytes import HIGH, digits_of, letters_of, low_lines_of
from ..kernels.machine.instructions import load_eight, trailing_zeros
from ..kernels.machine.kernel import inner, kernel
from ..models.harmless_words import HARMLESS
from ..models.loading import shipped_file

WITHOUT_SPACES = ("ja", "th", "zh")
LIST_NAME = re.compile(r"([a-z]{2,3}(?:-[A-Za-z0-9-]+)?)(?:\.txt)?")
EXCEPTED = {"ja": ("sm", "グロ", "女の子"), "zh": ("性",)}
ALIASES = {"tl": "fil", "nb": "no", "nn": "no"}
"""Labels of language models for which the list of another code serves."""


class WordTrie(NamedTuple):
    """A list as a byte trie that a kernel can walk."""

    child: Int32Matrix
    """Next node by node and byte, 0 where there is none; shape (nodes, 256)."""
    is_end: Bools
    """Whether an entry ends at the node; shape (nodes,)."""
    is_harmless: Bools
    """Whether the entry that ends at the node is a harmless word, which hides listed ones in it; shape (nodes,)."""
    needs_boundaries: bool
    """Whether entries count only as whole words."""
    katakana_whole: bool
    """Whether an entry in Katakana counts only where no other Katakana stand beside it."""


def list_files(folder: str | None = None) -> Mapping[str, Path]:
    """The files of the lists, by name."""
    paths = [shipped_file("lists/ldnoobw.json")] if folder is None else _paths(folder).values()
    return {path.name: path for path in paths}


@functools.cache
def listed_languages(folder: str | None = None) -> tuple[str, ...]:
    """Languages that have a list: among ours, or in a folder.

    In a folder, files are named after their language, as LDNOOBW's own are (``en``, ``fil``, ``pt.txt``); others are
    left alone.

    Raises:
        RecipeError: when the folder has none.
    """
    return tuple(sorted(_shipped() if folder is None else _paths(folder)))


@functools.cache
def list_for(label: str, folder: str | None = None) -> str | None:
    """The list that serves for documents with this label of a language model; None where there is none."""
    known = listed_languages(folder)
    return next((code for code in (label, ALIASES.get(label)) if code in known), None)


def entries(language: str, folder: str | None = None) -> tuple[str, ...]:
    """The list of a language, lower case.

    Raises:
        RecipeError: when a file is no UTF-8 text.
    """
    lines = [line.strip().lower() for line in (_shipped()[language] if folder is None else _lines(folder, language))]
    shortest = 2 if language in WITHOUT_SPACES else 1
    excepted = EXCEPTED.get(language, ())
    return tuple(
        dict.fromkeys(
            line
            for line in lines
            if len(line) >= shortest and line not in excepted and any(character.isalpha() for character in line)
        )
    )


@functools.cache
def _shipped() -> Mapping[str, list[str]]:
    lists: dict[str, list[str]] = json.loads(shipped_file("lists/ldnoobw.json").read_text(encoding="utf-8"))["lists"]
    return lists


@functools.cache
def _paths(folder: str) -> Mapping[str, Path]:
    root = Path(folder)
    found = sorted(root.iterdir()) if root.is_dir() else []
    paths = {match[1]: path for path in found if (match := LIST_NAME.fullmatch(path.name)) and path.is_file()}
    if not paths:
        raise RecipeError(f"there are no word lists in {folder}; give a folder of files named en, de, pt.txt …")
    return paths


def _lines(folder: str, language: str) -> list[str]:
    path = _paths(folder)[language]
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecipeError(f"cannot read the word list {path}: {error}") from error
    return [line for line in content.splitlines() if not line.startswith("#")]


@functools.cache
def word_trie(language: str, folder: str | None = None, *, whole_words: bool = False) -> WordTrie:
    """Build the trie of a language once in a process.

    Args:
        language: Of the list.
        folder: In place of our lists.
        whole_words: Also in languages without spaces an entry counts only as a whole word: not within the words of
            :data:`~textmill.filters.models.harmless_words.HARMLESS`, nor within a longer run of Katakana.
    """
    children: list[dict[int, int]] = [{}]
    ends: set[int] = set()
    harmless: set[int] = set()
    for entry in entries(language, folder):
        ends.add(_add_word(children, entry))
    for word in HARMLESS.get(language, ()) if whole_words else ():
        harmless.add(_add_word(children, word))
    ends |= harmless
    child = np.zeros((len(children), 256), dtype=np.int32)
    for node, edges in enumerate(children):
        child[node, list(edges)] = list(edges.values())
    is_end = np.isin(np.arange(len(children)), list(ends))
    is_harmless = np.isin(np.arange(len(children)), list(harmless))
    return WordTrie(child, is_end, is_harmless, language not in WITHOUT_SPACES, whole_words and language == "ja")


def _add_word(children: list[dict[int, int]], word: str) -> int:
    node = 0
    for character in word:
        node = _add(children, node, character)
    return node


def _add(children: list[dict[int, int]], node: int, character: str) -> int:
    """Add a character in both cases, which lead to one node, and return that."""
    target = 0
    for form in dict.fromkeys(_forms(character)):
        at = node
        *first, last = form.encode()
        for byte in first:
            at = _step(children, at, byte)
        # A capital may belong to two letters (of Turkish i and ı): the first one in the list has it.
        target = target or children[at].get(last, 0) or _step(children, at, last)
        children[at].setdefault(last, target)
    return target


def _step(children: list[dict[int, int]], node: int, byte: int) -> int:
    if byte not in children[node]:
        children[node][byte] = len(children)
        children.append({})
    return children[node][byte]


def _forms(character: str) -> Iterator[str]:
    """The character and its capital where that is one character too (the one of ß is two)."""
    yield character
    if len(character.upper()) == 1:
        yield character.upper()


def count_flagged(data: Bytes, start: int, end: int, trie: WordTrie) -> tuple[int, int]:
    """Count the entries that occur in the text ``data[start:end]``, longest first, and its words.

    A word is a run of letters, digits and marks; Han and Kana count one by one. An entry that is a phrase counts with
    its number of words in the first figure, so that the two make a ratio of at most 1.
    """
    flagged, words = _count(data, start, end, *trie)
    return int(flagged), int(words)


@inner
def _character(data: Bytes, i: int) -> tuple[int, int]:
    """What stands at byte i (0 sign, 1 letter of a word, 2 Han or Kana), and its length in bytes."""
    byte = data[i]
    if byte < 0x80:
        is_word = 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A or byte == 0x5F
        return (1 if is_word else 0), 1
    if byte < 0xE0:  # U+0080 to U+00BF are signs, but for the ordinals and the micro sign
        return (0 if byte == 0xC2 else 1), 2
    if byte < 0xF0:
        second = data[i + 1]
        if (byte == 0xE2 and second <= 0x81) or (byte == 0xE3 and second == 0x80):
            return 0, 3
        if byte == 0xEF and (second == 0xB8 or (second == 0xBC and data[i + 2] < 0x90)):
            return 0, 3
        if (byte == 0xE3 and second >= 0x81) or 0xE4 <= byte <= 0xE9:
            return 2, 3
        return 1, 3
    return (2 if byte == 0xF0 and data[i + 1] >= 0xA0 else 0), 4


@inner
def _is_katakana(data: Bytes, i: int, end: int) -> bool:
    """Whether a Katakana, or the mark that makes one long, stands at byte i."""
    if i < 0 or i + 3 > end or data[i] != 0xE3:
        return False
    return bool((data[i + 1] == 0x83 and data[i + 2] != 0xBB) or (data[i + 1] == 0x82 and data[i + 2] >= 0xA1))


@kernel
def _count(
    data: Bytes, start: int, end: int, child: Int32Matrix, is_end: Bools, is_harmless: Bools, needs_boundaries: bool,
    katakana_whole: bool,
) -> tuple[int, int]:  # fmt: skip
    flagged, words = 0, 0
    i: int = start
    covered: int = start  # end of the last entry found: entries do not overlap
    previous: int = 0
    while i < end:
        kind, length = _character(data, i)
        if kind == 2 or (kind == 1 and previous != 1):
            words += 1
        if i >= covered and not (needs_boundaries and previous == 1 and kind == 1):
            node = np.int32(0)
            k: int = i
            found: int = i
            hides = False
            while k < end:
                node = child[node, data[k]]
                if node == 0:
                    break
                k += 1
                if is_end[node] and (k == end or (data[k] & 0xC0) != 0x80):
                    inside = False
                    if needs_boundaries and k < end:
                        last = k - 1
                        while (data[last] & 0xC0) == 0x80:
                            last -= 1
                        inside = _character(data, last)[0] == 1 and _character(data, k)[0] == 1
                    if katakana_whole and (
                        (_is_katakana(data, k, end) and _is_katakana(data, k - 3, end))
                        or (i > start and _is_katakana(data, i - 3, end) and _is_katakana(data, i, end))
                    ):
                        inside = not is_harmless[node]
                    if not inside:
                        found = k
                        hides = is_harmless[node]
            if found > i:
                covered = found
                before: int = 0
                k = i
                while k < found and not hides:
                    kind_inside, length_inside = _character(data, k)
                    if kind_inside == 2 or (kind_inside == 1 and before != 1):
                        flagged += 1
                    before = kind_inside
                    k += length_inside
        previous = kind
        i += length
        while needs_boundaries and kind == 1 and i + 8 <= end:  # nothing begins inside of a word
            block = load_eight(data, i)
            step = trailing_zeros(~(letters_of(block) | digits_of(block) | low_lines_of(block)) & HIGH) >> 3
            i += step
            if step < 8:
                break
    return flagged, words
