"""Words in classes and in short texts, found by an automaton, against looking for each."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.html.word_marks import CLASS_WORDS, TEXT_WORDS, automaton, words_in

TABLES = {groups: automaton(groups) for groups in (CLASS_WORDS, TEXT_WORDS)}
WORDS = [word for groups in TABLES for _, line in groups for word in line.split()]
PIECES = st.sampled_from(WORDS) | st.sampled_from(["-", " ", "_", "a", "B", "X", "articleBody", "é", "字"])
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join)


def in_plain_python(text: str, groups: tuple[tuple[str, str], ...]) -> int:
    """Each group is one bit; a dash stands for where words end."""
    signs = []
    was_small = False
    for char in text:
        is_letter = (char.isascii() and char.isalnum()) or not char.isascii()
        if was_small and "A" <= char <= "Z":
            signs.append("-")
        signs.append(char if not "A" <= char <= "Z" else char.lower()) if is_letter else signs.append("-")
        was_small = "a" <= char <= "z"
    plain = "-".join(word for word in "".join(signs).split("-") if word)
    found = f"-{plain}-" if plain else "-"
    return sum(1 << bit for bit, (_, line) in enumerate(groups) if any(word in found for word in line.split()))


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@pytest.mark.parametrize("groups", [CLASS_WORDS, TEXT_WORDS], ids=["classes", "texts"])
def test_words_are_found_as_in_plain_python(groups: tuple[tuple[str, str], ...], text: str) -> None:
    content = np.frombuffer(f"nav{text}comment".encode(), dtype=np.uint8)
    assert int(words_in(content, 3, len(content) - 7, TABLES[groups])) == in_plain_python(text, groups)


def test_all_words_are_found() -> None:
    for groups, table in TABLES.items():
        for bit, (_, line) in enumerate(groups):
            for word in line.split():
                content = np.frombuffer(word.strip("-").replace("-", " ").encode(), dtype=np.uint8)
                assert int(words_in(content, 0, len(content), table)) >> bit & 1, word
