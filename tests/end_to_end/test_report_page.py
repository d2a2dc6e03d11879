"""The report of a run as a person sees it: in a browser, on a telephone, in the dark, on paper, without scripts."""

import json
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from ..browser import Browser, width_of
from .conftest import CORPUS

HOSTILE = "<script>document.title = 'taken'</script><img src=x onerror=alert(1)> https://elsewhere.invalid/a.png"
LONG_NAME = "a_name_that_goes_on_and_on_" * 7


@pytest.fixture(scope="module")
def page_address(tmp_path_factory: pytest.TempPathFactory, textmill: Callable[..., Any]) -> str:
    """The report of a run whose texts mean harm and whose file has a very long name."""
    folder = tmp_path_factory.mktemp("report")
    hostile = folder / f"{LONG_NAME}.jsonl"
    rows = [HOSTILE, HOSTILE * 30, "x" * 4_000, "short"]
    hostile.write_text("".join(json.dumps({"text": row, "url": f"http://{'w' * 90}.org/"}) + "\n" for row in rows))
    done = textmill("run", "default", CORPUS, hostile, "--output", folder / "out", "--workers", 1, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return (folder / "out" / "report.html").as_uri()


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("javascript", [True, False])
def test_it_fits_the_window(browser: Browser, page_address: str, width: int, javascript: bool) -> None:
    with browser.open(page_address, width=width, javascript=javascript) as page:
        assert page.title().startswith("default: ")
        assert width_of(page) == width
        for one in page.locator("summary").all():
            one.click()
        assert page.locator(".sample").count() > 10
        assert width_of(page) == width


def test_tables_show_their_numbers_on_a_telephone(browser: Browser, page_address: str) -> None:
    """Of a table that is wider than the window, the name and the most important number are seen without scrolling."""
    with browser.open(page_address, width=390) as page:
        removed = page.locator("table.wide tbody tr").first.locator("td.number").first.bounding_box()
        assert removed is not None
        assert removed["x"] + removed["width"] <= 390


def test_the_drawing_is_switched_without_a_script(browser: Browser, page_address: str) -> None:
    with browser.open(page_address, width=390, javascript=False) as page:
        shown = page.locator(".flow:visible")
        assert shown.count() >= 2
        text = shown.first.inner_text()
        assert "kB" in text
        page.get_by_text("documents", exact=True).first.click()
        assert page.locator(".flow:visible").count() == shown.count()
        assert "kB" not in page.locator(".flow:visible").first.inner_text()
        page.keyboard.press("ArrowRight")
        assert page.locator(".flow-2:visible").count() >= 2


def test_ribbons_join_what_stands_beside_them(browser: Browser, page_address: str) -> None:
    with browser.open(page_address) as page:
        figure = page.locator(".flow:visible").first
        drawing, right = (figure.locator(name).last.bounding_box() for name in ("svg", "ul"))
        assert drawing is not None
        assert right is not None
        assert drawing["height"] == right["height"]
        assert drawing["x"] + drawing["width"] <= right["x"]
        labels = [one.bounding_box() for one in figure.locator("ul").last.locator("li").all()]
        tops = [box["y"] for box in labels if box is not None]
        for box, below in zip(labels, tops[1:], strict=False):
            assert box is not None
            assert box["y"] + box["height"] <= below


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_by_day_and_by_night(browser: Browser, page_address: str, dark: bool) -> None:
    with browser.open(page_address, dark=dark) as page:
        paper, ink, soft = (
            [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
            for colour in page.evaluate(
                "() => { const body = getComputedStyle(document.body), soft = document.querySelector('p');"
                " return [body.backgroundColor, body.color, getComputedStyle(soft).color]; }"
            )
        )
        assert (sum(paper) < 200) is dark
        assert _contrast(paper, ink) > 7
        assert _contrast(paper, soft) > 4.5


def test_all_of_it_is_printed(browser: Browser, page_address: str) -> None:
    with browser.open(page_address, javascript=False) as page:
        printed = pypdfium2.PdfDocument(page.pdf(format="A4"))
        samples = page.locator(".sample").count()
    pages = [one.get_textpage().get_text_bounded() for one in printed]
    assert len(pages) > 2
    text = "".join(pages)
    assert "What came in, and what became of it" in text
    assert samples > 10
    assert "document.title = 'taken'" in text  # of a sample, which is folded on the screen


def _contrast(one: list[int], other: list[int]) -> float:
    """Of two colours, as WCAG 2 has it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: list[int]) -> float:
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
