"""Encoders in ONNX as filters, compared text by text with onnxruntime and tokenizers called by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from tokenizers import Tokenizer

from textmill import OnnxClassifier, Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.models.onnx_model import cut_windows, load_onnx

WORDS = ["the", "river", "mill", "turns", "wheel", "grain", "buy", "cheap", "shoes", "now", ".", ","]
TEXTS = [
    "The river turns the wheel of the mill.",
    "",
    "Buy cheap shoes now, now, NOW!",
    "grain " * 700 + "river",
    "wheel",
    "the mill . " * 40,
    " \n ",
    "the river , the mill . " * 33,
]
MakeEncoder = Callable[..., Path]


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory, make_encoder: MakeEncoder) -> Path:
    config = {"id2label": {"0": "LABEL_0"}, "problem_type": "regression", "max_position_embeddings": 512}
    return make_encoder(tmp_path_factory.mktemp("regression"), WORDS, width=1, config=config)


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory, make_encoder: MakeEncoder) -> Path:
    config = {"id2label": {"0": "mills", "1": "shops", "2": "other"}}
    return make_encoder(tmp_path_factory.mktemp("topics"), WORDS, width=3, config=config)


def by_hand(folder: Path, text: str, length: int = 512, overlap: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The logits of each window of a text, run for itself with special tokens around it."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    windows, start = [], 0
    while True:
        windows.append([2, *ids[start : start + length - 2], 3])
        start += length - 2 - overlap
        if start + overlap >= len(ids):
            break
    rows = []
    for window in windows:
        given = np.array([window], dtype=np.int64)
        rows.append(session.run(["logits"], {"input_ids": given, "attention_mask": np.ones_like(given)})[0][0])
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize(("length", "overlap"), [(512, 0), (64, 0), (64, 20), (16, 8)])
def test_scores_are_those_of_the_model_text_by_text(regression: Path, length: int, overlap: int) -> None:
    for over, reduce in (("mean", np.mean), ("max", np.max), ("first", lambda rows: rows[0])):
        step = OnnxClassifier(
            model=str(regression), window=length, overlap=overlap, over_windows=over, max_windows=None
        )  # fmt: skip
        found = step.measure(make_batch(TEXTS))
        expected = [by_hand(regression, text, length, overlap)[:, 0] for text in TEXTS]
        np.testing.assert_allclose(
            found["onnx_classifier.score"].to_numpy(), [reduce(rows) for rows in expected], atol=6e-5
        )
        counts = [1 if over == "first" else len(rows) for rows in expected]
        assert found["onnx_classifier.windows"].to_pylist() == counts
        assert found["onnx_classifier.label"].null_count == len(TEXTS)


def test_labels_have_chances(topics: Path) -> None:
    logits = [by_hand(topics, text, 64) for text in TEXTS]
    softmax = [np.exp(rows) / np.exp(rows).sum(axis=1, keepdims=True) for rows in logits]
    step = OnnxClassifier(model=str(topics), label="shops", labels=("mills", "other"), window=64, max_windows=None)
    found = step.measure(make_batch(TEXTS))
    means = np.array([rows.mean(axis=0) for rows in softmax])
    for column, at in (("score", 1), ("mills", 0), ("other", 2)):
        np.testing.assert_allclose(found[f"onnx_classifier.{column}"].to_numpy(), means[:, at], atol=6e-5)
    names = ["mills", "shops", "other"]
    assert found["onnx_classifier.label"].to_pylist() == [names[at] for at in means.argmax(axis=1)]
    assert list(found) == list(step.measurements)
    many = OnnxClassifier(model=str(topics), label="shops", window=64, max_windows=None, activation="sigmoid")
    sigmoid = [(1 / (1 + np.exp(-rows)))[:, 1].mean() for rows in logits]
    np.testing.assert_allclose(many.measure(make_batch(TEXTS))["onnx_classifier.score"].to_numpy(), sigmoid, atol=6e-5)


def test_a_score_does_not_hang_on_the_neighbours(regression: Path, topics: Path, make_encoder: MakeEncoder) -> None:
    texts = TEXTS * 30
    whole = OnnxClassifier(model=str(regression), window=64).measure(make_batch(texts))["onnx_classifier.score"]
    singles = [
        OnnxClassifier(model=str(regression), window=64).measure(make_batch([text]))["onnx_classifier.score"][0]
        for text in TEXTS
    ]
    assert whole.to_pylist() == [single.as_py() for single in singles] * 30
    one_by_one = make_encoder(regression.parent / "alone", WORDS, width=1, alone=True)
    assert load_onnx(str(one_by_one), "x", "onnx").alone
    assert OnnxClassifier(model=str(one_by_one), window=64).measure(make_batch(texts))["onnx_classifier.score"] == whole
    assert not load_onnx(str(regression), "x", "onnx").alone


def test_models_that_scale_a_batch_as_a_whole_are_run_one_by_one(tmp_path: Path, make_encoder: MakeEncoder) -> None:
    folder = make_encoder(tmp_path, WORDS, width=1)
    model = onnx.load(str(folder / "model.onnx"))
    node = next(node for node in model.graph.node if node.op_type == "MatMul")
    model.graph.node.insert(
        list(model.graph.node).index(node),
        onnx.helper.make_node("DynamicQuantizeLinear", ["mean"], ["small", "scale", "zero"]),
    )
    model.graph.node.insert(
        list(model.graph.node).index(node),
        onnx.helper.make_node("DequantizeLinear", ["small", "scale", "zero"], ["coarse"]),
    )
    node.input[0] = "coarse"
    onnx.save(model, str(folder / "model.onnx"))
    assert load_onnx(str(folder), "x", "onnx").alone
    texts = ["river", "grain", "mill", "shoes"]
    step = OnnxClassifier(model=str(folder))
    together = step.measure(make_batch(texts))["onnx_classifier.score"].to_pylist()
    assert together == [step.measure(make_batch([text]))["onnx_classifier.score"][0].as_py() for text in texts]


def test_windows_lie_evenly_in_a_long_text() -> None:
    ids = list(range(100))
    assert cut_windows(ids, 40, 0, None) == [ids[:40], ids[40:80], ids[80:]]
    assert cut_windows(ids, 50, 0, None) == [ids[:50], ids[50:]]
    assert cut_windows(ids, 40, 10, None) == [ids[:40], ids[30:70], ids[60:]]
    assert [window[0] for window in cut_windows(ids, 10, 0, 4)] == [0, 30, 60, 90]
    assert cut_windows(ids, 10, 0, 1) == [ids[:10]]
    assert cut_windows([], 10, 0, None) == [[]]


def test_rules_judge_the_score(regression: Path) -> None:
    score = by_hand(regression, TEXTS[0])[0, 0]
    for bound in ({"min_score": score + 0.01}, {"max_score": score - 0.01}):
        recipe = Recipe("r", [OnnxClassifier(model=str(regression), **bound)])
        assert recipe.clean(TEXTS[0]).removed_by == f"onnx_classifier.{next(iter(bound))}"
    kept = Recipe("r", [OnnxClassifier(model=str(regression), min_score=score - 0.01)]).clean(TEXTS[0])
    assert kept.verdict.kept
    assert kept.measurements["onnx_classifier.score"] == round(score, 4)


def test_a_model_may_lie_where_exporters_put_it(regression: Path, tmp_path: Path) -> None:
    (tmp_path / "m" / "onnx").mkdir(parents=True)
    for name, target in (("model.onnx", "onnx/model.onnx"), ("tokenizer.json", "tokenizer.json")):
        (tmp_path / "m" / target).write_bytes((regression / name).read_bytes())
    step = OnnxClassifier(model=tmp_path / "m")  # type: ignore[arg-type]
    assert set(step.model_files) == {"m/onnx/model.onnx", "m/tokenizer.json"}
    assert step.measure(make_batch(TEXTS)) == OnnxClassifier(model=str(regression)).measure(make_batch(TEXTS))


def test_mistakes_are_refused(regression: Path, topics: Path, tmp_path: Path) -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "needs a model"),
        ({"model": str(tmp_path)}, r"no model\.onnx"),
        ({"model": str(regression), "overlap": 300}, "overlap=300"),
        ({"model": str(regression), "window": 2}, "window=2"),
        ({"model": str(regression), "max_windows": 0}, "max_windows=0"),
        ({"model": str(regression), "device": "tpu"}, r"device is .tpu.; choose one of auto, cpu"),
        ({"model": str(regression), "over_windows": "min"}, "over_windows is 'min'; choose one of mean, max, first"),
        ({"model": str(regression), "labels": ("score",)}, "labels cannot have score"),
        ({"model": str(regression), "min_score": 2, "max_score": 1}, "min_score"),
    ]
    for given, message in refused:
        with pytest.raises(RecipeError, match=message):
            OnnxClassifier(**given)
    at_setup: list[tuple[dict[str, Any], str]] = [
        ({"model": str(topics)}, "give label, one of mills, shops, other"),
        ({"model": str(topics), "label": "no"}, "no label 'no'; it has mills, shops, other"),
        ({"model": str(topics), "label": "mills", "labels": ("x",)}, "no label 'x'"),
        ({"model": str(regression), "window": 513}, "give at most 512"),
        ({"model": str(regression), "device": "cuda"}, "no device 'cuda'"),
    ]
    for given, message in at_setup:
        with pytest.raises(RecipeError, match=message):
            OnnxClassifier(**given).setup()
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        folder = tmp_path / f"broken {name}"
        folder.mkdir()
        for file in regression.iterdir():
            (folder / file.name).write_bytes(b"{broken" if file.name == name else file.read_bytes())
        with pytest.raises(RecipeError, match=f"cannot read .*{name}"):
            OnnxClassifier(model=str(folder)).setup()


def test_an_encoder_without_a_head_is_refused(tmp_path: Path, make_encoder: MakeEncoder) -> None:
    with pytest.raises(RecipeError, match="for the task text-classification"):
        OnnxClassifier(model=str(make_encoder(tmp_path, WORDS))).setup()


def test_a_step_carries_no_model(regression: Path) -> None:
    import cloudpickle

    step = OnnxClassifier(model=str(regression))
    step.setup()
    assert len(cloudpickle.dumps(step)) < 2000
    assert json.dumps(sorted(step.model_files)) == json.dumps(
        [f"{regression.name}/{name}" for name in ("config.json", "model.onnx", "tokenizer.json")]
    )
