"""Repair of texts that were damaged on their way: wrongly decoded lines, and remains of markup."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .base.expressions import lazy_re
from .base.step import Cleaner, Measurements
from .kernels.machine.buffers import numbers, text_buffers

_CONTINUING_BUT_SPACE = "\u0080-\u009f\u00a1-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_CONTINUING = "\u00a0" + _CONTINUING_BUT_SPACE
"""What the bytes 80 to BF become in Latin-1 and Windows-1252."""
_MOJIBAKE = (
    f"[ÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞß][{_CONTINUING}]|[à-ï][{_CONTINUING_BUT_SPACE}][{_CONTINUING}]"
    "|ð[Ÿ\u009f]|(?:[РС][\u0080-\u00bf\u0400-\u040f\u0450-\u045fҐґІі‚„…†‡€‰‹‘’“”•–—™›]){2}"
)
"""What UTF-8 read as Latin-1, Windows-1252 or Windows-1251 looks like: where ftfy is worth asking."""
_IS_MOJIBAKE = lazy_re(_MOJIBAKE)
_INLINE = "a|abbr|b|big|center|em|font|i|s|small|span|strike|strong|u"
_SHORTCODES = r"caption|gallery|embed|vc_[a-z_]+|et_pb_[a-z_]+|su_[a-z_]+|fusion_[a-z_]+"
_ENTITIES = (
    "nbsp|amp|quot|apos|rsquo|lsquo|rdquo|ldquo|laquo|raquo|ndash|mdash|hellip|bull|middot|copy|reg|trade|shy|ensp|emsp"
    "|thinsp|zwnj|euro|pound|deg|[aeiouAEIOU](?:acute|grave|circ|uml)|[cC]cedil|[ano]tilde|szlig|#[0-9]{2,6}|#[xX][0-9a-fA-F]{2,5}"
)
_REMAINS = (
    rf"(?i)</(?:{_INLINE}|p)>|<br ?/?>|&(?:{_ENTITIES});|\[/(?:caption|b|i|u|url|img|quote|color|size)\]"
    rf"|\[(?:{_SHORTCODES})[ \]]"
)
_ABOUT_MARKUP = lazy_re(
    r"(?i)\b(?:x?html5?|xml|css|svg|jsx|bbcode|markup|markdown|javascript|php|wordpress)\b"
    r"|<!doctype|<(?:html|head|body|script|style)\b"
    r"|```|[`'\"]</?[a-z]|&lt;|^ {4,}<|^\t+<",
    re.MULTILINE,
)
"""Texts in which tags and entities may be the subject, or code."""
_PAIR = lazy_re(rf"<({_INLINE})(?: [^<>\n]{{0,300}})?>([^<>\n]*)</\1>", re.IGNORECASE)
_BREAK = lazy_re(r" ?(?:<br ?/?>|</p>)\n?", re.IGNORECASE)
_OPEN_PARAGRAPH = lazy_re(r"<p(?: [^<>\n]{0,300})?>", re.IGNORECASE)
_ENTITY = lazy_re(rf"&(?:amp;)*(?:{_ENTITIES});")
_SHORTCODE = lazy_re(rf"\[/?(?:{_SHORTCODES})(?: [^\[\]\n]*)?\]")
_BBCODE = lazy_re(r"\[(b|i|u|url|quote|color|size)(?:=[^\[\]\n]*)?\]([^\[\]]*)\[/\1\]", re.IGNORECASE)
_BBCODE_IMAGE = lazy_re(r"\[img(?:=[^\[\]\n]*)?\][^\[\]\s]*\[/img\]", re.IGNORECASE)
REPLACEMENT = "\ufffd"
FEW_BYTES = 1 << 16
MAX_REPLACEMENT_RATIO = 0.25


@dataclass(frozen=True, kw_only=True)
class RepairText(Cleaner):
    """Decode wrongly decoded lines again, and take out what is left of markup.

    Stands before :class:`NormalizeUnicode`, which removes control characters by which a wrong decoding can be undone.

    - Lines of UTF-8 that were read as another charset (``cafÃ©``, ``donâ€™t``, ``РџСЂРёРІРµС‚``) are given to the
      library ftfy (Speer 2019), which changes them only where it is sure.
    - Lines of whose characters a quarter and more are U+FFFD are cut: nobody can undo that.
    - Of inline tags that are opened and closed in one line (``<b class='flag-5'>T5</b>``), of ``<br>`` and ``</p>``,
      shortcodes (``[caption …]``) and BBCode the text between stays; entities become their characters, however often
      they were escaped (``&amp;#39;``), but ``&lt;`` and ``&gt;``. Texts that speak of HTML, XML, CSS, JavaScript and
      the like, or hold code in which tags stand, stay as they are: there tags are the subject.

    Args:
        mojibake: Decode lines again.
        markup: Take out tags, shortcodes, BBCode and entities.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [RepairText()]).clean("The cafÃ© of <b class='x'>Anna</b> &amp;amp; Ben").text
        'The café of Anna & Ben'
    """

    name: ClassVar[str] = "repair_text"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "repair.mojibake_lines": pa.int64(),
        "repair.undecodable_lines": pa.int64(),
        "repair.tags_removed": pa.int64(),
        "repair.entities_decoded": pa.int64(),
    }

    mojibake: bool = True
    markup: bool = True

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Repair, and count what was repaired; texts without any sign of damage are not looked at twice."""
        text = batch["text"]
        counts = np.zeros((len(text), len(self.measurements)), dtype=np.int64)
        found = np.zeros((3, len(text)), dtype=np.bool_)
        signs = (_MOJIBAKE, self.mojibake), (REPLACEMENT, True), (_REMAINS, self.markup)
        may_hold = _what_may_be(text)
        for number, (sign, is_asked) in enumerate(signs):
            if is_asked and may_hold[number]:
                found[number] = pc.match_substring_regex(text, pattern=sign).to_numpy(zero_copy_only=False)
        mask = found.any(axis=0)
        rows = np.flatnonzero(mask)
        if len(rows):
            before = text.take(pa.array(rows)).to_pylist()
            after = [_repair(one, found[:, row].tolist(), counts[row]) for row, one in zip(rows, before, strict=True)]
            if after != before:
                text = pc.replace_with_mask(text, pa.array(mask), pa.array(after, pa.large_string()))
        return text, {name: numbers(counts[:, number]) for number, name in enumerate(self.measurements)}


