"""Cut texts into the normalised windows that the toxicity models read, in training and in use alike."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64s, TextBuffers
from ..kernels.machine.kernel import kernel

Int: TypeAlias = int | np.int64

WINDOW_BYTES = 800
"""A window ends at the first word end past this many bytes of normalised text: about 130 English words or 200 Han."""


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

    ASCII letters become lower case, apostrophes vanish, every other ASCII sign and all general and CJK punctuation
    become one space, Han and Kana stand alone, web addresses and ``@names`` are left out.
    """
    size = int(text.offsets[-1] - text.offsets[0])
    count = len(text.offsets) - 1
    data = np.empty(2 * size + 8, dtype=np.uint8)
    ends = np.empty(size // WINDOW_BYTES * 2 + count + 1, dtype=np.int64)
    of_document = np.zeros(count, dtype=np.int64)
    written = _cut(text.offsets, text.data, WINDOW_BYTES, data, ends, of_document)
    return Windows(data, ends[:written], of_document)


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
