"""A page cut into blocks of text, with the elements that they stand in: one walk over its bytes.

It does what browsers do as far as text depends on it. The time it takes grows with the page's bytes alone, whatever
they are: the stack of open elements is bounded, and each start tag pushes at most one element.
"""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.kernel import inner, integer, kernel
from .elements import TAG_BITS, Attribute, Note, Tag, Trait
from .names import NOTHING, Kind, hash_name, look_up
from .stack import FORMULA_OPEN, close_in_table, close_item, close_open, end_tag, pop_to, push
from .text import MOST_GAP, before_visible, flush, put_dollars, put_preformatted, put_text, put_value
from .tokens import (
    EXCLAMATION,
    GREATER,
    LESS,
    QUESTION,
    SLASH,
    comment_end,
    find_greater,
    has,
    hash_bytes,
    is_letter,
    is_styled_away,
    name_end,
    raw_end,
    read_attributes,
    value_hash,
    value_number,
)
from .word_marks import ANCHOR_SIGN, FORMULA, FORMULA_SHOWN, LINE_NUMBERS, Automaton, Mark, words_in
from .work import NOTES, OPEN, SPANS, Level, Node, Open, Register, Tables, Work

ONE = np.uint64(1)
HIDDEN, ARIA_HIDDEN, NOSCRIPT = (ONE << np.uint64(mark) for mark in (Mark.HIDDEN, Mark.ARIA_HIDDEN, Mark.NOSCRIPT))
TAG_MASK = (1 << TAG_BITS) - 1
DASH, BRACKET = ord("-"), ord("[")


def _hash(text: str) -> np.uint64:
    return np.uint64(hash_name(text.encode()))


TEX, OLD_TEX, LATEX, TEX_2 = (_hash(name) for name in ("application/x-tex", "tex", "latex", "text/x-tex"))
TRUE, CANONICAL, JSON_LD, BLOCK = (_hash(name) for name in ("true", "canonical", "application/ld+json", "block"))
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
            _note(work, Note.LANGUAGE, Attribute.LANG)
            _note(work, Note.LANGUAGE, Attribute.XML_LANG)
        return stop
    if traits & Trait.VOID:
        _void(page, tag, tables, work)
        return stop
    _imply_ends(work, tag, traits)
    marks = _marks(page, tag, tables, work)
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
        _math(page, tables, work, depth)
    elif tag == Tag.ANNOTATION and register[Register.MATH_START] >= 0:
        _annotation(page, work, depth)
    elif tag == Tag.TIME and has(work, Attribute.DATETIME):
        is_published = value_hash(page, work, Attribute.ITEMPROP) == DATE_PUBLISHED
        _note(work, Note.PUBLISHED if is_published else Note.TIME, Attribute.DATETIME)
    if (tag == Tag.SVG or tag == Tag.MATH) and register[Register.FOREIGN] == 0:
        register[Register.FOREIGN] = depth
    if register[Register.SKIP] == 0 and _is_passed_over(tag, traits, marks, work):
        register[Register.SKIP] = depth


@inner
def _is_passed_over(tag: int, traits: int, marks: np.uint64, work: Work) -> bool:
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
def _math(page: Bytes, tables: Tables, work: Work, depth: int) -> None:
    register = work.register
    if register[Register.SKIP] and register[Register.SKIP] != depth:
        skipped = work.stack[register[Register.SKIP], Level.TRAITS] & Trait.SKIPPED
        if skipped:
            return
        register[Register.SKIP] = 0  # formulas are kept where they are only hidden from eyes
    if register[Register.MATH_START] >= 0:
        return
    if (
        register[Register.FORMULA_END] == register[Register.OUT]
        and register[Register.OUT] > register[Register.BLOCK_START]
    ):
        register[Register.SKIP] = depth  # the same once more
        return
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
def _annotation(page: Bytes, work: Work, depth: int) -> None:
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
def _marks(page: Bytes, tag: int, tables: Tables, work: Work) -> np.uint64:
    """What an element's attributes tell of it."""
    register = work.register
    words = Automaton(tables.symbols, tables.follow, tables.found)
    found = NOTHING
    seen = register[Register.SEEN]
    if not seen & MARKING:
        return ONE << np.uint64(Mark.NOSCRIPT) if tag == Tag.NOSCRIPT else found
    for attribute in range(Attribute.ITEMPROP + 1):
        if seen >> attribute & 1:
            found |= words_in(page, register[SPANS + 2 * attribute], register[SPANS + 2 * attribute + 1], words)
    if seen >> Attribute.HIDDEN & 1:
        found |= HIDDEN
    if seen >> Attribute.STYLE & 1 and is_styled_away(
        page, register[SPANS + 2 * Attribute.STYLE], register[SPANS + 2 * Attribute.STYLE + 1]
    ):
        found |= HIDDEN
    if seen >> Attribute.ARIA_HIDDEN & 1 and value_hash(page, work, Attribute.ARIA_HIDDEN) == TRUE:
        found |= ARIA_HIDDEN
    if tag == Tag.NOSCRIPT:
        found |= NOSCRIPT
    return found