def _what_may_be(text: pa.Array) -> tuple[bool, bool, bool]:
    """Which of the three signs a few short texts may hold; it takes as long to compile them as to look for them."""
    offsets, data = text_buffers(text)
    if offsets[-1] - offsets[0] > FEW_BYTES:
        return True, True, True
    content = data[offsets[0] : offsets[-1]].tobytes()
    return (
        b"\xc3" in content or b"\xd0" in content,  # Â to ð, and Р and С
        REPLACEMENT.encode() in content,
        b"</" in content
        or b"<b" in content
        or b"<B" in content
        or b"[" in content
        or (b"&" in content and b";" in content),
    )


def _repair(text: str, signs: list[bool], counts: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    """Repair what there are signs of: wrong decoding, replacement characters, markup."""
    if signs[0]:
        lines = text.split("\n")
        repaired = [_decode_again(line) if _IS_MOJIBAKE.search(line) else line for line in lines]
        counts[0] = sum(old != new for old, new in zip(lines, repaired, strict=True))
        text = "\n".join(repaired)
    if REPLACEMENT in text:
        lines = text.split("\n")
        kept = [line for line in lines if line.count(REPLACEMENT) < MAX_REPLACEMENT_RATIO * len(line) or not line]
        counts[1] = len(lines) - len(kept)
        text = "\n".join(kept)
    if signs[2] and not _ABOUT_MARKUP.search(text):
        text, counts[2] = _without_tags(text)
        text, counts[3] = _decoded(text)
    return text


def _decode_again(line: str) -> str:
    import ftfy  # takes a moment, and few texts need it

    return str(ftfy.fix_encoding(line)).replace("\n", " ")


def _without_tags(text: str) -> tuple[str, int]:
    removed = 0
    for pattern, kept in (
        (_PAIR, r"\2"),
        (_PAIR, r"\2"),  # of pairs in pairs
        (_OPEN_PARAGRAPH, ""),
        (_BREAK, "\n"),
        (_SHORTCODE, ""),
        (_BBCODE_IMAGE, ""),
        (_BBCODE, r"\2"),
        (_BBCODE, r"\2"),
    ):
        text, count = pattern.subn(kept, text)
        removed += count
    return text, removed


def _decoded(text: str) -> tuple[str, int]:
    """A text with its entities decoded, and how many were."""
    count = 0

    def decode(entity: re.Match[str]) -> str:
        nonlocal count
        character = _character(entity)
        count += character != entity.group()
        return character

    return _ENTITY.sub(decode, text), count


def _character(entity: re.Match[str]) -> str:
    text = entity.group()
    while (decoded := html.unescape(text)) != text:
        text = decoded
    is_one = len(text) == 1 and text not in "<>\n\r\t" and (text.isprintable() or text.isspace())
    return text if is_one else entity.group()
