"""How often ``textmill estimate`` is right: ``python benchmarks/estimate.py [RECIPE INPUT…] [--share 0.01]``.

A recipe is run over all of an input, and estimated from samples drawn with other salts. For each figure it prints how
often its interval held what the run did, and how wide it was, where no document of a rule or language was drawn that
of what is not listed; and beside the run's CPU time what was estimated. Without
an input a corpus is made: three sources with files that differ in their share of junk, skewed sizes of documents, and
pages that stand within and across files.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from textmill import Recipe
from textmill.pipeline.estimating.estimate import estimate
from textmill.pipeline.estimating.intervals import Interval
from textmill.pipeline.estimating.resources import START
from textmill.pipeline.estimating.results import Estimate
from textmill.pipeline.estimating.trial import UNKNOWN_LANGUAGE
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

SOURCES = (("crawl", "en", 0.55, 0.6), ("nachrichten", "de", 0.25, 0.9), ("notes", "en", 0.2, 0.4))
"""Label, language, share of the files, and mean share of good documents in a file."""
WORDS = {
    "en": "the of and to in that with have this from they which river house morning people water light small "
    "letter garden because through before market under window paper summer between question",
    "de": "der die und das nicht mit von sich auch auf für ist dem eine werden aus hat dass Garten Straße Wasser "
    "Morgen klein Brief Fenster Sommer zwischen Frage durch Markt Papier unter weil",
}
RECIPE = """
name: estimated
steps:
  - language: {keep: [en, de], min_score: 0.3}
  - gopher_quality: {min_words: 30, min_stop_words: 0}
  - exact_dedup
  - minhash_dedup
  - tokenize: {tokenizer: cl100k}
"""

Name = tuple[str, ...]


class Coverage(NamedTuple):
    """What came of all trials."""

    trials: int
    held: Counter[Name]
    """How often each figure's interval held what is true."""
    shown: Counter[Name]
    """How often the figure was estimated at all."""
    widths: Counter[Name]
    """Sums of half the intervals' widths, as a share of what is true."""

    @property
    def share(self) -> float:
        """Share of all intervals that held."""
        return sum(self.held.values()) / sum(self.shown.values())


def make_corpus(folder: Path, *, files: int, documents: int, seed: int = 5) -> list[str]:
    """Write so many files of so many documents; returns the folders of the sources."""
    chance = random.Random(seed)
    folders = []
    for source, language, share, good in SOURCES:
        folders.append(folder / source)
        folders[-1].mkdir()
        often = [_text(chance, language, 60) for _ in range(5)]  # pages that stand in many files
        for number in range(round(files * share)):
            good_here = min(1.0, max(0.0, chance.gauss(good, 0.25)))
            made = [_text(chance, language, 80)]
            lines = [_line(_document(chance, language, good_here, often, made)) for _ in range(documents)]
            (folders[-1] / f"{number:03}.jsonl").write_text("".join(lines), encoding="utf-8")
    return [str(one) for one in folders]


def _document(chance: random.Random, language: str, good: float, often: list[str], made: list[str]) -> str:
    drawn = chance.random()
    if drawn > good:
        return _text(chance, language, chance.randrange(3, 20))
    if drawn < 0.1:
        return chance.choice(often)
    if drawn < 0.25:  # a near duplicate of an earlier one of the file
        return f"{chance.choice(made)} {chance.choice(WORDS[language].split())}"
    made.append(_text(chance, language, int(chance.lognormvariate(4.5, 0.7))))
    return made[-1]


def _text(chance: random.Random, language: str, words: int) -> str:
    return " ".join(chance.choices(WORDS[language].split(), k=max(words, 1))) + "."


def _line(text: str) -> str:
    return json.dumps({"text": text}, ensure_ascii=False) + "\n"


def run(recipe: Recipe, inputs: list[str], folder: Path, reading: InputOptions) -> pa.Table:
    """Run the recipe over everything; returns the ledger."""
    job = Job(recipe=recipe, inputs=tuple(inputs), output=str(folder), reading=reading)
    run_passes(job)
    return pq.read_table(job.folder("ledger"))


def estimated(found: Estimate) -> dict[Name, Interval]:
    """The figures of an estimate by name."""
    figures: dict[Name, Interval] = {}
    named = [(("all",), found.all)]
    named += [(("source", name), kept) for name, kept in found.by_source.items()]
    named += [(("language", name), kept) for name, kept in found.by_language.items()]
    for name, kept in named:
        figures |= {(*name, "documents"): kept.documents, (*name, "bytes"): kept.bytes}
        if kept.tokens is not None:
            figures[*name, "tokens"] = kept.tokens
    return figures | {("removed", one.step, one.rule): one.documents for one in found.removed}


