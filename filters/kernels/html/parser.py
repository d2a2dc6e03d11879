"""A page cut into blocks of text, with the elements that they stand in: one walk over its bytes.

It does what browsers do as far as text depends on it. The time it takes grows with the page's bytes alone, whatever
they are: the stack of open elements is bounded, and each start tag pushes at most one element.
"""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer, kernel
from .elements import TAG_BITS, Attribute, Note, Tag, Trait
from .formulas import begin_annotation, begin_math, put_image, put_script
from .marks import is_passed_over, marks_of, note, note_span
from .names import Kind, hash_name, look_up
from .stack import FORMULA_OPEN, close_in_table, close_item, close_open, end_tag, pop_to, push
from .text import MOST_GAP, flush, put_preformatted, put_text
from .tokens import (
    EXCLAMATION,
    GREATER,
    LESS,
    QUESTION,
    SLASH,
    comment_end,
    find_greater,
    has,
    has_token,
    hash_bytes,
    is_letter,
    name_end,
    raw_end,
    read_attributes,
    value_hash,
    value_number,
)
from .work import NOTES, OPEN, SPANS, Level, Node, Open, Register, Tables, Work

TAG_MASK = (1 << TAG_BITS) - 1
DASH, BRACKET = ord("-"), ord("[")


def _hash(text: str) -> np.uint64:
    return np.uint64(hash_name(text.encode()))


CANONICAL, LICENSE, JSON_LD = _hash("canonical"), _hash("license"), _hash("application/ld+json")
MATH_TEX, MATH_TEX_DISPLAY, MATH_TEX_DISPLAY_2 = (
    _hash(name) for name in ("math/tex", "math/tex; mode=display", "math/tex;mode=display")
)
DATE_PUBLISHED = _hash("datepublished")


@kernel
def read_page(page: Bytes, is_xhtml: bool, tables: Tables, work: Work) -> None:
    """Cut a page, valid UTF-8, into blocks of text."""
    register, stack = work.register, work.stack
    register[:] = 0
    register[NOTES:SPANS] = -1
    stack[0, :] = 0
    register[Register.FORMULA_END] = register[Register.MATH_START] = FORMULA_OPEN
    register[Register.XHTML] = is_xhtml
    work.nodes[0, Node.PARENT] = -1
    work.nodes[0, Node.TAG] = Tag.BODY
    work.nodes[0, Node.MARKS] = 0
    register[Register.NODES] = 1
    position, end = 0, len(page)
    while position < end:
        stop = position
        if page[position] == LESS:
            stop = _markup(page, position, tables, work)
            if stop > position:
                position = stop
                continue
            stop = position + 1
        while stop < end and page[stop] != LESS:
            stop += 1
        if register[Register.SKIP] == 0 and register[Register.MATH_SKIP] != 1:
            if register[Register.PRE]:
                put_preformatted(page, position, stop, tables, work)
            else:
                put_text(page, position, stop, False, tables, work)
        position = stop
    pop_to(work, 1)
    flush(work, 0)


@inner
def _markup(page: Bytes, position: int, tables: Tables, work: Work) -> int:
    """Read a tag, comment or the like, and return where it ends; the position itself where it is none."""
    end = len(page)
    at = position + 1
    if at >= end:
        return position
    first = integer(page[at])
    if is_letter(first):
        return _start_tag(page, position, tables, work)
    if first == SLASH:
        if at + 1 < end and is_letter(integer(page[at + 1])):
            return _end_tag(page, position, tables, work)
        return find_greater(page, at) if at + 1 < end else position
    if first == EXCLAMATION:
        if at + 2 < end and page[at + 1] == DASH and page[at + 2] == DASH:
            return comment_end(page, at + 3)
        in_foreign = work.register[Register.FOREIGN] > 0 or work.register[Register.XHTML]
        if in_foreign and at + 8 <= end and page[at + 1] == BRACKET and page[at + 7] == BRACKET:
            return _cdata(page, at + 8, tables, work)
        return find_greater(page, at)
    if first == QUESTION:
        return find_greater(page, at)
    return position


