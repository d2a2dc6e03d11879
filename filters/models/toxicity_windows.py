"""Cut texts into the normalised windows that the toxicity models read, in training and in use alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import pyarrow as pa

from ..kernels.machine.buffers import Bytes, Int64s, TextBuffers, text_buffers
from ..kernels.machine.kernel import inner, integer, kernel

Int: TypeAlias = int | np.int64

WINDOW_BYTES = 800
"""A window ends at the first word end past this many bytes of normalised text: about 130 English words or 200 Han."""

FEWEST_SINGLE_LETTERS = 4
HIDDEN = 1
"""Stands for a letter that is not known."""


class Windows(NamedTuple):
    """Normalised text of n documents, cut."""

    data: Bytes
    ends: Int64s
    """Where each window ends in ``data``; it begins where the one before ends. Shape (windows,)."""
    of_document: Int64s
    """Windows that each document has, shape (n,); a document without a word has none."""

    def texts(self, numbers: Int64s) -> list[str]:
        """Some of the windows."""
        starts = np.where(numbers > 0, self.ends[numbers - 1], 0).tolist()
        ends = self.ends[numbers].tolist()
        return [self.data[start:end].tobytes().decode() for start, end in zip(starts, ends, strict=True)]


def cut_windows(text: TextBuffers) -> Windows:
    """Normalise and cut the texts.

    What hides a word is undone: full-width letters, signs and digits for letters inside of a word (``stup1d``,
    ``sh!t``), stars in it (``f**k``, which becomes ``fk``), four or more single letters in a row (``i d i o t``), and
    letters more than twice in a row (``fuuuck``). ASCII letters become lower case, apostrophes vanish, every other
    ASCII sign and all general and CJK punctuation become one space, Han and Kana stand alone, web addresses and
    ``@names`` are left out.
    """
    size = int(text.offsets[-1] - text.offsets[0])
    count = len(text.offsets) - 1
    data = np.empty(2 * size + 8, dtype=np.uint8)
    ends = np.empty(size // WINDOW_BYTES * 2 + count + 1, dtype=np.int64)
    of_document = np.zeros(count, dtype=np.int64)
    offsets, plain = np.zeros(count + 1, dtype=np.int64), np.empty(size + 8, dtype=np.uint8)
    _undisguise(text.offsets, text.data, offsets, plain)
    written = _cut(offsets, plain, WINDOW_BYTES, data, ends, of_document)
    return Windows(data, ends[:written], of_document)


def whole(texts: Sequence[str]) -> tuple[Windows, Int64s, Int64s]:
    """Each text as the models read it, in one window, with where it starts and ends."""
    windows = cut_windows(text_buffers(pa.array(texts, pa.large_string())))
    last = np.cumsum(windows.of_document)
    ends = np.concatenate(([0], windows.ends))[last]
    return windows, np.concatenate(([0], ends[:-1])), ends


def normalised(texts: Sequence[str]) -> list[str]:
    """Each text as the models read it."""
    windows, starts, ends = whole(texts)
    return [windows.data[start:end].tobytes().decode() for start, end in zip(starts, ends, strict=True)]


@kernel
def _undisguise(offsets: Int64s, source: Bytes, new_offsets: Int64s, plain: Bytes) -> None:
    out = 0
    for row in range(len(offsets) - 1):
        start = out
        i, end = offsets[row], offsets[row + 1]
        while i < end:  # U+FF01 to U+FF5E
            wide = i + 2 < end and source[i] == 0xEF and 0xBC <= source[i + 1] <= 0xBD
            number = integer(source[i + 1] & 1) * 64 + integer(source[i + 2] & 0x3F) if wide else 0
            if 1 <= number <= 0x5E:
                plain[out] = 0x20 + number
                i += 3
            else:
                plain[out] = source[i]
                i += 1
            out += 1
        out = _letters_back(plain, start, out)
        new_offsets[row + 1] = out


@inner
def _letters_back(plain: Bytes, start: int, end: int) -> int:
    """Put letters in the place of what stands for them; returns the new end."""
    out, i = start, start
    while i < end:
        byte = integer(plain[i])
        after_letter = out > start and _is_letter(plain[out - 1])
        if _is_letter(byte):
            run = 1 if after_letter else _single_letters(plain, i, end)
            for number in range(run):
                plain[out + number] = plain[i + 2 * number]
            letter = byte | 0x20
            if run == 1 and out - start >= 2 and plain[out - 1] | 0x20 == letter and plain[out - 2] | 0x20 == letter:
                out -= 1
                while i + 1 < end and plain[i + 1] | 0x20 == letter:
                    i += 1
                if letter == 0x61 or letter == 0x69 or letter == 0x75:  # a, i and u are hardly ever doubled
                    out -= 1
            out += run
            i += 2 * run - 1
            continue
        letter = _letter_for(byte) if after_letter else 0
        if letter != 0:
            behind = i + 1
            while behind < end and plain[behind] == byte and behind - i < 3:
                behind += 1
            inside = behind < end and _is_letter(plain[behind])
            if inside or (byte == 0x24 and (behind == end or plain[behind] < 0x30)):
                for _ in range(behind - i if letter != HIDDEN else 0):
                    plain[out] = letter
                    out += 1
                i = behind
                continue
        plain[out] = byte
        out += 1
        i += 1
    return out


@inner
def _is_letter(byte: int) -> bool:
    return 0x61 <= byte | 0x20 <= 0x7A


@inner
def _letter_for(byte: int) -> int:
    """The letter that a sign or digit is written for, or 0."""
    letter = 0
    if byte == 0x30:  # 0
        letter = 0x6F
    elif byte == 0x31 or byte == 0x21:  # 1 !
        letter = 0x69
    elif byte == 0x33:  # 3
        letter = 0x65
    elif byte == 0x34 or byte == 0x40:  # 4 @
        letter = 0x61
    elif byte == 0x35 or byte == 0x24:  # 5 $
        letter = 0x73
    elif byte == 0x37:  # 7
        letter = 0x74
    elif byte == 0x2A:
        letter = HIDDEN
    return letter


@inner
def _single_letters(plain: Bytes, i: int, end: int) -> int:
    """How many letters stand alone from here on with the same sign between them; 1 where they are fewer than four."""
    if i + 1 >= end:
        return 1
    between = plain[i + 1]
    if between != 0x20 and between != 0x2D and between != 0x2E and between != 0x2A and between != 0x5F:
        return 1
    run = 1
    while i + 2 * run < end and plain[i + 2 * run - 1] == between and _is_letter(plain[i + 2 * run]):
        run += 1
    last = i + 2 * run - 2
    if last + 1 < end and (plain[last + 1] >= 0x80 or _is_letter(plain[last + 1])):
        run -= 1  # the last one begins a word
    return run if run >= FEWEST_SINGLE_LETTERS else 1


@kernel
def _cut(offsets: Int64s, source: Bytes, window_bytes: int, data: Bytes, ends: Int64s, of_document: Int64s) -> int:
    out, windows = 0, 0
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        start = out
        while i < end:
            byte = source[i]
            if byte < 0x80:
                if 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A or 0x30 <= byte <= 0x39:
                    letter = byte | 0x20 if byte >= 0x41 else byte
                    at_start = out == start or data[out - 1] == 0x20
                    if (
                        at_start
                        and letter == 0x68  # http: or https:, then everything up to white space
                        and i + 5 < end
                        and source[i + 1] | 0x20 == 0x74
                        and source[i + 2] | 0x20 == 0x74
                        and source[i + 3] | 0x20 == 0x70
                        and (source[i + 4] == 0x3A or source[i + 5] == 0x3A)
                    ):
                        while i < end and source[i] > 0x20 and source[i] < 0x80:
                            i += 1
                        continue
                    data[out] = letter
                    out += 1
                    i += 1
                    continue
                if byte == 0x27:
                    i += 1
                    continue
                length = 1
                is_space = True
                alone = False
                if byte == 0x40:  # the name after an @
                    i += 1
                    while i < end and (
                        0x41 <= source[i] <= 0x5A
                        or 0x61 <= source[i] <= 0x7A
                        or 0x30 <= source[i] <= 0x39
                        or source[i] == 0x5F
                    ):
                        i += 1
                    length = 0
            elif byte < 0xE0:
                length = 2
                is_space = byte == 0xC2  # U+0080 to U+00BF: signs
                alone = False
            elif byte < 0xF0:
                length = 3
                second = source[i + 1]
                if byte == 0xE2 and second == 0x80 and source[i + 2] == 0x99:  # the typographic apostrophe
                    i += 3
                    continue
                # U+2000 to U+206F, U+3000 to U+303F, U+FF00 to U+FF0F
                is_space = (
                    (byte == 0xE2 and second <= 0x81)
                    or (byte == 0xE3 and second == 0x80)
                    or (byte == 0xEF and second == 0xBC and source[i + 2] < 0x90)
                )
                # Kana U+3040 to U+30FF, Han U+3400 to U+9FFF
                alone = (byte == 0xE3 and second >= 0x81) or 0xE4 <= byte <= 0xE9
            else:
                length = 4
                is_space = False
                alone = byte == 0xF0 and source[i + 1] >= 0xA0  # the supplementary Han planes
            if is_space or alone:
                if out > start and data[out - 1] != 0x20:
                    data[out] = 0x20
                    out += 1
                if out - start >= window_bytes:
                    ends[windows] = out
                    windows += 1
                    of_document[row] += 1
                    start = out
            if not is_space:
                for k in range(length):
                    data[out + k] = source[i + k]
                out += length
                if alone:
                    data[out] = 0x20
                    out += 1
            i += length
        if out > start:
            ends[windows] = out
            windows += 1
            of_document[row] += 1
    return windows
