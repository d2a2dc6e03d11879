"""Many bad lines of a megabyte are counted in one row, and nothing that may be a document is passed over."""

import pytest

from textmill.pipeline.input.readers.flood import MOST_ROWS_OF_A_BLOCK, Flood
from textmill.pipeline.input.readers.records import FIRST_BYTES, Document, Quarantined, Record
from textmill.pipeline.input.readers.streams import Line
from textmill.pipeline.input.splits import BLOCK_BYTES


def bad(position: int) -> Quarantined:
    return Quarantined(
        source="in/a", position=position, error="invalid_json", detail="none", first_bytes=b"{%d" % position
    )


def checked(flood: Flood, offset: int, record: Record | None = None) -> list[Record]:
    return list(flood.check(Line(offset, b"{"), record or bad(offset)))


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"{}\n", 1),
        (b"{}", 1),
        (b"{}\n[]", 2),
        (b"{}\n\n \t\r\n[]\n", 2),
        (b'{"texts": 1}\n', 1),
        (b'{"text": "a"}\n', None),
        (b'{}\n{"te\\u0078t": "a"}\n', None),
    ],
)
def test_lines_are_passed_over_if_none_can_have_the_field(data: bytes, lines: int | None) -> None:
    flood = Flood("in/a", "text")
    assert flood.passes(7, data) is (lines is not None)
    detail = f"{lines} more lines of this megabyte hold no document"
    row = Quarantined(source="in/a", position=7, error="no_documents", detail=detail, first_bytes=data)
    assert list(flood.end()) == ([row] if lines else [])
    assert list(flood.end()) == []


def test_blank_lines_alone_are_nothing() -> None:
    flood = Flood("in/a", "text")
    assert flood.passes(0, b"\n  \n")
    assert flood.passes(4, b"{" * 1000 + b"\n")
    (row,) = flood.end()
    assert isinstance(row, Quarantined)
    assert (row.position, row.first_bytes) == (4, b"{" * FIRST_BYTES)


def test_of_each_megabyte_a_hundred_bad_lines_have_a_row_and_documents_always() -> None:
    flood = Flood("in/a", "text")
    for offset in range(MOST_ROWS_OF_A_BLOCK):
        assert checked(flood, offset) == [bad(offset)]
        assert flood.until == 0
    document = Document(position=500, text="A text.", kind="web")
    assert checked(flood, 500, document) == [document]
    assert checked(flood, 600) == checked(flood, 700) == []
    assert flood.until == BLOCK_BYTES
    assert checked(flood, 800, document) == [document]
    counted = Quarantined(
        source="in/a",
        position=600,
        error="no_documents",
        detail="2 more lines of this megabyte hold no document",
        first_bytes=b"{600",
    )
    assert checked(flood, BLOCK_BYTES) == [counted, bad(BLOCK_BYTES)]
    for offset in range(1, MOST_ROWS_OF_A_BLOCK):
        assert checked(flood, BLOCK_BYTES + offset) == [bad(BLOCK_BYTES + offset)]
    assert checked(flood, 2 * BLOCK_BYTES - 1) == []
    assert flood.until == 2 * BLOCK_BYTES
