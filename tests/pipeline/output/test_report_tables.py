"""The report's tables at their limits: how many rows they have, in which order, and when there is none."""

from __future__ import annotations

import re
from typing import Any

import pytest

from textmill.pipeline.output import report_tables
from textmill.pipeline.output.report_account import Account, Sums
from textmill.pipeline.output.report_tables import (
    largest_inputs,
    show_domains,
    show_funnel,
    show_groups,
    show_largest,
    show_losses,
)

from .tables_of import plain_rows, tables_of


def sums(read: int, kept: int, bytes_read: int = 100, bytes_kept: int = 50, tokens: int = 0) -> Sums:
    return Sums(read, kept, read - kept, bytes_read, bytes_kept, bytes_read - bytes_kept, tokens)


def test_a_funnel_without_tokens_has_no_column_of_them_and_no_idle_steps_are_named() -> None:
    funnel = [
        {"step": "a", "rule": "r", "documents": 1, "measurement": "m", "minimum": 1, "maximum": 1000.25},
        {"step": "a", "rule": "none", "documents": 0},
    ]
    manifest = {"totals": {"read": 4, "quarantined": 1}, "funnel": funnel}
    found = show_funnel(manifest, Account(sums(3, 2), rules={("a", "r"): sums(1, 0, 25, 0)}))
    assert plain_rows(found) == [
        ["step and rule", "removed", "of all", "text", "of all", "left", "text left", ""],
        ["a", "1", "25.0 %", "25 bytes", "25.0 %", "2", "75 bytes", ""],
        ["rpasses when m \u2265 1 and \u2264 1000", "1", "25.0 %", "25 bytes", "25.0 %", ""],
    ]
    assert "removed nothing:" not in found
    assert "okens" not in found
    with_tokens = show_funnel(manifest, Account(sums(3, 2, tokens=10), rules={("a", "r"): sums(1, 0, 25, 0)}))
    assert plain_rows(with_tokens)[1] == ["a", "1", "25.0 %", "25 bytes", "25.0 %", "5", "2", "75 bytes", ""]


