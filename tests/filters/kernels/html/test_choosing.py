"""Which blocks are kept, by trees and rules, against the same in plain Python."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.html.block_counts import TAG_NUMBER, Stat, Sum, page_to_count
from textmill.filters.kernels.html.choosing import Choice, choose_blocks
from textmill.filters.kernels.html.elements import Tag
from textmill.filters.kernels.html.features import COUNT
from textmill.filters.kernels.html.parser import read_page
from textmill.filters.kernels.html.scoring import LEAVES, LEVELS, NO_TREES, Trees, load_trees, room_for_lanes
from textmill.filters.kernels.html.word_marks import CLASS_BITS, Mark, text_automaton
from textmill.filters.kernels.html.work import Block, Register, tables, workspace
from textmill.filters.models.labelled_pages import Labelled, measured, with_context

LONG = "A sentence that is long enough to be an article, or nearly so, and then some more of the same."
ELEMENTS = (
    *("div", "div hidden", "div class=comment", "p", "ul><li", "a href=x", "nav", "aside", "figure", "figcaption"),
    *("footer", "h2", "article"),
)
ENDS = ("div", "a", "nav", "aside", "figure", "footer", "article", "noscript")
PARTS = st.sampled_from(
    [*(f"<{one}>" for one in (*ELEMENTS, "noscript")), *(f"</{one}>" for one in ENDS)]
) | st.sampled_from(["Some words.", "Related", LONG])


def odds_by_plain_trees(content: bytes, trees: Trees) -> np.ndarray:
    """What all trees say of each block, one tree and one question after the other."""
    texts, rows = measured(content)
    first = np.array([_sum(row, trees, 0, trees.first) for row in rows])
    page = Labelled(
        name="", site="", content=content, texts=texts, features=rows, labels=np.zeros(0), weights=np.zeros(0)
    )
    around = with_context(page, first.astype(np.float32).astype(np.float64))
    second = [_sum(row, trees, trees.first, len(trees.leaves) // LEAVES) for row in around]
    return (first.astype(np.float32) + np.array(second)).astype(np.float32)


def _sum(row: np.ndarray, trees: Trees, begin: int, end: int) -> float:
    total = 0.0
    for tree in range(begin, end):
        levels = range(tree * LEVELS, (tree + 1) * LEVELS)
        leaf = sum(int(row[trees.feature[at]] > trees.limit[at]) << bit for bit, at in enumerate(levels))
        total += float(trees.leaves[tree * LEAVES + leaf])
    return total


@pytest.fixture(scope="module")
def few_trees() -> Trees:
    """The first and the last trees of those that are shipped."""
    trees = load_trees()
    count = 20
    parts = [slice(0, count), slice(trees.first, trees.first + count)]

    def some(values: np.ndarray, width: int) -> np.ndarray:
        return np.concatenate([values.reshape(-1, width)[part] for part in parts]).ravel()

    return Trees(some(trees.feature, LEVELS), some(trees.limit, LEVELS), some(trees.leaves, LEAVES), count)


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(PARTS, min_size=1, max_size=60))
@pytest.mark.parametrize("choice", list(Choice), ids=lambda choice: choice.name)
def test_blocks_are_chosen_as_in_plain_python(few_trees: Trees, choice: Choice, parts: list[str]) -> None:
    content = "".join(parts).encode()
    work = workspace(len(content), content.count(b"<"))
    read_page(np.frombuffer(content, dtype=np.uint8), False, tables(), work)
    count, nodes = int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])
    page = page_to_count(work)
    scores, kept = np.zeros(count, dtype=np.float32), np.zeros(count, dtype=np.bool_)
    trees = NO_TREES if choice == Choice.ALL else few_trees
    choose_blocks(page, count, nodes, text_automaton(), trees, room_for_lanes(), scores, int(choice), kept)

    of = work.blocks[:count, Block.NODE]
    tags, marks = page.sums[of, Sum.TAGS].tolist(), page.sums[of, Sum.MARKS].tolist()
    near = page.sums[of, Sum.NEAR_MARKS].tolist()
    sizes, links = page.stats[:, Stat.SIZE].tolist(), page.stats[:, Stat.LINK_SIZE].tolist()

    def within(*those: Tag) -> Callable[[int], bool]:
        return lambda block: any(tags[block] >> int(TAG_NUMBER[tag]) & 1 for tag in those)

    def size(blocks: list[int]) -> int:
        return sum(sizes[block] for block in blocks)

    seen = [block for block in range(count) if not marks[block] >> Mark.HIDDEN & 1]
    instead = [block for block in seen if marks[block] >> Mark.NOSCRIPT & 1]
    if size([block for block in seen if block not in instead]) >= size(instead):
        seen = [block for block in seen if block not in instead]
    if choice == Choice.ALL:
        assert np.flatnonzero(kept).tolist() == seen
        return
    odds = odds_by_plain_trees(content, few_trees).astype(np.float64)
    likely = (0.5 + 0.5 * odds / (1 + abs(odds))).astype(np.float32)
    seen = [block for block in seen if not within(Tag.NAV)(block)]
    assert scores[seen].tolist() == likely[seen].tolist()
    expected = {block for block in seen if likely[block] >= np.float32(0.6 if choice == Choice.MAIN else 0.7)}
    comments = {block for block in expected if near[block] >> CLASS_BITS["comment"] & 1}
    if 2 * size([*comments]) < size([*expected]):
        expected -= {block for block in comments if likely[block] < np.float32(0.9)}
    if choice == Choice.MAIN:
        if size([*expected]) < 100:
            rest = [block for block in seen if not within(Tag.FOOTER, Tag.ASIDE, Tag.FORM, Tag.DIALOG)(block)]
            expected |= {block for block in rest if likely[block] >= np.float32(0.3)}
            if size([*expected]) < 100:
                expected |= {block for block in rest if 2 * links[block] < sizes[block]}
        captions = filter(within(Tag.FIGCAPTION, Tag.CAPTION), seen)
        beside = {block for block in captions if {block - 1, block + 1} & expected}
        expected |= {block for block in beside if likely[block] >= np.float32(0.35)}
    assert set(np.flatnonzero(kept).tolist()) == expected


def test_trees_look_at_all_that_is_measured() -> None:
    trees = load_trees()
    first = trees.feature[: trees.first * LEVELS]
    assert first.max() < COUNT <= trees.feature.max()
