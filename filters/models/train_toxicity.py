"""Train the shipped toxicity models: ``python -m textmill.filters.models.train_toxicity --data DIR --negatives DIR …``.

``--data`` holds ``toxicity/davidson.csv``, ``toxicity/cold_zh_{train,dev}.csv``, ``toxicity/wikipedia_fuzzed.csv``,
``toxicity/vicomtech.csv`` (these two only to measure), ``books/*.epub`` and ``pii/presidio_generated_large.json``;
``--negatives`` holds folders of formal text, HTML or plain (documentation packages); ``--cuss`` is the unpacked npm
package of that name. The weights of listed English words are those of the installed package ``alt-profanity-check``;
words that it does not know and ``cuss`` rates as hardly ever harmless have one weight for all. Writes
``toxicity.en.bin``, ``toxicity.zh.bin`` and ``toxicity.json``, which records the data, the settings and the figures.
Every choice is a keyed hash of the text and training runs in one thread, so that the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from ..kernels.machine.buffers import Floats, Floats32, Int64s, UInt64s, text_buffers
from ..kernels.machine.hashing import hashes_of
from ..kernels.models.ngrams import Features, Ngrams, features, fit, lexicon, score
from . import toxicity_templates
from .harmless_words import HARMLESS
from .toxicity_model import MODEL_LANGUAGES, ToxicityModel, load_model, write_model
from .toxicity_sources import (
    Example,
    read_books,
    read_cold,
    read_davidson,
    read_negatives,
    read_presidio,
    read_vicomtech,
    read_wikipedia,
    sentences,
)
from .toxicity_windows import Windows, cut_windows

Words: TypeAlias = tuple[UInt64s, Floats32]
"""Keys of listed words, and their weights."""

HELD_OUT_PERCENT = 20
NGRAMS = {"en": Ngrams(2, 3, 5, 19), "zh": Ngrams(2, 2, 4, 19)}
COSTS: dict[str, dict[str, float]] = {
    "en": {"toxic": 0.12, "clean": 0.48, "template": 0.15, "negative": 0.15},
    "zh": {"toxic": 2.0, "clean": 2.0, "template": 3.0, "negative": 2.0},
}
"""What an error costs. Few of the tweets are clean, and what they teach of tweets must not drown the listed words."""
PASSES = 15
TEACHER_SHARE = 0.54
"""From the teacher's margin and mean idf to log-odds: the slope of its calibration, 2.7, by a typical norm, 5."""
TEACHER_FLOOR = 0.05
TEACHER_HARMLESS = 0.7
"""What is left of weights that speak for harmlessness: what talk pages are about tells little of other places."""
CUSS_RATING, CUSS_WEIGHT = "2", 4.0
"""Which words of ``cuss`` are taken, those "unlikely in clean text", and their weight where the teacher has none."""
PRIOR = {"en": 0.0, "zh": 1.0}
"""Share of the naive-Bayes log-ratios from which the fit departs: carries over to topics that were not trained on.

Not in English, where they are those of tweets and worse for talk pages and the forum.
"""
PRIOR_SMOOTHING = 2.0
CAUTION = {"en": 0.0, "zh": 1.0}
"""Taken from the log-odds: Chinese prose of the general kind is not among the clean examples."""
SPARED = 0.4
"""What is left of the teacher's weights of words for groups of people and of medicine and law."""
LIMITS = (0.5, 0.8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure and write both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--negatives", type=Path, action="append", required=True, help="may be repeated")
    parser.add_argument("--cuss", type=Path, help="folder of the unpacked npm package cuss")
    parser.add_argument("--without-words", action="store_true", help="leave listed words out")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    if options.cuss is None and not options.without_words:
        parser.error("--cuss is missing: give the folder of the unpacked npm package, or --without-words")
    options.output.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "settings": {
            "caution": CAUTION,
            "costs": COSTS,
            "cuss_weight": CUSS_WEIGHT,
            "ngrams": NGRAMS,
            "passes": PASSES,
            "prior": PRIOR,
            "prior_smoothing": PRIOR_SMOOTHING,
            "spared": SPARED,
            "teacher_harmless": TEACHER_HARMLESS,
            "teacher_share": TEACHER_SHARE,
        },
        "models": {},
    }
    labelled = {"en": list(read_davidson(options.data)), "zh": list(read_cold(options.data))}
    negatives = {language: list(read_negatives(options.negatives, language)) for language in MODEL_LANGUAGES}
    negatives["en"] += [*read_presidio(options.data), *read_books(options.data)]
    words = {
        "en": no_words() if options.without_words else english_words(options.cuss, negatives["en"]),
        "zh": no_words(),
    }
    for language in MODEL_LANGUAGES:
        path = options.output / f"toxicity.{language}.bin"
        entry = train_one(language, labelled[language], negatives[language], words[language], path)
        if language == "en":
            model = load_model(str(path))
            entry["wikipedia_fuzzed"] = quality(model, list(read_wikipedia(options.data)))
            entry["vicomtech"] = quality(model, list(read_vicomtech(options.data)))
        record["models"][language] = entry
        print(json.dumps(entry, indent=1))
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    (options.output / "toxicity.json").write_text(text + "\n", encoding="utf-8")


def no_words() -> Words:
    """A list without a word."""
    return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.float32)


