"""NormalizeUnicode against a slow twin in plain Python."""

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.unicode_normalization import NormalizeUnicode

REMOVED = {0xAD, 0xFEFF, 0x2060, *range(0x206A, 0x2070), *range(0xFFF9, 0xFFFD), *range(0xFDD0, 0xFDF0)}
SPACELESS = [*range(0x0E00, 0x10A0), *range(0x1780, 0x1800), *range(0x1950, 0x1AB0), *range(0xAA60, 0xAAE0)]


def clean(*texts: str) -> tuple[list[str], dict[str, list[object]]]:
    text, measured = NormalizeUnicode().clean(make_batch(texts))
    assert text.type == pa.large_string()
    text.validate(full=True)
    assert {name: column.type for name, column in measured.items()} == NormalizeUnicode.measurements
    return text.to_pylist(), {name: column.to_pylist() for name, column in measured.items()}


def twin(text: str) -> str:
    kept: list[str] = []
    for character in text.replace("\r\n", "\n"):
        if character in "\n\t":
            kept.append(character)
        elif len(("a" + character + "b").splitlines()) == 2:
            kept.append("\n")
        elif character == "\u200b":
            if kept and ord(kept[-1]) in SPACELESS:
                kept.append(character)
        elif 0xE0000 <= ord(character) < 0xE0080:
            if kept and (kept[-1] == "\U0001f3f4" or 0xE0000 <= ord(kept[-1]) < 0xE0080):
                kept.append(character)
        elif (
            unicodedata.category(character) not in ("Cc", "Co")
            and ord(character) not in REMOVED
            and ord(character) & 0xFFFE != 0xFFFE
        ):
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


# Python's Unicode tables may be older than pyarrow's: only characters that both know.
KNOWN = st.characters(exclude_categories=["Cs", "Cn"])
TRICKY = st.sampled_from(
    list(
        "e\u0301\u0323a\ue000\uf8ff\U000f0001\ufffc\ufdd0\uffff\U0001f3f4\U000e0067\U000e007f\u030a\r\n\t\x00\x0b\x0c\x1c\x85\u200b\u200d\ufeff\u2028ก\u1100\u1161\u11a8각\u2126ﬁ\ufffd"
    )
)

LONG = st.sampled_from(["more than eight of ASCII, ", "lines\nof text~\n", "\x7fdelete\x1f", "ก" * 3])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.one_of(KNOWN, TRICKY, LONG)).map("".join), max_size=6))
@example(["", "\r", "\r\r\n", "ก\u200b\u200bข \u200b", "e\u200b\u0301"])
def test_twin_and_idempotence(texts: list[str]) -> None:
    once, _ = clean(*texts)
    assert once == [twin(text) for text in texts]
    again, measured = clean(*once)
    assert again == once
    assert sum(measured["unicode.characters_removed"]) == sum(measured["unicode.line_ends_changed"]) == 0
    assert not any(measured["unicode.is_recomposed"])


def test_every_character_alone() -> None:
    characters = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Cn")]
    cleaned, _ = clean(*characters)
    assert [pair for pair in zip(characters, cleaned, strict=True) if twin(pair[0]) != pair[1]] == []


@pytest.mark.parametrize(
    ("text", "expected", "removed", "ends", "recomposed", "broken"),
    [
        ("", "", 0, 0, False, 0),
        ("plain \t text\n", "plain \t text\n", 0, 0, False, 0),
        ("a\r\nb\rc\u2029d", "a\nb\nc\nd", 0, 3, False, 0),
        ("\ufeffa\x00b\u00adc", "abc", 3, 0, False, 0),
        ("e\u0301", "\u00e9", 0, 0, True, 0),
        ("caf\ufffd \ufffd", "caf\ufffd \ufffd", 0, 0, False, 2),
        ("👩‍💻 ❤️", "👩‍💻 ❤️", 0, 0, False, 0),
        ("می‌خواهم", "می‌خواهم", 0, 0, False, 0),
        ("one page\x0cnext", "one page\nnext", 0, 1, False, 0),
    ],
)
def test_cases(text: str, expected: str, removed: int, ends: int, recomposed: bool, broken: int) -> None:
    cleaned, measured = clean(text)
    assert cleaned == [expected]
    assert [values[0] for values in measured.values()] == [removed, ends, recomposed, broken]


def test_clean_batch_keeps_its_buffers() -> None:
    batch = make_batch(["def f():\n\treturn 1\n    # x  \n", "中文，没有问题。", "ok"])
    for one in (batch, make_batch(["what cannot be read: \ufffd"])):
        text, _ = NormalizeUnicode().clean(one)
        assert text.buffers()[2].address == one["text"].buffers()[2].address


def test_slices_and_empty_batches() -> None:
    batch = make_batch(["x\r\n", "e\u0301\x00", "z"]).slice(1, 1)
    text, measured = NormalizeUnicode().clean(batch)
    assert text.to_pylist() == ["é"]
    assert measured["unicode.characters_removed"].to_pylist() == [1]
    text, measured = NormalizeUnicode().clean(batch.slice(0, 0))
    assert len(text) == len(measured["unicode.is_recomposed"]) == 0


def test_nfkc_folds_full_width_and_compatibility_forms() -> None:
    text, measured = NormalizeUnicode(form="NFKC").clean(make_batch(["ＡＢＣ１２３　ﬁ ½ ｶﾞ", "plain", ""]))
    assert text.to_pylist() == ["ABC123 fi 1⁄2 ガ", "plain", ""]
    assert measured["unicode.is_recomposed"].to_pylist() == [True, False, False]
    assert clean("ＡＢＣ　ﬁ")[0] == ["ＡＢＣ　ﬁ"]
    with pytest.raises(RecipeError, match="form is 'NFD'; choose one of NFC, NFKC"):
        NormalizeUnicode(form="NFD")  # type: ignore[arg-type]
