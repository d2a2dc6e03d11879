"""How sure a comparison is: Student's distribution, equal samples, and intervals that hold."""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as students_t

from textmill.errors import InputError
from textmill.pipeline.comparing.drawing import draw_tokens, tokenize
from textmill.pipeline.comparing.proxy import ProxyOptions, ask, quantile, within
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.steps.tokenizing import Tokenize
from textmill.pipeline.training.sources import Source

FABLES = (Path(__file__).parents[2] / "filters" / "kernels" / "models" / "fables.txt").read_text(encoding="utf-8")
READING = InputOptions()


@pytest.mark.parametrize("freedom", [1.0, 2.5, 4.0, 30.0, 900.0])
def test_students_distribution(freedom: float) -> None:
    for bound in (0.1, 1.0, 3.0, 12.0):
        expected = 1 - 2 * students_t.sf(bound, freedom)
        assert within(bound, freedom) == pytest.approx(expected, abs=1e-6)
    assert quantile(0.99, freedom) == pytest.approx(students_t.isf(0.005, freedom), rel=1e-4)


def test_the_first_tokens_are_the_first_documents() -> None:
    whole = tokenize(["one two", "", "three", "four five six"], Tokenize("cl100k"))
    part = whole.first(4)
    assert part.numbers.tolist() == whole.numbers[:4].tolist()
    assert part.ends.tolist() == [2, 2, 3, 4]
    assert whole.first(100).ends.tolist() == whole.ends.tolist()
    assert part.sentences.of_document.tolist() == [1, 0, 1, 1]


def write(path: Path, texts: list[str]) -> Source:
    path.mkdir()
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (path / "texts.jsonl").write_text(lines, encoding="utf-8")
    return Source(path.name, str(path))


def prose(count: int, seed: int) -> list[str]:
    """Texts in which a word follows another as in the fables."""
    draw = random.Random(seed)
    words = FABLES.split()
    follow: dict[str, list[str]] = {}
    for word, following in itertools.pairwise(words):
        follow.setdefault(word, []).append(following)
    texts = []
    for _ in range(count):
        word, text = draw.choice(words[:-1]), []
        for _ in range(60):
            text.append(word)
            word = draw.choice(follow.get(word, words))
        texts.append(" ".join(text))
    return texts


def test_samples_share_no_document_and_do_not_depend_on_order(tmp_path: Path) -> None:
    texts = [f"{text} number {at}" for at, text in enumerate(prose(60, 1))]
    source = write(tmp_path / "a", texts)
    one, again = (draw_tokens(source, 3, 400, Tokenize("cl100k"), READING, salt="s") for _ in range(2))
    other = draw_tokens(source, 3, 400, Tokenize("cl100k"), READING, salt="another")
    for first, second, third in zip(one.samples, again.samples, other.samples, strict=True):
        assert first.numbers.tolist() == second.numbers.tolist()
        assert first.numbers.tolist() != third.numbers.tolist()
        assert len(first.numbers) >= 400
    drawn = [tuple(part.tolist()) for one_ in one.samples for part in np.split(one_.numbers, one_.ends[:-1])]
    assert len(set(drawn)) == len(drawn)
    assert (one.documents, len(one.texts)) == (60, 60)


def test_a_filtered_corpus_is_better_than_a_raw_one_and_halves_are_alike(tmp_path: Path) -> None:
    draw = random.Random(5)
    junk = [" ".join("".join(draw.choices("abcdefghij", k=6)) for _ in range(40)) for _ in range(300)]
    good = prose(900, 2)
    raw = [*good[:450], *junk]
    draw.shuffle(raw)
    held_out = [write(tmp_path / "fables", [*prose(60, 3), good[0]]), write(tmp_path / "lines", FABLES.splitlines())]
    options = ProxyOptions(samples=4, tokens=6_000)
    runs = {
        "raw": write(tmp_path / "raw", raw),
        "first": write(tmp_path / "first", good[:450]),
        "second": write(tmp_path / "second", good[450:]),
    }
    found = ask((runs["raw"], runs["first"]), held_out, options, READING)
    assert found.overall.better == 1
    assert found.overall.sure > 0.99
    assert found.overall.first > found.overall.second > 0
    assert (found.tokens, found.left_out) == (6_000, 1)
    assert [one.domain for one in found.domains] == ["fables", "lines"]
    assert found.overall.value == pytest.approx(np.mean([one.value for one in found.domains]), abs=1e-5)
    mirrored = ask((runs["first"], runs["raw"]), held_out, options, READING)
    assert (mirrored.overall.better, mirrored.overall.value) == (0, -found.overall.value)

    alike = ask((runs["first"], runs["second"]), held_out, options, READING)
    assert alike.overall.better is None
    assert alike.overall.low < 0 < alike.overall.high
    same = ask((runs["first"], runs["first"]), held_out, options, READING)
    assert (same.overall.value, same.overall.better, same.overall.sure) == (0.0, None, 0.0)


def test_intervals_hold_for_halves(tmp_path: Path) -> None:
    """Of twenty pairs of corpora of one kind, at most one is said to differ."""
    held_out = [write(tmp_path / "held", prose(40, 1000))]
    options = ProxyOptions(samples=3, tokens=2_500, order=2)
    wrong = 0
    for pair in range(20):
        runs = [write(tmp_path / f"{pair}{side}", prose(170, 10 + 2 * pair + side)) for side in (0, 1)]
        wrong += ask((runs[0], runs[1]), held_out, options, READING).overall.better is not None
    assert wrong <= 1


def test_too_little_text_is_refused(tmp_path: Path) -> None:
    small, empty = write(tmp_path / "small", ["a b c"]), write(tmp_path / "empty", [""])
    with pytest.raises(InputError, match="too little to learn from"):
        ask((small, small), [small], ProxyOptions(), READING)
    large = write(tmp_path / "large", prose(300, 1))
    for held_out, message in ((empty, "no text to ask about"), (large, "all of its texts are in the runs")):
        with pytest.raises(InputError, match=message):
            ask((large, large), [held_out], ProxyOptions(samples=2, tokens=2_000), READING)
    with pytest.raises(InputError, match="below 2"):
        ProxyOptions(samples=1)
    with pytest.raises(InputError, match=r"below 2,000"):
        ProxyOptions(tokens=10)
