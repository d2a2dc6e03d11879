"""What fastText makes of a text, from the bytes of a column: the most likely label of each document.

A word's vector is the sum of those of its parts. Most words were met before, so the sums of short ones are remembered,
which makes prediction several times as fast; they are always summed up on their own, so that what is remembered decides
nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Float32Matrix, Floats, Floats32, Int64s, UInt64s
from ..machine.eight_bytes import HIGH, above_space_of
from ..machine.hashing import SEED, hash_bytes, hash_tail
from ..machine.instructions import bits_set, load_eight, trailing_zeros
from ..machine.kernel import inner, integer, kernel
from ..machine.vectors import add_row
from .fasttext_labels import down, most_likely
from .fasttext_tables import ONE, PAIRS, LabelTree, SubwordTable, WordMemory, WordTable

LABEL = np.frombuffer(b"__label__", dtype=np.uint8)
OPEN, CLOSE = 0x3C, 0x3E
LONGEST_REMEMBERED_BYTES = 64
FIRST, FACTOR, LOW = 2166136261, 16777619, 0xFFFFFFFF
"""FNV-1a with 32 bits, as fastText has it: bytes from 0x80 on are negative."""
LISTED = 128


class Scratch(NamedTuple):
    """Room to work in; :func:`scratch_for` makes it."""

    keys: UInt64s
    starts: Int64s
    ends: Int64s
    """Hashes of the next words, and where they stand."""
    hashed: Int64s
    """The bytes of a word, as they are hashed."""
    rows: Int64s
    """Of the next parts of a word."""
    total: Floats
    hidden: Floats32
    stack: Int64s
    chances: Floats


def scratch_for(
    longest: int, vectors: Float32Matrix, parts: SubwordTable, output: Float32Matrix, tree: LabelTree
) -> Scratch:
    """Room for texts of up to so many bytes."""
    return Scratch(
        keys=np.empty(LISTED, dtype=np.uint64),
        starts=np.empty(LISTED, dtype=np.int64),
        ends=np.empty(LISTED, dtype=np.int64),
        hashed=np.empty(longest + 2, dtype=np.int64),
        rows=np.empty(max(parts.longest, 0) + LISTED, dtype=np.int64),
        total=np.empty(vectors.shape[1], dtype=np.float64),
        hidden=np.empty(vectors.shape[1], dtype=np.float32),
        stack=np.empty(len(tree.children) + 2, dtype=np.int64),
        chances=np.empty(len(output) + 3, dtype=np.float64),
    )


def top_labels(
    offsets: Int64s, data: Bytes, vectors: Float32Matrix, words: WordTable, parts: SubwordTable, output: Float32Matrix,
    tree: LabelTree, memory: WordMemory, scratch: Scratch,
) -> tuple[Int64s, Floats, Int64s]:  # fmt: skip
    """The number of each document's most likely label, its probability, and how many known words and parts it holds.

    Line feeds separate words like spaces. The end of the text counts as a word where the model knows one.

    Args:
        offsets: Shape (n + 1,); document i is ``data[offsets[i]:offsets[i + 1]]``.
        data: UTF-8.
        vectors: Shape (rows, dimensions), of words and parts of words.
        words: The rows of words.
        parts: The rows of parts of words.
        output: Shape (labels or inner nodes, dimensions).
        tree: The labels in a tree; without a node for a plain softmax.
        memory: Of the same model; no other thread may use it at the same time.
        scratch: Room for the longest of the texts, for this thread alone.
    """
    documents = len(offsets) - 1
    labels, known = np.full((2, documents), -1, dtype=np.int64)
    known[:] = 0
    scores = np.zeros(documents, dtype=np.float64)
    _predict(offsets, data, vectors, words, parts, output, tree, memory, scratch, labels, scores, known)
    return labels, scores, known


@kernel
def _predict(
    offsets: Int64s, data: Bytes, vectors: Float32Matrix, words: WordTable, parts: SubwordTable, output: Float32Matrix,
    tree: LabelTree, memory: WordMemory, scratch: Scratch, labels: Int64s, scores: Floats, known: Int64s,
) -> None:  # fmt: skip
    hidden = scratch.hidden
    for document in range(len(offsets) - 1):
        scratch.total[:] = 0.0
        count = _add_words(data, offsets[document], offsets[document + 1], vectors, words, parts, memory, scratch)
        known[document] = count
        if words.end_row >= 0:
            count += 1
            add_row(scratch.total, vectors, words.end_row)
        if count == 0:
            continue
        for at in range(len(hidden)):
            hidden[at] = scratch.total[at] / count
        if len(tree.children):
            labels[document], scores[document] = down(hidden, output, tree.children, scratch.stack, scratch.chances)
        else:
            labels[document], scores[document] = most_likely(hidden, output, scratch.chances)


@inner
def _add_words(
    data: Bytes, position: int, end: int, vectors: Float32Matrix, words: WordTable, parts: SubwordTable,
    memory: WordMemory, scratch: Scratch,
) -> int:  # fmt: skip
    """Sum up the words of a text; returns how many of them and their parts are known."""
    known = 0
    keys, starts, ends, total = scratch.keys, scratch.starts, scratch.ends, scratch.total
    while position < end:
        # Finding words and looking them up take turns: so the processor fetches the sums of many words at a time.
        listed, position = _list_words(data, position, end, keys, starts, ends)
        for word in range(listed):
            key = keys[word]
            place = 2 * PAIRS
            count = 0
            if ends[word] - starts[word] <= LONGEST_REMEMBERED_BYTES:
                pair = integer(key) >> 1 & (PAIRS - 1)
                at_second = memory.entries[pair, 1] == integer(key)
                is_known = at_second or memory.entries[pair, 0] == integer(key)
                side = integer(at_second) if is_known else 1 - integer(memory.used_last[pair])
                memory.used_last[pair] = side
                place = 2 * pair + side
                if not is_known:
                    count = _sum_up(data, starts[word], ends[word], key, vectors, words, parts, memory, place, scratch)
                    memory.entries[pair, side], memory.entries[pair, 2 + side] = integer(key), count
                count = memory.entries[pair, 2 + side]
            else:
                count = _sum_up(data, starts[word], ends[word], key, vectors, words, parts, memory, place, scratch)
            known += count
            add_row(total, memory.sums, place)
    return known


@inner
def _list_words(data: Bytes, position: int, end: int, keys: UInt64s, starts: Int64s, ends: Int64s) -> tuple[int, int]:
    """List the next words with their hashes, as many as there is room for; returns how many, and where to go on."""
    count = 0
    while position < end and count < len(keys):
        while position < end and _separates(data[position]):
            position += 1
        start = position
        position = _word_end(data, start, end)
        length = position - start
        if length == 0 or (data[start] == 0x5F and _is_label(data, start, position)):
            continue
        if length == 4 and _is_end(data, start):
            return count, end
        starts[count], ends[count] = start, position
        if length < 8 and start + 8 <= len(data):  # as hash_bytes does, at once
            keys[count] = hash_tail(SEED, load_eight(data, start), length, length) | ONE
        else:
            keys[count] = hash_bytes(data, start, position) | ONE
        count += 1
    return count, position


@inner
def _separates(byte: int) -> bool:
    return byte == 0x20 or 0x09 <= byte <= 0x0D or byte == 0


@inner
def _word_end(data: Bytes, position: int, end: int) -> int:
    """Where the next separator stands, or the end."""
    while position < end and position + 8 <= len(data):
        block = load_eight(data, position)
        gaps = ~above_space_of(block) & ~block & HIGH  # the space and every control character
        position += trailing_zeros(gaps) >> 3
        if gaps and position < end:
            if _separates(data[position]):
                return position
            position += 1
    while position < end and not _separates(data[position]):
        position += 1
    return min(position, end)


@inner
def _is_end(data: Bytes, start: int) -> bool:
    return bool(data[start] == 0x3C and data[start + 1] == 0x2F and data[start + 2] == 0x73 and data[start + 3] == 0x3E)


@inner
def _is_label(data: Bytes, start: int, end: int) -> bool:
    same = end - start >= len(LABEL)
    for at in range(min(len(LABEL), end - start)):
        same &= data[start + at] == LABEL[at]
    return bool(same)


@inner
def _sum_up(
    data: Bytes, start: int, end: int, key: np.uint64, vectors: Float32Matrix, words: WordTable, parts: SubwordTable,
    memory: WordMemory, place: int, scratch: Scratch,
) -> int:  # fmt: skip
    """Sum up a word and its parts in its place; returns how many of them are known."""
    result, hashed, rows = memory.sums[place], scratch.hashed, scratch.rows
    result[:] = 0.0
    count = 0
    mask = len(words.keys) - 1
    slot = integer(key >> np.uint64(1)) & mask
    while words.keys[slot] != np.uint64(0) and words.keys[slot] != key:
        slot = (slot + 1) & mask
    if words.keys[slot] == key:
        add_row(result, vectors, words.rows[slot])
        count += 1
    if parts.longest < parts.shortest:
        return count
    size = end - start + 2
    hashed[0], hashed[size - 1] = OPEN, CLOSE
    for at in range(end - start):
        byte = integer(data[start + at])
        hashed[at + 1] = byte | 0xFFFFFF00 if byte >= 0x80 else byte
    inverse = 1.0 / parts.buckets
    found = 0
    for first in range(size):
        if hashed[first] & 0xC0 == 0x80:
            continue
        if found + parts.longest > len(rows):
            _add_rows(result, vectors, rows, found)
            count += found
            found = 0
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
                bucket += parts.buckets if bucket < 0 else 0
                bucket -= parts.buckets if bucket >= parts.buckets else 0
                if parts.is_pruned:  # nothing foretells what is left, so that a branch would cost more
                    block, bit = bucket >> 6, np.uint64(bucket & 63)
                    bits = parts.blocks[block, 0]
                    before = integer(parts.blocks[block, 1]) + bits_set(bits & ((ONE << bit) - ONE))
                    rows[found] = parts.first_row + before
                    found += integer((bits >> bit) & ONE)
                else:
                    rows[found] = parts.first_row + bucket
                    found += 1
            length += 1
    _add_rows(result, vectors, rows, found)
    return count + found


@inner
def _add_rows(result: Floats32, vectors: Float32Matrix, rows: Int64s, count: int) -> None:
    for number in range(count):
        add_row(result, vectors, rows[number])
