"""The kernel of the C4 line rules against a slow twin in plain Python."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import make_batch
from textmill.filters.c4 import CITATIONS, JAVASCRIPT, POLICIES, C4Lines

PIECES = (
    "word", "Five words stand in here", "x" * 12, "é" * 11, "漢字", "[1]", "[]", "[Edit]", "[citation needed]", "[12",
    "[[3]]", "[ ]", ".", "...", "?", "!", '"', "'", "…", "。", "JavaScript", "java script", "Terms of Use",
    "use cookies", "uses  cookies", " ", "\t", "\n", "\n\n", "\r\n", "\r", "\x0b", "\x1c", "\x85", "\u2028",
    "\u00a0", "\u3000", "\x00", "\u0301", "👩🏽", "שלום",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
SETTINGS = (
    C4Lines(),
    C4Lines(end_punctuation=False, min_words_per_line=3, max_word_chars=11),
    C4Lines(min_words_per_line=None, max_word_chars=None, remove_citations=False, remove_javascript=False),
    C4Lines(end_punctuation=False, min_words_per_line=None, remove_policies=False),
    C4Lines(end_apostrophe=True, count_citations=True, min_words_per_line=3, max_word_chars=11),
)


def slow_clean(text: str, cleaner: C4Lines) -> tuple[str, int, int, int]:
    phrases = JAVASCRIPT * cleaner.remove_javascript + POLICIES * cleaner.remove_policies
    citation = r"\[\d*\]|" + "|".join(map(re.escape, CITATIONS))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    kept = []
    citations = 0
    end_marks = ".?!\"'" if cleaner.end_apostrophe else '.?!"'
    for line in lines:
        removed = 0
        words = line.split()
        if cleaner.remove_citations:
            line, removed = re.subn(citation, "", line, flags=re.IGNORECASE | re.ASCII)
            line = line.strip()
        if not cleaner.count_citations:
            words = line.split()
        is_good = (
            line != ""
            and (not cleaner.end_punctuation or (line[-1] in end_marks and not line.endswith("...")))
            and len(words) >= (cleaner.min_words_per_line or 0)
            and (cleaner.max_word_chars is None or all(len(word) <= cleaner.max_word_chars for word in words))
            and not any(re.search(phrase, line, re.IGNORECASE | re.ASCII) for phrase in phrases)
        )
        if is_good:
            kept.append(line)
            citations += removed
    return "\n".join(kept), len(lines), len(lines) - len(kept), citations


def kernel_clean(texts: list[str], cleaner: C4Lines) -> list[tuple[str, int, int, int]]:
    column, measured = cleaner.clean(make_batch(texts))
    column.validate(full=True)
    columns = [column.to_pylist(), *(measured[name].to_pylist() for name in cleaner.measurements)]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("cleaner", SETTINGS)
@given(st.lists(TRICKY | ANY_TEXT, max_size=4))
@settings(max_examples=200)
@example([])
@example(["", "[1]", "\x00", "A."])
@example(["[1] Here five words stand now.[2]\r\nand these follow it too."])
def test_kernel_cleans_what_plain_python_cleans(cleaner: C4Lines, texts: list[str]) -> None:
    assert kernel_clean(texts, cleaner) == [slow_clean(text, cleaner) for text in texts]


@pytest.mark.parametrize("text", ["words in a line. " * 50_000, "x" * 1_000_000, "\n" * 1_000_000, "[" * 1_000_000])
def test_a_million_characters(text: str) -> None:
    assert kernel_clean([text], C4Lines()) == [slow_clean(text, C4Lines())]


@given(TRICKY)
def test_a_second_cleaning_changes_nothing(text: str) -> None:
    once = kernel_clean([text], SETTINGS[3])[0][0]
    if "[" not in once:  # cutting a citation out of brackets can leave another one
        assert kernel_clean([once], SETTINGS[3])[0][0] == once
