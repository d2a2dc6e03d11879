"""Which lines of a page go, by what they are and what stands around them; and the texts without them."""

from __future__ import annotations

from enum import IntEnum, auto

import numpy as np

from ..machine.buffers import Bytes, Int64Matrix, Int64s
from ..machine.instructions import copy_bytes
from ..machine.kernel import inner, kernel
from .page_lines import LineClass


class Cut(IntEnum):
    """Why a line goes; from ``SPAM`` on also columns of what is counted."""

    KEPT = 0
    BLANK = auto()
    """With the line before it."""
    SPAM = auto()
    NAVIGATION = auto()
    COUNTER = auto()
    NOTICE = auto()
    TEASER = auto()


FEW_TEXTS = 4
"""So many lines of prose, one after the other, are an article again and no teasers."""
TEASER_LINES = 6
"""Most lines of one teaser, from counter to counter."""


@kernel
def choose_lines(first_lines: Int64s, classes: Bytes, cuts: Bytes, order: Int64s, counts: Int64Matrix) -> None:
    """Fill ``cuts`` with why each line goes, and count them for each document; ``order`` is room for its lines."""
    for document in range(len(first_lines) - 1):
        first, last = first_lines[document], first_lines[document + 1]
        count = 0
        suspects = 0
        for line in range(first, last):
            cuts[line] = Cut.KEPT
            if classes[line] != LineClass.BLANK:
                order[count] = line
                count += 1
                suspects += classes[line] >= LineClass.KEYWORDS
        if suspects == 0:
            continue
        _place_keywords(classes, order, count)
        _cut_teasers(classes, cuts, order, count)
        _cut_counted_teasers(classes, cuts, order, count)
        _cut_runs(classes, cuts, order, count)
        for line in range(first, last):
            if classes[line] == LineClass.BLANK:
                if line > first and cuts[line - 1] != Cut.KEPT:
                    cuts[line] = Cut.BLANK
            elif cuts[line] != Cut.KEPT:
                counts[document, cuts[line] - Cut.SPAM] += 1


@inner
def _is_foreign(line_class: int) -> bool:
    return line_class >= LineClass.WEAK


@inner
def _place_keywords(classes: Bytes, order: Int64s, count: int) -> None:
    """Words between bars are a list of keywords before or behind all prose; side by side they are a table."""
    first_text, last_text = count, -1
    for at in range(count):
        if classes[order[at]] == LineClass.TEXT or classes[order[at]] == LineClass.OPEN:
            first_text = min(first_text, at)
            last_text = at
    before_is_one = False
    for at in range(count):
        now = classes[order[at]]
        if now == LineClass.KEYWORDS:
            beside = before_is_one or (at + 1 < count and classes[order[at + 1]] == LineClass.KEYWORDS)
            outside = at < first_text or at > last_text
            classes[order[at]] = LineClass.NAVIGATION if outside and not beside else LineClass.SHORT
        before_is_one = now == LineClass.KEYWORDS


@inner
def _cut_teasers(classes: Bytes, cuts: Bytes, order: Int64s, count: int) -> None:
    """From a heading of other pages' teasers to the last line that is none of an article, or to the end."""
    at = texts_before = 0
    while at < count:
        now = classes[order[at]]
        if now != LineClass.MARKER or texts_before == 0:
            texts_before += now == LineClass.TEXT
            at += 1
            continue
        streak = texts = foreign = others = 0
        last, after = at, at + 1
        while after < count and streak < FEW_TEXTS:
            ahead = classes[order[after]]
            if ahead == LineClass.TEXT:
                streak += 1
                texts += 1
            elif _is_foreign(ahead):
                streak = 0
                foreign += 1
                last = after
            else:
                others += 1
            after += 1
        if streak < FEW_TEXTS:
            if (foreign > 0 or texts == 0) and others + foreign > 0 and texts <= others + foreign:
                last = count - 1
            else:
                last = at - 1
        elif foreign == 0:
            last = at - 1
        for cut in range(at, last + 1):
            cuts[order[cut]] = Cut.TEASER
        at = max(last + 1, at + 1)


