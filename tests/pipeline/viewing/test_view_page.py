"""The page of ``textmill view`` in a real browser: what a reader clicks, and what is drawn then."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from textmill.pipeline.commands.retune import retune

from ...browser import Browser, width_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

TEXTMILL = Path(sys.executable).parent / "textmill"
RECIPE = """
name: viewed
steps:
  - normalize_unicode
  - gopher_repetition: {max_duplicate_line_ratio: 0.3}
  - gopher_quality: {min_words: 50, min_stop_words: null}
  - exact_dedup
"""
KEY = "gopher_quality.min_words"


def words(count: int, number: int) -> str:
    """Lines of words that do not repeat."""
    draw = random.Random(number)
    line = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randrange(4, 8))) for _ in range(9 * count)]
    return "\n".join(" ".join(line[start : start + 9]) + "." for start in range(0, len(line), 9)) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run over 300 texts, a few of which repeat their lines."""
    made = tmp_path_factory.mktemp("viewed")
    texts = [words(1 + number % 20, number) for number in range(297)]
    repeated = "The same line <b>again</b> & again.\n" * 12
    lines = [json.dumps({"text": text}) for text in (*texts, texts[-1], repeated + texts[5], repeated + texts[9])]
    (made / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (made / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    command = [TEXTMILL, "run", made / "recipe.yaml", made / "in.jsonl", "-o", made / "out", "--keep-removed"]
    subprocess.run([*command, "--workers", "1", "--quiet"], check=True)
    return made / "out"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    command = [TEXTMILL, "view", folder, "--no-open", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["address"]
        process.terminate()


def rows_of(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "ledger").to_pylist()
    return rows


def counted(page: Page, total: int) -> None:
    page.wait_for_function(
        "n => document.getElementById('count').textContent.startsWith(n + ' documents')", arg=str(total)
    )


def told(page: Page, row: str) -> list[str]:
    """A row of the table of what changes."""
    cells = page.locator("#change tr").filter(has_text=row).locator("td")
    return [text.replace(",", "") for text in cells.all_inner_texts()]


def test_documents_are_filtered_by_step_and_by_sql(browser: Browser, address: str, folder: Path) -> None:
    rows = rows_of(folder)
    with browser.open(address) as page:
        counted(page, len(rows))
        page.select_option("select[name=step]", "gopher_quality")
        counted(page, sum(row["step"] == "gopher_quality" for row in rows))
        page.select_option("select[name=step]", "")
        page.fill("input[name=where]", "bytes > 1000 AND rule IS NULL")
        counted(page, sum(row["bytes"] > 1000 and row["rule"] is None for row in rows))
        assert page.locator(".row").first.inner_text().startswith("kept")


def test_a_condition_that_is_wrong_is_told(browser: Browser, address: str) -> None:
    def ask() -> None:
        with browser.open(address) as page:
            page.fill("input[name=where]", "nothing_like_it > 3")
            page.wait_for_function("() => document.getElementById('error').textContent.includes('nothing_like_it')")

    with pytest.raises(AssertionError, match="400"):  # the console tells of it too
        ask()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_text_is_shown_with_what_offends(browser: Browser, address: str, width: int) -> None:
    with browser.open(address, width=width) as page:
        page.select_option("select[name=step]", "gopher_repetition")
        counted(page, 2)
        page.locator(".row").first.click()
        page.wait_for_selector("#document mark")
        assert page.locator("#document mark").first.inner_text().strip() == "The same line <b>again</b> & again."
        assert page.locator("#document b").all_inner_texts()[0].startswith("removed by gopher_repetition.")
        page.wait_for_function("() => document.getElementById('document').getBoundingClientRect().top < innerHeight")
        assert width_of(page) == width


def test_a_moved_threshold_shows_what_retune_says(browser: Browser, address: str, folder: Path, tmp_path: Path) -> None:
    with browser.open(address, width=390) as page:
        counted(page, len(rows_of(folder)))
        page.click("#tuning > summary")
        page.wait_for_selector("#change table")
        page.select_option("#threshold", KEY)
        page.evaluate(
            "() => { const s = document.getElementById('slider'); s.value = 101; s.dispatchEvent(new Event('input')) }"
        )
        page.wait_for_function("key => document.getElementById('settings')?.textContent === key + '=101'", arg=KEY)
        expected = retune(str(folder), {KEY: 101})
        assert expected.lost.documents
        page.wait_for_function(
            "n => document.querySelectorAll('#change tr')[4]?.cells[1].textContent === n",
            arg=str(expected.lost.documents),
        )
        for row, amount in (("kept before", expected.kept_before), ("kept now", expected.kept_after)):
            assert told(page, row) == [str(amount.documents), str(amount.bytes), "–"]
        assert width_of(page) == 390
        with page.expect_download() as saving:
            page.click("#save")
        assert saving.value.suggested_filename == "recipe.yaml"
        written = tmp_path / "recipe.yaml"
        command = [TEXTMILL, "retune", folder, "--set", f"{KEY}=101", "--write", written]
        subprocess.run(command, check=True, capture_output=True)
        assert Path(saving.value.path()).read_bytes() == written.read_bytes()


def test_rows_far_down_are_drawn_when_scrolled_to(browser: Browser, address: str, folder: Path) -> None:
    with browser.open(address) as page:
        page.select_option("select[name=sort]", "bytes")
        sizes = [row["bytes"] for row in rows_of(folder)]
        least, most = min(sizes), max(sizes)
        page.wait_for_function(
            "least => document.querySelector('.row .small')?.textContent.startsWith(least)", arg=str(least)
        )
        page.evaluate("() => { const list = document.getElementById('list'); list.scrollTop = list.scrollHeight }")
        page.wait_for_function(
            "most => [...document.querySelectorAll('.row .small')].some(row => row.textContent.startsWith(most))",
            arg=str(most),
        )
        assert page.locator(".row").count() < 60
