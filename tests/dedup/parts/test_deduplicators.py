"""What deduplicators of parts are called, compare, cut and refuse, without a run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from textmill import LineDedup, ParagraphDedup, RecipeError, SentenceDedup, SubstringDedup
from textmill.dedup.parts.pieces import cut_lines, cut_sentences, cut_words
from textmill.dedup.parts.seen import SeenWindows
from textmill.dedup.parts.windows import anchors, smallest_of, window_keys
from textmill.filters.base.batch import make_batch

NONE = np.empty((0, 1), np.uint64)


@pytest.mark.parametrize(
    ("step", "name", "pieces", "length", "parameters"),
    [
        (LineDedup(), "line_dedup", "lines", 1, {"form": "c4"}),
        (LineDedup(form="exact", min_chars=3), "line_dedup", "lines", 1, {"form": "exact"}),
        (ParagraphDedup(form="ccnet"), "paragraph_dedup", "paragraphs", 1, {"form": "ccnet"}),
        (SentenceDedup(), "sentence_dedup", "sentences", 3, {"sentences": 3}),
        (SentenceDedup(sentences=5), "sentence_dedup", "sentences", 5, {"sentences": 5}),
        (SubstringDedup(), "substring_dedup", "words", 50, None),
        (SubstringDedup(min_words=7), "substring_dedup", "words", 7, None),
    ],
)
def test_what_a_step_is_called_and_counts(
    step: Any, name: str, pieces: str, length: int, parameters: dict[str, Any] | None
) -> None:
    assert (step.name, step.length) == (name, length)
    assert dict(step.measurements) == {
        f"{name}.{pieces}": pa.int64(),
        f"{name}.{pieces}_removed": pa.int64(),
        f"{name}.chars_removed_ratio": pa.float64(),
    }
    if parameters is not None:
        assert step.key_parameters() == parameters
    assert (step.width, step.narrows, step.more_bits) == ((2, True, 64) if name == "substring_dedup" else (1, False, 0))
    assert step.every == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LineDedup(form="c5"), "line_dedup: form is 'c5'; choose one of c4, ccnet, exact"),
        (lambda: ParagraphDedup(form=""), "paragraph_dedup: form is ''; choose one of c4, ccnet, exact"),
        (lambda: LineDedup(min_chars=0), "line_dedup: min_chars is 0; it must be at least 1"),
        (lambda: ParagraphDedup(min_chars=-1), "paragraph_dedup: min_chars is -1; it must be at least 1"),
        (lambda: SentenceDedup(sentences=0), "sentence_dedup: sentences is 0; it must be at least 1"),
        (lambda: SubstringDedup(min_words=1), "substring_dedup: min_words is 1; it must be at least 2"),
        (lambda: SubstringDedup(every=51), "substring_dedup: every is 51; it must be from 1 to min_words, 50"),
        (
            lambda: SubstringDedup(min_words=9, every=0),
            "substring_dedup: every is 0; it must be from 1 to min_words, 9",
        ),
    ],
)
def test_what_is_told_of_impossible_parameters(make: Any, message: str) -> None:
    with pytest.raises(RecipeError) as told:
        make()
    assert str(told.value) == message


def test_parameters_on_the_border_are_possible() -> None:
    SentenceDedup(sentences=1)
    SubstringDedup(min_words=2, every=2)
    SubstringDedup(min_words=2, every=1)
    assert (LineDedup().min_chars, ParagraphDedup().min_chars, ParagraphDedup().form) == (1, 1, "c4")


TEXT = make_batch(["A b.\n\nC d! E\nf", "", "x", "A B.\n \nlast"])["text"]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (LineDedup(form="exact", min_chars=2), cut_lines(TEXT, form="exact", min_chars=2, paragraphs=False)),
        (LineDedup(), cut_lines(TEXT, form="c4", min_chars=1, paragraphs=False)),
        (ParagraphDedup(min_chars=3), cut_lines(TEXT, form="c4", min_chars=3, paragraphs=True)),
        (SentenceDedup(), cut_sentences(TEXT)),
        (SubstringDedup(), cut_words(TEXT)),
    ],
)
def test_how_texts_are_cut(step: Any, expected: Any) -> None:
    found = step.pieces(TEXT)
    assert [column.tolist() for column in found] == [column.tolist() for column in expected]


def test_keys_are_those_of_windows_or_of_their_anchors() -> None:
    batch = make_batch(["one two three four five six", "", "one two three"])
    lines = LineDedup().keys(batch)
    assert (lines.words.shape, lines.document.tolist()) == ((2, 1), [0, 2])
    step = SubstringDedup(min_words=3)
    pieces = step.pieces(batch["text"])
    keys, _, places = anchors(pieces, 3)
    found = step.keys(batch)
    assert found.words.tolist() == keys.reshape(-1, 1).tolist()
    assert found.document.tolist() == [0 if place < 6 else 2 for place in places.tolist()]
    sentences = SentenceDedup(sentences=2).keys(make_batch(["A. B. C.", "D.", "A. B."]))
    assert sentences.document.tolist() == [0, 0, 2]
    assert sentences.words[0].tolist() == sentences.words[2].tolist() != sentences.words[1].tolist()


@pytest.mark.parametrize("every", [1, 3])
def test_windows_are_candidates_where_their_anchors_are_shared(every: int) -> None:
    step = SubstringDedup(min_words=4, every=every)
    text = make_batch(["a b c d e f g h i j", "k l m n", "o p q r s t u"])["text"]
    pieces = step.pieces(text)
    keys, numbers, _ = anchors(pieces, 4)
    windows = window_keys(pieces, 4, 2)
    chosen = smallest_of(windows, pieces.offsets, every) if every > 1 else np.ones(len(numbers), np.bool_)
    for shared in (keys[:0], keys[:1], keys[1:], keys):
        seen = SeenWindows(NONE, shared.reshape(-1, 1))
        expected = windows.words[np.isin(keys[numbers], shared) & chosen]
        assert step.candidate_keys(text, seen).tolist() == expected.tolist()
    compared = step.compared_windows(pieces)
    narrow = window_keys(pieces, 4, 1)
    by_one_word = smallest_of(narrow, pieces.offsets, every) if every > 1 else chosen
    assert compared.words.tolist() == narrow.words[by_one_word].tolist()
    assert compared.pieces.tolist() == narrow.pieces[by_one_word].tolist()


def test_what_is_cut_out_is_counted() -> None:
    step = LineDedup()
    text = make_batch(["é a\nb\nb\n", "", "B", "c\nb", "\n \n"])["text"]
    words = step.keys(make_batch(["b"])).words
    left, told = step.drop(text, SeenWindows(NONE, words), 0)
    assert left.to_pylist() == ["é a\nb", "", "", "c", "\n \n"]
    assert left.type == pa.large_string()
    assert {name: column.to_pylist() for name, column in told.items()} == {
        "line_dedup.lines": [3, 0, 1, 2, 2],
        "line_dedup.lines_removed": [1, 0, 1, 1, 0],
        "line_dedup.chars_removed_ratio": [3 / 8, 0.0, 1.0, 2 / 3, 0.0],
    }
    assert {name: column.type for name, column in told.items()} == dict(step.measurements)
    before, _ = step.drop(text, SeenWindows(words, NONE), 0)
    assert before.to_pylist() == ["é a", "", "", "c", "\n \n"]
    same, told = step.drop(text, SeenWindows(NONE, NONE), 0)
    assert same is text
    assert told["line_dedup.lines_removed"].to_pylist() == [0] * 5


def test_batches_of_a_split_go_on_where_the_last_one_ended() -> None:
    step = SentenceDedup(sentences=2)
    words = step.keys(make_batch(["A. B."])).words
    seen = SeenWindows(NONE, words)
    left = [
        step.drop(make_batch([text])["text"], seen, n)[0].to_pylist() for n, text in enumerate(["A. B. C.", "A. B."])
    ]
    assert left == [["A. B. C."], [""]]
    seen = SeenWindows(NONE, words)
    left = [step.drop(make_batch([text])["text"], seen, 0)[0].to_pylist() for text in ("A. B. C.", "A. B.")]
    assert left == [["A. B. C."], ["A. B."]]  # as if it were the same document, of which it is itself


def test_repetitions_within_a_document_count_where_they_do_not_overlap() -> None:
    step = SubstringDedup(min_words=2)
    text = make_batch(["a a a a a b"])["text"]
    pieces = step.pieces(text)
    seen = SeenWindows(NONE, window_keys(pieces, 2, 1).words[:1])
    left, told = step.drop(text, seen, 0)
    assert left.to_pylist() == ["a a b"]
    assert [column.to_pylist() for column in told.values()] == [[6], [3], [6 / 11]]
