"""Text of a page written out: white space as browsers show it, references decoded, cut into blocks."""

from __future__ import annotations

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer
from .entities import put_reference
from .tokens import is_space
from .work import Block, BlockTrait, Level, Register, Tables, Work

AMPERSAND, LINE_FEED, RETURN, SPACE = ord("&"), ord("\n"), ord("\r"), ord(" ")
MOST_GAP = 2


@inner
def flush(work: Work, gap: int) -> None:
    """End the block that is open, if it has text, and have at least so many line ends before the next one."""
    register = work.register
    out, start = register[Register.OUT], register[Register.BLOCK_START]
    text = work.text
    while out > start and is_space(integer(text[out - 1])):
        out -= 1
    if out > start and (out - start > MOST_BLANK or not _is_blank(text, start, out)):
        _keep(work, out)
    else:
        register[Register.OUT] = start
    register[Register.SPACE] = register[Register.BREAKS] = 0
    register[Register.LINK_START] = register[Register.BOLD_START] = register[Register.OUT]
    register[Register.LINK_BYTES] = register[Register.BOLD_BYTES] = register[Register.LINK_COUNT] = 0
    register[Register.FORMULA_END] = -1
    register[Register.GAP] = max(register[Register.GAP], gap)


MOST_BLANK = 64


@inner
def _is_blank(text: Bytes, start: int, end: int) -> bool:
    """Whether there is nothing but no-break spaces, zero-width ones and marks of direction."""
    position = start
    while position < end:
        byte = integer(text[position])
        if is_space(byte):
            position += 1
        elif byte == 0xC2 and position + 1 < end and text[position + 1] == 0xA0:
            position += 2
        elif byte == 0xE2 and position + 2 < end and text[position + 1] == 0x80 and 0x8B <= text[position + 2] <= 0x8F:
            position += 3
        elif byte == 0xEF and position + 2 < end and text[position + 1] == 0xBB and text[position + 2] == 0xBF:
            position += 3
        else:
            return False
    return True


@inner
def _keep(work: Work, out: int) -> None:
    register, blocks = work.register, work.blocks
    if register[Register.LINKS] > 0:
        register[Register.LINK_BYTES] += max(out - register[Register.LINK_START], 0)
    if register[Register.BOLD] > 0:
        register[Register.BOLD_BYTES] += max(out - register[Register.BOLD_START], 0)
    at = register[Register.BLOCKS]
    depth = register[Register.DEPTH]
    if at == len(blocks):  # no room: a line of the last block
        work.text[out] = LINE_FEED
        blocks[at - 1, Block.END] = out
        register[Register.OUT] = register[Register.BLOCK_START] = out + 1
        return
    blocks[at, Block.START] = register[Register.BLOCK_START]
    blocks[at, Block.END] = out
    blocks[at, Block.NODE] = work.stack[depth, Level.NODE]
    blocks[at, Block.GAP] = register[Register.GAP]
    blocks[at, Block.ITEM] = register[Register.ITEM]
    blocks[at, Block.ITEM_DEPTH] = register[Register.LIST_DEPTH]
    blocks[at, Block.ROW] = work.stack[depth, Level.ROW]
    blocks[at, Block.CELL] = work.stack[depth, Level.CELL]
    blocks[at, Block.TRAITS] = BlockTrait.PRE * (register[Register.PRE] > 0) + BlockTrait.HAS_FORMULA * (
        register[Register.FORMULA_END] > register[Register.BLOCK_START]
    )
    blocks[at, Block.LINK_BYTES] = register[Register.LINK_BYTES]
    blocks[at, Block.LINKS] = register[Register.LINK_COUNT]
    blocks[at, Block.BOLD_BYTES] = register[Register.BOLD_BYTES]
    register[Register.BLOCKS] = at + 1
    register[Register.OUT] = register[Register.BLOCK_START] = out
    register[Register.GAP] = register[Register.ITEM] = 0


@inner
def before_visible(work: Work) -> None:
    """Write the space or line ends that stand before the next visible character."""
    register = work.register
    if register[Register.BREAKS] > 1:
        flush(work, MOST_GAP)
    elif register[Register.OUT] > register[Register.BLOCK_START]:
        if register[Register.BREAKS] == 1:
            work.text[register[Register.OUT]] = LINE_FEED
            register[Register.OUT] += 1
        elif register[Register.SPACE]:
            work.text[register[Register.OUT]] = SPACE
            register[Register.OUT] += 1
    register[Register.SPACE] = register[Register.BREAKS] = 0


@inner
def put_text(page: Bytes, position: int, end: int, is_value: bool, tables: Tables, work: Work) -> None:
    """Write a run of text, white space collapsed."""
    register, text = work.register, work.text
    while position < end:
        byte = integer(page[position])
        if is_space(byte):
            register[Register.SPACE] = 1
            position += 1
            continue
        if register[Register.SPACE] or register[Register.BREAKS]:
            before_visible(work)
        if byte == AMPERSAND:
            stop = put_reference(page, position, end, is_value, tables, work)
            if stop > position:
                position = stop
                continue
        out = register[Register.OUT]
        while True:
            if byte != 0:
                text[out] = byte
                out += 1
            position += 1
            if position >= end:
                break
            byte = integer(page[position])
            if byte == AMPERSAND or byte == 0 or is_space(byte):
                break
        register[Register.OUT] = out


@inner
def put_preformatted(page: Bytes, position: int, end: int, tables: Tables, work: Work) -> None:
    """Write a run of text with its white space."""
    register, text = work.register, work.text
    while position < end:
        byte = integer(page[position])
        out = register[Register.OUT]
        if byte == AMPERSAND:
            stop = put_reference(page, position, end, False, tables, work)
            if stop > position:
                position = stop
                continue
        position += 1
        if byte == RETURN:
            byte = LINE_FEED
            if position < end and page[position] == LINE_FEED:
                position += 1
        if byte == 0 or (byte == LINE_FEED and register[Register.OUT] == register[Register.BLOCK_START]):
            continue
        text[out] = byte
        register[Register.OUT] = out + 1


@inner
def put_value(page: Bytes, start: int, end: int, tables: Tables, work: Work) -> None:
    """Write an attribute's value, a formula, in dollar signs."""
    before_visible(work)
    put_dollars(work, 1)
    put_text(page, start, end, True, tables, work)
    put_dollars(work, 1)


@inner
def put_dollars(work: Work, count: int) -> None:
    """Write what stands before and behind a formula."""
    register = work.register
    for _ in range(count):
        work.text[register[Register.OUT]] = 36
        register[Register.OUT] += 1
