"""Train the shipped toxicity models: ``python -m textmill.filters.models.train_toxicity --data DIR --negatives DIR …``.

``--data`` holds ``toxicity/davidson.csv``, ``toxicity/cold_zh_{train,dev}.csv``, ``toxicity/wikipedia_fuzzed.csv``,
``toxicity/vicomtech.csv`` (these two only to measure), ``books/*.epub`` and ``pii/presidio_generated_large.json``;
``--negatives`` holds folders of formal text, HTML or plain (documentation packages); ``--cuss`` is the unpacked npm
package of that name. The weights of listed English words are those of the installed package ``alt-profanity-check``;
words that it does not know and ``cuss`` rates as hardly ever harmless have one weight for all. ``--tox-block`` is the
unpacked wheel of that name (read with ``h5py``), whose network judges mixed texts from which English is learnt too;
``--opinions`` is the source archive of ``vaderSentiment``, whose tweets, editorials and reviews, which nobody labelled,
are among the texts that are mixed. Writes ``toxicity.en.bin``, ``toxicity.zh.bin`` and ``toxicity.json``, which records
the data, the settings and the figures. Every choice is a keyed hash of the text or a draw from one seed, and training
runs in one thread, so that the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..kernels.machine.buffers import Floats
from ..kernels.models.ngrams import Features, Ngrams, features, fit, lexicon, score
from . import toxicity_mixtures, toxicity_templates, toxicity_words
from .toxicity_mixtures import Judged, mixtures
from .toxicity_model import MODEL_LANGUAGES, ToxicityModel, load_model, write_model
from .toxicity_sources import (
    OPINIONS,
    Example,
    read_books,
    read_cold,
    read_davidson,
    read_negatives,
    read_opinions,
    read_presidio,
    read_vicomtech,
    read_wikipedia,
    sentences,
)
from .toxicity_teacher import Teacher, read_teacher
from .toxicity_windows import normalised, whole
from .toxicity_words import Words, english_words, no_words

HELD_OUT_PERCENT = 20
NGRAMS = {"en": Ngrams(2, 3, 5, 19), "zh": Ngrams(2, 2, 4, 19)}
COSTS: dict[str, dict[str, float]] = {
    "en": {"toxic": 0.3, "clean": 1.2, "template": 1.5, "negative": 0.6, "mixed": 1.2, "mixed_tweet": 0.6},
    "zh": {"toxic": 2.0, "clean": 2.0, "template": 3.0, "negative": 2.0},
}
"""What an error costs. Few of the tweets are clean, and what they teach of tweets must not drown the rest."""
PASSES = 15
PRIOR = {"en": 0.0, "zh": 1.0}
"""Share of the naive-Bayes log-ratios from which the fit departs: carries over to topics that were not trained on.

Not in English, where they are those of tweets and worse for talk pages and the forum.
"""
PRIOR_SMOOTHING = 2.0
CAUTION = {"en": 0.0, "zh": 1.0}
"""Taken from the log-odds: Chinese prose of the general kind is not among the clean examples."""
LIMITS = (0.5, 0.8)
NEGLIGIBLE = 0.005
"""A judged text is not learnt from on the side that is less likely than this."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure and write both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--negatives", type=Path, action="append", required=True, help="may be repeated")
    parser.add_argument("--cuss", type=Path, help="folder of the unpacked npm package cuss")
    parser.add_argument("--tox-block", type=Path, help="folder of the unpacked wheel of tox-block")
    parser.add_argument("--opinions", type=Path, help="source archive of vaderSentiment")
    parser.add_argument("--without-packages", action="store_true", help="leave out what packages know of words")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    if not options.without_packages and None in (options.cuss, options.tox_block, options.opinions):
        parser.error("--cuss, --tox-block or --opinions is missing: give the package, or --without-packages")
    options.output.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "settings": {
            "caution": CAUTION,
            "costs": COSTS,
            "cuss_weight": toxicity_words.CUSS_WEIGHT,
            "harmless_share": toxicity_words.HARMLESS_SHARE,
            "mixtures": {
                "abuse": toxicity_mixtures.ABUSE,
                "added": toxicity_mixtures.ADDED,
                "exchanged": toxicity_mixtures.EXCHANGED,
                "lengths": toxicity_mixtures.LENGTHS,
                "texts": toxicity_mixtures.TEXTS,
            },
            "ngrams": NGRAMS,
            "passes": PASSES,
            "prior": PRIOR,
            "prior_smoothing": PRIOR_SMOOTHING,
            "spared": toxicity_words.SPARED,
            "word_share": toxicity_words.WORD_SHARE,
        },
        "models": {},
    }
    labelled = {"en": list(read_davidson(options.data)), "zh": list(read_cold(options.data))}
    negatives = {language: list(read_negatives(options.negatives, language)) for language in MODEL_LANGUAGES}
    negatives["en"] += [*read_presidio(options.data), *read_books(options.data)]
    words, mixed = {"en": no_words(), "zh": no_words()}, dict[str, list[Judged]]()
    if not options.without_packages:
        words["en"] = english_words(options.cuss, negatives["en"])
        teacher, opinions = read_teacher(options.tox_block), list(read_opinions(options.opinions))
        mixed["en"] = english_mixtures(teacher, labelled["en"], negatives["en"], opinions)
    for language in MODEL_LANGUAGES:
        path = options.output / f"toxicity.{language}.bin"
        known = words[language], mixed.get(language, [])
        entry = train_one(language, labelled[language], negatives[language], *known, path)
        if language == "en":
            model = load_model(str(path))
            entry["wikipedia_fuzzed"] = quality(model, list(read_wikipedia(options.data)))
            entry["vicomtech"] = quality(model, list(read_vicomtech(options.data)))
        record["models"][language] = entry
        print(json.dumps(entry, indent=1))
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    (options.output / "toxicity.json").write_text(text + "\n", encoding="utf-8")


