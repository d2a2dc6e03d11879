"""Runs of digits, letters and marks around a byte, and which kinds of personal data they may be."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ..kernels.machine.buffers import Bytes
from ..kernels.machine.kernel import inner

Truth: TypeAlias = bool | np.bool_


@inner
def token_run(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> tuple[int, int, int]:
    """Start, end and kinds of the run of letters, digits, "_" and "-" around the first digit in it."""
    start = i
    small = False
    while start > begin and classes[data[start - 1]] & 128:
        start -= 1
        small |= data[start] >= 0x5F
    k = i
    while k < end and classes[data[k]] & 128:
        small |= data[k] >= 0x5F
        k += 1
    joined = k < end and (data[k] == 0x3A or data[k] == 0x7C or data[k] == 0x25)
    kinds = 128 if k - start >= 16 or (k - start >= 8 and not small and joined) else 0
    if k - start >= 25:
        kinds |= 16384
    word, letters = start, 0
    while word < k and 0x30 <= data[word] <= 0x5A:
        letters += data[word] >= 0x41
        word += 1
    if word > i and (word == k or data[word] == 0x2D):
        if word - start >= 8 and letters:
            kinds |= 8192
        if 6 <= word - start <= 10 and _is_behind_word(begin, start, data):
            kinds |= 4096
    hyphens = 0
    if k - start >= 17:
        for place in range(start, k):
            hyphens += data[place] == 0x2D
    if hyphens >= 5:
        kinds |= 65536
    return start, k, kinds


@inner
def number_run(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> tuple[int, int, int]:
    """Start, end and kinds of the run of digits, blanks and ``()+-./`` around the digit at i."""
    start = i
    dialled = i + 1 < end and data[i] == 0x30 and data[i + 1] == 0x30
    while start > begin and classes[data[start - 1]] & 2:
        start -= 1
        dialled |= data[start] == 0x2B
    dots, kinds = 0, 0
    most, digits, together, stretches, decimal = 0, 0, 0, 0, False
    gap, dashes, others, brackets = 0, 0, 0, 0  # since the last digit
    k = i
    while k < end and classes[data[k]] & 2:
        byte = data[k]
        if classes[byte] & 1:
            if gap or not stretches:
                stretches += 1
                decimal = stretches == 2 and gap == 1 and others == 1 and not dialled
                joined = gap == 1 or (gap <= 3 and dashes == 1 and others == 0) or (gap <= 6 and brackets > 0)
                if not joined:
                    digits = 0
                if 6 <= together <= 10 and _is_behind_word(begin, k - gap - together, data):
                    kinds |= 4096
                gap, dashes, others, brackets, together = 0, 0, 0, 0, 0
            digits += 1
            together += 1
            most = max(most, digits)
            if dots == 3:
                kinds |= 2
        else:
            gap += 1
            dialled |= byte == 0x2B
            dashes += byte == 0x2D or byte == 0x2F
            others += byte == 0x2B or byte == 0x2E
            brackets += byte == 0x28 or byte == 0x29
            if byte == 0x2E and k > i and classes[data[k - 1]] & 1:
                dots += 1
            else:
                dots = 0
        k += 1
    past = k
    while gap == 0 and past < end and together + past - k <= 10 and 0x30 <= data[past] <= 0x5A:
        past += 1
    if 6 <= together + past - k <= 10 and _is_behind_word(begin, k - gap - together, data):
        kinds |= 4096
    if decimal:
        most, kinds = 0, 0
    if most >= 6:
        kinds |= 32
    if most >= 7:
        kinds |= 8
    if most >= 9:
        kinds |= 32768
    if most >= 10:
        kinds |= 2048
    if most >= 12:
        kinds |= 16
    if i >= begin + 2 and i + 1 < end and classes[data[i + 1]] & 1:
        capitals = 0x41 <= data[i - 1] <= 0x5A and 0x41 <= data[i - 2] <= 0x5A
        small = 0x61 <= data[i - 1] <= 0x7A and 0x61 <= data[i - 2] <= 0x7A
        letters = capitals or (small and (i == begin + 2 or not classes[data[i - 3]] & 128))
        if letters and _is_grouped(end, i + 2, data, classes):
            kinds |= 64
    if kinds & 96:  # letters before the number belong to it: X1234567L, QQ 12 34 56 C, GB82 WEST
        for _ in range(4):
            if start > begin and classes[data[start - 1]] & 128:
                start -= 1
    return start, k, kinds


@inner
def _is_behind_word(begin: int, start: int, data: Bytes) -> Truth:
    """Whether a letter or a full stop stands before a place, up to eight blanks, colons and the like between."""
    k = start - 1
    while (
        k >= begin
        and start - k <= 8
        and (data[k] <= 0x3A or data[k] == 0x3D)
        and data[k] != 0x2E
        and not 0x30 <= data[k] <= 0x39
    ):
        k -= 1
    return k >= begin and (data[k] > 0x40 or data[k] == 0x2E)


@inner
def _is_grouped(end: int, k: int, data: Bytes, classes: Bytes) -> Truth:
    """Whether two groups of four letters and digits go on, each behind at most one blank or hyphen."""
    for _ in range(2):
        if k < end and (data[k] == 0x20 or data[k] == 0x2D):
            k += 1
        for _ in range(4):
            if k >= end or not classes[data[k]] & 128 or data[k] == 0x5F or data[k] == 0x2D:
                return False
            k += 1
    return True


@inner
def colon_run(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> tuple[int, int, int]:
    """Start, end and kinds of the run of hexadecimal digits, colons and dots around the colon at i."""
    start = i
    while start > begin and classes[data[start - 1]] & 4:
        start -= 1
    colons, doubled = 0, False
    k = i
    while k < end and classes[data[k]] & 4:
        if data[k] == 0x3A:
            colons += 1
            doubled |= data[k - 1] == 0x3A and k > i
        k += 1
    return start, k, (4 if colons >= 7 or doubled else 0) | (65536 if colons >= 5 else 0)
