"""What is measured of each block of a page, for the trees that tell main content from the rest."""

from __future__ import annotations

from ..machine.buffers import Float32Matrix
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
def put_surroundings(page: Page, blocks: int, block: int, rows: Float32Matrix, lane: int) -> None:
    """What is measured of blocks and elements around a block, and what its words and those of its markup are."""
    stats, sums, columns = page.stats, page.sums, page.blocks
    node = integer(columns[block, Block.NODE])
    total = max(sums[0, Sum.SIZE], 1)
    at = len(PLAIN)
    for place in NEIGHBOURS:
        other = block + place
        if 0 <= other < blocks:
            other_node = integer(columns[other, Block.NODE])
            rows[at, lane] = stats[other, Stat.SIZE]
            rows[at + 1, lane] = _ratio(stats[other, Stat.LINK_SIZE], stats[other, Stat.SIZE])
            rows[at + 2, lane] = stats[other, Stat.STOPS]
            rows[at + 3, lane] = stats[other, Stat.ENDS_SENTENCE]
            rows[at + 4, lane] = distance(page, node, other_node)
            tag = page.nodes[other_node, Node.TAG]
            rows[at + 5, lane] = Tag.H1 <= tag <= Tag.H6
            rows[at + 6, lane] = columns[other, Block.GAP]
        else:
            _put_missing(rows, lane, at, len(AROUND))
        at += len(AROUND)
    above = page.nodes[node, Node.PARENT]
    for _ in range(LEVELS):
        if above >= 0:
            inside = sums[above, Sum.SIZE]
            rows[at, lane] = inside
            rows[at + 1, lane] = _ratio(sums[above, Sum.LINK_SIZE], inside)
            rows[at + 2, lane] = sums[above, Sum.BLOCKS]
            rows[at + 3, lane] = _ratio(sums[above, Sum.LONG_SIZE], inside)
            rows[at + 4, lane] = inside / total
            rows[at + 5, lane] = _ratio(sums[above, Sum.SCORE], page.totals[Total.BEST_SCORE])
            rows[at + 6, lane] = sums[above, Sum.CHILDREN]
            rows[at + 7, lane] = _ratio(100 * sums[above, Sum.STOPS], inside)
            rows[at + 8, lane] = TAG_NUMBER[page.nodes[above, Node.TAG]]
            above = page.nodes[above, Node.PARENT]
        else:
            _put_missing(rows, lane, at, len(ABOVE))
        at += len(ABOVE)
    at = _put_bits(stats[block, Stat.TEXT_MARKS], TEXT_GROUPS, rows, lane, at)
    at = _put_bits(stats[block, Stat.HEADING_MARKS], TEXT_GROUPS, rows, lane, at)
    at = _put_bits(sums[node, Sum.TAGS], TAG_GROUPS, rows, lane, at)
    at = _put_marks(sums[node, Sum.NEAR_MARKS], rows, lane, at)
    _put_marks(sums[node, Sum.MARKS], rows, lane, at)


@inner
def put_plain(page: Page, blocks: int, block: int, rows: Float32Matrix, lane: int) -> None:
    """What is measured of a block alone, and of the page."""
    stats, sums, columns = page.stats, page.sums, page.blocks
    node = integer(columns[block, Block.NODE])
    size = integer(stats[block, Stat.SIZE])
    total = max(sums[0, Sum.SIZE], 1)
    rows[0, lane] = size
    rows[1, lane] = stats[block, Stat.WORDS]
    rows[2, lane] = stats[block, Stat.STOPS]
    rows[3, lane] = stats[block, Stat.COMMAS]
    rows[4, lane] = _ratio(stats[block, Stat.DIGITS], size)
    rows[5, lane] = _ratio(stats[block, Stat.CAPITALS], size)
    rows[6, lane] = stats[block, Stat.ENDS_SENTENCE]
    rows[7, lane] = _ratio(stats[block, Stat.LINK_SIZE], size)
    rows[8, lane] = _ratio(columns[block, Block.BOLD_BYTES], columns[block, Block.END] - columns[block, Block.START])
    rows[9, lane] = columns[block, Block.LINKS]
    rows[10, lane] = columns[block, Block.GAP]
    rows[11, lane] = columns[block, Block.ITEM] != 0
    rows[12, lane] = columns[block, Block.ITEM_DEPTH]
    rows[13, lane] = (columns[block, Block.TRAITS] & BlockTrait.PRE) != 0
    rows[14, lane] = (columns[block, Block.TRAITS] & BlockTrait.HAS_FORMULA) != 0
    rows[15, lane] = columns[block, Block.ROW] != 0
    rows[16, lane] = stats[block, Stat.BEFORE] / total
    rows[17, lane] = min(block, 1000)
    rows[18, lane] = min(blocks - block, 1000)
    rows[19, lane] = min(stats[block, Stat.SINCE_LONG], 100)
    rows[20, lane] = min(stats[block, Stat.UNTIL_LONG], 100)
    rows[21, lane] = total
    rows[22, lane] = blocks
    rows[23, lane] = _ratio(sums[0, Sum.LINK_SIZE], total)
    rows[24, lane] = sums[0, Sum.LONG_BLOCKS]
    rows[25, lane] = sums[node, Sum.DEPTH]
    rows[26, lane] = sums[node, Sum.IN_BEST]
    rows[27, lane] = _ratio(sums[page.totals[Total.BEST], Sum.SIZE], total)
    rows[28, lane] = TAG_NUMBER[page.nodes[node, Node.TAG]]
    rows[29, lane] = _ratio(100 * integer(stats[block, Stat.STOPS]), size)
    rows[30, lane] = min(stats[block, Stat.BEFORE], 100_000)
    rows[31, lane] = stats[block, Stat.HEADING_LEVEL]
    rows[32, lane] = min(stats[block, Stat.SINCE_HEADING], 200)
    rows[33, lane] = min(stats[block, Stat.SINCE_TITLE], 200)
    rows[34, lane] = min(stats[block, Stat.UNTIL_TITLE], 200)


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
def _put_missing(rows: Float32Matrix, lane: int, at: int, count: int) -> None:
    for row in range(at, at + count):
        rows[row, lane] = -1


@inner
def _put_bits(bits: int, count: int, rows: Float32Matrix, lane: int, at: int) -> int:
    for bit in range(count):
        rows[at + bit, lane] = bits >> bit & 1
    return at + count


@inner
def _put_marks(bits: int, rows: Float32Matrix, lane: int, at: int) -> int:
    at = _put_bits(bits, CLASS_GROUPS, rows, lane, at)
    return _put_bits(bits >> integer(Mark.HIDDEN), 3, rows, lane, at)
