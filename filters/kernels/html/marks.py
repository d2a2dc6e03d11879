"""What an element's attributes tell of it, and of the page."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner
from .elements import Attribute, Tag, Trait
from .names import NOTHING, hash_name
from .tokens import has, hash_bytes, is_styled_away, value_hash
from .word_marks import ANCHOR_SIGN, FORMULA, FORMULA_SHOWN, LINE_NUMBERS, Automaton, Mark, words_in
from .work import NOTES, OPEN, SPANS, Register, Tables, Work

ONE = np.uint64(1)
HIDDEN, ARIA_HIDDEN, NOSCRIPT = (ONE << np.uint64(mark) for mark in (Mark.HIDDEN, Mark.ARIA_HIDDEN, Mark.NOSCRIPT))
TRUE = np.uint64(hash_name(b"true"))
MATHJAX_ELEMENT = b"mathjax-element-"
ELEMENT_BYTES = len(MATHJAX_ELEMENT)
MATHJAX_PREVIEW, ELEMENT_HASH = np.uint64(hash_name(b"mathjax_preview")), np.uint64(hash_name(MATHJAX_ELEMENT))
MARKING = (2 << Attribute.ARIA_HIDDEN) - 1
"""Attributes of which one has to be there for any mark, one bit each."""


@inner
def marks_of(page: Bytes, tag: int, tables: Tables, work: Work) -> np.uint64:
    """What an element's attributes tell of it."""
    register = work.register
    words = Automaton(tables.symbols, tables.follow, tables.found)
    found = NOTHING
    seen = register[Register.SEEN]
    if tag == Tag.NOSCRIPT:
        found |= NOSCRIPT
    elif tag == Tag.DIALOG and not seen >> Attribute.OPEN & 1:
        found |= HIDDEN
    if not seen & MARKING:
        return found
    for attribute in range(Attribute.ITEMPROP + 1):
        if seen >> attribute & 1:
            found |= words_in(page, register[SPANS + 2 * attribute], register[SPANS + 2 * attribute + 1], words)
    if seen >> Attribute.HIDDEN & 1 or is_drawn_formula(page, work):
        found |= HIDDEN
    if seen >> Attribute.STYLE & 1 and is_styled_away(
        page, register[SPANS + 2 * Attribute.STYLE], register[SPANS + 2 * Attribute.STYLE + 1]
    ):
        found |= HIDDEN
    if seen >> Attribute.ARIA_HIDDEN & 1 and value_hash(page, work, Attribute.ARIA_HIDDEN) == TRUE:
        found |= ARIA_HIDDEN
    return found


@inner
def is_drawn_formula(page: Bytes, work: Work) -> bool:
    """Whether an element is what MathJax 2 has drawn in front of the script that holds the formula."""
    if value_hash(page, work, Attribute.CLASS) == MATHJAX_PREVIEW:
        return True
    start, end = work.register[SPANS + 2 * Attribute.ID], work.register[SPANS + 2 * Attribute.ID + 1]
    return (
        has(work, Attribute.ID)
        and end - start > ELEMENT_BYTES
        and hash_bytes(page, start, start + ELEMENT_BYTES) == ELEMENT_HASH
    )


@inner
def is_passed_over(tag: int, traits: int, marks: np.uint64, work: Work) -> bool:
    """Whether the text of an element is no text of the page."""
    if traits & Trait.SKIPPED:
        register = work.register
        headings = register[OPEN + Tag.H1] + register[OPEN + Tag.H2] + register[OPEN + Tag.H3] + register[OPEN + Tag.H4]
        return tag != Tag.BUTTON or not headings + register[OPEN + Tag.SUMMARY]
    if marks & FORMULA_SHOWN or (marks & FORMULA and marks & ARIA_HIDDEN):
        return bool(work.register[Register.FORMULA_END] >= work.register[Register.BLOCK_START])
    if marks & ANCHOR_SIGN and tag == Tag.A:
        return True
    if marks & LINE_NUMBERS:
        return tag != Tag.TABLE and tag != Tag.PRE and tag != Tag.DIV and tag != Tag.CODE
    return not traits & Trait.BLOCK and (marks & HIDDEN) != NOTHING


@inner
def note(work: Work, kind: int, attribute: int) -> None:
    """Note where an attribute's value stands, unless one of the kind has been noted before."""
    if has(work, attribute):
        note_span(work, kind, work.register[SPANS + 2 * attribute], work.register[SPANS + 2 * attribute + 1])


@inner
def note_span(work: Work, kind: int, start: int, end: int) -> None:
    """Note where something stands, unless one of the kind has been noted before."""
    if work.register[NOTES + 2 * kind] < 0 and end > start:
        work.register[NOTES + 2 * kind] = start
        work.register[NOTES + 2 * kind + 1] = end
