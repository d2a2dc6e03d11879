"""Models read and predicted from by our own kernel, against the C++ library."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import fasttext
import fasttext_new
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.language import Language, default_model
from textmill.filters.models.fasttext_file import read_fasttext

WORDS = [
    "the",
    "cat",
    "sat",
    "on",
    "a",
    "mat",
    "le",
    "chat",
    "dort",
    "sur",
    "der",
    "Hund",
    "läuft",
    "猫が",
    "寝て",
    "いる",
    "кот",
    "спит",
    ",",
    ".",
    "12",
]
SETTINGS: dict[str, dict[str, Any]] = {
    "hs": {"loss": "hs", "minn": 2, "maxn": 4, "bucket": 500},
    "softmax": {"loss": "softmax", "minn": 3, "maxn": 5, "bucket": 500},
    "words": {"loss": "softmax"},
    "one": {"loss": "hs", "minn": 1, "maxn": 2, "bucket": 77},
}


@cache
def model(name: str) -> str:
    """A small model; ``….ftz`` is pruned and quantised."""
    folder = Path(mkdtemp())
    train = folder / "train.txt"
    lines = [f"__label__l{n % 7} {' '.join(WORDS[(n * k) % len(WORDS)] for k in range(1, 6))}" for n in range(400)]
    train.write_text("\n".join(lines), encoding="utf-8")
    kind = name.removesuffix(".ftz")
    given = {"dim": 7, "epoch": 5, "lr": 0.5, "thread": 1, "verbose": 0, **SETTINGS.get(kind, {})}
    trained = fasttext_new.train_supervised(str(train), **given)
    if name != kind:
        trained.quantize(str(train), cutoff=300, retrain=False, qnorm=kind == "softmax", thread=1, verbose=0)
    trained.save_model(folder / name)
    return str(folder / name)


def predicted(path: str, texts: list[str]) -> list[tuple[str, float]]:
    found = read_fasttext(path)
    assert found is not None
    buffers = text_buffers(make_batch(["before", *texts])["text"].slice(1))
    labels, scores, _ = found.top_labels(buffers)
    return [(found.labels[label] if label >= 0 else "", score) for label, score in zip(labels, scores, strict=True)]


@cache
def reference(path: str) -> Any:
    return fasttext.load_model(path)


def check(path: str, texts: list[str]) -> None:
    for text, (label, score) in zip(texts, predicted(path, texts), strict=True):
        expected, chances = reference(path).predict(text.replace("\n", " "), k=2)
        if not expected:
            assert label == ""
            continue
        # The library sums up in single precision, which drifts over millions of parts of words.
        assert score == pytest.approx(chances[0], abs=1e-5 if len(text) < 100_000 else 1e-3)
        if len(chances) == 1 or chances[0] - chances[1] > 1e-5:
            assert f"__label__{label}" == expected[0], text


TEXT = st.lists(
    st.one_of(
        st.sampled_from([*WORDS, "</s>", "__label__l1", "__label__", "\0", "\n", "\t", "x" * 70, "猫" * 40, "é\u0301"]),
        st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=9),
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize("name", [*SETTINGS, "hs.ftz", "softmax.ftz"])
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, max_size=5))
def test_same_labels_and_scores_as_the_reference_predictor(name: str, texts: list[str]) -> None:
    check(model(name), texts)


def test_lid176_on_real_sentences_and_odd_texts(shared_data: Path) -> None:
    lines = [line for file in sorted((shared_data / "language").glob("*.txt")) for line in file.read_text().split("\n")]
    odd = ["", " ", "\0", "a\0b hello", "\u2028", "😀", "</s>", "hi </s> le chat", "__label__en hi", "x" * 1_000_000]
    check(str(default_model()), [*lines, *odd, "word " * 20_000, " ".join(lines)])


def test_what_is_remembered_decides_nothing() -> None:
    texts = ["the cat sat", "le chat dort", *(f"word{number}" for number in range(2000))]
    together = predicted(str(default_model()), texts)
    assert together[:200] == [predicted(str(default_model()), [text])[0] for text in texts[:200]]
    assert together == predicted(str(default_model()), texts[::-1])[::-1]


def test_words_that_share_a_place_push_each_other_out() -> None:
    texts = [f"a{number} b{number % 3} the" for number in range(70_000)]
    once = predicted(str(default_model()), [" ".join(texts)])
    again = predicted(str(default_model()), [" ".join(texts), *texts[:50]])
    assert once == again[:1]


def test_models_of_other_kinds_are_predicted_by_the_library() -> None:
    SETTINGS["bigrams"] = {"loss": "softmax", "wordNgrams": 2, "bucket": 100}
    path = model("bigrams")
    assert read_fasttext(path) is None
    step = Language(model=path)
    step.setup()
    texts = ["the cat sat on", ""]
    measured = step.measure(make_batch(texts))
    expected, chances = reference(path).predict(texts[0])
    assert f"__label__{measured['language.label'][0].as_py()}" == expected[0]
    assert measured["language.score"][0].as_py() == pytest.approx(chances[0], abs=1e-5)
    assert measured["language.label"].to_pylist()[1:] == ["und"]
    del SETTINGS["bigrams"]


@pytest.mark.parametrize("content", [b"", b"not a model", np.int32(793712314).tobytes(), None])
def test_a_broken_file_is_told(tmp_path: Path, content: bytes | None) -> None:
    whole = Path(model("hs.ftz")).read_bytes()
    (tmp_path / "broken.ftz").write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(RecipeError, match=r"cannot load the fastText model .*broken.ftz"):
        read_fasttext(str(tmp_path / "broken.ftz"))
