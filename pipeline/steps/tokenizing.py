"""Turn the text of kept documents into token ids, as the last step of a recipe."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pyarrow as pa

from ...errors import InputError, RecipeError
from ...filters.base.step import Step
from .wrapping import FimTokens, Ids, Offsets, Parts, cut_for_fim, joined, put_together, wrap

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
FIM = "tokenize.fim"

FIM_TOKENS = ("<fim_prefix>", "<fim_middle>", "<fim_suffix>")

_MOST_IDS = 2**31 - 1


@dataclass(frozen=True)
class Tokenize(Step):
    """Add ``input_ids`` and ``token_count`` to every kept document.

    Text is only ever text: ``<|endoftext|>`` on a web page becomes the tokens of its letters, never the special
    token, and no special tokens are added at the ends but those that are asked for. Ids of ``cl100k`` and ``o200k``
    equal those of ``tiktoken.Encoding.encode_ordinary``. A vocabulary that would lose characters is refused; where one
    has a token for unknown characters, the measurement ``tokenize.unknown_share`` says how many of a document's tokens
    are that one.

    Args:
        tokenizer: ``cl100k``, ``o200k``, the path of a Hugging Face ``tokenizer.json``, of a ``.model`` of
            sentencepiece (extra ``sentencepiece``), or of a ``.tiktoken`` file (lines of base64 token and rank). In a
            recipe file it is relative to that file.
        pattern: For a ``.tiktoken`` file: the regular expression that cuts text into pieces, or the name of one
            (``cl100k``, ``o200k``, ``gpt2``); ``cl100k`` by default.
        bos: Put before every document: a special token's name, or an id.
        eos: Put behind every document.
        add_special: Put there what the ``tokenizer.json`` itself adds when it is asked for special tokens.
        fim_rate: Turn so much of the documents of kind ``code`` round for filling in the middle, chosen and cut by a
            hash of their ids (:func:`~.wrapping.cut_for_fim`; StarCoder took 0.5, Code Llama 0.9). The column ``text``
            stays as it is; the measurement ``tokenize.fim`` says ``psm`` or ``spm``, or nothing.
        fim_tokens: Names or ids of the tokens before prefix, middle and suffix.

    Raises:
        RecipeError: for an unknown name, a file that is missing or of another form, a pattern that is not valid, a
            special token that the tokenizer does not have, or a rate outside 0..1.

    Example:
        >>> from textmill import Recipe
        >>> found = Recipe("r", [Tokenize("cl100k")]).clean("The quiet harbour")
        >>> found.input_ids, found.token_count
        ([791, 11594, 75742], 3)
    """

    name: ClassVar[str] = "tokenize"

    tokenizer: str = "cl100k"
    pattern: str | None = field(default=None, kw_only=True)
    bos: str | int | None = field(default=None, kw_only=True)
    eos: str | int | None = field(default=None, kw_only=True)
    add_special: bool = field(default=False, kw_only=True)
    fim_rate: float = field(default=0.0, kw_only=True)
    fim_tokens: tuple[str | int, ...] = field(default=FIM_TOKENS, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fim_tokens", tuple(self.fim_tokens))
        self._check_options()
        self._check_tokenizer()
        measurements: dict[str, pa.DataType] = dict(self.measurements)
        if self.fim_rate:
            measurements[FIM] = pa.string()
        object.__setattr__(self, "measurements", measurements)
        if self.bos is not None or self.eos is not None or self.fim_rate or self.add_special:
            self._wrapping()

    def _check_options(self) -> None:
        if len(self.fim_tokens) != 3:
            raise RecipeError("tokenize: fim_tokens are three: those before prefix, middle and suffix")
        if self.add_special and not self.tokenizer.endswith(".json"):
            raise RecipeError(
                "tokenize: add_special is for a tokenizer.json, which says what it adds; name bos and eos"
            )
        if self.add_special and (self.bos is not None or self.eos is not None):
            raise RecipeError(
                "tokenize: add_special puts the tokenizer's own tokens at the ends; leave bos and eos out"
            )

    def _check_tokenizer(self) -> None:
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
        """Encode a column of texts without nulls and nothing around them; returns a ``list<int32>`` as long.

        Raises:
            InputError: when the texts of the batch have more than 2**31 - 1 tokens together.
        """
        return _listed(*self._encoder().encode(text))

    def unknown_share(self, ids: pa.ListArray) -> pa.Array:
        """The share of each document's tokens that stand for unknown characters; 0 where there are none."""
        offsets = ids.offsets.to_numpy()
        is_unknown = ids.values.to_numpy() == self._encoder().unknown
        before = np.concatenate([[0], np.cumsum(is_unknown)])
        counts = before[offsets[1:]] - before[offsets[:-1]]
        return pa.array(counts / np.maximum(np.diff(offsets), 1), pa.float64())

    def encode_documents(self, batch: pa.RecordBatch) -> tuple[pa.ListArray, Mapping[str, pa.Array]]:
        """Encode a batch's texts with the special tokens that are asked for; returns the ids and the measurements.

        Raises:
            InputError: when the texts of the batch have more than 2**31 - 1 tokens together.
        """
        before, behind, fim = self._wrapping()
        turned = self._turned(batch) if self.fim_rate else {}
        assert fim is not None or not turned
        ids, offsets = self._encoder().encode(batch["text"])
        if turned:
            parts = [ids[start:end] for start, end in pairwise(offsets.tolist())]
            for row, cut in turned.items():
                encoded, ends = self._encoder().encode(pa.array(cut.texts(), pa.large_string()))
                pieces = [encoded[start:end] for start, end in pairwise(ends.tolist())]
                parts[row] = put_together(cut, pieces, fim)  # type: ignore[arg-type]  # asserted above
            ids, offsets = joined(parts)
        found = _listed(*wrap(ids, offsets, before, behind))
        measured: dict[str, pa.Array] = {}
        if UNKNOWN_SHARE in self.measurements:
            measured[UNKNOWN_SHARE] = self.unknown_share(found)
        if FIM in self.measurements:
            orders = [turned[row].order if row in turned else None for row in range(batch.num_rows)]
            measured[FIM] = pa.array(orders, pa.string())
        return found, measured

    def _turned(self, batch: pa.RecordBatch) -> dict[int, Parts]:
        """The documents that are turned round, by their row."""
        columns = (batch[name].to_pylist() for name in ("doc_id", "kind"))
        rows = [(row, doc_id) for row, (doc_id, kind) in enumerate(zip(*columns, strict=True)) if kind == "code"]
        cuts = ((row, cut_for_fim(doc_id, batch["text"][row].as_py(), self.fim_rate)) for row, doc_id in rows)
        return {row: cut for row, cut in cuts if cut is not None}

    def _wrapping(self) -> tuple[Sequence[int], Sequence[int], FimTokens | None]:
        """Ids before and behind each document, and those of the parts of one that is turned round."""
        if self.add_special:
            before, behind = self._encoder().ends()
        else:
            before, behind = ([] if one is None else [self._id(one)] for one in (self.bos, self.eos))
        return before, behind, FimTokens(*map(self._id, self.fim_tokens)) if self.fim_rate else None

    def _id(self, token: str | int) -> int:
        if isinstance(token, int):
            return token
        number = self._encoder().special(token)
        if number is None:
            raise RecipeError(f"tokenize: {self.tokenizer} has no special token {token!r}; name another, or give an id")
        return number

    def identity(self) -> dict[str, Any]:
        """What decides the ids, for the manifest: name, vocabulary size and SHA-256, libraries with versions."""
        return self._encoder().identity()

    def _encoder(self) -> Encoder:
        return _load(self.tokenizer, self.pattern)


def _listed(ids: Ids, offsets: Offsets) -> pa.ListArray:
    if offsets[-1] > _MOST_IDS:
        raise InputError(f"a batch has {offsets[-1]:,} tokens, more than a list column can hold; cut the document")
    return pa.ListArray.from_arrays(
        pa.array(offsets.astype(np.int32)), pa.array(np.ascontiguousarray(ids).view(np.int32))
    )


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
