"""What is counted of each block of a page, and summed up for each of its elements."""

from __future__ import annotations

from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int32Matrix, Int64Matrix, Int64s
from ..machine.kernel import inner, integer
from .elements import Tag
from .signs import BLANK, COMMA, COUNTED, KINDS, SPECIAL, STOP, ends_sentence, wide_sign
from .word_marks import Automaton, words_in
from .work import Block, Node, Register, Work

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
    HEADING_MARKS = auto()
    """Groups of words in the last heading before."""
    HEADING_LEVEL = auto()
    """Of that heading, 0 for none."""
    SINCE_HEADING = auto()
    """Blocks since it, or since the page begins."""
    SINCE_TITLE = auto()
    """Blocks since the last heading of the first level, -1 for none."""
    UNTIL_TITLE = auto()
    SCORE = auto()
    """What the first trees say of it, from 0 to :data:`~.context.CERTAIN`."""


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
    CONTENT = auto()
    """Size times score of all blocks in it; this and the following are counted by :mod:`.context`."""
    WEIGHT = auto()
    """Size of all blocks in it."""
    IN_DENSEST = auto()


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


class Page(NamedTuple):
    """A page as it was read, and what has been counted of it."""

    text: Bytes
    blocks: Int32Matrix
    nodes: Int64Matrix
    stats: Int32Matrix
    sums: Int64Matrix
    totals: Int64s
    """Of the whole page, :class:`Total`."""
    flow: Int64Matrix
    """What the scores of blocks sum up to (:mod:`.context`)."""


class Total(IntEnum):
    """What is known of the whole page."""

    BEST = 0
    """The element with the highest score."""
    BEST_SCORE = auto()
    FIRST = auto()
    """The first block that is confident, -1 for none."""
    LAST = auto()
    LIKELY = auto()
    """How many blocks are likely."""
    DENSEST = auto()
    """The element that holds the most of what is likely content, and the least of the rest."""


class Flow(IntEnum):
    """What is known of the blocks before and behind each block."""

    CONTENT = 0
    """Size times score of all blocks before."""
    SIZE = auto()
    BEFORE = auto()
    """The last confident block before, -1 for none."""
    BEHIND = auto()


def page_to_count(work: Work) -> Page:
    """A page that has been read, with room for what is counted of it."""
    count, nodes = int(work.register[Register.BLOCKS]), int(work.register[Register.NODES])
    return Page(
        work.text,
        work.blocks,
        work.nodes,
        np.empty((count, len(Stat)), dtype=np.int32),
        np.empty((nodes, len(Sum)), dtype=np.int64),
        np.zeros(len(Total), dtype=np.int64),
        np.empty((count + 1, len(Flow)), dtype=np.int64),
    )


COUNTED_AT_ONCE = 1 << 14
"""Bytes after which numbers are added up that share one: none of them grows beyond 16 bits until then."""
NONE = np.uint64(0)


@inner
def count_block(text: Bytes, start: int, end: int, stats: Int32Matrix, block: int) -> None:
    """Count characters by kind."""
    size = words = stops = commas = digits = capitals = 0
    was_blank = BLANK
    position = start
    while position < end:
        stop = min(position + COUNTED_AT_ONCE, end)
        counted = NONE
        while position < stop:
            byte = integer(text[position])
            counted += COUNTED[byte]
            kind = integer(KINDS[byte])
            words += was_blank & ~kind
            was_blank = kind & BLANK
            if kind & SPECIAL:
                if byte < 0x80:
                    stops += position + 1 == end or text[position + 1] == 32 or text[position + 1] == 34
                else:
                    stops += wide_sign(text, position) == STOP
                    commas += wide_sign(text, position) == COMMA
            position += 1
        sums = integer(counted)
        size += sums & 0xFFFF
        commas += sums >> 16 & 0xFFFF
        digits += sums >> 32 & 0xFFFF
        capitals += sums >> 48
    stats[block, Stat.SIZE] = size
    stats[block, Stat.WORDS] = words
    stats[block, Stat.STOPS] = stops
    stats[block, Stat.COMMAS] = commas
    stats[block, Stat.DIGITS] = digits
    stats[block, Stat.CAPITALS] = capitals
    stats[block, Stat.ENDS_SENTENCE] = ends_sentence(text, start, end)


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
    heading_marks = heading_level = since_heading = 0
    since_title = -1
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
        stats[block, Stat.HEADING_MARKS] = heading_marks
        stats[block, Stat.HEADING_LEVEL] = heading_level
        stats[block, Stat.SINCE_HEADING] = since_heading
        since_heading += 1
        tag = page.nodes[node, Node.TAG]
        if Tag.H1 <= tag <= Tag.H6:
            heading_marks, heading_level, since_heading = marks, integer(tag) - Tag.H1 + 1, 0
        since_title = 0 if tag == Tag.H1 else since_title + (since_title >= 0)
        stats[block, Stat.SINCE_TITLE] = since_title
        sums[node, Sum.SIZE] += size
        sums[node, Sum.LINK_SIZE] += link_size
        sums[node, Sum.BLOCKS] += 1
        sums[node, Sum.STOPS] += stats[block, Stat.STOPS]
        sums[node, Sum.LONG_BLOCKS] += is_long
        sums[node, Sum.LONG_SIZE] += size * is_long
        if size >= 25 and 2 * link_size < size:
            points = 10 + 10 * min(integer(stats[block, Stat.COMMAS]) + integer(stats[block, Stat.STOPS]), 12)
            points += 10 * min(size // 100, 3)
            holder = page.nodes[node, Node.PARENT] if tag == Tag.P or tag == Tag.PRE or tag == Tag.LI else node
            if holder >= 0:
                sums[holder, Sum.SCORE] += points
                over = page.nodes[holder, Node.PARENT]
                if over >= 0:
                    sums[over, Sum.SCORE] += points // 2
    until = 0
    until_title = -1
    for block in range(blocks - 1, -1, -1):
        tag = page.nodes[integer(page.blocks[block, Block.NODE]), Node.TAG]
        until_title = 0 if tag == Tag.H1 else until_title + (until_title >= 0)
        stats[block, Stat.UNTIL_TITLE] = until_title
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
    page.totals[Total.BEST] = best
    page.totals[Total.BEST_SCORE] = best_score
    for node in range(nodes):
        parent = page.nodes[node, Node.PARENT]
        sums[node, Sum.IN_BEST] = node == best or (parent >= 0 and sums[parent, Sum.IN_BEST] != 0)
