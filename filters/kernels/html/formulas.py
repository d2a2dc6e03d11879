"""Formulas, each written once: MathML, scripts and images of TeX."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer
from .elements import Attribute, Trait
from .names import NOTHING, hash_name
from .text import before_visible, put_dollars, put_text, put_value
from .tokens import has, value_hash
from .word_marks import FORMULA, Automaton, words_in
from .work import SPANS, Level, Open, Register, Tables, Work

TEX, OLD_TEX, LATEX, TEX_2 = (
    np.uint64(hash_name(name)) for name in (b"application/x-tex", b"tex", b"latex", b"text/x-tex")
)
BACKSLASH, BRACE, DOLLAR, AMPERSAND = (ord(sign) for sign in "\\{$&")
ROUND, SQUARE = ord("("), ord("[")


@inner
def is_behind_formula(work: Work) -> bool:
    """Whether nothing has been written since the last formula of the block that is open."""
    register = work.register
    out = register[Register.OUT]
    return bool(register[Register.FORMULA_END] == out and out > register[Register.BLOCK_START])


@inner
def begin_math(page: Bytes, tables: Tables, work: Work, depth: int) -> None:
    """A formula in MathML begins: its TeX stands in place of what it shows, where there is any."""
    register = work.register
    outer = register[Register.SKIP]
    if register[Register.MATH_START] >= 0 or (outer and work.stack[outer, Level.TRAITS] & Trait.SKIPPED):
        return
    if is_behind_formula(work):
        register[Register.SKIP] = outer or depth  # the same once more
        return
    register[Register.SKIP] = 0  # formulas are kept where they are only hidden from eyes
    work.stack[depth, Level.NUMBER] = outer
    before_visible(work)
    register[Register.MATH_START] = register[Register.OUT]
    work.stack[depth, Level.ENDS] |= Open.MATH
    if (
        has(work, Attribute.ALTTEXT)
        and work.register[SPANS + 2 * Attribute.ALTTEXT + 1] > work.register[SPANS + 2 * Attribute.ALTTEXT]
    ):
        put_dollars(work, 1)
        put_text(
            page,
            work.register[SPANS + 2 * Attribute.ALTTEXT],
            work.register[SPANS + 2 * Attribute.ALTTEXT + 1],
            True,
            tables,
            work,
        )
        register[Register.MATH_SKIP] = 1


@inner
def begin_annotation(page: Bytes, work: Work, depth: int) -> None:
    """A formula's source stands in place of what it shows; other annotations are passed over."""
    register = work.register
    encoding = value_hash(page, work, Attribute.ENCODING)
    is_tex = encoding == TEX or encoding == OLD_TEX or encoding == LATEX or encoding == TEX_2
    if not is_tex or register[Register.MATH_SKIP]:
        if register[Register.SKIP] == 0:
            register[Register.SKIP] = depth
        return
    if register[Register.MATH_START] >= register[Register.BLOCK_START]:
        register[Register.OUT] = register[Register.MATH_START]
        register[Register.SPACE] = register[Register.BREAKS] = 0
        put_dollars(work, 1)
    register[Register.MATH_SKIP] = 2
    work.stack[depth, Level.ENDS] |= Open.ANNOTATION


@inner
def put_image(page: Bytes, tables: Tables, work: Work) -> None:
    """The alternative text of an image is text where it is a formula's."""
    register = work.register
    start, end = work.register[SPANS + 2 * Attribute.ALT], work.register[SPANS + 2 * Attribute.ALT + 1]
    if not has(work, Attribute.ALT) or end <= start or (register[Register.SKIP] or register[Register.MATH_SKIP]):
        return
    first = integer(page[start])
    is_tex = (
        first == 92
        or (first == 123 and start + 1 < end and page[start + 1] == BACKSLASH)
        or (first == DOLLAR and end - start > 2 and page[end - 1] == DOLLAR)
    )
    if not is_tex:
        words = Automaton(tables.symbols, tables.follow, tables.found)
        marks = NOTHING
        if has(work, Attribute.CLASS):
            marks = words_in(page, work.register[SPANS + 0], work.register[SPANS + 1], words)
        if has(work, Attribute.SRC):
            marks |= (
                words_in(
                    page, work.register[SPANS + 2 * Attribute.SRC], work.register[SPANS + 2 * Attribute.SRC + 1], words
                )
                & FORMULA
            )
        if not marks & FORMULA:
            return
    if is_behind_formula(work):
        return  # the picture of the formula before
    before_visible(work)
    begin = register[Register.OUT]
    if first == DOLLAR or (
        first == BACKSLASH and start + 1 < end and (page[start + 1] == ROUND or page[start + 1] == SQUARE)
    ):
        put_text(page, start, end, True, tables, work)
    else:
        put_value(page, start, end, tables, work)
    register[Register.FORMULA_START] = begin
    register[Register.FORMULA_END] = register[Register.OUT]
    register[Register.FORMULA_IS_TEX] = 1


@inner
def put_script(page: Bytes, start: int, end: int, dollars: int, tables: Tables, work: Work) -> None:
    """Write the TeX of a script, in place of what the formula before it shows."""
    register = work.register
    if is_behind_formula(work):
        if register[Register.FORMULA_IS_TEX]:
            return
        register[Register.OUT] = register[Register.FORMULA_START]
    before_visible(work)
    begin = register[Register.OUT]
    put_dollars(work, dollars)
    while start < end and page[start] <= 32:
        start += 1
    position = start
    while position < end:
        part = position
        while part < end and page[part] != AMPERSAND:
            part += 1
        if part > position:
            put_text(page, position, part, False, tables, work)
        if part < end:
            put_text(page, part, part + 1, False, tables, work)
        position = part + 1
    register[Register.SPACE] = 0
    put_dollars(work, dollars)
    register[Register.FORMULA_START] = begin
    register[Register.FORMULA_END] = register[Register.OUT]
    register[Register.FORMULA_IS_TEX] = 1
