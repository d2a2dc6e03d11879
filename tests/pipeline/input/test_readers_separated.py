"""CSV and TSV: how cells are written is told by the file, and each row is a document or told."""

import csv
import gzip
from pathlib import Path
from typing import Any

import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.records import Document, Quarantined, Record
from textmill.pipeline.input.readers.tables.separated import Dialect, read_separated, sniff

PLAIN, NO_QUOTES = csv.QUOTE_MINIMAL, csv.QUOTE_NONE


def read(
    folder: Path, content: bytes, compression: str | None = None, name: str = "a.csv", **options: Any
) -> list[Record]:
    (folder / "a").write_bytes(content)
    part = Part(path=str(folder / "a"), source=f"in/{name}", format=FileFormat("csv", compression))
    return list(read_separated(part, InputOptions(**options)))


def row(position: int, text: str, **metadata: str) -> Document:
    return Document(position=position, text=text, kind="web", metadata=metadata)


def bad(position: int, error: str, detail: str, first_bytes: bytes = b"") -> Quarantined:
    return Quarantined(source="in/a.csv", position=position, error=error, detail=detail, first_bytes=first_bytes)


@pytest.mark.parametrize(
    ("head", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(",")),
        ("a;b\n1;2\n", Dialect(";")),
        ("a\tb\n1\t2\n", Dialect("\t")),
        ("a|b\n1|2\n", Dialect("|")),
        ("a\n1\n", Dialect("\x1f")),
        ("", Dialect("\x1f")),
        ("a,b;c\n1,2;3\n", Dialect(",")),
        ("a,b;c\n1,2;3\n4;5\n6;7\n", Dialect(";")),  # more rows are as long as the first
        ("a;b;c\n1,5;2;3\n3,5;4;1\n1;2;3\n", Dialect(";")),
        ("a,b;c;d\n1,2;3;4\n", Dialect(";")),  # of equally good ones the one with more columns
        ('a,b\n"1,2",3\n', Dialect(",")),
        ('a,b\n"1,2\n3,4\n', Dialect(",", NO_QUOTES)),
        ('a,b\n1,"x" y\n', Dialect(",", NO_QUOTES)),
        ('a,b\n1,"x \\"y\\" z"\n', Dialect(",", PLAIN, "\\")),
        ('a,b\n1,"x \\"y\\" z" w\n', Dialect(",", NO_QUOTES)),
        ('a,b\n1,"x ""y"" z"\n2,\\"\n', Dialect(",")),
        ("\n\na,b\n\n1,2\n", Dialect(",")),
        ("a,b\n" + "1,2\n" * 98 + "x\n" * 900, Dialect(",")),  # a hundred rows are looked at
        ("a|b,c\n" + "1|2\n" * 94 + "1,2\n" * 6, Dialect("|")),
    ],
)
def test_how_cells_are_written_is_told_by_the_file(head: str, dialect: Dialect) -> None:
    assert sniff(head) == dialect


def test_what_else_tells_how_cells_are_written() -> None:
    assert [sniff("a,b\tc\n1,2\t3\n", has_tabs=tabs).separator for tabs in (False, True)] == [",", "\t"]
    assert [sniff("a;b,c\n1;2,3\n4;5", is_cut=cut).separator for cut in (False, True)] == [";", ","]
    assert sniff("a,b;c\n1,2;3\n4;5\n6;7\n8", is_cut=True) == Dialect(";")  # all but the last row count
    assert sniff("a,b\n3", is_cut=True) == Dialect(",")  # of two rows both are looked at


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"text,n\na,1\nb,2\n", [row(7, "a", n="1"), row(11, "b", n="2")]),
        (b"text,n\r\na,1\r\nb,2", [row(8, "a", n="1"), row(13, "b", n="2")]),
        (
            b"n,text\n1,a,\n2,b,c\n3\n\n4,\n",
            [
                row(7, "a", n="1"),
                bad(12, "invalid_row", "a row of 3 columns in 1 lines; the header has 2", b"2\tb\tc"),
                bad(18, "invalid_row", "a row of 1 columns in 1 lines; the header has 2", b"3"),
                row(21, "", n="4"),
            ],
        ),
        (b"sep=|\ntext|n\na|1\n", [row(13, "a", n="1")]),
        (b"sep=|\ntext|n,m,k\na|1,2,3\n", [row(17, "a", **{"n,m,k": "1,2,3"})]),  # whatever else it looks like
        (b'\xef\xbb\xbf"SEP=;"\r\ntext;n\r\na,b;1\r\n', [row(20, "a,b", n="1")]),
        (b"\n\ntext,n\na,1\n", [row(9, "a", n="1")]),
        (b"text,text\na,b\n", [row(10, "a", text_2="b")]),
        (b" text , n \n a , 1 \n", [row(11, " a ", n=" 1 ")]),
        (b'text;n\n"a;""b""\n\nc";1\nx;2\n', [row(7, 'a;"b"\n\nc', n="1"), row(22, "x", n="2")]),
        (b"\xef\xbb\xbftext,n\na,1\n", [row(10, "a", n="1")]),
        ("text,n\nГавань вёл книгу,1\nok,2\n".encode("cp1251"),
         [row(7, "Гавань вёл книгу", n="1", charset="cp1251"), row(26, "ok", n="2")]),
        (b"text,n\n" + b"x" * 60 + b",1\na,2\n",
         [bad(7, "too_large", "a line of 63 bytes; the limit is 55", b"x" * 56), row(70, "a", n="2")]),
        (b'text,n\n"a\n' + b"x" * 60 + b'\nb",1\n"c",2\n',
         [bad(10, "too_large", "a line of 61 bytes; the limit is 55", b"x" * 56), row(7, "a\nb", n="1"),
          row(76, "c", n="2")]),
        (b"text\n" + b"x\n" * 3, [row(5, "x"), row(7, "x"), row(9, "x")]),
        (b"text,n\na,1\x00\n", [bad(0, "binary", "not text: it holds NUL bytes or many control characters",
                                 b"text,n\na,1\x00\n")]),
        (b"", []),
        (b"text,n\n", []),
    ],
)  # fmt: skip
def test_rows(tmp_path: Path, content: bytes, expected: list[Record]) -> None:
    assert read(tmp_path, content, max_document_bytes=55) == expected
    if max(map(len, content.split(b"\n"))) < 50:
        packed = read(tmp_path, gzip.compress(content), "gz")
        assert packed == read(tmp_path, content)


