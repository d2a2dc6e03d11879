"""Which clusters and which pairs of duplicates the report shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from textmill.pipeline.output.report_pairs import COMPARED_CHARS, show_duplicates

from .tables_of import plain_rows, tables_of

MANIFEST: Mapping[str, Any] = {"removed": [{"rows": 40}], "totals": {"removed": 50}}


def duplicate(doc: str, kept: str, step: str = "s", similarity: float | None = None, size: int = 10) -> dict[str, Any]:
    row = {"source": "in", "verdict": "removed", "step": step, "rule": "duplicate", "kept_instead": kept}
    return {**row, "doc_id": doc, "cluster": f"c{kept}", "similarity": similarity, "bytes": size, "text": f"of {doc}"}


def shown(duplicates: list[dict[str, Any]], texts: Mapping[str, str], manifest: Mapping[str, Any] = MANIFEST) -> str:
    shards = [{"doc_id": name, "text": text} for name, text in texts.items()]
    removed = [{key: value for key, value in one.items() if key not in ("cluster", "bytes")} for one in duplicates]
    ledger = [{key: value for key, value in one.items() if key != "text"} for one in duplicates]
    return show_duplicates(tables_of(ledger, shards, removed), manifest)


def pairs(page: str) -> list[str]:
    """Which removed document each pair has."""
    return re.findall("<small><code>(.*?)</code>, kept", page)


def test_the_largest_clusters_are_listed_with_the_least_similarity() -> None:
    found = [
        duplicate(f"{n:02d}{copy}", f"kept{n:02d}", "s_t", 0.5 + 0.125 * copy)
        for n in range(12)
        for copy in range(1 + n // 2)
    ]
    found.append(duplicate("x", "kept11", "a", None, 2000))
    page = shown(found, {"kept11": "y" * 100, "kept10": "z<" * 51})
    rows = plain_rows(page.partition("<h2>Duplicates")[0])
    assert rows[0] == ["step", "removed", "text", "least alike", "kept instead", "which begins"]
    assert rows[1] == ["s_t", "6", "60 bytes", "0.50", "kept10", "z<" * 50 + " …"]
    assert rows[2] == ["s_t", "6", "60 bytes", "0.50", "kept11", "y" * 100]
    assert [row[4] for row in rows[3:]] == [f"kept{n:02d}" for n in (8, 9, 6, 7, 4, 5, 2, 3)]
    assert page.count('<code class="whole">') == 10
    only = shown([duplicate("x", "index:old<", "a", None, 2000)], {})
    assert plain_rows(only)[1] == ["a", "1", "2.0 kB", "", "index:old&lt;".replace("&lt;", "<"), ""]
    assert shown([], {}) == ""


def test_of_each_step_the_least_alike_pairs_are_shown_and_some_others() -> None:
    alike = {"b": 0.75, "a": 0.75, "d": 0.5, "c": 0.875, "e": 0.9, "f": 1.0, "g": None, "h": 1.0, "i": None, "j": 1.0}
    found = [duplicate(name, "k" * 13, "near", similarity) for name, similarity in alike.items()]
    found += [duplicate("0first", "k" * 13, "exact", None), duplicate("seen", "index:old", "near", 0.1)]
    page = shown(found, {"k" * 13: "of kept"})
    assert re.findall("<summary><b>(.*?)</b>", page) == ["exact", "near"]
    assert pairs(page) == ["0first", "d", "a", "b", "c", "e", "f"]
    assert "<small><code>d</code>, kept <code>kkkkkkkkkkkk</code>, similarity 0.500</small>" in page
    assert "<small><code>0first</code>, kept <code>kkkkkkkkkkkk</code></small>" in page
    assert "From the texts of 40 of 50 removed documents." in page
    assert "<div>of <del>d</del> <ins>kept</ins></div>" in page


def test_a_pair_without_both_texts_is_not_shown() -> None:
    found = [duplicate("a", "gone", "one", 0.5), duplicate("b", "a", "two", 0.5)]
    page = shown(found, {})
    assert pairs(page) == ["b"]  # what one step kept, another has removed
    assert "<summary><b>one" not in page
    assert "<h2>Duplicates" not in shown(found[:1], {})


def test_without_samples_or_removed_texts_there_are_no_pairs() -> None:
    found = [duplicate("a", "k", "s", 0.5)]
    texts = {"k": "of k"}
    for changed in ({"removed": []}, {"options": {"samples": 0}}):
        page = shown(found, texts, {**MANIFEST, **changed})
        assert "<h2>Duplicates" not in page
        assert plain_rows(page)[1][4:] == ["k", "of k"]
    assert pairs(shown(found, texts, {**MANIFEST, "options": {"samples": 1}})) == ["a"]


def test_only_the_beginnings_of_texts_are_compared() -> None:
    found = [{**duplicate("a", "k", "s", 0.5), "text": "x" * COMPARED_CHARS + "left"}]
    assert "no word differs" in shown(found, {"k": "x" * COMPARED_CHARS + "right"})
    assert COMPARED_CHARS == 20_000
