"""Files of an output folder as tables."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.errors import InputError
from textmill.pipeline.files import storage
from textmill.pipeline.files.tables import open_tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two folders of data under a name with every character that means something to SQL or a glob."""
    output = tmp_path / "it's [an] out*put?"
    for name, parts in (("ledger", 2), ("shards", 1)):
        (output / name).mkdir(parents=True)
        for part in range(parts):
            pq.write_table(pa.table({"n": [part * 10, part * 10 + 1]}), output / name / f"part-{part}.parquet")
    pq.write_table(pa.table({"n": [99]}), output / "ledger" / "part-9.parquet")  # of nobody
    return output


def manifest(**files: int) -> dict[str, Any]:
    return {name: [{"name": f"part-{part}.parquet"} for part in range(parts)] for name, parts in files.items()}


def test_the_listed_files_are_a_table_and_no_others(folder: Path) -> None:
    with open_tables(str(folder), manifest(ledger=2, shards=1, removed=0), ["ledger", "shards", "removed"]) as tables:
        assert tables.execute("SELECT n FROM ledger ORDER BY n").fetchall() == [(0,), (1,), (10,), (11,)]
        assert tables.execute("SELECT count(*) FROM shards").fetchall() == [(2,)]
        with pytest.raises(duckdb.CatalogException):
            tables.execute("SELECT * FROM removed")


def test_memory_is_bounded_and_what_does_not_fit_goes_to_a_folder_that_vanishes(folder: Path) -> None:
    with open_tables(str(folder), manifest(ledger=2), ["ledger"]) as tables:
        settings = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
        ((limit, scratch),) = tables.execute(settings).fetchall()
        assert limit in ("1.8 GiB", "2.0 GB", "2GB")
        assert Path(scratch).name.startswith("textmill-")
        assert Path(scratch).is_dir()
    assert not Path(scratch).exists()


def test_files_of_another_store_are_copied(folder: Path) -> None:
    store = f"memory://{folder}"
    for path in folder.rglob("*.parquet"):
        with storage.write_atomically(f"{store}/{path.relative_to(folder)}") as sink:
            sink.write(path.read_bytes())
    shutil.rmtree(folder)
    with open_tables(store, manifest(ledger=2, shards=1), ["ledger", "shards"]) as tables:
        assert tables.execute("SELECT sum(n) FROM ledger").fetchall() == [(22,)]
        assert tables.execute("SELECT sum(n) FROM shards").fetchall() == [(1,)]


def test_a_damaged_file_is_told_and_a_wrong_question_is_ours(folder: Path) -> None:
    with pytest.raises(duckdb.BinderException), open_tables(str(folder), manifest(ledger=2), ["ledger"]) as tables:
        tables.execute("SELECT nothing FROM ledger")
    (folder / "ledger" / "part-1.parquet").write_bytes(b"nonsense")
    damaged = pytest.raises(InputError, match=r"cannot read .*: .*; textmill verify tells what is damaged")
    with damaged as told, open_tables(str(folder), manifest(ledger=2), ["ledger"]) as tables:
        tables.execute("SELECT sum(n) FROM ledger").fetchall()
    assert "\n" not in str(told.value)
    (folder / "ledger" / "part-1.parquet").unlink()
    gone = pytest.raises(InputError, match="cannot read")
    with gone, open_tables(str(folder), manifest(ledger=2), ["ledger"]) as tables:
        tables.execute("SELECT sum(n) FROM ledger").fetchall()
