"""What is measured of each block of a page, for the trees that tell main content from the rest."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Floats32, Int32Matrix, Int64Matrix, Int64s
from ..machine.kernel import inner, integer
from .elements import Tag
from .word_marks import CLASS_WORDS, TEXT_WORDS, Automaton, Mark, words_in
from .work import Block, BlockTrait, Node

ONE = np.uint64(1)
LONGEST_MARKED = 400
"""Words of short texts are looked for in blocks of at most so many bytes."""
LONG_BLOCK = 140
"""From this size on a block is a paragraph."""


class Stat(IntEnum):
    """Columns of what is counted of each block."""

    SIZE = 0
    """Characters; wide ones count three times."""
    WORDS = auto()
    STOPS = auto()
    """Ends of sentences."""
    COMMAS = auto()
    DIGITS = auto()
    CAPITALS = auto()
    ENDS_SENTENCE = auto()
    LINK_SIZE = auto()
    TEXT_MARKS = auto()
    BEFORE = auto()
    """Size of all text before."""
    SINCE_LONG = auto()
    """Blocks since the last paragraph."""
    UNTIL_LONG = auto()


class Sum(IntEnum):
    """Columns of what is summed up for each block element."""

    SIZE = 0
    LINK_SIZE = auto()
    BLOCKS = auto()
    LONG_BLOCKS = auto()
    LONG_SIZE = auto()
    STOPS = auto()
    SCORE = auto()
    """How much it looks like the element that holds an article (Readability's way)."""
    TAGS = auto()
    """Which of :data:`TAG_BITS` it and all around it are."""
    MARKS = auto()
    """Marks of it and all around it."""
    NEAR_MARKS = auto()
    """Marks of it and the two around it."""
    DEPTH = auto()
    IN_BEST = auto()
    """Whether it is in the element with the highest score."""
    CHILDREN = auto()


SUMS = len(Sum)
SUMMED = Sum.STOPS + 1
"""How many columns are sums of what is in an element, also further down."""

NEAR_TAGS = (
    *(Tag.NAV, Tag.HEADER, Tag.FOOTER, Tag.ASIDE, Tag.ARTICLE, Tag.MAIN, Tag.SECTION, Tag.FORM, Tag.FIGURE),
    *(Tag.FIGCAPTION, Tag.BLOCKQUOTE, Tag.LI, Tag.UL, Tag.OL, Tag.DL, Tag.TABLE, Tag.PRE, Tag.P, Tag.ADDRESS),
    *(Tag.DETAILS, Tag.DIALOG, Tag.H1, Tag.H2, Tag.H3, Tag.H4, Tag.H5, Tag.H6, Tag.TD, Tag.TH, Tag.DT, Tag.DD),
    *(Tag.DIV, Tag.NOSCRIPT, Tag.SUMMARY, Tag.CAPTION),
)
"""Elements of which it counts whether a block stands in one."""

TAG_NUMBER = np.full(256, 63, dtype=np.int64)
TAG_NUMBER[list(NEAR_TAGS)] = range(len(NEAR_TAGS))
CLASS_GROUPS, TEXT_GROUPS, TAG_GROUPS = len(CLASS_WORDS), len(TEXT_WORDS), len(NEAR_TAGS)
MARK_BITS = (*range(CLASS_GROUPS), *Mark)

PLAIN = (
    *("size", "words", "stops", "commas", "digits", "capitals", "ends_sentence", "link_density", "bold_density"),
    *("links", "gap", "item", "item_depth", "is_pre", "has_formula", "in_row", "position", "blocks_before"),
    *("blocks_behind", "since_long", "until_long", "page_size", "page_blocks", "page_link_density", "page_long"),
    *("depth", "in_best", "best_share", "own_tag", "stop_rate", "size_before"),
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
    *(f"in:{Tag(tag).name.lower()}" for tag in NEAR_TAGS),
    *(f"near:{name}" for name, _ in CLASS_WORDS),
    *(f"near:{mark.name.lower()}" for mark in Mark),
    *(f"far:{name}" for name, _ in CLASS_WORDS),
    *(f"far:{mark.name.lower()}" for mark in Mark),
)
"""Names of the features, in their order."""
COUNT = len(FEATURES)


class Page(NamedTuple):
    """A page as it was read, and what has been counted of it."""

    text: Bytes
    blocks: Int32Matrix
    nodes: Int64Matrix
    stats: Int32Matrix
    sums: Int64Matrix
    totals: Int64s
    """Of the whole page: size, size of links, size of paragraphs, the best element, its score."""


@inner
def count_block(text: Bytes, start: int, end: int, stats: Int32Matrix, block: int) -> None:
    """Count characters by kind."""
    size = words = stops = commas = digits = capitals = 0
    ends_sentence = False
    was_space = True
    for position in range(start, end):
        byte = integer(text[position])
        if byte == 32 or byte == 10:
            was_space = True
            continue
        words += was_space
        was_space = False
        if 0x80 <= byte < 0xC0:
            continue
        size += 1
        if byte < 0x80:
            if byte == 46 or byte == 33 or byte == 63:
                stops += position + 1 == end or text[position + 1] == 32 or text[position + 1] == 34
                ends_sentence = True
            elif byte == 44 or byte == 59:
                commas += 1
                ends_sentence = False
            elif byte == 34 or byte == 39 or byte == 41 or byte == 58:
                ends_sentence |= byte == 58
            else:
                ends_sentence = False
                digits += 48 <= byte <= 57
                capitals += 65 <= byte <= 90
        elif byte >= 0xE3 and byte < 0xF0:
            size += 2
            if byte == 0xE3 and text[position + 1] == 0x80:
                last = text[position + 2]
                stops += last == 0x82
                ends_sentence = last == 0x82 or last == 0x8D
                commas += last == 0x81
            elif byte == 0xEF and text[position + 1] == 0xBC:
                last = text[position + 2]
                is_stop = last == 0x81 or last == 0x9F
                stops += is_stop
                ends_sentence = is_stop
                commas += last == 0x8C
            else:
                ends_sentence = False
        elif byte == 0xE2 and text[position + 1] == 0x80:
            ends_sentence |= text[position + 2] == 0xA6  # an ellipsis; a quotation mark changes nothing
        elif byte == 0xE0 and text[position + 1] == 0xA5 and text[position + 2] == 0xA4:
            stops += 1
            ends_sentence = True
        else:
            ends_sentence = False
    stats[block, Stat.SIZE] = size
    stats[block, Stat.WORDS] = words
    stats[block, Stat.STOPS] = stops
    stats[block, Stat.COMMAS] = commas
    stats[block, Stat.DIGITS] = digits
    stats[block, Stat.CAPITALS] = capitals
    stats[block, Stat.ENDS_SENTENCE] = ends_sentence


@inner
def count_page(page: Page, blocks: int, nodes: int, words: Automaton) -> None:
    """Count all blocks, and sum up what is in each element."""
    stats, sums = page.stats, page.sums
    for node in range(nodes):
        for column in range(SUMS):
            sums[node, column] = 0
        parent = page.nodes[node, Node.PARENT]
        marks = page.nodes[node, Node.MARKS]
        tag = ONE << np.uint64(TAG_NUMBER[page.nodes[node, Node.TAG]])
        if parent >= 0:
            sums[node, Sum.MARKS] = sums[parent, Sum.MARKS] | marks
            above = page.nodes[parent, Node.MARKS]
            over = page.nodes[parent, Node.PARENT]
            sums[node, Sum.NEAR_MARKS] = marks | above | (page.nodes[over, Node.MARKS] if over >= 0 else 0)
            sums[node, Sum.TAGS] = sums[parent, Sum.TAGS] | integer(tag)
            sums[node, Sum.DEPTH] = sums[parent, Sum.DEPTH] + 1
            sums[parent, Sum.CHILDREN] += 1
    before = since = 0
    for block in range(blocks):
        start, end = integer(page.blocks[block, Block.START]), integer(page.blocks[block, Block.END])
        count_block(page.text, start, end, stats, block)
        marks = 0
        if end - start <= LONGEST_MARKED:
            marks = integer(words_in(page.text, start, end, words))
        stats[block, Stat.TEXT_MARKS] = marks
        size = integer(stats[block, Stat.SIZE])
        link_size = size * integer(page.blocks[block, Block.LINK_BYTES]) // max(end - start, 1)
        stats[block, Stat.LINK_SIZE] = link_size
        stats[block, Stat.BEFORE] = before
        before += size
        stats[block, Stat.SINCE_LONG] = since
        is_long = size - link_size >= LONG_BLOCK
        since = 0 if is_long else since + 1
        node = integer(page.blocks[block, Block.NODE])
        sums[node, Sum.SIZE] += size
        sums[node, Sum.LINK_SIZE] += link_size
        sums[node, Sum.BLOCKS] += 1
        sums[node, Sum.STOPS] += stats[block, Stat.STOPS]
        sums[node, Sum.LONG_BLOCKS] += is_long
        sums[node, Sum.LONG_SIZE] += size * is_long
        if size >= 25 and 2 * link_size < size:
            points = 10 + 10 * min(integer(stats[block, Stat.COMMAS]) + integer(stats[block, Stat.STOPS]), 12)
            points += 10 * min(size // 100, 3)
            tag = page.nodes[node, Node.TAG]
            holder = page.nodes[node, Node.PARENT] if tag == Tag.P or tag == Tag.PRE or tag == Tag.LI else node
            if holder >= 0:
                sums[holder, Sum.SCORE] += points
                over = page.nodes[holder, Node.PARENT]
                if over >= 0:
                    sums[over, Sum.SCORE] += points // 2
    until = 0
    for block in range(blocks - 1, -1, -1):
        stats[block, Stat.UNTIL_LONG] = until
        is_long = stats[block, Stat.SIZE] - stats[block, Stat.LINK_SIZE] >= LONG_BLOCK
        until = 0 if is_long else until + 1
    for node in range(nodes - 1, 0, -1):
        parent = page.nodes[node, Node.PARENT]
        for column in range(SUMMED):
            sums[parent, column] += sums[node, column]
    _find_best(page, nodes)


@inner
def _find_best(page: Page, nodes: int) -> None:
    sums = page.sums
    best = best_score = 0
    for node in range(nodes):
        size = max(sums[node, Sum.SIZE], 1)
        score = sums[node, Sum.SCORE] * (size - sums[node, Sum.LINK_SIZE]) // size
        sums[node, Sum.SCORE] = score
        if score > best_score:
            best, best_score = node, score
    page.totals[0] = best
    page.totals[1] = best_score
    for node in range(nodes):
        parent = page.nodes[node, Node.PARENT]
        sums[node, Sum.IN_BEST] = node == best or (parent >= 0 and sums[parent, Sum.IN_BEST] != 0)


@inner
def _ratio(part: int, whole: int) -> float:
    return part / max(whole, 1)


@inner
def block_features(page: Page, blocks: int, block: int, row: Floats32) -> None:
    """What the trees judge a block by."""
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
    row[27] = _ratio(sums[page.totals[0], Sum.SIZE], total)
    row[28] = TAG_NUMBER[page.nodes[node, Node.TAG]]
    row[29] = _ratio(100 * integer(stats[block, Stat.STOPS]), size)
    row[30] = min(stats[block, Stat.BEFORE], 100_000)
    at = len(PLAIN)
    for place in NEIGHBOURS:
        other = block + place
        if 0 <= other < blocks:
            other_node = integer(columns[other, Block.NODE])
            row[at] = stats[other, Stat.SIZE]
            row[at + 1] = _ratio(stats[other, Stat.LINK_SIZE], stats[other, Stat.SIZE])
            row[at + 2] = stats[other, Stat.STOPS]
            row[at + 3] = stats[other, Stat.ENDS_SENTENCE]
            row[at + 4] = _distance(page, node, other_node)
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
            row[at + 5] = _ratio(sums[above, Sum.SCORE], page.totals[1])
            row[at + 6] = sums[above, Sum.CHILDREN]
            row[at + 7] = _ratio(100 * sums[above, Sum.STOPS], inside)
            row[at + 8] = TAG_NUMBER[page.nodes[above, Node.TAG]]
            above = page.nodes[above, Node.PARENT]
        else:
            _put_missing(row, at, len(ABOVE))
        at += len(ABOVE)
    at = _put_bits(stats[block, Stat.TEXT_MARKS], TEXT_GROUPS, row, at)
    at = _put_bits(sums[node, Sum.TAGS], TAG_GROUPS, row, at)
    at = _put_marks(sums[node, Sum.NEAR_MARKS], row, at)
    _put_marks(sums[node, Sum.MARKS], row, at)


@inner
def _distance(page: Page, node: int, other: int) -> int:
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
