"""Semantic deduplication from files to the ledger: which documents go, whatever the splits and partitions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textmill import Embed, ExactDedup, Recipe, SemanticDedup, only_if
from textmill.errors import RecipeError, TextmillError
from textmill.pipeline.exchange import semantic

from .test_exchange import ledger_of, removed

TOPICS = ("mill", "river", "wheel", "grain", "shoes", "phones", "court", "judge", "piano", "violin", "goal", "match")


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory, make_encoder: Callable[..., Path]) -> str:
    return str(make_encoder(tmp_path_factory.mktemp("encoder"), TOPICS))


@pytest.fixture(scope="module")
def documents() -> list[str]:
    """A hundred sets of words, each in one, two or three orders, shuffled."""
    generator = np.random.default_rng(7)
    found = []
    for number in range(100):
        words = generator.choice(TOPICS, size=30)
        found += [" ".join(generator.permutation(words)) for _ in range(1 + number % 3)]
    return [found[at] for at in generator.permutation(len(found))]


def groups(documents: list[str]) -> dict[int, int]:
    """Number of each document that is no first of its words → number of that first."""
    firsts: dict[tuple[str, ...], int] = {}
    found = {}
    for number, document in enumerate(documents):
        first = firsts.setdefault(tuple(sorted(document.split())), number)
        if first != number:
            found[number] = first
    return found


def steps(encoder: str, **given: Any) -> list[Any]:
    return [Embed(model=encoder), SemanticDedup(min_similarity=0.999, **given)]


@pytest.mark.parametrize("files", [1, 4])
def test_the_first_of_each_group_stays(encoder: str, documents: list[str], tmp_path: Path, files: int) -> None:
    rows = ledger_of(tmp_path, documents, steps(encoder), files=files)
    assert removed(rows) == groups(documents)
    assert len(removed(rows)) == 99
    assert {row["rule"] for row in rows if row["step"]} == {"duplicate"}
    assert all(row["similarity"] > 0.999 for row in rows if row["step"])
    assert sum(row["cluster_size"] for row in rows if not row["step"]) == len(documents)


def test_clusters_find_the_same_in_any_partitions(
    encoder: str, documents: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variants: list[dict[str, Any]] = [{}, {"partitions": 1}, {"partitions": 3}, {"component_rounds": 4}]
    found = [
        ledger_of(tmp_path / str(number), documents, steps(encoder, clusters=8), files=4, **variant)
        for number, variant in enumerate(variants)
    ]
    assert found[1:] == found[:-1]
    expected = groups(documents)
    # What k-means parts is not found, but nothing else is: equal directions have the same nearest centre.
    assert removed(found[0]).items() <= expected.items()
    assert len(removed(found[0])) > 0.9 * len(expected)
    monkeypatch.setattr(semantic, "LEAST_OF_SPLIT", 8)
    monkeypatch.setattr(semantic, "MOST_SAMPLED", 40)
    monkeypatch.setattr(semantic, "LEAST_SAMPLED", 20)
    small = ledger_of(tmp_path / "small", documents, steps(encoder, clusters=8), files=4)
    assert removed(small).items() <= expected.items()
    assert len(removed(small)) > 0.8 * len(expected)


def test_the_survivor_is_whom_the_policy_names(encoder: str, tmp_path: Path) -> None:
    rows = ledger_of(tmp_path, ["mill river", "river mill", "mill      river", "goal"], steps(encoder, keep="longest"))
    assert removed(rows) == {0: 2, 1: 2}
    assert rows[0]["cluster"] == rows[0]["doc_id"]


def test_what_goes_is_as_alike_to_its_survivor_as_it_must_be(encoder: str, tmp_path: Path) -> None:
    """A chain from one topic to another, of which each two neighbours are alike."""
    chain = [" ".join(["mill"] * (20 - share) + ["goal"] * share) for share in range(21)]
    by = [Embed(model=encoder), SemanticDedup(min_similarity=0.95, keep="longest", clusters=1)]
    rows = ledger_of(tmp_path, chain, by, files=2)
    assert 2 < sum(row["step"] is None for row in rows) < 10
    assert all(row["similarity"] >= 0.95 for row in rows if row["step"])


def test_documents_without_a_vector_are_compared_with_nothing(encoder: str, tmp_path: Path) -> None:
    given = ["ไทย ภาษา", "ไทย ภาษา", "unheard of", "unheard of", "mill", "mill"]
    rows = ledger_of(tmp_path / "some", given, steps(encoder), files=3)
    assert removed(rows) == {5: 4}
    assert [row["embed.vector"] is None for row in rows] == [True] * 4 + [False] * 2
    assert removed(ledger_of(tmp_path / "none", given[:4], steps(encoder), files=2)) == {}
    limited = [Embed(model=encoder), only_if(SemanticDedup(), kind="book")]
    assert removed(ledger_of(tmp_path / "limited", given, limited)) == {}


def test_it_adds_to_the_sizes_of_earlier_deduplications(encoder: str, tmp_path: Path) -> None:
    given = ["mill river", "mill river", "river mill", "goal"]
    rows = ledger_of(tmp_path, given, [ExactDedup(), *steps(encoder)], files=2)
    assert removed(rows) == {1: 0, 2: 0}
    assert [row["cluster_size"] for row in rows] == [3, 1, 1, 1]
    assert rows[1]["embed.vector"] is None  # a dear step looks at documents still kept


def test_vectors_of_two_widths_are_refused(encoder: str, make_encoder: Callable[..., Path], tmp_path: Path) -> None:
    other = make_encoder(tmp_path / "other", TOPICS, width=5)  # its scores stand for vectors of five numbers
    both = [
        only_if(Embed(model=encoder), kind="web"),
        only_if(Embed(model=str(other)), kind="code"),
        SemanticDedup(),
    ]
    with pytest.raises(TextmillError, match="one model"):
        ledger_of(tmp_path, [{"text": "mill"}, {"text": "goal", "kind": "code"}], both, files=1)
    with pytest.raises(RecipeError, match=r"reads embed\.vector, but no embed"):
        _ = Recipe("r", [SemanticDedup()]).plan