def test_quotes_that_are_never_closed(tmp_path: Path) -> None:
    lines = b'1,"a, b"\n' * 60
    found = read(tmp_path, b"n,text\n" + lines + b'2,"open\n3,c\n')
    assert found == [
        *(row(7 + 9 * number, "a, b", n="1") for number in range(60)),
        bad(547, "invalid_row", "a quote is not closed; 2 lines to the end of the file are lost", b"2\topen\n3,c\n"),
    ]
    long = read(
        tmp_path, b"n,text\n" + lines + b'2,"' + b"y" * 40 + b"\n" + b"z" * 40 + b'"\n3,c\n', max_document_bytes=55
    )
    assert isinstance(long[60], Quarantined)
    assert (long[60].position, long[60].error) == (547, "invalid_row")
    assert long[60].detail.startswith("a row of 2 lines cannot be read: field larger than field limit (55)")
    assert [one.text for one in long[61:] if isinstance(one, Document)][-1:] == ["c"]


def test_what_is_told_of_a_long_row(tmp_path: Path) -> None:
    cells = ["é" * 100, "x" * 100]
    (found,) = read(tmp_path, ("text\n" + ",".join([*cells, "b"]) + "\n").encode(), text_field="text")[:1]
    assert isinstance(found, Document)  # a comma in a file of one column is text
    *_, told = read(tmp_path, ("text,n\n" + "a,1\n" * 9 + ",".join([*cells, "b"]) + "\n").encode())
    assert isinstance(told, Quarantined)
    assert told.first_bytes == ("\t".join([*cells, "b"])).encode()[:256]
    assert told.detail == "a row of 3 columns in 1 lines; the header has 2"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("column1", [row(0, "1", column2="a"), row(4, "2", column2="b")]),
        ("column2", [row(0, "a", column1="1"), row(4, "b", column1="2")]),
        ("column3", [bad(0, "missing_text",
                         "no column 'column3'; columns are 1, a; without a header they are column1 …")]),
        ("1", [Document(position=4, text="2", kind="web", metadata={"a": "b"})]),
    ],
)  # fmt: skip
def test_files_without_a_header(tmp_path: Path, field: str, expected: list[Record]) -> None:
    assert read(tmp_path, b"1,a\n2,b\n", text_field=field) == expected


def test_the_columns_that_there_are_are_told(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(22)]
    (told,) = read(tmp_path, ",".join(names).encode() + b"\n")
    detail = f"no column 'text'; columns are {', '.join(names[:20])}; without a header they are column1 …"
    assert told == bad(0, "missing_text", detail)
    assert read(tmp_path, b"body,html\na,b\n", html_field="x") == [
        bad(0, "missing_text", "no column 'x'; columns are body, html; without a header they are column1 …")
    ]


@pytest.mark.parametrize("name", ["a.tsv", "a.TAB", "a.tsv.gz"])
def test_a_name_says_that_there_are_tabs(tmp_path: Path, name: str) -> None:
    content = b"text,x\tn\na,b\t1\n"
    (found,) = read(tmp_path, content, name=name, text_field="text,x")
    assert isinstance(found, Document)
    assert (found.text, found.metadata) == ("a,b", {"n": "1"})
    (found,) = read(tmp_path, content, name="tsv.csv")
    assert isinstance(found, Document)
    assert (found.text, found.metadata) == ("a", {"x\tn": "b\t1"})


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    *rows, last = read(tmp_path, gzip.compress(b"text,n\na,1\nb,2\n" * 3000, mtime=0)[:-20], "gz")
    assert len(rows) > 1000
    assert isinstance(last, Quarantined)
    assert (last.error, last.detail) == ("truncated", "the file ends inside its gz data")


def test_a_named_charset(tmp_path: Path) -> None:
    content = "text,n\nпо,1\n".encode("koi8-r")
    assert read(tmp_path, content, encoding="koi8-r") == [row(7, "по", n="1", charset="koi8-r")]


def test_a_line_in_no_charset_that_could_be_told(tmp_path: Path) -> None:
    wrong = b"\xa0\xa1\xbf\xd7\xf7"
    assert read(tmp_path, b"text;n\n" + wrong + b";1\na,b;2\n") == [
        bad(7, "invalid_utf8", "neither UTF-8 nor any charset that could be told; give --encoding", wrong + b";1"),
        row(15, "a,b", n="2"),
    ]
