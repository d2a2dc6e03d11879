from __future__ import annotations

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.dedup.documents.exact import ExactDedup, fold_white_space
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_array, text_buffers

TEXT = st.text(
    st.characters(exclude_categories=("Cs",))
    | st.sampled_from(" \t\n\x1c\x85\xa0\u1680\u2003\u2028\u202f\u205f\u3000\u200b")
) | st.text("abc  \t\x1f\x1b\x7f\n\u3000é", min_size=8, max_size=60)


def folded(texts):
    return text_array(*fold_white_space(*text_buffers(make_batch(texts)["text"]))).to_pylist()


@settings(max_examples=200, deadline=None)
@given(st.lists(TEXT, max_size=5))
def test_folding_equals_split_and_join(texts):
    assert folded(texts) == [" ".join(text.split()) for text in texts]


def test_folding_knows_every_code_point(characters):
    texts = [f"a{character}b" for character in characters]
    assert folded(texts) == [" ".join(text.split()) for text in texts]


def test_keys_are_xxh3_of_the_folded_text_and_blank_texts_have_none():
    keys = ExactDedup().keys(make_batch(["", "two  words", " \n\u3000", "two\nwords ", "other"]).slice(1))
    assert keys.document.tolist() == [0, 2, 3]
    assert keys.words.shape == (3, ExactDedup.key_width)
    expected = xxhash.xxh3_128_intdigest(b"two words")
    assert [int(keys.words[0, 0]), int(keys.words[0, 1])] == [expected >> 64, expected & (2**64 - 1)]
    assert np.array_equal(keys.words[0], keys.words[1])
    assert not np.array_equal(keys.words[0], keys.words[2])


def test_what_is_removed_is_wholly_like_what_is_kept() -> None:
    assert ExactDedup.similarity == 1.0


def test_case_and_accents_matter():
    keys = ExactDedup().keys(make_batch(["Café", "café", "cafe", "cafe\u0301"]))
    assert len({tuple(words) for words in keys.words.tolist()}) == 4


@pytest.mark.parametrize("texts", [[], ["", " "]])
def test_nothing_to_compare_gives_no_keys(texts):
    keys = ExactDedup().keys(make_batch(texts))
    assert keys.words.shape == (0, 2)
    assert keys.words.dtype == np.uint64
    assert keys.document.shape == (0,)


def test_an_unknown_choice_of_what_to_keep_is_refused():
    with pytest.raises(RecipeError, match="first, longest"):
        ExactDedup(keep="shortest")
