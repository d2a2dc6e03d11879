"""The statistics kernel against a slow twin in plain Python, over all of Unicode."""

import re

import pyarrow as pa
import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.lines.line_statistics import line_statistics
from textmill.filters.kernels.lines.repeated_lines import LineStatistic
from textmill.filters.kernels.unicode.build_unicode_table import DATATROVE_PUNCTUATION
from textmill.filters.kernels.words.boundaries import UAX29, WHITESPACE
from textmill.filters.kernels.words.stop_word_table import ENGLISH_STOP_WORDS
from textmill.filters.kernels.words.word_statistics import COUNT, WordStatistic, word_count, word_statistics

from .words.slow_words import slow_words

PIECES = (
    *ENGLISH_STOP_WORDS,
    "The", "WITH", "toé", "beß", "of,", "word", "é", "漢字", "...", "....", "…", "#", "##", "•", "- ", "-",
    ". ", ".", "?", "!”", "。", "।", "3.14", "e.g. this", '."', "{", "}", "lorem ipsum", "Lorem IPSUM", "lorem  ipsum",
    "\n", "\n\n", "\r\n", "\r", "\x0b", "\x1c", "\x85", "\u2028", " ", "\t", "\u00a0", "\u3000", "\x00", "\u0301",
    "👩🏽‍🚀", "שלום", "مرحبا؟", "same line\n", "A short one.\n", "x" * 31 + "\n", "\ufeff", "१२",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
LAYOUT = st.lists(
    st.sampled_from(["a", "b", "line one", "né", "\n", "\n\n", "\n\n\n", " ", "\n \n", "\t", "\r\n", "\u3000", "\x00"]),
    max_size=40,
).map("".join)  # fmt: skip
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def is_mark(character: str) -> bool:
    if character.isalpha():
        return False
    return character in DATATROVE_PUNCTUATION or bool(regex.match(r"\p{Sentence_Terminal}", character))


def slow_sentences(text: str) -> int:
    sentences = 0
    for line in text.splitlines():
        is_open = False
        for position, character in enumerate(line):
            if character.isalnum():
                is_open = True
            elif is_open and regex.match(r"\p{Sentence_Terminal}", character):
                rest = line[position + 1 :]
                while rest and not rest[0].isspace() and not rest[0].isalnum():
                    rest = rest[1:]
                if ord(character) >= 0x80 or not rest:
                    ends = True
                elif rest[0].isspace():
                    following = rest.lstrip()
                    ends = character != "." or not ("a" <= following[:1] <= "z")
                else:
                    ends = False
                if ends:
                    sentences += 1
                    is_open = False
        sentences += is_open
    return sentences


def later(parts: list[str]) -> list[str]:
    """Those that have stood before."""
    return [part for number, part in enumerate(parts) if part in parts[:number]]


def slow_statistics(text: str, mode: int, short_line_chars: int, *, sentences: bool = True) -> dict[str, int]:
    words = slow_words(text, mode)
    plain = [word for word in words if not all(map(is_mark, word))]
    lines = text.splitlines()
    filled = [line for line in text.split("\n") if line.strip()]
    stop_words = [
        word.lower() for word in words for known in ENGLISH_STOP_WORDS if word in (known, known.title(), known.upper())
    ]
    blank = [line for line in text.split("\n") if line and not line.strip()]
    pieces = re.split(r"\n{2,}", text.strip())
    paragraphs = [part for part in pieces if part.strip()]
    blank_paragraphs = [part for part in pieces if part and not part.strip()]
    return {
        "CHARS": len(text),
        "WORDS": len(words),
        "PLAIN_WORDS": len(plain),
        "PLAIN_WORD_CHARS": sum(map(len, plain)),
        "ALPHA_WORDS": sum(any(map(str.isalpha, word)) for word in words),
        "HASHES": text.count("#"),
        "ELLIPSES": text.count("...") + text.count("…"),
        "STOP_WORDS": len(set(stop_words)),
        "STOP_WORD_OCCURRENCES": len(stop_words),
        "LINES": len(lines),
        "BULLET_LINES": sum(line.lstrip().startswith(("•", "-")) for line in lines),
        "ELLIPSIS_LINES": sum(line.rstrip().endswith(("...", "…")) for line in lines),
        "NEWLINES": text.count("\n"),
        "FILLED_LINES": len(filled),
        "TERMINAL_LINES": sum(bool(regex.match(r"\p{Sentence_Terminal}", line[-1])) for line in filled),
        "SHORT_LINES": sum(len(line) <= short_line_chars for line in filled),
        "DUPLICATE_LINES": len(later(filled)),
        "DUPLICATE_LINE_CHARS": len("".join(later(filled))),
        "PARAGRAPHS": len(paragraphs),
        "DUPLICATE_PARAGRAPHS": len(later(paragraphs)),
        "DUPLICATE_PARAGRAPH_CHARS": len("".join(later(paragraphs))),
        "BLANK_LINES": len(blank),
        "DUPLICATE_BLANK_LINES": len(later(blank)),
        "DUPLICATE_BLANK_LINE_CHARS": len("".join(later(blank))),
        "BLANK_PARAGRAPHS": len(blank_paragraphs),
        "DUPLICATE_BLANK_PARAGRAPHS": len(later(blank_paragraphs)),
        "DUPLICATE_BLANK_PARAGRAPH_CHARS": len("".join(later(blank_paragraphs))),
        "SENTENCES": slow_sentences(text) if sentences else 0,
        "CURLY_BRACKETS": text.count("{") + text.count("}"),
        "LOREM_IPSUM": len(re.findall("lorem ipsum", text, re.IGNORECASE | re.ASCII)),
    }


def kernel_statistics(text: str, mode: int, short_line_chars: int = 30) -> dict[str, int]:
    column = pa.array([text], pa.large_string())
    words, lines = word_statistics(column, mode)[0], line_statistics(column, short_line_chars)[0]
    found = {statistic.name: int(words[statistic]) for statistic in WordStatistic}
    return found | {statistic.name: int(lines[statistic]) for statistic in LineStatistic}


@pytest.mark.parametrize("mode", [WHITESPACE, UAX29])
@given(text=TRICKY | ANY_TEXT | LAYOUT, short_line_chars=st.sampled_from([30, 0, 5]))
@settings(max_examples=300)
@example("", 30)
@example("\x00", 30)
@example("a\r", 30)
@example("a\n\na\n\n\x00", 30)
@example(" a\n \n\na\n\n \n", 30)
@example("\r\n\r\n", 30)
@example("Stop.\x85 go.", 30)
@example("toé beß", 30)
def test_kernel_counts_what_plain_python_counts(mode: int, text: str, short_line_chars: int) -> None:
    assert kernel_statistics(text, mode, short_line_chars) == slow_statistics(text, mode, short_line_chars)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", 0),
        ("...", 0),
        ("One. Two! Three?", 3),
        ("Pi is 3.14 today.", 1),
        ("As in e.g. this one.", 1),
        ('He said "stop." Then he left', 2),
        ("今日は。明日は。", 2),
        ("क्या है। ठीक है।", 2),
        ("A heading\nA sentence.\n\n- a point", 3),
        ("مرحبا؟ نعم.", 2),
    ],
)
def test_sentences(text: str, sentences: int) -> None:
    assert kernel_statistics(text, WHITESPACE)["SENTENCES"] == sentences


