"""Lines of text in any charset: each is UTF-8, or in that of the file, or told."""

import gzip
import random
from pathlib import Path
from typing import Any

import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import Document, Quarantined, Record
from textmill.pipeline.input.readers.tables import charset_lines
from textmill.pipeline.input.readers.tables.charset_lines import (
    TextLine,
    charset_of,
    decode_line,
    read_head,
    read_lines,
    text_lines,
)

RUSSIAN = "Смотритель гавани вёл небольшую книгу"


def part_of(folder: Path, content: bytes, kind: str = "text", compression: str | None = None, **more: Any) -> Part:
    (folder / "a").write_bytes(content)
    return Part(path=str(folder / "a"), source="in/a", format=FileFormat(kind, compression), **more)


def read(folder: Path, content: bytes, **options: Any) -> list[TextLine | Quarantined]:
    return list(text_lines(part_of(folder, content), InputOptions(**options)))


def bad(position: int, error: str, detail: str, first_bytes: bytes = b"") -> Quarantined:
    return Quarantined(source="in/a", position=position, error=error, detail=detail, first_bytes=first_bytes)


BINARY = "not text: it holds NUL bytes or many control characters"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a\n\nb\r\n", [TextLine(0, "a", None), TextLine(2, "", None), TextLine(3, "b", None)]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", [TextLine(0, "a", None), TextLine(5, "\ufeffb", None)]),
        (f"{RUSSIAN}\nok\n{RUSSIAN}".encode("cp1251"),
         [TextLine(0, RUSSIAN, "cp1251"), TextLine(38, "ok", None), TextLine(41, RUSSIAN, "cp1251")]),
        ("a\né\n".encode("utf-16"), [TextLine(0, "a", None), TextLine(2, "é", None)]),
        ("a\nb\n".encode("utf-32"), [TextLine(0, "a", None), TextLine(2, "b", None)]),
        (b"one\rtwo\r", [TextLine(0, "one", None), TextLine(4, "two", None)]),
        (b"one\rtwo\nthree\n", [TextLine(0, "one\rtwo", None), TextLine(8, "three", None)]),
        (b"x" * 41 + b"\na\n", [bad(0, "too_large", "a line of 42 bytes; the limit is 40", b"x" * 41),
                                 TextLine(42, "a", None)]),
        (b"x" * 40 + b"\na\n", [TextLine(0, "x" * 40, None), TextLine(41, "a", None)]),
        (b"\x01\x02\x03" * 100, [bad(0, "binary", BINARY, (b"\x01\x02\x03" * 100)[:256])]),
        (b"fine\n\xa0\xa1\xbf\xd7\xf7\n",
         [TextLine(0, "fine", None),
          bad(5, "invalid_utf8", "neither UTF-8 nor any charset that could be told; give --encoding",
              b"\xa0\xa1\xbf\xd7\xf7")]),
    ],
)  # fmt: skip
def test_lines_of_a_file(tmp_path: Path, content: bytes, expected: list[TextLine | Quarantined]) -> None:
    assert read(tmp_path, content, max_document_bytes=40) == expected
    packed = part_of(tmp_path, gzip.compress(content), compression="gz")
    assert list(text_lines(packed, InputOptions(max_document_bytes=40))) == expected


def test_a_charset_that_is_named_holds_for_every_line(tmp_path: Path) -> None:
    content = "é\nok\n".encode("cp850")
    assert read(tmp_path, content, encoding="cp850") == [TextLine(0, "é", "cp850"), TextLine(2, "ok", "cp850")]
    assert read(tmp_path, "é\n".encode(), encoding="utf-8") == [TextLine(0, "é", None)]
    assert read(tmp_path, "é\n".encode(), encoding="latin1") == [TextLine(0, "Ã©", "cp1252")]
    assert len(read(tmp_path, b"a\x00b\x00\n" * 9, encoding="cp1252")) == 9  # whatever its bytes say


def test_what_is_no_text_is_told_by_its_first_part_alone(tmp_path: Path) -> None:
    content = b"\x01\x02\x03\n" * 100
    first, second = (
        list(text_lines(part_of(tmp_path, content, start=start, stop=start + 200), InputOptions()))
        for start in (0, 200)
    )
    assert (first, second) == ([bad(0, "binary", BINARY, content[:256])], [])


