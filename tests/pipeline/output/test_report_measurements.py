"""Which measurements are drawn, with which thresholds, and lengths in powers of two."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from textmill.pipeline.output.report_account import Account, Sums
from textmill.pipeline.output.report_measurements import show_measurements

from .tables_of import plain_rows, tables_of


def shown(funnel: list[dict[str, Any]], account: Account = Account(), **changed: Any) -> str:  # noqa: B008
    names = [row["measurement"] for row in funnel if "measurement" in row]
    tables = tables_of(
        [{"source": "s", "verdict": "kept", "bytes": 1, **dict.fromkeys(names, 1.0)}],
        measurements=dict.fromkeys(names, pa.float64()),
    )
    manifest = {"funnel": funnel, "totals": {"read": 1}, "tokenizer": None}
    return show_measurements(tables, {**manifest, **changed}, account)


def row(step: str, rule: str, documents: int, measurement: str, **bounds: float) -> dict[str, Any]:
    return {"step": step, "rule": rule, "documents": documents, "measurement": measurement, **bounds}


def heads(page: str) -> list[tuple[str, str]]:
    return re.findall("<h3>(.*?)</h3><small>(.*?)</small>", page)


def test_a_measurement_has_the_thresholds_of_the_step_that_removed_most_by_it() -> None:
    funnel = [
        row("<b>", "small", 2, "x<y>", minimum=3),
        row("<b>", "large", 9, "x<y>", maximum=4000),
        row("a", "other", 8, "x<y>", minimum=7),
        row("c", "one", 20, "z", minimum=0.5),
        {"step": "d", "rule": "list", "documents": 99, "measurement": "w", "allowed": ["v"]},
        {"step": "e", "rule": "duplicate", "documents": 99},
    ]
    page = shown(funnel)
    assert heads(page) == [
        ("z", "c: minimum 0.5; removed 20"),
        ("x&lt;y&gt;", "&lt;b&gt;: minimum 3 and maximum 4,000; removed 11"),
    ]
    assert re.findall('aria-label="(.*?)"', page) == ["z: minimum 0.5", "x&lt;y&gt;: minimum 3 and maximum 4,000"]
    assert page.count('class="bound"') == 3
    assert "about" not in page


def test_equal_ones_go_by_their_names_and_twelve_are_drawn() -> None:
    funnel = [row(f"s{n:02d}", rule, 1, f"m{n:02d}", minimum=n) for n in reversed(range(14)) for rule in ("b", "a")]
    assert [name for name, _ in heads(shown(funnel))] == [f"m{n:02d}" for n in range(12)]


def test_a_large_run_is_told_to_be_sampled() -> None:
    one = [row("s", "r", 1, "m", minimum=1)]
    for read, told in ((200_000, 0), (200_001, 1)):
        page = shown(one, totals={"read": read})
        assert page.count(" Drawn from about 200,000 documents.") == told


def test_lengths_stand_in_powers_of_two_without_gaps() -> None:
    account = Account(
        by={
            "bytes": {"3": Sums(3, 1, 2), "0": Sums(6, 6, 0), "11": Sums(1, 0, 1)},
            "tokens": {"4": Sums(1, 1, 0)},
        }
    )
    page = shown([], account)
    starts = ["0", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1,024", "2,048"]
    counts = {"0": "6", "8": "3", "2,048": "1"}
    assert plain_rows(page) == [["bytes from", "documents", ""], *([one, counts.get(one, "0"), ""] for one in starts)]
    assert re.findall('<span class="(.*?)" style="width:(.*?)%">', page) == [
        *(("kept", "100.000"), ("kept", "16.667")),
        *(("removed", "33.333"), ("removed", "16.667")),
    ]
    assert re.findall("<h3>(.*?)</h3>", page) == ["bytes of all documents"]
    both = shown([], account, tokenizer={"name": "t"})
    assert re.findall("<h3>(.*?)</h3>", both) == ["bytes of all documents", "tokens of kept documents"]
    assert plain_rows(both)[-2:] == [["tokens from", "documents", ""], ["16", "1", ""]]
    assert shown([]) == shown([], tokenizer={"name": "t"}) == ""
