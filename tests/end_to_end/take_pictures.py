"""Take the pictures of the docs: ``python tests/end_to_end/take_pictures.py docs/pictures``.

The report of the example corpus, and the page of ``textmill view``, as a telephone and a wide window show them. It
needs Debian's Chromium and Playwright.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import started  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

WINDOWS = {390: 1120, 1280: 1000}
"""Widths and heights."""
MOST_BYTES = 150_000


def take(page: Page, path: Path) -> None:
    """A picture of what the window shows."""
    page.screenshot(path=path)
    found = path.stat().st_size
    print(f"{path}: {found:,} bytes")
    if found > MOST_BYTES:
        raise SystemExit(f"{path} has more than {MOST_BYTES:,} bytes: show less")


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, started() as browser:
        out = Path(name) / "out"
        textmill = Path(sys.executable).parent / "textmill"
        command = [textmill, "run", "default", ROOT / "examples" / "corpus", "-o", out, "--workers", "1", "-q"]
        subprocess.run(command, check=True)
        for width, height in WINDOWS.items():
            with browser.open((out / "report.html").as_uri(), width=width, height=height, javascript=False) as page:
                take(page, folder / f"report-{width}.png")
        command = [textmill, "view", out.name, "--no-open", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=name) as process:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            for width in WINDOWS:
                with browser.open(address, width=width, height=800) as page:
                    page.click("#tuning > summary")
                    page.wait_for_selector("#change table")
                    page.wait_for_selector(".row .kept")
                    if width > 700:  # on a telephone it stands below the list
                        page.locator(".row").nth(3).click()
                        page.wait_for_selector("#document table", state="attached")
                    take(page, folder / f"view-{width}.png")
            process.terminate()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
