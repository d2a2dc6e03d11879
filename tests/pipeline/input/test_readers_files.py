"""Files that are one document: HTML, plain text, prose with markup, source code, and whatever is none of these."""

import bz2
import codecs
import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from textmill.filters.base.batch import document_id
from textmill.pipeline.input import charsets, readers
from textmill.pipeline.input.readers import html
from textmill.pipeline.input.readers.html import page_text
from textmill.pipeline.input.readers.records import MORE

from .reading import Found, read_file

PAGE = """<!doctype html><html><head><title>The title</title><script>var x = 1;</script></head><body>
<nav><a href="/">Home</a> <a href="/about">About us</a></nav>
<main><article><h1>On bread</h1><p>The first paragraph has <a href="http://x/">a link</a> in it.</p>
<p>The second one<br>has two lines.</p>
<ol><li>Take some flour, as much as you like.</li><li>Add a little salt, and water.</li></ol>
<img src="x.png" alt="A picture of bread"></article></main>
<footer>Copyright and imprint</footer></body></html>"""


def read_bytes(folder: Path, name: str, content: bytes, **options: object) -> Found:
    path = folder / name
    path.write_bytes(content)
    return read_file(path, **options)  # type: ignore[arg-type]


def test_the_main_content_of_a_page(tmp_path: Path) -> None:
    (row,) = read_bytes(tmp_path, "a.html", PAGE.encode()).rows
    assert row["kind"] == "web"
    assert row["doc_id"] == document_id("in", 0)
    lines = [line.strip() for line in row["text"].splitlines() if line.strip()]
    assert lines == [
        "On bread",
        "The first paragraph has a link in it.",
        "The second one",
        "has two lines.",
        "1. Take some flour, as much as you like.",
        "2. Add a little salt, and water.",
    ]


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<nav>only navigation</nav>"])
def test_a_page_without_text_is_an_empty_document(tmp_path: Path, content: bytes) -> None:
    assert read_bytes(tmp_path, "a.html", content).texts == [""]


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 200_000 + b"deep",
        b"<" * 100_000,
        b"<table>" * 20_000 + b"x",
        b"<x>" * 900 + b"deep" + b"</x>" * 900,
        b"<p>&#x110000; &#xD800; &bogus; &#0;</p>",
        bytes(range(256)) * 100,
        b"<!--" * 50_000,
        b"<p>a\x00b</p>",
        b'<meta charset="no-such"><p>x',
    ],
)
def test_strange_pages_give_one_record(tmp_path: Path, content: bytes) -> None:
    found = read_bytes(tmp_path, "a.html", content)
    assert len(found.rows) + len(found.quarantined) == 1


def test_nesting_however_deep_costs_no_page(tmp_path: Path) -> None:
    deep = b"<div>" * 200_000 + b"deep" + b"</div>" * 200_000
    assert read_bytes(tmp_path, "a.html", deep).texts == ["deep"]
    wide = b"<div>" * 500 + b"<p>x</p>" * 300_000
    (text,) = read_bytes(tmp_path, "a.html", wide, extraction="all").texts
    assert text.count("x") == 300_000


def test_a_huge_page_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST_PAGE_BYTES", 1000)
    assert read_bytes(tmp_path, "a.html", b"<p>" + b"x" * 1000).errors == [(0, "too_large")]


class PanicException(BaseException):  # the name that PyO3 gives
    pass


@pytest.mark.parametrize("error", [RuntimeError("no luck"), PanicException("unwrap on None")])
def test_a_parser_that_fails_costs_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(content: bytes, charset: str | None, extraction: str) -> str:
        raise error

    monkeypatch.setattr(html, "page_text", fail)
    found = read_bytes(tmp_path, "a.html", b"<p>x")
    assert found.errors == [(0, "extraction_failed")]
    assert found.quarantined[0].first_bytes == b"<p>x"


def test_a_reader_that_fails_costs_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def choose(name: str) -> Callable[..., object]:
        def fail(part: object, options: object) -> object:
            raise PanicException("index out of bounds")

        return fail

    monkeypatch.setattr(readers, "_reader", choose)
    found = read_bytes(tmp_path, "a.txt", b"x")
    assert found.errors == [(0, "unreadable")]