def english_mixtures(
    teacher: Teacher, tweets: Sequence[Example], negatives: Sequence[Example], opinions: Sequence[Example]
) -> list[Judged]:
    """Texts mixed from those that are not held out."""
    trained = [e for e in tweets if not is_held_out(e)] + [e for e in shortened(negatives) if e.draw % 5]
    texts: dict[str, list[str]] = {}
    for example in (*trained, *opinions):
        texts.setdefault(example.origin, []).append(example.text)
    pieces = [*toxicity_templates.clean("en"), *toxicity_templates.abusive("en")]
    pieces += [e.text for e in (*trained, *opinions) if e.origin == "davidson" or e.origin in OPINIONS.values()]
    return mixtures(teacher, texts, pieces)


def is_held_out(example: Example) -> bool:
    """Whether a labelled text only measures the first model."""
    return example.draw % 100 < HELD_OUT_PERCENT if example.origin == "davidson" else example.origin == "cold_dev"


def shortened(negatives: Sequence[Example]) -> list[Example]:
    """Half of the paragraphs cut to their first sentence, because single sentences will be judged too."""
    return [Example(([*sentences(e.text), e.text])[0], False, e.origin) if e.draw % 2 else e for e in negatives]


def train_one(
    language: str,
    labelled: Sequence[Example],
    negatives: Sequence[Example],
    words: Words,
    mixed: Sequence[Judged],
    path: Path,
) -> dict[str, Any]:
    """Train one language, write its model, and return what is to be recorded of it.

    A first model, fitted without what is held out, gives the figures; the one that is written is fitted on all.
    """
    unique = list({normalised([e.text])[0]: e for e in reversed(labelled)}.values())
    held_out = [e for e in unique if is_held_out(e)]
    behind = {e.text for e in held_out}
    clean = shortened(negatives)
    clean_test = [e for e in clean if e.draw % 5 == 0]
    clean_train = [e for e in clean if e.draw % 5]
    templates = [
        *(Example(text, False, "template") for text in toxicity_templates.clean(language)),
        *(Example(text, True, "template") for text in toxicity_templates.abusive(language)),
    ]
    measured = [e for e in unique if e.text not in behind]
    fit_model(language, [*measured, *templates, *clean_train], mixed, words, path)
    first = load_model.__wrapped__(str(path))
    record: dict[str, Any] = {
        "held_out": quality(first, held_out),
        "clean_held_out": false_positives(first, clean_test),
    }
    lines = fit_model(language, [*unique, *templates, *clean], mixed, words, path)
    return {
        **record,
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "training_lines_sha256": hashlib.sha256(lines.encode()).hexdigest(),
        "trained_on": {
            "labelled": len(unique),
            "toxic": sum(e.is_toxic for e in unique),
            "templates": len(templates),
            "clean": len(clean),
            **({"mixed": len(mixed)} if mixed else {}),
        },
    }


