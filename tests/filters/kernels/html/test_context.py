"""What the second trees look at, against the same in plain Python; and what files of trees hold."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.html.context import CONTEXT
from textmill.filters.kernels.html.features import COUNT, PLAIN
from textmill.filters.kernels.html.parser import read_page
from textmill.filters.kernels.html.scoring import LEAVES, LEVELS, load_trees, pack_trees
from textmill.filters.kernels.html.work import Block, Node, Register, tables, workspace
from textmill.filters.models.labelled_pages import Labelled, measured, with_context

TEXTS = st.sampled_from(
    ["a", "Some words.", "A sentence that is long enough to be confident about, and then some more."]
)
PARTS = (
    st.sampled_from(["<div>", "</div>", "<p>", "<ul><li>", "<li>", "</ul>", "<article>", "</article>", "<h2>"]) | TEXTS
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=60), st.randoms(use_true_random=False))
def test_context_is_that_of_plain_python(parts: list[str], chance: object) -> None:
    page = "".join(parts).encode()
    texts, features = measured(page)
    odds = np.array([chance.uniform(-4, 4) for _ in texts])
    labelled = Labelled(name="", site="", content=page, texts=texts, features=features, labels=odds, weights=odds)
    rows = with_context(labelled, odds)
    assert np.array_equal(rows[:, : len(PLAIN)], features[:, : len(PLAIN)])
    expected = _context(page, [int(size) for size in features[:, 0]], odds)
    for name, column, values in zip(CONTEXT, rows[:, COUNT:].T, zip(*expected, strict=True), strict=bool(texts)):
        assert np.allclose(column, values, rtol=1e-5), name


def _context(page: bytes, sizes: list[int], odds: np.ndarray) -> list[list[float]]:
    """By block what stands around it."""
    data = np.frombuffer(page, dtype=np.uint8)
    work = workspace(len(data), page.count(b"<"))
    read_page(data, False, tables(), work)
    count, node_count = len(sizes), int(work.register[Register.NODES])
    node_of = [int(node) for node in work.blocks[:count, Block.NODE]]
    parent_of = [int(parent) for parent in work.nodes[:node_count, Node.PARENT]]

    def path(node: int) -> list[int]:
        """The element, and all around it."""
        return [node, *path(parent_of[node])] if node >= 0 else []

    def apart(one: int, other: int) -> int:
        """Steps between two elements."""
        ways = path(one), path(other)
        common = max(set(ways[0]) & set(ways[1]))
        return min(ways[0].index(common) + ways[1].index(common), 8)

    squeezed = [0.5 + 0.5 * float(one) / (1 + abs(float(one))) for one in odds.astype(np.float32)]
    scores = [int(1024 * score) / 1024 for score in squeezed]
    weights = [size + 3 for size in sizes]

    def mean(blocks: list[int]) -> float:
        weight = sum(weights[block] for block in blocks)
        return sum(weights[block] * scores[block] for block in blocks) / weight if blocks else -1

    inside = [[block for block in range(count) if node in path(node_of[block])] for node in range(node_count)]
    gain = [sum(weights[block] * (scores[block] - 0.5) for block in blocks) for blocks in inside]
    densest = max(range(node_count), key=lambda node: (gain[node], node))
    content = sum(weight * score for weight, score in zip(weights, scores, strict=True))
    confident = [block for block in range(count) if scores[block] > 717 / 1024 and sizes[block] >= 60]
    result = []
    for block, node in enumerate(node_of):
        row = [scores[block]]
        row += [scores[block + it] if 0 <= block + it < count else -1 for it in (-4, -3, -2, -1, 1, 2, 3, 4)]
        for span in (2, 6, 15):
            row.append(mean([other for other in range(count) if block - span <= other < block]))
            row.append(mean([other for other in range(count) if block < other <= block + span]))
        for level in range(5):
            above = path(node)[level : level + 1]
            others = [other for it in above for other in inside[it] if other != block]
            row.append(mean(others))
            own = sum(weights[other] * scores[other] for it in above for other in inside[it])
            row.append(own / max(content, 1 / 1024) if above else -1)
        row += [content, content / sum(weights), sum(score > 0.5 for score in scores)]
        row.append(sum(weights[other] * scores[other] for other in range(block)) / max(content, 1 / 1024))
        row += [block - confident[0], confident[-1] - block] if confident else [-1998, -1998]
        row += [float(densest in path(node)), apart(node, densest)]
        row.append(sum(weights[other] for other in inside[densest]) / sum(weights))
        before = [other for other in confident if other < block][-1:]
        behind = [other for other in confident if other > block][:1]
        row += [min(abs(block - near[0]), 999) if near else 999 for near in (before, behind)]
        row += [apart(node, node_of[near[0]]) if near else 9 for near in (before, behind)]
        row += [sizes[near[0]] if near else 0 for near in (before, behind)]
        result.append(row)
    return result


def test_trees_are_packed_as_they_are_loaded() -> None:
    trees = load_trees()
    count = len(trees.leaves) // LEAVES
    assert 0 < trees.first < count
    assert len(trees.feature) == len(trees.limit) == count * LEVELS
    head, packed = pack_trees(trees)[:17], pack_trees(trees)[17:]
    assert head == b"textmill trees 2\n"
    assert np.frombuffer(packed, dtype="<i4", count=2).tolist() == [count, trees.first]
    assert np.frombuffer(packed[8:], dtype="<i2", count=count * LEVELS).max() < COUNT + len(CONTEXT)
    assert packed[8 + count * LEVELS * 6 :] == trees.leaves.astype("<f4").tobytes()
