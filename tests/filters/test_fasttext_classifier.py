"""A fastText model of one's own as a filter: thresholds, GPT-3's draw, and what is told when something is missing."""

from pathlib import Path

import numpy as np
import pytest

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.fasttext_classifier import FastTextClassifier, _steepest_alpha


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    import fasttext_new

    folder = tmp_path_factory.mktemp("model")
    lines = ["__label__hq the committee has published its report", "__label__cc buy cheap shoes online now"] * 50
    (folder / "train.txt").write_text("\n".join(lines))
    trained = fasttext_new.train_supervised(
        str(folder / "train.txt"), dim=4, epoch=20, bucket=1000, thread=1, verbose=0
    )
    trained.save_model(str(folder / "quality.bin"))
    return str(folder / "quality.bin")


def test_the_score_is_the_probability_of_the_label(model: str) -> None:
    texts = ["the committee\nhas published", "buy cheap shoes", "", "\x00", "the report\n\n"]
    high = FastTextClassifier(model=model).measure(make_batch(texts))["fasttext_classifier.score"].to_numpy()
    low = FastTextClassifier(model=model, label="__label__cc").measure(make_batch(texts))
    assert high[0] > 0.9 > 0.1 > high[1]
    np.testing.assert_allclose(high + low["fasttext_classifier.score"].to_numpy(), 1, atol=3e-5)
    recipe = Recipe("r", [FastTextClassifier(model=model, min_score=0.5)])
    assert recipe.clean("the committee\nhas published").verdict.kept
    assert recipe.clean("buy cheap shoes").removed_by == "fasttext_classifier.min_score"
    inverse = Recipe("r", [FastTextClassifier(model=model, max_score=0.5)])
    assert inverse.clean("the committee has published").removed_by == "fasttext_classifier.max_score"


@pytest.mark.parametrize(("score", "alpha"), [(0.9, 9), (0.75, 9), (0.5, 9), (0.5, 3), (0.0, 3), (1.0, 9)])
def test_the_draw_keeps_what_a_pareto_number_would(score: float, alpha: float) -> None:
    numbers = (np.arange(100_000) + 0.5) / 100_000
    kept = np.mean([_steepest_alpha(score, number) >= alpha for number in numbers])
    # Lomax numbers of numpy's pareto(alpha) are u ** (-1 / alpha) - 1.
    pareto = np.mean(numbers ** (-1 / alpha) - 1 > 1 - score) if score < 1 else 1.0
    assert kept == pytest.approx(pareto, abs=2e-5) == pytest.approx((2 - score) ** -alpha, abs=2e-5)


def test_the_draw_depends_on_id_and_salt_only(model: str) -> None:
    batch = make_batch(["some text of words"] * 500)
    alphas = [
        FastTextClassifier(model=model, salt=salt).measure(one)["fasttext_classifier.steepest_alpha"].to_pylist()
        for salt, one in (("", batch), ("", batch.slice(100, 300)), ("other", batch))
    ]
    assert alphas[1] == alphas[0][100:400]
    assert alphas[2] != alphas[0]
    step = FastTextClassifier(model=model, pareto_alpha=2)
    assert [rule.name for rule in step.rules] == ["pareto_alpha"]


def test_what_is_missing_is_told(model: str, tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match=r"needs a fastText model trained on news, .*--set fasttext_classifier.model="
    ):
        FastTextClassifier(trained_on="news")
    with pytest.raises(RecipeError, match="there is no model file"):
        FastTextClassifier(model=str(tmp_path / "no.bin"))
    with pytest.raises(RecipeError, match="has no label 'good'; it has"):
        Recipe("r", [FastTextClassifier(model=model, label="good")]).clean("text")
    (tmp_path / "text.bin").write_text("no model")
    with pytest.raises(RecipeError, match="cannot load the fastText model"):
        Recipe("r", [FastTextClassifier(model=str(tmp_path / "text.bin"))]).clean("text")
    for bounds in ({"min_score": 1.5}, {"min_score": 0.6, "max_score": 0.5}, {"pareto_alpha": -1.0}):
        with pytest.raises(RecipeError):
            FastTextClassifier(model=model, **bounds)  # type: ignore[arg-type]
