"""Language models learnt by kernels, beside the same in plain Python, and beside what lmplz made of a text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.kernels.models.backoff import STEPS, score
from textmill.filters.kernels.models.kneser_ney import Learnt, learn
from textmill.filters.kernels.models.numbered_words import Corpus
from textmill.filters.kernels.models.sentences import numbered, sentences

from .slow_kneser_ney import learn_slowly

FABLES = Path(__file__).with_name("fables.txt").read_text(encoding="utf-8")
LMPLZ = Path(__file__).with_name("fables.arpa")
"""``lmplz -o 4 --prune 0 0 1 < fables.txt``, of kenlm 0.3.0."""
LINES = st.lists(st.lists(st.sampled_from("abcde"), max_size=9), min_size=1, max_size=25)
PRUNES = ((), (0, 1), (0, 0, 1), (1, 1, 2))


def column(lines: list[str]) -> pa.Array:
    return pa.array(lines, pa.large_string())


def learnt_from(lines: list[str], order: int, prune: tuple[int, ...] = (), **options: int) -> Learnt:
    corpus = Corpus()
    corpus.add(sentences(column(lines), "whitespace"))
    return learn(corpus, order, prune=prune, **options)


def logs(learnt: Learnt, lines: list[str]) -> list[float]:
    return (score(learnt.table, sentences(column(lines), "whitespace")).codes / -STEPS).tolist()


@settings(max_examples=60)
@given(lines=LINES, order=st.integers(1, 5), prune=st.sampled_from(PRUNES), asked=LINES)
def test_as_in_plain_python(lines: list[list[str]], order: int, prune: tuple[int, ...], asked: list[list[str]]) -> None:
    lines, asked = [line for line in lines if line], [[*line, "z"] for line in asked]
    if not lines:
        return
    slow = learn_slowly(lines, order, prune)
    found = logs(learnt_from(list(map(" ".join, lines)), order, prune), list(map(" ".join, asked + lines)))
    for words, log in zip(asked + lines, found, strict=True):
        assert log == pytest.approx(slow.score(words), abs=(len(words) + 1) * order / STEPS), words


@pytest.mark.parametrize("prune", [(0,), (0, 1), (0, 0, 1)])
def test_probabilities_in_plain_python_sum_up_to_one(prune: tuple[int, ...]) -> None:
    slow = learn_slowly([line.split() for line in FABLES.splitlines()], 3, prune)
    words = ["</s>", "never", *sorted({*FABLES.split()})]
    for context in ("<s>", "<s> the", "the fox", "fox said", "said never"):
        total = sum(10.0 ** slow.log((*context.split(), word)[-3:]) for word in words)
        assert total == pytest.approx(1.0, abs=1e-9), context


def test_as_lmplz_estimates() -> None:
    kenlm = pytest.importorskip("kenlm")
    model = kenlm.Model(str(LMPLZ))
    known = FABLES.splitlines()
    asked = [
        *known,
        "the fox ate the mouse",
        "winter the the a",
        "a lion came to help the ant",
        "nobody knows this",
        "fox",
    ]
    learnt = learnt_from(known, 4, (0, 0, 1))
    head = LMPLZ.read_text(encoding="utf-8").split("\n\n")[0]
    of_lmplz = [int(line.rpartition("=")[2]) for line in head.splitlines()[1:]]
    assert [learnt.kept[0] + 1, *learnt.kept[1:]] == of_lmplz  # <unk> is not in the table
    for line, log in zip(asked, logs(learnt, asked), strict=True):
        assert log == pytest.approx(model.score(line), abs=(len(line.split()) + 1) * 2 / STEPS), line


def test_the_plain_python_is_as_lmplz_estimates(tmp_path: Path) -> None:
    kenlm = pytest.importorskip("kenlm")
    slow = learn_slowly([line.split() for line in FABLES.splitlines()], 4, (0, 0, 1))
    (tmp_path / "slow.arpa").write_text(slow.arpa(), encoding="utf-8")
    ours, theirs = kenlm.Model(str(tmp_path / "slow.arpa")), kenlm.Model(str(LMPLZ))
    for line in [*FABLES.splitlines(), "the fox ate the mouse", "winter the the a", "nobody knows this"]:
        assert ours.score(line) == pytest.approx(theirs.score(line), abs=1e-4)
        assert slow.score(line.split()) == pytest.approx(theirs.score(line), abs=1e-4)


def test_lines_learnt_in_parts_are_the_same() -> None:
    """Also when the table of words has to grow in between."""
    lines = [" ".join(f"w{number * 7 % 40_000}" for number in range(at, at + 60)) for at in range(0, 60_000, 50)]
    corpus = Corpus()
    for start in range(0, len(lines), 100):
        corpus.add(sentences(column(lines[start : start + 100]), "whitespace"))
    parts, whole = learn(corpus, 3), learnt_from(lines, 3)
    assert np.array_equal(parts.table.slots, whole.table.slots)
    assert len(corpus.words) == 40_000 + 3


def test_a_narrow_print_and_coarse_logarithms_stay_near() -> None:
    lines = FABLES.splitlines()
    exact = logs(learnt_from(lines, 3), lines)
    coarse = learnt_from(lines, 3, print_bits=15, coarseness=16)
    assert all(int(slot) & 0xF00F == 0 or int(slot) >> 12 & 0xF == 0 for slot in coarse.table.slots)
    for line, log, near in zip(lines, exact, logs(coarse, lines), strict=True):
        assert near == pytest.approx(log, abs=(len(line.split()) + 1) * 1.5 * 8 / STEPS)


def test_tokens_beyond_the_text_share_what_is_left() -> None:
    corpus = Corpus()
    numbers = np.array([1, 2, 3, 1, 2, 4, 1, 2], dtype=np.uint64)
    corpus.add(numbered(numbers, np.array([6, 8, 8], dtype=np.int64)))
    assert corpus.laid_out()[0].tolist() == [1, 3, 4, 5, 3, 4, 6, 2, 1, 3, 4, 2]
    few, many = learn(corpus, 2, vocabulary=10), learn(corpus, 2, vocabulary=100_000)
    assert many.table.unknown > few.table.unknown + 3 * STEPS


def test_words_by_script() -> None:
    found = sentences(column(["Two words, here\n\n  \n我是学生\n.", "", "a\tb"]), "script")
    assert found.of_document.tolist() == [3, 0, 1]
    assert found.lines.tolist() == [0, 3, 4, 0]
    assert np.diff(found.ends, prepend=0).tolist() == [3, 2, 1, 2]
    unmarked = sentences(column(["Two words, here.\n...\nend"]), "uax29", marks=False)
    assert (unmarked.lines.tolist(), unmarked.ends.tolist()) == ([0, 2], [3, 4])
    with pytest.raises(RecipeError, match="words is 'letters'"):
        sentences(column([""]), "letters")


def test_nothing_is_learnt_from_nothing() -> None:
    learnt = learn(Corpus(), 3)
    assert (learnt.tokens, learnt.kept) == (0, [0, 0, 0])
    assert logs(learnt, ["any word"])[0] < 0
