"""A ledger in memory has its rows in the order of its files."""

from pathlib import Path

import duckdb

from textmill.pipeline.viewing.loading import SHORT, load


def test_rows_stay_in_their_order(tmp_path: Path) -> None:
    """There are so many that a join would take them in pieces."""
    path = tmp_path / "ledger.parquet"
    with duckdb.connect() as tables:
        tables.execute(
            "COPY (SELECT md5(n::VARCHAR) AS doc_id, CASE WHEN n % 3 = 0 THEN md5((n // 2)::VARCHAR) END AS "
            "kept_instead, CASE WHEN n % 3 = 0 THEN 'exact_dedup' END AS step, NULL::VARCHAR AS rule, n AS place "
            f"FROM range(300000) t(n)) TO '{path}'"
        )
        tables.execute(f"CREATE VIEW ledger AS SELECT * FROM '{path}'")
        load(tables, ["exact_dedup"])
        wrong = tables.execute("SELECT count(*), count(*) FILTER (rowid <> place) FROM held").fetchone()
        assert wrong == (300_000, 0)
        own, other = SHORT["doc_id"], SHORT["kept_instead"]
        # A document's number is the same wherever it is named.
        same = tables.execute(
            f"SELECT count(*), count(*) FILTER (one.{own} = two.{other}) "
            "FROM held one JOIN held two ON one.doc_id = two.kept_instead"
        ).fetchone()
        assert same == (100_000, 100_000)
        assert len(tables.execute("SELECT * FROM ledger LIMIT 1").description or ()) == 5
