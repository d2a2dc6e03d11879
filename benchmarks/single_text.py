"""What one text costs in Python, once models and machine code are loaded, and what many do, beside a run over the same.

    python benchmarks/single_text.py fineweb en.jsonl --documents 2000 --workers 2

CPU time of this thread for single texts, the least of several rounds; of all processes for many and for the run.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from textmill import Recipe


def read(path: Path, documents: int) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for _, line in zip(range(documents), lines, strict=False)]


def cpu_seconds() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def single(recipe: Recipe, texts: list[str], rounds: int) -> float:
    """Milliseconds for a text."""
    for text in texts:
        recipe.clean(text)
    least = float("inf")
    for _ in range(rounds):
        began = time.thread_time_ns()
        for text in texts:
            recipe.clean(text)
        least = min(least, time.thread_time_ns() - began)
    return least / len(texts) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe")
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--single", type=int, default=50, help="how many of them are cleaned one by one")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    arguments = parser.parse_args()
    recipe = Recipe.load(arguments.recipe)
    texts = read(arguments.corpus, arguments.documents)
    some = texts[: arguments.single]
    kilobytes = sum(len(text.encode()) for text in some) / len(some) / 1000
    print(f"one text of {kilobytes:.1f} KB: {single(recipe, some, arguments.rounds):.2f} ms")

    began = cpu_seconds()
    kept = sum(cleaned.verdict.kept for cleaned in recipe.clean_many(texts, workers=arguments.workers))
    many = cpu_seconds() - began
    print(f"many: {many / len(texts) * 1000:.3f} ms each, {kept} of {len(texts)} kept")

    start, whole = run(recipe, texts[:1], arguments.workers), run(recipe, texts, arguments.workers)
    print(f"a run: {(whole - start) / len(texts) * 1000:.3f} ms each, besides {start:.1f} s for its start")


def run(recipe: Recipe, texts: list[str], workers: int) -> float:
    """CPU seconds of a whole run over texts."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder, "given.jsonl")
        given.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        began = cpu_seconds()
        recipe.run(given, output=Path(folder, "out"), workers=workers)
        return cpu_seconds() - began


if __name__ == "__main__":
    main()
