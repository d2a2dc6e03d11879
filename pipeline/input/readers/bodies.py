"""Bodies within other formats: a piece of HTML, or bytes in a charset that is declared, perhaps wrongly, or not."""

from __future__ import annotations

from ..charsets import decode
from .html import DEEPEST_NESTING, MOST_STEPS, nesting

SWITCHING = ("iso-2022", "iso2022", "hz", "utf-7")


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


def decode_body(content: bytes, declared: str | None = None) -> str:
    """Decode as :func:`decode` does, and what switches charsets by escapes, and so looks like ASCII, as it declares."""
    if declared and declared.lower().startswith(SWITCHING):
        try:
            return content.decode(declared)
        except (UnicodeError, LookupError, ValueError):
            pass
    return decode(content, (declared,)).text
