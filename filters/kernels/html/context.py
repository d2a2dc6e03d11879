"""What the first trees say of the blocks around a block, for the second trees, which judge it again by that.

All sums are of totals numbers, so that they are the same on all machines.
"""

from __future__ import annotations

from ..machine.buffers import Float32Matrix
from ..machine.kernel import inner, integer
from .block_counts import Flow, Page, Stat, Sum, Total
from .features import COUNT, distance
from .work import Block, Node

CERTAIN = 1024
"""The score of a block that is main content for sure."""
LIKELY, CONFIDENT = 512, 717
CONFIDENT_SIZE = 60
"""Shorter blocks are never confident."""
EXTRA_SIZE = 3
"""What counts of each block besides its size."""
NEAR = (-4, -3, -2, -1, 1, 2, 3, 4)
SPANS = (2, 6, 15)
LEVELS = 5
FAR = 999
"""More blocks are not told apart."""
NOWHERE = 9
"""Steps to an element that there is not."""

CONTEXT = (
    *("score", *(f"score{place:+d}" for place in NEAR)),
    *(f"score{side}{span}" for span in SPANS for side in ("-..", "+..")),
    *(f"{name}^{level}" for level in range(LEVELS) for name in ("score of others", "share of content")),
    *("content", "content_share", "likely_blocks", "content_before", "since_first", "until_last"),
    *("in_densest", "densest_distance", "densest_share", "since_confident", "until_confident"),
    *("distance_before", "distance_behind", "size_before", "size_behind"),
)
"""Names of what is measured, in their order; their columns stand behind those of the features."""
COLUMNS = COUNT + len(CONTEXT)


@inner
def count_context(page: Page, blocks: int, nodes: int) -> None:
    """Sum up the scores, which stand in the blocks' statistics."""
    stats, sums, flow, totals = page.stats, page.sums, page.flow, page.totals
    for node in range(nodes):
        sums[node, Sum.CONTENT] = 0
        sums[node, Sum.WEIGHT] = 0
    totals[Total.FIRST] = totals[Total.LAST] = -1
    totals[Total.LIKELY] = 0
    content = size = 0
    confident = -1
    for block in range(blocks):
        weight = integer(stats[block, Stat.SIZE]) + EXTRA_SIZE
        score = integer(stats[block, Stat.SCORE])
        node = integer(page.blocks[block, Block.NODE])
        sums[node, Sum.CONTENT] += weight * score
        sums[node, Sum.WEIGHT] += weight
        flow[block, Flow.CONTENT] = content
        flow[block, Flow.SIZE] = size
        flow[block, Flow.BEFORE] = confident
        content += weight * score
        size += weight
        totals[Total.LIKELY] += score > LIKELY
        if score > CONFIDENT and weight >= CONFIDENT_SIZE + EXTRA_SIZE:
            confident = block
            if totals[Total.FIRST] < 0:
                totals[Total.FIRST] = block
            totals[Total.LAST] = block
    flow[blocks, Flow.CONTENT] = content
    flow[blocks, Flow.SIZE] = size
    confident = -1
    for block in range(blocks - 1, -1, -1):
        flow[block, Flow.BEHIND] = confident
        if stats[block, Stat.SCORE] > CONFIDENT and stats[block, Stat.SIZE] >= CONFIDENT_SIZE:
            confident = block
    for node in range(nodes - 1, 0, -1):
        parent = page.nodes[node, Node.PARENT]
        sums[parent, Sum.CONTENT] += sums[node, Sum.CONTENT]
        sums[parent, Sum.WEIGHT] += sums[node, Sum.WEIGHT]
    densest = 0
    most = sums[0, Sum.CONTENT] - LIKELY * sums[0, Sum.WEIGHT]
    for node in range(nodes):
        gain = sums[node, Sum.CONTENT] - LIKELY * sums[node, Sum.WEIGHT]
        if gain >= most:
            densest, most = node, gain
    totals[Total.DENSEST] = densest
    for node in range(nodes):
        parent = page.nodes[node, Node.PARENT]
        sums[node, Sum.IN_DENSEST] = node == densest or (parent >= 0 and sums[parent, Sum.IN_DENSEST] != 0)


@inner
def _score_between(page: Page, begin: int, end: int) -> float:
    """The mean score of some blocks, by their sizes."""
    size = integer(page.flow[end, Flow.SIZE] - page.flow[begin, Flow.SIZE])
    if size <= 0:
        return -1.0
    return integer(page.flow[end, Flow.CONTENT] - page.flow[begin, Flow.CONTENT]) / size / CERTAIN


@inner
def put_context(page: Page, blocks: int, block: int, rows: Float32Matrix, lane: int) -> None:
    """Write :data:`CONTEXT` of a block into its row, behind the features."""
    stats, sums, flow, totals = page.stats, page.sums, page.flow, page.totals
    node = integer(page.blocks[block, Block.NODE])
    weight = integer(stats[block, Stat.SIZE]) + EXTRA_SIZE
    own = weight * integer(stats[block, Stat.SCORE])
    content, size = flow[blocks, Flow.CONTENT], flow[blocks, Flow.SIZE]
    at = COUNT
    rows[at, lane] = stats[block, Stat.SCORE] / CERTAIN
    at += 1
    for place in NEAR:
        other = block + place
        rows[at, lane] = stats[other, Stat.SCORE] / CERTAIN if 0 <= other < blocks else -1
        at += 1
    for span in SPANS:
        rows[at, lane] = _score_between(page, max(block - span, 0), block)
        rows[at + 1, lane] = _score_between(page, block + 1, max(min(block + span + 1, blocks), block + 1))
        at += 2
    above = node
    for _ in range(LEVELS):
        rows[at, lane] = rows[at + 1, lane] = -1
        if above >= 0:
            others = sums[above, Sum.WEIGHT] - weight
            if others > 0:
                rows[at, lane] = (sums[above, Sum.CONTENT] - own) / others / CERTAIN
            rows[at + 1, lane] = sums[above, Sum.CONTENT] / max(content, 1)
            above = page.nodes[above, Node.PARENT]
        at += 2
    rows[at, lane] = content / CERTAIN
    rows[at + 1, lane] = content / size / CERTAIN
    rows[at + 2, lane] = totals[Total.LIKELY]
    rows[at + 3, lane] = flow[block, Flow.CONTENT] / max(content, 1)
    found = totals[Total.FIRST] >= 0
    rows[at + 4, lane] = block - totals[Total.FIRST] if found else -2 * FAR
    rows[at + 5, lane] = totals[Total.LAST] - block if found else -2 * FAR
    densest = totals[Total.DENSEST]
    rows[at + 6, lane] = sums[node, Sum.IN_DENSEST]
    rows[at + 7, lane] = distance(page, node, densest)
    rows[at + 8, lane] = sums[densest, Sum.WEIGHT] / size
    for side in range(2):
        other = integer(flow[block, Flow.BEFORE + side])
        at = COUNT + len(CONTEXT) - 6 + side
        if other >= 0:
            rows[at, lane] = min(abs(block - other), FAR)
            rows[at + 2, lane] = distance(page, node, integer(page.blocks[other, Block.NODE]))
            rows[at + 4, lane] = stats[other, Stat.SIZE]
        else:
            rows[at, lane] = FAR
            rows[at + 2, lane] = NOWHERE
            rows[at + 4, lane] = 0
