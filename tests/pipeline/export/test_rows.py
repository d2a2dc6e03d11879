"""Rows of runs and mixes as writers take them."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import InputError
from textmill.errors import AccountingError
from textmill.pipeline.export.rows import Data, Rows, Writer, _rows
from textmill.pipeline.mixing.gather import DOCUMENT

LISTED = pa.list_(pa.struct(list(DOCUMENT)))


class Plain(Writer):
    """A format that keeps nothing."""

    def add(self, rows: Rows) -> None:
        raise NotImplementedError


def data(folder: Path, **options: Any) -> Data:
    given: dict[str, Any] = {"tokenizer": None, "length": None, "is_packed": False, "dtype": "uint16"}
    return Data(folder=str(folder), part="shards", shards=({"name": "a.parquet"},), **{**given, **options})


def documents(*lengths: list[int]) -> pa.Array:
    texts = {field.name: "x" for field in DOCUMENT if not pa.types.is_integer(field.type)}
    numbers = {field.name: 0 for field in DOCUMENT if pa.types.is_integer(field.type)}
    return pa.array([[{**texts, **numbers, "length": length} for length in row] for row in lengths], LISTED)


def test_rows_in_the_middle_of_a_batch_begin_at_zero() -> None:
    ids = pa.array([[1, 2], [3], [4, 5, 6]], pa.list_(pa.int32()))
    names = {"doc_id": ["a", "b", "c"], "source": ["s", "s", "t"]}
    batch = pa.record_batch({"input_ids": ids, **{name: pa.array(given) for name, given in names.items()}})
    rows = _rows(batch.slice(1), is_mix=False)
    assert (rows.ids.tolist(), rows.offsets.tolist()) == ([3, 4, 5, 6], [0, 1, 4])
    assert rows.documents.flatten().field("length").to_pylist() == [1, 3]
    mixed = pa.record_batch({"input_ids": ids, "documents": documents([2], [1], [3])})
    rows = _rows(mixed.slice(1), is_mix=True)
    assert (rows.ids.tolist(), rows.offsets.tolist()) == ([3, 4, 5, 6], [0, 1, 4])
    assert len(rows.documents) == 2


def test_where_documents_end_and_what_pads_a_row_ends_with_it() -> None:
    rows = Rows(np.arange(12, dtype=np.int32), np.array([0, 6, 6, 12]), documents([2, 3], [], [6]))
    assert len(rows) == 3
    assert rows.of(0).tolist() == [0, 1, 2, 3, 4, 5]
    assert rows.of(1).tolist() == []
    assert rows.document_ends().tolist() == [2, 5, 6, 12]
    later = Rows(rows.ids, np.array([0, 0, 4, 12]), documents([], [4], [1, 2, 5]))
    assert later.document_ends().tolist() == [4, 5, 7, 12]
    assert Rows(rows.ids[:0], np.array([0]), documents()).document_ends().tolist() == []


def test_rows_of_a_run_are_documents(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    ids = [list(range(row % 5)) for row in range(2500)]
    table = pa.table(
        {
            "doc_id": [f"d{row}" for row in range(2500)],
            "source": ["in/a"] * 2500,
            "input_ids": pa.array(ids, pa.list_(pa.int32())),
        }
    )
    pq.write_table(table, tmp_path / "shards" / "a.parquet")
    one = data(tmp_path)
    found = list(one.read(one.shards[0]))
    assert [len(rows) for rows in found] == [1000, 1000, 500]
    assert [rows.of(row).tolist() for rows in found for row in range(len(rows))] == ids
    names = [row[0]["doc_id"] for rows in found for row in rows.documents.to_pylist()]
    assert names == table["doc_id"].to_pylist()
    first = found[1].documents[3].as_py()[0]
    assert (first["source"], first["length"]) == ("in/a", 3)


def test_rows_of_a_mix_are_sequences(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    listed = documents([2, 1], [3])
    table = pa.table({"input_ids": pa.array([[1, 2, 3], [4, 5, 6]], pa.list_(pa.int32())), "documents": listed})
    pq.write_table(table, tmp_path / "shards" / "a.parquet")
    one = data(tmp_path)
    (rows,) = one.read(one.shards[0])
    assert rows.documents.to_pylist() == listed.to_pylist()
    assert rows.document_ends().tolist() == [2, 3, 6]


def test_a_shard_that_is_missing_or_damaged_is_told(tmp_path: Path) -> None:
    one = data(tmp_path)
    with pytest.raises(InputError, match=r"cannot read .*shards/a.parquet: .*; textmill verify tells what is damaged"):
        list(one.read(one.shards[0]))
    (tmp_path / "shards").mkdir()
    (tmp_path / "shards" / "a.parquet").write_bytes(b"PAR1nonsense")
    with pytest.raises(InputError, match="textmill verify tells"):
        list(one.read(one.shards[0]))


def test_ids_are_cast_where_they_fit(tmp_path: Path) -> None:
    small, large = Plain(tmp_path, data(tmp_path)), Plain(tmp_path, data(tmp_path, dtype="int32"))
    fits = np.array([0, 65_535], dtype=np.int32)
    assert (small.cast(fits).dtype, small.cast(fits).tolist()) == (np.uint16, [0, 65_535])
    with pytest.raises(AccountingError, match="has the token id 65,536, which its manifest does not know"):
        small.cast(fits + np.int32(1))
    assert large.cast(fits + np.int32(1)).tolist() == [1, 65_536]
    assert small.cast(fits[:0]).tolist() == []


@pytest.mark.parametrize("is_mix", [False, True])
def test_a_slice_of_a_batch_is_rows_of_its_own(is_mix: bool) -> None:
    ids = pa.array([[1, 2], [3], [4, 5, 6]], pa.list_(pa.int32()))
    named = {"documents": documents([2], [1], [3])} if is_mix else {"doc_id": ["a", "b", "c"], "source": ["x"] * 3}
    batch = pa.RecordBatch.from_pydict({"input_ids": ids, **named})
    rows = _rows(batch.slice(1), is_mix=is_mix)
    assert [rows.of(row).tolist() for row in range(len(rows))] == [[3], [4, 5, 6]]
