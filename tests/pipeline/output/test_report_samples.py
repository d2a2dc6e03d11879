"""What the report shows of texts and groups, from real runs."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textmill import MinHashDedup, Recipe
from textmill.filters.base.where import where
from textmill.pipeline.output import report_samples
from textmill.pipeline.output.charts import STYLE
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.report import write_report

from ..conftest import IN_PROCESS
from .tables_of import plain_rows, tables_of

STORY = "When the boat left the harbour at noon nobody on the quay had seen the captain, who was asleep below. "


def first_word_chars(text: str) -> int:
    return len(text.split()[0])


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html.replace("<wbr>", "")))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Run a recipe over texts of which some repeat others, and some begin with a word that is too short or much so."""
    folder = tmp_path_factory.mktemp("run")
    parts = [[f"{word}{number}{part}" for part in range(5) for word in STORY.split()] for number in range(3)]
    texts = [" ".join(words) for words in parts]
    texts += [texts[0].replace("harbour00", "<i>port</i>", 1), texts[0] + " END"]
    texts += [f"{'x' * size} short number {size} <b>" for size in (1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 3, 3)]
    rows = [
        {"text": text, "url": f"https://www.{'a' if text.startswith('When0') else 'b'}.example:80/{index}"}
        for index, text in enumerate(texts)
    ]
    (folder / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))

    (folder / "short.jsonl").write_text(json.dumps({"text": "ab cd"}) + "\n")

    def run(more: bool = False, **options: Any) -> Path:
        out = folder / f"out{len(list(folder.iterdir()))}"
        recipe = Recipe("r", [where(first_word_chars, minimum=4), MinHashDedup()])
        inputs = [str(folder / name) for name in ("in.jsonl", *(["short.jsonl"] if more else []))]
        recipe.run(inputs, output=str(out), runner=IN_PROCESS, **options)
        return out

    return run


@pytest.fixture(scope="module")
def kept(run: Callable[..., Path]) -> Path:
    return run(keep_removed=True)


@pytest.fixture(scope="module")
def page(kept: Path) -> str:
    return (kept / "report.html").read_text()


def test_samples_are_near_the_threshold_and_far_from_it(page: str) -> None:
    section = page[page.index("Some of the removed documents") : page.index("How it was made")]
    (rule,) = re.findall(r"<b>where.<wbr>minimum</b> removed 12 documents</summary>(.*?)</details>", section)
    near, far = plain(rule).split("far from it")
    assert near.count("against 4") == far.count("against 4") == report_samples.SAMPLES
    assert near.count("3 against 4") == 5
    assert far.count("1 against 4") == 4
    assert "xxx short number 3 &lt;b&gt;" in near
    assert "<b>" not in rule


def test_duplicates_stand_beside_what_was_kept(page: str) -> None:
    assert "<h2>Largest clusters</h2>" in page
    assert re.search(r"minhash_dedup 2 [\d.]+ (bytes|kB) 0\.\d+ [0-9a-f]{12} When00 the00", plain(page))
    section = page[page.index("Duplicates beside") : page.index("Some of the removed documents")]
    marked = re.findall(r"<(del|ins)>(.*?)</", section.split("</p>", 1)[1])
    assert {words.strip() for _, words in marked} >= {"&lt;i&gt;port&lt;/i&gt;", "harbour00"}
    assert "<i>" not in section


def test_domains_lengths_and_largest_documents_are_told(page: str) -> None:
    text = plain(page)
    section = text[text.index("Domains") : text.index("Largest documents")]
    assert re.search(r"b\.example 2 [\d.]+ \w+ 66\.\d % a\.example 1 [\d.]+ \w+ 33\.\d %", section)
    assert "www." not in section
    assert "bytes of all documents" in text
    sizes = re.findall(r"([\d,]+) bytes (?:kept|removed by)", text[text.index("Largest documents") :])
    assert sizes == sorted(sizes, key=lambda size: -int(size.replace(",", "")))
    assert len(sizes) + len(re.findall(r"kB (?:kept|removed by)", text[text.index("Largest documents") :])) == 10


