"""Readings that a program has set in brackets behind Han characters: pinyin, jyutping, bopomofo, kana."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.expressions import lazy_re
from .base.step import Cleaner, Measurements
from .kernels.machine.buffers import numbers, text_buffers

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆"
_PINYIN = "a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ"
_TONED = lazy_re("[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ1-6]")
_SIGN = f"[{_HAN}][(（《](?:[{_PINYIN}1-6 '’]+|[\u3041-\u309f\u30a0-\u30ff]+|[\u3105-\u312fˊˇˋ˙]+)[)）》]"
"""What RE2 looks for, to ask no more of texts that have none."""
FIRST_OF_HAN = 0xE3
"""Bytes of UTF-8 below it begin no Han character, nor stand in one without such a one."""
_LATIN = lazy_re(f"(?<=[{_HAN}])([(（])((?:[{_PINYIN}]{{1,7}}[1-6]?)(?:[ '’]?[{_PINYIN}]{{1,7}}[1-6]?){{0,5}})[)）]")
_LATIN_ANYWHERE = lazy_re(f"(?<=[^\\W\\d_])[(（](?=[^)）]*[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ])[{_PINYIN}]{{2,7}}[)）]")
"""Also behind what a wrong decoding has left of a Han character."""
_BOPOMOFO = lazy_re(f"(?<=[{_HAN}])[(（]([\u3105-\u312fˊˇˋ˙]{{1,5}}(?: ?[\u3105-\u312fˊˇˋ˙]{{1,5}}){{0,5}})[)）]")
_KANA = lazy_re(f"(?<=[{_HAN}])[(（]([\u3041-\u309f\u30a0-\u30ff]{{1,24}})[)）]")
_RUBY = lazy_re(f"[｜|]?([{_HAN}]{{1,24}})《[\u3041-\u309f\u30a0-\u30ff]{{1,24}}》")
_HAN_RUNS = lazy_re(f"[{_HAN}]+")


class _Kept(NamedTuple):
    text: str
    cut: int


@dataclass(frozen=True, kw_only=True)
class RemoveReadings(Cleaner):
    """Cut out readings in brackets that stand behind Han characters all through a text.

    Text copied from pages with readings above the characters, or for learners, has them inside every other word:
    語(yǔ)言(yán), 漢字(かんじ), 語(ㄩˇ)言(ㄧㄢˊ), and 漢字《かんじ》 in Aozora's books, with ｜ before some
    words. Counting rules and tokenizers see noise there. One reading of a name is normal prose and stays: each kind is
    cut only where the text holds ``min_readings`` of it and has them throughout:

    - Latin letters in lower case (a capital begins a name: 北京(Běijīng)), half of them with tones, one for at most
      ``max_han_per_reading`` Han characters, and half of them inside a word, with another Han character, kana or
      letter directly behind. A text about readings has punctuation there.
    - Bopomofo as often, wherever it stands.
    - Kana in round brackets where at least a third of the runs of Han characters have one; in 《》 as often as Latin.

    Args:
        min_readings: Fewest readings of a kind in a text of which any is cut.
        max_han_per_reading: Most Han characters to one reading of Latin letters, of bopomofo, or in 《》.

    Raises:
        RecipeError: for a number below 1.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [RemoveReadings(min_readings=2)]).clean("語(yǔ)言(yán)學(xué)習。").text
        '語言學習。'
    """

    name: ClassVar[str] = "remove_readings"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"readings.removed": pa.int64()}
    may_empty: ClassVar[bool] = False

    min_readings: int = 8
    max_han_per_reading: int = 60

    def __post_init__(self) -> None:
        for parameter in ("min_readings", "max_han_per_reading"):
            if getattr(self, parameter) < 1:
                raise RecipeError(f"{self.name}: {parameter}={getattr(self, parameter)} is below 1")

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Cut out readings, and count them."""
        text = batch["text"]
        removed = np.zeros(len(text), dtype=np.int64)
        offsets, data = text_buffers(text)
        if data[offsets[0] : offsets[-1]].max(initial=0) < FIRST_OF_HAN:
            return text, {"readings.removed": numbers(removed)}
        signs = pc.count_substring_regex(text, pattern=_SIGN).to_numpy(zero_copy_only=False)
        rows = np.flatnonzero(signs >= self.min_readings)
        if len(rows):
            kept = [self._clean_one(one) for one in text.take(pa.array(rows)).to_pylist()]
            removed[rows] = [one.cut for one in kept]
            mask = np.zeros(len(text), dtype=np.bool_)
            mask[rows] = True
            text = pc.replace_with_mask(text, pa.array(mask), pa.array([one.text for one in kept], pa.large_string()))
        return text, {"readings.removed": numbers(removed)}

    def _clean_one(self, text: str) -> _Kept:
        cut = 0
        for pattern, is_systematic, keep in (
            (_LATIN, self._latin_is_systematic, ""),
            (_BOPOMOFO, self._is_dense, ""),
            (_KANA, self._kana_is_systematic, ""),
            (_RUBY, self._is_dense, r"\1"),
        ):
            found = list(pattern.finditer(text))
            if len(found) >= self.min_readings and is_systematic(text, found):
                text, cuts = pattern.subn(keep, text)
                cut += cuts
                if pattern is _LATIN:
                    text, cuts = _LATIN_ANYWHERE.subn("", text)
                    cut += cuts
        return _Kept(text, cut)

    def _is_dense(self, text: str, found: list[re.Match[str]]) -> bool:
        han = sum(len(run) for run in _HAN_RUNS.findall(text))
        return han <= len(found) * self.max_han_per_reading

    def _latin_is_systematic(self, text: str, found: list[re.Match[str]]) -> bool:
        toned = sum(_TONED.search(one.group()) is not None for one in found)
        inside = sum(text[one.end() : one.end() + 1].isalpha() for one in found)
        return 2 * toned >= len(found) and 2 * inside >= len(found) and self._is_dense(text, found)

    def _kana_is_systematic(self, text: str, found: list[re.Match[str]]) -> bool:
        return len(_HAN_RUNS.findall(text)) <= 3 * len(found)
