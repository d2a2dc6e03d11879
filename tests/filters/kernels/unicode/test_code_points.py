"""Texts that hold a character of a set, against Python's."""

from hypothesis import given
from hypothesis import strategies as st

from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.kernels.unicode.code_points import code_point_set, holding_any

RANGES = ((0x88F, 0x88F), (0x1ACF, 0x1ADD), (0x10940, 0x10959), (0x323B0, 0x33479))
MEMBERS = {code_point for first, last in RANGES for code_point in range(first, last + 1)}
EDGES = [chr(end + beside) for ends in RANGES for end in ends for beside in (-1, 0, 1)]

TEXT = st.lists(
    st.one_of(
        st.sampled_from([*EDGES, "eight by", "\0", "é", "漢字", "\U0010ffff"]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=5),
    ),
    max_size=12,
).map("".join)


@given(texts=st.lists(TEXT, max_size=6), skipped=st.integers(0, 2))
def test_same_as_looking_at_every_character(texts: list[str], skipped: int) -> None:
    column = make_batch(["\u088f"] * skipped + texts)["text"].slice(skipped)
    found = holding_any(text_buffers(column), code_point_set(RANGES)).tolist()
    assert found == [any(ord(character) in MEMBERS for character in text) for text in texts]
