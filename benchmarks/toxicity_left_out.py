"""How the toxicity models do on a source that they were not trained on, by leaving it out of the training.

Called by ``benchmarks/toxicity.py`` where the training's inputs are given. English without Davidson is also without the
words of alt-profanity-check, which learnt of Davidson too; what is left to learn from are the talk pages or the texts
that the network of ``tox-block`` judges (none of Davidson's here), the templates and the words of ``cuss``.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from textmill.filters.kernels.machine.hashing import hashes_of
from textmill.filters.models import toxicity_sources as sources
from textmill.filters.models import toxicity_templates, toxicity_words
from textmill.filters.models import train_toxicity as training
from textmill.filters.models.toxicity_mixtures import Judged
from textmill.filters.models.toxicity_model import ToxicityModel, load_model
from textmill.filters.models.toxicity_teacher import read_teacher


def left_out(
    data: Path, negatives: Sequence[Path], cuss: Path, tox_block: Path, opinions: Path, contest: list[sources.Example]
) -> Iterator[str]:
    """One line for each source left out; ``contest`` holds comments that are only measured."""
    examples = {language: list(sources.read_negatives(negatives, language)) for language in ("en", "zh")}
    examples["en"] += [*sources.read_presidio(data), *sources.read_books(data)]
    yield from _tweets(data, examples["en"], cuss, tox_block, list(sources.read_opinions(opinions)), contest)
    yield from _topics(data, examples["zh"])


def _tweets(
    data: Path, negatives: list[sources.Example], cuss: Path, tox_block: Path,
    opinions: list[sources.Example], contest: list[sources.Example],
) -> Iterator[str]:  # fmt: skip
    words = toxicity_words.cuss_words(cuss)
    weights = np.full(len(words), toxicity_words.CUSS_WEIGHT, dtype=np.float32)
    listed = hashes_of([word.encode() for word in words]) | np.uint64(1), weights
    davidson, talk_pages, forum = (
        list(read(data)) for read in (sources.read_davidson, sources.read_wikipedia, sources.read_vicomtech)
    )
    mixed = training.english_mixtures(read_teacher(tox_block), [], negatives, opinions)
    sets = {"Davidson": davidson, "talk pages": talk_pages, "vicomtech": forum, "comments of 2012": contest}
    yield from _lines("talk pages", sets, _fitted("en", [*talk_pages, *negatives], listed))
    yield from _lines("Davidson", sets, _fitted("en", [*davidson, *negatives], listed))
    yield from _lines("mixed texts without Davidson", sets, _fitted("en", negatives, listed, mixed))


def _lines(fitted_to: str, sets: Mapping[str, list[sources.Example]], model: ToxicityModel) -> Iterator[str]:
    for name, examples in sets.items():
        if name != fitted_to and examples:
            yield _line(f"{name}, fitted to {fitted_to}", model, examples)


def _topics(data: Path, negatives: list[sources.Example]) -> Iterator[str]:
    topics: dict[str, str] = {}
    for part in ("train", "dev"):
        with (data / f"toxicity/cold_zh_{part}.csv").open(encoding="utf-8-sig", newline="") as file:
            topics |= {row["TEXT"]: row["topic"] for row in csv.DictReader(file)}
    comments = list({example.text: example for example in sources.read_cold(data)}.values())
    for topic in sorted(set(topics.values())):
        other = [example for example in comments if topics[example.text] != topic]
        unseen = [example for example in comments if topics[example.text] == topic and example.origin == "cold_dev"]
        model = _fitted("zh", [*other, *negatives], toxicity_words.no_words())
        yield _line(f"COLD dev on {topic}, fitted to other topics", model, unseen)


def _fitted(
    language: str, examples: list[sources.Example], words: toxicity_words.Words, mixed: Sequence[Judged] = ()
) -> ToxicityModel:
    templates = [
        *(sources.Example(text, False, "template") for text in toxicity_templates.clean(language)),
        *(sources.Example(text, True, "template") for text in toxicity_templates.abusive(language)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.bin"
        training.fit_model(language, [*examples, *templates], mixed, words, path)
        return load_model.__wrapped__(str(path))


def _line(name: str, model: ToxicityModel, examples: list[sources.Example]) -> str:
    found = training.quality(model, examples)
    above = found["above_0.8"]
    return (
        f"{name:<42}{found['texts']:>7} texts  AUC {found['auc']:.3f}  above 0.8: "
        f"{above['recall']:7.2%} of the toxic, {above['false_positive_rate']:7.2%} of the clean"
    )
