"""The linear model over hashed n-grams, beside the same in plain Python."""

import numpy as np
import numpy.typing as npt
import pytest

from textmill.filters.kernels.machine.buffers import Bytes, Int64s
from textmill.filters.kernels.machine.hashing import hashes_of
from textmill.filters.kernels.models.ngrams import Features, Ngrams, features, fit, lexicon, score

NGRAMS = Ngrams(2, 3, 4, 12)
TEXTS = ["you idiot", "a b a", "", "café au lait", "你 好 世 界"]
NO_WORDS = lexicon(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.float32))


def laid_out(texts: list[str]) -> tuple[Bytes, Int64s, Int64s]:
    ends = np.cumsum([len(text.encode()) for text in texts], dtype=np.int64)
    data = np.frombuffer("".join(texts).encode(), dtype=np.uint8)
    return data, np.concatenate(([0], ends[:-1])), ends


def of(found: Features, row: int) -> npt.NDArray[np.uint32]:
    return found.numbers[found.ends[row - 1] if row else 0 : found.ends[row]]


def expected_counts(text: str) -> tuple[int, int]:
    words = text.split()
    parts = [f" {word} ".encode() for word in words if not "\u3040" <= word[0] <= "\u9fff"]
    return max(2 * len(words) - 1, 0), sum(max(len(part) - n + 1, 0) for part in parts for n in (3, 4))


def test_counts_of_ngrams() -> None:
    found = features(*laid_out(TEXTS), NGRAMS, NO_WORDS)
    for row, text in enumerate(TEXTS):
        words, parts = expected_counts(text)
        assert (found.words[row], len(of(found, row))) == (words, words + parts), text
    a, b, a_b, again, b_a = of(found, 1)[:5]
    assert a == again
    assert len({a, b, a_b, b_a}) == 4


def test_ngrams_do_not_depend_on_what_stands_around() -> None:
    together = features(*laid_out(TEXTS), NGRAMS, NO_WORDS)
    for row, text in enumerate(TEXTS):
        alone = of(features(*laid_out([text]), NGRAMS, NO_WORDS), 0)
        assert alone.tolist() == of(together, row).tolist()


def test_scores_are_sums_over_roots() -> None:
    weights = np.random.default_rng(1).normal(size=1 << 12).astype(np.float32)
    listed = lexicon(hashes_of([b"idiot", b"lait"]) | np.uint64(1), np.array([5.0, -1.0], dtype=np.float32))
    found = features(*laid_out(TEXTS), NGRAMS, listed)
    scores = score(*laid_out(TEXTS), weights, 0.5, NGRAMS, listed)
    for row, text in enumerate(TEXTS):
        numbers, words = of(found, row), int(found.words[row])
        of_list = 5.0 * text.split().count("idiot") - text.split().count("lait")
        value = 0.5 + of_list / max(len(text.split()), 1) ** 0.5
        value += float(weights[numbers[:words]].sum()) / max(words, 1) ** 0.5
        value += float(weights[numbers[words:]].sum()) / max(len(numbers) - words, 1) ** 0.5
        assert scores[row] == pytest.approx(value, abs=1e-5), text


def test_fitting_finds_the_optimum_of_a_logistic_regression() -> None:
    texts = ["you idiot", "dear friend", "you fool idiot", "my dear", "idiot friend", "you are dear"]
    signs = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    costs = np.array([1.0, 2.0, 0.5, 1.0, 1.0, 1.0])
    data, starts, ends = laid_out(texts)
    described = features(data, starts, ends, NGRAMS, NO_WORDS)
    weights = np.zeros(1 << 12)
    bias = fit(described, signs, costs, weights, 300)
    margins = signs * score(data, starts, ends, weights.astype(np.float32), bias, NGRAMS, NO_WORDS)
    assert (margins > 0).all()
    # Where the gradient is zero, weights and bias are the sum of the texts, each by its cost and its chance of error.
    duals = costs / (1 + np.exp(margins))
    assert bias == pytest.approx(float((duals * signs).sum()), abs=1e-3)
    again = np.zeros(1 << 12)
    assert fit(described, signs, costs, again, 300) == bias
    assert np.array_equal(again, weights)


def test_listed_words_share_no_weight() -> None:
    words = [f"word{number}".encode() for number in range(500)]
    listed = lexicon(hashes_of(words) | np.uint64(1), np.arange(500, dtype=np.float32))
    texts = [" " + word.decode() for word in words] + [" other"]
    assert features(*laid_out(texts), NGRAMS, listed).listed.tolist() == [*map(float, range(500)), 0.0]
