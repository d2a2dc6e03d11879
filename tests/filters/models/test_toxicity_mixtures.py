"""What the English toxicity model is taught: a small network worked out in full, and texts mixed for it to judge."""

import io
import math
import pickle
import tarfile
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from textmill.filters.models import toxicity_mixtures, train_toxicity
from textmill.filters.models.toxicity_mixtures import mixtures
from textmill.filters.models.toxicity_sources import Example, read_opinions
from textmill.filters.models.toxicity_teacher import KINDS, LONGEST, Direction, Teacher, read_teacher

WORDS = ("the", "you", "idiot", "tea", "is", "good", "scum", "are", "hot", "cup")
CLEAN = ["the tea is hot and the cup is good", "you are good"]
TEXTS = {"negatives": CLEAN, "davidson": ["you idiot you are scum"]}


def small_teacher() -> Teacher:
    """Two units in each direction; the more "idiot" and "scum", the more toxic."""
    random = np.random.default_rng(1)
    of_words = random.normal(0.0, 0.3, (len(WORDS) + 1, 8))
    for word in ("idiot", "scum"):
        of_words[WORDS.index(word) + 1] = 3.0
    one = Direction(of_words, random.normal(0.0, 0.3, (2, 8)))
    other = Direction(of_words + 0.1, random.normal(0.0, 0.3, (2, 8)))
    layers = (np.ones((4, 3)), np.zeros(3)), (np.full((3, len(KINDS)), 2.0), np.full(len(KINDS), -9.0))
    counts = {word: 100 - 9 * number for number, word in enumerate(WORDS)}
    return Teacher({word: number + 1 for number, word in enumerate(WORDS)}, counts, one, other, layers)


def one_number_at_a_time(direction: Direction, numbers: list[int]) -> list[float]:
    """The same by the formulas of an LSTM with hard sigmoids."""
    output, cell, highest = [0.0, 0.0], [0.0, 0.0], [-math.inf, -math.inf]
    for number in numbers:
        gates = [
            direction.of_words[number, gate] + sum(output[unit] * direction.recurrent[unit, gate] for unit in (0, 1))
            for gate in range(8)
        ]
        for unit in (0, 1):
            admit, forget, new, emit = (gates[2 * part + unit] for part in range(4))
            hard = [min(max(0.2 * gate + 0.5, 0.0), 1.0) for gate in (admit, forget, emit)]
            cell[unit] = hard[1] * cell[unit] + hard[0] * math.tanh(new)
            output[unit] = hard[2] * math.tanh(cell[unit])
        highest = [max(pair) for pair in zip(highest, output, strict=True)]
    return highest


def test_the_network_is_worked_out_as_it_is_defined() -> None:
    teacher = small_teacher()
    numbers = [0] * (LONGEST - 3) + [2, 8, 3]
    assert teacher.numbered(["YOU, are...unknown idiot!"]).tolist() == [numbers]
    both = one_number_at_a_time(teacher.forward, numbers) + one_number_at_a_time(teacher.backward, numbers[::-1])
    expected = 3 * 2.0 * max(sum(both), 0.0) - 9.0
    assert teacher.log_odds(["you are idiot"]) == pytest.approx(np.full((1, len(KINDS)), expected), abs=1e-9)
    assert teacher.numbered(["the " * 120 + "tea"])[0, -2:].tolist() == [1, 4]


def test_the_small_network_knows_abuse() -> None:
    toxic, clean = small_teacher().log_odds(["you are scum you idiot", "the tea is hot"])[:, 0].tolist()
    assert toxic > clean + 1.0


def test_mixed_texts_are_judged_and_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toxicity_mixtures, "TEXTS", {"negatives": 300, "davidson": 200, "book": 50})
    teacher = small_teacher()
    found = mixtures(teacher, TEXTS, ["a piece of cake"])
    assert found == mixtures(teacher, TEXTS, ["a piece of cake"])
    assert {judged.origin for judged in found} == {"negatives", "davidson"}  # there is no book
    assert len({judged.text for judged in found}) == len(found) > 300
    allowed = {*WORDS, "a", "piece", "of", "cake", "and"}
    assert {word for judged in found for word in judged.text.split()} == allowed
    judged = {one.text: one.probability for one in found}
    odds = teacher.log_odds(list(judged))
    for probability, kinds in zip(judged.values(), odds.tolist(), strict=True):
        whole = math.log(math.exp(kinds[4]) + math.exp(kinds[5])) + 1.25
        assert probability == pytest.approx(1.0 / (1.0 + math.exp(-min(max(whole, -6.0), 4.0))), abs=0.001)
    with_abuse = [chance for text, chance in judged.items() if "idiot" in text or "scum" in text]
    without = [chance for text, chance in judged.items() if "idiot" not in text and "scum" not in text]
    assert np.mean(with_abuse) > np.mean(without) + 0.2


def test_opinions_are_read_from_the_archive_inside_of_the_archive(tmp_path: Path) -> None:
    lines = {
        "movieReviewSnippets": "7_1\t-1.5\tA dull film,\tand long.\n",
        "tweets": "1\t2.1\tTea &amp; cake\n2\t-0.3\tIl pleut\n",
        "nytEditorialSnippets": "3_2\t0.1\tThe mayor is wrong.\n",
        "amazonReviewSnippets": "9_9\t1.0\tIt works.\n",
    }
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as texts:
        for part, content in lines.items():
            put(texts, f"hutto_ICWSM_2014/{part}_GroundTruth.txt", content.encode())
    with tarfile.open(tmp_path / "package.tar.gz", mode="w:gz") as package:
        put(package, "vaderSentiment-3.3.2/README.rst", b"Read me")
        put(package, "vaderSentiment-3.3.2/additional_resources/hutto_ICWSM_2014.tar.gz", inner.getvalue())
    assert [(e.text, e.origin, e.is_toxic) for e in read_opinions(tmp_path / "package.tar.gz")] == [
        ("Tea & cake", "opinion_tweet", False),
        ("Il pleut", "opinion_tweet", False),
        ("The mayor is wrong.", "editorial", False),
        ("It works.", "review", False),
        ("A dull film,\tand long.", "review", False),
    ]


def put(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def test_opinions_are_mixed_and_put_in_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toxicity_mixtures, "TEXTS", {"review": 100, "book": 200})
    books = [Example(f"the cup is good {number}", False, "book") for number in range(20)]  # a fifth is held out
    opinions = [Example("a wooden spoon", False, "review")] * 20_000  # as templates are many too
    found = train_toxicity.english_mixtures(small_teacher(), [], books, opinions)
    assert {judged.origin for judged in found} == {"book", "review"}
    assert any("spoon" in judged.text for judged in found if judged.origin == "book")


def test_a_pickle_that_names_anything_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "tox_block/trained_models"
    folder.mkdir(parents=True)
    (folder / "encoder_0.1.2.pkl").write_bytes(pickle.dumps(OrderedDict(where=Path("x"))))
    with pytest.raises(pickle.UnpicklingError, match="is not expected in the tokenizer of tox-block"):
        read_teacher(tmp_path)