def test_a_user_who_stops_the_run_is_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(content: bytes, charset: str | None, extraction: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(html, "page_text", fail)
    with pytest.raises(KeyboardInterrupt):
        read_bytes(tmp_path, "a.html", b"<p>x")


@pytest.mark.parametrize(
    ("name", "kind", "metadata"),
    [
        ("novel.txt", "book", None),
        ("README.md", "other", None),
        ("README", "other", None),
        ("guide.rst", "other", None),
        ("main.py", "code", {"path": "lib/main.py", "programming_language": "Python"}),
        ("Makefile", "code", {"path": "lib/Makefile", "programming_language": "Makefile"}),
    ],
)
def test_kinds(tmp_path: Path, name: str, kind: str, metadata: dict[str, str] | None) -> None:
    (row,) = read_bytes(tmp_path, name, "Zeile eins\nZeile zwei — 字\n".encode(), source=f"src/lib/{name}").rows
    assert row["text"] == "Zeile eins\nZeile zwei — 字\n"
    assert row["kind"] == kind
    assert (row["metadata"] and json.loads(row["metadata"])) == metadata


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_byte_order_marks(tmp_path: Path, encoding: str) -> None:
    assert read_bytes(tmp_path, "a.txt", "Grüße, 世界".encode(encoding)).texts == ["Grüße, 世界"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-16-le"])
def test_the_limit_of_a_document_counts_its_text_not_its_bytes(tmp_path: Path, encoding: str) -> None:
    text = "Green apples. " * 71
    content = text.encode(encoding)
    assert read_bytes(tmp_path, "a.txt", content, max_document_bytes=len(text)).texts == [text]
    assert read_bytes(tmp_path, "a.txt", content, max_document_bytes=len(text) - 1).errors == [(0, "too_large")]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.txt", b"NUL \x00 inside", "binary"),
        ("a.txt", bytes(range(1, 9)) * 10, "binary"),
        ("a.html", bytes(range(1, 9)) * 10, "binary"),
        ("a.txt", "Grüße".encode("latin-1") + bytes(range(128, 256)), "invalid_utf8"),
        ("a.txt", b"x" * 2000, "too_large"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 2000, "unsupported"),
    ],
)
def test_files_that_are_no_text(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    found = read_bytes(tmp_path, name, content, max_document_bytes=1000)
    assert (found.rows, found.errors) == ([], [(0, error)])
    assert found.quarantined[0].detail


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress, bz2.compress])
def test_compressed_files(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    suffix = {gzip.compress: "gz", zstandard.compress: "zst", bz2.compress: "bz2"}[compress]
    content = compress(b"Some text. " * 50)
    found = read_bytes(tmp_path, f"a.txt.{suffix}", content)
    assert found.texts == ["Some text. " * 50]
    cut = read_bytes(tmp_path, f"a.txt.{suffix}", content[:-9])
    assert (cut.errors, cut.quarantined[0].first_bytes) == ([(0, "truncated")], b"")
    assert cut.quarantined[0].detail == f"the file ends inside its {suffix} data"
    bomb = compress(bytes(20_000_000))
    assert read_bytes(tmp_path, f"a.txt.{suffix}", bomb, max_document_bytes=10**6).errors == [(0, "too_large")]


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "gone.txt"
    path.symlink_to(tmp_path / "nowhere")
    from textmill.pipeline.input.inputs import InputOptions, find_inputs
    from textmill.pipeline.input.splits import cut_splits

    (split,) = cut_splits(find_inputs([str(tmp_path)]), InputOptions())
    (read,) = readers.read_split(split, InputOptions())
    (row,) = read.quarantined
    assert (row.error, row.detail) == ("unreadable", "No such file or directory")
    assert read.batch.num_rows == 0


POLISH = "Zażółć gęślą jaźń w Łodzi — tak mówią ludzie od wielu lat. " * 3
RUSSIAN = "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 3


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        (codecs.BOM_UTF8 + "zażółć".encode(), "iso-8859-2", "zażółć"),
        (codecs.BOM_UTF16_LE + "zażółć".encode("utf-16-le"), None, "zażółć"),
        (codecs.BOM_UTF16_BE + "zażółć".encode("utf-16-be"), "utf-8", "zażółć"),
        ("zażółć".encode(), "iso-8859-1", "zażółć"),  # servers declare it for all they send
        ("zażółć".encode("iso-8859-2"), "iso-8859-2", "zażółć"),
        ("zażółć".encode("iso-8859-2"), "ISO-8859-2", "zażółć"),
        (b'<meta charset="windows-1251"><p>' + RUSSIAN.encode("cp1251"), None, RUSSIAN),
        (b'<meta charset="windows-1251"><p>' + RUSSIAN.encode("cp1251"), "utf-8", RUSSIAN),  # it is not
        (b'<meta charset="windows-1251"><p>' + RUSSIAN.encode("cp1251"), "no-such-charset", RUSSIAN),
        (b'<meta charset="windows-1251"><p>' + POLISH.encode("iso-8859-2", "replace"), "iso-8859-2", POLISH[:40]),
        (b"a\xff\xfeb", "utf-8", "a"),
    ],
)
def test_a_page_is_decoded_by_what_its_bytes_allow(content: bytes, charset: str | None, text: str) -> None:
    assert text.replace("—", "?") in charsets.decode_page(content, charset).replace("—", "?")


