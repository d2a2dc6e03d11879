"""Words and marks cut into windows, against a slow twin in plain Python."""

from __future__ import annotations

import re
from itertools import groupby

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.models.word_windows import WINDOW_BYTES, WordWindows, cut_word_windows

QUOTES = {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."} | dict.fromkeys("‐‑‒–—―", "-")
ASCII = "".join(map(chr, range(128)))
SIGNS = "“”‘’…–—\u00a0\u200b\u2028\u202f«»•→☺😀漢字かな、。　！éüßЖжกข𠀀"


def cut(*texts: str) -> WordWindows:
    return cut_word_windows(text_buffers(pa.array(texts, pa.large_string())))


def words_of(windows: WordWindows) -> list[str]:
    ends = windows.ends.tolist()
    return [windows.data[start:end].tobytes().decode() for start, end in zip([0, *ends[:-1]], ends, strict=False)]


def slow(text: str) -> str:
    """What a text is made of, each word followed by a space, uncut."""
    found: list[str] = []
    inside = False  # of a word

    def put(word: str, *, alone: bool) -> None:
        nonlocal inside
        if inside and not alone:
            found[-1] += word
        else:
            found.append(word)
        inside = not alone

    at = 0
    while at < len(text):
        char = text[at]
        run = next(len(list(group)) for _, group in groupby(text[at:]))
        following = text[at + 1 : at + 2]
        letter_follows = following.isascii() and following.isalpha()
        if char.isascii() and char.isalpha():
            put(char.lower(), alone=False)
        elif space := re.match(r"[\x00-\x20\x7f]+", text[at:]):
            at += space.end()
            inside = False
            if "\n" in space[0] and found:
                put("\n", alone=True)
            continue
        elif digits := re.match("[0-9]+", text[at:]):
            put("0" * min(4, digits.end()), alone=False)
            at += digits.end()
            continue
        elif char in "'‘’" and inside and letter_follows:
            put("'", alone=False)
        elif char.isascii():
            put(char * min(run, 3), alone=True)
            at += run
            continue
        elif "\x80" <= char <= "\xa0" or "\u2000" <= char <= "\u200a" or char in "\u2028\u2029\u202f\u3000":
            inside = False
        elif "\u200b" <= char <= "\u200f":
            pass
        elif char in QUOTES:
            put(QUOTES[char], alone=True)
        elif (
            "\xa1" <= char <= "\xbf"
            or "\u2010" <= char <= "\u2bff"
            or "\u3000" <= char <= "\u303f"
            or "\uff00" <= char <= "\uff0f"
            or "\U0001f000" <= char <= "\U0001ffff"
            or "\u3040" <= char <= "\u9fff"
            or "\U00020000" <= char <= "\U0003ffff"
        ):
            put(char, alone=True)
        else:
            put(char, alone=False)
        at += 1
    return "".join(f"{word} " for word in found)


@given(st.lists(st.text(st.sampled_from(ASCII + SIGNS * 2), max_size=60), max_size=4))
def test_as_the_slow_twin(texts: list[str]) -> None:
    windows = cut(*texts)
    assert words_of(windows) == [slow(text) for text in texts if slow(text)]
    assert windows.of_document.tolist() == [int(bool(slow(text))) for text in texts]


@given(st.text(max_size=40))
def test_all_of_unicode(text: str) -> None:
    assert words_of(cut(text)) == [slow(text)] * bool(slow(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It’s 12,345 o'clock!!!!!", "it's 00 , 000 o'clock !!! "),
        ("One.\r\n\r\n  Two…", "one . \n two ... "),
        ("\n\nmp3 “ok” — é", 'mp0 " ok " - é '),
        ("rock 'n' roll's", "rock ' n ' roll's "),
    ],
)
def test_words_and_marks(text: str, words: str) -> None:
    assert words_of(cut(text)) == [words]


def test_a_long_text_is_cut_at_words_and_loses_nothing() -> None:
    text = " ".join(f"word{'x' * (number % 7)}, and" for number in range(900))
    windows = cut("short", text, "")
    first, *parts = words_of(windows)
    assert first == "short "
    assert "".join(parts) == slow(text)
    assert all(WINDOW_BYTES <= len(part) < WINDOW_BYTES + 20 for part in parts[:-1])
    assert windows.of_document.tolist() == [1, len(parts), 0]
    assert windows.starts.tolist() == [0, *windows.ends[:-1].tolist()]


def test_a_slice_is_read_from_where_it_begins() -> None:
    texts = pa.array(["skipped text", "One two.", "three"], pa.large_string())
    assert words_of(cut_word_windows(text_buffers(texts.slice(1, 1)))) == ["one two . "]
