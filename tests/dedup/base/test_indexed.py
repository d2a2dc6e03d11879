"""Folders of keys that a step reads and writes."""

from pathlib import Path

import pytest

from textmill import ExactDedup, LineDedup, MinHashDedup, ParagraphDedup, RecipeError


def test_one_folder_several_or_none() -> None:
    assert ExactDedup().indexes == ()
    assert ExactDedup(against="/a").indexes == ("/a",)
    assert ExactDedup(against=("/a", "s3://b/c")).indexes == ("/a", "s3://b/c")
    given = ExactDedup(against=(Path("/a"),), write_index=Path("/b"))  # type: ignore[arg-type]
    assert (given.indexes, given.write_index) == (("/a",), "/b")


def test_whether_there_is_an_index() -> None:
    assert not MinHashDedup().has_index
    assert MinHashDedup(against="/a").has_index
    assert MinHashDedup(write_index="/a").has_index


def test_an_index_is_not_read_and_written_at_once() -> None:
    with pytest.raises(RecipeError, match="exact_dedup: /a is to be read and written; write to another folder"):
        ExactDedup(against=("/b", "/a"), write_index="/a")
    assert ExactDedup(against="/b", write_index="/a").has_index


def test_how_wide_a_key_of_an_index_is() -> None:
    assert ExactDedup().index_width == 2
    assert LineDedup().index_width == ParagraphDedup().index_width == 1
    assert MinHashDedup(index_evidence=False).index_width == 1
    assert MinHashDedup().index_width == 2  # the row behind it


def test_what_is_wrong_otherwise_is_refused_too() -> None:
    with pytest.raises(RecipeError, match="keep is 'last'"):
        ExactDedup(keep="last", against="/a")  # type: ignore[arg-type]
