"""Books that are ZIP archives: their parts are found however they are spelt, and cost no more than a book may."""

import io
import zipfile

import pytest

from textmill.pipeline.input.readers.books.zipped import (
    ENTRY_MAGIC,
    MOST_PARTS,
    BookError,
    BookTooLargeError,
    ZippedBook,
)

PARTS = {"OEBPS/Text 1.xhtml": b"one", "oebps/é.xhtml": b"two", "a\\b.xml": b"three", "A/B.xml": b"four"}


def packed(parts: dict[str, bytes]) -> bytearray:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return bytearray(sink.getvalue())


def book(parts: dict[str, bytes], limit: int = 1000) -> ZippedBook:
    return ZippedBook(bytes(packed(parts)), "an EPUB", limit)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("OEBPS/Text 1.xhtml", b"one"),
        ("OEBPS/Text%201.xhtml", b"one"),
        ("/oebps/./x/../TEXT 1.XHTML", b"one"),
        ("OEBPS\\text 1.xhtml", b"one"),
        ("OEBPS/e\u0301.xhtml", b"two"),
        ("oebps/%C3%89.xhtml", b"two"),
        ("A/B.xml", b"four"),
    ],
)
def test_parts_are_found_however_they_are_spelt(name: str, content: bytes) -> None:
    assert book(PARTS).read(name) == content


def test_a_part_that_is_not_there_is_told() -> None:
    opened = book(PARTS)
    assert opened.names == list(PARTS)
    assert opened.find("c.xml") is None
    assert opened.find("OEBPS/Text 1.xhtml/") == "OEBPS/Text 1.xhtml"
    with pytest.raises(BookError, match=r"an EPUB has no c\.xml") as told:
        opened.read("c.xml")
    assert told.value.error == "corrupt"


def test_all_parts_together_are_no_longer_than_the_limit() -> None:
    parts = {"a": b"x" * 60, "b": b"y" * 40, "c": b"z"}
    opened = book(parts, limit=100)
    assert (opened.read("a"), opened.read("b")) == (parts["a"], parts["b"])
    with pytest.raises(BookTooLargeError, match="unpacked, an EPUB is longer than the limit of 100 bytes") as told:
        opened.read("c")
    assert told.value.error == "too_large"


def test_an_encrypted_part_is_told_by_its_name() -> None:
    content = packed({"a": b"x"})
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BookError, match="encrypted: a") as told:
        ZippedBook(bytes(content), "an EPUB", 100).read("a")
    assert told.value.error == "unsupported"


def test_a_damaged_part_is_told_by_its_name() -> None:
    content = packed({"a": b"x" * 1000, "b": b"y"})
    content[content.index(b"PK\x01\x02") + 16] ^= 1  # of the checksum
    opened = ZippedBook(bytes(content), "an EPUB", 2000)
    with pytest.raises(BookError, match="a: Bad CRC-32") as told:
        opened.read("a")
    assert told.value.error == "corrupt"
    assert opened.read("b") == b"y"


@pytest.mark.parametrize(
    ("content", "error", "detail"),
    [
        (b"no archive", "corrupt", "an EPUB cannot be read: "),
        (ENTRY_MAGIC * MOST_PARTS, "corrupt", "an EPUB cannot be read: "),
        (ENTRY_MAGIC * (MOST_PARTS + 1), "too_large", f"an EPUB of more than {MOST_PARTS} parts"),
    ],
)
def test_what_is_no_archive_and_what_has_too_many_parts(content: bytes, error: str, detail: str) -> None:
    with pytest.raises(BookError, match=detail) as told:
        ZippedBook(content, "an EPUB", 100)
    assert told.value.error == error
