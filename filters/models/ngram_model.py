"""Language models of ours: a line of JSON, then the table of n-grams.

The table lies in the file as it does in memory, so that processes which score share it. A packed file is for shipping:
its table is compressed, byte by byte of all n-grams.
"""

from __future__ import annotations

import functools
import json
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ..kernels.lines.ccnet_lines import normalize_lines
from ..kernels.machine.buffers import Floats, Int64s, UInt64s
from ..kernels.models.backoff import STEPS, Table, score
from ..kernels.models.kneser_ney import Learnt
from ..kernels.models.sentences import BY_SCRIPT, Sentences, sentences

MAGIC = b"textmill ngrams 1\n"
TABLE_AT = 4096
"""Where the table begins; the JSON before it is filled up with spaces."""
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]


class LineScores(NamedTuple):
    """What a language model makes of the lines that hold a word; shape (lines,) each, but for the last."""

    logs: Floats
    """Logarithms (base 10) of the probability of each line."""
    tokens: Int64s
    """Words, or pieces, and the end of the line."""
    unknown: Int64s
    """Words that the model has not seen."""
    lines: Int64s
    """Which line of its document each is."""
    of_document: Int64s
    """How many of them each document has, shape (documents,)."""


@dataclass(frozen=True)
class Reading:
    """How a model reads text."""

    words: str = BY_SCRIPT
    """How a line is parted; see :mod:`..kernels.models.sentences`."""
    fold: bool = False
    """Whether it is first written as CCNet does: lower case, no accents, every digit 0."""

    marks: bool = True
    """Whether words that are only punctuation count."""

    def sentences(self, text: pa.Array) -> Sentences:
        """The lines of a text column."""
        folded = normalize_lines(text, "perplexity")[0] if self.fold else text
        return sentences(folded, self.words, marks=self.marks)


class NgramModel(NamedTuple):
    """A model that :mod:`..kernels.models.kneser_ney` has learnt."""

    table: Table
    reading: Reading

    def score(self, text: pa.Array, *, whole: bool) -> LineScores:  # noqa: ARG002
        """Score the lines of a text column, which are always scored one by one."""
        found = self.reading.sentences(text)
        scores = score(self.table, found)
        tokens = np.diff(found.ends, prepend=0) + 1
        return LineScores(scores.codes / -STEPS, tokens, scores.unknown, found.lines, found.of_document)


def is_ngram_model(path: Path) -> bool:
    """Whether a file begins like one of ours."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def write_model(
    path: Path, learnt: Learnt, reading: Reading, facts: Mapping[str, Any], *, is_packed: bool = False
) -> None:
    """Write a model; the same one gives the same bytes.

    Args:
        path: The file.
        learnt: The model.
        reading: How it reads.
        facts: What else its file is to say.
        is_packed: Whether to compress the table.
    """
    table = learnt.table
    header = {
        "fold": reading.fold, "marks": reading.marks,
        "order": table.order, "packed": is_packed, "prints": int(table.prints).bit_length(),
        "slots": len(table.slots), "unknown": table.unknown, "words": reading.words, **facts,
    }  # fmt: skip
    line = MAGIC + json.dumps(header, sort_keys=True, ensure_ascii=True).encode()
    if len(line) >= TABLE_AT:
        raise ValueError(f"{len(line)} bytes of facts are too many")
    content: bytes | memoryview = table.slots.astype("<u8", copy=False).data.cast("B")
    if is_packed:
        planes = np.frombuffer(content, np.uint8).reshape(-1, 8).T.tobytes()
        content = lzma.compress(planes, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC32, filters=FILTERS)
    with path.open("wb") as file:
        file.write(line.ljust(TABLE_AT - 1) + b"\n")
        file.write(content)


def read_facts(path: Path) -> dict[str, Any]:
    """What a model's file says of it.

    Raises:
        RecipeError: for a file that is no such model.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(TABLE_AT)
        if len(begin) < TABLE_AT or not begin.startswith(MAGIC):
            raise ValueError("it does not begin as one does")
        facts: dict[str, Any] = json.loads(begin[len(MAGIC) :])
    except (OSError, ValueError) as error:
        raise RecipeError(f"cannot load the n-gram model {path}: {error}") from error
    return facts


@functools.lru_cache(maxsize=16)
def load_model(path: str) -> NgramModel:
    """Load a model once in a process.

    Raises:
        RecipeError: for a file that is no such model, or is cut off.
    """
    facts = read_facts(Path(path))
    try:
        slots = _read_slots(path, int(facts["slots"]), is_packed=bool(facts["packed"]))
        table = Table(int(facts["order"]), slots, np.uint64((1 << facts["prints"]) - 1), int(facts["unknown"]))
        return NgramModel(table, Reading(str(facts["words"]), bool(facts["fold"]), bool(facts["marks"])))
    except (OSError, ValueError, KeyError, TypeError, lzma.LZMAError) as error:
        raise RecipeError(f"cannot load the n-gram model {path}: {error}; it is damaged, train it again") from error


def _read_slots(path: str, count: int, *, is_packed: bool) -> UInt64s:
    if not is_packed:
        mapped = np.memmap(path, dtype="<u8", mode="r", offset=TABLE_AT)
        if len(mapped) != count:
            raise ValueError(f"it has {len(mapped):,} slots instead of {count:,}")
        return mapped.view(np.ndarray)
    content = Path(path).read_bytes()[TABLE_AT:]
    planes = np.frombuffer(lzma.decompress(content, format=lzma.FORMAT_XZ), np.uint8)
    if len(planes) != 8 * count:
        raise ValueError(f"it has {len(planes):,} bytes instead of {8 * count:,}")
    return np.ascontiguousarray(planes.reshape(8, -1).T).view("<u8").ravel()
