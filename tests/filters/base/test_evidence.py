"""Lines that drive a rule: told where the rule is broken, and where a reader would look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import C4Quality, FineWebQuality, GopherQuality, GopherRepetition, Toxicity
from textmill.filters import Filter
from textmill.filters.bad_words import BadWords
from textmill.filters.base.batch import make_batch
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