def test_what_each_step_took_of_each_input_is_told(run: Callable[..., Path]) -> None:
    """The second input is too short as a whole."""
    text = plain((run(more=True) / "report.html").read_text())
    section = text[text.index("What each step took") : text.index("Domains")]
    assert "input minhash_dedup where" in section
    assert re.search(r"short\.jsonl 0\.0 % 100\.0 %", section)
    assert re.search(r"in\.jsonl 3\d\.\d % \d\.\d %", section)


@pytest.mark.parametrize("keep_removed", [False, True])
def test_without_samples_the_page_shows_no_removed_text(run: Callable[..., Path], keep_removed: bool) -> None:
    out = run(samples=0, keep_removed=keep_removed)
    card = (out / "README.md").read_text()
    assert "quoted" not in card
    assert ("Every removed document is in `removed/` with its text" in card) == keep_removed
    text = plain((out / "report.html").read_text())
    assert "3.0 against 4" in text or "3 against 4" in text
    assert "short number" not in text
    assert "Duplicates beside" not in text
    assert "Largest clusters" in text


def test_a_report_is_the_same_when_it_is_written_again(kept: Path, page: str) -> None:
    assert Path(write_report(str(kept), read_manifest(str(kept)))).read_text() == page


def test_only_some_files_of_removed_texts_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_samples, "TEXTS_LOOKED_AT", 100)
    files = [{"name": f"{index}", "rows": 20} for index in range(50)]
    taken = report_samples.with_some_texts({"removed": files})["removed"]
    assert sum(file["rows"] for file in taken) == 100
    assert int(taken[-1]["name"]) > 35
    assert report_samples.with_some_texts({"removed": files[:5]})["removed"] == files[:5]


def test_the_page_fits_narrow_screens_and_paper(page: str) -> None:
    """Tables scroll by themselves, columns of cards are never wider than the page, and nothing is loaded."""
    assert len(re.findall("<table", page)) == len(re.findall('<div class="scroll"><table', page))
    assert "minmax(min(310px, 100%), 1fr)" in STYLE
    assert "@media print" in STYLE
    assert not re.search(r"url\(|@import|<script|<link|<img|\bsrc=|\bhref=", page)


@pytest.mark.parametrize(
    ("sizes", "taken"),
    [
        ([50, 50], [0, 1]),  # a hundred in all
        ([50, 51], [0]),
        ([101], [0]),  # the first is taken, however many rows it has
        ([200, 10, 10, 180], [0]),
        ([10] * 20, [0, *range(3, 20, 2)]),
        ([1, 1, 1, 1, 200], [0]),
    ],
)
def test_files_of_removed_texts_are_taken_evenly(
    monkeypatch: pytest.MonkeyPatch, sizes: list[int], taken: list[int]
) -> None:
    monkeypatch.setattr(report_samples, "TEXTS_LOOKED_AT", 100)
    files = [{"name": str(index), "rows": rows} for index, rows in enumerate(sizes)]
    found = report_samples.with_some_texts({"removed": files, "totals": {"removed": 300}})
    assert [int(file["name"]) for file in found["removed"]] == taken
    assert found["totals"] == {"removed": 300}
    told = sum(sizes[number] for number in taken)
    assert report_samples.said_of_texts(found) == f"From the texts of {told} of 300 removed documents."
    sampled = {**found, "options": {"keep_removed": False}}
    assert report_samples.said_of_texts(sampled) == (
        "Of each rule some documents near its threshold and some far from it; --keep-removed keeps them all."
    )


def test_a_hundred_thousand_texts_are_looked_at() -> None:
    files = [{"name": "a", "rows": 50_000}, {"name": "b", "rows": 50_000}]
    assert report_samples.with_some_texts({"removed": files}) == {"removed": files}
    files[1]["rows"] += 1
    assert report_samples.with_some_texts({"removed": files}) == {"removed": files[:1]}


def removed_by(rule: str, doc: str, value: str | None, threshold: str | None, **more: Any) -> dict[str, Any]:
    found = {"doc_id": doc, "source": "in<1>", "step": "s_t", "rule": rule, "value": value, "threshold": threshold}
    return {**found, "text": f"text of {doc}", **more}


