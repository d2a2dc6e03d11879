"""Where two texts differ, and a text that remembers what was done to it."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from textmill.pipeline.texts.changes import Pieces, changes

SOME_TEXT = st.text(alphabet="ab \n\ré—")


@given(SOME_TEXT, SOME_TEXT)
def test_changes_make_one_text_of_the_other(before: str, after: str) -> None:
    made, at = [], 0
    for change in changes(before, after):
        assert at <= change.start <= change.end <= len(before)
        made += [before[at : change.start], change.after]
        at = change.end
    assert "".join([*made, before[at:]]) == after


@given(st.lists(SOME_TEXT, min_size=2, max_size=5), st.lists(st.integers(0, 4), max_size=3))
def test_a_text_remembers_what_it_was_through_all_edits(versions: list[str], lines: list[int]) -> None:
    given_text = versions[0]
    pieces = Pieces(given_text)
    for number, (before, after) in enumerate(itertools.pairwise(versions)):
        pieces.mark(lines, f"rule {number}")
        made = list(changes(before, after))
        edits = list(pieces.edit(made, f"step {number}"))
        assert pieces.text == after
        assert [edit[2:] for edit in edits] == [(before[one.start : one.end], one.after) for one in made]
        assert all(0 <= start <= end <= len(given_text) for start, end, _, _ in edits)
    assert "".join(piece.text for piece in pieces.pieces if piece.put_in_by is None) == given_text


def test_edits_say_where_in_the_text_as_it_was_given() -> None:
    pieces = Pieces("one two three")
    assert list(pieces.edit(list(changes("one two three", "one 2 three")), "first")) == [(4, 7, "two", "2")]
    # What the second step finds stands behind a shorter text, but stood at 8 when the text was given.
    assert list(pieces.edit(list(changes("one 2 three", "one 2 3")), "second")) == [(8, 13, "three", "3")]
    assert list(pieces.edit(list(changes("one 2 3", "one zwei 3")), "third")) == [(4, 7, "2", "zwei")]


def test_lines_are_marked_as_they_stand() -> None:
    pieces = Pieces("a\nb\nc")
    list(pieces.edit(list(changes("a\nb\nc", "b\nc")), "cut"))
    pieces.mark([1], "rule")
    assert [piece.text for piece in pieces.pieces if piece.broken] == ["b"]