@pytest.mark.parametrize("start", range(0, 50, 7))
def test_parts_of_a_file_have_the_lines_that_begin_in_them(tmp_path: Path, start: int) -> None:
    content = f"{RUSSIAN}\nok\n\n{RUSSIAN}".encode("cp1251")
    whole = read(tmp_path, content)
    parts = [
        line
        for begin, end in ((0, start), (start, 1000))
        for line in text_lines(part_of(tmp_path, content, start=begin, stop=end), InputOptions())
    ]
    assert parts == whole


def test_a_stream_that_breaks_off(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(b"line %d\n" % number for number in range(20_000)), mtime=0)
    *lines, last = text_lines(part_of(tmp_path, packed[:-30], compression="gz"), InputOptions())
    assert [line.text for line in lines if isinstance(line, TextLine)] == [f"line {n}" for n in range(len(lines))]
    assert isinstance(last, Quarantined)
    assert (last.source, last.error, last.first_bytes) == ("in/a", "truncated", b"")


@pytest.mark.parametrize(("name", "kind"), [("text", "book"), ("prose", "other"), ("code", "code"), ("csv", "other")])
def test_documents_of_lines(tmp_path: Path, name: str, kind: str) -> None:
    content = f"{RUSSIAN}\n \t\nb\n".encode("cp1251")
    found = list(read_lines(part_of(tmp_path, content, name), InputOptions()))
    assert found == [
        Document(position=0, text=RUSSIAN, kind=kind, metadata={"charset": "cp1251"}),
        Document(position=41, text="b", kind=kind),
    ]
    zeros: list[Record] = list(read_lines(part_of(tmp_path, b"a\x00b\n" + b"c" * 200 + b"\n", name), InputOptions()))
    assert [one.text for one in zeros if isinstance(one, Document)] == ["a b", "c" * 200]


def test_many_lines_that_are_none_are_counted(tmp_path: Path) -> None:
    content = b"fine\n" * 30_000 + b"x" * 20 + b"\n"
    found = list(
        read_lines(part_of(tmp_path, content + (b"y" * 11 + b"\n") * 150), InputOptions(max_document_bytes=10))
    )
    told = [one for one in found if isinstance(one, Quarantined)]
    assert (len(found) - len(told), len(told)) == (30_000, 101)
    assert told[-1].detail == "51 more lines of this megabyte hold no document"


def test_decoding_a_line() -> None:
    assert decode_line("é".encode(), None) == ("é", None)
    assert decode_line("é".encode(), "cp1252") == ("é", None)
    assert decode_line("é".encode(), "cp1252", forced=True) == ("Ã©", "cp1252")
    assert decode_line(RUSSIAN.encode("koi8-r"), "koi8-r") == (RUSSIAN, "koi8-r")
    assert decode_line(b"\xa0\xa1\xbf\xd7\xf7", None) is None
    assert decode_line(b"", "cp1252", forced=True) == ("", "cp1252")


def test_the_charset_of_a_beginning() -> None:
    assert charset_of(RUSSIAN.encode("cp1251")) == "cp1251"
    assert charset_of(RUSSIAN.encode()) is None
    assert charset_of(b"plain\n") is None
    assert charset_of(b"\xa0\xa1\xbf\xd7\xf7") is None
    cut = RUSSIAN.encode() + b"\n" + RUSSIAN.encode()[:21]  # the last line may end within a character
    assert charset_of(cut) is None


@pytest.mark.parametrize("count", [0, 1, 4096, 65_535, 65_536, 65_537])
def test_the_head_of_a_file(tmp_path: Path, count: int) -> None:
    content = bytes(number % 251 for number in range(count))
    assert read_head(part_of(tmp_path, content)) == content[:65_536]
    assert read_head(part_of(tmp_path, gzip.compress(content), compression="gz")) == content[:65_536]
    assert charset_lines.LOOKED_AT_BYTES == 65_536
    noise = random.Random(1).randbytes(60_000)
    damaged = read_head(part_of(tmp_path, gzip.compress(noise, mtime=0)[:40_000], compression="gz"))
    assert damaged == noise[: len(damaged)] != b""
