"""How the toxicity models do on a source that they were not trained on, by leaving it out of the training.

Called by ``benchmarks/toxicity.py`` where the training's inputs are given. English without Davidson is also without the
words of alt-profanity-check, which learnt of Davidson too; what is left to learn from are the talk pages, the templates
and the words of ``cuss``.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from textmill.filters.kernels.machine.hashing import hashes_of
from textmill.filters.models import toxicity_sources as sources
from textmill.filters.models import toxicity_templates
from textmill.filters.models import train_toxicity as training
from textmill.filters.models.toxicity_model import ToxicityModel, load_model


def left_out(data: Path, negatives: Sequence[Path], cuss: Path) -> Iterator[str]:
    """One line for each source left out."""
    examples = {language: list(sources.read_negatives(negatives, language)) for language in ("en", "zh")}
    examples["en"] += [*sources.read_presidio(data), *sources.read_books(data)]
    yield from _tweets(data, examples["en"], cuss)
    yield from _topics(data, examples["zh"])


def _tweets(data: Path, negatives: list[sources.Example], cuss: Path) -> Iterator[str]:
    words = training.cuss_words(cuss)
    weights = np.full(len(words), training.CUSS_WEIGHT, dtype=np.float32)
    listed = hashes_of([word.encode() for word in words]) | np.uint64(1), weights
    davidson, talk_pages, forum = (
        list(read(data)) for read in (sources.read_davidson, sources.read_wikipedia, sources.read_vicomtech)
    )
    model = _fitted("en", [*talk_pages, *negatives], listed)
    yield _line("Davidson, fitted to talk pages", model, davidson)
    yield _line("vicomtech, fitted to talk pages", model, forum)
    model = _fitted("en", [*davidson, *negatives], listed)
    yield _line("talk pages, fitted to Davidson", model, talk_pages)
    yield _line("vicomtech, fitted to Davidson", model, forum)


def _topics(data: Path, negatives: list[sources.Example]) -> Iterator[str]:
    topics: dict[str, str] = {}
    for part in ("train", "dev"):
        with (data / f"toxicity/cold_zh_{part}.csv").open(encoding="utf-8-sig", newline="") as file:
            topics |= {row["TEXT"]: row["topic"] for row in csv.DictReader(file)}
    comments = list({example.text: example for example in sources.read_cold(data)}.values())
    for topic in sorted(set(topics.values())):
        other = [example for example in comments if topics[example.text] != topic]
        unseen = [example for example in comments if topics[example.text] == topic and example.origin == "cold_dev"]
        model = _fitted("zh", [*other, *negatives], training.no_words())
        yield _line(f"COLD dev on {topic}, fitted to other topics", model, unseen)


def _fitted(language: str, examples: list[sources.Example], words: training.Words) -> ToxicityModel:
    templates = [
        *(sources.Example(text, False, "template") for text in toxicity_templates.clean(language)),
        *(sources.Example(text, True, "template") for text in toxicity_templates.abusive(language)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        training.fit_model(language, [*examples, *templates], words, path)
        return load_model(str(path))


def _line(name: str, model: ToxicityModel, examples: list[sources.Example]) -> str:
    found = training.quality(model, examples)
    above = found["above_0.8"]
    return (
        f"{name:<42}{found['texts']:>7} texts  AUC {found['auc']:.3f}  above 0.8: "
        f"{above['recall']:7.2%} of the toxic, {above['false_positive_rate']:7.2%} of the clean"
    )
