"""Turn the text of kept documents into token ids, as the last step of a recipe."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from ...errors import InputError, RecipeError
from ...filters.base.step import Step

if TYPE_CHECKING:
    from .encoders import Encoder

BUILT_IN = ("cl100k", "o200k")
"""Tokenizers that come with the installed packages."""

PATTERNS: Mapping[str, str] = {
    "cl100k": r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$"
    r"|\s*[\r\n]|\s+(?!\S)|\s",
    "o200k": "|".join(
        (
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        )
    ),
    "gpt2": r"'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s",
}
"""How tiktoken cuts text into pieces before it merges bytes, by name."""

UNKNOWN_SHARE = "tokenize.unknown_share"

_MOST_IDS = 2**31 - 1


@dataclass(frozen=True)
class Tokenize(Step):
    """Add ``input_ids`` and ``token_count`` to every kept document.

    Text is only ever text: ``<|endoftext|>`` on a web page becomes the tokens of its letters, never the special
    token, and no special tokens are added at the ends. Ids of ``cl100k`` and ``o200k`` equal those of
    ``tiktoken.Encoding.encode_ordinary``. A vocabulary that would lose characters is refused; of one that has a token
    for unknown characters the measurement ``tokenize.unknown_share`` says how many tokens of a document are that one.

    Args:
        tokenizer: ``cl100k``, ``o200k``, the path of a Hugging Face ``tokenizer.json``, of a ``.model`` of
            sentencepiece (extra ``sentencepiece``), or of a ``.tiktoken`` file (lines of base64 token and rank). In a
            recipe file it is relative to that file.
        pattern: For a ``.tiktoken`` file: the regular expression that cuts text into pieces, or the name of one
            (``cl100k``, ``o200k``, ``gpt2``); ``cl100k`` by default.

    Raises:
        RecipeError: for an unknown name, a file that is missing or of another form, or a pattern that is not valid.
    """

    name: ClassVar[str] = "tokenize"

    tokenizer: str = "cl100k"
    pattern: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        path = Path(self.tokenizer)
        if self.pattern is not None and path.suffix != ".tiktoken":
            raise RecipeError(f"tokenize: pattern is for .tiktoken files, but the tokenizer is {self.tokenizer!r}")
        if self.tokenizer in BUILT_IN:
            return
        if path.suffix not in (".json", ".model", ".tiktoken"):
            raise RecipeError(
                f"tokenize: unknown tokenizer {self.tokenizer!r}; use {', '.join(BUILT_IN)}, "
                "or the path of a tokenizer.json, .model or .tiktoken file"
            )
        if not path.is_file():
            raise RecipeError(
                f"tokenize: no file {self.tokenizer!r}; the built-in tokenizers are {', '.join(BUILT_IN)}"
            )
        from .encoders import check_pattern
        from .vocabulary_files import check_vocabulary

        if check_vocabulary(path) is not None:
            object.__setattr__(self, "measurements", {UNKNOWN_SHARE: pa.float64()})
        if self.pattern is not None and self.pattern not in PATTERNS:
            check_pattern(self.pattern)

    def setup(self) -> None:
        """Load the vocabulary, once in each process."""
        self._encoder()

    def encode(self, text: pa.Array) -> pa.ListArray:
        """Encode a column of texts without nulls; returns a ``list<int32>`` of the same length.

        Raises:
            InputError: when the texts of the batch have more than 2**31 - 1 tokens together.
        """
        ids, offsets = self._encoder().encode(text)
        if offsets[-1] > _MOST_IDS:
            raise InputError(f"a batch has {offsets[-1]:,} tokens, more than a list column can hold; cut the document")
        return pa.ListArray.from_arrays(
            pa.array(offsets.astype(np.int32)), pa.array(np.ascontiguousarray(ids).view(np.int32))
        )

    def unknown_share(self, ids: pa.ListArray) -> pa.Array:
        """The share of each document's tokens that stand for unknown characters; 0 where there are none."""
        offsets = ids.offsets.to_numpy()
        is_unknown = ids.values.to_numpy() == self._encoder().unknown
        before = np.concatenate([[0], np.cumsum(is_unknown)])
        counts = before[offsets[1:]] - before[offsets[:-1]]
        return pa.array(counts / np.maximum(np.diff(offsets), 1), pa.float64())

    def identity(self) -> dict[str, Any]:
        """What decides the ids, for the manifest: name, vocabulary size and SHA-256, libraries with versions."""
        return self._encoder().identity()

    def _encoder(self) -> Encoder:
        return _load(self.tokenizer, self.pattern)


@functools.cache
def _load(tokenizer: str, pattern: str | None) -> Encoder:
    from . import encoders, vocabulary_files

    if tokenizer in BUILT_IN:
        return encoders.BuiltIn(tokenizer, PATTERNS[tokenizer])
    if tokenizer.endswith(".json"):
        return vocabulary_files.HuggingFace(Path(tokenizer))
    if tokenizer.endswith(".model"):
        return vocabulary_files.SentencePiece(Path(tokenizer))
    named = pattern or "cl100k"
    return encoders.TiktokenFile(Path(tokenizer), PATTERNS.get(named, named))
