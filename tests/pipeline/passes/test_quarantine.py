"""Files of what could not be read."""

from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from textmill.filters.base.batch import document_id
from textmill.pipeline.files.ledger import ledger_schema
from textmill.pipeline.input.readers import Quarantined
from textmill.pipeline.passes.quarantine import QuarantineFile, quarantined_rows


def row(position: int) -> Quarantined:
    return Quarantined(source="in/a", position=position, error="truncated", detail="cut", first_bytes=b"x")


def test_there_is_no_file_where_everything_could_be_read(tmp_path: Path) -> None:
    with ExitStack() as stack:
        file = QuarantineFile(str(tmp_path / "q.parquet"), stack)
        file.write([])
    assert file.facts() is None
    assert list(tmp_path.iterdir()) == []


def test_rows_are_appended_and_stand_in_the_ledger(tmp_path: Path) -> None:
    path = tmp_path / "q.parquet"
    with ExitStack() as stack:
        file = QuarantineFile(str(path), stack)
        file.write([row(1), row(2)])
        file.write([])
        file.write([row(3)])
    facts = file.facts()
    assert facts is not None
    assert (facts.name, facts.rows) == ("q.parquet", 3)
    assert pq.read_table(path).to_pylist() == [vars(row(position)) for position in (1, 2, 3)]
    schema = ledger_schema({"gopher.words": pa.int64()})
    rows = [found for batch in quarantined_rows(str(path), schema) for found in batch.to_pylist()]
    assert [found["doc_id"] for found in rows] == [document_id("in/a", position) for position in (1, 2, 3)]
    known = {name: value for name, value in rows[0].items() if value is not None and name != "doc_id"}
    assert known == {"source": "in/a", "verdict": "quarantined", "step": "read", "rule": "truncated", "bytes": 0}