def test_the_largest_inputs_are_listed_and_the_others_counted() -> None:
    inputs = [{"source": f"s{number:02d}", "read": number // 2} for number in range(18)]
    listed = largest_inputs({"inputs": inputs})
    assert [one["source"] for one in listed] == [
        f"s{n:02d}" for n in (16, 17, 14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2)
    ]
    by = {
        "source": {one["source"]: sums(one["read"], 1, 200, 20) for one in inputs},
        "language": {f"l{number:02d}": sums(3, 1) for number in range(16)} | {"zz": sums(9, 1)},
        "kind": {},
    }
    found = show_groups(tables_of(), {"inputs": inputs}, Account(sums(9, 9), by))
    rows = plain_rows(found)
    assert rows[0] == ["input", "read", "kept", "", "text", "text kept", "", ""]
    assert rows[1] == ["s16", "8", "1", "12.5 %", "200 bytes", "20 bytes", "10.0 %", ""]
    assert [row[0] for row in rows] == [
        *["input", *(one["source"] for one in listed)],
        *["language", "zz", *(f"l{number:02d}" for number in range(14))],
    ]
    assert re.findall('<p class="soft">(.*?)</p>', found) == ["and 3 more", "and 2 more"]
    assert 'style="width:10.000%"></span><span class="removed" style="width:90.000%"' in found
    with_tokens = show_groups(tables_of(), {"inputs": inputs[:1]}, Account(sums(9, 9, tokens=1000), {}))
    assert plain_rows(with_tokens) == [
        ["input", "read", "kept", "", "text", "text kept", "", "tokens", ""],
        ["s00", "0", "0", "0 %", "0 bytes", "0 bytes", "0 %", "0", ""],
    ]
    assert "more" not in with_tokens


def test_losses_are_told_where_there_are_groups_to_compare() -> None:
    groups = {f"g{number:02d}": sums(10, 1, 100 + number, 1) for number in range(9)}
    lost = {(group, f"step{n}"): sums(1, 0, n, 0) for group in groups for n in range(10)}
    lost["g08", "step1"] = sums(1, 0, 90, 0)
    rows = plain_rows(show_losses(Account(by={"kind": groups}, removed={"kind": lost})))
    assert rows[0] == ["kind", "step1", "step9", "step8", "step7", "step6", "step5", "step4", "step3"]
    assert [row[0] for row in rows[1:]] == [f"g{number:02d}" for number in range(8, 0, -1)]
    assert rows[1] == ["g08", "83.3 %", "8.3 %", "7.4 %", "6.5 %", "5.6 %", "4.6 %", "3.7 %", "2.8 %"]
    assert rows[2][1:3] == ["0.9 %", "8.4 %"]
    two = {name: groups[name] for name in ("g00", "g01")}
    assert show_losses(Account(by={"kind": two}, removed={"kind": {("g00", "s"): sums(1, 0, 9, 0)}}))
    assert show_losses(Account(by={"kind": two}, removed={"kind": {("g00", "s"): sums(1, 0, 0, 0)}})) == ""
    assert show_losses(Account(by={"kind": {"g00": groups["g00"]}}, removed={"kind": lost})) == ""


def test_the_domains_of_most_text_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger: list[dict[str, Any]] = [
        {"source": "s", "verdict": "kept", "bytes": 100 + number // 2, "tokens": 1000} for number in range(44)
    ]
    ledger += [{"source": "s", "verdict": "removed", "bytes": 10_000, "tokens": None}]
    urls = [f"https://u:p@www.D{number // 2:02d}.example:80/x?y#z" for number in range(43)]
    shards = [{"url": url} for url in [*urls, "no address", "http://removed.example/"]]
    tables = tables_of(ledger, [*shards, {"doc_id": f"{1:032d}", "url": urls[1]}])  # a copy counts once
    manifest = {"totals": {"read": 45}, "tokenizer": {"name": "t"}}
    found = show_domains(tables, manifest)
    rows = plain_rows(found)
    assert rows[0] == ["domain", "kept", "text", "of all", "tokens", ""]
    assert rows[1] == ["d20.example", "2", "240 bytes", "4.9 %", "2,000", ""]
    assert [row[0] for row in rows[1:]] == [f"d{number:02d}.example" for number in range(20, 0, -1)]
    assert found.count('style="width:100.000%"') == 1
    assert "<p>The 20 of 22 with most text, in bytes as read.</p>" in found
    assert [len(row) for row in plain_rows(show_domains(tables, {**manifest, "tokenizer": None}))[:2]] == [5, 5]
    monkeypatch.setattr(report_tables, "SAMPLED_URLS", 44)
    assert "Counted in about 44 documents." in show_domains(tables, manifest)
    monkeypatch.setattr(report_tables, "SAMPLED_URLS", 45)
    assert show_domains(tables, manifest) == found
    assert show_domains(tables_of(ledger, [{"url": "nowhere"}]), manifest) == ""


def test_the_largest_documents_are_listed() -> None:
    ledger: list[dict[str, Any]] = [
        {"source": f"s{number}", "verdict": "kept", "bytes": 100 + number // 2, "tokens": None} for number in range(12)
    ]
    ledger[11] |= {"verdict": "removed", "step": "a_b", "rule": "c", "tokens": 1234}
    ledger.append({"source": "s", "verdict": "quarantined", "bytes": 9999})
    rows = plain_rows(show_largest(tables_of(ledger)))
    assert rows[1] == ["105 bytes", "", "kept", "0" * 12, "s10"]
    assert rows[2] == ["105 bytes", "1,234", "removed by a_b.c", "0" * 12, "s11"]
    assert [row[4] for row in rows[3:]] == ["s8", "s9", "s6", "s7", "s4", "s5", "s2", "s3"]
    assert show_largest(tables_of(ledger[-1:])) == ""
