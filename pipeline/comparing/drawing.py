"""Equal numbers of tokens drawn from a run, several times, by a keyed hash of the documents' ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from ...errors import InputError
from ...filters.kernels.models.sentences import Sentences, numbered
from ..input.inputs import InputOptions
from ..steps.tokenizing import Tokenize
from ..training.sources import Source

Tokens = npt.NDArray[np.uint64]
Ends = npt.NDArray[np.int64]

MOST_BYTES_PER_TOKEN = 8
"""So much text is read for each token that is wanted; what is too much is left out."""
TEXTS_AT_ONCE = 500


@dataclass(frozen=True)
class Tokenized:
    """Documents as token numbers; document i is ``numbers[ends[i - 1]:ends[i]]``."""

    numbers: Tokens
    ends: Ends

    def first(self, tokens: int) -> Tokenized:
        """The documents of the first so many tokens; the last one may be cut."""
        count = int(np.searchsorted(self.ends, tokens))
        ends = np.minimum(self.ends[: count + 1], tokens)
        return Tokenized(self.numbers[:tokens], ends)

    @property
    def sentences(self) -> Sentences:
        """For language models: a document is a line."""
        return numbered(self.numbers, self.ends)


@dataclass(frozen=True)
class Draws:
    """Samples of a run that share no document, and the hashes of all its texts."""

    samples: Sequence[Tokenized]
    texts: npt.NDArray[np.uint64]
    documents: int


def draw_tokens(
    source: Source, samples: int, tokens: int, tokenizer: Tokenize, reading: InputOptions, *, salt: str
) -> Draws:
    """Part the documents of a run by the hash of their ids, and take from each part the first ones by that hash.

    So a document that is in two runs is in the same sample of both. A part that has fewer tokens gives all.

    Raises:
        InputError: when the run has no text.
    """
    hashes, sizes, texts = _measured(source, reading, salt)
    if not len(hashes):
        raise InputError(f"{source.path} has kept no document, so there is nothing to compare")
    limits = []
    for part in range(samples):
        of_part = np.flatnonzero(hashes % samples == part)
        order = of_part[np.argsort(hashes[of_part], kind="stable")]
        count = int(np.searchsorted(np.cumsum(sizes[order]), tokens * MOST_BYTES_PER_TOKEN)) + 1
        limits.append(int(hashes[order[:count][-1]]) if len(order) else -1)
    taken: list[list[tuple[int, str]]] = [[] for _ in range(samples)]
    for batch in source.read(reading):
        for doc_id, text in zip(batch["doc_id"].to_pylist(), batch["text"], strict=True):
            number = _hash(doc_id, salt)
            if number <= limits[number % samples]:
                taken[number % samples].append((number, text.as_py()))
    found = []
    for part_taken in taken:
        part_taken.sort()
        found.append(tokenize([text for _, text in part_taken], tokenizer))
    return Draws(found, np.unique(texts), len(hashes))


def tokenize(texts: Sequence[str], tokenizer: Tokenize) -> Tokenized:
    """Texts as token numbers."""
    numbers: list[Tokens] = []
    lengths: list[Ends] = []
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        ids = tokenizer.encode(pa.array(texts[start : start + TEXTS_AT_ONCE], pa.large_string()))
        numbers.append(ids.flatten().to_numpy().astype(np.uint64))
        lengths.append(pc.list_value_length(ids).to_numpy().astype(np.int64))
    if not numbers:
        return Tokenized(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64))
    return Tokenized(np.concatenate(numbers), np.cumsum(np.concatenate(lengths)))


def hash_of(text: str) -> int:
    """What tells whether two texts are the same."""
    return xxhash.xxh3_64_intdigest(text.encode())


def _measured(
    source: Source, reading: InputOptions, salt: str
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    hashes: list[int] = []
    texts: list[int] = []
    sizes: list[int] = []
    for batch in source.read(reading):
        hashes.extend(_hash(doc_id, salt) for doc_id in batch["doc_id"].to_pylist())
        texts.extend(hash_of(text.as_py()) for text in batch["text"])
        sizes.extend(pc.binary_length(batch["text"]).to_pylist())
    return np.array(hashes, np.uint64), np.array(sizes, np.int64), np.array(texts, np.uint64)


def _hash(doc_id: str, salt: str) -> int:
    return xxhash.xxh3_64_intdigest(f"{salt}\x00{doc_id}")
