"""What fastText makes of a text, from the bytes of a column: the most likely label of each document.

A word's vector is the sum of those of its parts. Most words of a batch stand in it many times, so the sums of short
ones are remembered, which makes prediction several times as fast; they are always summed up on their own, so that what
is remembered decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from ..batch import Bytes, Int64s
from .hashing import UInt64s, hash_bytes
from .jit import allocating, bits_set, integer, njit

Floats: TypeAlias = npt.NDArray[np.float64]
Floats32: TypeAlias = npt.NDArray[np.float32]

END = b"</s>"
"""The word that ends a line; where a text holds it, the rest is not read."""
LABEL = np.frombuffer(b"__label__", dtype=np.uint8)
OPEN, CLOSE = 0x3C, 0x3E
REMEMBERED = 1 << 16
LONGEST_REMEMBERED_BYTES = 64
FIRST, FACTOR, LOW = 2166136261, 16777619, 0xFFFFFFFF
"""FNV-1a with 32 bits, as fastText has it: bytes from 0x80 on are negative."""
TINY = 1e-5
ONE = np.uint64(1)


class WordTable(NamedTuple):
    """The known words by hash; word i has row i."""

    keys: UInt64s
    """Open addressing, 0 where a slot is free; a power of two."""
    rows: Int64s
    end_row: int
    """Row of the word that ends a line; -1 without one."""


class SubwordTable(NamedTuple):
    """Which row a part of a word has."""

    shortest: int
    longest: int
    buckets: int
    first_row: int
    is_pruned: bool
    kept: UInt64s
    """Of a pruned model one bit for each bucket that is left."""
    before: Int64s
    """How many are left before each word of ``kept``."""
    rows: Int64s
    """The row of each bucket that is left, in order."""


class LabelTree(NamedTuple):
    """Huffman's tree of n labels."""

    children: Int64s
    """Shape (n - 1, 2): the children of node n + i; nodes below n are labels, the last one is the root."""


def word_table(words: Sequence[bytes]) -> WordTable:
    """Build the table of known words."""
    size = 1 << max(4, (2 * len(words)).bit_length())
    keys, rows = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int64)
    data = np.frombuffer(b"".join(words) + bytes(8), dtype=np.uint8)
    offsets = np.cumsum([0, *map(len, words)], dtype=np.int64)
    _fill(data, offsets, keys, rows)
    return WordTable(keys, rows, words.index(END) if END in words else -1)


