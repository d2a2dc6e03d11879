"""What is measured of each block of a page, for the trees that tell main content from the rest."""

from __future__ import annotations

from ..machine.buffers import Floats32
from ..machine.kernel import inner, integer
from .block_counts import NEAR_TAGS, TAG_NUMBER, Page, Stat, Sum, Total
from .elements import Tag
from .word_marks import CLASS_WORDS, TEXT_WORDS, Mark
from .work import Block, BlockTrait, Node

CLASS_GROUPS, TEXT_GROUPS, TAG_GROUPS = len(CLASS_WORDS), len(TEXT_WORDS), len(NEAR_TAGS)

PLAIN = (
    *("size", "words", "stops", "commas", "digits", "capitals", "ends_sentence", "link_density", "bold_density"),
    *("links", "gap", "item", "item_depth", "is_pre", "has_formula", "in_row", "position", "blocks_before"),
    *("blocks_behind", "since_long", "until_long", "page_size", "page_blocks", "page_link_density", "page_long"),
    *("depth", "in_best", "best_share", "own_tag", "stop_rate", "size_before"),
    *("heading_level", "since_heading", "since_title", "until_title"),
)
AROUND = ("size", "link_density", "stops", "ends_sentence", "node_distance", "is_heading", "gap")
NEIGHBOURS = (-2, -1, 1, 2)
LEVELS = 3
ABOVE = ("size", "link_density", "blocks", "long_share", "share_of_page", "score", "children", "stops", "tag")
FEATURES = (
    *PLAIN,
    *(f"{name}{place:+d}" for place in NEIGHBOURS for name in AROUND),
    *(f"{name}^{level}" for level in range(1, LEVELS + 1) for name in ABOVE),
    *(f"text:{name}" for name, _ in TEXT_WORDS),
    *(f"heading:{name}" for name, _ in TEXT_WORDS),
    *(f"in:{Tag(tag).name.lower()}" for tag in NEAR_TAGS),
    *(f"near:{name}" for name, _ in CLASS_WORDS),
    *(f"near:{mark.name.lower()}" for mark in Mark),
    *(f"far:{name}" for name, _ in CLASS_WORDS),
    *(f"far:{mark.name.lower()}" for mark in Mark),
)
"""Names of the features, in their order."""
COUNT = len(FEATURES)


@inner
def _ratio(part: int, whole: int) -> float:
    return part / max(whole, 1)


@inner
def put_surroundings(page: Page, blocks: int, block: int, row: Floats32) -> None:
    """What is measured of blocks and elements around a block, and what its words and those of its markup are."""
    stats, sums, columns = page.stats, page.sums, page.blocks
    node = integer(columns[block, Block.NODE])
    total = max(sums[0, Sum.SIZE], 1)
    at = len(PLAIN)
    for place in NEIGHBOURS:
        other = block + place
        if 0 <= other < blocks:
            other_node = integer(columns[other, Block.NODE])
            row[at] = stats[other, Stat.SIZE]
            row[at + 1] = _ratio(stats[other, Stat.LINK_SIZE], stats[other, Stat.SIZE])
            row[at + 2] = stats[other, Stat.STOPS]
            row[at + 3] = stats[other, Stat.ENDS_SENTENCE]
            row[at + 4] = distance(page, node, other_node)
            tag = page.nodes[other_node, Node.TAG]
            row[at + 5] = Tag.H1 <= tag <= Tag.H6
            row[at + 6] = columns[other, Block.GAP]
        else:
            _put_missing(row, at, len(AROUND))
        at += len(AROUND)
    above = page.nodes[node, Node.PARENT]
    for _ in range(LEVELS):
        if above >= 0:
            inside = sums[above, Sum.SIZE]
            row[at] = inside
            row[at + 1] = _ratio(sums[above, Sum.LINK_SIZE], inside)
            row[at + 2] = sums[above, Sum.BLOCKS]
            row[at + 3] = _ratio(sums[above, Sum.LONG_SIZE], inside)
            row[at + 4] = inside / total
            row[at + 5] = _ratio(sums[above, Sum.SCORE], page.totals[Total.BEST_SCORE])
            row[at + 6] = sums[above, Sum.CHILDREN]
            row[at + 7] = _ratio(100 * sums[above, Sum.STOPS], inside)
            row[at + 8] = TAG_NUMBER[page.nodes[above, Node.TAG]]
            above = page.nodes[above, Node.PARENT]
        else:
            _put_missing(row, at, len(ABOVE))
        at += len(ABOVE)
    at = _put_bits(stats[block, Stat.TEXT_MARKS], TEXT_GROUPS, row, at)
    at = _put_bits(stats[block, Stat.HEADING_MARKS], TEXT_GROUPS, row, at)
    at = _put_bits(sums[node, Sum.TAGS], TAG_GROUPS, row, at)
    at = _put_marks(sums[node, Sum.NEAR_MARKS], row, at)
    _put_marks(sums[node, Sum.MARKS], row, at)


