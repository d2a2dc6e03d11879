"""Digits, blanks and marks of every script as ASCII, and where each stood."""

import itertools
import unicodedata

import numpy as np
import pyarrow as pa

from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import TextBuffers, text_buffers
from textmill.filters.pii.folding import TABLE, Folded, fold

SIGNS = {
    "\x20": "00a0 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200a 202f 205f 3000",
    "-": "2010 2011 2012 2013 2212 fe63 ff0d",
    **{"+": "ff0b", ".": "ff0e", ":": "ff1a", "=": "ff1d", "@": "ff20", "(": "ff08", ")": "ff09", "/": "ff0f"},
    "\x01": "00ad 200b 200e 200f 202a 202b 202c 202d 202e 2066 2067 2068 2069 feff",  # left out
}
ZEROS = "0660 06f0 07c0 0966 09e6 0a66 0ae6 0b66 0be6 0c66 0ce6 0d66 0e50 0ed0 0f20 1040 17e0 1810 ff10"


def by_code_point() -> dict[int, int]:
    found = {int(code, 16): ord(sign) for sign, codes in SIGNS.items() for code in codes.split()}
    for zero in ZEROS.split():
        found |= {int(zero, 16) + digit: ord("0") + digit for digit in range(10)}
    return found


def buffers(texts: list[str]) -> TextBuffers:
    return text_buffers(make_batch(texts)["text"])


def folded_texts(folded: Folded) -> list[str]:
    ends = folded.text.offsets.tolist()
    return [folded.text.data[a:b].tobytes().decode() for a, b in itertools.pairwise(ends)]


def test_what_is_put_for_each_character() -> None:
    expected = by_code_point()
    assert {int(code): int(TABLE[code]) for code in np.flatnonzero(TABLE)} == expected
    for zero in ZEROS.split():
        assert [unicodedata.digit(chr(int(zero, 16) + digit)) for digit in range(10)] == [*range(10)]
    every = "".join(map(chr, expected))
    (text,) = folded_texts(fold(buffers([every])))
    assert text == "".join(chr(byte) for byte in expected.values() if byte != 1)


def test_texts_without_such_characters_keep_their_buffers() -> None:
    given = buffers(["plain", "é漢😀", ""])
    folded = fold(given)
    assert folded.text is given
    assert (len(folded.places), len(folded.shrunk), folded.begin) == (0, 0, 0)
    assert folded.original(1, 2, 5, given.offsets) == (2, 5)


def test_every_place_is_where_it_stood() -> None:
    texts = ["before ０", "a\u00a0b\u200bc　１２ é漢 x", "", "\u200b", "x\u2003y", "٣-٤ end"]
    for skipped in (0, 1, 2):
        given = text_buffers(pa.array(texts, pa.large_string()).slice(skipped))
        folded = fold(given)
        for row, (text, made) in enumerate(zip(texts[skipped:], folded_texts(folded), strict=True)):
            table = by_code_point()
            kept = [(at, character) for at, character in enumerate(text) if table.get(ord(character)) != 1]
            assert made == "".join(chr(table.get(ord(character), ord(character))) for _, character in kept)
            start = 0
            for at, character in kept:
                size = len(chr(table.get(ord(character), ord(character))).encode())
                begin = len(text[:at].encode())
                assert folded.original(row, start, start + size, given.offsets) == (
                    begin,
                    begin + len(character.encode()),
                )
                start += size
