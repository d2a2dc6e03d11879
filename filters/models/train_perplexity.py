"""Train the shipped language models: ``python -m textmill.filters.models.train_perplexity --share usr/share``.

``--share`` is that folder of the unpacked Debian packages that MODELS.md names. Writes ``perplexity.LANGUAGE.lm`` for
each language and ``perplexity.json``, which records settings, sizes, checksums and figures. Paragraphs are ordered and
held out by a hash of their text and nothing is drawn, so the same files give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ..kernels.models.kneser_ney import Learnt, learn
from ..kernels.models.numbered_words import Corpus
from .ngram_model import NgramModel, Reading, write_model
from .perplexity_models import MODEL_LANGUAGES
from .perplexity_sources import number_of, read

ORDER = 3
READING = Reading("uax29", fold=True, marks=False)
"""Words without their case, accents and digits, so that a small model knows more of them; Han and Kana one by one. No
marks, which are so well known that they make lists of keywords look like prose."""
PRINT_BITS, COARSENESS = 15, 16
HELD_OUT = 50
"""One of so many paragraphs."""
BUDGET: dict[str, int] = dict.fromkeys(MODEL_LANGUAGES, 200_000) | {"en": 350_000}
"""Bytes of each file, at most."""
PRUNE = ((0, 2, 3), (1, 3, 4), (1, 4, 5), (1, 5, 6), (1, 6, 8), (1, 8, 10), (2, 10, 12), (3, 12, 16))
"""Tried in turn, until a file is small enough."""
PARAGRAPHS_AT_ONCE = 2000


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure and write all models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=Path(__file__).parent)
    parser.add_argument("--language", action="append", help="only these; may be repeated")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "settings": {
            "coarseness": COARSENESS, "fold": READING.fold, "held_out": HELD_OUT, "marks": READING.marks,
            "order": ORDER, "print_bits": PRINT_BITS, "words": READING.words,
        },
        "models": {},
    }  # fmt: skip
    for language in options.language or MODEL_LANGUAGES:
        record["models"][language] = entry = train_one(options.share, language, options.output)
        print(language, json.dumps(entry))
    if not options.language:
        text = json.dumps(record, indent=1, sort_keys=True)
        (options.output / "perplexity.json").write_text(text + "\n", encoding="utf-8")


def train_one(share: Path, language: str, output: Path) -> dict[str, Any]:
    """Train the model of a language; returns what is recorded of it."""
    paragraphs = read(share, language)
    learnt_from = [one for one in paragraphs if number_of(one) % HELD_OUT]
    held_out = [one for one in paragraphs if not number_of(one) % HELD_OUT]
    corpus = Corpus()
    for start in range(0, len(learnt_from), PARAGRAPHS_AT_ONCE):
        part = pa.array(learnt_from[start : start + PARAGRAPHS_AT_ONCE], pa.large_string())
        corpus.add(READING.sentences(part))
    path = output / f"perplexity.{language}.lm"
    for prune in PRUNE:
        learnt = learn(corpus, ORDER, prune=prune, print_bits=PRINT_BITS, coarseness=COARSENESS)
        write_model(path, learnt, READING, {}, is_packed=True)
        if path.stat().st_size <= BUDGET[language]:
            break
    return {
        "bytes": path.stat().st_size,
        "held_out_paragraphs": len(held_out),
        "kept": learnt.kept,
        "megabytes": round(sum(len(one.encode()) for one in learnt_from) / 1e6, 2),
        "paragraphs": len(learnt_from),
        "perplexity": perplexity(learnt, held_out),
        "prune": list(prune),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "training_sha256": hashlib.sha256("\n".join(learnt_from).encode()).hexdigest(),
    }


def perplexity(learnt: Learnt, paragraphs: Sequence[str]) -> float:
    """Of all paragraphs together."""
    scores = NgramModel(learnt.table, READING).score(pa.array(paragraphs, pa.large_string()), whole=True)
    return round(float(np.power(10.0, -scores.logs.sum() / scores.tokens.sum())), 1)


if __name__ == "__main__":
    main()
