"""Lines that drive a rule: told where the rule is broken, and where a reader would look."""

from collections.abc import Iterable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import C4Quality, FineWebQuality, GopherQuality, GopherRepetition, Toxicity
from textmill.filters import Filter
from textmill.filters.bad_words import BadWords
from textmill.filters.base.batch import make_batch
from textmill.filters.base.evidence import (
    Evidence,
    as_lines,
    broken_lines,
    lines_holding,
    lines_that,
    lines_with,
    longer_lines,
    most_frequent_ngram,
    repeated_lines,
    repeated_ngrams,
    repeated_paragraphs,
    repeated_run,
    words_that,
)
from textmill.filters.codex import CodexQuality
from textmill.filters.language import Language
from textmill.filters.madlad import MadladQuality
from textmill.filters.mc4 import MC4Paragraphs
from textmill.filters.nemo import NemoQuality
from textmill.filters.olmo import OlmoRepetition
from textmill.filters.redpajama_code import RedPajamaCode
from textmill.filters.starcoder import StarCoderQuality

MENU = (
    "Welcome to our site\n• Home\n - About us…\n\n"
    "Buy # now! Buy # now! Buy # now!\nWelcome to our site\n{lorem IPSUM}\n"
)

FILTERS: tuple[Filter, ...] = (
    *(GopherQuality(), GopherRepetition(), GopherRepetition(words="whitespace"), FineWebQuality(), C4Quality()),
    *(BadWords(), CodexQuality(), RedPajamaCode(), StarCoderQuality(), Toxicity()),
    *(NemoQuality(), MadladQuality(), MC4Paragraphs(), OlmoRepetition(), Language(keep=("de",))),
)


def lines(step: Filter, rule: str, text: str = MENU) -> list[int]:
    return [one.line for one in step.evidence(make_batch([text]), rule)]


@pytest.mark.parametrize(
    ("step", "rule", "expected"),
    [
        (GopherQuality(), "max_hash_ratio", [5]),
        (GopherQuality(), "max_ellipsis_ratio", [3]),
        (GopherQuality(), "max_bullet_lines_ratio", [2, 3]),
        (GopherQuality(), "max_ellipsis_lines_ratio", [3]),
        (GopherQuality(), "min_alpha_words_ratio", [2, 3, 5]),
        (GopherQuality(max_mean_word_length=3), "max_mean_word_length", [1, 6]),
        (GopherQuality(), "min_words", []),
        (GopherRepetition(), "max_duplicate_line_ratio", [6]),
        (GopherRepetition(), "max_top_2_gram_ratio", [5]),
        (GopherRepetition(words="whitespace"), "max_duplicate_5_gram_ratio", [5]),
        (FineWebQuality(), "max_short_line_ratio", [1, 2, 3, 6, 7]),
        (FineWebQuality(), "min_line_punctuation_ratio", [1, 2, 3, 6, 7]),
        (FineWebQuality(), "max_duplicate_chars_ratio", [6]),
        (C4Quality(), "max_lorem_ipsum", [7]),
        (C4Quality(), "max_curly_brackets", [7]),
        (CodexQuality(max_line_chars=20), "max_line_chars", [5]),
        (NemoQuality(), "min_unique_line_ratio", [6]),
        (NemoQuality(), "max_unended_line_ratio", [1, 2, 3, 6, 7]),
        (NemoQuality(), "max_boilerplate_ratio", [7]),
        (NemoQuality(), "max_bracket_ratio", [7]),
        (NemoQuality(), "max_space_ratio", [2, 3, 4, 5]),
        (MC4Paragraphs(), "min_third_line_chars", [1, 5, 6]),
        (MadladQuality(checks="any"), "max_questionable_ratio", [1, 2, 3, 5, 6, 7]),
    ],
)
def test_lines_are_those_that_a_reader_would_mark(step: Filter, rule: str, expected: list[int]) -> None:
    assert lines(step, rule) == expected


def test_what_counts_of_a_line_is_told() -> None:
    (hashes,) = GopherQuality().evidence(make_batch([MENU]), "max_hash_ratio")
    assert (hashes.found, hashes.text) == ("#", "Buy # now! Buy # now! Buy # now!")
    (top,) = GopherRepetition(words="whitespace").evidence(make_batch([MENU]), "max_top_3_gram_ratio")
    assert top.found == "Buy # now!"


def test_repeated_paragraphs_are_told_by_their_first_line() -> None:
    text = "One.\nTwo.\n\n\nThree.\n\nOne.\nTwo.\n"
    assert lines(GopherRepetition(), "max_duplicate_paragraph_ratio", text) == [7]
    assert lines(GopherRepetition(), "max_duplicate_line_ratio", text) == [7, 8]


def test_bad_words_are_told_without_naming_them() -> None:
    text = "A clean line.\nWhat the fuck is this.\nAnother line."
    assert lines(BadWords(), "keep_fraction", text) == [2]
    assert lines(BadWords(), "keep_fraction", "чистый текст") == []


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_text_has_lines_in_order_or_none(text: str) -> None:
    numbers = range(1, text.count("\n") + 2)
    for step in FILTERS:
        for rule in step.rules:
            found = list(step.evidence(make_batch([text]), rule.name))
            assert all(one.line in numbers and one.text == text.split("\n")[one.line - 1] for one in found)
            assert [one.line for one in found] == sorted({one.line for one in found})