def counted(ledger: pa.Table) -> Counter[Name]:
    """The same figures of a run."""
    figures: Counter[Name] = Counter()
    nothing = [None] * ledger.num_rows
    language = ledger["language.label"].to_pylist() if "language.label" in ledger.column_names else nothing
    columns = [ledger[name].to_pylist() for name in ("source", "verdict", "step", "rule", "bytes", "tokens")]
    for source, verdict, step, rule, size, tokens, spoken in zip(*columns, language, strict=True):
        if verdict == "removed":
            figures["removed", step, rule] += 1
        elif verdict == "kept":
            for group in (("all",), ("source", source.split("/")[0]), ("language", spoken or UNKNOWN_LANGUAGE)):
                figures[*group, "documents"] += 1
                figures[*group, "bytes"] += size
                figures[*group, "tokens"] += tokens or 0
    return figures


def cover(
    recipe: Recipe,
    inputs: list[str],
    true: Counter[Name],
    reading: InputOptions,
    *,
    trials: int,
    share: float,
    read_whole_bytes: int,
) -> Coverage:
    """Estimate with so many salts and compare each figure."""
    coverage = Coverage(trials, Counter(), Counter(), Counter())
    for trial in range(trials):
        found = estimate(
            recipe, inputs, share=share, reading=reading, salt=str(trial), read_whole_bytes=read_whole_bytes
        )
        figures = estimated(found)
        unseen = Interval(value=0.0, low=0.0, high=found.unseen_below)
        listed = {name for name in true if name[0] == "removed" or name[-1] == "documents"}
        for name in {*figures, *listed}:
            interval = figures.get(name, unseen)
            coverage.held[name] += interval.low <= true[name] <= interval.high
            coverage.shown[name] += 1
            coverage.widths[name] += (interval.high - interval.low) / 2 / max(true[name], 1)
    return coverage


def cpu_seconds(of: int = resource.RUSAGE_SELF) -> float:
    """What this process has used, or those that it has started."""
    used = resource.getrusage(of)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", nargs="?")
    parser.add_argument("inputs", nargs="*")
    parser.add_argument("--share", type=float, default=0.01)
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--files", type=int, default=100, help="of the corpus that is made")
    parser.add_argument("--documents", type=int, default=500, help="in each file of the corpus that is made")
    parser.add_argument("--read-mb", type=float, default=1000, help="of larger inputs only some splits are read")
    parser.add_argument("--split-mb", type=float, help="size of a split; by the size of the input otherwise")
    options = parser.parse_args()
    reading = InputOptions(split_bytes=None if options.split_mb is None else int(options.split_mb * 1e6))
    with tempfile.TemporaryDirectory() as folder:
        inputs = options.inputs
        if options.recipe is None:
            (path := Path(folder, "estimated.yaml")).write_text(RECIPE, encoding="utf-8")
            options.recipe = str(path)
            (corpus := Path(folder, "corpus")).mkdir()
            inputs = make_corpus(corpus, files=options.files, documents=options.documents)
        recipe = Recipe.load(options.recipe)
        begun = cpu_seconds()
        ledger = run(recipe, inputs, Path(folder, "run"), reading)
        spent, begun = cpu_seconds() - begun, cpu_seconds()
        true = counted(ledger)
        coverage = cover(
            recipe,
            inputs,
            true,
            reading,
            trials=options.trials,
            share=options.share,
            read_whole_bytes=int(options.read_mb * 1e6),
        )
        each = (cpu_seconds() - begun) / options.trials
        needs = estimate(recipe, inputs, share=options.share, reading=reading).resources
        by_step = {step: seconds for step, seconds in needs.seconds_by_step.items() if step not in (START, "shards")}
        begun = cpu_seconds(resource.RUSAGE_CHILDREN)
        command = [
            "run",
            options.recipe,
            *inputs,
            "-o",
            str(Path(folder, "whole")),
            "--workers",
            str(needs.workers),
            "-q",
        ]
        subprocess.run([str(Path(sys.executable).with_name("textmill")), *command], check=True)
        whole = cpu_seconds(resource.RUSAGE_CHILDREN) - begun
    print(f"{ledger.num_rows:,} documents, {options.share:.1%} of them in {options.trials} samples")
    for name in sorted(coverage.shown, key=lambda one: (one[0] != "all", one)):
        shown = coverage.shown[name]
        half = coverage.widths[name] / shown
        print(f"  {' '.join(name):45} {true[name]:>12,}  held {coverage.held[name]:3} of {shown:3}  ±{half:.1%}")
    print(f"all intervals: {coverage.share:.1%} held")
    print(f"its steps took {spent:.1f} s of CPU and were estimated at {sum(by_step.values()):.1f}")
    print(f"textmill run took {whole:.1f} s of CPU and was estimated at {needs.cpu_seconds:.1f}")
    print(f"an estimate takes {each:.1f} s of CPU")


if __name__ == "__main__":
    main()
