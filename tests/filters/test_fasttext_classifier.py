"""A fastText model of one's own as a filter: thresholds, GPT-3's draw, and what is told when something is missing."""

from pathlib import Path

import numpy as np
import pytest

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.fasttext_classifier import FastTextClassifier, _steepest_alpha
from textmill.filters.models.linear_model import default_model


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
    with pytest.raises(RecipeError, match="there is no model file"):
        FastTextClassifier(model=str(tmp_path / "no.bin"))
    with pytest.raises(RecipeError, match="has no label 'good'; it has"):
        Recipe("r", [FastTextClassifier(model=model, label="good")]).clean("text")
    (tmp_path / "text.bin").write_text("no model")
    with pytest.raises(RecipeError, match="cannot load the fastText model"):
        Recipe("r", [FastTextClassifier(model=str(tmp_path / "text.bin"))]).clean("text")
    for bounds in ({"min_score": 1.5}, {"min_score": 0.6, "max_score": 0.5}, {"pareto_alpha": -1.0}):
        with pytest.raises(RecipeError, match=rf"\b{next(iter(bounds))}\b"):
            FastTextClassifier(model=model, **bounds)  # type: ignore[arg-type]


def test_without_a_model_ours_judges_and_the_step_says_so() -> None:
    step = FastTextClassifier(min_score=0.5)
    assert list(step.model_files) == ["quality.en.bin"]
    (notice,) = step.notices
    assert "textmill's own model" in notice
    assert step.trained_on in notice
    assert "cannot judge" in step.trained_on
    assert FastTextClassifier(trained_on="mine").trained_on == "mine"
    recipe = Recipe("r", [step])
    prose = (
        "The lake lies between two ranges of hills, and in the winter it freezes from the northern shore inwards. "
        "Fishermen of the villages have kept a record of the date for more than a century, which shows that the ice "
        "comes later than it did in the time of their grandfathers. What they have written down is now used by those "
        "who study the climate of the region, although it was never meant for them."
    )
    assert recipe.clean(prose).verdict.kept
    words = prose.split()
    for junk in (
        "Home | About | Login | Register | Cart (0) | Contact\nPrivacy Policy\nCopyright 2020 All rights reserved",
        "BUY NOW!!! Cheap watches, best price, free shipping, click here to order online today, 50% off",
        " ".join(sorted(words, key=lambda word: word[::-1])),
        "cheap flights paris, hotel paris, paris hotels cheap, best hotel deals paris, flights to paris, paris weekend",
        "0x7ffe 0x41 4a4b4c 00ff 12 0\n" * 20,
        "",
    ):
        assert recipe.clean(junk).removed_by in ("fasttext_classifier.min_score", "read.empty"), junk


def test_a_linear_model_has_both_labels_whose_probabilities_add_up() -> None:
    texts = ["A short text of some words.", "Login Home", "", "Ein anderer Text."]
    both = FastTextClassifier(labels=("hq", "cc")).measure(make_batch(texts))
    high, low = (both[f"fasttext_classifier.label.{label}"].to_numpy() for label in ("hq", "cc"))
    np.testing.assert_allclose(high + low, 1, atol=2e-6)
    assert both["fasttext_classifier.label"].to_pylist() == ["hq" if one >= 0.5 else "cc" for one in high]
    alone = [FastTextClassifier().measure(make_batch([text]))["fasttext_classifier.score"][0].as_py() for text in texts]
    assert alone == high.tolist()


def test_labels_are_columns_beside_the_score(model: str) -> None:
    step = FastTextClassifier(model=model, labels=("__label__hq", "cc"))
    assert list(step.measurements) == [
        "fasttext_classifier.label",
        "fasttext_classifier.label.hq",
        "fasttext_classifier.label.cc",
    ]
    with_score = FastTextClassifier(model=model, label="hq", labels=("cc",), min_score=0.5)
    cleaned = Recipe("r", [with_score]).clean("the committee has published its report")
    assert cleaned.measurements["fasttext_classifier.label"] == "cc"
    score, other = (cleaned.measurements[f"fasttext_classifier.{name}"] for name in ("score", "label.cc"))
    assert score + other == pytest.approx(1, abs=3e-5)
    with pytest.raises(RecipeError, match="min_score needs a score; name its label"):
        FastTextClassifier(model=model, labels=("hq",), min_score=0.5)
    with pytest.raises(RecipeError, match="a label is named twice"):
        FastTextClassifier(model=model, labels=("hq", "__label__hq"))
    with pytest.raises(RecipeError, match="has no label 'science'"):
        Recipe("r", [FastTextClassifier(model=model, labels=("science",))]).clean("text")


def test_a_linear_model_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    whole = default_model().read_bytes()
    for name, content in (("cut", whole[:-1]), ("other", whole.replace(b'"linear"', b'"square"')), ("json", b"{}")):
        path = tmp_path / f"{name}.bin"
        path.write_bytes(content)
        with pytest.raises(RecipeError, match="cannot load the model"):
            Recipe("r", [FastTextClassifier(model=str(path), trained_on="x")]).clean("text")
