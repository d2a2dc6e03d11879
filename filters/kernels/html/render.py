"""The blocks of a page that are kept, written as one text."""

from __future__ import annotations

from ..machine.buffers import Bools, Bytes, Int32Matrix
from ..machine.instructions import copy_bytes
from ..machine.kernel import inner, integer, kernel
from .work import Block

LINE_FEED, TAB, BLANK = ord("\n"), ord("\t"), ord(" ")
STOP = ord(".")
BULLET = (0xE2, 0x80, 0xA2)
DEEPEST_ITEM = 8
"""Items of lists nested deeper are not moved in further."""
MOST_BEFORE_BLOCK = 2 * DEEPEST_ITEM + 16
"""Bytes that may be written before a block's text."""


@kernel
def write_blocks(blocks: Int32Matrix, count: int, text: Bytes, kept: Bools, out: Bytes) -> int:
    """Write the text of blocks that are kept, and return its bytes.

    ``out`` has room for all of the text and :data:`MOST_BEFORE_BLOCK` more for each block.
    """
    at = 0
    gap = 0
    last = -1
    for block in range(count):
        gap = max(gap, integer(blocks[block, Block.GAP]))
        if not kept[block]:
            continue
        if last >= 0:
            is_cell = blocks[block, Block.ROW] != 0 and blocks[block, Block.ROW] == blocks[last, Block.ROW]
            if is_cell and blocks[block, Block.CELL] != blocks[last, Block.CELL]:
                is_single = _is_alone(blocks, block, count) and _is_alone(blocks, last, count)
                out[at] = TAB if is_single else LINE_FEED
                at += 1
            else:
                for _ in range(max(gap, 1)):
                    out[at] = LINE_FEED
                    at += 1
        item = integer(blocks[block, Block.ITEM])
        if item:
            at = _put_mark(item, integer(blocks[block, Block.ITEM_DEPTH]), out, at)
        size = integer(blocks[block, Block.END] - blocks[block, Block.START])
        copy_bytes(out, at, text, integer(blocks[block, Block.START]), size)
        at += size
        gap = 0
        last = block
    return at


@inner
def _is_alone(blocks: Int32Matrix, block: int, count: int) -> bool:
    """Whether a block is the only one of its cell."""
    cell = blocks[block, Block.CELL]
    if block > 0 and blocks[block - 1, Block.CELL] == cell:
        return False
    return not (block + 1 < count and blocks[block + 1, Block.CELL] == cell)


@inner
def _put_mark(item: int, depth: int, out: Bytes, at: int) -> int:
    """Write a bullet, or a number and a full stop."""
    for _ in range(2 * min(max(depth - 1, 0), DEEPEST_ITEM)):
        out[at] = BLANK
        at += 1
    if item < 0:
        for byte in BULLET:
            out[at] = byte
            at += 1
    else:
        number = item - 1
        digits = 1
        power = 10
        while power <= number:
            digits += 1
            power *= 10
        for place in range(digits):
            out[at + digits - 1 - place] = 48 + number % 10
            number //= 10
        at += digits
        out[at] = STOP
        at += 1
    out[at] = BLANK
    return at + 1
