"""Counting listed words, against `regex`."""

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.batch import make_batch, text_buffers
from textmill.filters.word_lists import LANGUAGES, WITHOUT_SPACES, count_flagged, entries, word_trie


def count(text: str, language: str) -> tuple[int, int]:
    buffers = text_buffers(make_batch(["before ", text, " after"])["text"])
    return count_flagged(buffers.data, int(buffers.offsets[1]), int(buffers.offsets[2]), word_trie(language))


def twin(text: str, language: str) -> tuple[int, int]:
    words = regex.compile(r"[一-鿿]|[0-9A-Za-z_À-ÿ]+")
    listed = "|".join(regex.escape(entry) for entry in sorted(entries(language), key=len, reverse=True))
    edge = "" if language in WITHOUT_SPACES else "[0-9A-Za-z_À-ÿ]"
    before, after = (f"(?<!(?<={edge})(?={edge}))", f"(?!(?<={edge})(?={edge}))") if edge else ("", "")
    pattern = regex.compile(f"{before}(?:{listed}){after}", regex.IGNORECASE)
    flagged = sum(len(words.findall(match)) for match in pattern.findall(text))
    return flagged, len(words.findall(text))


@pytest.mark.parametrize("language", ["en", "zh", "fr"])
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_twin(language: str, data: st.DataObject) -> None:
    listed = st.sampled_from(entries(language)).filter(lambda entry: regex.fullmatch(r"[ -~一-鿿à-ÿ]+", entry))
    filler = st.sampled_from([" ", "a", "s", " the ", "-", ".", "\n", "_", "1", "，", "我", "é", " class ", "X", "“"])
    text = "".join(data.draw(st.lists(st.one_of(listed, filler), max_size=20)))
    if language != "zh":
        text = text.replace("É", "é")
    assert count(text, language) == twin(text, language)


def test_every_list_is_found_in_itself() -> None:
    for language in LANGUAGES:
        assert len(entries(language)) > 20
        for entry in entries(language):
            flagged, words = count(entry, language)
            assert flagged == words > 0, (language, entry)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("", "en", (0, 0)),
        ("a class in Scunthorpe, assessing passages", "en", (0, 6)),
        ("An ASS is an Ass.", "en", (2, 5)),
        ("double penetration twice: double  penetration", "en", (2, 5)),
        ("Блядь, БЛЯДЬ, блядь", "ru", (3, 3)),
        ("你好，世界", "zh", (0, 4)),
        ("性", "zh", (0, 1)),
        ("13. 13点", "zh", (2, 3)),
    ],
)
def test_cases(text: str, language: str, expected: tuple[int, int]) -> None:
    assert count(text, language) == expected
