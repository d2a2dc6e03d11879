"""Batches of what readers find, and how details and metadata are written down."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import pytest

from textmill.filters.base.batch import BATCH_SCHEMA, document_id
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.readers.records import (
    Document,
    Quarantined,
    ReadBatch,
    Record,
    Skipped,
    batches,
    is_panic,
    shorten,
    without_addresses,
    without_surrogates,
)


def documents(*texts: str) -> list[Record]:
    return [Document(position=number, text=text, kind="web") for number, text in enumerate(texts)]


def gather(records: Iterable[Record], **options: object) -> list[ReadBatch]:
    return list(batches([("in", records)], InputOptions(**options)))  # type: ignore[arg-type]


def sizes(found: list[ReadBatch]) -> list[tuple[int, int, int]]:
    return [(one.batch.num_rows, len(one.quarantined), sum(map(Counter.total, one.skipped.values()))) for one in found]


def bad(position: int) -> Quarantined:
    return Quarantined(source="in", position=position, error="corrupt", detail="")


def test_a_batch_ends_when_it_is_full_and_the_last_comes_even_when_it_is_empty() -> None:
    assert sizes(gather([])) == [(0, 0, 0)]
    assert sizes(gather(documents(*"abcd"), batch_documents=2)) == [(2, 0, 0), (2, 0, 0)]
    assert sizes(gather([bad(0), bad(1), bad(2)], batch_documents=2)) == [(0, 2, 0), (0, 1, 0)]
    mixed = [*documents("a"), bad(5), Skipped(reason="x"), Skipped(reason="x"), *documents("b")]
    assert sizes(gather(mixed, batch_documents=2)) == [(2, 1, 2)]
    (whole,) = gather(mixed)
    assert (whole.skipped, whole.read) == ({"in": {"x": 2}}, {"in": 3})


def test_a_batch_spans_files_and_accounts_for_each() -> None:
    files = [
        ("a", documents("one", "two")),
        ("empty", []),
        ("in", [bad(0), Skipped(reason="x")]),
        ("c", documents(*"vwxyz")),
        ("skips", [Skipped(reason="x"), Skipped(reason="y")]),
    ]
    first, second, last = batches(files, InputOptions(batch_documents=3))
    assert first.batch["source"].to_pylist() == ["a", "a", "c"]
    assert first.batch["doc_id"].to_pylist() == [document_id("a", 0), document_id("a", 1), document_id("c", 0)]
    assert (first.read, first.skipped) == ({"a": 2, "empty": 0, "in": 1, "c": 1}, {"in": {"x": 1}})
    assert (second.batch["text"].to_pylist(), second.read) == (["w", "x", "y"], {"c": 3})
    assert (last.read, last.skipped) == ({"c": 1, "skips": 0}, {"skips": {"x": 1, "y": 1}})


def test_bytes_are_those_of_utf8() -> None:
    assert sizes(gather(documents("xxxx", "yyyy", "z"), batch_bytes=8)) == [(2, 0, 0), (1, 0, 0)]
    assert sizes(gather(documents("éé", "字x", "z"), batch_bytes=8)) == [(2, 0, 0), (1, 0, 0)]
    assert sizes(gather(documents("éé", "字", "z"), batch_bytes=8)) == [(3, 0, 0)]
    assert sizes(gather(documents("xxxx", "xxx", "xxxx", "xxx", "x"), batch_bytes=7)) == [
        (2, 0, 0),
        (2, 0, 0),
        (1, 0, 0),
    ]


def test_a_document_becomes_a_row() -> None:
    one = Document(position=7, text="x", kind="book", url="http://x/", metadata={"b": 1, "a": "字"})
    (found,) = gather([one])
    assert found.read == {"in": 1}
    assert found.batch.schema == BATCH_SCHEMA
    assert found.batch.to_pylist() == [
        {
            **{"doc_id": document_id("in", 7), "text": "x", "source": "in", "kind": "book", "url": "http://x/"},
            "metadata": '{"a":"字","b":1}',
        }
    ]
    (plain,) = gather([Document(position=8, text="", kind="web")], kind="code")
    assert plain.batch.to_pylist()[0] | {"doc_id": ""} == {
        **{"doc_id": "", "text": "", "source": "in", "kind": "code", "url": None, "metadata": None}
    }


@pytest.mark.parametrize(
    ("metadata", "written"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        ({2: "x", 1: "y"}, '{"1":"y","2":"x"}'),
        ({"when": datetime(2026, 1, 2)}, '{"when":"2026-01-02T00:00:00"}'),
        ({"z": 10**30, "é": "字", "a": [1, 2]}, '{"a":[1,2],"z":1000000000000000000000000000000,"é":"字"}'),
        (
            {"z": 10**30, "when": datetime(2026, 1, 2)},
            '{"when":"2026-01-02 00:00:00","z":1000000000000000000000000000000}',
        ),
        ({"a": "\ud800", "b": "é"}, '{"a":"\ufffd","b":"é"}'),
        ({"a": {1}}, '{"a":"{1}"}'),
    ],
)
def test_metadata_are_written_in_one_way(metadata: dict, written: str) -> None:
    ((row,),) = [
        found.batch.to_pylist() for found in gather([Document(position=0, text="", kind="web", metadata=metadata)])
    ]
    assert row["metadata"] == written


def test_metadata_that_cannot_be_written_are_left_out() -> None:
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    circular: dict = {"n": 10**30}
    circular["self"] = circular
    for metadata in ({"deep": nested}, circular):
        (found,) = gather([Document(position=0, text="x", kind="web", metadata=metadata)])
        assert found.batch.to_pylist()[0]["metadata"] is None


def test_details_are_short_and_can_be_stored() -> None:
    assert shorten("x" * 10, 10) == "x" * 10
    assert shorten("x" * 11, 10) == "x" * 8 + " …"
    exact = Quarantined(source="s", position=0, error="e", detail="y" * 300)
    assert (exact.detail, exact.first_bytes) == ("y" * 300, b"")
    long = Quarantined(source="s", position=0, error="e", detail="\udcff" + "y" * 300)
    assert long.detail == "\ufffd" + "y" * 297 + " …"


def test_a_text_of_exactly_the_limit_is_a_document_and_one_byte_more_is_none() -> None:
    texts = ["x" * 8, "x" * 9, "字字xx", "字字xxx", "y" * 700]
    (found,) = gather(documents(*texts), max_document_bytes=8)
    assert found.batch["text"].to_pylist() == ["x" * 8, "字字xx"]
    more = "--max-document-mb (max_document_bytes) lets longer ones in"
    assert [vars(one) for one in found.quarantined] == [
        {
            **{"source": "in", "position": position, "error": "too_large"},
            "detail": f"a text of {size} bytes; the limit is 8: {more}",
            "first_bytes": first,
        }
        for position, size, first in ((1, 9, b"x" * 9), (3, 9, "字字xxx".encode()), (4, 700, b"y" * 256))
    ]
    assert found.read == {"in": 5}
    (cut,) = gather(documents("é" * 200), max_document_bytes=8)
    assert cut.quarantined[0].first_bytes == "é".encode() * 128


def test_documents_of_an_archive_are_accounted_for_where_they_lie() -> None:
    inside = Document(position=3, text="x", kind="web", source="in/a.txt")
    (found,) = gather([inside, Quarantined(source="other", position=1, error="e", detail=""), *documents("y")])
    assert found.read == {"in": 1, "in/a.txt": 1, "other": 1}
    assert found.batch["source"].to_pylist() == ["in/a.txt", "in"]
    assert found.batch["doc_id"].to_pylist() == [document_id("in/a.txt", 3), document_id("in", 0)]


def test_kinds_that_are_given_hold_for_the_sources_they_name() -> None:
    parts = [("a", documents("1")), ("a/b", documents("2")), ("ab", documents("3"))]
    (found,) = batches(parts, InputOptions(kinds=(("a", "book"),)))
    assert found.batch["kind"].to_pylist() == ["book", "book", "web"]


def test_metadata_count_for_a_batch_too() -> None:
    given = [Document(position=n, text="x", kind="web", metadata={"a": "y" * 10}) for n in range(4)]
    size = 1 + len('{"a":"yyyyyyyyyy"}')
    assert sizes(gather(given, batch_bytes=2 * size)) == [(2, 0, 0), (2, 0, 0)]
    assert sizes(gather(given, batch_bytes=2 * size + 1)) == [(3, 0, 0), (1, 0, 0)]


def test_an_object_in_metadata_is_told_without_its_place_in_memory() -> None:
    assert without_addresses("<A at 0x7f00aB> at 0x1> at 0x, at 0xg>") == "<A>> at 0x, at 0xg>"
    (found,) = gather([Document(position=0, text="x", kind="web", metadata={"a": object()})])
    assert found.batch["metadata"].to_pylist() == ['{"a":"<object object>"}']


def test_surrogates() -> None:
    assert without_surrogates("a\ud83d\ude00b\udc00") == "a\U0001f600b\ufffd"
    assert without_surrogates("plain") == "plain"
    assert without_surrogates("größer 字") == "größer 字"


def test_a_failed_assertion_of_rust_is_known_by_its_name() -> None:
    class PanicException(BaseException):
        pass

    assert is_panic(PanicException())
    assert not is_panic(KeyboardInterrupt())
