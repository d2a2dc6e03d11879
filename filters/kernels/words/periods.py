"""How often a run of words stands directly behind itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64s, text_buffers
from ..machine.jit import allocating
from .splitting import Tables, load, split
from .uax29_words import new_words


def most_repeats(text: pa.Array, mode: int, longest_period: int) -> Int64s:
    """By document, how many times a run of up to so many words stands one behind the other; 0 without words."""
    offsets, data = text_buffers(text)
    return _most_repeats(offsets, data, load(), mode, longest_period)


@allocating
def _most_repeats(offsets: Int64s, data: Bytes, tables: Tables, mode: int, longest_period: int) -> Int64s:
    documents = len(offsets) - 1
    result = np.zeros(documents, dtype=np.int64)
    words = new_words(offsets)
    for document in range(documents):
        count = split(data, offsets[document], offsets[document + 1], tables, mode, words)
        most = min(count, 1)
        for period in range(1, min(longest_period, count) + 1):
            run = longest = 0  # words that are as the one a period before
            for word in range(period, count):
                run = (run + 1) * (words.hashes[word] == words.hashes[word - period])
                longest = max(longest, run)
            most = max(most, longest // period + 1)
        result[document] = most
    return result
