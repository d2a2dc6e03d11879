"""The batch that every step works on, and the names of documents in it."""

import pyarrow as pa
import pytest
import xxhash

from textmill.filters.base.batch import BATCH_SCHEMA, KINDS, document_id, encodable, make_batch, replace_text


def test_columns_and_their_types() -> None:
    columns = {field.name: (field.type, field.nullable) for field in BATCH_SCHEMA}
    assert columns == {
        "doc_id": (pa.string(), False),
        "text": (pa.large_string(), False),
        "source": (pa.string(), False),
        "kind": (pa.string(), False),
        "url": (pa.string(), True),
        "metadata": (pa.string(), True),
    }
    assert KINDS == ("web", "book", "code", "other")


def test_a_document_is_named_by_where_it_stands() -> None:
    assert document_id("crawl/a.jsonl", 17) == xxhash.xxh3_128(b"crawl/a.jsonl\x0017").hexdigest()
    names = {document_id(source, position) for source in ("a", "a1") for position in (1, 11, 111)}
    assert len(names) == 6


def test_texts_become_a_batch() -> None:
    batch = make_batch(["one", "字"], source="s", kind="book", positions=[7, 5])
    assert batch.schema == BATCH_SCHEMA
    assert batch.to_pylist() == [
        {
            **{"doc_id": document_id("s", position), "text": text, "source": "s", "kind": "book"},
            **{"url": None, "metadata": None},
        }
        for position, text in ((7, "one"), (5, "字"))
    ]
    (row,) = make_batch(["x"]).to_pylist()
    assert (row["doc_id"], row["source"], row["kind"]) == (document_id("memory", 0), "memory", "web")
    assert make_batch([]).num_rows == 0


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("plain 字", "plain 字"), ("a\ud800b", "a\ufffdb"), ("\ud83d\ude00 \udc00", "\U0001f600 \ufffd")],
)
def test_what_utf8_cannot_hold_is_replaced(text: str, encoded: str) -> None:
    assert encodable(text) == encoded


def test_another_text_leaves_everything_else() -> None:
    batch = make_batch(["one", "two"]).append_column("words", pa.array([1, 2]))
    edited = replace_text(batch, pa.array(["1", "2"], pa.large_string()))
    assert edited["text"].to_pylist() == ["1", "2"]
    assert edited.drop_columns(["text"]) == batch.drop_columns(["text"])
    assert edited.schema == batch.schema
