"""Documents, bytes and tokens of every group, counted in one look."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from textmill.pipeline.output.report_account import Account, Sums, take_account

from .tables_of import tables_of

COLUMNS = ("source", "kind", "language.label", "verdict", "step", "rule", "bytes", "tokens")
ROWS = [
    ("it's", "web", "en", "kept", None, None, 100, 20),
    ("it's", "web", "en", "removed", "short", "minimum", 3, None),
    ("it's", "web", None, "removed", "short", "maximum", 40, 9),
    ("b", "book", "fr", "kept", None, None, 600, 70),
    ("b", "book", "en", "removed", "exact_dedup", "duplicate", 127, None),
    ("not listed", None, "fr", "kept", None, None, 0, 0),
    ("not listed", None, None, "removed", "exact_dedup", "duplicate", 128, None),
    ("b", None, None, "quarantined", "read", "invalid_json", 5000, None),
]


def rows() -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]


def test_every_group_has_its_sums() -> None:
    tables = tables_of(rows(), measurements={"language.label": pa.string()})
    found = take_account(tables, ["it's", "b", "no such"])
    assert found == Account(
        Sums(7, 3, 4, 998, 700, 298, 99),
        {
            "source": {"it's": Sums(3, 1, 2, 143, 100, 43, 29), "b": Sums(2, 1, 1, 727, 600, 127, 70)},
            "kind": {"web": Sums(3, 1, 2, 143, 100, 43, 29), "book": Sums(2, 1, 1, 727, 600, 127, 70)},
            "language": {
                "en": Sums(3, 1, 2, 230, 100, 130, 20),
                "fr": Sums(2, 2, 0, 600, 600, 0, 70),
                "not measured": Sums(2, 0, 2, 168, 0, 168, 9),
            },
            "bytes": {
                "0": Sums(1, 1, 0, 0, 0, 0, 0),
                "1": Sums(1, 0, 1, 3, 0, 3, 0),
                "5": Sums(1, 0, 1, 40, 0, 40, 9),
                "6": Sums(2, 1, 1, 227, 100, 127, 20),
                "7": Sums(1, 0, 1, 128, 0, 128, 0),
                "9": Sums(1, 1, 0, 600, 600, 0, 70),
            },
            "tokens": {
                "0": Sums(1, 1, 0, 0, 0, 0, 0),
                "4": Sums(1, 1, 0, 100, 100, 0, 20),
                "6": Sums(1, 1, 0, 600, 600, 0, 70),
            },
        },
        {
            ("short", "minimum"): Sums(1, 0, 1, 3, 0, 3, 0),
            ("short", "maximum"): Sums(1, 0, 1, 40, 0, 40, 9),
            ("exact_dedup", "duplicate"): Sums(2, 0, 2, 255, 0, 255, 0),
        },
        {
            "source": {
                ("it's", "short"): Sums(2, 0, 2, 43, 0, 43, 9),
                ("b", "exact_dedup"): Sums(1, 0, 1, 127, 0, 127, 0),
            },
            "kind": {
                ("web", "short"): Sums(2, 0, 2, 43, 0, 43, 9),
                ("book", "exact_dedup"): Sums(1, 0, 1, 127, 0, 127, 0),
            },
            "language": {
                ("en", "short"): Sums(1, 0, 1, 3, 0, 3, 0),
                ("en", "exact_dedup"): Sums(1, 0, 1, 127, 0, 127, 0),
                ("not measured", "short"): Sums(1, 0, 1, 40, 0, 40, 9),
                ("not measured", "exact_dedup"): Sums(1, 0, 1, 128, 0, 128, 0),
            },
        },
    )


def test_without_languages_or_listed_files_there_are_no_groups_of_them() -> None:
    plain = [{name: value for name, value in row.items() if name != "language.label"} for row in rows()]
    found = take_account(tables_of(plain), [])
    assert found.all == Sums(7, 3, 4, 998, 700, 298, 99)
    assert (found.by["language"], found.by["source"], found.by["kind"].keys()) == ({}, {}, {"web", "book"})
    assert take_account(tables_of(), ["a"]) == Account(
        Sums(), {name: {} for name in found.by}, {}, {name: {} for name in found.removed}
    )


def test_sums_add_up_and_go_off() -> None:
    one, two = Sums(1, 2, 3, 4, 5, 6, 7), Sums(10, 20, 30, 40, 50, 60, 70)
    assert one + two == Sums(11, 22, 33, 44, 55, 66, 77)
    assert two - one == Sums(9, 18, 27, 36, 45, 54, 63)


def test_removed_text_would_give_tokens_as_kept_text_does() -> None:
    assert Account(Sums(bytes_kept=700, tokens=99)).tokens_of(298) == 42
    assert Account(Sums(bytes_kept=1, tokens=1)).tokens_of(298) == 298
    assert Account(Sums(bytes_kept=0, tokens=99)).tokens_of(298) == 0