def subword_table(
    shortest: int, longest: int, buckets: int, first_row: int, kept: Int64s | None = None
) -> SubwordTable:
    """Build the table of parts of words; ``kept`` lists buckets and their rows behind the first, None is all."""
    bits = np.zeros(max(buckets, 1) // 64 + 1, dtype=np.uint64)
    rows = np.empty(0, dtype=np.int64)
    if kept is not None and len(kept):
        ordered = kept[np.argsort(kept[:, 0])]
        places = ordered[:, 0].astype(np.uint64)
        np.bitwise_or.at(bits, places >> np.uint64(6), ONE << (places & np.uint64(63)))
        rows = first_row + ordered[:, 1]
    counts = np.bitwise_count(bits).astype(np.int64)
    return SubwordTable(
        shortest, longest, max(buckets, 1), first_row, kept is not None, bits, np.cumsum(counts) - counts, rows
    )


@njit
def _fill(data: Bytes, offsets: Int64s, keys: UInt64s, rows: Int64s) -> None:
    mask = len(keys) - 1
    for word in range(len(offsets) - 1):
        key = hash_bytes(data, offsets[word], offsets[word + 1]) | ONE
        slot = integer(key >> np.uint64(1)) & mask
        while keys[slot] != np.uint64(0) and keys[slot] != key:
            slot = (slot + 1) & mask
        if keys[slot] == np.uint64(0):
            keys[slot], rows[slot] = key, word


@allocating
def top_labels(
    offsets: Int64s, data: Bytes, vectors: Floats32, words: WordTable, parts: SubwordTable, output: Floats32,
    tree: LabelTree,
) -> tuple[Int64s, Floats, Int64s]:  # fmt: skip
    """The number of each document's most likely label, its probability, and how many known words and parts it holds.

    Line feeds separate words like spaces. The end of the text counts as a word where the model knows one.
    """
    documents = len(offsets) - 1
    labels = np.full(documents, -1, dtype=np.int64)
    scores = np.zeros(documents, dtype=np.float64)
    known = np.zeros(documents, dtype=np.int64)
    dim = vectors.shape[1]
    longest = 0
    for document in range(documents):
        longest = max(longest, offsets[document + 1] - offsets[document])
    hashed = np.empty(longest + 2, dtype=np.int64)
    keys = np.zeros(REMEMBERED, dtype=np.uint64)
    counts = np.zeros(REMEMBERED + 1, dtype=np.int64)
    sums = np.zeros((REMEMBERED + 1, dim), dtype=np.float32)  # the last one is for words that are not remembered
    total = np.zeros(dim, dtype=np.float64)
    hidden = np.zeros(dim, dtype=np.float32)
    stack = np.zeros(len(tree.children) + 2, dtype=np.int64)
    chances = np.zeros(len(tree.children) + 2, dtype=np.float64)
    for document in range(documents):
        total[:] = 0.0
        count = 0
        position, end = offsets[document], offsets[document + 1]
        while position < end:
            while position < end and _separates(data[position]):
                position += 1
            start = position
            while position < end and not _separates(data[position]):
                position += 1
            length = position - start
            if length == 0 or _is_label(data, start, position):
                continue
            if length == 4 and _is_end(data, start):
                break
            slot = REMEMBERED
            key = hash_bytes(data, start, position) | ONE
            if length <= LONGEST_REMEMBERED_BYTES:
                slot = integer(key >> np.uint64(1)) & (REMEMBERED - 1)
            if slot == REMEMBERED or keys[slot] != key:
                if slot < REMEMBERED:
                    keys[slot] = key
                counts[slot] = _add_word(data, start, position, key, vectors, words, parts, hashed, sums[slot])
            count += counts[slot]
            for at in range(dim):
                total[at] += sums[slot, at]
        known[document] = count
        if words.end_row >= 0:
            count += 1
            for at in range(dim):
                total[at] += vectors[words.end_row, at]
        if count == 0:
            continue
        for at in range(dim):
            hidden[at] = total[at] / count
        if len(tree.children):
            labels[document], scores[document] = _down(hidden, output, tree.children, stack, chances)
        else:
            labels[document], scores[document] = _most_likely(hidden, output)
    return labels, scores, known


@njit
def _separates(byte: int) -> bool:
    return byte == 0x20 or 0x09 <= byte <= 0x0D or byte == 0


@njit
def _is_end(data: Bytes, start: int) -> bool:
    return bool(data[start] == 0x3C and data[start + 1] == 0x2F and data[start + 2] == 0x73 and data[start + 3] == 0x3E)


@njit
def _is_label(data: Bytes, start: int, end: int) -> bool:
    same = end - start >= len(LABEL)
    for at in range(min(len(LABEL), end - start)):
        same &= data[start + at] == LABEL[at]
    return bool(same)


@njit
def _add_word(
    data: Bytes, start: int, end: int, key: np.uint64, vectors: Floats32, words: WordTable, parts: SubwordTable,
    hashed: Int64s, result: Floats32,
) -> int:  # fmt: skip
    """Sum up a word and its parts; returns how many of them are known."""
    result[:] = 0.0
    count = 0
    mask = len(words.keys) - 1
    slot = integer(key >> np.uint64(1)) & mask
    while words.keys[slot] != np.uint64(0) and words.keys[slot] != key:
        slot = (slot + 1) & mask
    if words.keys[slot] == key:
        _add_row(vectors, words.rows[slot], result)
        count += 1
    if parts.longest < parts.shortest:
        return count
    size = end - start + 2
    hashed[0], hashed[size - 1] = OPEN, CLOSE
    for at in range(end - start):
        byte = integer(data[start + at])
        hashed[at + 1] = byte | 0xFFFFFF00 if byte >= 0x80 else byte
    inverse = 1.0 / parts.buckets
    for first in range(size):
        if hashed[first] & 0xC0 == 0x80:
            continue
        number = FIRST
        at = first
        length = 1
        while at < size and length <= parts.longest:
            number = ((number ^ hashed[at]) * FACTOR) & LOW
            at += 1
            while at < size and hashed[at] & 0xC0 == 0x80:
                number = ((number ^ hashed[at]) * FACTOR) & LOW
                at += 1
            if length >= parts.shortest and not (length == 1 and (first == 0 or at == size)):
                bucket = number - integer(number * inverse) * parts.buckets
                if bucket < 0:
                    bucket += parts.buckets
                elif bucket >= parts.buckets:
                    bucket -= parts.buckets
                row = parts.first_row + bucket
                if parts.is_pruned:
                    block, bit = bucket >> 6, np.uint64(bucket & 63)
                    bits = parts.kept[block]
                    row = -1
                    if (bits >> bit) & ONE:
                        row = parts.rows[parts.before[block] + bits_set(bits & ((ONE << bit) - ONE))]
                if row >= 0:
                    _add_row(vectors, row, result)
                    count += 1
            length += 1
    return count


@njit
def _add_row(vectors: Floats32, row: int, result: Floats32) -> None:
    for at in range(len(result)):
        result[at] += vectors[row, at]


@njit
def _dot(hidden: Floats32, row: Floats32) -> float:
    total = np.float32(0.0)
    for at in range(len(hidden)):
        total += hidden[at] * row[at]
    return float(total)


@njit
def _down(hidden: Floats32, output: Floats32, children: Int64s, stack: Int64s, chances: Floats) -> tuple[int, float]:
    """Search the tree, the likelier child first; a branch whose chance is below the best label's is left out."""
    leaves = len(children) + 1
    best, label = -np.inf, 0
    stack[0], chances[0] = 2 * leaves - 2, 0.0
    depth = 1
    while depth > 0:
        depth -= 1
        node, chance = stack[depth], chances[depth]
        if chance <= best:
            continue
        if node < leaves:
            best, label = chance, node
            continue
        right = 1.0 / (1.0 + np.exp(-_dot(hidden, output[node - leaves])))
        likelier = 1 if right >= 0.5 else 0
        for side in (1 - likelier, likelier):
            stack[depth] = children[node - leaves, side]
            chances[depth] = chance + np.log((right if side == 1 else 1.0 - right) + TINY)
            depth += 1
    return label, np.exp(best)


@allocating
def _most_likely(hidden: Floats32, output: Floats32) -> tuple[int, float]:
    """Softmax over all labels."""
    best, label = -np.inf, 0
    logits = np.empty(len(output), dtype=np.float64)
    for row in range(len(output)):
        logits[row] = _dot(hidden, output[row])
        if logits[row] > best:
            best, label = logits[row], row
    whole = 0.0
    for row in range(len(output)):
        whole += np.exp(logits[row] - best)
    return label, 1.0 / whole + TINY
