"""The libraries behind :class:`~.tokenizing.Tokenize`, each wrapped to give flat arrays of ids."""

from __future__ import annotations

import base64
import binascii
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import regex
import tiktoken

from ...errors import RecipeError
from ...filters.kernels.machine.buffers import Bytes, text_buffers
from ...filters.kernels.unicode.code_points import code_point_set, holding_any
from .wrapping import Ids, Offsets, joined

NEWER_THAN_TABLES = (
    (0x88F, 0x88F), (0xC5C, 0xC5C), (0xCDC, 0xCDC), (0x1ACF, 0x1ADD), (0x1AE0, 0x1AEB), (0xA7CE, 0xA7CF),
    (0xA7D2, 0xA7D2), (0xA7D4, 0xA7D4), (0xA7F1, 0xA7F1), (0x10940, 0x10959), (0x10EC5, 0x10EC7),
    (0x10EFA, 0x10EFB), (0x11B60, 0x11B67), (0x11DB0, 0x11DDB), (0x11DE0, 0x11DE9), (0x16EA0, 0x16EB8),
    (0x16EBB, 0x16ED3), (0x16FF2, 0x16FF6), (0x187F8, 0x187FF), (0x18D09, 0x18D1E), (0x18D80, 0x18DF2),
    (0x1E6C0, 0x1E6DE), (0x1E6E0, 0x1E6F5), (0x1E6FE, 0x1E6FF), (0x2B73A, 0x2B73F), (0x2CEA2, 0x2CEAD),
    (0x323B0, 0x33479),
)  # fmt: skip
"""Letters of Unicode 17, first and last: tiktoken's regular expressions know them, quicktok's tables (16.0) do not."""

SPECIAL_IDS: Mapping[str, Mapping[str, int]] = {
    "cl100k": {
        "<|endoftext|>": 100257,
        "<|fim_prefix|>": 100258,
        "<|fim_middle|>": 100259,
        "<|fim_suffix|>": 100260,
        "<|endofprompt|>": 100276,
    },
    "o200k": {"<|endoftext|>": 199999, "<|endofprompt|>": 200018},
}

LONG_SPACE = 100_000
"""A run of white space this long goes round tiktoken's regular expressions, which overflow their stack at a million."""


class Encoder(ABC):
    """Texts to token ids, special tokens taken for ordinary text."""

    unknown: int | None = None
    """Id of the token for what the vocabulary does not have, if it has one."""

    @abstractmethod
    def encode(self, text: pa.Array) -> tuple[Ids, Offsets]:
        """Encode a column; text i has the ids ``ids[offsets[i]:offsets[i + 1]]``."""

    def special(self, token: str) -> int | None:  # noqa: ARG002  # of others that have none by name
        """The id of a special token, which no text gives; None where there is none of that name."""
        return None

    def ends(self) -> tuple[Sequence[int], Sequence[int]]:
        """What the tokenizer itself puts before and behind a text when it is asked for its special tokens."""
        return (), ()

    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """What decides the ids: name, vocabulary size and SHA-256, libraries with versions."""


class Tiktoken:
    """tiktoken over given ranks, without special tokens, and without its crash on long white space."""

    def __init__(self, name: str, pattern: str, ranks: dict[bytes, int]) -> None:
        self._pattern = pattern
        self._encoding = tiktoken.Encoding(name=name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})

    def encode(self, text: str) -> Ids:
        """Encode one text."""
        if len(text) >= LONG_SPACE and regex.search(rf"\s{{{LONG_SPACE}}}", text):
            return self._encode_pieces(text)
        try:
            return self._encoding.encode_to_numpy(text, disallowed_special=())
        except BaseException as error:
            # The library's own panics are no Exceptions; anything else (an interrupt) must pass.
            if type(error).__name__ != "PanicException":
                raise
            return self._encode_pieces(text)

    def _encode_pieces(self, text: str) -> Ids:
        """Cut with a regular expression engine that needs no stack, then merge each piece; slower."""
        pieces = (match.group() for match in regex.finditer(self._pattern, text))
        ids = [np.asarray(self._encoding._encode_single_piece(piece), dtype=np.uint32) for piece in pieces]
        return np.concatenate(ids) if ids else np.empty(0, dtype=np.uint32)


