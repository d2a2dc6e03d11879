"""How often a run of words stands directly behind itself."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..machine.buffers import Bytes, Int64s, longest_bytes, text_buffers
from ..machine.kernel import Kernel, kernel
from .splitting import Splitter, Tables, for_each_mode, load
from .uax29_words import Words, new_words


def most_repeats(text: pa.Array, mode: int, longest_period: int) -> Int64s:
    """By document, how many times a run of up to so many words stands one behind the other; 0 without words."""
    offsets, data = text_buffers(text)
    result = np.zeros(len(text), dtype=np.int64)
    _MOST_REPEATS[mode](offsets, data, load(mode), longest_period, new_words(longest_bytes(offsets)), result)
    return result


def _most_repeats(split: Splitter, _: int) -> Kernel[[Int64s, Bytes, Tables, int, Words, Int64s], None]:
    @kernel
    def _most_repeats(
        offsets: Int64s, data: Bytes, tables: Tables, longest_period: int, words: Words, result: Int64s
    ) -> None:
        for document in range(len(result)):
            count = split(data, offsets[document], offsets[document + 1], tables, words)
            most = min(count, 1)
            for period in range(1, min(longest_period, count) + 1):
                run = longest = 0  # words that are as the one a period before
                for word in range(period, count):
                    run = (run + 1) * (words.hashes[word] == words.hashes[word - period])
                    longest = max(longest, run)
                most = max(most, longest // period + 1)
            result[document] = most

    return _most_repeats


_MOST_REPEATS = for_each_mode(_most_repeats)
