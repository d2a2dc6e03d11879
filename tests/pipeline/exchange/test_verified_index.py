"""Near duplicates of what an earlier run has seen: compared by what the index keeps, or told as not compared."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from textmill import InputError, MinHashDedup
from textmill.dedup.documents.verification import SETS, SIGNATURES
from textmill.filters.base.batch import make_batch
from textmill.pipeline.exchange.seen_index import seal_indexes
from textmill.pipeline.job.job import Job

from .test_exchange import ledger_of, sentence

LOOSE = {"bands": 40, "rows": 2, "ngram": 1}
"""Pairs of similarity 0.3 share a band in 98 of 100 cases."""


def changed(words: list[str], count: int) -> str:
    copy = list(words)
    for position in random.Random(count).sample(range(len(copy)), count):
        copy[position] = "changed"
    return " ".join(copy)


EARLIER = [" ".join(sentence(seed)) for seed in range(12)]
LATER = [changed(sentence(seed), 15 * seed) for seed in range(12)] + [" ".join(sentence(99))]


def index_of(folder: Path, step: MinHashDedup, texts: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Run over texts with an index to be written; returns what it says of itself."""
    jobs: list[Job] = []
    made = Job.__init__

    def noted(self: Job, *args: Any, **options: Any) -> None:
        made(self, *args, **options)
        jobs.append(self)

    with monkeypatch.context() as patched:
        patched.setattr(Job, "__init__", noted)
        ledger_of(folder, texts, [step], files=3)
    seal_indexes(jobs[-1])
    described: dict[str, Any] = json.loads((Path(str(step.write_index)) / "index.json").read_text())
    return described


def true_similarity(step: MinHashDedup, left: str, right: str) -> float:
    one, two = (set(step.shingles(make_batch([text])).hashes.tolist()) for text in (left, right))
    return len(one & two) / len(one | two)


@pytest.mark.parametrize(("verify", "kept"), [("signature", SIGNATURES), ("jaccard", SETS)])
@pytest.mark.parametrize("files", [1, 4])
def test_what_shares_a_band_is_compared(
    tmp_path: Path, verify: Any, kept: str, files: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {**LOOSE, "verify": verify, "min_similarity": 0.7}
    index = str(tmp_path / "index")
    described = index_of(tmp_path / "a", MinHashDedup(**options, write_index=index), EARLIER, monkeypatch)
    assert (described["evidence"], len(described["evidence_files"]), described["width"]) == (kept, 3, 2)
    step = MinHashDedup(**options, against=index)
    rows = ledger_of(tmp_path / "b", LATER, [step], files=files)
    wanted = [true_similarity(step, *pair) for pair in zip(EARLIER, LATER, strict=False)]
    for number, (row, similarity) in enumerate(zip(rows, wanted, strict=False)):
        if verify == "jaccard" or abs(similarity - 0.7) > 0.15:
            assert (row["rule"] == "seen") == (similarity >= 0.7), number
        if row["rule"] == "seen":
            assert row["similarity"] == pytest.approx(similarity, abs=0.00005 if verify == "jaccard" else 0.15)
            assert row["similarity"] == round(row["similarity"], 4)
            assert (row["kept_instead"], row["value"]) == ("index:index", None)
    assert 2 < sum(row["rule"] == "seen" for row in rows) < 11
    assert rows[12]["verdict"] == "kept"


def test_an_index_of_keys_alone_is_taken_at_its_word_and_the_ledger_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = str(tmp_path / "index")
    step = MinHashDedup(**LOOSE, write_index=index, index_evidence=False)
    described = index_of(tmp_path / "a", step, EARLIER, monkeypatch)
    assert "evidence" not in described
    rows = ledger_of(tmp_path / "b", LATER, [MinHashDedup(**LOOSE, against=index, min_similarity=0.99)], files=2)
    assert [row["rule"] for row in rows[:8]] == ["seen"] * 8
    assert rows[0]["value"] == "40 of 40 bands, not verified"
    assert rows[0]["similarity"] == 1.0
    assert all("not verified" in row["value"] for row in rows[:8])
    assert rows[7]["similarity"] == pytest.approx(true_similarity(step, EARLIER[7], LATER[7]), abs=0.25)


def test_a_page_around_an_article_seen_stays_and_an_article_of_a_page_seen_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = str(tmp_path / "index")
    options = {**LOOSE, "verify": "containment", "min_similarity": 0.9}
    article, page = sentence(1, 300), sentence(2, 300)
    texts = [" ".join(article), " ".join(page)]
    index_of(tmp_path / "a", MinHashDedup(**options, write_index=index), texts, monkeypatch)
    later = [" ".join([*article, *sentence(3, 200)]), " ".join(page[:180])]
    rows = ledger_of(tmp_path / "b", later, [MinHashDedup(**options, against=index)])
    assert [row["rule"] for row in rows] == [None, "seen"]
    assert rows[1]["similarity"] == 1.0


def test_evidence_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = tmp_path / "index"
    index_of(tmp_path / "a", MinHashDedup(write_index=str(index)), EARLIER, monkeypatch)
    path = index / "evidence-00001.bin"
    content = path.read_bytes()
    path.write_bytes(content[:-20])
    with pytest.raises(InputError, match=r"evidence-00001\.bin is damaged"):
        ledger_of(tmp_path / "b", EARLIER, [MinHashDedup(against=str(index))])
    path.unlink()
    with pytest.raises(InputError, match=r"evidence-00001\.bin is missing"):
        ledger_of(tmp_path / "c", EARLIER, [MinHashDedup(against=str(index))])
