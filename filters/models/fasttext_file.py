"""fastText's model files as arrays that our own kernel predicts from."""

from __future__ import annotations

import functools
import mmap
import struct
import threading
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...errors import RecipeError
from ..kernels.machine.buffers import Float32Matrix, Floats, Int64s, TextBuffers, longest_bytes
from ..kernels.models.fasttext import Scratch, scratch_for, top_labels
from ..kernels.models.fasttext_tables import (
    LabelTree,
    SubwordTable,
    WordMemory,
    WordTable,
    subword_table,
    word_memory,
    word_table,
)
from .loading import LABEL_PREFIX

MAGIC, VERSION = 793712314, 12
HIERARCHICAL_SOFTMAX, SOFTMAX = 1, 3
SUPERVISED = 3
KEPT_BYTES = 1 << 16
CENTROIDS = 256
ENTRY_BYTES = 10
"""The zero behind a word, its count, and its kind."""


class FastTextModel(NamedTuple):
    """A supervised model without word n-grams, ready to predict from."""

    labels: tuple[str, ...]
    """Without the ``__label__`` in front."""
    rows: Float32Matrix
    """Shape (words and buckets, dimensions): the vectors of words, then of parts of words."""
    words: WordTable
    subwords: SubwordTable
    output: Float32Matrix
    """Shape (labels, dimensions); of a hierarchical softmax one less: those of the inner nodes."""
    tree: LabelTree
    """The tree of a hierarchical softmax; without a node for a plain one."""
    remembered: threading.local
    """What each thread remembers of the words that it has met."""

    def top_labels(self, text: TextBuffers) -> tuple[Int64s, Floats, Int64s]:
        """See :func:`~textmill.filters.kernels.models.fasttext.top_labels`."""
        memory: WordMemory | None = self.remembered.__dict__.get("words")
        if memory is None:
            memory = self.remembered.words = word_memory(self.rows.shape[1])
        scratch = self._scratch(longest_bytes(text.offsets))
        return top_labels(*text, self.rows, self.words, self.subwords, self.output, self.tree, memory, scratch)

    def _scratch(self, longest: int) -> Scratch:
        """Room for texts of up to so many bytes; that for texts of usual length is kept by each thread."""
        if longest > KEPT_BYTES:
            return scratch_for(longest, self.rows, self.subwords, self.output, self.tree)
        kept: Scratch | None = self.remembered.__dict__.get("scratch")
        if kept is None:
            kept = self.remembered.scratch = scratch_for(KEPT_BYTES, self.rows, self.subwords, self.output, self.tree)
        return kept


