"""A model of importance learnt from a target and a raw corpus, and measured on texts that it has not learnt from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...errors import InputError
from ...filters.base.draw import draw
from ...filters.kernels.machine.buffers import Floats, Int32s, Int64s
from ...filters.kernels.models.importance import count_ngrams, sum_ratios
from ...filters.models.importance_model import UNIT, log_ratios
from .sample import Sample

HELD_OUT = 0.1
"""The share of the texts, by a hash of their ids, that the model is measured on and has not learnt from."""
NAMED_BYTES = 4_000_000
"""So much text of each corpus is looked through for words to show."""
NAMED_WORDS = 20
LEAST_COUNT = 10
SHOWN = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True)
class LearntImportance:
    """A model and its figures."""

    ratios: Int32s
    texts: tuple[int, int]
    """Of the target and of the raw corpus, those that were learnt from."""
    words: tuple[int, int]
    auc: float | None
    """How often a held-out text of the target weighs more a word than one of the raw corpus; None without any."""
    held_out: tuple[int, int]
    divergence: float
    """Kullback-Leibler divergence of the raw from the target's n-grams, in nats for each of them."""
    for_target: list[str]
    for_raw: list[str]
    """Words that say most for either."""


def learn_importance(target: Sample, raw: Sample, buckets: int) -> LearntImportance:
    """Learn from nine tenths of each sample, and measure on the rest.

    Raises:
        InputError: when a corpus has no words to learn from.
    """
    counts, texts, words, held = [], [], [], []
    for side, sample in (("--target", target), ("--raw", raw)):
        is_held = np.array([draw(one, "importance held out") <= HELD_OUT for one in sample.texts["doc_id"].to_pylist()])
        count = np.zeros(buckets, dtype=np.int64)
        learnt = sample.texts["text"].filter(pa.array(~is_held))
        for chunk in learnt.chunks:
            count_ngrams(chunk, count)
        if not count.sum():
            raise InputError(f"{side}: {len(learnt):,} texts without a word are too little to learn from")
        counts.append(count)
        texts.append(len(learnt))
        held.append(sample.texts["text"].filter(pa.array(is_held)))
        # n words have n - 1 pairs.
        words.append((int(count.sum()) + len(learnt)) // 2)
    ratios = log_ratios(*counts)
    of_target, of_raw = (_weights(column, ratios) for column in held)
    for_target, for_raw = _telling(target, raw, ratios)
    return LearntImportance(
        ratios=ratios,
        texts=(texts[0], texts[1]),
        words=(words[0], words[1]),
        auc=_auc(of_target, of_raw),
        held_out=(len(of_target), len(of_raw)),
        divergence=_divergence(counts[0], ratios),
        for_target=for_target,
        for_raw=for_raw,
    )


def _weights(texts: pa.ChunkedArray, ratios: Int32s) -> Floats:
    parts = [(sums / np.maximum(words, 1)) for sums, words in (sum_ratios(chunk, ratios) for chunk in texts.chunks)]
    return np.concatenate([*parts, np.empty(0)])


def _auc(positive: Floats, negative: Floats) -> float | None:
    """The share of pairs in the right order, ties by half; None where there is no pair."""
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below: npt.NDArray[np.int64] = np.searchsorted(ordered, positive, side="left")
    not_above: npt.NDArray[np.int64] = np.searchsorted(ordered, positive, side="right")
    return round(float((below + not_above).mean() / 2 / len(negative)), 4)


def _divergence(target: Int64s, ratios: Int32s) -> float:
    return round(float((target / target.sum() * ratios).sum() / UNIT), 4)


def _telling(target: Sample, raw: Sample, ratios: Int32s) -> tuple[list[str], list[str]]:
    """Words with the greatest share of what tells the corpora apart, so that rare ones do not come first."""
    found = [_frequencies(sample) for sample in (target, raw)]
    names = sorted({*found[0], *found[1]})
    single, counts = sum_ratios(pa.array(names, pa.large_string()), ratios)
    shares = [np.array([one.get(name, 0.0) for name in names]) for one in found]
    # A bucket serves many n-grams: a word is shown only where its own frequencies say what its bucket says.
    drift = shares[0] - shares[1]
    gain = np.where((counts == 1) & (np.sign(drift) == np.sign(single)), np.abs(single) * np.abs(drift), 0.0)
    order = np.argsort(-gain, kind="stable")
    telling = [(names[one], single[one] > 0) for one in order.tolist() if gain[one] > 0]
    return tuple([name for name, is_for in telling if is_for == wanted][:NAMED_WORDS] for wanted in (True, False))  # type: ignore[return-value]


def _frequencies(sample: Sample) -> dict[str, float]:
    counts: Counter[str] = Counter()
    for text in _first(sample.texts["text"], NAMED_BYTES):
        counts.update(SHOWN.findall(text.lower()))
    total = max(counts.total(), 1)
    return {word: count / total for word, count in counts.items() if count >= LEAST_COUNT}


def _first(texts: pa.ChunkedArray, size: int) -> Iterator[str]:
    left = size
    for chunk in texts.chunks:
        for text, length in zip(chunk, pc.binary_length(chunk).to_pylist(), strict=True):
            if left <= 0:
                return
            yield text.as_py()
            left -= length
