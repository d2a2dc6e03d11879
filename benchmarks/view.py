"""Time what the page of ``textmill view`` asks for, at a million documents: ``python benchmarks/view.py [--rows N]``.

The ledger is that of ``benchmarks/retune.py``. Each figure is the median of several, in seconds of the wall and of CPU.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

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
                measure(" ".join(change), options.times, lambda settings=settings: documents.retuned(settings))


def measure(name: str, times: int, action: Callable[[], object]) -> None:
    walls, spent = [], []
    for _ in range(times):
        started, before = time.perf_counter(), time.process_time()
        action()
        walls.append(time.perf_counter() - started)
        spent.append(time.process_time() - before)
    print(f"{name}: {statistics.median(walls):.3f} s, best {min(walls):.3f} s, {statistics.median(spent):.3f} s of CPU")


if __name__ == "__main__":
    main()
