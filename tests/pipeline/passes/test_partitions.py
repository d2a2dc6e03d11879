"""Folders of partitioned shards: one for each value whatever it is, none outside, as DuckDB and pyarrow name them."""

from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill import InputError
from textmill.pipeline.passes.partitions import (
    LONGEST_NAME_BYTES,
    MOST_PARTITIONS,
    UNKNOWN,
    check_number,
    folder_name,
    partitioned,
)

HOSTILE = [
    "en",
    "a/b",
    "..",
    ".",
    "",
    "../../etc",
    "x=y",
    "a b",
    "%2F",
    "ü",
    "\0",
    "\n",
    "C:\\x",
    "*?[a]",
    "'\"",
    UNKNOWN,
]


@given(st.text(max_size=20))
def test_every_value_is_one_folder_of_its_own_name(value: str) -> None:
    name = folder_name("k", value)
    assert "/" not in name
    assert name.startswith("k=")
    assert name.isascii()
    assert unquote(name[2:]) == value
    assert name != f"k={UNKNOWN}"


def test_nothing_numbers_and_truth() -> None:
    assert [folder_name("k", value) for value in (None, 3, True, False)] == [f"k={UNKNOWN}", "k=3", "k=true", "k=false"]
    assert folder_name("a b", "x") == "a%20b=x"
    assert [folder_name("a/b", value) for value in ("c/d", None)] == ["a%2Fb=c%2Fd", f"a%2Fb={UNKNOWN}"]
    assert folder_name("k", UNKNOWN) == "k=%5F_HIVE_DEFAULT_PARTITION__"


def test_a_value_too_long_for_a_folder_is_told() -> None:
    assert len(folder_name("k", "x" * (LONGEST_NAME_BYTES - 2))) == LONGEST_NAME_BYTES
    with pytest.raises(InputError) as told:
        folder_name("k", "x" * (LONGEST_NAME_BYTES - 1))
    assert str(told.value) == (
        f"shards cannot be partitioned by k: its value '{'x' * 60}'… needs a folder name of 256 bytes, and file "
        "systems take 255; partition by another column"
    )
    with pytest.raises(InputError, match=r"its value '界{60}'… needs a folder name of 902 bytes"):
        folder_name("k", "界" * 100)


def test_too_many_folders_are_told_with_what_to_do() -> None:
    check_number(MOST_PARTITIONS, ["source"])
    with pytest.raises(InputError) as told:
        check_number(MOST_PARTITIONS + 1, ["language", "source"])
    assert str(told.value) == (
        "shards partitioned by language, source would lie in 4,097 folders, more than 4,096; partition by "
        "input_label, which names the input and not its files"
    )
    batch = pa.record_batch({"k": pa.array([str(number) for number in range(MOST_PARTITIONS + 1)])})
    with pytest.raises(InputError, match="fewer columns"):
        list(partitioned(batch, ["k"]))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from([*HOSTILE, None]), st.sampled_from([1, 2, None])), max_size=40))
def test_rows_are_told_apart_in_their_order(rows: list[tuple[str | None, int | None]]) -> None:
    batch = pa.record_batch(
        {
            "k": pa.array([key for key, _ in rows], pa.string()),
            "n": pa.array([number for _, number in rows], pa.int64()),
            "row": pa.array(range(len(rows)), pa.int64()),
        }
    )
    found = list(partitioned(batch, ["k", "n"]))
    names = [name for name, _ in found]
    if rows:
        assert names == sorted({f"{folder_name('k', key)}/{folder_name('n', number)}" for key, number in rows})
    else:
        assert names == [""]
    for name, part in found:
        for row in part.to_pylist() if rows else []:
            assert name == f"{folder_name('k', row['k'])}/{folder_name('n', row['n'])}"
        assert part["row"].to_pylist() == sorted(part["row"].to_pylist())
    assert sorted(row for _, part in found for row in part["row"].to_pylist()) == list(range(len(rows)))


def test_without_columns_all_rows_stay_together() -> None:
    batch = pa.record_batch({"k": pa.array(["a", "b"])})
    ((name, rows),) = partitioned(batch, [])
    assert (name, rows) == ("", batch)


def test_duckdb_and_pyarrow_find_hostile_values_by_their_folders(tmp_path: Path) -> None:
    values = [*(value for value in HOSTILE if value != UNKNOWN), None]
    batch = pa.record_batch({"k": pa.array(values, pa.string()), "n": pa.array(range(len(values)))})
    for name, rows in partitioned(batch, ["k"]):
        folder = tmp_path / "shards" / name
        folder.mkdir(parents=True)
        pq.write_table(pa.Table.from_batches([rows]), folder / "part-0.parquet")
    assert {path.name for path in tmp_path.iterdir()} == {"shards"}
    files = ds.dataset(tmp_path / "shards", partitioning="hive")
    for number, value in enumerate(values):
        wanted = pc.is_null(ds.field("k")) if value is None else ds.field("k") == value
        assert files.to_table(filter=wanted)["n"].to_pylist() == [number]
        glob = str(tmp_path / "shards" / "**" / "*.parquet")
        query = "SELECT n FROM read_parquet($glob, hive_partitioning=true) WHERE k IS NOT DISTINCT FROM $value"
        assert duckdb.execute(query, {"glob": glob, "value": value}).fetchall() == [(number,)]
