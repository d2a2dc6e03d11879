"""Words of a text by plain loops, for twins of the kernels."""

import numpy as np

from textmill.filters.kernels.machine.hashing import hash_bytes
from textmill.filters.kernels.unicode.unicode_table import load
from textmill.filters.kernels.words import splitting
from textmill.filters.kernels.words.boundaries import UAX29, segment_end
from textmill.filters.kernels.words.uax29_words import BEGINS, LETTER, PLAIN, new_words


def slow_words(text: str, mode: int) -> list[str]:
    """By white space, or one segment after the other; where a segment ends has a test of its own."""
    if mode != UAX29:
        return text.split()
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    table = load()
    words = []
    position = 0
    while position < len(data):
        rest = bytes(data[position:]).decode()
        space = len(rest) - len(rest.lstrip())
        if space:
            position += len(rest[:space].encode())
            continue
        stop = segment_end(data, position, len(data), table.index, table.properties)
        words.append(bytes(data[position:stop]).decode())
        position = stop
    return words


def hash_of(word: str) -> int:
    data = np.frombuffer(word.encode(), dtype=np.uint8)
    return int(hash_bytes(data, 0, len(data)))


def kernel_words(text: str, mode: int) -> list[tuple[int, int, bool, bool, bool]]:
    """Hash, length, and whether the word holds what is no mark, holds a letter, and follows white space."""
    data = np.frombuffer(text.encode(), dtype=np.uint8)
    words = new_words(len(data))
    count = splitting.SPLITTERS[mode](data, 0, len(data), splitting.load(mode), words)
    return [
        (int(words.hashes[word]), int(words.lengths[word]), kind & PLAIN != 0, kind & LETTER != 0, kind & BEGINS != 0)
        for word, kind in enumerate(words.kinds[:count].tolist())
    ]
