"""Bodies within other formats: a piece of HTML, or bytes in a charset that is declared, perhaps wrongly, or not."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from .html import DEEPEST_NESTING, MOST_STEPS, nesting

LAST_RESORT = "cp1252"
MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class BodyError(Exception):
    """A body that is not turned into text, because it would take too long."""


def html_text(content: str) -> str:
    """All text of a piece of HTML, such as the body of a post or of a message.

    Raises:
        BodyError: for markup that is nested too deeply.
    """
    from resiliparse.extract.html2text import extract_plain_text

    if "<" not in content and "&" not in content:
        return content.strip()
    encoded = content.encode("utf-8", "replace")
    depth = nesting(encoded)
    if depth > DEEPEST_NESTING or depth * encoded.count(b"<") > MOST_STEPS:
        raise BodyError(f"HTML elements nested about {depth} deep")
    text = extract_plain_text(
        content, main_content=False, preserve_formatting=True, list_bullets=True, alt_texts=False, links=False
    )
    return str(text).strip()


def decode_body(content: bytes, declared: Iterable[str | None] = ()) -> str:
    """Decode by a byte order mark, else as UTF-8, else by what is declared, else as Windows-1252 with U+FFFD."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    charsets = [charset for charset in declared if charset]
    stateful = [charset for charset in charsets if charset.lower().startswith(("iso-2022", "iso2022", "hz", "utf-7"))]
    for charset in (*stateful, "utf-8", *charsets):  # what switches by escapes is ASCII, and so looks like UTF-8
        try:
            return content.decode(charset)
        except (UnicodeError, LookupError, ValueError):
            continue
    return content.decode(LAST_RESORT, "replace")
