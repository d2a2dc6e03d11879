"""Which charset bytes are in by themselves: chardetng (as in Firefox), and where it is known to fail."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from functools import cache

from .alphabets import CYRILLIC_CANDIDATES, told_by_letters

DETECTED_BYTES = 1 << 20
MOST_UNDECODED = 0.01
"""A charset is wrong when of the bytes beyond ASCII more do not decode."""
PIECES = 32
FEWEST_PIECES = 3
FEWEST_BYTES_OF_A_PIECE = 12
MOST_OF_PIECES = 0.7
"""Share of the bytes that lie in pieces which are detected as the same."""
BEYOND_ASCII = bytes(range(0x80, 0x100))
BETWEEN_PIECES = re.compile(rb"[\n<]")
"""Bytes that no character of several bytes has."""
OLD_LATIN = ("mac-roman", "cp850", "cp437")
"""Charsets of old systems, which no detector of the web's knows, in the order in which they are tried."""
MOST_ODD = 0.2
"""Share of characters beyond ASCII that stand oddly in words, up to which a detected Latin charset is believed."""
WITHIN_WORDS = re.compile(r"(?<=[a-z])[^\x00-\x7f](?=[a-z])|[\x80-\x9f\ufffd]")
USUAL_WITHIN_WORDS = frozenset("\u00ad\u00b7\u2019\u200c\u2010\u2011")
"""Hyphens, apostrophe and middle dot."""
HUNGARIAN = re.compile(r"\b(?:hogy|és|nem|egy|volt|vagy|csak|még|már|az|van)\b", re.IGNORECASE)
FEWEST_HUNGARIAN_WORDS = 3
LATIN = frozenset({"cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "iso8859-2", "iso8859-3", "iso8859-4"})
LATIN |= frozenset({"iso8859-10", "iso8859-13", "iso8859-14", "iso8859-15", "iso8859-16", "ascii"})


@cache
def codec_of(label: str) -> str | None:
    """The Python codec of a charset's label as the web means it (``latin1`` is windows-1252); None for no charset."""
    import webencodings

    found = webencodings.lookup(label)
    if found is not None and found.name not in ("replacement", "x-user-defined"):
        return str(found.codec_info.name)
    try:
        info = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) else None


def detect(content: bytes) -> str:
    """The codec that the bytes most likely are in; windows-1252 where nothing else fits."""
    head = content[:DETECTED_BYTES]
    found = _detected(head)
    other = _detected_in_pieces(head)
    if other not in (None, found):
        replaced = head.decode(other, "replace").count("\ufffd")
        if 0 < replaced <= MOST_UNDECODED * beyond_ascii(head):  # for which the detector has ruled it out
            found = other
    if found not in LATIN:
        return told_by_letters(head, found) if found in CYRILLIC_CANDIDATES else found
    told = told_by_letters(head, found)
    return _told_apart(head, found) if told == found else told


def agrees(content: bytes, charset: str) -> bool:
    """Whether bytes are detected as those of a charset."""
    return _detected(content[:DETECTED_BYTES]) == charset


def _detected(content: bytes) -> str:
    import chardetng_py

    return codec_of(chardetng_py.detect(content)) or "cp1252"


def beyond_ascii(content: bytes) -> int:
    """How many bytes are beyond ASCII."""
    return len(content) - len(content.translate(None, BEYOND_ASCII))


def _detected_in_pieces(content: bytes) -> str | None:
    """What most of many pieces of the bytes are detected as, if they agree: a wrong byte falls into one of them."""
    pieces: list[bytes] = []
    begin = 0
    while begin < len(content):
        border = BETWEEN_PIECES.search(content, begin + len(content) // PIECES)
        end = border.end() if border else len(content)
        pieces.append(content[begin:end])
        begin = end
    weights: Counter[str] = Counter()
    counted = 0
    for piece in pieces:
        weight = beyond_ascii(piece)
        if weight >= FEWEST_BYTES_OF_A_PIECE:
            weights[_detected(piece)] += weight
            counted += 1
    if counted < FEWEST_PIECES:
        return None
    charset, weight = weights.most_common(1)[0]
    return charset if weight >= weights.total() * MOST_OF_PIECES else None


def _told_apart(content: bytes, guess: str) -> str:
    """A charset of old systems, or that of Hungarian, where what is detected as another makes odd words."""
    text = content.decode(guess, "replace")
    if guess == "cp1252" and len(HUNGARIAN.findall(text)) >= FEWEST_HUNGARIAN_WORDS:
        return "cp1250"
    if odd(text) <= MOST_ODD:
        return guess
    best = min(OLD_LATIN, key=lambda name: odd(content.decode(name, "replace")))  # of equal ones the first
    return best if odd(content.decode(best, "replace")) <= MOST_ODD / 4 else guess


def odd(text: str) -> float:
    """Share of what is beyond ASCII that is a capital or a sign between small letters, or no character."""
    odd = sum(
        unicodedata.category(char) not in ("Ll", "Lo", "Mn") and char not in USUAL_WITHIN_WORDS
        for char in WITHIN_WORDS.findall(text)
    )
    return odd / max(len(text) - len(text.encode("ascii", "ignore")), 1)


def letters(text: str) -> float:
    """Share of letters and marks in what is beyond ASCII."""
    beyond = [char for char in text[:DETECTED_BYTES] if char >= "\x80"]
    letters = sum(unicodedata.category(char)[0] in "LM" or "\u3000" <= char <= "\u303f" for char in beyond)
    return letters / max(len(beyond), 1)
