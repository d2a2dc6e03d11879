"""The stack of open elements: pushed, popped, and what end tags that are left out imply."""

from __future__ import annotations

import numpy as np

from ..machine.kernel import inner, integer
from .elements import Tag, Trait
from .text import MOST_GAP, flush, put_dollars
from .work import DEEPEST, OPEN, Level, Open, Register, Work

FORMULA_OPEN = -1


@inner
def push(work: Work, tag: int, traits: int, name: np.uint64, ends: int) -> bool:
    """Open an element in the block that is open; false where elements are nested too deep already."""
    register, stack = work.register, work.stack
    depth = register[Register.DEPTH]
    if depth >= DEEPEST:
        return False
    stack[depth + 1, Level.TAG] = tag
    stack[depth + 1, Level.TRAITS] = traits
    stack[depth + 1, Level.NAME] = integer(name)
    stack[depth + 1, Level.NODE] = stack[depth, Level.NODE]
    stack[depth + 1, Level.ENDS] = ends
    stack[depth + 1, Level.NUMBER] = 0
    stack[depth + 1, Level.ROW] = stack[depth, Level.ROW]
    stack[depth + 1, Level.CELL] = stack[depth, Level.CELL]
    register[OPEN + tag] += 1
    register[Register.DEPTH] = depth + 1
    return True


@inner
def end_what(work: Work, ends: int) -> None:
    """Do what the end of an element brings with it."""
    register = work.register
    if ends & Open.LINK:
        register[Register.LINKS] -= 1
        if register[Register.LINKS] == 0:
            register[Register.LINK_BYTES] += max(register[Register.OUT] - register[Register.LINK_START], 0)
    if ends & Open.BOLD:
        register[Register.BOLD] -= 1
        if register[Register.BOLD] == 0:
            register[Register.BOLD_BYTES] += max(register[Register.OUT] - register[Register.BOLD_START], 0)
    if ends & Open.BLOCK:
        flush(work, MOST_GAP if ends & Open.PARAGRAPH else 1)
    if ends & Open.PRE:
        register[Register.PRE] -= 1
    if ends & Open.LIST:
        register[Register.LIST_DEPTH] -= 1
    if ends & Open.ANNOTATION:
        register[Register.MATH_SKIP] = 1
    if ends & Open.MATH:
        end_formula(work)
        register[Register.SKIP] = work.stack[register[Register.DEPTH], Level.NUMBER]


@inner
def end_formula(work: Work) -> None:
    """The formula that is open ends."""
    register = work.register
    start = register[Register.MATH_START]
    is_tex = register[Register.MATH_SKIP] != 0
    register[Register.MATH_SKIP] = 0
    register[Register.MATH_START] = FORMULA_OPEN
    if start < 0 or start < register[Register.BLOCK_START] or register[Register.OUT] <= start:
        return
    if is_tex:
        put_dollars(work, 1)
    register[Register.FORMULA_START] = start
    register[Register.FORMULA_END] = register[Register.OUT]
    register[Register.FORMULA_IS_TEX] = is_tex


@inner
def pop_to(work: Work, depth: int) -> None:
    """Close the element at a depth of the stack, and all in it."""
    register, stack = work.register, work.stack
    at = register[Register.DEPTH]
    while at >= depth:
        register[Register.DEPTH] = at
        end_what(work, stack[at, Level.ENDS])
        register[OPEN + stack[at, Level.TAG]] -= 1
        if register[Register.SKIP] >= at:
            register[Register.SKIP] = 0
        if register[Register.FOREIGN] >= at:
            register[Register.FOREIGN] = 0
        at -= 1
    register[Register.DEPTH] = depth - 1


@inner
def close_open(work: Work, tag: int, other: int, barrier: int) -> None:
    """Close the innermost element of one of two kinds, unless one with certain traits stands in it."""
    register, stack = work.register, work.stack
    if register[OPEN + tag] == 0 and register[OPEN + other] == 0:
        return
    depth = work.register[Register.DEPTH]
    while depth > 0:
        if stack[depth, Level.TAG] == tag or stack[depth, Level.TAG] == other:
            pop_to(work, depth)
            return
        if stack[depth, Level.TRAITS] & barrier:
            return
        depth -= 1


@inner
def close_item(work: Work, tag: int, other: int) -> None:
    """Close a list's item that is open: its end tag may be left out."""
    register, stack = work.register, work.stack
    if register[OPEN + tag] == 0 and register[OPEN + other] == 0:
        return
    depth = work.register[Register.DEPTH]
    while depth > 0:
        found = stack[depth, Level.TAG]
        if found == tag or found == other:
            pop_to(work, depth)
            return
        if stack[depth, Level.TRAITS] & Trait.SPECIAL and not (
            found == Tag.DIV or found == Tag.P or found == Tag.ADDRESS
        ):
            return
        depth -= 1


@inner
def close_in_table(work: Work, first: int, second: int, third: int) -> None:
    """Close what is open of a table's rows or cells, up to the table."""
    register, stack = work.register, work.stack
    if register[OPEN + first] + register[OPEN + second] + register[OPEN + third] == 0:
        return
    depth = work.register[Register.DEPTH]
    outermost = 0
    while depth > 0 and stack[depth, Level.TAG] != Tag.TABLE:
        if stack[depth, Level.TAG] == first or stack[depth, Level.TAG] == second or stack[depth, Level.TAG] == third:
            outermost = depth
        depth -= 1
    if outermost:
        pop_to(work, outermost)


@inner
def end_tag(work: Work, tag: int, traits: int, name: np.uint64) -> None:
    """Close what an end tag closes."""
    register, stack = work.register, work.stack
    is_heading = traits & Trait.HEADING
    if register[OPEN + tag] == 0 and not is_heading:
        return
    in_table = tag == Tag.TABLE or traits & Trait.IN_TABLE or traits & Trait.CELL
    depth = work.register[Register.DEPTH]
    crossed = False
    while depth > 0:
        if stack[depth, Level.NAME] == integer(name) or (is_heading and stack[depth, Level.TRAITS] & Trait.HEADING):
            if crossed:  # formatting that goes on beyond the block in which it ends
                end_what(work, stack[depth, Level.ENDS])
                register[OPEN + tag] -= 1
                stack[depth, Level.TAG] = Tag.UNKNOWN
                register[OPEN + Tag.UNKNOWN] += 1
                stack[depth, Level.NAME] = 0
                stack[depth, Level.ENDS] = 0
            else:
                pop_to(work, depth)
            return
        found = stack[depth, Level.TRAITS]
        if in_table:
            if stack[depth, Level.TAG] == Tag.TABLE:
                return
        elif found & Trait.SCOPE:
            return
        elif found & Trait.SPECIAL:
            if traits & Trait.FORMATTING:
                crossed = True
            elif not traits & Trait.SPECIAL:
                return
        depth -= 1
