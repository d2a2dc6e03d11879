"""Files of language models: written, read, packed, and refused where they are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from textmill.errors import RecipeError
from textmill.filters.kernels.models.kneser_ney import Learnt, learn
from textmill.filters.kernels.models.numbered_words import Corpus
from textmill.filters.models.ngram_model import (
    NgramModel,
    Reading,
    is_ngram_model,
    load_model,
    read_facts,
    write_model,
)

TEXTS = pa.array(["The Café of 1999 was open. Was it?\nIt was not!", "", "日本語 and more"], pa.large_string())
READINGS = (Reading(), Reading("uax29", fold=True, marks=False))


def learnt_by(reading: Reading) -> Learnt:
    corpus = Corpus()
    corpus.add(reading.sentences(TEXTS))
    return learn(corpus, 3)


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("reading", READINGS)
def test_a_file_holds_the_model(tmp_path: Path, reading: Reading, is_packed: bool) -> None:
    path, again = tmp_path / "a.lm", tmp_path / "b.lm"
    learnt = learnt_by(reading)
    for one in (path, again):
        write_model(one, learnt, reading, {"from": "Ü"}, is_packed=is_packed)
    assert path.read_bytes() == again.read_bytes()
    assert is_ngram_model(path)
    assert read_facts(path)["from"] == "Ü"
    model = load_model(str(path))
    assert model.reading == reading
    assert np.array_equal(model.table.slots, learnt.table.slots)
    found, expected = (one.score(TEXTS, whole=True) for one in (model, NgramModel(learnt.table, reading)))
    assert found.logs.tolist() == expected.logs.tolist()
    assert found.of_document.tolist() == [2, 0, 1]
    assert found.unknown.sum() == 0


def test_folding_makes_words_the_same() -> None:
    reading = READINGS[1]
    model = NgramModel(learnt_by(reading).table, reading)
    same = pa.array(["the cafe of 2024 WAS open; was it"], pa.large_string())
    assert model.score(same, whole=True).unknown.tolist() == [0]
    assert NgramModel(learnt_by(READINGS[0]).table, READINGS[0]).score(same, whole=True).unknown.tolist() == [6]


@pytest.mark.parametrize("is_packed", [False, True])
def test_damaged_files_are_refused(tmp_path: Path, is_packed: bool) -> None:
    path = tmp_path / "a.lm"
    write_model(path, learnt_by(READINGS[0]), READINGS[0], {}, is_packed=is_packed)
    content = path.read_bytes()
    for name, part in (("cut", content[:-16]), ("short", content[:100]), ("other", b"x" + content)):
        (tmp_path / name).write_bytes(part)
        with pytest.raises(RecipeError, match="cannot load the n-gram model"):
            load_model(str(tmp_path / name))
    with pytest.raises(RecipeError, match="cannot load the n-gram model"):
        load_model(str(tmp_path / "missing"))