MARKING = (2 << Attribute.ARIA_HIDDEN) - 1


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
        _image(page, tables, work)
    elif tag == Tag.META:
        for attribute in (Attribute.NAME, Attribute.PROPERTY, Attribute.ITEMPROP):
            if has(work, attribute) and has(work, Attribute.CONTENT):
                note = look_up(tables.names, Kind.NOTE, value_hash(page, work, attribute))
                if note >= 0:
                    _note(work, note, Attribute.CONTENT)
    elif tag == Tag.LINK and value_hash(page, work, Attribute.REL) == CANONICAL:
        _note(work, Note.CANONICAL, Attribute.HREF)


@inner
def _image(page: Bytes, tables: Tables, work: Work) -> None:
    """The alternative text of an image is text where it is a formula's."""
    register = work.register
    start, end = work.register[SPANS + 2 * Attribute.ALT], work.register[SPANS + 2 * Attribute.ALT + 1]
    if not has(work, Attribute.ALT) or end <= start or (register[Register.SKIP] or register[Register.MATH_SKIP]):
        return
    first = integer(page[start])
    is_tex = (
        first == 92
        or (first == 123 and start + 1 < end and page[start + 1] == 92)
        or (first == 36 and end - start > 2 and page[end - 1] == 36)
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
    if (
        register[Register.FORMULA_END] == register[Register.OUT]
        and register[Register.OUT] > register[Register.BLOCK_START]
    ):
        return  # the picture of the formula before
    before_visible(work)
    begin = register[Register.OUT]
    if first == 36 or (first == 92 and start + 1 < end and (page[start + 1] == 40 or page[start + 1] == 91)):
        put_text(page, start, end, True, tables, work)
    else:
        put_value(page, start, end, tables, work)
    register[Register.FORMULA_START] = begin
    register[Register.FORMULA_END] = register[Register.OUT]
    register[Register.FORMULA_IS_TEX] = 1


@inner
def _raw(page: Bytes, position: int, name: np.uint64, name_bytes: int, tag: int, tables: Tables, work: Work) -> int:
    """An element whose content is no markup: only titles, formulas and metadata in it are of use."""
    register = work.register
    stop = raw_end(page, position, name, name_bytes, tag == Tag.SCRIPT)
    if tag == Tag.TITLE:
        _note_span(work, Note.TITLE, position, stop)
    elif tag == Tag.SCRIPT and has(work, Attribute.TYPE):
        kind = value_hash(page, work, Attribute.TYPE)
        if kind == JSON_LD:
            for note in range(Note.JSON_LD, Note.JSON_LD_4 + 1):
                if work.register[NOTES + 2 * note] < 0:
                    _note_span(work, note, position, stop)
                    break
        elif kind == MATH_TEX or kind == MATH_TEX_DISPLAY or kind == MATH_TEX_DISPLAY_2:
            hidden = register[Register.SKIP] and work.stack[register[Register.SKIP], Level.TRAITS] & Trait.SKIPPED
            if not hidden:
                _formula_script(page, position, stop, 1 + (kind != MATH_TEX), tables, work)
    end = len(page)
    return find_greater(page, stop) if stop < end else end


@inner
def _formula_script(page: Bytes, start: int, end: int, dollars: int, tables: Tables, work: Work) -> None:
    register = work.register
    if (
        register[Register.FORMULA_END] == register[Register.OUT]
        and register[Register.OUT] > register[Register.BLOCK_START]
    ):
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
        while part < end and page[part] != 38:
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


@inner
def _note(work: Work, note: int, attribute: int) -> None:
    if has(work, attribute):
        _note_span(work, note, work.register[SPANS + 2 * attribute], work.register[SPANS + 2 * attribute + 1])


@inner
def _note_span(work: Work, note: int, start: int, end: int) -> None:
    if work.register[NOTES + 2 * note] < 0 and end > start:
        work.register[NOTES + 2 * note] = start
        work.register[NOTES + 2 * note + 1] = end
