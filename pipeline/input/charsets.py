"""In which charset a page or a text is: what is declared, checked against its bytes; detection where that fails."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from .charset_detection import (
    DETECTED_BYTES,
    LATIN,
    MOST_UNDECODED,
    agrees,
    beyond_ascii,
    codec_of,
    detect,
    letters,
    odd,
)

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks; the longer ones first, because the shorter are their beginnings."""
META = re.compile(
    rb"<meta\b[^>]{0,256}?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml\b[^>]{0,128}?\bencoding\s*=\s*[\"']([\w.:-]+)",
    re.I,
)
META_BYTES = 4096
"""So far browsers look for a declaration (1,024), and authors put it behind (4,096)."""
CODING_LINE = re.compile(rb"^[ \t\f]*(?:#|//|/\*|%|;|--|\"|<!--).*?coding[:=][ \t]*([-\w.]+)", re.MULTILINE)
"""The declaration of a source file in its first two lines (PEP 263, Emacs, Vim)."""
MOST_DAMAGE = 0.1
"""Text is in UTF-8 when, for each sequence that is none, ten are."""
FEWEST_BYTES = 3
"""Too few bytes beyond ASCII to tell anything from; a declaration is believed then."""
FEWEST_LETTERS = 0.6
"""Share of letters and marks in what is beyond ASCII, below which a detected charset is not believed."""
HEAD_BYTES = 4096
LOOKED_AT_BYTES = 1 << 20
CONTROL_CHARACTERS = bytes(value for value in (*range(9), *range(14, 27), *range(28, 32), 127))
"""Without the escape of ISO 2022 and of terminals."""
MOST_CONTROL_CHARACTERS = 0.1
MOST_ZEROS = 0.01
"""Shares of a text's bytes; a few zeros stand in many a text that came through a database."""
MOST_CONTROLS_DETECTED = 0.02
"""Of the characters of a text in a charset that is only detected."""
WITHOUT_TYPOGRAPHY = str.maketrans(
    "",
    "",
    "\u2018\u2019\u201a\u201c\u201d\u201e\u2020\u2022\u2013\u2014\u2026\u2039\u203a\u2122\u20ac\xa0\xab\xbb\xa3\xa7\xa9\xae\xb0\xb7\xbd",
)
"""Takes away signs of Windows' charsets that stand alone beyond ASCII in many an English text."""
FEWEST_MIXED = 10
MIXED_SHARE = 0.25
"""So many characters in lines of UTF-8, and such a share of all bytes beyond ASCII, are none by chance."""
SHORTEST_LINES = 8
"""Bytes of a line in the mean; lines are looked at one by one, which in megabytes of line ends takes long."""
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([JI]|\$\([DO])")
KOREAN_ESCAPE = b"\x1b$)C"
CHINESE_ESCAPES = re.compile(rb"~\{(?:[!-w][!-~]){4,2000}+~\}")
"""A run of four characters in HZ (RFC 1843)."""
UNDETECTED = frozenset({"cp437", "cp850", "cp852", "cp855", "cp857", "cp860", "cp861", "cp862", "cp863", "cp865"})
UNDETECTED |= frozenset({"mac-roman", "mac-cyrillic", "mac-latin2", "mac-greek", "mac-turkish", "johab", "cp1125"})
"""Charsets that pages declare and detection does not know."""
UNICODE = frozenset({"utf-8", "utf-16-le", "utf-16-be"})


@dataclass(frozen=True)
class Decoded:
    """Text and how it was decoded."""

    text: str
    charset: str
    """Name of the Python codec."""
    replaced: int = 0
    """U+FFFD that stand for bytes which did not decode."""
    detected: bool = False
    """Whether nothing but the bytes themselves tells the charset."""


def decode_page(content: bytes, charset: str | None) -> str:
    """Decode a page as browsers do, but trust its bytes first: declarations are false all too often.

    Args:
        content: The page.
        charset: What the server declares; the page's own ``meta`` declaration comes after it.
    """
    return decode(content, (charset, declared_in_page(content))).text


def decode(content: bytes, declared: tuple[str | None, ...] = (), *, codec: str | None = None) -> Decoded:
    """Decode bytes that may be in any charset; whatever does not decode becomes U+FFFD.

    In order: a byte order mark; UTF-8, when the bytes beyond ASCII agree with it but for a few; the first declared
    charset in which nearly all decodes and that detection (chardetng, as in Firefox) does not belie; what is detected.

    Args:
        content: The bytes.
        declared: Labels of charsets, the first the most trusted; None and unknown ones are passed over.
        codec: A codec to be used whatever the bytes say.
    """
    mark = next(((mark, name) for mark, name in MARKS if content.startswith(mark)), None)
    if mark is not None:
        return _decoded(content[len(mark[0]) :], mark[1])
    if codec is not None:
        return _decoded(content, codec)
    # Of ASCII in UTF-16 every byte is one of ASCII too, and zeros are.
    if b"\x00" in content[:HEAD_BYTES] and (wide := _without_mark(content)) is not None:
        return _decoded(content, wide, detected=True)
    if content.isascii():
        return _decoded(content, _escaped(content) or "utf-8")
    if JAPANESE_ESCAPE.search(content) and beyond_ascii(content) <= len(content) * MOST_UNDECODED:
        return _decoded(content, "iso2022_jp_ext")
    try:
        return Decoded(content.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    text = content.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    beyond = len(text) - len(text.encode("ascii", "ignore")) - damage
    names = [name for label in declared if label and (name := codec_of(label)) is not None]
    if damage <= beyond * MOST_DAMAGE or (damage <= 2 and "utf-8" in names and beyond >= damage):
        mixed = _by_lines(content, declared) if damage >= FEWEST_MIXED <= beyond else None
        return mixed if mixed is not None and is_believable(mixed) else Decoded(text, "utf-8", damage)
    if _is_ebcdic(content):
        return Decoded(content.decode("cp037").replace("\x85", "\n"), "cp037", detected=True)
    if beyond >= FEWEST_MIXED and (mixed := _by_lines(content, declared)) is not None:
        return mixed
    guess = detect(content)
    few = sum(len(piece) for piece in re.findall(rb"[\x80-\xff]+", content[: 1 << 16])) < FEWEST_BYTES
    for name in names:
        if name in UNICODE:
            continue
        found = _decoded(content, name)
        nearly = found.replaced <= MOST_UNDECODED * max(len(content) - len(text.encode("ascii", "ignore")), 1)
        if not nearly:
            continue
        if few or name == guess or (name in LATIN and guess == "cp1252") or _fits_as_well(found, content, guess):
            return found
        if found.replaced and agrees(found.text.replace("\ufffd", "").encode(name, "ignore"), name):
            return found  # a single wrong byte rules a charset out for the detector
    return _decoded(content, guess, detected=True)


def _is_ebcdic(content: bytes) -> bool:
    """Whether bytes are those of a mainframe's text: its blanks are at signs, its letters beyond ASCII."""
    head = content[:HEAD_BYTES]
    blanks = head.count(b"@")
    return blanks > len(head) * 0.08 and head.count(b" ") < blanks * 0.01 and beyond_ascii(head) > len(head) * 0.5


def _by_lines(content: bytes, declared: tuple[str | None, ...]) -> Decoded | None:
    """Text of which some lines are in UTF-8 and others in another charset, as where files were put together."""
    if content.count(b"\n") * SHORTEST_LINES > len(content):
        return None
    lines = content.split(b"\n")
    texts: list[str | None] = []
    for line in lines:
        try:
            texts.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            texts.append(None)
    others = b"\n".join(line for line, text in zip(lines, texts, strict=True) if text is None)
    damaged = others.decode("utf-8", "replace")
    replaced = damaged.count("\ufffd")
    if len(damaged) - len(damaged.encode("ascii", "ignore")) - replaced > replaced // 2:
        return None  # UTF-8 with damage, of which most is whole
    characters = sum(len(text) - len(text.encode("ascii", "ignore")) for text in texts if text is not None)
    beyond = beyond_ascii(content)
    if characters < FEWEST_MIXED or beyond - beyond_ascii(others) < beyond * MIXED_SHARE:
        return None
    found = decode(others, declared)
    rest = iter(found.text.split("\n"))
    text = "\n".join(next(rest, "") if text is None else text for text in texts)
    return Decoded(text, found.charset, found.replaced, detected=True)


def _escaped(content: bytes) -> str | None:
    """The charset of ASCII that stands for others by escapes."""
    if JAPANESE_ESCAPE.search(content):
        return "iso2022_jp_ext"
    if KOREAN_ESCAPE in content:
        return "iso2022_kr"
    if CHINESE_ESCAPES.search(content):
        try:
            content.decode("hz")
        except UnicodeDecodeError:
            return None
        return "hz"
    return None


def _fits_as_well(found: Decoded, content: bytes, guess: str) -> bool:
    """Whether a declared charset that detection cannot find gives no fewer letters than the detected one."""
    if found.charset not in UNDETECTED:
        return False
    other = content.decode(guess, "replace")
    return letters(found.text) >= max(letters(other), FEWEST_LETTERS) and odd(found.text) <= odd(other)


def wide_charset(content: bytes) -> str | None:
    """UTF-16 or UTF-32 by a byte order mark, or by the zeros that ASCII has in it."""
    for mark, name in MARKS[1:]:
        if content.startswith(mark):
            return name
    return _without_mark(content)


def declared_in_page(content: bytes) -> str | None:
    """The charset in a page's ``meta`` element or XML declaration."""
    found = META.search(content[:META_BYTES])
    label = (found[1] or found[2]).decode("ascii", "replace") if found else None
    # A page whose declaration could be read is not in UTF-16, whatever it says (WHATWG HTML, 13.2.3.2).
    return "utf-8" if label and label.lower().startswith("utf-16") else label


def declared_in_text(content: bytes) -> str | None:
    """The charset in one of the first two lines of a source file, or in its XML declaration."""
    head = b"\n".join(content[:1024].split(b"\n", 2)[:2])
    found = CODING_LINE.search(head)
    if found:
        return found[1].decode("ascii", "replace")
    return declared_in_page(content[:256]) if content.startswith(b"<?xml") else None


def is_believable(found: Decoded) -> bool:
    """Whether a detected charset gives text: nothing undecoded, and letters for most of what is beyond ASCII."""
    if not found.detected:
        return True
    text = found.text[:DETECTED_BYTES]
    controls = any("\x80" <= char <= "\x9f" for char in text)
    # Bytes by chance are letters of some charset or other: their controls tell them.
    controls |= len(CONTROL.findall(text.removesuffix("\x1a"))) > len(text) * MOST_CONTROLS_DETECTED
    if found.charset in LATIN and CONTROL.search(text) is None:
        text = text.translate(WITHOUT_TYPOGRAPHY)
    return found.replaced == 0 and not controls and (text.isascii() or letters(text) >= FEWEST_LETTERS)


def looks_binary(content: bytes, most_controls: float = MOST_CONTROL_CHARACTERS) -> bool:
    """Whether bytes are those of no text in any charset: zeros or many control characters."""
    if any(content.startswith(mark) for mark, _ in MARKS) or _without_mark(content) is not None:
        return False
    if KOREAN_ESCAPE in content[:HEAD_BYTES] and content.isascii():
        return False
    head = content[:LOOKED_AT_BYTES]
    zeros = head.count(0)
    left = len(head.translate(None, CONTROL_CHARACTERS))
    return zeros > len(head) * MOST_ZEROS or len(head) - left > len(head) * most_controls


def _decoded(content: bytes, name: str, *, detected: bool = False) -> Decoded:
    text = content.decode(name, "replace")
    return Decoded(text, name, text.count("\ufffd"), detected)


def _without_mark(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without a byte order mark, told by the zeros that letters of ASCII have in it."""
    head = content[:HEAD_BYTES]
    half = len(head) // 2
    if len(content) % 4 == 0 and len(head) >= 8:
        zeros = [head[place::4].count(0) * 4 / len(head) for place in range(4)]
        for name, low, order in (("utf-32-le", 0, (1, 2, 3)), ("utf-32-be", 3, (2, 1, 0))):
            near, high, highest = (zeros[place] for place in order)
            if near > 0.4 and high > 0.95 and highest == 1 and zeros[low] < 0.05 and _is_printable(head[low::4]):
                return name
    if len(content) % 2 or not half:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.4 and even < half * 0.05 and _is_printable(_beside_zeros(head[0::2], head[1::2])):
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05 and _is_printable(_beside_zeros(head[1::2], head[0::2])):
        return "utf-16-be"
    return None


def _beside_zeros(low: bytes, high: bytes) -> bytes:
    return bytes(byte for byte, other in zip(low, high, strict=False) if other == 0)


def _is_printable(low: bytes) -> bool:
    """Whether the low bytes of wide characters are those of text, and not of numbers."""
    return len(low.translate(None, CONTROL_CHARACTERS)) >= len(low) * (1 - MOST_ZEROS)
