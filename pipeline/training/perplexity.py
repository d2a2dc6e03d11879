"""Language models over n-grams learnt from a sample of texts, and measured on texts that they have not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...filters.base.draw import draw
from ...filters.kernels.models.kneser_ney import Learnt, learn
from ...filters.kernels.models.numbered_words import Corpus
from ...filters.kernels.models.sentences import BY_SCRIPT
from ...filters.models.ngram_model import NgramModel, Reading

LONGEST_ORDER = 6
HELD_OUT = 0.02
"""The share of documents that a model is measured on and does not learn from."""
PERCENTILES = (5, 10, 30, 50, 60, 90, 95)
TEXTS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class PerplexityOptions:
    """What decides a model besides the texts that it is learnt from.

    Args:
        order: Words of the longest n-grams, 1 to 6.
        words: How a line is parted into words: ``script``, ``whitespace``, ``uax29`` or ``dictionary``.
        fold: Whether text is first written as CCNet does: lower case, no accents, every digit 0.
        prune: Of each length from one word on, n-grams not seen more often are left out; the last is for longer ones.

    Raises:
        InputError: for what cannot be.
    """

    order: int = 5
    words: str = BY_SCRIPT
    fold: bool = False
    prune: Sequence[int] = (0, 0, 1)

    def __post_init__(self) -> None:
        if not 1 <= self.order <= LONGEST_ORDER:
            raise InputError(f"order {self.order} is not between 1 and {LONGEST_ORDER}")
        known = (BY_SCRIPT, "whitespace", "uax29", "dictionary")
        if self.words not in known:
            raise InputError(f"words is {self.words!r}; choose one of {', '.join(known)}")
        if list(self.prune) != sorted(self.prune) or min(self.prune, default=0) < 0 or len(self.prune) > self.order:
            raise InputError(
                f"prune {','.join(map(str, self.prune))} is not a list of up to {self.order} numbers that do not fall"
            )

    @property
    def reading(self) -> Reading:
        """How the model will read."""
        return Reading(self.words, self.fold)


@dataclass(frozen=True)
class TrainedModel:
    """A model, and what is known of it."""

    learnt: Learnt
    reading: Reading
    texts: int
    bytes: int
    measured: Mapping[str, Any]

    def facts(self) -> dict[str, Any]:
        """For a report."""
        learnt = self.learnt
        return {
            "texts": self.texts,
            "bytes": self.bytes,
            "tokens": learnt.tokens,
            "ngrams": learnt.ngrams,
            "kept": learnt.kept,
            "discounts": [list(one) for one in learnt.discounts],
            "held_out": dict(self.measured),
        }


def train_model(texts: pa.Table, options: PerplexityOptions) -> TrainedModel:
    """Learn from texts, all but some that are drawn by their ids, on which the model is then measured.

    Args:
        texts: Columns ``doc_id`` and ``text``.
        options: The rest.

    Raises:
        InputError: when no text is left to learn from.
    """
    is_held_out = np.array([draw(one, "held out") <= HELD_OUT for one in texts["doc_id"].to_pylist()], dtype=np.bool_)
    if is_held_out.all():
        is_held_out[:] = False
    reading = options.reading
    corpus = Corpus()
    learnt_from = texts.filter(pa.array(~is_held_out))
    for batch in _batches(learnt_from["text"]):
        corpus.add(reading.sentences(batch))
    learnt = learn(corpus, options.order, prune=options.prune)
    if not learnt.tokens:
        raise InputError("there is no word in these texts")
    sizes = pc.sum(pc.binary_length(learnt_from["text"])).as_py() or 0
    measured = measure(NgramModel(learnt.table, reading), texts.filter(pa.array(is_held_out))["text"])
    return TrainedModel(learnt, reading, len(learnt_from), sizes, measured)


def measure(model: NgramModel, texts: pa.ChunkedArray) -> dict[str, Any]:
    """How a model does on texts: perplexity, unknown words, bits for each byte, percentiles over the texts."""
    logs, tokens, unknown, documents = 0.0, 0, 0, []
    for batch in _batches(texts):
        scores = model.score(batch, whole=True)
        of_line = np.repeat(np.arange(len(batch)), scores.of_document)
        of_text = np.bincount(of_line, scores.logs, len(batch)), np.bincount(of_line, scores.tokens, len(batch))
        filled = of_text[1] > 0
        documents += (10.0 ** -(of_text[0][filled] / of_text[1][filled])).tolist()
        logs, tokens = logs + float(scores.logs.sum()), tokens + int(scores.tokens.sum())
        unknown += int(scores.unknown.sum())
    if not tokens:
        return {"texts": len(texts)}
    return {
        "texts": len(texts),
        "tokens": tokens,
        "perplexity": round(10.0 ** -(logs / tokens), 2),
        "unknown_ratio": round(unknown / tokens, 4),
        "percentiles": {
            str(one): round(float(value), 1)
            for one, value in zip(PERCENTILES, np.percentile(documents, PERCENTILES), strict=True)
        },
    }


def _batches(texts: pa.ChunkedArray) -> Iterator[pa.Array]:
    for chunk in texts.chunks:
        for start in range(0, len(chunk), TEXTS_AT_ONCE):
            yield chunk.slice(start, TEXTS_AT_ONCE)
