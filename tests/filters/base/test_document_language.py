"""Which language a document is in, by its label or else by its script."""

import pyarrow as pa
import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.base.document_language import document_languages


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Plain English words.", "en"),
        ("", "en"),
        ("1984 + 3", "en"),
        ("naïve café, and words that are English", ""),
        ("“Quoted” — with dashes…", "en"),
        ("今天天气很好。", "zh"),
        ("今天天气很好 with six words of Latin", "zh"),
        ("字 abcde", "en"),  # a character says as much as five letters
        ("字 abcd", "zh"),
        ("漢字㐀", "zh"),
        ("これは日本語の文章です。", ""),
        ("カタカナ", ""),
        ("漢字" * 10 + "の", "zh"),
        ("漢字漢字漢字漢字漢の", ""),
        ("漢字漢字漢字漢字漢字の", "zh"),  # a tenth of Kana is not too much
        ("Привет, мир", ""),
        ("x" * 50 + "я", "en"),
        ("x" * 49 + "я", ""),  # more than one letter in fifty
        ("字" * 10 + "я", "zh"),  # the same, where a character counts for five
        ("字" * 9 + "я", ""),
        ("한국어", ""),
    ],
)
def test_a_script_tells_english_and_chinese(text: str, language: str) -> None:
    assert document_languages(make_batch([text])) == [language]


def test_a_label_counts_before_the_script() -> None:
    batch = make_batch(["English", "English", "English", "字字", "字字", "字字"])
    labelled = batch.append_column("language.label", pa.array(["de", "und", None, "yue", "wuu", "ja"]))
    assert document_languages(labelled) == ["de", "en", "en", "zh", "zh", "ja"]


def test_each_document_is_looked_at_for_itself() -> None:
    batch = make_batch(["字" * 100, "English words", "Привет"]).slice(1)
    assert document_languages(batch) == ["en", ""]
    assert document_languages(make_batch([])) == []


def test_the_first_twenty_thousand_bytes_tell() -> None:
    texts = ["x" * 19_900 + "字" * 33 + "я" * 5000, "x" * 20_000 + "я" * 9000, "x" * 2000 + "я" * 5000]
    assert document_languages(make_batch(texts)) == ["en", "en", ""]