@inner
def _cut_counted_teasers(classes: Bytes, cuts: Bytes, order: Int64s, count: int) -> None:
    """Three or more counters at the end of a page, each behind a title and little prose, are teasers too."""
    number = 0
    texts = titles = 0
    first = last = -1
    narrowest = TEASER_LINES
    at = count - 1
    while at >= 0 and cuts[order[at]] == Cut.KEPT:
        now = classes[order[at]]
        if now == LineClass.COUNTER:
            if last < 0:
                last = at
            elif first - at <= TEASER_LINES:
                narrowest = min(narrowest, first - at)
            if first >= 0 and first - at > TEASER_LINES:
                break
            first = at
            number += 1
        elif first >= 0 and first - at > TEASER_LINES:
            break
        elif first < 0 and count - at > TEASER_LINES:
            break
        elif first >= 0:
            texts += now == LineClass.TEXT or now == LineClass.ENDED
            titles += now == LineClass.TITLE or now == LineClass.OPEN
        at -= 1
    if number < 3 or narrowest < 2 or 3 * texts > number or titles + 1 < number:
        return
    begin = first
    while begin > 0 and first - begin < narrowest - 1 and classes[order[begin - 1]] != LineClass.TEXT:
        begin -= 1
    for cut in range(begin, count):
        cuts[order[cut]] = Cut.TEASER


@inner
def _cut_runs(classes: Bytes, cuts: Bytes, order: Int64s, count: int) -> None:
    """Lines that are surely no text go alone; others go where they stand among such, and short ones between them."""
    at = 0
    while at < count:
        begun = at
        first = last = -1
        foreign = short = 0
        while at < count:
            now = classes[order[at]]
            if now > LineClass.SHORT and not _is_foreign(now):
                break
            if _is_foreign(now):
                if first < 0:
                    first = at
                last = at
                foreign += 1
            else:
                short += 1
            at += 1
        if foreign:
            whole = foreign > 1 and 3 * foreign >= 2 * short
            if whole and begun == 0:
                first = 0
            if whole and at == count:
                last = count - 1
            while whole and first > begun and classes[order[first - 1]] == LineClass.NUMBER:
                first -= 1
            while whole and last + 1 < at and classes[order[last + 1]] == LineClass.NUMBER:
                last += 1
            for line in range(first, last + 1):
                now = classes[order[line]]
                if cuts[order[line]] == Cut.KEPT and (whole or now > LineClass.MARKER):
                    cuts[order[line]] = _reason(now)
        at += 1


@inner
def _reason(line_class: int) -> int:
    if line_class == LineClass.SPAM:
        return Cut.SPAM
    if line_class == LineClass.COUNTER:
        return Cut.COUNTER
    if line_class == LineClass.NOTICE:
        return Cut.NOTICE
    return Cut.NAVIGATION


@kernel
def write_lines(
    offsets: Int64s,
    data: Bytes,
    first_lines: Int64s,
    starts: Int64s,
    cuts: Bytes,
    output_offsets: Int64s,
    output: Bytes,
) -> None:
    """Copy the kept lines of every text; a text that loses its last line loses its last line feed with it."""
    written = 0
    for document in range(len(offsets) - 1):
        first, last = first_lines[document], first_lines[document + 1]
        begun = written
        run = -1
        for line in range(first, last):
            if cuts[line] == Cut.KEPT:
                if run < 0:
                    run = starts[line]
            elif run >= 0:
                copy_bytes(output, written, data, run, starts[line] - run)
                written += starts[line] - run
                run = -1
        if run >= 0:
            copy_bytes(output, written, data, run, offsets[document + 1] - run)
            written += offsets[document + 1] - run
        elif last > first:
            while written > begun and (output[written - 1] == 0x0A or output[written - 1] == 0x20):
                written -= 1
        output_offsets[document + 1] = written


def room(lines: int) -> tuple[Int64s, Bytes, Bytes, Int64s]:
    """Starts, classes, reasons and order of so many lines."""
    return (
        np.empty(lines, dtype=np.int64),
        np.empty(lines, dtype=np.uint8),
        np.empty(lines, dtype=np.uint8),
        np.empty(lines, dtype=np.int64),
    )
