"""Write ``datatrove.bin``: what spaCy's English tokenizer, which datatrove uses, takes each code point for.

Run by hand, with ``python -m textmill.filters.kernels.words.build_datatrove_table``,
under a Python that knows a newer Unicode.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np

from ..unicode.build_unicode_table import two_levels
from ..unicode.unicode_table import CODE_POINTS
from .datatrove_table import MAGIC, Role

MARKS = "…,:;!?¿؟¡()[]{}<>_#*&。？！，、；：～·।،۔؛٪"
QUOTES = "'\"”“`‘´’‚,„»«「」『』（）〔〕【】《》〈〉〈〉⟦⟧"
CURRENCIES = "$£€¥฿₽﷼₴₠₡₢₣₤₥₦₧₨₩₪₫₭₮₯₰₱₲₳₵₶₷₸₹₺₻₼₾₿"
CASED = (
    (0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x1BF), (0x1C4, 0x2AF), (0x391, 0x3A1),
    (0x3A3, 0x3A9), (0x3B1, 0x3C9), (0x400, 0x401), (0x403, 0x40D), (0x410, 0x44F), (0x450, 0x451), (0x453, 0x45D),
    (0x490, 0x491), (0x496, 0x497), (0x4A2, 0x4A3), (0x4AE, 0x4AF), (0x4BA, 0x4BB), (0x4D8, 0x4D9), (0x4E8, 0x4E9),
    (0x1D00, 0x1D25), (0x1D6B, 0x1D77), (0x1D79, 0x1D9A), (0x1E00, 0x1EFF), (0x2C60, 0x2C7B), (0x2C7E, 0x2C7F),
    (0xA722, 0xA76F), (0xA771, 0xA787), (0xA78B, 0xA78E), (0xA790, 0xA7B9), (0xA7FA, 0xA7FA), (0xAB30, 0xAB5A),
    (0xAB60, 0xAB64), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A),
)  # fmt: skip
GREEK_WITH_ACCENTS = "άέίόώήύΆΈΊΌΏΉΎ"
UNCASED = (
    (0x591, 0x5F4), (0x620, 0x64A), (0x66E, 0x6D5), (0x6E5, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8BD), (0x900, 0x97F),
    (0x980, 0x9FF), (0xB80, 0xCFF), (0xD80, 0xDFF), (0x1100, 0x137F), (0x2E80, 0x2FDF), (0x2FF0, 0x30FF),
    (0x31C0, 0x31EF), (0x3200, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF), (0xFB1D, 0xFBB1),
    (0xFBD3, 0xFD3D), (0xFD50, 0xFDC7), (0xFDF0, 0xFDFB), (0xFE30, 0xFE4F), (0xFE70, 0xFEFC), (0x1EE00, 0x1EEBB),
    (0x1F200, 0x1F2FF), (0x20000, 0x2EBEF), (0x2F800, 0x2FA1F),
)  # fmt: skip
"""Letters that count for small and for capital ones."""


def roles() -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    """Role bits of every code point."""
    table = np.zeros(CODE_POINTS, dtype=np.uint32)
    for first, last in CASED:
        for code in range(first, last + 1):
            case = Role.UPPER if chr(code).isupper() else Role.LOWER if chr(code).islower() else 0
            table[code] |= Role.LETTER | case
    for character in GREEK_WITH_ACCENTS:
        table[ord(character)] |= Role.LETTER | (Role.UPPER if character.isupper() else Role.LOWER)
    for first, last in UNCASED:
        table[first : last + 1] |= np.uint32(Role.LETTER | Role.UPPER | Role.LOWER)
    for code in range(128, CODE_POINTS):
        if unicodedata.category(chr(code)) == "So":
            table[code] |= Role.FIRST | Role.LAST | Role.INSIDE
    for character in MARKS:
        table[ord(character)] |= Role.FIRST | Role.LAST | Role.BEFORE_STOP
    for character in QUOTES:
        table[ord(character)] |= Role.FIRST | Role.LAST | Role.BEFORE_STOP | Role.QUOTE
    for character in CURRENCIES:
        table[ord(character)] |= Role.FIRST | Role.CURRENCY
    for character in "§%=—–":
        table[ord(character)] |= Role.FIRST
    for character in "—–":
        table[ord(character)] |= Role.LAST
    for character in "%²-+|":
        table[ord(character)] |= Role.BEFORE_STOP
    for character in "-–—~":
        table[ord(character)] |= Role.HYPHEN
    for character in "0123456789":
        table[ord(character)] |= Role.NUMBER | Role.BEFORE_STOP
    table[(table & Role.LOWER) != 0] |= np.uint32(Role.BEFORE_STOP)
    table[ord("…")] |= Role.INSIDE
    return table


def main() -> None:
    """Write the file beside this module."""
    index, blocks = two_levels(roles())
    content = MAGIC + index.tobytes() + blocks.tobytes()
    Path(__file__).with_name("datatrove.bin").write_bytes(content)


if __name__ == "__main__":
    main()
