"""Bodies within other formats: a piece of HTML, or bytes in a charset that is declared, perhaps wrongly, or not."""

from __future__ import annotations

from ...charsets import decode
from ...pages.page import extract

SWITCHING = ("iso-2022", "iso2022", "hz", "utf-7")


def html_text(content: str) -> str:
    """All text of a piece of HTML, such as the body of a post or of a message."""
    if "<" not in content and "&" not in content:
        return content.strip()
    return extract(content.encode("utf-8", "replace"), "all").text.strip()


def decode_body(content: bytes, declared: str | None = None) -> str:
    """Decode as :func:`decode` does, and what switches charsets by escapes, and so looks like ASCII, as it declares."""
    if declared and declared.lower().startswith(SWITCHING):
        try:
            return content.decode(declared)
        except (UnicodeError, LookupError, ValueError):
            pass
    return decode(content, (declared,)).text
