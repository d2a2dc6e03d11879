"""The libraries behind :class:`~.tokenizing.Tokenize`, each wrapped to give flat arrays of ids."""

from __future__ import annotations

import base64
import binascii
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import regex
import tiktoken

from ...errors import RecipeError

Ids: TypeAlias = npt.NDArray[np.uint32]
Offsets: TypeAlias = npt.NDArray[np.int64]

NEWER_THAN_TABLES = (
    "\u088f\u0c5c\u0cdc\u1acf-\u1add\u1ae0-\u1aeb\ua7ce\ua7cf\ua7d2\ua7d4\ua7f1"
    "\U00010940-\U00010959\U00010ec5-\U00010ec7\U00010efa\U00010efb\U00011b60-\U00011b67\U00011db0-\U00011ddb"
    "\U00011de0-\U00011de9\U00016ea0-\U00016eb8\U00016ebb-\U00016ed3\U00016ff2-\U00016ff6\U000187f8-\U000187ff"
    "\U00018d09-\U00018d1e\U00018d80-\U00018df2\U0001e6c0-\U0001e6de\U0001e6e0-\U0001e6f5\U0001e6fe\U0001e6ff"
    "\U0002b73a-\U0002b73f\U0002cea2-\U0002cead\U000323b0-\U00033479"
)
"""Characters of Unicode 17: tiktoken's regular expressions know them as letters, quicktok's tables (16.0) do not."""

LONG_SPACE = 100_000
"""A run of white space this long goes round tiktoken's regular expressions, which overflow their stack at a million."""


class Encoder(ABC):
    """Texts to token ids, special tokens taken for ordinary text."""

    @abstractmethod
    def encode(self, texts: Sequence[str]) -> tuple[Ids, Offsets]:
        """Encode texts; text i has the ids ``ids[offsets[i]:offsets[i + 1]]``."""

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

    def encode(self, texts: Sequence[str]) -> tuple[Ids, Offsets]:
        """Encode texts in one call, on one thread: the workers are processes."""
        ids, offsets = self._fast.encode_batch(texts, 1)
        column = pa.array(texts, pa.large_string())
        newer = np.flatnonzero(
            pc.match_substring_regex(column, f"[{NEWER_THAN_TABLES}]").to_numpy(zero_copy_only=False)
        )
        if not len(newer):
            return ids, offsets
        parts = [ids[start:end] for start, end in pairwise(offsets.tolist())]
        for index in newer.tolist():
            parts[index] = self._exact.encode(texts[index])
        return _joined(parts)

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`; the SHA-256 is that of the published ``.tiktoken`` file of this vocabulary."""
        lines = b"".join(base64.b64encode(token) + b" %d\n" % rank for token, rank in self._ranks.items())
        return {
            "name": self._name,
            "vocabulary_size": self._fast.n_vocab,
            "sha256": hashlib.sha256(lines).hexdigest(),
            "libraries": _versions("quicktok-v1", "tiktoken"),
        }


class TiktokenFile(Encoder):
    """A vocabulary in a ``.tiktoken`` file."""

    def __init__(self, path: Path, pattern: str) -> None:
        content = path.read_bytes()
        self._ranks = _parse_ranks(path, content)
        self._sha256 = hashlib.sha256(content).hexdigest()
        self._name, self._pattern = path.name, pattern
        self._encoding = Tiktoken(path.name, pattern, self._ranks)

    def encode(self, texts: Sequence[str]) -> tuple[Ids, Offsets]:
        """Encode texts one by one."""
        return _joined([self._encoding.encode(text) for text in texts])

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`."""
        return {
            "name": self._name,
            "pattern": self._pattern,
            "vocabulary_size": max(self._ranks.values()) + 1,
            "sha256": self._sha256,
            "libraries": _versions("tiktoken"),
        }


class HuggingFace(Encoder):
    """A ``tokenizer.json``; its truncation, padding and special tokens are switched off."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        content = path.read_bytes()
        self._name, self._sha256 = path.name, hashlib.sha256(content).hexdigest()
        try:
            self._tokenizer = Tokenizer.from_buffer(content)
        except Exception as error:  # the library raises bare Exceptions
            raise RecipeError(f"tokenize: cannot load {path.name}: {error}") from error
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True

    def encode(self, texts: Sequence[str]) -> tuple[Ids, Offsets]:
        """Encode texts one by one: the library's batches start threads, which quarrel with forks and other workers."""
        encode = self._tokenizer.encode
        return _joined([np.array(encode(text, add_special_tokens=False).ids, dtype=np.uint32) for text in texts])

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`."""
        return {
            "name": self._name,
            "vocabulary_size": self._tokenizer.get_vocab_size(),
            "sha256": self._sha256,
            "libraries": _versions("tokenizers"),
        }


def check_vocabulary(path: Path) -> None:
    """Tell a file that cannot be a vocabulary, without loading it into a library.

    Raises:
        RecipeError: saying what the file should hold.
    """
    content = path.read_bytes()
    if path.suffix == ".tiktoken":
        _parse_ranks(path, content)
        return
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RecipeError(f"tokenize: {path} is not JSON ({error})") from error
    if not isinstance(parsed, dict) or "model" not in parsed:
        raise RecipeError(f"tokenize: {path} is not a Hugging Face tokenizer.json: it has no 'model'")


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


def _parse_ranks(path: Path, content: bytes) -> dict[bytes, int]:
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


def _joined(parts: Sequence[Ids]) -> tuple[Ids, Offsets]:
    offsets = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum([len(part) for part in parts], out=offsets[1:])
    return (np.concatenate(parts) if parts else np.empty(0, dtype=np.uint32)), offsets


def _versions(*distributions: str) -> dict[str, str]:
    return {name: version(name) for name in distributions}
