"""Characters that stand for others: full-width letters, and letters of an alphabet that look like another's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .base.expressions import lazy_re
from .base.step import Cleaner, Measurements

_FULL_WIDTH = lazy_re("[０-９Ａ-Ｚａ-ｚ]")
_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()}
_LATIN = "ABCEHIJKMNOPSTXYZVaceijopsxyvhk"
_OTHERS = "АВСЕНІЈКМΝОРЅТХУΖѴасеіјорѕхуѵһк", "ΑΒϹΕΗΙͿΚΜΝΟΡЅΤΧΥΖѴαϲеιϳορѕχуνһκ"
"""Cyrillic and Greek letters that look like those above."""
_TO_LATIN = {ord(other): latin for others in _OTHERS for latin, other in zip(_LATIN, others, strict=True)}
_TO_CYRILLIC = {ord(latin): other for latin, other in zip(_LATIN, _OTHERS[0], strict=True) if other not in "ΝΖ"}
_MIXED = r"[A-Za-z][\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}][A-Za-z]"
_WORD = lazy_re("[A-Za-z\u0370-\u052f]*(?:[A-Za-z][\u0370-\u052f]|[\u0370-\u052f][A-Za-z])[A-Za-z\u0370-\u052f]*")


@dataclass(frozen=True, kw_only=True)
class FoldCharacters(Cleaner):
    """Write full-width letters and digits as ASCII ones, and each word in one alphabet.

    Where a word mixes Latin letters with Cyrillic or Greek ones that look the same (``pаypal`` with a Cyrillic а), the
    fewer become the others; a word stays whose fewer letters have no double there (μm). Punctuation of full width
    stays, as Chinese and Japanese use it; ``normalize_unicode`` with the form NFKC folds that too.

    Args:
        full_width: Fold full-width letters and digits.
        homoglyphs: Bring words into one alphabet.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [FoldCharacters()]).clean("ＰＡＹ１２ and p\u0430ypal。").text
        'PAY12 and paypal。'
    """

    name: ClassVar[str] = "fold_characters"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"folded.full_width": pa.int64(), "folded.words": pa.int64()}
    may_empty: ClassVar[bool] = False

    full_width: bool = True
    homoglyphs: bool = True

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Fold; counts characters of full width, and words brought into one alphabet."""
        text = batch["text"]
        counts = np.zeros((len(text), 2), dtype=np.int64)
        signs = [*([_FULL_WIDTH.pattern] if self.full_width else []), *([_MIXED] if self.homoglyphs else [])]
        if not signs:
            return text, {name: pa.array(counts[:, 0]) for name in self.measurements}
        mask = pc.match_substring_regex(text, pattern="|".join(signs)).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(mask)
        if len(rows):
            after = []
            for row, one in zip(rows, text.take(pa.array(rows)).to_pylist(), strict=True):
                folded = one
                if self.full_width:
                    counts[row, 0] = len(_FULL_WIDTH.findall(one))
                    folded = one.translate(_TO_HALF_WIDTH)
                if self.homoglyphs:
                    words = _WORD.findall(folded)
                    folded = _WORD.sub(_in_one_alphabet, folded)
                    counts[row, 1] = sum(_fold_word(word) != word for word in words)
                after.append(folded)
            text = pc.replace_with_mask(text, pa.array(mask), pa.array(after, pa.large_string()))
        return text, {
            name: pa.array(np.ascontiguousarray(counts[:, number])) for number, name in enumerate(self.measurements)
        }


def _in_one_alphabet(word: re.Match[str]) -> str:
    return _fold_word(word.group())


def _fold_word(word: str) -> str:
    latin = sum(character.isascii() for character in word)
    folded = word.translate(_TO_LATIN if 2 * latin >= len(word) else _TO_CYRILLIC)
    return folded if len({character.isascii() for character in folded}) == 1 else word
