"""What decides a tokenizer besides the texts that it is learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, get_args

from ...errors import InputError

Model: TypeAlias = Literal["bpe", "unigram", "wordpiece"]
Digits: TypeAlias = Literal["pattern", "apart", "threes"]
Bytes: TypeAlias = Literal["level", "fallback"]

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
CL100K = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)
O200K = "|".join(
    (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
        r"\p{N}{1,3}",
        r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
PATTERNS: Mapping[str, str] = {"gpt2": GPT2, "cl100k": CL100K, "llama3": CL100K, "o200k": O200K}
"""How text is cut into pieces, over which no token reaches; Llama 3 took cl100k's."""

SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
BYTE_TOKENS = tuple(f"<0x{value:02X}>" for value in range(256))
SPECIAL: Mapping[str, Sequence[str]] = {
    "level": ("<|endoftext|>",),
    "fallback": ("<unk>", "<s>", "</s>"),
    "unigram": ("<unk>", "<s>", "</s>"),
    "wordpiece": ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
}
"""Special tokens of each kind, which come first; more can be asked for."""


@dataclass(frozen=True, kw_only=True)
class TokenizerOptions:
    """What decides a tokenizer besides the texts.

    Args:
        model: ``bpe`` (Sennrich et al. 2016), ``unigram`` (Kudo 2018) or ``wordpiece`` (Schuster and Nakajima 2012).
        vocabulary_size: Entries with special tokens and bytes.
        bytes: For ``bpe``: ``level`` for pairs of bytes, as GPT-2; ``fallback`` for pairs of characters, and bytes for
            those that are not in the vocabulary, as Llama 2.
        pattern: For ``bpe`` over bytes: the pieces that text is cut into, by name or as a regular expression.
        digits: ``apart`` makes every digit a token of its own, ``threes`` cuts numbers into threes from the left,
            ``pattern`` leaves it to the pattern.
        special: Further special tokens.
        minimum_count: For ``bpe`` and ``wordpiece``: how often a pair must occur.

    Raises:
        InputError: for names that do not exist, a vocabulary too small for its bytes, or special tokens named twice.
    """

    model: str = "bpe"
    vocabulary_size: int = 32_000
    bytes: str = "level"
    pattern: str = "o200k"
    digits: str = "pattern"
    special: tuple[str, ...] = ()
    minimum_count: int = 2

    def __post_init__(self) -> None:
        for name, wanted in (("model", Model), ("bytes", Bytes), ("digits", Digits)):
            if (given := getattr(self, name)) not in get_args(wanted):
                raise InputError(f"no {name} {given!r}; there are {', '.join(get_args(wanted))}")
        if len({*self.all_special}) < len(self.all_special):
            raise InputError(f"a special token is named twice: {', '.join(self.all_special)}")
        least = len(self.all_special) + 256
        if self.vocabulary_size < least:
            raise InputError(
                f"a vocabulary of {self.vocabulary_size} is too small; bytes and special tokens take {least}"
            )
        if self.model == "bpe" and self.bytes == "level":
            self.split_pattern()

    @property
    def all_special(self) -> tuple[str, ...]:
        """All special tokens, in the order of their ids."""
        of_kind = SPECIAL[self.bytes if self.model == "bpe" else self.model]
        return (*of_kind, *self.special)

    def split_pattern(self) -> Any:
        """The pattern as the library takes it."""
        from tokenizers import Regex

        try:
            return Regex(PATTERNS.get(self.pattern, self.pattern))
        except Exception as error:  # the library raises bare Exceptions
            raise InputError(
                f"pattern {self.pattern!r} is no name ({', '.join(PATTERNS)}) and no valid regular expression: {error}"
            ) from error
