"""Classifiers of texts, learnt from labelled pieces: fastText models, quantised, and linear ones of our own kernel."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ...filters.kernels.machine.buffers import Floats, text_buffers
from ...filters.kernels.models.ngrams import Ngrams, features
from ...filters.models.linear_model import NO_WORDS, fit_linear, write_linear
from ...filters.models.loading import LABEL_PREFIX
from ...filters.models.word_windows import cut_word_windows
from .labelled import Piece, signs_of

FILES: Mapping[str, str] = {"fasttext": "model.ftz", "linear": "model.bin"}
"""By form, what the file of a model is called."""

FASTTEXT_NAMES = ("dim", "epoch", "lr", "wordNgrams", "minCount", "bucket", "seed")
LARGEST_BYTES = 2_000_000
"""A quantised model is made smaller until it is no larger than this."""
WORDS_SEEN, FEWEST_EPOCHS, MOST_EPOCHS = 20_000_000, 5, 25
FEATURES_SHOWN = 25
SEEN_IN = 0.002
"""A feature that is shown stands in this share of the texts at least, so that it is more than a chance."""
TEXTS_LOOKED_AT = 4000
"""Features are told by their names from so many texts: the models themselves know only hashes."""


@dataclass(frozen=True, kw_only=True)
class FastTextSettings:
    """Settings of fastText, by their names there; what is not said is fastText's default."""

    dim: int = 16
    epoch: int = 0
    """How often each text is seen; 0 for as often as gives :data:`WORDS_SEEN`, from 5 to 25 times."""
    lr: float = 0.5
    wordNgrams: int = 2  # noqa: N815  # fastText's name
    minCount: int = 3  # noqa: N815
    bucket: int = 200_000
    seed: int = 0
    cutoff: int = 60_000
    """Words and pairs of words that the quantised model keeps."""
    quantised: bool = True


@dataclass(frozen=True, kw_only=True)
class LinearSettings:
    """Settings of a linear model."""

    longest_words: int = 2
    bits: int = 20
    """Of hashes, where one label is learnt; of several, fewer, so that the file stays of about 2 MB."""
    cost: float = 0.3
    passes: int = 12


@dataclass(frozen=True)
class Learnt:
    """A model that was learnt."""

    content: bytes
    settings: Mapping[str, Any]
    features: Mapping[str, Mapping[str, list[tuple[str, float]]]] = field(default_factory=dict)
    """By label the words that speak for and against it most, with their weights in log-odds."""


def learn(
    pieces: Sequence[Piece], labels: Sequence[str], about: str, settings: FastTextSettings | LinearSettings
) -> Learnt:
    """Learn a model; the same pieces and settings give the same bytes: one thread, no draw but a seeded one.

    Args:
        pieces: What to learn from, in order.
        labels: What to tell apart; of two that exclude each other the first is what is wanted.
        about: What the model has learnt, for its file.
        settings: Of the form that is wanted.
    """
    if isinstance(settings, FastTextSettings):
        return _fasttext(pieces, labels, settings)
    return _linear(pieces, labels, about, settings)


def excludes(pieces: Sequence[Piece], labels: Sequence[str]) -> bool:
    """Whether there are two labels, of which every piece has one."""
    return len(labels) == 2 and all(len(piece.labels) == 1 for piece in pieces)


