"""What the parser works with: registers, the stack of open elements, and what it fills."""

from __future__ import annotations

import threading
from enum import IntEnum, auto
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int32Matrix, Int32s, Int64Matrix, Int64s, UInt64s
from .elements import TAG_BITS, Attribute, Note
from .names import name_table
from .word_marks import class_automaton

DEEPEST = 512
"""Elements nested deeper are not told apart, as in browsers."""
MOST_NODES = 400_000
"""Further block elements count as part of the one that they stand in."""
MOST_BLOCKS = 400_000
"""Further blocks are lines of the last one."""


class Register(IntEnum):
    """Numbers that the parser keeps."""

    OUT = 0
    """Bytes of text so far."""
    BLOCK_START = auto()
    GAP = auto()
    """What stands between the last block and the next one."""
    SPACE = auto()
    """Whether white space has been read since the last visible character."""
    BREAKS = auto()
    """How many ``br`` since then."""
    DEPTH = auto()
    BLOCKS = auto()
    NODES = auto()
    SKIP = auto()
    """Depth of the outermost element whose text is passed over; 0 without one."""
    PRE = auto()
    LINKS = auto()
    LINK_START = auto()
    LINK_BYTES = auto()
    LINK_COUNT = auto()
    BOLD = auto()
    BOLD_START = auto()
    BOLD_BYTES = auto()
    FOREIGN = auto()
    """Depth of the outermost svg or math; 0 without one."""
    MATH_START = auto()
    """Where the text of the formula begins that is open; -1 without one."""
    MATH_SKIP = auto()
    """1 while what the formula shows is passed over, 2 while its source is taken."""
    FORMULA_START = auto()
    FORMULA_END = auto()
    """Where the text of the last formula ends."""
    FORMULA_IS_TEX = auto()
    ITEM = auto()
    """The next block's mark: 0, -1 for a bullet, a number from 1 on (0 as :data:`ZERO_ITEM`)."""
    LIST_DEPTH = auto()
    ROW = auto()
    """Rows of tables so far."""
    XHTML = auto()
    SEEN = auto()
    """Attributes of the tag, one bit each."""
    SELF_CLOSING = auto()


class Open(IntEnum):
    """What an open element ends when it is closed."""

    BLOCK = 0x1
    PARAGRAPH = 0x2
    LINK = 0x4
    BOLD = 0x8
    PRE = 0x10
    LIST = 0x20
    MATH = 0x40
    ANNOTATION = 0x80


class BlockTrait(IntEnum):
    """How a block is written."""

    PRE = 0x1
    HAS_FORMULA = 0x2


class Node(IntEnum):
    """Columns of block elements, in the order of their start tags; the page itself is the first."""

    PARENT = 0
    TAG = auto()
    MARKS = auto()
    """Groups of words in its attributes, and :class:`~.word_marks.Mark`."""


class Block(IntEnum):
    """Columns of runs of text between two lines' ends."""

    START = 0
    """In the text."""
    END = auto()
    NODE = auto()
    GAP = auto()
    """Line ends before it."""
    ITEM = auto()
    """-1 for a bullet, a number and one more, 0 for none."""
    ITEM_DEPTH = auto()
    ROW = auto()
    """The row of a table, 0 outside."""
    CELL = auto()
    """The node of the cell, 0 outside."""
    TRAITS = auto()
    LINK_BYTES = auto()
    LINKS = auto()
    BOLD_BYTES = auto()


class Level(IntEnum):
    """Columns of the stack of open elements."""

    TAG = 0
    TRAITS = auto()
    NAME = auto()
    NODE = auto()
    ENDS = auto()
    """Of :class:`Open`."""
    NUMBER = auto()
    """The number of a list's last item."""
    ROW = auto()
    CELL = auto()


NOTES = len(Register)
"""Behind the registers, by :class:`~.elements.Note` where its value begins and ends in the page."""
SPANS = NOTES + 2 * len(Note)
"""By attribute where its value begins and ends."""
OPEN = SPANS + 2 * len(Attribute)
"""By tag, how many of them are open."""
REGISTERS = OPEN + (1 << TAG_BITS)


class Tables(NamedTuple):
    """What stands fast: few arrays, as each costs much in every call that it is passed to."""

    names: UInt64s
    characters: Bytes
    """Of named references; see :mod:`.names`."""
    symbols: Bytes
    """This and the following are the automaton for classes (:mod:`.word_marks`)."""
    follow: Int32s
    found: UInt64s


class Work(NamedTuple):
    """What the parser fills."""

    register: Int64s
    stack: Int64Matrix
    nodes: Int64Matrix
    blocks: Int32Matrix
    text: Bytes


LARGEST_KEPT = 4_000_000
"""Bytes of text for which room is kept between pages."""

_local = threading.local()


@cache
def tables() -> Tables:
    """The tables, made once in a process."""
    characters = bytearray()
    names = name_table(characters)
    return Tables(names, np.frombuffer(bytes(characters), dtype=np.uint8), *class_automaton())


def workspace(page_bytes: int, tags: int) -> Work:
    """Room for a page; each thread keeps the one that it used last."""
    kept: Work | None = getattr(_local, "work", None)
    nodes, blocks = min(tags + 2, MOST_NODES), min(tags + 2, MOST_BLOCKS)
    room = page_bytes + page_bytes // 4 + 64
    if kept is not None and len(kept.text) >= room and len(kept.nodes) >= nodes and len(kept.blocks) >= blocks:
        return kept
    if room <= LARGEST_KEPT:
        nodes, blocks, room = (max(4096, count + count // 4) for count in (nodes, blocks, room))
    made = Work(
        np.zeros(REGISTERS, dtype=np.int64),
        np.zeros((DEEPEST + 1, len(Level)), dtype=np.int64),
        np.empty((nodes, len(Node)), dtype=np.int64),
        np.empty((blocks, len(Block)), dtype=np.int32),
        np.empty(room, dtype=np.uint8),
    )
    if room <= LARGEST_KEPT:
        _local.work = made
    return made
