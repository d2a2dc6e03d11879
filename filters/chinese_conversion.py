"""Traditional Chinese characters to simplified ones, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.step import Cleaner, Measurements

if TYPE_CHECKING:
    from collections.abc import Callable

Script: TypeAlias = Literal["simplified", "traditional", "taiwan", "hong_kong"]
_CONFIGURATIONS = {"simplified": "t2s", "traditional": "s2t", "taiwan": "s2twp", "hong_kong": "s2hk"}


class _Converter(Protocol):
    convert: Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class ConvertChinese(Cleaner):
    """Write Chinese in one script, phrase by phrase with the tables of OpenCC (``pip install "textmill[chinese]"``).

    Every text with Han characters and without kana and Hangul is converted, so limit it to Chinese by ``only_if``
    behind ``language`` where Japanese without kana may come.

    Args:
        to: ``simplified``, ``traditional``, or traditional with the words of ``taiwan`` or the forms of ``hong_kong``.

    Raises:
        RecipeError: for another script, or when OpenCC is missing.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [ConvertChinese(to="simplified")]).clean("漢語").text
        '汉语'
    """

    name: ClassVar[str] = "convert_chinese"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"chinese.is_converted": pa.bool_()}
    may_empty: ClassVar[bool] = False

    to: Script = "simplified"

    def setup(self) -> None:
        """Load the tables."""
        _converter(self.to)

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Convert; says of which texts anything changed."""
        text = batch["text"]
        has_han = pc.match_substring_regex(text, pattern=r"\p{Han}")
        others = pc.match_substring_regex(text, pattern=r"[\p{Hiragana}\p{Katakana}\p{Hangul}]")
        mask = pc.and_(has_han, pc.invert(others))
        is_converted = np.zeros(len(text), dtype=np.bool_)
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        if len(rows):
            convert = _converter(self.to).convert
            before = text.take(pa.array(rows)).to_pylist()
            after = [convert(one) for one in before]
            is_converted[rows] = [old != new for old, new in zip(before, after, strict=True)]
            text = pc.replace_with_mask(text, mask, pa.array(after, pa.large_string()))
        return text, {"chinese.is_converted": pa.array(is_converted)}


@cache
def _converter(to: Script) -> _Converter:
    try:
        from opencc import OpenCC
    except ImportError:
        raise RecipeError(
            'convert_chinese needs OpenCC, which is not installed: pip install "textmill[chinese]"'
        ) from None
    converter: _Converter = OpenCC(_CONFIGURATIONS[to])
    return converter
