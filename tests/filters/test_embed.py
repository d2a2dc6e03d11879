"""Vectors of documents, compared text by text with onnxruntime and tokenizers called by hand."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from textmill import Embed, Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.embed import VECTOR, VECTOR_TYPE, quantized

WORDS = ["the", "river", "mill", "turns", "wheel", "grain", "buy", "cheap", "shoes", "now", ".", ","]
TEXTS = ["The river turns the wheel.", "Buy cheap shoes now.", "grain " * 500, "the mill , the river . " * 60, "wheel"]
Vector = np.ndarray[Any, np.dtype[np.float64]]


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, make_encoder: Callable[..., Path]) -> Path:
    return make_encoder(tmp_path_factory.mktemp("models") / "encoder", WORDS)


def by_hand(folder: Path, text: str, length: int, *, first: bool = False) -> Vector:
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    ids = tokenizer.encode(text, add_special_tokens=False).ids
    total = 0
    for start in range(0, len(ids), length - 2):
        given = np.array([[2, *ids[start : start + length - 2], 3]], dtype=np.int64)
        (hidden,) = session.run(None, {"input_ids": given, "attention_mask": np.ones_like(given)})
        vector = hidden[0, 0] if first else hidden[0].mean(axis=0)
        total = total + vector / np.linalg.norm(vector)
    return np.asarray(total, dtype=np.float64)


def cosines(found: list[list[int]], expected: list[Vector]) -> Vector:
    pairs = [(np.array(one, dtype=np.float64), other) for one, other in zip(found, expected, strict=True)]
    return np.array([one @ other / np.linalg.norm(one) / np.linalg.norm(other) for one, other in pairs])


@pytest.mark.parametrize("window", [256, 64])
def test_vectors_are_those_of_the_model(encoder: Path, window: int) -> None:
    for pooling in ("mean", "cls", "auto"):
        step = Embed(model=str(encoder), window=window, pooling=pooling, max_windows=None)
        found = step.measure(make_batch(TEXTS))[VECTOR]
        assert found.type == VECTOR_TYPE
        expected = [by_hand(encoder, text, window, first=pooling == "cls") for text in TEXTS]
        assert cosines(found.to_pylist(), expected).min() > 0.9995
        assert all(max(map(abs, one)) == 127 for one in found.to_pylist())


def test_what_the_model_does_not_know_has_no_vector(encoder: Path) -> None:
    texts = ["", "ไทย ภาษา", "unheard of river", "the unheard of mill", "the river"]
    found = Embed(model=str(encoder)).measure(make_batch(texts))[VECTOR]
    assert [one is not None for one in found.to_pylist()] == [False, False, False, True, True]


def test_a_vector_does_not_hang_on_the_neighbours(encoder: Path) -> None:
    step = Embed(model=str(encoder), window=64)
    whole = step.measure(make_batch(TEXTS * 20))[VECTOR].to_pylist()
    assert whole == [step.measure(make_batch([text]))[VECTOR][0].as_py() for text in TEXTS] * 20


def test_pooling_and_prefix(encoder: Path, tmp_path: Path) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": True}))
    for name in ("model.onnx", "tokenizer.json"):
        (tmp_path / name).write_bytes((encoder / name).read_bytes())
    batch = make_batch(TEXTS)
    assert set(Embed(model=str(tmp_path)).model_files) == {
        f"{tmp_path.name}/{name}" for name in ("model.onnx", "tokenizer.json", "1_Pooling/config.json")
    }
    assert Embed(model=str(tmp_path)).measure(batch) == Embed(model=str(encoder), pooling="cls").measure(batch)
    prefixed = Embed(model=str(encoder), prefix="buy now ").measure(make_batch(["the river", "mill"]))
    assert prefixed == Embed(model=str(encoder)).measure(make_batch(["buy now the river", "buy now mill"]))


def test_quantized_numbers_keep_the_direction() -> None:
    generator = np.random.default_rng(3)
    vectors = generator.normal(size=(200, 384))
    vectors[1::2] = vectors[::2] + 0.3 * generator.normal(size=(100, 384))
    coarse = np.array([quantized(vector) for vector in vectors], dtype=np.float64)

    def cosine(one: Vector, other: Vector) -> Vector:
        lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
        return np.asarray((one * other).sum(axis=1) / lengths)

    exact = cosine(vectors[::2], vectors[1::2])
    assert np.abs(cosine(coarse[::2], coarse[1::2]) - exact).max() < 0.002
    assert 0.9 < exact.mean() < 0.99
    assert not quantized(np.zeros(4)).any()
    assert not quantized(np.array([np.nan, 1.0])).any()


def test_it_removes_nothing_and_mistakes_are_refused(encoder: Path, tmp_path: Path) -> None:
    made = Recipe("r", [Embed(model=str(encoder))]).clean("the river")
    assert made.verdict.kept
    assert len(made.measurements[VECTOR]) == 24
    refused: list[tuple[dict[str, Any], str]] = [
        ({}, "needs a model"),
        ({"model": str(tmp_path)}, r"no model\.onnx"),
        ({"model": str(encoder), "pooling": "max"}, "pooling is 'max'; choose one of auto, mean, cls"),
        ({"model": str(encoder), "window": 1}, "window=1"),
    ]
    for given, message in refused:
        with pytest.raises(RecipeError, match=message):
            Embed(**given)


def test_a_published_model_knows_what_sentences_mean() -> None:
    folder = os.environ.get("TEXTMILL_MINILM")
    if folder is None:
        pytest.skip("no MiniLM: docs/encoders.md says how to get it; set TEXTMILL_MINILM to its folder")
    texts = [
        "The old mill stands by the river, and its wheel still turns.",
        "Next to the stream there is an ancient mill whose wheel keeps on turning.",
        "The central bank has raised interest rates by a quarter of a point.",
        "Interest rates went up by 0.25 percent, the central bank said.",
    ]
    step = Embed(model=folder, device="cpu")
    vectors = step.measure(make_batch(texts))[VECTOR].to_pylist()
    assert vectors == [step.measure(make_batch([text]))[VECTOR][0].as_py() for text in texts]
    related = cosines([vectors[0], vectors[2]], [np.array(vectors[1]), np.array(vectors[3])])
    others = cosines([vectors[0], vectors[1]], [np.array(vectors[2]), np.array(vectors[3])])
    assert related.min() > 0.6
    assert others.max() < 0.2
