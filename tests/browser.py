"""A real browser for tests: Debian's Chromium, driven by Playwright, which brings none of its own here.

The fixture ``browser`` of :mod:`tests.conftest` starts it, or skips where Chromium or Playwright is not installed::

    def test_page(browser: Browser) -> None:
        with browser.open(address, width=390) as page:
            assert page.title() == "…"

``page`` is Playwright's. Whatever goes wrong unseen fails the test when the page is closed: errors and warnings in the
console, exceptions of scripts, and requests to anywhere but below the address, which are not let out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import ConsoleMessage, Page, Route

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
EMBEDDED = ("data", "blob", "about")
"""Schemes of what a page carries itself."""
TOLD = ("error", "warning", "assert")
"""Messages in the console that are defects."""


@dataclass(frozen=True)
class Browser:
    """A running Chromium."""

    chromium: Chromium

    @contextmanager
    def open(
        self,
        address: str,
        *,
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        javascript: bool = True,
        **options: Any,
    ) -> Iterator[Page]:
        """Open a page by its address (http or file), in a session of its own; closing it fails if anything was amiss.

        Args:
            address: Of the page. It may ask for what lies on the same host, or for itself where it is a file.
            width: Of the window, in pixels of CSS.
            height: Of the window.
            dark: Whether the user likes dark pages.
            javascript: Whether scripts run.
            options: Of Playwright's ``new_context``, such as ``locale`` or ``device_scale_factor``.
        """
        amiss: list[str] = []
        parts = urlsplit(address)
        home = f"{parts.scheme}://{parts.netloc}/" if parts.scheme.startswith("http") else address

        def let_out(route: Route) -> None:
            asked = route.request.url
            if urlsplit(asked).scheme in EMBEDDED or asked.startswith(home):
                route.continue_()
            else:
                amiss.append(f"asks for {asked}")
                route.abort()

        def listen(message: ConsoleMessage) -> None:
            if message.type in TOLD:
                amiss.append(f"{message.type} in the console: {message.text} ({message.location.get('url')})")

        context = self.chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            **options,
        )
        try:
            context.set_default_timeout(90_000)  # milliseconds, for machines that do much else
            context.route("**/*", let_out)
            context.on("console", listen)
            context.on("weberror", lambda error: amiss.append(f"uncaught: {error.error}"))
            page = context.new_page()
            page.goto(address)
            yield page
        finally:
            context.close()
        if amiss:
            raise AssertionError(f"the page at {address}: {'; '.join(amiss)}")


@contextmanager
def started() -> Iterator[Browser]:
    """Chromium, started; skips the test where it or its driver is not installed."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    with playwright.sync_playwright() as driver:
        # Chromium's sandbox does not work for root.
        chromium = driver.chromium.launch(executable_path=path, chromium_sandbox=os.geteuid() != 0)
        try:
            yield Browser(chromium)
        finally:
            chromium.close()


def width_of(page: Page) -> int:
    """How wide the content of the page is; more than its window is when one must scroll sideways."""
    return int(page.evaluate("() => document.documentElement.scrollWidth"))
