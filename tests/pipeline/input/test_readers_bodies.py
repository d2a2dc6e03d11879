"""Bodies of messages and posts: HTML as text, and charsets that look like ASCII as they are declared."""

import pytest

from textmill.pipeline.input.readers.dumps.bodies import decode_body, html_text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("  a text\n", "a text"),
        ("bread &amp; butter", "bread & butter"),
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("", ""),
    ],
)
def test_a_piece_of_html_is_text(content: str, text: str) -> None:
    assert html_text(content) == text


@pytest.mark.parametrize(
    ("content", "declared", "text"),
    [
        ("中文".encode("hz"), "hz", "中文"),
        ("中文".encode("hz"), "HZ-GB-2312", "中文"),
        (b"caf+AOk-", "UTF-7", "café"),
        (b"caf+AOk-", None, "caf+AOk-"),
        ("水車".encode("iso2022_jp"), "ISO-2022-JP", "水車"),
        (b"plain", "iso-2022-unknown", "plain"),
        ("Grüße".encode("cp1252"), "iso-8859-1", "Grüße"),
        ("Grüße".encode(), "hz", "Grüße"),
    ],
)
def test_what_switches_charsets_is_decoded_as_it_declares(content: bytes, declared: str | None, text: str) -> None:
    assert decode_body(content, declared) == text
