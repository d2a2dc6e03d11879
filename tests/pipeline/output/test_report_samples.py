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
def page(run: Callable[..., Path]) -> str:
    return (run(keep_removed=True) / "report.html").read_text()


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


def test_equal_runs_have_equal_reports(run: Callable[..., Path], page: str) -> None:
    again = run(keep_removed=True)
    assert (again / "report.html").read_text() == page
    assert Path(write_report(str(again), read_manifest(str(again)))).read_text() == page


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
