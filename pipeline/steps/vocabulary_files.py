"""Vocabularies in files of Hugging Face and sentencepiece: loaded, checked, and kept from taking text for more."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from ...errors import RecipeError
from .encoders import Encoder, parse_ranks, versions
from .unigram import Unigram
from .wrapping import Ids, Offsets, joined

BYTES = tuple(f"<0x{value:02X}>" for value in range(256))
"""Names of the tokens that stand for single bytes."""
_LONGER_THAN_WORDS = "\0unknown" * 16
_BYTE_LEVEL_ALPHABET = frozenset(
    chr(value) for first, last in ((33, 126), (161, 172), (174, 323)) for value in range(first, last + 1)
)  # 188 printable characters of Latin-1 as they are, the other 68 bytes from U+0100 on


class HuggingFace(Encoder):
    """A ``tokenizer.json``; its truncation, padding and special tokens are switched off."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        content = path.read_bytes()
        self._name, self._sha256 = path.name, hashlib.sha256(content).hexdigest()
        described = _described(path, content)
        self._size = _vocabulary_size(described)
        self.unknown = _unknown_id(described)
        self._unigram = Unigram(described) if described["model"].get("type") == "Unigram" else None
        try:
            self._tokenizer = Tokenizer.from_str(orjson.dumps(_text_only(described)).decode())
        except Exception as error:  # the library raises bare Exceptions
            raise RecipeError(f"tokenize: cannot load {path.name}: {error}") from error
        self._content = content
        self._special = {token["content"]: token["id"] for token in described.get("added_tokens") or []}
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True

    def encode(self, text: pa.Array) -> tuple[Ids, Offsets]:
        """Encode texts one by one: the library's batches start threads, which quarrel with forks and other workers."""
        return joined([np.array(self._ids(one), dtype=np.uint32) for one in text.to_pylist()])

    def special(self, token: str) -> int | None:
        """See :class:`Encoder`; a token that was added to the vocabulary."""
        return self._special.get(token)

    def ends(self) -> tuple[Sequence[int], Sequence[int]]:
        """See :class:`Encoder`; by the file's own ``post_processor``."""
        from tokenizers import Tokenizer

        whole = Tokenizer.from_buffer(self._content)
        bare, dressed = (whole.encode("a", add_special_tokens=added).ids for added in (False, True))
        for before in range(len(dressed) - len(bare) + 1):
            if dressed[before : before + len(bare)] == bare:
                return dressed[:before], dressed[before + len(bare) :]
        return (), ()

    def _ids(self, text: str) -> list[int]:
        found: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        if self._unigram is None or self._unigram.forbidden.isdisjoint(found):
            return found
        return self._unigram.encode(self._tokenizer, text)

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`; the vocabulary's size is its largest id plus one, as an embedding needs rows."""
        return {
            "name": self._name,
            "vocabulary_size": self._size,
            "sha256": self._sha256,
            "libraries": versions("tokenizers"),
        }


class SentencePiece(Encoder):
    """A ``.model`` file of sentencepiece: its control tokens are never found in text, its own symbols are."""

    def __init__(self, path: Path) -> None:
        self._processor = _sentencepiece(path)
        self._name, self._sha256 = path.name, hashlib.sha256(path.read_bytes()).hexdigest()
        self.unknown = self._processor.unk_id()

    def encode(self, text: pa.Array) -> tuple[Ids, Offsets]:
        """Encode texts one by one, on one thread."""
        return joined([np.array(self._processor.encode(one), dtype=np.uint32) for one in text.to_pylist()])

    def special(self, token: str) -> int | None:
        """See :class:`Encoder`; a control symbol."""
        number = int(self._processor.piece_to_id(token))
        return number if self._processor.is_control(number) else None

    def identity(self) -> dict[str, Any]:
        """See :class:`Encoder`."""
        return {
            "name": self._name,
            "vocabulary_size": self._processor.get_piece_size(),
            "sha256": self._sha256,
            "libraries": versions("sentencepiece"),
        }


def check_vocabulary(path: Path) -> int | None:
    """Tell a file that cannot be a vocabulary, or one that would lose text; returns the id of its unknown token.

    Raises:
        RecipeError: saying what the file should hold.
    """
    if path.suffix == ".model":
        number: int = _sentencepiece(path).unk_id()
        return number
    content = path.read_bytes()
    if path.suffix == ".tiktoken":
        parse_ranks(path, content)
        return None
    described = _described(path, content)
    model = described["model"]
    unknown = _unknown_id(described)
    if unknown is not None or _has_all_bytes(described):
        return unknown
    kind = model.get("type") or "BPE"
    wanted = "unk_id" if kind == "Unigram" else "unk_token"
    raise RecipeError(
        f"tokenize: {path}: the {kind} vocabulary has no token for unknown characters ({wanted}) "
        "and not all 256 bytes, so it cannot encode every text: name "
        f"{wanted} in the file, or train it with byte_fallback or byte-level pieces"
    )


def _sentencepiece(path: Path) -> Any:
    try:
        from sentencepiece import SentencePieceProcessor
    except ImportError as error:
        raise RecipeError(
            f"tokenize: {path.name} needs sentencepiece: pip install 'textmill[sentencepiece]'"
        ) from error
    try:
        return SentencePieceProcessor(model_proto=path.read_bytes())
    except (RuntimeError, OSError) as error:
        raise RecipeError(f"tokenize: {path} is not a model of sentencepiece: {error}") from error


def _described(path: Path, content: bytes) -> dict[str, Any]:
    try:
        parsed = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise RecipeError(f"tokenize: {path} is not JSON ({error})") from error
    if not isinstance(parsed, dict) or not isinstance(parsed.get("model"), dict):
        raise RecipeError(f"tokenize: {path} is not a Hugging Face tokenizer.json: it has no 'model'")
    vocabulary = parsed["model"].get("vocab")
    if not isinstance(vocabulary, list if parsed["model"].get("type") == "Unigram" else dict):
        raise RecipeError(f"tokenize: {path} is not a Hugging Face tokenizer.json: its model has no vocabulary")
    return parsed


def _ids_by_token(described: dict[str, Any]) -> dict[str, int]:
    vocabulary = described["model"]["vocab"]
    if isinstance(vocabulary, dict):
        return vocabulary
    return {piece: number for number, (piece, _) in enumerate(vocabulary)}


def _vocabulary_size(described: dict[str, Any]) -> int:
    added = [token["id"] for token in described.get("added_tokens") or []]
    vocabulary = described["model"]["vocab"]
    known = len(vocabulary) - 1 if isinstance(vocabulary, list) else max(vocabulary.values(), default=-1)
    return int(max([known, *added])) + 1


def _unknown_id(described: dict[str, Any]) -> int | None:
    model = described["model"]
    if model.get("type") == "Unigram":
        number = model.get("unk_id")
        return number if isinstance(number, int) and 0 <= number < len(model["vocab"]) else None
    token = model.get("unk_token")
    return None if token is None else model["vocab"].get(token)


def _has_all_bytes(described: dict[str, Any]) -> bool:
    """Whether every byte has a token: ``<0x00>`` to ``<0xFF>`` as a fallback, or the alphabet of byte-level pieces."""
    model = described["model"]
    tokens = _ids_by_token(described)
    if model.get("byte_fallback") and all(name in tokens for name in BYTES):
        return True
    named = orjson.dumps([described.get("pre_tokenizer"), described.get("normalizer")])
    return b'"ByteLevel"' in named and model.get("type") != "WordLevel" and tokens.keys() >= _BYTE_LEVEL_ALPHABET


def _text_only(described: dict[str, Any]) -> dict[str, Any]:
    """Take special tokens out of vocabularies that look whole words up, where text that spells one would find it."""
    changed = copy.copy(described)
    changed["post_processor"] = None
    model = changed["model"] = dict(described["model"])
    if model.get("type") not in ("WordLevel", "WordPiece"):
        return changed
    special = {token["content"] for token in described.get("added_tokens") or [] if token.get("special")}
    unknown = model.get("unk_token")
    model["vocab"] = {token: number for token, number in model["vocab"].items() if token not in special | {unknown}}
    model["vocab"][_LONGER_THAN_WORDS] = _unknown_id(described)
    model["unk_token"] = _LONGER_THAN_WORDS
    changed["added_tokens"] = [token for token in described.get("added_tokens") or [] if not token.get("special")]
    return changed
