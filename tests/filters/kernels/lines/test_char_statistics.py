"""The character statistics against a slow twin in plain Python, over all of Unicode."""

import re

import pyarrow as pa
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.lines.char_classes import CharStatistic
from textmill.filters.kernels.lines.char_statistics import BOILERPLATE, COUNT, char_statistics
from textmill.filters.kernels.words.common_words import COMMON

PIECES = (
    *COMMON, *BOILERPLATE, "The", "Privacy Policy", "uſes cookies", "word", "é", "漢字", "१२", "²", "\u0301", "_",
    "...", "?", '."', "'", "(", "⟩", "{", "http://", "https://a.b/c?d=e~f", "xhttp://é", "httpss://x", "http://a:http://b",
    "://", ":", "\n", "\n\n", "\n\n\n", "\r\n", " ", "\t", "\x08", "\x1c", "\u00a0", "\u3000", "\x00", "👩🏽‍🚀",
    "same\n",     "A line that stands more than once.\n\n",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def slow_statistics(text: str) -> dict[str, int]:
    pieces = text.split("\n")
    filled = [line for line in pieces if line.strip()]
    paragraphs = text.split("\n\n")
    words = text.split()
    in_order = sorted(map(len, pieces), reverse=True)
    runs = previous = 0
    for character in text:
        is_word = character.isalnum() or character == "_" or regex.match(r"\p{Mn}", character)
        run_class = 0 if character.isspace() else 1 if is_word else 2
        runs += run_class not in (0, previous)
        previous = run_class
    return {
        "CHARS": len(text),
        "ALPHA": sum(map(str.isalpha, text)),
        "ALNUM": sum(map(str.isalnum, text)),
        "DIGITS": sum(map(str.isdecimal, text)),
        "SPACES": sum(map(str.isspace, text)),
        "NEMO_PLAIN": len(re.findall(r"[a-zA-Z0-9\n?!,.]", text)),
        "NEMO_SPACES": sum(map(text.count, "\t\n\r\b ")),
        "BRACKETS": sum(map(text.count, "()[]{}⟨⟩")),
        "URL_CHARS": sum(map(len, re.findall(r"https?://[a-z$-_!]+", text))),
        "RUNS": runs,
        "LONGEST_WORD_CHARS": max(map(len, words), default=0),
        "COMMON_WORDS": sum(word in COMMON for word in words),
        "NEWLINES": text.count("\n"),
        "LINES": len(pieces) - (pieces[-1] == ""),
        "MAX_LINE_CHARS": in_order[0],
        "SECOND_LINE_CHARS": in_order[1] if len(in_order) > 1 else 0,
        "THIRD_LINE_CHARS": in_order[2] if len(in_order) > 2 else 0,
        "FILLED_LINES": len(filled),
        "FILLED_LINE_CHARS": sum(map(len, filled)),
        "UNENDED_LINES": sum(line.strip()[-1] not in ".?!\"'" for line in filled),
        "UNIQUE_LINES": len(set(filled)),
        "UNIQUE_LINE_CHARS": sum(map(len, set(filled))),
        "PARAGRAPHS": len(paragraphs),
        "PARAGRAPH_CHARS": sum(map(len, paragraphs)),
        "UNIQUE_PARAGRAPHS": len(set(paragraphs)),
        "UNIQUE_PARAGRAPH_CHARS": sum(map(len, set(paragraphs))),
        "BOILERPLATE_PARAGRAPHS": sum(
            any(re.search(re.escape(phrase), paragraph, re.IGNORECASE | re.ASCII) for phrase in BOILERPLATE)
            for paragraph in paragraphs
        ),
    }


def kernel_statistics(text: str) -> dict[str, int]:
    row = char_statistics(pa.array([text], pa.large_string()))[0]
    return {column.name: int(row[column]) for column in CharStatistic}


@settings(max_examples=300)
@given(st.one_of(TRICKY, ANY_TEXT))
@example("")
@example("\n")
@example("a\n\n\nb")
@example("http://")
@example("http://x")
def test_the_kernel_counts_as_the_twin_does(text: str) -> None:
    assert kernel_statistics(text) == slow_statistics(text)


def test_every_character_is_counted_in_its_classes(characters: list[str]) -> None:
    everything = "".join(characters)
    assert kernel_statistics(everything) == slow_statistics(everything)


@pytest.mark.parametrize(
    "text", ["x" * 10_000_000, "\n" * 1_000_000, "http://" * 500_000, "\x00 " * 500_000, "k" * 1_000_000]
)
def test_monotonous_texts_end(text: str) -> None:
    counts = kernel_statistics(text)
    assert counts["CHARS"] == len(text)
    assert counts["MAX_LINE_CHARS"] == max(map(len, text.split("\n")))


def test_documents_do_not_know_of_each_other() -> None:
    texts = ["same line.\n\nsame line.", "", "same line.", "漢 the\n" * 20]
    column = pa.array(["before", *texts, "after"], pa.large_string()).slice(1, len(texts))
    counts = char_statistics(column)
    assert counts.shape == (len(texts), COUNT)
    for row, text in zip(counts, texts, strict=True):
        assert {column.name: int(row[column]) for column in CharStatistic} == slow_statistics(text)
