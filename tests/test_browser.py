"""The browser of the tests sees what it is there for: pages as they are drawn, and what goes wrong unseen."""

from pathlib import Path

import pytest

from .browser import Browser, width_of


def _page(tmp_path: Path, body: str) -> str:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><title>A page</title><meta charset=utf-8>{body}", encoding="utf-8")
    return path.as_uri()


def test_a_page_is_drawn_at_a_width_with_and_without_scripts(browser: Browser, tmp_path: Path) -> None:
    address = _page(tmp_path, "<p style='width: 500px'>wide</p><script>document.title = 'changed'</script>")
    with browser.open(address, width=390) as page:
        assert page.title() == "changed"
        assert width_of(page) > 390
    with browser.open(address, width=600, javascript=False) as page:
        assert page.title() == "A page"
        assert width_of(page) == 600


def test_dark_and_light(browser: Browser, tmp_path: Path) -> None:
    address = _page(tmp_path, "<style>@media (prefers-color-scheme: dark) { body { color: red } }</style>")
    colour = "() => getComputedStyle(document.body).color"
    with browser.open(address) as page:
        assert page.evaluate(colour) == "rgb(0, 0, 0)"
    with browser.open(address, dark=True) as page:
        assert page.evaluate(colour) == "rgb(255, 0, 0)"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("<img src='http://elsewhere.invalid/a.png'>", r"asks for http://elsewhere\.invalid/a\.png"),
        ("<img src='other.png'>", r"asks for file://.*/other\.png"),
        ("<script>throw new Error('broken')</script>", "uncaught: .*broken"),
        ("<script>console.error('odd')</script>", "error in the console: odd"),
    ],
)
def test_what_goes_wrong_unseen_fails(browser: Browser, tmp_path: Path, body: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told), browser.open(_page(tmp_path, body)) as page:
        page.wait_for_load_state("networkidle")


def test_what_a_page_carries_itself_is_no_request(browser: Browser, tmp_path: Path) -> None:
    with browser.open(_page(tmp_path, "<img src='data:image/svg+xml,<svg xmlns=%22http://www.w3.org/2000/svg%22/>'>")):
        pass