class BuiltIn(Encoder):
    """cl100k and o200k by quicktok; texts with characters newer than its tables by tiktoken with the same ranks."""

    def __init__(self, name: str, pattern: str) -> None:
        import quicktok

        self._name, self._pattern = name, pattern
        self._fast = quicktok.get_encoding(f"{name}_base")

    @cached_property
    def _ranks(self) -> dict[bytes, int]:
        count = len(self._fast.token_byte_values())  # these come sorted by their bytes, not by rank
        return {self._fast.decode_single_token_bytes(rank): rank for rank in range(count)}

    @cached_property
    def _exact(self) -> Tiktoken:
        return Tiktoken(self._name, self._pattern, self._ranks)

    def encode(self, text: pa.Array) -> tuple[Ids, Offsets]:
        """Encode texts in one call, on one thread: the workers are processes."""
        as_bytes = pa.Array.from_buffers(pa.large_binary(), len(text), text.buffers(), 0, text.offset)
        ids, offsets = self._fast.encode_batch(as_bytes.to_pylist(), 1)
        newer = np.flatnonzero(holding_any(text_buffers(text), _newer_than_tables()))
        if not len(newer):
            return ids, offsets
        parts = [ids[start:end] for start, end in pairwise(offsets.tolist())]
        for index in newer.tolist():
            parts[index] = self._exact.encode(text[index].as_py())
        return joined(parts)

    def special(self, token: str) -> int | None:
        """See :class:`Encoder`; ids as in tiktoken."""
        return SPECIAL_IDS[self._name].get(token)

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`; the SHA-256 is that of the published ``.tiktoken`` file of this vocabulary."""
        lines = b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in self._ranks.items())
        return {
            "name": self._name,
            "vocabulary_size": self._fast.n_vocab,
            "sha256": hashlib.sha256(lines).hexdigest(),
            "libraries": versions("quicktok-v1", "tiktoken"),
        }


class TiktokenFile(Encoder):
    """A vocabulary in a ``.tiktoken`` file."""

    def __init__(self, path: Path, pattern: str) -> None:
        content = path.read_bytes()
        self._ranks = parse_ranks(path, content)
        self._sha256 = hashlib.sha256(content).hexdigest()
        self._name, self._pattern = path.name, pattern
        self._encoding = Tiktoken(path.name, pattern, self._ranks)

    def encode(self, text: pa.Array) -> tuple[Ids, Offsets]:
        """Encode texts one by one."""
        return joined([self._encoding.encode(one) for one in text.to_pylist()])

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`."""
        return {
            "name": self._name,
            "pattern": self._pattern,
            "vocabulary_size": max(self._ranks.values()) + 1,
            "sha256": self._sha256,
            "libraries": versions("tiktoken"),
        }


def check_pattern(pattern: str) -> None:
    """Refuse a pattern that does not compile.

    Raises:
        RecipeError: with the library's reason.
    """
    ranks = {bytes([value]): value for value in range(256)}
    try:
        tiktoken.Encoding(name="check", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        regex.compile(pattern)
    except (ValueError, regex.error) as error:
        raise RecipeError(f"tokenize: pattern is not a valid regular expression: {error}") from error


def parse_ranks(path: Path, content: bytes) -> dict[bytes, int]:
    """Read lines of base64 token and rank.

    Raises:
        RecipeError: for another form, or when a single byte has no token.
    """
    try:
        pairs = (line.split() for line in content.splitlines() if line.strip())
        ranks = {base64.b64decode(token, validate=True): int(rank) for token, rank in pairs}
    except (ValueError, binascii.Error) as error:
        raise RecipeError(
            f"tokenize: {path} is not a .tiktoken file (lines of base64 token and rank): {error}"
        ) from error
    missing = sum(bytes([value]) not in ranks for value in range(256))
    if missing:
        raise RecipeError(f"tokenize: {path} lacks {missing} of the 256 single bytes, so not every text has tokens")
    return ranks


@cache
def _newer_than_tables() -> Bytes:
    return code_point_set(NEWER_THAN_TABLES)


def versions(*distributions: str) -> dict[str, str]:
    """Look up versions of installed packages."""
    return {name: version(name) for name in distributions}
