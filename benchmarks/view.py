"""Time what the page of ``textmill view`` asks for, at a million documents: ``python benchmarks/view.py [--rows N]``.

The ledger is that of ``benchmarks/retune.py``. Each figure is the median of several, in seconds of the wall and of CPU.
Thresholds are moved to another value each time. With ``--frames`` a real browser scrolls through 1,000 documents too:
each frame moves on by two rows, and the times between frames count. That needs Debian's Chromium and Playwright.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from retune import CHANGES, write_run

from textmill import Recipe
from textmill.pipeline.recipes.settings import parse_settings
from textmill.pipeline.viewing.documents import Documents
from textmill.pipeline.viewing.question import Question, Range

QUESTIONS = {
    "all documents": Question(labels={}),
    "removed by a step": Question(labels={"verdict": "removed", "step": "gopher_quality"}),
    "a range, sorted by it": Question(
        labels={}, ranges=(Range(column="gopher.words", minimum=60),), sort="gopher.words"
    ),
    "a condition in SQL": Question(labels={}, where='"gopher.words" < 60 AND bytes > 1000 AND rule IS NOT NULL'),
    "part of a source's name": Question(labels={}, source="crawl"),
    "far down the sorted list": Question(labels={}, sort="bytes", descending=True, offset=100_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--recipe", default="fineweb")
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--frames", action="store_true", help="scroll in a browser too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_run(Recipe.load(options.recipe), Path(folder), options.rows)
        started = time.perf_counter()
        with closing(Documents(folder)) as documents:
            print(f"{options.rows:,} documents loaded in {time.perf_counter() - started:.2f} s")
            for name, question in QUESTIONS.items():
                measure(name, options.times, lambda question=question: documents.ask(question))
            for change in CHANGES:
                settings = parse_settings(change)
                last, value = list(settings.items())[-1]
                values = (
                    settings | {last: value + step * (1 if isinstance(value, int) else 0.001)}
                    for step in itertools.count()
                )
                measure(" ".join(change), options.times, lambda values=values: documents.retuned(next(values)))
        if options.frames:
            frames(folder)


def measure(name: str, times: int, action: Callable[[], object]) -> None:
    walls, spent = [], []
    for _ in range(times):
        started, before = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - started)
        spent.append(time.process_time() - before)
    print(f"{name}: {statistics.median(walls):.3f} s, best {min(walls):.3f} s, {statistics.median(spent):.3f} s of CPU")


SCROLL = """async rows => {
  const list = document.getElementById("list"), times = [];
  const frame = () => new Promise(requestAnimationFrame);
  for (let at = 0; at <= 1000 * 46; at += 92) { if (rows) list.scrollTop = at; times.push(await frame()); }
  return times.slice(1).map((time, index) => time - times[index]);
}"""
"""Two rows for each frame."""


def frames(folder: str) -> None:
    """Scroll through the first 1,000 documents in a real browser."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.browser import started

    command = [Path(sys.executable).parent / "textmill", "view", folder, "--no-open", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, started() as browser:
        assert process.stdout is not None
        try:
            with browser.open(json.loads(process.stdout.readline())["address"]) as page:
                page.wait_for_selector(".row .kept, .row .removed", timeout=120_000)
                session = page.context.new_cdp_session(page)
                session.send("Performance.enable", {"timeDomain": "threadTicks"})
                for moves in (False, True, True, True):
                    before = task_seconds(session)
                    gaps = sorted(page.evaluate(SCROLL, moves))
                    spent = (task_seconds(session) - before) / len(gaps)
                    late = sum(gap > 1.5 * 1000 / 60 for gap in gaps)
                    print(
                        f"{'scrolling' if moves else 'at rest'}: {1000 * len(gaps) / sum(gaps):.1f} frames a second, "
                        f"median {statistics.median(gaps):.1f} ms, 99 % within {gaps[int(0.99 * len(gaps))]:.1f} ms, "
                        f"{late} of {len(gaps)} frames late, {1000 * spent:.1f} ms of the page's CPU for each"
                    )
        finally:
            process.terminate()


def task_seconds(session: Any) -> float:
    """CPU time of the thread that draws the page."""
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}["TaskDuration"]


if __name__ == "__main__":
    main()
