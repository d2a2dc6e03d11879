"""Unicode clean-up: one form for equal characters, one line end, nothing invisible that carries no text."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .base.step import Cleaner, Measurements
from .kernels.machine.buffers import Bools, Bytes, Int64Matrix, Int64s, columns_of_numbers, text_array, text_buffers
from .kernels.machine.eight_bytes import HIGH, line_feeds_of, printable_of
from .kernels.machine.instructions import copy_bytes, load_eight, trailing_zeros
from .kernels.machine.kernel import inner, kernel

Int: TypeAlias = int | np.int64
Truth: TypeAlias = bool | np.bool_
Form: TypeAlias = Literal["NFC", "NFKC"]


@dataclass(frozen=True, kw_only=True)
class NormalizeUnicode(Cleaner):
    r"""Bring text into Unicode form NFC with ``\n`` line ends and without control or invisible characters.

    Source: Unicode Standard Annex 15 (NFC; tables of the running Python). Removed are control characters but ``\n``
    and ``\t``, byte order marks, soft hyphens, word joiners, U+206A to U+206F, interlinear annotation marks, the object
    replacement character, characters of private use (icons of one page's font), code points that are no characters,
    tag characters but in flags, and zero width spaces except after a letter of Thai, Lao, Tibetan, Burmese, Khmer or a
    neighbouring script, where they part words. Every line end that ``str.splitlines`` knows becomes ``\n``. Kept are
    joiners (U+200C, U+200D), direction marks, variation selectors, and every space and tab, so that scripts, emoji and
    the indentation of code survive.
    Compatibility characters (ligatures, full-width forms) stay as they are, unless the form is NFKC: that changes what
    a text says (``2⁵`` becomes ``25``). Applying it twice changes nothing.

    Args:
        form: Unicode form, ``NFC`` or ``NFKC``.

    Raises:
        RecipeError: for another form.

    Measurements: ``unicode.characters_removed``, ``unicode.line_ends_changed`` (CR LF counts once),
    ``unicode.is_recomposed`` (NFC changed the text) and ``unicode.replacement_characters``, the number of U+FFFD left
    in the text: they are never touched, because they tell of a wrong decoding that nothing can undo.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [NormalizeUnicode()]).clean("cafe\u0301\r\n").text
        'café\n'
    """

    name: ClassVar[str] = "normalize_unicode"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "unicode.characters_removed": pa.int64(),
        "unicode.line_ends_changed": pa.int64(),
        "unicode.is_recomposed": pa.bool_(),
        "unicode.replacement_characters": pa.int64(),
    }

    form: Form = "NFC"

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Clean every text of the batch; a batch that is already clean keeps its buffers."""
        text = batch["text"]
        offsets, data = text_buffers(text)
        count = len(text)
        counts = np.zeros((count, 3), dtype=np.int64)
        may_recompose = np.zeros(count, dtype=np.bool_)
        _inspect(offsets, data, counts, may_recompose)
        if np.count_nonzero(counts[:, :2]):
            cleaned = np.empty(int(offsets[-1] - offsets[0]), dtype=np.uint8)
            new_offsets = np.zeros(count + 1, dtype=np.int64)
            size = _strip(offsets, data, counts, new_offsets, cleaned)
            text = text_array(new_offsets, cleaned[:size])
        recomposed = np.zeros(count, dtype=np.bool_)
        if self.form == "NFKC":
            may_recompose = pc.invert(pc.string_is_ascii(text)).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(may_recompose)
        if len(rows):
            # Not pyarrow's utf8_normalize: in pyarrow 25.0.1 it returns every text as it was, whatever the form.
            before = text.take(pa.array(rows)).to_pylist()
            after = [unicodedata.normalize(self.form, one) for one in before]
            recomposed[rows] = [old != new for old, new in zip(before, after, strict=True)]
            if recomposed.any():
                text = pc.replace_with_mask(text, pa.array(may_recompose), pa.array(after, pa.large_string()))
        removed, line_ends, replacements = columns_of_numbers(counts.T)
        return text, {
            "unicode.characters_removed": removed,
            "unicode.line_ends_changed": line_ends,
            "unicode.is_recomposed": pa.array(recomposed),
            "unicode.replacement_characters": replacements,
        }


@inner
def _code_point(data: Bytes, i: int) -> tuple[Int, int]:
    """Decode the character at byte i of valid UTF-8: code point and length in bytes."""
    first = np.int64(data[i])
    if first < 0x80:
        return first, 1
    if first < 0xE0:
        return ((first & 0x1F) << 6) | (np.int64(data[i + 1]) & 0x3F), 2
    if first < 0xF0:
        return (((first & 0x0F) << 12) | ((np.int64(data[i + 1]) & 0x3F) << 6) | (np.int64(data[i + 2]) & 0x3F)), 3
    return (
        ((first & 0x07) << 18)
        | ((np.int64(data[i + 1]) & 0x3F) << 12)
        | ((np.int64(data[i + 2]) & 0x3F) << 6)
        | (np.int64(data[i + 3]) & 0x3F)
    ), 4


