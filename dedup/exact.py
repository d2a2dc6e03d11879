"""Exact duplicates: texts that differ in nothing but white space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import xxhash

from ..filters.batch import Bytes, Int64s, text_buffers
from ..filters.kernels.jit import allocating
from .indexed import Indexed
from .step import DocumentDeduplicator, Keys


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
            :class:`~textmill.dedup.step.DocumentDeduplicator`.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.indexed.Indexed`.
        write_index: Folder to write an index to, 16 bytes a different text.
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


@allocating
def fold_white_space(offsets: Int64s, data: Bytes) -> tuple[Int64s, Bytes]:
    """Write every text as ``" ".join(text.split())`` would; returns offsets from zero and UTF-8 bytes."""
    count = len(offsets) - 1
    folded = np.empty(offsets[count] - offsets[0], dtype=np.uint8)
    folded_offsets = np.zeros(count + 1, dtype=np.int64)
    written = 0
    for document in range(count):
        begin, end = written, offsets[document + 1]
        position = offsets[document]
        is_gap = False
        while position < end:
            byte = data[position]
            space_bytes = 0
            if byte < 0x80:
                if byte == 0x20 or 0x09 <= byte <= 0x0D or 0x1C <= byte <= 0x1F:
                    space_bytes = 1
            elif byte == 0xC2:  # U+0085, U+00A0
                if data[position + 1] == 0x85 or data[position + 1] == 0xA0:
                    space_bytes = 2
            elif 0xE1 <= byte <= 0xE3:
                second, third = data[position + 1], data[position + 2]
                if byte == 0xE1:  # U+1680
                    if second == 0x9A and third == 0x80:
                        space_bytes = 3
                elif byte == 0xE3:  # U+3000
                    if second == 0x80 and third == 0x80:
                        space_bytes = 3
                elif second == 0x80:  # U+2000 to U+200A, U+2028, U+2029, U+202F
                    if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF:
                        space_bytes = 3
                elif second == 0x81 and third == 0x9F:  # U+205F
                    space_bytes = 3
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
        folded_offsets[document + 1] = written
    return folded_offsets, folded[:written]