def test_forms_scripts_and_alternatives_are_no_text() -> None:
    page = (
        b"<main><article><p>A paragraph of the article that is long enough to be kept as its main content.</p>"
        b"<noscript>Please switch on scripts</noscript><form><input value='typed'><textarea>to fill in</textarea>"
        b"<select><option>choose</option></select><button>Send</button></form>"
        b"<p>Another paragraph with <a href='http://example.org/page'>a link</a> and <img alt='a picture'>.</p>"
        b"<ul><li>first</li></ul></article></main>"
    )
    text = page_text(page).text
    assert "A paragraph" in text
    assert "with a link and" in text
    for left_out in ("switch on", "typed", "to fill in", "choose", "example.org", "a picture"):
        assert left_out not in text


def test_what_is_told_of_a_page_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST_PAGE_BYTES", 1000)
    assert len(read_bytes(tmp_path, "a.html", b"<p>" + b"x" * 997).rows) == 1
    (row,) = read_bytes(tmp_path, "a.html", b"<p>" + b"x" * 998).quarantined
    assert row.detail == "a page of 1001 bytes"


def test_a_zero_in_a_text_is_a_blank(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, "a.txt", b"Of a long text " * 20 + b"this\x00ends.").texts == [
        "Of a long text " * 20 + "this ends."
    ]


def test_text_may_hold_a_tenth_of_control_characters(tmp_path: Path) -> None:
    mostly = b"\x1a" * 10 + b"x" * 90
    assert read_bytes(tmp_path, "a.txt", mostly).texts == [mostly.decode()]
    assert read_bytes(tmp_path, "a.txt", b"\x1a" + mostly).errors == [(0, "binary")]
    spaces = b"\t\n\v\f\r" * 100  # are none
    assert read_bytes(tmp_path, "a.txt", spaces).texts == [spaces.decode()]
    for control in (b"\x08", b"\x0e", b"\x1f", b"\x7f"):
        assert read_bytes(tmp_path, "a.txt", control * 20 + b"x" * 100).errors == [(0, "binary")]


def test_what_is_told_of_text_that_is_no_text(tmp_path: Path) -> None:
    (row,) = read_bytes(tmp_path, "a.txt", bytes(range(128, 256))).quarantined
    assert row.detail == "neither UTF-8 nor any charset that could be told; give --encoding"
    assert row.first_bytes == bytes(range(128, 256))
    (row,) = read_bytes(tmp_path, "a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 2000).quarantined
    assert row.first_bytes == b"\x89PNG\r\n\x1a\n" + b"\x00" * 248
    (row,) = read_bytes(tmp_path, "b.txt", b"x" * 11, max_document_bytes=10).quarantined
    assert (row.detail, row.first_bytes) == (f"longer than the limit of 10 bytes: {MORE}", b"")
    assert read_bytes(tmp_path, "b.txt", b"x" * 10, max_document_bytes=10).texts == ["x" * 10]


def test_a_charset_that_is_named_is_taken(tmp_path: Path) -> None:
    """Of few bytes none could be told."""
    content = "Ґанок".encode("koi8-u")
    assert read_bytes(tmp_path, "a.txt", content, encoding="koi8-u").texts == ["Ґанок"]
    assert read_bytes(tmp_path, "a.txt", content, encoding="mac-cyrillic").texts == [content.decode("mac-cyrillic")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_byte_order_marks_of_both_orders(tmp_path: Path, encoding: str) -> None:
    content = ("\ufeff" + "Grüße, 世界").encode(encoding)
    assert read_bytes(tmp_path, "a.txt", content).texts == ["Grüße, 世界"]


def test_code_that_stands_in_no_folder_is_known_by_its_name(tmp_path: Path) -> None:
    (row,) = read_bytes(tmp_path, "main.py", b"x = 1\n", source="main.py").rows
    assert json.loads(row["metadata"])["path"] == "main.py"


def test_memory_that_does_not_suffice_costs_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **named: object) -> object:
        raise MemoryError

    monkeypatch.setattr(html, "page", fail)
    (row,) = read_bytes(tmp_path, "a.html", b"<p>x").quarantined
    assert (row.error, row.position) == ("too_large", 0)
    assert "max_document_bytes" in row.detail


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["The harbour master kept a ledger. " * 5, "Füße, naïve café, and the ledger. " * 5])
def test_utf_16_without_a_byte_order_mark(tmp_path: Path, encoding: str, text: str) -> None:
    assert read_bytes(tmp_path, "a.txt", text.encode(encoding)).texts == [text]
    page = f"<html><body><p>{text}</p></body></html>".encode(encoding)
    assert read_bytes(tmp_path, "a.html", page).texts == [text.strip()]
