"""Exact duplicates: texts that differ in nothing but white space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import xxhash

from ...filters.kernels.machine.buffers import Bytes, Int64s, text_buffers
from ...filters.kernels.machine.eight_bytes import HIGH, above_space_of, blanks_of, spaces_of
from ...filters.kernels.machine.instructions import load_eight, store_eight, trailing_zeros
from ...filters.kernels.machine.kernel import inner, integer, kernel
from ..base.indexed import Indexed
from ..base.step import DocumentDeduplicator, Keys

EIGHT_BITS, ONE = np.uint64(8), np.uint64(1)


@dataclass(frozen=True, kw_only=True)
class ExactDedup(Indexed, DocumentDeduplicator):
    """Remove documents whose text is that of another, white space aside.

    Every run of white space (what ``str.split`` takes for it, line breaks among them) counts as one space, and none
    at the ends; case, accents and all else must agree. The key is xxh3-128 of that: among 10 billion documents two
    different ones share a key with a chance below 1 in 10^18. Blank texts have no key; a rule on length is what
    removes them.

    Source: the usual first pass over web text, as in CCNet (Wenzek et al. 2020, section 3.1), which hashes paragraphs
    by SHA-1; ours hashes whole documents.

    Args:
        keep: Which of the equal documents stays: "first", "longest", "newest", "highest" or "lowest".
        by: The date or measurement that decides, as with every
            :class:`~textmill.dedup.base.step.DocumentDeduplicator`.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.base.indexed.Indexed`.
        write_index: Folder to write an index to, 16 bytes a different text.

    Example:
        >>> from textmill.filters.base.batch import make_batch
        >>> batch = make_batch(["One text.", " One\\ttext. ", "Another."])
        >>> first, second, third = ExactDedup().keys(batch).words.tolist()
        >>> first == second, first == third
        (True, False)
    """

    name: ClassVar[str] = "exact_dedup"
    key_width: ClassVar[int] = 2
    similarity: ClassVar[float | None] = 1.0

    def keys(self, batch: pa.RecordBatch) -> Keys:
        """One key of two words for each text that is not blank."""
        offsets, data = fold_white_space(*text_buffers(batch["text"]))
        documents = np.flatnonzero(np.diff(offsets))
        folded = data.data
        digests = [
            xxhash.xxh3_128_digest(folded[begin:end])
            for begin, end in zip(offsets[documents].tolist(), offsets[documents + 1].tolist(), strict=True)
        ]
        words = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64).reshape(-1, 2)
        return Keys(words, documents.astype(np.int64))


def fold_white_space(offsets: Int64s, data: Bytes) -> tuple[Int64s, Bytes]:
    """Write every text as ``" ".join(text.split())`` would; returns offsets from zero and UTF-8 bytes."""
    folded = np.empty(offsets[-1] - offsets[0] + 8, dtype=np.uint8)  # eight are written at once
    folded_offsets = np.zeros(len(offsets), dtype=np.int64)
    _fold_texts(offsets, data, folded, folded_offsets)
    return folded_offsets, folded[: folded_offsets[-1]]


@kernel
def _fold_texts(offsets: Int64s, data: Bytes, folded: Bytes, folded_offsets: Int64s) -> None:
    for document in range(len(offsets) - 1):
        folded_offsets[document + 1] = _fold(
            data, offsets[document], offsets[document + 1], folded, folded_offsets[document]
        )


@inner
def _fold(data: Bytes, position: int, end: int, folded: Bytes, begin: int) -> int:
    """Write one text from a position on; returns where it ends."""
    written = begin
    is_gap = False
    while position < end:
        byte = data[position]
        if byte < 0x80 and not is_gap and written > begin and position + 8 <= end:
            # Printing ASCII with single spaces inside stays as it is.
            block = load_eight(data, position)
            spaces = spaces_of(block)
            stays = (above_space_of(block) | (blanks_of(block) & ~(spaces << EIGHT_BITS))) & HIGH
            run = trailing_zeros(~stays & HIGH) >> 3
            if run:
                run -= integer(spaces >> np.uint64(8 * run - 1) & ONE)  # the last one may begin a longer gap
                store_eight(folded, written, block)
                written += run
                position += run
                if run:
                    continue
        space_bytes = _space_bytes(data, position)
        if space_bytes:
            is_gap = True
            position += space_bytes
            continue
        if is_gap and written > begin:
            folded[written] = 0x20
            written += 1
        is_gap = False
        folded[written] = byte
        written += 1
        position += 1
    return written


@inner
def _space_bytes(data: Bytes, position: int) -> int:
    """How many bytes the white space here has; 0 where there is none."""
    byte = data[position]
    if byte < 0x80:
        return int(byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F)
    if byte == 0xC2:  # U+0085, U+00A0
        return 2 if data[position + 1] == 0x85 or data[position + 1] == 0xA0 else 0
    if 0xE1 <= byte <= 0xE3:
        second, third = data[position + 1], data[position + 2]
        if byte == 0xE1:  # U+1680
            is_space = second == 0x9A and third == 0x80
        elif byte == 0xE3:  # U+3000
            is_space = second == 0x80 and third == 0x80
        elif second == 0x80:  # U+2000 to U+200A, U+2028, U+2029, U+202F
            is_space = third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF
        else:  # U+205F
            is_space = second == 0x81 and third == 0x9F
        return 3 if is_space else 0
    return 0
