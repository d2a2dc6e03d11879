"""Train the shipped toxicity models: ``python -m textmill.filters.models.train_toxicity --data DIR --negatives DIR``.

``--data`` holds ``toxicity/davidson.csv``, ``toxicity/cold_zh_{train,dev}.csv``, ``toxicity/wikipedia_fuzzed.csv``,
``toxicity/vicomtech.csv`` (these two only to measure), ``books/*.epub`` and ``pii/presidio_generated_large.json``;
``--negatives`` holds folders of formal text, HTML or plain (documentation packages). The weights of listed English
words are those of the installed package ``alt-profanity-check``. Writes ``toxicity.en.bin``, ``toxicity.zh.bin`` and
``toxicity.json``, which records the data, the settings and the figures. Every choice is a keyed hash of the text and
training runs in one thread, so that the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import html
import importlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash

from ..kernels.machine.buffers import Floats, Floats32, Int64s, UInt64s, text_buffers
from ..kernels.machine.hashing import hashes_of
from ..kernels.models.ngrams import Ngrams, features, fit, lexicon, score
from . import toxicity_templates
from .harmless_words import HARMLESS
from .toxicity_model import MODEL_LANGUAGES, ToxicityModel, load_model, write_model
from .toxicity_windows import Windows, cut_windows

HELD_OUT_PERCENT = 20
NEGATIVES_TRAINED, NEGATIVES_HELD_OUT = 16_000, 4_000
NGRAMS = {"en": Ngrams(2, 3, 5, 19), "zh": Ngrams(3, 2, 4, 19)}
COSTS: dict[str, dict[str, float]] = {
    "en": {"toxic": 0.12, "clean": 0.48, "template": 0.15, "negative": 0.15},
    "zh": {"toxic": 2.0, "clean": 2.0, "template": 3.0, "negative": 2.0},
}
"""What an error costs. Few of the tweets are clean, and what they teach of tweets must not drown the listed words."""
PASSES = 15
TEACHER_SHARE = 0.54
"""From the teacher's margin and mean idf to log-odds: the slope of its calibration, 2.7, by a typical norm, 5."""
TEACHER_FLOOR = 0.05
CAUTION = {"en": 0.0, "zh": 0.7}
"""Taken from the log-odds: Chinese prose of the general kind is not among the clean examples."""
SPARED = 0.4
"""What is left of the teacher's weights of words for groups of people and of medicine and law."""
LIMITS = (0.5, 0.8)


@dataclass(frozen=True)
class Example:
    """One labelled text."""

    text: str
    is_toxic: bool
    origin: str

    @property
    def draw(self) -> int:
        """A number that decides, by the text alone, which part of the data the example belongs to."""
        return xxhash.xxh3_64_intdigest(self.text.encode(), seed=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure and write both models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--negatives", type=Path, action="append", required=True, help="may be repeated")
    parser.add_argument("--without-teacher", action="store_true", help="leave alt-profanity-check out")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "settings": {
            "caution": CAUTION,
            "costs": COSTS,
            "spared": SPARED,
            "ngrams": NGRAMS,
            "passes": PASSES,
            "teacher_share": TEACHER_SHARE,
        },
        "models": {},
    }
    labelled = {"en": list(read_davidson(options.data)), "zh": list(read_cold(options.data))}
    negatives = {language: list(read_negatives(options.negatives, language)) for language in MODEL_LANGUAGES}
    negatives["en"] += [*read_presidio(options.data), *read_books(options.data)]
    words = {"en": no_words() if options.without_teacher else teacher_words(), "zh": no_words()}
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


def no_words() -> tuple[UInt64s, Floats32]:
    """A list without a word."""
    return np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.float32)


def teacher_words() -> tuple[UInt64s, Floats32]:
    """Words of alt-profanity-check (MIT) with their weights in log-odds: mean coefficient by inverse frequency."""
    joblib = importlib.import_module("joblib")
    folder = Path(str(importlib.import_module("profanity_check").__file__)).parent / "data"
    vectorizer, model = joblib.load(folder / "vectorizer.joblib"), joblib.load(folder / "model.joblib")
    coefficients = np.mean([each.estimator.coef_[0] for each in model.calibrated_classifiers_], axis=0)
    groups = (*toxicity_templates.GROUPS, *toxicity_templates.PLURALS)
    spared = {*HARMLESS["en"]} | {word for group in groups for word in group.lower().split()}
    found: dict[bytes, float] = {}
    columns = sorted(vectorizer.vocabulary_.items())
    for (_, column), as_read in zip(columns, normalised([word for word, _ in columns]), strict=True):
        key = as_read.strip().encode()
        if key and b" " not in key and abs(coefficients[column]) > TEACHER_FLOOR:
            weight = TEACHER_SHARE * float(coefficients[column] * vectorizer.idf_[column])
            found.setdefault(key, weight * (SPARED if key.decode() in spared else 1.0))
    return hashes_of(list(found)) | np.uint64(1), np.array(list(found.values()), dtype=np.float32)


