"""The step importance: DSIR's log ratios, keyed Gumbel numbers, and what is told when something is missing."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from textmill import Importance, Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.draw import draw
from textmill.filters.kernels.models.importance import count_ngrams
from textmill.filters.models.importance_model import load_ratios, log_ratios, write_ratios

TARGET = ["The river turned the wheel of the old mill.", "A wheel of stone ground the corn."]
RAW = ["Buy the cheap corn now!", "Cheap shoes, cheap shoes: buy now.", "The old shoes."]
BUCKETS = 1 << 24
"""So many that each n-gram of these texts has one of its own."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    counts = [np.zeros(BUCKETS, dtype=np.int64) for _ in range(2)]
    for texts, count in zip((TARGET, RAW), counts, strict=True):
        count_ngrams(pa.array(texts, pa.large_string()), count)
    path = tmp_path_factory.mktemp("model") / "importance.bin"
    write_ratios(path, log_ratios(*counts))
    return str(path)


def ngrams(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+|[^\w\s]+", text.lower())
    return [*((word,) for word in words), *pairwise(words)]


def by_hand(text: str) -> float:
    """DSIR's importance with a count for each n-gram in place of buckets."""
    ratio = 0.0
    counts = [Counter(one for text in texts for one in ngrams(text)) for texts in (TARGET, RAW)]
    for ngram in ngrams(text):
        of_target, of_raw = (count[ngram] / count.total() for count in counts)
        ratio += math.log(of_target + 1e-8) - math.log(of_raw + 1e-8)
    return ratio


def test_ratios_are_those_of_the_paper(model: str) -> None:
    texts = [*TARGET, *RAW, "", "cheap cheap wheel", "unheard of"]
    found = Importance(model=model).measure(make_batch(texts))
    expected = [by_hand(text) for text in texts]
    np.testing.assert_allclose(found["importance.log_weight"].to_numpy(), expected, atol=2e-5)
    words = [len(re.findall(r"\w+|[^\w\s]+", text)) for text in texts]
    assert found["importance.words"].to_pylist() == words
    per_word = [ratio / max(count, 1) for ratio, count in zip(expected, words, strict=True)]
    np.testing.assert_allclose(found["importance.log_weight_per_word"].to_numpy(), per_word, atol=2e-6)


def test_the_sample_is_the_weight_and_a_gumbel_number_of_the_id(model: str) -> None:
    batch = make_batch(["cheap wheel"] * 4000)
    found = Importance(model=model, per_words=2).measure(batch)
    noise = found["importance.sample"].to_numpy() - found["importance.log_weight"].to_numpy()
    assert noise.mean() == pytest.approx(np.euler_gamma, abs=0.06)
    assert noise.var() == pytest.approx(math.pi**2 / 6, rel=0.08)
    part = Importance(model=model, per_words=2).measure(batch.slice(1000, 50))
    assert part["importance.sample"].equals(found["importance.sample"].slice(1000, 50))
    other = Importance(model=model, per_words=2, salt="x").measure(batch)["importance.sample"]
    assert not other.equals(found["importance.sample"])
    whole = Importance(model=model, per_words=None).measure(batch)["importance.sample"].to_numpy()
    np.testing.assert_allclose(whole, found["importance.sample"].to_numpy(), atol=2e-6)
    uniform = draw(batch["doc_id"][7].as_py(), "importance\x00")
    assert noise[7] == pytest.approx(-math.log(-math.log(uniform)), abs=1e-5)


def test_the_greatest_samples_are_drawn_as_often_as_their_weights_say(model: str) -> None:
    """The first of three documents by their samples is each of them as often as its share of the weights."""
    texts = ["old", "the", "corn"]
    batch = make_batch(texts * 6000)
    step = Importance(model=model, per_words=1)
    found = step.measure(batch)
    samples = found["importance.sample"].to_numpy().reshape(-1, 3)
    weights = np.exp(found["importance.log_weight"].to_numpy()[:3])
    firsts = np.bincount(samples.argmax(axis=1), minlength=3) / len(samples)
    np.testing.assert_allclose(firsts, weights / weights.sum(), atol=0.02)


def test_rules_remove_what_is_short_or_unlike(model: str) -> None:
    recipe = Recipe("r", [Importance(model=model, min_words=4, min_log_weight_per_word=0)])
    assert recipe.clean("The mill.").removed_by == "importance.min_words"
    assert recipe.clean("Buy cheap shoes now!").removed_by == "importance.min_log_weight_per_word"
    assert recipe.clean("The wheel of the mill.").verdict.kept
    assert [rule.name for rule in Importance(model=model).rules] == ["min_words"]


def test_mistakes_are_refused(model: str, tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="textmill train importance"):
        Importance()
    with pytest.raises(RecipeError, match="no model file"):
        Importance(model=str(tmp_path / "none.bin"))
    with pytest.raises(RecipeError, match="per_words=0"):
        Importance(model=model, per_words=0)
    whole = Path(model).read_bytes()
    for number, content in enumerate((b"", whole[:-1], b'{"format": "other"}\n', b"\xff\xfe", b"[]\n")):
        path = tmp_path / f"{number}.bin"
        path.write_bytes(content)
        with pytest.raises(RecipeError, match=r"importance\.bin"):
            load_ratios(str(path))
        with pytest.raises(RecipeError, match=path.name):
            Importance(model=str(path)).setup()