@inner
def put_plain(page: Page, blocks: int, block: int, row: Floats32) -> None:
    """What is measured of a block alone, and of the page."""
    stats, sums, columns = page.stats, page.sums, page.blocks
    node = integer(columns[block, Block.NODE])
    size = integer(stats[block, Stat.SIZE])
    total = max(sums[0, Sum.SIZE], 1)
    row[0] = size
    row[1] = stats[block, Stat.WORDS]
    row[2] = stats[block, Stat.STOPS]
    row[3] = stats[block, Stat.COMMAS]
    row[4] = _ratio(stats[block, Stat.DIGITS], size)
    row[5] = _ratio(stats[block, Stat.CAPITALS], size)
    row[6] = stats[block, Stat.ENDS_SENTENCE]
    row[7] = _ratio(stats[block, Stat.LINK_SIZE], size)
    row[8] = _ratio(columns[block, Block.BOLD_BYTES], columns[block, Block.END] - columns[block, Block.START])
    row[9] = columns[block, Block.LINKS]
    row[10] = columns[block, Block.GAP]
    row[11] = columns[block, Block.ITEM] != 0
    row[12] = columns[block, Block.ITEM_DEPTH]
    row[13] = (columns[block, Block.TRAITS] & BlockTrait.PRE) != 0
    row[14] = (columns[block, Block.TRAITS] & BlockTrait.HAS_FORMULA) != 0
    row[15] = columns[block, Block.ROW] != 0
    row[16] = stats[block, Stat.BEFORE] / total
    row[17] = min(block, 1000)
    row[18] = min(blocks - block, 1000)
    row[19] = min(stats[block, Stat.SINCE_LONG], 100)
    row[20] = min(stats[block, Stat.UNTIL_LONG], 100)
    row[21] = total
    row[22] = blocks
    row[23] = _ratio(sums[0, Sum.LINK_SIZE], total)
    row[24] = sums[0, Sum.LONG_BLOCKS]
    row[25] = sums[node, Sum.DEPTH]
    row[26] = sums[node, Sum.IN_BEST]
    row[27] = _ratio(sums[page.totals[Total.BEST], Sum.SIZE], total)
    row[28] = TAG_NUMBER[page.nodes[node, Node.TAG]]
    row[29] = _ratio(100 * integer(stats[block, Stat.STOPS]), size)
    row[30] = min(stats[block, Stat.BEFORE], 100_000)
    row[31] = stats[block, Stat.HEADING_LEVEL]
    row[32] = min(stats[block, Stat.SINCE_HEADING], 200)
    row[33] = min(stats[block, Stat.SINCE_TITLE], 200)
    row[34] = min(stats[block, Stat.UNTIL_TITLE], 200)


@inner
def distance(page: Page, node: int, other: int) -> int:
    """Steps between two elements in the tree, up to eight."""
    steps = 0
    while node != other and steps < 8:
        if node > other:
            node = page.nodes[node, Node.PARENT]
        else:
            other = page.nodes[other, Node.PARENT]
        steps += 1
    return steps


@inner
def _put_missing(row: Floats32, at: int, count: int) -> None:
    for column in range(at, at + count):
        row[column] = -1


@inner
def _put_bits(bits: int, count: int, row: Floats32, at: int) -> int:
    for bit in range(count):
        row[at + bit] = bits >> bit & 1
    return at + count


@inner
def _put_marks(bits: int, row: Floats32, at: int) -> int:
    at = _put_bits(bits, CLASS_GROUPS, row, at)
    return _put_bits(bits >> integer(Mark.HIDDEN), 3, row, at)
