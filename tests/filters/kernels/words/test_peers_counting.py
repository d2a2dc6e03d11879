"""The peers' ways of counting against twins in plain Python, on words that all split alike, and on any layout."""

import re
from collections import Counter
from statistics import median

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import make_batch
from textmill.filters.fineweb import FineWebQuality
from textmill.filters.gopher_quality import GopherQuality
from textmill.filters.gopher_repetition import GopherRepetition

LAYOUT = st.lists(
    st.sampled_from(
        ["a", "b", "line one", "né…", "#", "a#b#", "* a", "- a", "...", " ", "\n", "\n\n", "\n \n", "\t", "\x00"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def measured(judge: GopherQuality | GopherRepetition | FineWebQuality, text: str) -> dict[str, float]:
    found = judge.measure(make_batch([text]))
    return {name.split(".")[1]: column[0].as_py() for name, column in found.items()}


def later(parts: list[str]) -> list[str]:
    return [part for number, part in enumerate(parts) if part in parts[:number]]


def share(part: float, whole: float) -> float:
    return part / max(whole, 1)


@given(LAYOUT | ANY_TEXT)
@settings(max_examples=400)
@example("")
@example("\n")
@example("\n\n\na\n")
@example("a\n \n\nb\n \n\n \n\nc")
def test_datatrove_compares_blank_lines_and_paragraphs_too(text: str) -> None:
    lines = re.split("\n+", text) if text else []
    paragraphs = [part for part in re.split(r"\n{2,}", text.strip()) if part]
    found = measured(GopherRepetition(words="datatrove"), text)
    assert found["duplicate_line_ratio"] == share(len(later(lines)), len(lines))
    assert found["duplicate_line_chars_ratio"] == share(len("".join(later(lines))), len(text))
    assert found["duplicate_paragraph_ratio"] == share(len(later(paragraphs)), len(paragraphs))
    assert found["duplicate_paragraph_chars_ratio"] == share(len("".join(later(paragraphs))), len(text))


@given(LAYOUT | ANY_TEXT)
@settings(max_examples=400)
@example("")
@example("\n")
@example("\n* a…\n* a…\n\n")
def test_dolma_counts_every_occurrence(text: str) -> None:
    words = text.split()
    lines = re.split("\n+", text) if text else []
    repeated = [line for line in lines if Counter(lines)[line] > 1]
    quality = measured(GopherQuality(words="dolma"), text)
    assert quality["words"] == len(words)
    assert quality["mean_word_length"] == (median(map(len, words)) if words else 0)
    assert quality["hash_ratio"] == share(sum("#" in word or "…" in word for word in words), len(words))
    assert quality["ellipsis_ratio"] == 0
    assert quality["bullet_lines_ratio"] == share(sum(line.startswith(("*", "-")) for line in lines), len(lines))
    assert quality["ellipsis_lines_ratio"] == share(sum(line.endswith("…") for line in lines), len(lines))
    repetition = measured(GopherRepetition(words="dolma"), text)
    assert repetition["duplicate_line_ratio"] == share(len(repeated), len(lines))
    assert repetition["duplicate_line_chars_ratio"] == share(len("".join(repeated)), len("".join(words)))
    assert repetition["duplicate_paragraph_ratio"] == repetition["duplicate_paragraph_chars_ratio"] == 0


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        ("uax29", "one two three", 0),
        ("datatrove", "one two three", 7 / 13),
        ("dolma", "one two three", 6 / 11),
        ("uax29", "a b a b c", 6 / 9),
        ("datatrove", "a b a b c", 6 / 9),
        ("dolma", "a b a b c", 4 / 5),
    ],
)
def test_the_most_frequent_pair(words: str, text: str, expected: float) -> None:
    found = measured(GopherRepetition(words=words), text)  # type: ignore[arg-type]
    assert found["top_2_gram_ratio"] == pytest.approx(expected)


def test_n_grams_that_overlap_count_for_dolma_only() -> None:
    text = "a " * 12
    assert measured(GopherRepetition(words="dolma"), text)["duplicate_5_gram_ratio"] == 1
    assert measured(GopherRepetition(words="datatrove"), text)["duplicate_5_gram_ratio"] == 10 / 24


def test_a_text_without_lines_fails_for_datatrove_only() -> None:
    assert measured(FineWebQuality(), " \n ")["line_punctuation_ratio"] == 1
    assert measured(FineWebQuality(words="datatrove"), " \n ")["line_punctuation_ratio"] == 0


def test_tokens_for_each_newline() -> None:
    assert measured(FineWebQuality(words="datatrove"), "don't\n(stop)")["newline_ratio"] == 1 / 5
    assert measured(FineWebQuality(), "don't\n(stop)")["newline_ratio"] == 1 / 4
    assert measured(FineWebQuality(words="whitespace"), "don't\n(stop)")["newline_ratio"] == 1 / 2
