"""Cutting into lines, paragraphs, words and sentences, against plain Python."""

from __future__ import annotations

import sys
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup.documents.shingles import shingles
from textmill.dedup.parts.pieces import cut_lines, cut_sentences, cut_words
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.lines.ccnet_lines import normalize_lines
from textmill.filters.kernels.machine.buffers import text_buffers

TEXT = st.text(
    st.characters(exclude_categories=("Cs",)) | st.sampled_from("\n\n \t\r\0aAbB.!?。é\u0301ß\u3000İ한각ᄒ漢カ")
) | st.lists(
    st.sampled_from(["Word ", "line 12", "\n", "@[`{~\x7f", " ", "\x1b", "é", "\u3000", "ABCDEFGHIJ"]), max_size=20
).map("".join)


def pieces_of(text: pa.Array, pieces) -> list[list[str]]:
    """The texts of the pieces of each document, and what stands before the first one in front."""
    offsets, data = text_buffers(text)
    found = []
    for document in range(len(text)):
        starts = pieces.starts[pieces.offsets[document] : pieces.offsets[document + 1]].tolist()
        bounds = [int(offsets[document]), *starts, int(offsets[document + 1])]
        found.append([bytes(data[a:b]).decode() for a, b in pairwise(bounds)])
    return found


def column(texts: list[str]) -> pa.Array:
    """A column that does not begin at the beginning of its buffers."""
    return make_batch(["xyz\n", *texts]).slice(1)["text"]


def lowered(line: str) -> str:
    return pc.utf8_lower(pa.scalar(line)).as_py().strip()


def ccnet(line: str) -> str:
    return normalize_lines(pa.array([line], pa.large_string()))[0][0].as_py().strip()


@pytest.mark.parametrize(("form", "write"), [("c4", lowered), ("ccnet", ccnet), ("exact", str.strip)])
@settings(max_examples=60)
@given(texts=st.lists(TEXT, max_size=4), min_chars=st.integers(1, 3))
def test_lines_are_equal_when_they_are_written_alike(form, write, texts, min_chars) -> None:
    text = column(texts)
    pieces = cut_lines(text, form=form, min_chars=min_chars, paragraphs=False)
    hashes: dict[str, int] = {}
    for document, found in enumerate(pieces_of(text, pieces)):
        assert found[0] == ""
        assert "".join(found) == texts[document]
        lines = texts[document].split("\n")
        expected = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
        assert found[1:] == expected
        for line, value in zip(expected, pieces.hashes[pieces.offsets[document] :].tolist(), strict=False):
            compared = write(line.removesuffix("\n"))
            if len(compared) < min_chars:
                assert value == 0
            else:
                assert hashes.setdefault(compared, value) == value != 0
    assert len(set(hashes.values())) == len(hashes)


@settings(max_examples=100)
@given(texts=st.lists(TEXT, max_size=4))
def test_paragraphs_are_runs_of_lines_that_are_not_blank(texts) -> None:
    text = column(texts)
    pieces = cut_lines(text, form="exact", min_chars=1, paragraphs=True)
    hashes: dict[tuple[str, ...], int] = {}
    for document, found in enumerate(pieces_of(text, pieces)):
        assert "".join(found) == texts[document]
        assert not found[0].strip()
        expected: list[tuple[str, ...]] = [()]
        for line in texts[document].split("\n"):
            expected[-1:] = [(*expected[-1], line.strip())] if line.strip() else [expected[-1], ()]
        expected = [lines for lines in expected if lines]
        assert [tuple(line.strip() for line in piece.split("\n") if line.strip()) for piece in found[1:]] == expected
        for lines, value in zip(expected, pieces.hashes[pieces.offsets[document] :].tolist(), strict=False):
            assert hashes.setdefault(lines, value) == value != 0
    assert len(set(hashes.values())) == len(hashes)


@settings(max_examples=100)
@given(texts=st.lists(TEXT, max_size=4))
def test_words_are_those_of_minhash_and_tile_the_text(texts) -> None:
    text = column(texts)
    pieces = cut_words(text)
    assert ["".join(found) for found in pieces_of(text, pieces)] == texts
    single = shingles(text, ngram=1, max_words=10**6)
    assert single.offsets.tolist() == pieces.offsets.tolist()
    for found in pieces_of(text, pieces):
        for word in found[1:]:  # each piece holds one word, and begins with it
            assert len(cut_words(column([word])).hashes) == 1
            assert cut_words(column([word])).starts.tolist() == [4]


def test_words_that_differ_in_digits_only_are_different() -> None:
    text = "1 2 22 ١ ٢ x1 x2 １"
    words = cut_words(column([text])).hashes.tolist()
    assert len(set(words)) == 8
    others = cut_words(column(["Café", "cafe\u0301", "CAFE"])).hashes.tolist()
    assert len(set(others)) == 1
    every_digit = "".join(f"{chr(code)} " for code in range(sys.maxunicode + 1) if chr(code).isdecimal())
    assert len(set(cut_words(column([every_digit])).hashes.tolist())) == len(every_digit.split())


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("  ...  !!", []),
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        ("It costs 3.14 today, e.g. here. Yes", ["It costs 3.14 today, e.g. here. ", "Yes"]),
        ("“He left.” Then he came.\nA line\r\nlast", ["He left.” ", "Then he came.\n", "A line\r\n", "last"]),
        ("今天。明天！后天", ["今天。", "明天！", "后天"]),
        ("Why?! No... and on. So... It ends", ["Why?! ", "No... and on. ", "So... ", "It ends"]),
        ("a" + "." * 5000 + "b " + "! " * 5000 + "c", ["a" + "." * 5000 + "b " + "! " * 5000, "c"]),
    ],
)
def test_where_sentences_end(text, sentences) -> None:
    column_ = column([text])
    assert pieces_of(column_, cut_sentences(column_))[0][1:] == sentences


@settings(max_examples=100)
@given(texts=st.lists(TEXT, max_size=4))
def test_sentences_begin_where_words_do(texts) -> None:
    text = column(texts)
    words, sentences = cut_words(text), cut_sentences(text)
    assert ["".join(found) for found in pieces_of(text, sentences)] == texts
    assert set(sentences.starts.tolist()) <= set(words.starts.tolist())
    for document in range(len(texts)):
        first = (
            slice(*words.offsets[document : document + 2].tolist()),
            slice(*sentences.offsets[document : document + 2]),
        )
        assert words.starts[first[0]][:1].tolist() == sentences.starts[first[1]][:1].tolist()


def test_sentences_are_compared_by_their_words() -> None:
    hashes = cut_sentences(column(["Hello, World! Next one. HELLO world. Hello worlds."])).hashes.tolist()
    assert hashes[0] == hashes[2]
    assert len(set(hashes)) == 3
