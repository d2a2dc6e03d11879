"""Where personal data may stand: one pass over the bytes of a batch, so that regular expressions see only windows."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

from ..kernels.machine.buffers import Bytes, Int64Matrix, Int64s, TextBuffers
from ..kernels.machine.eight_bytes import FROM_0, HIGH, LOW7
from ..kernels.machine.instructions import load_eight, trailing_zeros
from ..kernels.machine.kernel import inner, kernel
from .announcing import Literal, Names, find_literals, is_assignment, may_be_secret, names_of
from .runs import colon_run, number_run, token_run

Truth: TypeAlias = bool | np.bool_

EMAIL, QUAD, COLONS, DIGITS, CARD = 1, 2, 4, 8, 16
"""Kinds of candidate, to be added up: an "@", three dots between digits, two colons, 7 digits, 12 digits.

Digits are counted as far as a number may go on over the marks between them: "12, 13" are two numbers, "12-13" is one.
"""
NUMBER, ACCOUNT, TOKEN, ASSIGNMENT, LOGIN, KEY_BLOCK = 32, 64, 128, 256, 512, 1024
"""6 digits; two letters and two digits with 11 behind in groups of four; 16 letters and digits without a gap, or 8 that
are no small letters before ":", "|" or "%"; a word such as "password" before "=", ":" or ">" and what may be a secret
behind; "://" with an "@" behind; "PRIVATE KEY"."""
TEN_DIGITS, WORD, CAPITALS, LONG, NINE_DIGITS, PAIRS = 2048, 4096, 8192, 16384, 32768, 65536
"""10 digits; a word of 6 to 10 digits and capitals behind another word; 8 digits and capitals; 25 letters and digits
without a gap; 9 digits; five colons or hyphens."""
EVERY = 131071
"""All kinds."""

TOKEN_BYTES = 16
PREFIX_BYTES = 36
"""How far before a run of letters and digits with a digit the token may begin: ``SG.`` and 22 letters."""
NAME_BYTES = 48
"""How far before its sign the name of what is assigned may begin."""

# Classes of bytes: 1 digit, 2 part of a number run, 4 part of an IPv6 run, 8 colon, 16 before an "@", 32 in a domain,
# 64 "@", 128 part of a token.


def _byte_classes() -> Bytes:
    classes = np.zeros(256, dtype=np.uint8)
    letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for members, flag in (
        (b"0123456789", 1 | 2 | 4 | 16 | 32 | 128),
        (b" ()+-./", 2),
        (b"abcdefABCDEF", 4),
        (letters, 16 | 32 | 128),
        (b"_+%-'&", 16),
        (b"_-", 128),
        (b":", 4 | 8),
        (b".", 4),
        (b"@", 64),
        (bytes(range(0x80, 0x100)), 16 | 32),
    ):
        for byte in members:
            classes[byte] |= flag
    return classes


CLASSES = _byte_classes()
LITERALS = (
    Literal(b"PRIVATE KEY", 3, KEY_BLOCK),
    Literal(b"hooks.slack.com/", 5, KEY_BLOCK),
    Literal(b"webhooks/", 2, KEY_BLOCK, 3),
    Literal(b"webhook.office.com/", 2, KEY_BLOCK, 3),
    Literal(b"curl ", 2, KEY_BLOCK),
    Literal(b"hf_", 1, TOKEN),
    Literal(b"pscale_", 5, TOKEN),
    Literal(b"_live_", 4, TOKEN),
    Literal(b"api_org_", 6, TOKEN),
    Literal(b"Q~", 0, TOKEN),
)
"""Words that begin secrets without a digit near them, which the kernel would pass over."""
LITERAL_BYTES = 40
"""How far before such a word a match may begin."""
NAMES = names_of(
    b"password passwd pwd passphrase pass secret token auth credential credentials authorization passwort"
    b" client_id client-id clientid access_id access-id accessid api_id api-id apiid"
    + " senha contraseña пароль 密码 密碼 口令 パスワード 비밀번호".encode(),
    b"api access secret private account auth encryption signing master client shared storage service admin deploy app"
    b" license subscription consumer webhook session",
)
"""How names end behind which a secret may stand, with "key" behind some and "value" behind a blank."""
PAST_GREATER = np.uint64(0x4141414141414141)  # 0x80 - ord("?") in each byte
ATS = np.uint64(0x4040404040404040)


def find_candidates(text: TextBuffers) -> Int64s:
    """List windows that may hold personal data, in the order of the text for each kind.

    Returns:
        Rows of (document, start, end, kinds), shape (n, 4); start and end count bytes within the document, and a match
        of that kind must begin in ``[start, end)``.
    """
    capacity = 1024 + (int(text.offsets[-1] - text.offsets[0]) >> 8)
    while True:
        found = np.empty((capacity, 4), dtype=np.int64)
        count = int(_scan(text.offsets, text.data, CLASSES, NAMES, found))
        if count <= capacity:
            break
        capacity = count
    literals = find_literals(text, LITERALS, LITERAL_BYTES)
    if not len(literals):
        return found[:count]
    every = np.concatenate([found[:count], literals])
    return every[np.lexsort((every[:, 1], every[:, 0]))]


@kernel
def _scan(offsets: Int64s, data: Bytes, classes: Bytes, names: Names, found: Int64Matrix) -> int:
    """Fill ``found`` as far as it goes and return how many windows there are."""
    count = 0
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        colons_seen = begin  # runs around colons and tokens are looked at once
        token_seen = begin
        at_seen = begin  # no name holds an "@": a window may end where many others do, and must not reach over them
        i = begin
        while i < end:
            if i + 8 <= end:
                block = load_eight(data, i)
                i += trailing_zeros(_begins_one(block)) >> 3
                if i >= end or not _begins_one(block):
                    continue
            flags = classes[data[i]]
            start: int = i
            stop: int = i
            kinds: int = 0
            after = i + 1
            if flags & 1:
                if i >= token_seen:
                    token, token_end, kind = token_run(begin, end, i, data, classes)
                    token_seen = token_end
                    if kind:
                        before = PREFIX_BYTES if kind & 128 else 0
                        if count < len(found):
                            found[count, 0], found[count, 1] = row, max(begin, token - before) - begin
                            found[count, 2], found[count, 3] = token_end - begin, kind
                        count += 1
                start, stop, kinds = number_run(begin, end, i, data, classes)
                after = stop
            elif flags & 64:
                if _is_at_of_email(begin, end, i, data, classes):
                    start, stop, kinds = max(at_seen, i - 66), i, 1
                at_seen = i + 1
            else:
                if flags & 8 and i >= colons_seen:
                    start, stop, kinds = colon_run(begin, end, i, data, classes)
                    colons_seen = stop
                if flags & 8 and _is_login(end, i, data):
                    start, stop, kinds = min(start, i), max(stop, i + 1), kinds | 512
                elif is_assignment(begin, i, data, names) and may_be_secret(end, i, data):
                    start, stop, kinds = min(start, max(begin, i - 68)), max(stop, i + 1), kinds | 256
            if kinds:
                if count < len(found):
                    found[count, 0], found[count, 1] = row, start - begin
                    found[count, 2], found[count, 3] = stop - begin, kinds
                count += 1
            i = after
    return count


@inner
def _begins_one(block: np.uint64) -> np.uint64:
    """The highest bit of each of eight bytes that is a digit, one of ``:;<=>`` or an "@"."""
    bare = block & LOW7
    digit_or_sign = (bare + FROM_0) & ~(bare + PAST_GREATER)
    return (digit_or_sign | ~((bare ^ ATS) + LOW7)) & ~block & HIGH


@inner
def _is_login(end: int, i: int, data: Bytes) -> Truth:
    """Whether the colon at i is that of ``://`` and an "@" stands in the authority behind it."""
    if i + 4 >= end or data[i + 1] != 0x2F or data[i + 2] != 0x2F:
        return False
    k = i + 3
    stop = min(end, i + 203)
    while k < stop and data[k] > 0x20 and data[k] != 0x2F and data[k] != 0x40:
        k += 1
    return k < stop and data[k] == 0x40


@inner
def _is_at_of_email(begin: int, end: int, i: int, data: Bytes, classes: Bytes) -> Truth:
    """Whether the "@" at i has a name before it, and behind it a first label and what may begin a top-level domain."""
    if i == begin or i + 1 >= end or not classes[data[i - 1]] & 16 or not classes[data[i + 1]] & 32:
        return False
    k = i + 1
    while k < end and k - i < 130 and (classes[data[k]] & 32 or data[k] == 0x2D):
        k += 1
    if k >= end or data[k] != 0x2E:
        return False
    while k + 2 < end and (classes[data[k]] & 32 or data[k] == 0x2D or data[k] == 0x2E):
        if data[k] == 0x2E and _may_be_letter(data[k + 1]) and _may_be_letter(data[k + 2]):
            return True
        k += 1
    return False


@inner
def _may_be_letter(byte: int) -> Truth:
    """Whether a byte is a letter of ASCII, or beyond."""
    return 0x61 <= byte | 0x20 <= 0x7A or byte >= 0x80