@inner
def _cdata(page: Bytes, position: int, tables: Tables, work: Work) -> int:
    end = len(page)
    stop = position
    while stop < end and not (page[stop] == GREATER and page[stop - 1] == 93 and page[stop - 2] == 93):
        stop += 1
    if work.register[Register.SKIP] == 0 and work.register[Register.MATH_SKIP] != 1:
        last = max(stop - 2, position) if stop < end else end
        while position < last:
            part = position
            while part < last and page[part] != 38:
                part += 1
            if part > position:
                put_text(page, position, part, False, tables, work)
            if part < last:
                put_text(page, part, part + 1, False, tables, work)
            position = part + 1
    return min(stop + 1, end)


@inner
def _end_tag(page: Bytes, position: int, tables: Tables, work: Work) -> int:
    start = position + 2
    stop = name_end(page, start)
    name = hash_bytes(page, start, stop)
    stop = read_attributes(page, stop, tables, work)
    if stop < 0:
        return len(page)
    value = max(look_up(tables.names, Kind.ELEMENT, name), 0)
    tag, traits = value & TAG_MASK, value >> TAG_BITS
    if tag == Tag.BR:
        _line_break(work)
    elif tag == Tag.P and work.register[OPEN + Tag.P] == 0:
        flush(work, MOST_GAP)
    elif not traits & (Trait.VOID | Trait.IGNORED | Trait.RAW):
        end_tag(work, tag, traits, name)
    return stop


@inner
def _line_break(work: Work) -> None:
    register = work.register
    if register[Register.SKIP] or register[Register.MATH_SKIP]:
        return
    if register[Register.PRE]:
        if register[Register.OUT] > register[Register.BLOCK_START]:
            work.text[register[Register.OUT]] = 10
            register[Register.OUT] += 1
    else:
        register[Register.BREAKS] += 1


@inner
def _start_tag(page: Bytes, position: int, tables: Tables, work: Work) -> int:
    register = work.register
    start = position + 1
    stop = name_end(page, start)
    name = hash_bytes(page, start, stop)
    name_bytes = stop - start
    stop = read_attributes(page, stop, tables, work)
    if stop < 0:
        return len(page)
    value = max(look_up(tables.names, Kind.ELEMENT, name), 0)
    tag, traits = value & TAG_MASK, value >> TAG_BITS
    foreign = register[Register.FOREIGN]
    if (
        foreign
        and traits & Trait.BREAKS_OUT
        and not register[OPEN + Tag.FOREIGNOBJECT] + register[OPEN + Tag.ANNOTATION_XML]
    ):
        pop_to(work, foreign)
        foreign = 0
    is_empty = register[Register.SELF_CLOSING] and (
        register[Register.XHTML] or foreign > 0 or tag == Tag.SVG or tag == Tag.MATH
    )
    if traits & Trait.RAW and (foreign == 0 or tag == Tag.SCRIPT or tag == Tag.STYLE):
        if is_empty:
            return stop
        return _raw(page, stop, name, name_bytes, tag, tables, work)
    if traits & Trait.IGNORED:
        if tag == Tag.HTML:
            note(work, Note.LANGUAGE, Attribute.LANG)
            note(work, Note.LANGUAGE, Attribute.XML_LANG)
        return stop
    if traits & Trait.VOID:
        _void(page, tag, tables, work)
        return stop
    if tag == Tag.A and has_token(page, work, Attribute.REL, LICENSE):
        note(work, Note.LICENSE, Attribute.HREF)
    _imply_ends(work, tag, traits)
    marks = marks_of(page, tag, tables, work)
    ends = _what_ends(tag, traits, work)
    if traits & Trait.BLOCK:
        flush(work, MOST_GAP if ends & Open.PARAGRAPH else 1)
    if not is_empty and push(work, tag, traits, name, ends):
        _opened(page, tag, traits, marks, tables, work)
    return stop


