"""The repetition kernel against a slow twin in plain Python."""

import itertools
from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.machine.hashing import hash_bytes
from textmill.filters.kernels.words.boundaries import DATATROVE, DOLMA, UAX29, WHITESPACE
from textmill.filters.kernels.words.repetition import DUPLICATE_SIZES, TOP_SIZES, Repetition, _room_for, repetition
from textmill.filters.kernels.words.uax29_words import new_words
from textmill.filters.kernels.words.word_statistics import word_statistics

from .slow_words import slow_words

FEW_WORDS = st.lists(st.sampled_from(["a", "b", "né", "漢", "12,5"]), max_size=60).map(" ".join)
LAYOUT = st.lists(
    st.sampled_from(["a", "b", "line one", "né", "\n", "\n\n", "\n\n\n", " ", "\n \n", "\t", "\r\n", "\u3000", "\x00"]),
    max_size=40,
).map("".join)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def top_n_gram_chars(words: list[str], size: int, mode: int) -> int:
    grams = Counter(zip(*(words[first:] for first in range(size)), strict=False))
    if not grams:
        return 0
    gram, count = grams.most_common(1)[0]
    chars = len(("" if mode == DOLMA else " ").join(gram))
    return chars * count if count > 1 or mode in (DATATROVE, DOLMA) else 0


def overlapping_n_gram_chars(words: list[str], size: int) -> tuple[int, int]:
    """Of repeated n-grams, and of all."""
    grams = Counter(tuple(words[first : first + size]) for first in range(len(words) - size + 1))
    chars = {gram: len("".join(gram)) * count for gram, count in grams.items()}
    return sum(chars[gram] for gram, count in grams.items() if count > 1), sum(chars.values())


def duplicate_n_gram_chars(words: list[str], size: int) -> int:
    seen: set[tuple[str, ...]] = set()
    chars = first = 0
    while first <= len(words) - size:
        gram = tuple(words[first : first + size])
        if gram in seen:
            chars += len("".join(gram))
            first += size
        else:
            seen.add(gram)
            first += 1
    return chars


def slow_repetition(text: str, mode: int) -> dict[str, int]:
    words = slow_words(text, mode)
    row = {f"TOP_{size}_GRAM_CHARS": top_n_gram_chars(words, size, mode) for size in TOP_SIZES}
    for size in DUPLICATE_SIZES:
        row[f"DUPLICATE_{size}_GRAM_CHARS"] = duplicate_n_gram_chars(words, size)
        row[f"ALL_{size}_GRAM_CHARS"] = 0
        if mode == DOLMA:
            row[f"DUPLICATE_{size}_GRAM_CHARS"], row[f"ALL_{size}_GRAM_CHARS"] = overlapping_n_gram_chars(words, size)
    return row


def kernel_rows(texts: list[str], mode: int) -> list[dict[str, int]]:
    rows = repetition(pa.array(texts, pa.large_string()), mode)
    return [{column.name: int(row[column]) for column in Repetition} for row in rows]


@pytest.mark.parametrize("mode", [WHITESPACE, UAX29])
@given(FEW_WORDS | LAYOUT | ANY_TEXT)
@settings(max_examples=400)
@example("")
@example("a")
@example("\n\n")
@example("a\n\na\n\n\x00")
@example("a b " * 40)
def test_kernel_measures_what_plain_python_measures(mode: int, text: str) -> None:
    assert kernel_rows([text], mode) == [slow_repetition(text, mode)]


@pytest.mark.parametrize("mode", [DATATROVE, DOLMA])
@given(FEW_WORDS)
@settings(max_examples=200)
@example("")
@example("a b")
@example("a b " * 40)
def test_kernel_counts_as_the_peers_do(mode: int, text: str) -> None:
    assert kernel_rows([text], mode) == [slow_repetition(text, mode)]


@given(st.lists(FEW_WORDS | LAYOUT | ANY_TEXT, max_size=6))
@settings(max_examples=100)
def test_words_are_counted_on_the_way_as_they_are_alone(texts: list[str]) -> None:
    apart = [pa.array(texts, pa.large_string()) for _ in range(2)]
    alone = [word_statistics(apart[0], mode).tolist() for mode in (WHITESPACE, UAX29)]
    repetition(apart[1], UAX29)
    assert [word_statistics(apart[1], mode).tolist() for mode in (WHITESPACE, UAX29)] == alone


@given(st.lists(FEW_WORDS | LAYOUT, max_size=6))
@settings(max_examples=60)
def test_documents_do_not_disturb_each_other(texts: list[str]) -> None:
    assert kernel_rows(texts, UAX29) == [kernel_rows([text], UAX29)[0] for text in texts]


def test_a_long_line_of_one_phrase() -> None:
    counts = kernel_rows(["short", "ten words that stand here again and again for ever " * 20_000], WHITESPACE)[1]
    # The n-grams of the first ten words are new; all others have stood before.
    assert counts["DUPLICATE_10_GRAM_CHARS"] == 41 * 19_999
    assert counts["TOP_2_GRAM_CHARS"] == len("ten words") * 20_000


def test_a_word_takes_few_bytes_to_work_in() -> None:
    words = 1_000_000
    room, places = _room_for(words), new_words(words)
    assert (len(room.table), len(room.sketch)) == (2 * words + 16, 8 * words + 64)
    # The sketch lies in the table.
    assert sum(array.nbytes for array in (room.starts, room.links, room.table, *places)) <= 30 * words


@pytest.mark.parametrize("words", [["a"], ["a", "b"], list("abcdefghij")])
def test_n_grams_of_a_text_of_short_words_only(words: list[str]) -> None:
    text = " ".join(words * 3000)
    assert kernel_rows([text], WHITESPACE) == [slow_repetition(text, WHITESPACE)]


def test_length_and_text_of_a_line_do_not_cancel_out_in_its_hash() -> None:
    texts = ["".join(pair) for pair in itertools.product(map(chr, range(128)), ["", "\0", "\0\0"])]
    hashes = {int(hash_bytes(np.frombuffer(text.encode(), dtype=np.uint8), 0, len(text))) for text in texts}
    assert len(hashes) == len(texts)