def read_davidson(folder: Path) -> Iterator[Example]:
    """English tweets of Davidson et al. 2017; classes 0 (hate) and 1 (offensive) are toxic."""
    with (folder / "toxicity/davidson.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = re.sub(r"\bRT\b|&#\d+;?", " ", html.unescape(row["tweet"]))
            yield Example(text, row["class"] != "2", "davidson")


def read_cold(folder: Path) -> Iterator[Example]:
    """Chinese comments of Deng et al. 2022 (COLD); the published dev part is held out."""
    for part in ("train", "dev"):
        with (folder / f"toxicity/cold_zh_{part}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield Example(row["TEXT"], row["label"] == "1", f"cold_{part}")


def read_wikipedia(folder: Path) -> Iterator[Example]:
    """English talk-page comments: another domain, never trained on."""
    with (folder / "toxicity/wikipedia_fuzzed.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(row["comment"], row["toxic"] == "True", "wikipedia_fuzzed")


def read_vicomtech(folder: Path) -> Iterator[Example]:
    """English sentences of a forum of white supremacists (de Gibert et al. 2018), never trained on."""
    with (folder / "toxicity/vicomtech.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield Example(row["text"], row["label"] == "hate", "vicomtech")


def read_books(folder: Path) -> Iterator[Example]:
    """Sentences of every second paragraph, by hash, of the novels there."""
    for path in sorted((folder / "books").glob("*.epub")):
        with zipfile.ZipFile(path) as book:
            for name in sorted(name for name in book.namelist() if name.endswith("html")):
                for paragraph in re.findall(r"<p>(.*?)</p>", book.read(name).decode(), re.DOTALL):
                    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", paragraph)).split())
                    if Example(text, False, "book").draw % 2:
                        yield from (Example(sentence, False, "book") for sentence in sentences(text))


def sentences(text: str) -> list[str]:
    """Sentences of at least 15 characters."""
    parts = re.split(r"(?<=[.!?。！？])\s*(?=[A-Z“\"\u4e00-\u9fff])", text)
    return [part for part in parts if len(part) >= 15]


def read_presidio(folder: Path) -> Iterator[Example]:
    """Short everyday English made from templates, all of it clean."""
    for item in json.loads((folder / "pii/presidio_generated_large.json").read_text(encoding="utf-8")):
        yield Example(item["full_text"], False, "presidio")


def read_negatives(folders: Iterable[Path], language: str) -> Iterator[Example]:
    """Choose paragraphs of formal text by hash: the same from the same files, wherever they lie."""
    found: dict[int, Example] = {}
    for folder in folders:
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".html", ".txt") and p.is_file()):
            raw = path.read_text(encoding="utf-8", errors="replace")
            for paragraph in paragraphs(raw, is_html=path.suffix == ".html"):
                if written_in(paragraph) == language:
                    example = Example(paragraph, False, "negatives")
                    found.setdefault(example.draw, example)
    for draw in sorted(found)[: NEGATIVES_TRAINED + NEGATIVES_HELD_OUT]:
        yield found[draw]


def paragraphs(raw: str, *, is_html: bool) -> Iterator[str]:
    """Paragraphs of 60 to 1,500 characters; of HTML, the running text of p, dd and li."""
    if is_html:
        pieces = [re.sub(r"<[^>]*>", "", p) for p in re.findall(r"<(?:p|dd|li)\b[^>]*>(.*?)</(?:p|dd|li)>", raw, re.S)]
    else:
        pieces = re.split(r"\n\s*\n", raw)
    for piece in pieces:
        text = " ".join(html.unescape(piece).split())
        if 60 <= len(text) <= 1500 or (40 <= len(text) <= 1500 and written_in(text) == "zh"):
            yield text


def written_in(text: str) -> str | None:
    """English or Chinese by its letters; None for anything else."""
    letters = [c for c in text if c.isalpha()]
    if len(letters) < 0.6 * len(text.replace(" ", "")) or not letters:
        return None
    han = sum("\u4e00" <= c <= "\u9fff" for c in letters) / len(letters)
    if han > 0.6 and not any("\u3040" <= c <= "\u30ff" for c in letters):
        return "zh"
    words = set(text.lower().split())
    return "en" if all(c.isascii() for c in letters) and len(words & {"the", "of", "to", "is", "and"}) >= 2 else None


def train_one(
    language: str,
    labelled: Sequence[Example],
    negatives: Sequence[Example],
    words: tuple[UInt64s, Floats32],
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


def fit_model(language: str, examples: Sequence[Example], words: tuple[UInt64s, Floats32], path: Path) -> str:
    """Fit and write a model; returns what it was fitted on, one line for each text."""
    ordered = sorted(examples, key=lambda e: (e.draw, e.text, e.is_toxic))
    ngrams, costs = NGRAMS[language], COSTS[language]
    windows, starts, ends = whole([e.text for e in ordered])
    described = features(windows.data, starts, ends, ngrams, lexicon(*words))
    signs = np.array([1.0 if e.is_toxic else -1.0 for e in ordered])
    weights = np.zeros(1 << ngrams.bits)
    bias = fit(described, signs, np.array([costs[kind(e)] for e in ordered]), weights, PASSES) - CAUTION[language]
    write_model(path, ngrams, bias, weights, *words)
    return "".join(f"{kind(e)} {int(e.is_toxic)} {e.text}\n" for e in ordered)


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