@inner
def _what_ends(tag: int, traits: int, work: Work) -> int:
    """What the end of an element will have to end."""
    ends = 0
    if traits & Trait.BLOCK:
        ends |= Open.BLOCK
    if traits & Trait.PARAGRAPH and not (traits & Trait.LIST and work.register[Register.LIST_DEPTH]):
        ends |= Open.PARAGRAPH
    if tag == Tag.A and has(work, Attribute.HREF):
        ends |= Open.LINK
    elif tag == Tag.B or tag == Tag.STRONG:
        ends |= Open.BOLD
    elif tag == Tag.PRE:
        ends |= Open.PRE
    elif traits & Trait.LIST:
        ends |= Open.LIST
    return ends


@inner
def _opened(page: Bytes, tag: int, traits: int, marks: np.uint64, tables: Tables, work: Work) -> None:
    """Do what the beginning of an element brings with it, now that it is on the stack."""
    register, stack = work.register, work.stack
    depth = register[Register.DEPTH]
    out = register[Register.OUT]
    ends = stack[depth, Level.ENDS]
    if traits & Trait.BLOCK or tag == Tag.NOSCRIPT:
        at = register[Register.NODES]
        if at < len(work.nodes):
            work.nodes[at, Node.PARENT] = stack[depth, Level.NODE]
            work.nodes[at, Node.TAG] = tag
            work.nodes[at, Node.MARKS] = integer(marks)
            stack[depth, Level.NODE] = at
            register[Register.NODES] = at + 1
        if traits & Trait.CELL:
            stack[depth, Level.CELL] = stack[depth, Level.NODE]
        elif tag == Tag.TR:
            register[Register.ROW] += 1
            stack[depth, Level.ROW] = register[Register.ROW]
            stack[depth, Level.CELL] = 0
        elif tag == Tag.TABLE:
            stack[depth, Level.ROW] = stack[depth, Level.CELL] = 0
    if ends & Open.LINK:
        register[Register.LINK_COUNT] += 1
        if register[Register.LINKS] == 0:
            register[Register.LINK_START] = out
        register[Register.LINKS] += 1
    elif ends & Open.BOLD:
        if register[Register.BOLD] == 0:
            register[Register.BOLD_START] = out
        register[Register.BOLD] += 1
    elif ends & Open.PRE:
        register[Register.PRE] += 1
    elif ends & Open.LIST:
        register[Register.LIST_DEPTH] += 1
        stack[depth, Level.NUMBER] = value_number(page, work, Attribute.START, 1) - 1
    elif tag == Tag.LI:
        _item(page, work, depth)
    elif tag == Tag.NOSCRIPT:
        if out > register[Register.BLOCK_START]:
            register[Register.SKIP] = register[Register.SKIP] or depth  # what stands within a line is no text
        else:
            stack[depth, Level.ENDS] |= Open.BLOCK
    elif tag == Tag.MATH:
        begin_math(page, tables, work, depth)
    elif tag == Tag.ANNOTATION and register[Register.MATH_START] >= 0:
        begin_annotation(page, work, depth)
    elif tag == Tag.TIME and has(work, Attribute.DATETIME):
        is_published = value_hash(page, work, Attribute.ITEMPROP) == DATE_PUBLISHED
        note(work, Note.PUBLISHED if is_published else Note.TIME, Attribute.DATETIME)
    if (tag == Tag.SVG or tag == Tag.MATH) and register[Register.FOREIGN] == 0:
        register[Register.FOREIGN] = depth
    if register[Register.SKIP] == 0 and is_passed_over(tag, traits, marks, work):
        register[Register.SKIP] = depth


@inner
def _item(page: Bytes, work: Work, depth: int) -> None:
    """An item begins: note the mark before its text."""
    register, stack = work.register, work.stack
    above = depth - 1
    while above > 0 and not stack[above, Level.ENDS] & Open.LIST:
        above -= 1
    register[Register.ITEM] = -1
    if above > 0 and stack[above, Level.TAG] == Tag.OL:
        number = value_number(page, work, Attribute.VALUE, stack[above, Level.NUMBER] + 1)
        stack[above, Level.NUMBER] = number
        register[Register.ITEM] = max(number, 0) + 1
    if stack[depth, Level.TRAITS] & Trait.BLOCK and register[Register.SKIP]:
        register[Register.ITEM] = 0


