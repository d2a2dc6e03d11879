"""CCNet's line normalisation against the steps of its code, one regular expression after the other."""

import re
import unicodedata

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.ccnet import CCNetNormalize
from textmill.filters.kernels.lines.build_ccnet_table import ASCII_FORM
from textmill.filters.kernels.lines.ccnet_lines import FORMS, GROWTH, Form, normalize_lines

LINES = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from("\n\t\r ÀÉİΣΟé各１२…—»’()\u0301\u200b\x00\x85한각가À"),
    max_size=60,
) | st.lists(
    st.sampled_from(["Word ", "line 12", "\n", "@[`{~\x7f", "\x1b", "é", "각", "ABCDEFGHIJ", "\u200b"]), max_size=20
).map("".join)


def slow_line(line: str, form: Form) -> str:
    line = line.strip()
    line = "".join(character.lower() for character in line)  # a sigma does not see its neighbours
    if form == "perplexity":
        # Letters apart, but marks in their order: what they stand on is all that stays.
        line = "".join(unicodedata.normalize("NFD", character) for character in line)
        line = "".join(character for character in line if unicodedata.category(character) != "Mn")
    line = re.sub(r"\d", "0", line)
    marks = re.compile(f"[{''.join(ASCII_FORM)}]")
    line = marks.sub((lambda match: ASCII_FORM[match[0]]) if form == "perplexity" else "", line)
    return re.sub("[\x00-\x1f\x7f-\x9f]", "", line)


def slow(text: str, form: Form) -> str:
    return "\n".join(slow_line(line, form) for line in text.split("\n"))


@pytest.mark.parametrize("form", FORMS)
@given(LINES)
@settings(max_examples=300)
@example("")
@example("\n\n")
@example("« »\n —\n１２३")
def test_lines_are_those_of_plain_python(form: Form, text: str) -> None:
    column, changed = normalize_lines(pa.array([text], pa.large_string()), form)
    assert column.to_pylist() == [slow(text, form)]
    pairs = zip(text.split("\n"), slow(text, form).split("\n"), strict=True)
    assert changed.tolist() == [sum(before != after for before, after in pairs)]


@pytest.mark.parametrize("form", FORMS)
def test_every_character(form: Form, characters: list[str]) -> None:
    all_but_line_ends = [character for character in characters if character != "\n"]
    text = "\n".join(f"x{character}x" for character in all_but_line_ends)
    column, _ = normalize_lines(pa.array([text], pa.large_string()), form)
    lines = column[0].as_py().split("\n")
    expected = [slow_line(f"x{character}x", form) for character in all_but_line_ends]
    assert [pair for pair in zip(lines, expected, strict=True) if pair[0] != pair[1]] == []
    room = [2 + GROWTH * len(character.encode()) for character in all_but_line_ends]
    assert all(len(line.encode()) <= most for line, most in zip(lines, room, strict=True)), (
        "the kernel's output would not fit"
    )


@pytest.mark.parametrize(
    ("line", "dedup", "perplexity"),
    [
        ("  The MILL, since 1802…\t", "the mill, since 0000", "the mill, since 0000..."),
        ("Café — “Zürich”", "café  zürich", 'cafe  -  "zurich"'),
        ("中文，１２％。", "中文00", "中文,00%."),
        ("한국어", "한국어", unicodedata.normalize("NFD", "한국어")),
        ("ПРИВЕТ ЁЖ", "привет ёж", "привет еж"),
        ("tab\there", "tabhere", "tabhere"),
        ("", "", ""),
    ],
)
def test_lines_in_both_forms(line: str, dedup: str, perplexity: str) -> None:
    assert [normalize_lines(pa.array([line], pa.large_string()), form)[0][0].as_py() for form in FORMS] == [
        dedup,
        perplexity,
    ]


def test_a_slice_of_a_column_and_texts_side_by_side() -> None:
    batch = make_batch(["GONE", "ONE\nTwo\n", "", "three", "GONE"]).slice(1, 3)
    column, measured = CCNetNormalize().clean(batch)
    assert column.to_pylist() == ["one\ntwo\n", "", "three"]
    assert measured["ccnet.lines_changed"].to_pylist() == [2, 0, 0]
    assert {name: values.type for name, values in measured.items()} == dict(CCNetNormalize.measurements)


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"^ccnet_normalize: form is .hash.; choose one of dedup, perplexity"):
        CCNetNormalize(form="hash")  # type: ignore[arg-type]
