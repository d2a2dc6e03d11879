"""Write ``ccnet.bin``: what CCNet's line normalisation makes of every code point, in each of its two forms.

Run by hand, with ``python -m textmill.filters.kernels.lines.build_ccnet_table``, under a Python that knows a newer
Unicode.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np

from ..unicode.build_unicode_table import two_levels
from ..unicode.unicode_table import CODE_POINTS, DELETED
from .ccnet_lines import EXPANDED, FORMS, HANGUL, HANGUL_FIRST, HANGUL_LAST, MAGIC, Form

ASCII_FORM = {
    "，": ",",
    "。": ".",
    "、": ",",
    "„": '"',
    "”": '"',
    "“": '"',
    "«": '"',
    "»": '"',
    "１": '"',  # never seen: digits are 0 before marks are looked up
    "」": '"',
    "「": '"',
    "《": '"',
    "》": '"',
    "´": "'",
    "∶": ":",
    "：": ":",
    "？": "?",
    "！": "!",
    "（": "(",
    "）": ")",
    "；": ";",
    "–": "-",
    "—": " - ",
    "．": ". ",
    "～": "~",
    "’": "'",
    "…": "...",
    "━": "-",
    "〈": "<",
    "〉": ">",
    "【": "[",
    "】": "]",
    "％": "%",
    "►": "-",
}
"""CCNet's list of marks, and what it writes for them before it looks up a perplexity."""
CONTROLS = {*map(chr, range(32)), *map(chr, range(127, 160))}


def normalised(character: str, form: Form) -> str:
    """What is left of one character that stands alone."""
    text = character.lower()
    if form == "perplexity":
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    text = "".join("0" if c.isdecimal() else c for c in text)
    marks = ASCII_FORM if form == "perplexity" else dict.fromkeys(ASCII_FORM, "")
    return "".join("" if c in CONTROLS else marks.get(c, c) for c in text)


def main() -> None:
    """Write the file beside this module."""
    content = MAGIC
    expansions: dict[str, int] = {}
    for form in FORMS:
        entries = np.zeros(CODE_POINTS, dtype=np.uint32)
        for code in range(CODE_POINTS):
            if 0xD800 <= code < 0xE000:
                continue
            if form == "perplexity" and HANGUL_FIRST <= code <= HANGUL_LAST:
                entries[code] = HANGUL
                continue
            text = normalised(chr(code), form)
            if not text:
                entries[code] = DELETED
            elif len(text) == 1:
                entries[code] = (ord(text) - code) & 0xFFFFFFFF
            else:
                entries[code] = EXPANDED + expansions.setdefault(text, len(expansions))
        index, blocks = two_levels(entries)
        content += np.array([len(blocks)], dtype="<u4").tobytes() + index.tobytes() + blocks.tobytes()
    content += "\0".join(expansions).encode()
    Path(__file__).with_name("ccnet.bin").write_bytes(content)


if __name__ == "__main__":
    main()
