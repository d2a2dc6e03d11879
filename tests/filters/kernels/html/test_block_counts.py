"""What is counted of a block, against the same in plain Python, with all of Unicode."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.html.block_counts import COUNTED_AT_ONCE, Stat, count_block

SIGNS = st.sampled_from(
    [*" \n.,;!?:\"'()", "…", "”", "“", "。", "、", "」", "「", "！", "？", "，", "।", "ॐ", "字", "é"]
)
TEXTS = st.lists(SIGNS | st.characters(codec="utf-8"), max_size=60).map("".join)
NAMES = (Stat.SIZE, Stat.WORDS, Stat.STOPS, Stat.COMMAS, Stat.DIGITS, Stat.CAPITALS, Stat.ENDS_SENTENCE)


def counted(text: str) -> list[int]:
    content = np.frombuffer(f"x{text}".encode(), dtype=np.uint8)
    stats = np.zeros((1, len(Stat)), dtype=np.int32)
    count_block(content, 1, len(content), stats, 0)
    return [int(stats[0, name]) for name in NAMES]


def in_plain_python(text: str) -> list[int]:
    wide = "".join(char for char in text if "\u3000" <= char <= "\uffff")
    stops = sum(
        char in "。！？।" or (char in ".!?" and text[at + 1 : at + 2] in ("", " ", '"')) for at, char in enumerate(text)
    )
    significant = [
        char for char in text
        if char not in " \n\"')" and (not "\u2000" <= char <= "\u203f" or char == "…")
    ]  # fmt: skip
    return [
        sum(char not in " \n" for char in text) + 2 * len(wide),
        sum(word != "" for word in text.replace("\n", " ").split(" ")),
        stops,
        sum(char in ",;、，" for char in text),
        sum(char in "0123456789" for char in text),
        sum("A" <= char <= "Z" for char in text),
        bool(significant) and significant[-1] in ".!?:…。！？।」",
    ]


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_blocks_are_counted_as_in_plain_python(text: str) -> None:
    assert counted(text) == in_plain_python(text)


def test_long_blocks_lose_no_count() -> None:
    text = "字,A1" * COUNTED_AT_ONCE + "Ende."
    assert counted(text) == in_plain_python(text)