@inner
def _imply_ends(work: Work, tag: int, traits: int) -> None:
    """Close what the start tag of an element closes."""
    register, stack = work.register, work.stack
    if traits & Trait.CLOSES_P and register[OPEN + Tag.P]:
        close_open(work, Tag.P, Tag.P, Trait.SCOPE)
    if traits & Trait.HEADING:
        if stack[work.register[Register.DEPTH], Level.TRAITS] & Trait.HEADING:
            pop_to(work, work.register[Register.DEPTH])
    elif tag == Tag.LI:
        close_item(work, Tag.LI, Tag.LI)
    elif tag == Tag.DD or tag == Tag.DT:
        close_item(work, Tag.DD, Tag.DT)
    elif traits & Trait.CELL:
        close_in_table(work, Tag.TD, Tag.TH, Tag.CAPTION)
    elif tag == Tag.TR:
        close_in_table(work, Tag.TR, Tag.TR, Tag.CAPTION)
    elif traits & Trait.IN_TABLE:
        close_in_table(work, Tag.TBODY, Tag.THEAD, Tag.TFOOT)
    elif tag == Tag.OPTION or tag == Tag.OPTGROUP:
        close_open(work, Tag.OPTION, tag, Trait.SPECIAL)
    elif tag == Tag.RT or tag == Tag.RP:
        close_open(work, Tag.RT, Tag.RP, Trait.SPECIAL)
    elif tag == Tag.A:
        end_tag(work, tag, traits, A_NAME)
    elif tag == Tag.BUTTON:
        close_open(work, Tag.BUTTON, Tag.BUTTON, Trait.SCOPE)
    elif tag == Tag.SELECT:
        close_open(work, Tag.SELECT, Tag.SELECT, Trait.SCOPE)


A_NAME = _hash("a")


@inner
def _void(page: Bytes, tag: int, tables: Tables, work: Work) -> None:
    """An element without content."""
    if tag == Tag.BR:
        _line_break(work)
    elif tag == Tag.HR:
        if work.register[OPEN + Tag.P]:
            close_open(work, Tag.P, Tag.P, Trait.SCOPE)
        flush(work, MOST_GAP)
    elif tag == Tag.IMG:
        put_image(page, tables, work)
    elif tag == Tag.META:
        for attribute in (Attribute.NAME, Attribute.PROPERTY, Attribute.ITEMPROP):
            if has(work, attribute) and has(work, Attribute.CONTENT):
                kind = look_up(tables.names, Kind.NOTE, value_hash(page, work, attribute))
                if kind >= 0:
                    note(work, kind, Attribute.CONTENT)
    elif tag == Tag.LINK and value_hash(page, work, Attribute.REL) == CANONICAL:
        note(work, Note.CANONICAL, Attribute.HREF)
    elif tag == Tag.LINK and has_token(page, work, Attribute.REL, LICENSE):
        note(work, Note.LICENSE, Attribute.HREF)


@inner
def _raw(page: Bytes, position: int, name: np.uint64, name_bytes: int, tag: int, tables: Tables, work: Work) -> int:
    """An element whose content is no markup: only titles, formulas and metadata in it are of use."""
    register = work.register
    stop = raw_end(page, position, name, name_bytes, tag == Tag.SCRIPT)
    if tag == Tag.TITLE:
        note_span(work, Note.TITLE, position, stop)
    elif tag == Tag.SCRIPT and has(work, Attribute.TYPE):
        kind = value_hash(page, work, Attribute.TYPE)
        if kind == JSON_LD:
            for place in range(Note.JSON_LD, Note.JSON_LD_4 + 1):
                if work.register[NOTES + 2 * place] < 0:
                    note_span(work, place, position, stop)
                    break
        elif kind == MATH_TEX or kind == MATH_TEX_DISPLAY or kind == MATH_TEX_DISPLAY_2:
            hidden = register[Register.SKIP] and work.stack[register[Register.SKIP], Level.TRAITS] & Trait.SKIPPED
            if not hidden:
                put_script(page, position, stop, 1 + (kind != MATH_TEX), tables, work)
    end = len(page)
    return find_greater(page, stop) if stop < end else end