def test_a_broken_rule_on_lines_has_evidence() -> None:
    batch = make_batch([MENU * 3])
    for step in (GopherRepetition(), FineWebQuality(), C4Quality()):
        taken = step.measure(batch)
        for rule in step.rules:
            if rule.fails(taken[rule.measurement])[0] and rule.name not in ("min_sentences", "max_newline_ratio"):
                assert list(step.evidence(batch, rule.name)), rule.name


def told(found: Iterable[Evidence]) -> list[tuple[int, str]]:
    return [(one.line, one.found) for one in found]


def test_lines_become_documents_of_the_same_language_kind_and_url() -> None:
    document = make_batch(["one\n\ntwo"], source="s", kind="book")
    lines_of_it = as_lines(document)
    assert lines_of_it["text"].to_pylist() == ["one\n", "\n", "two"]
    assert lines_of_it["kind"].to_pylist() == ["book"] * 3
    assert lines_of_it["language.label"].to_pylist() == ["en"] * 3
    german = document.append_column("language.label", pa.array(["de"]))
    again = as_lines(german)
    assert again["language.label"].to_pylist() == ["de"] * 3
    assert again.schema.names == german.schema.names
    assert as_lines(make_batch(["字字字 a\n."]))["language.label"].to_pylist() == ["zh", "zh"]


def test_lines_by_length_phrase_and_word() -> None:
    text = "short\na longer line\nexactly ten\nHello WORLD, hello\n\n"
    assert told(longer_lines(make_batch([text]), 11)) == [(2, ""), (4, "")]
    assert told(lines_with(text, ["World", "LONGER"])) == [(2, "longer"), (4, "world")]
    assert told(lines_with(text, ["hello", "world"])) == [(4, "hello")]
    assert told(words_that(text, str.isupper)) == [(4, "WORLD,")]
    assert told(words_that(text, lambda word: word.lower().startswith("h"))) == [(4, "Hello hello")]
    assert [one.text for one in lines_that(text, lambda line: line.endswith("n"))] == ["exactly ten"]


def test_only_lines_that_hold_something_are_told_and_no_blank_ones() -> None:
    document = make_batch(["a\n\nb\nc"])
    assert told(lines_holding(document, pa.array([2, 1, 0, 1]))) == [(1, ""), (4, "")]


def test_lines_and_paragraphs_that_stood_before() -> None:
    text = "a\nb\n\na\n \na\nb\n\n\nc\nb"
    assert told(repeated_lines(text)) == [(4, ""), (6, ""), (7, ""), (11, "")]
    assert told(repeated_paragraphs(text)) == [(6, "")]
    (paragraph,) = repeated_paragraphs(text)
    assert paragraph.text == "a"


def test_the_most_frequent_run_of_words() -> None:
    text = "to be or not to be\nor to be, or to be"
    assert told(most_frequent_ngram(text, 2, by_space=True)) == [(1, "to be"), (2, "to be")]
    assert told(most_frequent_ngram(text, 2, by_space=False)) == [(1, "to be"), (2, "to be")]
    assert told(most_frequent_ngram("a b\na b\nlonger words\nlonger words", 2, by_space=True)) == [
        (3, "longer words"),
        (4, "longer words"),
    ]
    assert told(most_frequent_ngram("each word once", 2, by_space=True)) == []
    assert told(most_frequent_ngram("one", 2, by_space=True)) == []
    assert told(most_frequent_ngram("one one", 2, by_space=True)) == []
    assert told(most_frequent_ngram("one one\none", 2, by_space=True)) == [(1, "one one")]  # from a line into the next


def test_runs_of_words_that_stood_before() -> None:
    text = "a b c\nx a b\na b c"
    assert told(repeated_ngrams(text, 2, by_space=True)) == [(2, "a b"), (3, "a b")]
    assert told(repeated_ngrams(text, 3, by_space=True)) == [(3, "a b c")]
    assert told(repeated_ngrams(text, 4, by_space=True)) == []
    assert told(repeated_ngrams("a b c a b c", 3, by_space=True)) == [(1, "a b c")]


def test_the_run_that_stands_behind_itself_most_often() -> None:
    text = "start\nha ha ha\nne ne ne ne\nand on and on and on end"
    assert told(repeated_run(text, 3, by_space=True)) == [(3, "ne")]
    assert told(repeated_run("x\na b c a b c a b c\nd d", 3, by_space=True)) == [(2, "a b c")]
    assert told(repeated_run("x\na b c a b c a b c\nd d", 2, by_space=True)) == [(3, "d")]
    assert told(repeated_run("a a", 1, by_space=True)) == [(1, "a")]
    assert told(repeated_run("a a", 0, by_space=True)) == []
    assert told(repeated_run("no word twice", 3, by_space=True)) == []
    assert told(repeated_run("one", 3, by_space=True)) == []


def test_no_more_lines_are_told_than_anybody_reads() -> None:
    text = "same words\n" * 500
    assert len(told(most_frequent_ngram(text, 2, by_space=True))) == 200


def test_blank_lines_are_told_where_they_are_asked_for() -> None:
    document = make_batch(["word\n\nlonger words"])
    step = GopherQuality(min_words=2)
    assert [one.line for one in broken_lines(document, step, "min_words")] == [1]
    assert [one.line for one in broken_lines(document, step, "min_words", blank=True)] == [1, 2]
