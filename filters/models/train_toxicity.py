"""Train the shipped toxicity models: ``python -m textmill.filters.models.train_toxicity --data DIR --negatives DIR``.

``--data`` holds ``toxicity/davidson.csv``, ``toxicity/cold_zh_{train,dev}.csv``, ``toxicity/wikipedia_fuzzed.csv`` and
``pii/presidio_generated_large.json``; ``--negatives`` holds folders of formal text, HTML or plain (documentation
packages). Writes ``toxicity.en.ftz``, ``toxicity.zh.ftz`` and ``toxicity.json``, which records the data, the settings
and the held-out figures. Every choice is a keyed hash of the text and training runs in one thread, so that the same
files give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import html
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import xxhash

from ..kernels.machine.buffers import text_buffers
from .loading import Floats
from .toxicity_windows import cut_windows

LANGUAGES = ("en", "zh")
TOXIC, CLEAN = "toxic", "clean"
HELD_OUT_PERCENT = 20
NEGATIVES_TRAINED, NEGATIVES_HELD_OUT = 16_000, 4_000
SHARED_SETTINGS: dict[str, Any] = {"dim": 16, "loss": "softmax", "seed": 1, "thread": 1, "verbose": 0}
SETTINGS: dict[str, dict[str, Any]] = {
    # Parts of words make English sure of words it never saw in a tweet: fewer clean pages are taken for toxic.
    "en": {**SHARED_SETTINGS, "epoch": 5, "lr": 0.1, "minCount": 2, "minn": 3, "maxn": 5, "bucket": 200_000},
    "zh": {**SHARED_SETTINGS, "epoch": 3, "lr": 0.05, "minCount": 5, "wordNgrams": 2, "bucket": 200_000},
}
"""Few, small steps: with more the scores are all 0 or 1, also where the model knows nothing."""
COPIES_OF_CLEAN = {"en": 3, "zh": 5}
"""How often each clean example of the labelled data is shown, because it is the one that informal text resembles."""
CUTOFF = 40_000
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
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "settings": {**SETTINGS, "cutoff": CUTOFF, "copies_of_clean": COPIES_OF_CLEAN},
        "models": {},
    }
    labelled = {"en": list(read_davidson(options.data)), "zh": list(read_cold(options.data))}
    negatives = {language: list(read_negatives(options.negatives, language)) for language in LANGUAGES}
    negatives["en"] += read_presidio(options.data)
    for language in LANGUAGES:
        path = options.output / f"toxicity.{language}.ftz"
        record["models"][language] = train_one(language, labelled[language], negatives[language], path, options.data)
        print(json.dumps(record["models"][language], indent=1))
    text = json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False)
    (options.output / "toxicity.json").write_text(text + "\n", encoding="utf-8")


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
    language: str, labelled: Sequence[Example], negatives: Sequence[Example], path: Path, data: Path
) -> dict[str, Any]:
    """Train one language, write its model, and return what is to be recorded of it."""
    import fasttext_new

    unique = list({normalised([e.text])[0]: e for e in reversed(labelled)}.values())
    if language == "en":
        held_out = [e for e in unique if e.draw % 100 < HELD_OUT_PERCENT]
        trained = [e for e in unique if e.draw % 100 >= HELD_OUT_PERCENT]
    else:
        held_out = [e for e in unique if e.origin == "cold_dev"]
        trained = [e for e in unique if e.origin == "cold_train"]
    share = NEGATIVES_HELD_OUT / (NEGATIVES_TRAINED + NEGATIVES_HELD_OUT)
    clean_test = negatives[: int(len(negatives) * share)]
    clean_train = negatives[len(clean_test) :]
    copies = [e for e in trained if not e.is_toxic] * (COPIES_OF_CLEAN[language] - 1)
    everything = sorted([*trained, *copies, *clean_train], key=lambda e: (e.draw, e.text))
    lines = [
        f"__label__{TOXIC if e.is_toxic else CLEAN} {text}\n"
        for e, text in zip(everything, normalised([e.text for e in everything]), strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder:
        train_file = Path(folder) / "train.txt"
        train_file.write_text("".join(lines), encoding="utf-8")
        model = fasttext_new.train_supervised(str(train_file), **SETTINGS[language])
        model.quantize(str(train_file), cutoff=CUTOFF, retrain=True, thread=1, qnorm=True, verbose=0)
        model.save_model(path)
    model = fasttext_new.load_model(path)
    record: dict[str, Any] = {
        "file": path.name,
        "bytes": path.stat().st_size,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "training_lines_sha256": hashlib.sha256("".join(lines).encode()).hexdigest(),
        "trained_on": {"labelled": len(trained), "toxic": sum(e.is_toxic for e in trained), "clean": len(clean_train)},
        "held_out": quality(model, held_out),
        "clean_paragraphs": false_positives(model, clean_test),
    }
    if language == "en":
        record["wikipedia_fuzzed"] = quality(model, list(read_wikipedia(data)))
    return record


def normalised(texts: Sequence[str]) -> list[str]:
    """Each text as the models read it, in one window."""
    windows = cut_windows(text_buffers(pa.array(texts, pa.large_string())))
    result, first = [], 0
    for document in range(len(texts)):
        behind = first + int(windows.of_document[document])
        result.append("".join(windows.texts(np.arange(first, behind))))
        first = behind
    return result


def toxic_probability(model: Any, texts: Sequence[str]) -> Floats:
    """Probability of the toxic label for each text, shape (n,)."""
    scores = np.empty(len(texts))
    for row, line in enumerate(normalised(texts)):
        labels, values = model.predict(line)
        scores[row] = values[0] if labels[0].endswith(TOXIC) else 1 - values[0]
    return scores


def quality(model: Any, examples: Sequence[Example]) -> dict[str, Any]:
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


def false_positives(model: Any, examples: Sequence[Example]) -> dict[str, float | int]:
    """Share of clean texts above some scores."""
    scores = toxic_probability(model, [e.text for e in examples])
    rates = {f"above_{limit}": round(float((scores > limit).mean()), 5) for limit in LIMITS}
    return {"texts": len(examples), **rates}


if __name__ == "__main__":
    main()