def fit_model(language: str, examples: Sequence[Example], mixed: Sequence[Judged], words: Words, path: Path) -> str:
    """Fit and write a model; returns what it was fitted on, one line for each text.

    A text that is judged stands for two, one toxic and one not, which cost as much as they are likely.
    """
    ngrams, costs = NGRAMS[language], COSTS[language]
    by_draw = sorted(examples, key=lambda e: (e.draw, e.text, e.is_toxic))
    lines = [f"{kind(e)} {int(e.is_toxic)} {e.text}" for e in by_draw]
    lines += [f"mixed {judged.probability} {judged.text}" for judged in mixed]
    weighted = [(e, costs[kind(e)]) for e in examples]
    for text, chance, origin in mixed:
        as_kind = "mixed_tweet" if origin == "davidson" else "mixed"
        for is_toxic, share in ((False, 1.0 - chance), (True, chance)):
            if share > NEGLIGIBLE:
                weighted.append((Example(text, is_toxic, as_kind), share * costs[as_kind]))
    weighted.sort(key=lambda item: (item[0].draw, item[0].text, item[0].is_toxic))
    ordered = [example for example, _ in weighted]
    windows, starts, ends = whole([e.text for e in ordered])
    described = features(windows.data, starts, ends, ngrams, lexicon(*words))
    signs = np.array([1.0 if e.is_toxic else -1.0 for e in ordered])
    weights = prior_weights(described, ordered, ngrams, PRIOR[language])
    bias = fit(described, signs, np.array([cost for _, cost in weighted]), weights, PASSES) - CAUTION[language]
    write_model(path, ngrams, bias, weights, *words)
    return "".join(f"{line}\n" for line in lines)


def prior_weights(described: Features, examples: Sequence[Example], ngrams: Ngrams, share: float) -> Floats:
    """Where the fit starts: a share of log-ratios of how many toxic and clean labelled texts have an n-gram of words.

    Not of parts of words: in Chinese they are those of the few Latin words, and say nothing of manuals full of them.
    """
    places = np.zeros(1 << ngrams.bits)
    if not share:
        return places
    counts, texts = {True: places.copy(), False: places.copy()}, {True: 0, False: 0}
    begins = [0, *described.ends[:-1].tolist()]
    for begin, words, example in zip(begins, described.words.tolist(), examples, strict=True):
        if kind(example) in ("toxic", "clean"):
            counts[example.is_toxic][np.unique(described.numbers[begin : begin + words])] += 1
            texts[example.is_toxic] += 1
    ratios = np.log((counts[True] + PRIOR_SMOOTHING) / (counts[False] + PRIOR_SMOOTHING))
    seen = counts[True] + counts[False] > 0
    weights: Floats = np.where(seen, share * (ratios - np.log(texts[True] / texts[False])), 0.0)
    return weights


def kind(example: Example) -> str:
    """What decides the cost of an error."""
    if example.origin == "template":
        return "template"
    if example.origin in ("negatives", "presidio", "book"):
        return "negative"
    return "toxic" if example.is_toxic else "clean"


def toxic_probability(model: ToxicityModel, texts: Sequence[str]) -> Floats:
    """Probability of the toxic label for each text, shape (n,)."""
    windows, starts, ends = whole(texts)
    odds = score(windows.data, starts, ends, model.weights, model.bias, model.ngrams, model.words)
    return 1.0 / (1.0 + np.exp(-odds))


def quality(model: ToxicityModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Area under the ROC curve, and precision, recall and false positives at two scores."""
    truth = np.array([e.is_toxic for e in examples])
    scores = toxic_probability(model, [e.text for e in examples])
    # Mann-Whitney with mid-ranks for ties.
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    positives, negatives = int(truth.sum()), int((~truth).sum())
    auc = (ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * negatives)
    result: dict[str, Any] = {"texts": len(examples), "toxic": positives, "auc": round(float(auc), 4)}
    for limit in LIMITS:
        found = scores > limit
        result[f"above_{limit}"] = {
            "precision": round(int(truth[found].sum()) / max(int(found.sum()), 1), 4),
            "recall": round(float(found[truth].mean()), 4),
            "false_positive_rate": round(float(found[~truth].mean()), 4),
        }
    return result


def false_positives(model: ToxicityModel, examples: Sequence[Example]) -> dict[str, float | int]:
    """Share of clean texts above some scores."""
    scores = toxic_probability(model, [e.text for e in examples])
    rates = {f"above_{limit}": round(float((scores > limit).mean()), 5) for limit in LIMITS}
    return {"texts": len(examples), **rates}


if __name__ == "__main__":
    main()
