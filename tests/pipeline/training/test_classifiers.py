"""Classifiers learnt from pieces: their settings, their files, and the words that speak for a label and against it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.fasttext_classifier import FastTextClassifier
from textmill.filters.kernels.models.ngrams import Ngrams
from textmill.pipeline.training.classifiers import (
    FILES,
    LARGEST_BYTES,
    FastTextSettings,
    LinearSettings,
    common_ngrams,
    excludes,
    learn,
    numbers_of,
)
from textmill.pipeline.training.labelled import Piece

LABELS = ("hq", "cc")
SMALL = {"bucket": 1000, "quantised": False}


def piece(number: int, source: str, *labels: str, text: str) -> Piece:
    return Piece(f"{source}{number}", 0, text, source, f"{source}/a", None, labels)


def pieces(count: int = 60) -> list[Piece]:
    good = [
        piece(n, "a", "hq", text=f"the mill by the river turns {n % 7} __label__cc </s> \n\t end") for n in range(count)
    ]
    return good + [piece(n, "b", "cc", text=f"buy cheap pills online {n % 7} now") for n in range(count)]


SEVERAL = [
    piece(n, "a", *(["x"] if n % 2 else []), *(["y"] if n % 3 == 0 else []), "z", text=f"word{n % 2} thing{n % 3}")
    for n in range(60)
]


def read(content: bytes, path: Path, labels: tuple[str, ...], text: str) -> dict[str, float]:
    """What a recipe's step measures with a model."""
    path.write_bytes(content)
    step = FastTextClassifier(model=str(path), labels=labels)
    measured = step.measure(make_batch([text]))
    return {label: measured[f"{step.name}.label.{label}"][0].as_py() for label in labels}


def told(shown: list[tuple[str, float]]) -> list[str]:
    return [name for name, _ in shown]


@pytest.fixture(scope="module")
def fasttext() -> None:
    pytest.importorskip("fasttext_new", reason="needs fastText")


def test_files_and_defaults() -> None:
    assert FILES == {"fasttext": "model.ftz", "linear": "model.bin"}
    assert FastTextSettings() == FastTextSettings(
        **{"dim": 16, "epoch": 0, "lr": 0.5, "wordNgrams": 2, "minCount": 3, "bucket": 200_000, "seed": 0},
        **{"cutoff": 60_000, "quantised": True},
    )
    assert LinearSettings() == LinearSettings(longest_words=2, bits=20, cost=0.3, passes=12)


@pytest.mark.usefixtures("fasttext")
def test_two_labels_by_fasttext(tmp_path: Path) -> None:
    learnt = learn(pieces(), LABELS, "", FastTextSettings(**SMALL))
    assert learnt.settings == {
        **{"dim": 16, "epoch": 25, "lr": 0.5, "wordNgrams": 2, "minCount": 3, "bucket": 1000, "seed": 0},
        **{"thread": 1, "verbose": 0, "loss": "softmax", "quantised": False},
    }
    assert learn(pieces(), LABELS, "", FastTextSettings(**SMALL)) == learnt
    (shown,) = learnt.features.values()
    assert list(learnt.features) == ["hq"]
    # What fastText would take for a label or for the end of a line is text as any other.
    assert told(shown["for"])[0] == "the"
    assert set(told(shown["for"])[:10]) == {"the", "river", "<", "label", "/s>", "mill", "end", "turns", "by", "cc"}
    assert set(told(shown["against"])[:5]) == {"pills", "buy", "now", "cheap", "online"}
    assert shown["against"] == shown["for"][::-1]
    assert all(weight == round(weight, 3) for _, weight in shown["for"])
    assert shown["for"][0][1] > 5
    assert shown["against"][0][1] < -5
    found = read(learnt.content, tmp_path / "model.bin", LABELS, "the river turns the mill")
    assert found["hq"] > 0.9
    assert found["hq"] + found["cc"] == pytest.approx(1, abs=1e-4)