def english_words(cuss: Path, clean: Sequence[Example]) -> Words:
    """Listed words with their weights in log-odds: those of the teacher, then those of ``cuss`` that it lacks.

    Words of ``cuss`` that stand in clean text, name a group of people or have harmless senses are left out.
    """
    groups = (*toxicity_templates.GROUPS, *toxicity_templates.PLURALS)
    spared = {*HARMLESS["en"]} | {word for group in groups for word in group.lower().split()}
    found = {
        word: weight * (SPARED if word in spared else 1.0) * (1.0 if weight > 0 else TEACHER_HARMLESS)
        for word, weight in teacher_words().items()
    }
    harmless = toxicity_templates.clean("en")
    seen = {word for text in normalised([*(e.text for e in clean), *harmless]) for word in text.split()}
    for word in cuss_words(cuss):
        if word not in spared and word not in seen:
            found.setdefault(word, CUSS_WEIGHT)
    return hashes_of([word.encode() for word in found]) | np.uint64(1), np.array([*found.values()], dtype=np.float32)


def teacher_words() -> dict[str, float]:
    """Words of alt-profanity-check (MIT) with their weights in log-odds: mean coefficient by inverse frequency."""
    joblib = importlib.import_module("joblib")
    folder = Path(str(importlib.import_module("profanity_check").__file__)).parent / "data"
    vectorizer, model = joblib.load(folder / "vectorizer.joblib"), joblib.load(folder / "model.joblib")
    coefficients = np.mean([each.estimator.coef_[0] for each in model.calibrated_classifiers_], axis=0)
    found: dict[str, float] = {}
    columns = sorted(vectorizer.vocabulary_.items())
    for (_, column), as_read in zip(columns, normalised([word for word, _ in columns]), strict=True):
        word = as_read.strip()
        if word and " " not in word and abs(coefficients[column]) > TEACHER_FLOOR:
            found.setdefault(word, TEACHER_SHARE * float(coefficients[column] * vectorizer.idf_[column]))
    return found


def cuss_words(package: Path) -> list[str]:
    """Single English words of the npm package ``cuss`` (MIT) that it rates as unlikely in clean text."""
    source = (package / "index.js").read_text(encoding="utf-8")
    found = re.findall(r"^ +(?:'([^'\n]+)'|(\w+)): " + CUSS_RATING + ",$", source, re.MULTILINE)
    words = (word.strip() for word in normalised(sorted(quoted or plain for quoted, plain in found)))
    return [word for word in words if word and " " not in word]


def train_one(
    language: str,
    labelled: Sequence[Example],
    negatives: Sequence[Example],
    words: Words,
    path: Path,
) -> dict[str, Any]:
    """Train one language, write its model, and return what is to be recorded of it.

    A first model, fitted without what is held out, gives the figures; the one that is written is fitted on all.
    """
    unique = list({normalised([e.text])[0]: e for e in reversed(labelled)}.values())
    held_out = [e for e in unique if (e.draw % 100 < HELD_OUT_PERCENT if language == "en" else e.origin == "cold_dev")]
    behind = {e.text for e in held_out}
    # Half of the paragraphs are cut to their first sentence, because single sentences will be judged too.
    clean = [Example(([*sentences(e.text), e.text])[0], False, e.origin) if e.draw % 2 else e for e in negatives]
    clean_test = [e for e in clean if e.draw % 5 == 0]
    clean_train = [e for e in clean if e.draw % 5]
    templates = [
        *(Example(text, False, "template") for text in toxicity_templates.clean(language)),
        *(Example(text, True, "template") for text in toxicity_templates.abusive(language)),
    ]
    measured = [e for e in unique if e.text not in behind]
    fit_model(language, [*measured, *templates, *clean_train], words, path)
    first = load_model.__wrapped__(str(path))
    record: dict[str, Any] = {
        "held_out": quality(first, held_out),
        "clean_held_out": false_positives(first, clean_test),
    }
    lines = fit_model(language, [*unique, *templates, *clean], words, path)
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
        },
    }


def fit_model(language: str, examples: Sequence[Example], words: Words, path: Path) -> str:
    """Fit and write a model; returns what it was fitted on, one line for each text."""
    ordered = sorted(examples, key=lambda e: (e.draw, e.text, e.is_toxic))
    ngrams, costs = NGRAMS[language], COSTS[language]
    windows, starts, ends = whole([e.text for e in ordered])
    described = features(windows.data, starts, ends, ngrams, lexicon(*words))
    signs = np.array([1.0 if e.is_toxic else -1.0 for e in ordered])
    weights = prior_weights(described, ordered, ngrams, PRIOR[language])
    bias = fit(described, signs, np.array([costs[kind(e)] for e in ordered]), weights, PASSES) - CAUTION[language]
    write_model(path, ngrams, bias, weights, *words)
    return "".join(f"{kind(e)} {int(e.is_toxic)} {e.text}\n" for e in ordered)


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


def whole(texts: Sequence[str]) -> tuple[Windows, Int64s, Int64s]:
    """Each text as the models read it, in one window, with where it starts and ends."""
    windows = cut_windows(text_buffers(pa.array(texts, pa.large_string())))
    last = np.cumsum(windows.of_document)
    ends = np.concatenate(([0], windows.ends))[last]
    return windows, np.concatenate(([0], ends[:-1])), ends


def normalised(texts: Sequence[str]) -> list[str]:
    """Each text as the models read it."""
    windows, starts, ends = whole(texts)
    return [windows.data[start:end].tobytes().decode() for start, end in zip(starts, ends, strict=True)]


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
