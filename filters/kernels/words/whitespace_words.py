"""Words of a text as ``str.split`` finds them: hash, length and kind of each, in one pass."""

from __future__ import annotations

import numpy as np

from ..machine.buffers import Bytes
from ..machine.eight_bytes import HIGH, ZERO, above_space_of, letters_of
from ..machine.hashing import ALL, SEED, hash_block, hash_bytes, hash_tail
from ..machine.instructions import load_eight, trailing_zeros
from ..machine.kernel import inner
from ..unicode.unicode_table import Blocks, Index, decode, lookup
from .uax29_words import BEGINS, LETTER, PLAIN, SPACE, SPACE_FLAG, Words, kind_of


@inner
def split_whitespace(
    data: Bytes, start: int, end: int, index: Index, blocks: Blocks, of_ascii: Bytes, words: Words
) -> int:
    """Words of ``str.split``."""
    hashes, lengths, kinds = words.hashes, words.lengths, words.kinds
    count = 0
    position = start
    while position < end:
        stop = position
        kind = 0
        state = SEED
        tail = ZERO
        extra_bytes = 0
        hashed = position  # up to here
        while stop < end:
            run = 0
            if stop + 8 <= end:
                block = load_eight(data, stop)
                run = trailing_zeros(~above_space_of(block) & HIGH) >> 3
                mask = ALL >> np.uint64(64 - 8 * run) if run else ZERO
                if letters_of(block) & mask:
                    kind |= PLAIN | LETTER
                elif not kind & PLAIN:
                    for at in range(stop, stop + run):
                        kind |= of_ascii[data[at]] & PLAIN
                stop += run
                if run == 8:
                    if hashed == stop - 8:
                        state = hash_block(state, block)
                        hashed = stop
                    continue
                if hashed == stop - run:
                    tail = block
            if stop == end:
                break
            byte = data[stop]
            if byte < 0x80:
                if of_ascii[byte] & SPACE:
                    break
                kind |= of_ascii[byte] & (PLAIN | LETTER)
                stop += 1
            else:
                code_point, width = decode(data, stop)
                bits = lookup(index, blocks, code_point)
                if bits & SPACE_FLAG:
                    break
                kind |= kind_of(bits)
                extra_bytes += width - 1
                stop += width
            hashed = -1
        if stop == position:
            position += 1 if data[position] < 0x80 else decode(data, position)[1]
            continue
        if hashed >= 0 and stop - hashed < 8 and hashed + 8 <= end:
            hashes[count] = hash_tail(state, tail, stop - hashed, stop - position)
        else:
            hashes[count] = hash_bytes(data, position, stop)
        lengths[count] = stop - position - extra_bytes
        kinds[count] = kind | BEGINS
        count += 1
        position = stop
    return count
