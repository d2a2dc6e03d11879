"""How many documents the toxicity step judged, and how."""

import duckdb
import pyarrow as pa

from textmill.pipeline.output.judged import count_judged


def test_each_way_of_judging_is_counted_the_most_frequent_first() -> None:
    rows = [
        *[("kept", "words")] * 3,
        *[("removed", "words")] * 2,
        *[("kept", "score"), ("removed", "score")] * 3,
        ("kept", None),
        ("kept", "other"),
        *[("quarantined", None)] * 9,
    ]
    tables = duckdb.connect()
    tables.register(
        "ledger", pa.table({"verdict": [row[0] for row in rows], "toxicity.judged": [row[1] for row in rows]})
    )
    assert count_judged(tables) == [
        ("by a model", 6, 3, 3),
        ("by a word list alone", 5, 3, 2),
        ("not measured", 1, 1, 0),
        ("other", 1, 1, 0),
    ]


def test_without_the_step_there_is_nothing_to_count() -> None:
    tables = duckdb.connect()
    tables.register("ledger", pa.table({"verdict": ["kept"]}))
    assert count_judged(tables) == []