@pytest.mark.usefixtures("fasttext")
def test_a_quantised_model_is_made_smaller_until_it_is_small_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = FastTextSettings(bucket=1000, epoch=2, cutoff=1000)
    whole = learn(pieces(), LABELS, "", settings)
    assert (whole.settings["quantised"], whole.settings["cutoff"]) == (True, 1000)
    assert LARGEST_BYTES == 2_000_000
    assert len(whole.content) < len(learn(pieces(), LABELS, "", FastTextSettings(**SMALL, epoch=2)).content)
    monkeypatch.setattr("textmill.pipeline.training.classifiers.LARGEST_BYTES", len(whole.content) - 1)
    smaller = learn(pieces(), LABELS, "", settings)
    cutoffs = [1000 * 4 // 5]
    while cutoffs[-1] * 4 // 5 >= smaller.settings["cutoff"]:
        cutoffs.append(cutoffs[-1] * 4 // 5)
    assert smaller.settings["cutoff"] == cutoffs[-1]
    assert len(smaller.content) < len(whole.content)
    assert set(read(smaller.content, tmp_path / "model.ftz", LABELS, "mill")) == {*LABELS}


@pytest.mark.usefixtures("fasttext")
def test_labels_that_do_not_exclude_each_other_by_fasttext(tmp_path: Path) -> None:
    learnt = learn(SEVERAL, ("x", "y", "z"), "", FastTextSettings(**SMALL, dim=8, epoch=30, lr=0.4, minCount=1, seed=5))
    assert learnt.settings == {
        **{"dim": 8, "epoch": 30, "lr": 0.4, "wordNgrams": 2, "minCount": 1, "bucket": 1000, "seed": 5},
        **{"thread": 1, "verbose": 0, "loss": "ova", "quantised": False},
    }
    assert list(learnt.features) == ["x", "y", "z"]
    assert [told(learnt.features[label]["for"])[0] for label in "xy"] == ["word1", "thing0"]
    assert told(learnt.features["x"]["against"])[0] == "word0"
    found = read(learnt.content, tmp_path / "model.bin", ("x", "y", "z"), "word1 thing0")
    assert min(found.values()) > 0.9  # all of them, as no two exclude each other


@pytest.mark.usefixtures("fasttext")
@pytest.mark.parametrize(
    ("blanks", "epochs"), [(700_000, 25), (1_000_000, 19), (2_000_000, 9), (3_900_000, 5), (9_000_000, 5)]
)
def test_texts_are_seen_from_5_to_25_times_by_their_words(blanks: int, epochs: int) -> None:
    texts = [*pieces(3), piece(9, "a", "hq", text="a" + " " * blanks)]
    assert learn(texts, LABELS, "", FastTextSettings(**SMALL, minCount=1)).settings["epoch"] == epochs


def test_two_labels_by_a_linear_model(tmp_path: Path) -> None:
    learnt = learn(pieces(), LABELS, "about mills", LinearSettings(bits=14))
    assert learnt.settings == {"longest_words": 2, "bits": 14, "cost": 0.3, "passes": 12}
    header, _, _ = learnt.content.partition(b"\n")
    facts = json.loads(header)
    assert (facts["about"], facts["labels"], facts["ngrams"]) == ("about mills", ["hq", "cc"], [2, 0, 0, 14])
    (shown,) = learnt.features.values()
    assert list(learnt.features) == ["hq"]
    assert (len(shown["for"]), len(shown["against"])) == (25, 25)
    # Words that stand in a text twice weigh most; equal ones are shown in the order of letters.
    assert shown["for"][:3] == [("__", 0.698), ("the", 0.698), ("\n", 0.349)]
    assert told(shown["against"])[:9] == [
        *("pills online", "pills", "online 0", "online", "now", "cheap pills", "cheap", "buy cheap", "buy"),
    ]
    assert shown["against"][0][1] == pytest.approx(-0.624, abs=0.002)
    found = read(learnt.content, tmp_path / "model.bin", LABELS, "the river turns the mill")
    assert 0.7 < found["hq"] < 1


def test_settings_of_a_linear_model() -> None:
    learnt = learn(pieces(), LABELS, "", LinearSettings(longest_words=1, bits=10, cost=1.0, passes=3))
    assert learnt.settings == {"longest_words": 1, "bits": 10, "cost": 1.0, "passes": 3}
    assert " " not in "".join(told(learnt.features["hq"]["for"]))
    assert learnt.features["hq"]["for"][0] == ("__", pytest.approx(1.737, abs=0.002))
    more = learn(pieces(), LABELS, "", LinearSettings(longest_words=1, bits=10, cost=0.1, passes=3))
    assert more.features["hq"]["for"][0][1] < 1.7


@pytest.mark.parametrize(("count", "bits"), [(1, 10), (2, 10), (3, 9), (4, 9), (5, 8)])
def test_several_linear_models_in_one_file_have_fewer_bits(count: int, bits: int) -> None:
    labels = tuple("xyzuv"[:count])
    learnt = learn(SEVERAL, labels, "", LinearSettings(bits=10))
    assert learnt.settings["bits"] == bits
    assert list(learnt.features) == [*labels]


def test_two_labels_exclude_each_other_where_every_piece_has_one() -> None:
    assert excludes(pieces(2), LABELS)
    assert not excludes(SEVERAL, ("x", "y"))
    assert not excludes(pieces(2), ("a", "b", "c"))


def test_words_and_pairs_that_stand_in_enough_texts() -> None:
    texts = [
        piece(n, "a", "hq", text=text) for n, text in enumerate(["one two", "one two", "One two one two", "two one"])
    ]
    assert common_ngrams(texts, 2) == ["one", "one two", "two"]
    assert common_ngrams(texts, 1) == ["one", "two"]
    many: list[Any] = [piece(n, "a", "hq", text="often" + (" seldom" if n < 8 else "")) for n in range(4000)]
    assert common_ngrams(many, 1) == ["often", "seldom"]
    assert common_ngrams([*many[1:], many[9]], 1) == ["often"]
    assert common_ngrams([*many[1:], many[9], *[many[0]] * 9], 1) == ["often"]  # behind those that are looked at


def test_the_place_of_a_pair_is_its_own() -> None:
    ngrams = Ngrams(2, 0, 0, 16)
    one, two, pair = numbers_of(["one", "é", "one é"], ngrams)
    assert len({one, two, pair}) == 3
    assert numbers_of(["one é", "one"], ngrams) == [pair, one]
    assert all(0 <= number < 1 << 16 for number in (one, two, pair))