@given(st.lists(TRICKY | ANY_TEXT, max_size=6), st.integers(0, 3))
@settings(max_examples=50)
def test_documents_of_a_sliced_batch_do_not_disturb_each_other(texts: list[str], skipped: int) -> None:
    column = pa.array(texts, pa.large_string())[skipped:]
    for take in (lambda text: word_statistics(text, UAX29), line_statistics):
        alone = [take(pa.array([text], pa.large_string()))[0].tolist() for text in texts[skipped:]]
        assert take(column).tolist() == alone


@pytest.mark.parametrize("text", ["word and " * 120_000, "é. a" + "." * 1_000_000 + "b", "a" + ". " * 500_000 + "b"])
def test_every_statistic_of_a_long_line(text: str) -> None:
    # Sentences apart: the twin would scan the dots again for each of them.
    found = kernel_statistics(text, WHITESPACE)
    assert found.pop("SENTENCES") in (1, 2)
    assert found.items() <= slow_statistics(text, WHITESPACE, 30, sentences=False).items()


@pytest.mark.parametrize("mode", [WHITESPACE, UAX29])
@given(texts=st.lists(TRICKY | ANY_TEXT, max_size=4))
def test_counting_alone_finds_as_many_words(mode: int, texts: list[str]) -> None:
    counts = word_count(pa.array(texts, pa.large_string()), mode)
    assert counts.tolist() == [len(slow_words(text, mode)) for text in texts]


def test_statistics_are_taken_once_of_a_column() -> None:
    texts = pa.array(["one two", "three"], pa.large_string())
    batch = pa.record_batch({"text": texts})
    first = word_statistics(batch["text"], WHITESPACE)
    assert word_statistics(batch["text"], WHITESPACE) is first
    assert word_statistics(batch["text"], UAX29) is not first
    assert line_statistics(batch["text"]) is line_statistics(batch["text"])
    assert line_statistics(batch["text"], 5) is not line_statistics(batch["text"])
    assert word_statistics(texts[1:], WHITESPACE).shape == (1, COUNT)
    assert word_statistics(texts[1:], WHITESPACE)[0, WordStatistic.WORDS] == 1
