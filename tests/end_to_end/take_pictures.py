"""Take the pictures of the docs: ``python tests/end_to_end/take_pictures.py docs/pictures``.

The report of the example corpus, as a telephone and a wide window show it. It needs Debian's Chromium and Playwright.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import started  # noqa: E402

WINDOWS = {390: 1120, 1280: 1000}
"""Widths and heights."""
MOST_BYTES = 150_000


def main(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, started() as browser:
        out = Path(name) / "out"
        textmill = Path(sys.executable).parent / "textmill"
        command = [textmill, "run", "default", ROOT / "examples" / "corpus", "-o", out, "--workers", "1", "-q"]
        subprocess.run(command, check=True)
        for width, height in WINDOWS.items():
            path = folder / f"report-{width}.png"
            with browser.open((out / "report.html").as_uri(), width=width, height=height, javascript=False) as page:
                page.screenshot(path=path)
            found = path.stat().st_size
            print(f"{path}: {found:,} bytes")
            if found > MOST_BYTES:
                raise SystemExit(f"{path} has more than {MOST_BYTES:,} bytes: show less")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