def _fasttext(pieces: Sequence[Piece], labels: Sequence[str], settings: FastTextSettings) -> Learnt:
    import fasttext_new  # 30 MB that no other command needs

    several = any(len(piece.labels) != 1 for piece in pieces)
    given = {name: getattr(settings, name) for name in FASTTEXT_NAMES}
    words = sum(piece.text.count(" ") + 1 for piece in pieces)
    given["epoch"] = settings.epoch or min(MOST_EPOCHS, max(FEWEST_EPOCHS, WORDS_SEEN // words))
    given |= {"thread": 1, "verbose": 0, "loss": "ova" if several else "softmax"}
    with tempfile.TemporaryDirectory() as name:
        lines, path = Path(name) / "lines.txt", Path(name) / "model"
        with lines.open("w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(" ".join([*(LABEL_PREFIX + label for label in piece.labels), _line(piece.text)]) + "\n")
        model = fasttext_new.train_supervised(str(lines), **given)
        found = _words_of_fasttext(model, labels, len(pieces))
        model.save_model(str(path))
        if not settings.quantised:
            return Learnt(path.read_bytes(), {**given, "quantised": False}, found)
        cutoff = settings.cutoff
        while True:
            small = fasttext_new.load_model(str(path))
            small.quantize(str(lines), cutoff=cutoff, retrain=True, qnorm=True, thread=1, verbose=-1)
            small.save_model(str(path.with_suffix(".ftz")))
            content = path.with_suffix(".ftz").read_bytes()
            if len(content) <= LARGEST_BYTES:
                return Learnt(content, {**given, "quantised": True, "cutoff": cutoff}, found)
            cutoff = cutoff * 4 // 5


def _line(text: str) -> str:
    """A text as the step gives it to fastText, without what fastText would take for a label or the end of a line."""
    return re.sub(r"\s+", " ", text.replace(LABEL_PREFIX, "label ").replace("</s>", "< /s>"))


def _words_of_fasttext(model: Any, labels: Sequence[str], pieces: int) -> dict[str, dict[str, list[tuple[str, float]]]]:
    words, counts = model.get_words(include_freq=True)
    order = [name.removeprefix(LABEL_PREFIX) for name in model.labels]
    often = [at for at, count in enumerate(counts) if count >= max(10, 5 * SEEN_IN * pieces) and words[at] != "</s>"]
    vectors, output = model.get_input_matrix()[often], model.get_output_matrix()
    found = {}
    for label in labels[:1] if len(labels) == 2 else labels:
        others = [at for at, name in enumerate(order) if name != label]
        weights = vectors @ (output[order.index(label)] - output[others].mean(axis=0))
        found[label] = _both_ways([words[at] for at in often], weights)
    return found


def _linear(pieces: Sequence[Piece], labels: Sequence[str], about: str, settings: LinearSettings) -> Learnt:
    fitted = labels[:1] if excludes(pieces, labels) else labels
    bits = min(settings.bits, settings.bits + 1 - (len(fitted) - 1).bit_length())
    ngrams = Ngrams(settings.longest_words, 0, 0, bits)
    text = text_buffers(pa.array([piece.text for piece in pieces], pa.large_string()))
    signs = [signs_of(pieces, label) for label in fitted]
    biases, tables = fit_linear(text, signs, ngrams, cost=settings.cost, passes=settings.passes)
    names = common_ngrams(pieces, settings.longest_words)
    numbers = numbers_of(names, ngrams)
    found = {label: _both_ways(names, table[numbers]) for label, table in zip(fitted, tables, strict=True)}
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "model"
        write_linear(path, labels, ngrams, biases, tables, about)
        given = {"longest_words": settings.longest_words, "bits": bits, "cost": settings.cost}
        return Learnt(path.read_bytes(), {**given, "passes": settings.passes}, found)


def common_ngrams(pieces: Sequence[Piece], longest: int) -> list[str]:
    """Words and pairs of words that stand in enough of the first texts, sorted."""
    windows = cut_word_windows(text_buffers(pa.array([p.text for p in pieces[:TEXTS_LOOKED_AT]], pa.large_string())))
    counts: Counter[str] = Counter()
    for start, end in zip(windows.starts.tolist(), windows.ends.tolist(), strict=True):
        words = windows.data[start:end].tobytes().decode().split(" ")[:-1]
        counts.update({*words, *(map(" ".join, pairwise(words)) if longest > 1 else ())})
    return sorted(name for name, count in counts.items() if count >= max(3, SEEN_IN * len(windows.ends)))


def numbers_of(names: Sequence[str], ngrams: Ngrams) -> list[int]:
    """Where the weights of words and pairs of words stand."""
    data = np.frombuffer(b"".join(name.encode() + b" " for name in names) + bytes(8), dtype=np.uint8)
    ends = np.cumsum([len(name.encode()) + 1 for name in names], dtype=np.int64)
    found = features(data, np.concatenate(([0], ends[:-1])).astype(np.int64), ends, ngrams, NO_WORDS)
    lasts: list[int] = found.numbers[found.ends - 1].tolist()  # that of a pair stands behind those of its words
    return lasts


def _both_ways(names: Sequence[str], weights: Floats) -> dict[str, list[tuple[str, float]]]:
    order = sorted(range(len(names)), key=lambda at: (-float(weights[at]), names[at]))
    shown = [(names[at], round(float(weights[at]), 3)) for at in order]
    return {"for": shown[:FEATURES_SHOWN], "against": shown[::-1][:FEATURES_SHOWN]}