def samples_of(rows: list[dict[str, Any]], **changed: Any) -> str:
    ledger = [{**row, "verdict": "removed", "bytes": 1} for row in rows]
    ledger = [{key: value for key, value in row.items() if key != "text"} for row in ledger]
    kept = {"source": "in", "verdict": "kept", "step": "s_t", "rule": "r", "bytes": 1, "doc_id": "k"}
    funnel = [{"step": "s_t", "rule": "second", "documents": 1}, {"step": "s_t", "rule": "r", "documents": 1200}]
    manifest = {"removed": [{"rows": 9}], "totals": {"removed": 9}, "funnel": funnel, **changed}
    return report_samples.show_samples(tables_of([*ledger, kept], removed=rows), manifest)


def test_of_each_rule_some_near_the_threshold_and_some_far_are_shown() -> None:
    rows = [removed_by("r", f"doc{n:02d}", f"{n}.0", "20", text="x" * (290 + n)) for n in range(20)]
    rows += [removed_by("second", "b" * 13, "1", "2"), removed_by("other", "o", "1", "nan")]
    page = samples_of(rows)
    assert re.findall("<summary>(.*?)</summary>", page) == [
        "<b>s_<wbr>t.<wbr>second</b> removed 1 document",
        "<b>s_<wbr>t.<wbr>r</b> removed 1,200 documents",
        "<b>s_<wbr>t.<wbr>other</b> removed 0 documents",
    ]
    _, second, rule, other = page.split("<details>")
    assert re.findall("<h3>(.*?)</h3>", rule) == ["near the threshold", "far from it"]
    assert re.findall("<code>doc(..)</code>", rule) == [f"{n:02d}" for n in (19, 18, 17, 16, 15, 0, 1, 2, 3, 4)]
    assert (f"{'x' * 300} …</div>" in rule, f"<div>{'x' * 294}</div>" in rule) == (True, True)
    assert "<small>19.0 against 20 <code>doc19</code> in&lt;1&gt;</small>" in rule
    assert "far from it" not in second
    assert "<code>bbbbbbbbbbbb</code>" in second
    assert "<h3>" not in other
    fewer = samples_of(rows, options={"samples": 2}).split("<details>")[2]
    assert re.findall("<code>doc(..)</code>", fewer) == ["19", "18", "00", "01"]
    assert samples_of([]) == ""


def test_where_values_are_no_numbers_the_first_by_id_are_shown() -> None:
    rows = [
        removed_by("r", f"d{n}", value, "en or fr") for n, value in enumerate(["xx", "", None, "inf", "-", "+", "?"])
    ]
    rows += [removed_by("r", "e", None, None), removed_by("r", "f", "0", None, kept_instead="index:<old>")]
    rows += [removed_by("r", "c", None, None, kept_instead="123456789<123456")]
    page = samples_of(rows)
    assert re.findall("<small>(.*?) ?<code>(.*?)</code>", page) == [
        ("same as 123456789&lt;12", "c"),
        ("xx against en or fr", "d0"),
        ("against en or fr", "d1"),
        ("against en or fr", "d2"),
        ("inf against en or fr", "d3"),
    ]
    assert "<h3>" not in page
    listed = plain_rows(samples_of(rows[7:], removed=[]))
    assert listed == [
        ["rule", "value and threshold", "document", "input"],
        ["s_t.r", "same as 123456789<12", "c", "in<1>".replace(">", "&gt;")],
        ["", "", "e", "in<1&gt;"],
        ["", "same as index:<old&gt;", "f", "in<1&gt;"],
    ]


def test_without_texts_three_of_each_rule_are_listed() -> None:
    rows = [removed_by(rule, f"{rule}{n}" * 7, "1", "2") for rule in ("b", "a") for n in range(4)]
    for changed in ({"removed": []}, {"options": {"samples": 0}}):
        listed = plain_rows(samples_of(rows, **changed))[1:]
        assert [row[0] for row in listed] == ["s_t.a", "", "", "s_t.b", "", ""]
        assert [row[2] for row in listed] == ["a0" * 6, "a1" * 6, "a2" * 6, "b0" * 6, "b1" * 6, "b2" * 6]
        assert {row[1] for row in listed} == {"1 against 2"}
        assert samples_of([], **changed) == ""