@inner
def _parts_words_with_zero_width_space(point: Int) -> Truth:
    """Thai, Lao, Tibetan, Burmese, Khmer and the smaller scripts beside them write no spaces between words."""
    return (
        0x0E00 <= point < 0x1000
        or 0x1000 <= point < 0x10A0
        or 0x1780 <= point < 0x1800
        or 0x1950 <= point < 0x1AB0
        or 0xAA60 <= point < 0xAAE0
    )


@inner
def _action(point: Int, previous: Int) -> int:
    """0 keep, 1 remove, 2 line end to rewrite; ``previous`` is the character kept before."""
    if point < 0x20:
        if point == 0x0A or point == 0x09:
            return 0
        return 2 if 0x0B <= point <= 0x0D or 0x1C <= point <= 0x1E else 1
    if point < 0x7F:
        return 0
    if point < 0xA0:
        return 2 if point == 0x85 else 1
    if point == 0xAD or point == 0xFEFF or point == 0x2060 or 0x206A <= point <= 0x206F or 0xFFF9 <= point <= 0xFFFC:
        return 1
    if point == 0x2028 or point == 0x2029:
        return 2
    if 0xE000 <= point < 0xF900 or point >= 0xF0000 or 0xFDD0 <= point < 0xFDF0 or point & 0xFFFE == 0xFFFE:
        return 1
    if 0xE0000 <= point < 0xE0080:
        return 0 if previous == 0x1F3F4 or 0xE0000 <= previous < 0xE0080 else 1
    if point == 0x200B:
        return 0 if _parts_words_with_zero_width_space(previous) else 1
    return 0


@inner
def _nfc_is_sure(point: Int) -> Truth:
    """Whether this character is the same in NFC whatever stands beside it: the common blocks, to save time."""
    return (
        point < 0x300
        or 0x4E00 <= point < 0xA000
        or 0x0400 <= point < 0x0483
        or 0x3041 <= point < 0x3097
        or 0x30A1 <= point < 0x30FB
        or 0x2010 <= point < 0x2028
        or 0x3001 <= point < 0x302A
        or 0xFF01 <= point < 0xFFA0
        or 0x0E01 <= point < 0x0E38
        or 0x0620 <= point < 0x064B
        or 0xAC00 <= point < 0xD7A4
    )


@kernel
def _inspect(offsets: Int64s, data: Bytes, counts: Int64Matrix, may_recompose: Bools) -> None:
    """Count, for each document, what is to be removed, line ends to rewrite, and U+FFFD; flag possible NFC changes."""
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        previous: Int = 0
        while i < end:
            byte = data[i]
            if 0x20 <= byte < 0x7F or byte == 0x0A or byte == 0x09:
                i += 1
                run = 8
                while run == 8 and i + 8 <= end:
                    block = load_eight(data, int(i))
                    run = trailing_zeros(~(printable_of(block) | line_feeds_of(block)) & HIGH) >> 3
                    i += run
                previous = np.int64(data[i - 1])
                continue
            point, length = _code_point(data, i)
            action = _action(point, previous)
            if action == 0:
                if not _nfc_is_sure(point):
                    may_recompose[row] = True
                    if point == 0xFFFD:
                        counts[row, 2] += 1
                previous = point
            elif action == 1:
                counts[row, 0] += 1
            else:
                counts[row, 1] += 1
                if point == 0x0D and i + 1 < end and data[i + 1] == 0x0A:
                    length = 2
                previous = 0x0A
            i += length


@kernel
def _strip(offsets: Int64s, data: Bytes, counts: Int64Matrix, new_offsets: Int64s, cleaned: Bytes) -> int:
    """Write the texts without what :func:`_inspect` counted; returns the number of bytes written."""
    out = 0
    for row in range(len(offsets) - 1):
        i, end = offsets[row], offsets[row + 1]
        if counts[row, 0] == 0 and counts[row, 1] == 0:
            copy_bytes(cleaned, out, data, i, end - i)
            out += end - i
            new_offsets[row + 1] = out
            continue
        previous: Int = 0
        while i < end:
            point, length = _code_point(data, i)
            action = _action(point, previous)
            if action == 0:
                for k in range(length):
                    cleaned[out + k] = data[i + k]
                out += length
                previous = point
            elif action == 2:
                if point == 0x0D and i + 1 < end and data[i + 1] == 0x0A:
                    length = 2
                cleaned[out] = 0x0A
                out += 1
                previous = 0x0A
            i += length
        new_offsets[row + 1] = out
    return out