class _Reader:
    """Takes one field of the file after the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, *shape: int) -> npt.NDArray[np.generic]:
        count = int(np.prod(shape, dtype=np.int64))
        found = np.frombuffer(self.data, np.dtype(kind), count, self.at)
        self.at += found.nbytes
        return found.reshape(shape)

    def entries(self, size: int) -> tuple[list[bytes], list[int]]:
        """Words and their counts."""
        data, at = self.data, self.at
        words: list[bytes] = []
        ends: list[int] = []
        for _ in range(size):
            end = data.find(b"\0", at)
            if end < 0:
                raise ValueError("it ends too early")
            words.append(data[at:end])
            ends.append(end)
            at = end + ENTRY_BYTES
        if at > len(data):
            raise ValueError("it ends too early")
        self.at = at
        places = np.array(ends, dtype=np.int64)[:, None] + np.arange(1, 9)
        counts = np.frombuffer(data, np.uint8)[places].view("<i8")
        return words, counts.ravel().tolist()


@functools.cache
def read_fasttext(path: str) -> FastTextModel | None:
    """Read a ``.bin`` or ``.ftz`` file once in this process; None for a kind of model that the kernel has no way for.

    A file that is not quantised stays on disk, and what is looked at of it is in memory once for all processes.

    Raises:
        RecipeError: when the file is missing, is no fastText model, or ends too early.
    """
    try:
        with Path(path).open("rb") as file:
            return _read(_Reader(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)))
    except (OSError, ValueError, struct.error) as error:
        raise RecipeError(f"cannot load the fastText model {path}: {error}") from error


def _read(file: _Reader) -> FastTextModel | None:
    magic, version = file.take("ii")
    if magic != MAGIC or version > VERSION:
        raise ValueError("it is none, or of a later version")
    dim, _, _, _, _, word_ngrams, loss, kind, buckets, shortest, longest, _ = file.take("12i")
    file.take("d")
    if kind != SUPERVISED or word_ngrams > 1 or loss not in (HIERARCHICAL_SOFTMAX, SOFTMAX):
        return None
    size, word_count, _, _, pruned = file.take("iiiqq")
    words, counts = file.entries(size)
    kept = file.array("<i4", max(pruned, 0), 2).astype(np.int64)
    rows = _matrix(file, dim)
    if pruned > 0:  # parts of words by their buckets, so that counting these finds the row
        kept = kept[np.argsort(kept[:, 0])]
        rows = np.concatenate([rows[:word_count], rows[word_count + kept[:, 1]]])
    output = _matrix(file, dim)
    if pruned == 0:
        shortest, longest = 1, 0  # no part of a word is known
    return FastTextModel(
        labels=tuple(word.decode().removeprefix(LABEL_PREFIX) for word in words[word_count:]),
        rows=rows,
        words=word_table(words[:word_count]),
        subwords=subword_table(shortest, longest, buckets, word_count, kept[:, 0] if pruned >= 0 else None),
        output=np.ascontiguousarray(output),
        tree=_tree(counts[word_count:] if loss == HIERARCHICAL_SOFTMAX else []),
        remembered=threading.local(),
    )


def _matrix(file: _Reader, dim: int) -> Float32Matrix:
    """A matrix, of which a quantised one is spelled out."""
    (is_quantised,) = file.take("?")
    if not is_quantised:
        height, width = file.take("qq")
        return file.array("<f4", height, width).astype(np.float32, copy=False)
    (has_norms,) = file.take("?")
    height, width, code_bytes = file.take("qqi")
    codes = file.array("u1", height, code_bytes // max(height, 1))
    vectors = _spelled_out(file, codes, dim)
    if has_norms:
        vectors = vectors * _spelled_out(file, file.array("u1", height, 1), 1)
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _spelled_out(file: _Reader, codes: npt.NDArray[np.generic], width: int) -> Float32Matrix:
    """Product quantisation: each code is the number of a piece of a vector."""
    dim, parts, part, last = file.take("iiii")
    centroids = file.array("<f4", dim * CENTROIDS).astype(np.float32)
    result = np.empty((len(codes), width), dtype=np.float32)
    for number in range(parts):
        size = last if number == parts - 1 else part
        start = number * CENTROIDS * part
        pieces = centroids[start : start + CENTROIDS * size].reshape(CENTROIDS, size)
        result[:, number * part : number * part + size] = pieces[codes[:, number].astype(np.int64)]
    return result


def _tree(counts: list[int]) -> LabelTree:
    """Huffman's tree over the labels, which the file holds in falling order of their counts."""
    leaves = len(counts)
    total = counts + [10**15] * max(leaves - 1, 0)
    children = np.zeros((max(leaves - 1, 0), 2), dtype=np.int64)
    leaf, inner = leaves - 1, leaves
    for node in range(leaves, 2 * leaves - 1):
        for side in range(2):
            if leaf >= 0 and total[leaf] < total[inner]:
                children[node - leaves, side], leaf = leaf, leaf - 1
            else:
                children[node - leaves, side], inner = inner, inner + 1
        total[node] = total[children[node - leaves, 0]] + total[children[node - leaves, 1]]
    return LabelTree(children)
