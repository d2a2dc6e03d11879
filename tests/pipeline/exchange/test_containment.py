"""Documents that stand in longer ones: found whatever the length, counted exactly, never a bridge between pages."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textmill import MinHashDedup
from textmill.dedup.documents.containment import FINGERPRINT_SHINGLES, Links, attach, fingerprints, links
from textmill.filters.base.batch import make_batch

from .test_exchange import ledger_of, removed

ARTICLES = Path(__file__).parents[4] / "shared" / "data" / "web" / "articles" / "text"


def words(seed: int, count: int) -> list[str]:
    draw = random.Random(seed)
    return ["".join(draw.choices("abcdefghijklmnop", k=draw.randint(3, 8))) for _ in range(count)]


def page(seed: int, inside: list[str], times: int) -> str:
    """A text so many times as long as what it holds, somewhere in it."""
    around = words(seed, len(inside) * (times - 1))
    at = random.Random(seed).randrange(len(around) + 1)
    return " ".join([*around[:at], *inside, *around[at:]])


STEP = MinHashDedup(verify="containment", keep="longest")


@pytest.mark.parametrize("times", [2, 3, 10, 40])
@pytest.mark.parametrize("files", [1, 3])
def test_an_article_is_found_in_a_longer_page(tmp_path: Path, times: int, files: int) -> None:
    articles = [words(seed, 150) for seed in range(20)]
    documents = [" ".join(article) for article in articles]
    documents += [page(100 + seed, article, times) for seed, article in enumerate(articles)]
    random.Random(times).shuffle(documents)
    rows = ledger_of(tmp_path / "c", documents, [STEP], files=files)
    gone = removed(rows)
    assert len(gone) == 20
    assert all(documents[article] in documents[kept] and article != kept for article, kept in gone.items())
    assert [row["cluster_size"] for row in rows].count(2) == 20
    assert len(removed(ledger_of(tmp_path / "j", documents, [MinHashDedup()], files=files))) < 10


def test_with_first_the_one_that_was_read_first_stays(tmp_path: Path) -> None:
    article = words(1, 200)
    documents = [" ".join(article), page(2, article, 3)]
    assert removed(ledger_of(tmp_path / "a", documents, [MinHashDedup(verify="containment")])) == {1: 0}
    assert removed(ledger_of(tmp_path / "b", documents, [STEP])) == {0: 1}


def test_a_quoted_article_does_not_join_two_pages(tmp_path: Path) -> None:
    article = words(1, 200)
    documents = [page(2, article, 3), " ".join(article), page(3, article, 5), " ".join(article), "alone", "alone too"]
    rows = ledger_of(tmp_path, documents, [STEP], files=3)
    assert removed(rows) == {1: 2, 3: 2}
    assert [row["cluster_size"] for row in rows] == [1, 1, 3, 1, 1, 1]


def test_an_article_with_scattered_edits_is_found_as_far_as_it_is_contained(tmp_path: Path) -> None:
    documents, shares = [], []
    for seed in range(40):
        article = words(seed, 400)
        edited = list(article)
        for position in random.Random(seed).sample(range(400), seed):
            edited[position] = "edited"
        documents += [" ".join(edited), page(100 + seed, article, 3)]
        ours, theirs = ({tuple(t[i : i + 5]) for i in range(len(t) - 4)} for t in (edited, documents[-1].split()))
        shares.append(len(ours & theirs) / len(ours))
    gone = removed(ledger_of(tmp_path, documents, [STEP], files=4))
    assert {number // 2 for number in gone} == {number for number, share in enumerate(shares) if share >= 0.8}
    assert 5 < len(gone) < 35
    assert all(kept == number + 1 for number, kept in gone.items())


def test_boilerplate_in_many_pages_makes_none_of_them_a_duplicate(tmp_path: Path) -> None:
    banner = words(0, 100)
    documents = [" ".join([*banner, *words(seed, 120)]) for seed in range(1, 60)]
    assert removed(ledger_of(tmp_path, documents, [STEP], files=4)) == {}


@pytest.mark.parametrize("options", [{"partitions": 1}, {"partitions": 64, "component_rounds": 6}])
def test_results_do_not_depend_on_splits_and_partitions(tmp_path: Path, options: dict[str, Any]) -> None:
    documents = []
    for seed in range(30):
        article = words(seed, 60 + 10 * seed)
        documents += [" ".join(article), page(100 + seed, article, 2 + seed % 4), page(200 + seed, article, 3)]
        documents += [documents[-1]] * (seed % 3)
    random.Random(0).shuffle(documents)
    wanted = removed(ledger_of(tmp_path / "0", documents, [STEP], files=1))
    assert len(wanted) > 50
    for files in (3, 7):
        assert removed(ledger_of(tmp_path / str(files), documents, [STEP], files=files, **options)) == wanted


def test_every_run_of_a_page_has_a_fingerprint_and_shares_it_with_its_copy() -> None:
    article = words(1, FINGERPRINT_SHINGLES + 5)
    texts = [" ".join(article), page(2, article, 9), "one two three", "", "one two three four five six"]
    found = fingerprints(STEP.shingles(make_batch(texts)))
    assert found.document.tolist() == sorted(found.document.tolist())
    keys = {number: set(found.words[found.document == number, 0].tolist()) for number in range(5)}
    assert keys[0] & keys[1]
    assert [len(keys[number]) for number in range(5)][2:] == [1, 0, 1]
    long = fingerprints(STEP.shingles(make_batch([" ".join(words(3, 20_000))])))
    assert 28 < 20_000 / len(long.words) < 37


def test_who_contains_whom() -> None:
    low, high = np.arange(4, dtype=np.uint64), np.arange(4, dtype=np.uint64) + np.uint64(10)
    sizes = np.array([100, 300, 100, 100]), np.array([300, 100, 110, 300])
    found = links(low, high, np.array([90, 80, 95, 79]), sizes, 0.8)
    assert found.own.tolist() == [0, 11, 12]
    assert found.other.tolist() == [10, 1, 2]
    assert found.is_mutual.tolist() == [False, False, True]


def test_a_document_joins_the_largest_container_or_its_likes() -> None:
    rows = np.array([5, 5, 5, 6, 6], dtype=np.uint64)
    others = np.array([9, 8, 7, 5, 1], dtype=np.uint64)
    forest = attach(Links(rows, others, np.array([10, 30, 30, 0, 90]), np.array([False, False, False, True, False])))
    assert dict(zip(forest.rows.tolist(), forest.roots.tolist(), strict=True)) == {6: 5, 7: 5}


@pytest.mark.skipif(not ARTICLES.is_dir(), reason=f"real articles are not in {ARTICLES}")
def test_what_is_contained_in_real_pages_is_what_counting_says(tmp_path: Path) -> None:
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(ARTICLES.glob("*.txt"))]
    texts = [text for text in texts if len(text.split()) > 60][:100]
    pages = ["\n".join([texts[(i + 1) % len(texts)], texts[i], texts[(i + 2) % len(texts)]]) for i in range(0, 100, 5)]
    documents = [*texts, *pages]
    sets = [set(STEP.shingles(make_batch([text])).hashes.tolist()) for text in documents]
    contained = {
        number
        for number, one in enumerate(sets)
        for other, two in enumerate(sets)
        if number != other and len(one & two) >= 0.8 * len(one) and (len(one), -number) < (len(two), -other)
    }
    gone = removed(ledger_of(tmp_path, documents, [STEP], files=5))
    assert gone.keys() == contained
    assert len(gone) > 40
    assert all(len(sets[number] & sets[kept]) >= 0.8 * len(sets[number]) for number, kept in gone.items())
