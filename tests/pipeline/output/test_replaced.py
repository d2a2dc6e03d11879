"""How much personal data was replaced in the kept documents."""

import duckdb
import pyarrow as pa

from textmill.filters.pii.kinds import KINDS
from textmill.pipeline.output.replaced import Replaced, count_replaced


def test_kinds_are_counted_in_kept_documents_the_most_frequent_first() -> None:
    email, phone, ip = (KINDS[kind] for kind in ("email", "phone", "ip"))
    tables = duckdb.connect()
    columns = {
        "verdict": ["kept", "kept", "kept", "removed"],
        phone.measurement: [1, 4, None, 100],
        email.measurement: [0, 2, 3, 100],
        ip.measurement: [0, None, 0, 100],
    }
    tables.register("ledger", pa.table(columns))
    assert count_replaced(tables) == [Replaced("email", email.tag, 2, 5), Replaced("phone", phone.tag, 2, 5)]


def test_where_nothing_was_looked_for_nothing_is_told() -> None:
    tables = duckdb.connect()
    tables.register("ledger", pa.table({"verdict": ["kept"]}))
    assert count_replaced(tables) == []
