"""Deduplication of whole documents, from files to the ledger: verification, clusters, survivors."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, InputOptions, MinHashDedup, Recipe, UrlDedup, only_if, where
from textmill.dedup.base.step import DocumentDeduplicator
from textmill.pipeline.exchange import exchange_after
from textmill.pipeline.exchange.exchange import Round, by_split, row_in_split, take_rounds
from textmill.pipeline.exchange.verifying import find_candidates
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes.single import run_passes

WORDS = ["".join(chr(97 + (number // 26**power) % 26) for power in range(3)) for number in range(17_576)]


def sentence(seed: int, count: int = 300) -> list[str]:
    return random.Random(seed).choices(WORDS, k=count)


def letters(text: str) -> float:
    return float(sum(map(str.isalpha, text)))


def ledger_of(
    folder: Path,
    documents: Sequence[str | dict[str, Any]],
    steps: Sequence[Any],
    *,
    files: int = 1,
    **options: Any,
) -> list[dict[str, Any]]:
    """Run over JSONL files in the order of the documents; returns the ledger in that order too."""
    (folder / "in").mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(np.array_split(np.arange(len(documents)), files)):
        rows = [one if isinstance(one, dict) else {"text": one} for one in (documents[index] for index in part)]
        lines = [json.dumps(row) for row in rows]
        (folder / "in" / f"{number:03d}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    largest = max(path.stat().st_size for path in (folder / "in").iterdir())  # each file is a split
    job = Job(
        recipe=Recipe("test", steps),
        inputs=(str(folder / "in"),),
        output=str(folder / "out"),
        reading=InputOptions(split_bytes=largest, max_document_bytes=100_000_000),
        **options,
    )
    run_passes(job)
    return [row for path in sorted((folder / "out" / "ledger").glob("*")) for row in pq.read_table(path).to_pylist()]


def removed(rows: list[dict[str, Any]]) -> dict[int, int]:
    """Number of each removed document → number of the one kept instead."""
    number_of = {row["doc_id"]: number for number, row in enumerate(rows)}
    return {number: number_of[row["kept_instead"]] for number, row in enumerate(rows) if row["kept_instead"]}


BRIDGE_STEP = {"bands": 40, "rows": 2, "ngram": 1}
"""A geometry that finds pairs of similarity 0.3 in 98 of 100 cases: false bridges for sure."""


def two_groups_and_a_bridge() -> list[str]:
    left, right = sentence(1), sentence(2)
    group_a = [" ".join([*left[:position], "changed", *left[position + 1 :]]) for position in (10, 100, 200)]
    group_b = [" ".join([*right[:position], "changed", *right[position + 1 :]]) for position in (10, 100, 200)]
    return [*group_a, " ".join(left[:150] + right[:150]), *group_b]


@pytest.mark.parametrize("verify", ["signature", "jaccard"])
def test_a_false_bridge_does_not_join_two_groups(tmp_path: Path, verify: Any) -> None:
    documents = two_groups_and_a_bridge()
    glued = ledger_of(tmp_path / "none", documents, [MinHashDedup(**BRIDGE_STEP, verify="none")], files=3)
    assert removed(glued) == dict.fromkeys(range(1, 7), 0)
    step = MinHashDedup(**BRIDGE_STEP, verify=verify, min_similarity=0.6)
    rows = ledger_of(tmp_path / verify, documents, [step], files=3)
    assert removed(rows) == {1: 0, 2: 0, 5: 4, 6: 4}
    assert all(row["similarity"] > 0.9 for row in rows if row["kept_instead"])
    assert {row["cluster"] for row in rows} == {None, rows[0]["doc_id"], rows[4]["doc_id"]}


def test_containment_finds_the_part_in_the_whole(tmp_path: Path) -> None:
    whole = sentence(3, 600)
    documents = [" ".join(whole), " ".join(whole[:250]), " ".join(sentence(4, 250))]
    step = {**BRIDGE_STEP, "min_similarity": 0.9}
    assert removed(ledger_of(tmp_path / "j", documents, [MinHashDedup(**step, verify="jaccard")])) == {}
    assert removed(ledger_of(tmp_path / "c", documents, [MinHashDedup(**step, verify="containment")])) == {1: 0}


def test_pairs_verified_by_sets_have_the_similarity_demanded_and_all_such_candidates_are_joined(tmp_path: Path) -> None:
    base = sentence(5, 200)
    documents = [" ".join(base)]
    for changed in range(5, 100, 5):
        copy = list(base)
        for position in random.Random(changed).sample(range(200), changed):
            copy[position] = f"{copy[position]}x"
        documents.append(" ".join(copy))
    true = [1.0, *(len(set(base) & set(text.split())) / len(set(base) | set(text.split())) for text in documents[1:])]
    step = MinHashDedup(bands=60, rows=2, ngram=1, verify="jaccard", min_similarity=0.7)
    joined = removed(ledger_of(tmp_path, documents, [step], files=4))
    directly = {number for number, similarity in enumerate(true) if number and similarity >= 0.7}
    assert directly <= joined.keys()
    assert 3 < len(directly) < len(documents) - 3
    lowest = min(true[number] for number in joined)
    assert lowest > 0.5, "documents are joined by way of others, but not those far off"


KEEP_DOCUMENTS: list[dict[str, Any]] = [
    {"text": " ".join([*sentence(6), "a"]), "date": "2020-03-01"},
    {"text": " ".join([*sentence(6), "b", "and", "more", "words"]), "date": "2019-01-01T00:00:00Z"},
    {"text": " ".join([*sentence(6), "c"]), "date": "2021-05-05T10:00:00+02:00"},
    {"text": " ".join([*sentence(6), "d"]), "date": "no date"},
    {"text": "Something else entirely, and alone."},
]


@pytest.mark.parametrize(
    ("options", "survivor"),
    [
        ({}, 0),
        ({"keep": "longest"}, 1),
        ({"keep": "newest"}, 2),
        ({"keep": "newest", "by": "nowhere"}, 0),
        ({"keep": "highest", "by": "letters"}, 1),
        ({"keep": "lowest", "by": "letters"}, 0),
    ],
)
@pytest.mark.parametrize("components", [0, 3])
def test_what_is_kept(tmp_path: Path, options: dict[str, Any], survivor: int, components: int) -> None:
    steps = [where(letters, minimum=0), MinHashDedup(**options)]
    rows = ledger_of(tmp_path, KEEP_DOCUMENTS, steps, files=5, component_rounds=components)
    assert removed(rows) == {number: survivor for number in range(4) if number != survivor}
    first = rows[0]["doc_id"]
    assert [row["cluster"] for row in rows] == [None if number in (survivor, 4) else first for number in range(5)]


def test_of_the_same_url_the_newest_is_kept(tmp_path: Path) -> None:
    documents = [
        {"text": "Old words.", "url": "http://www.example.org/a?utm_source=x", "date": "2020-01-01"},
        {"text": "New words.", "url": "https://example.org/a/#top", "date": "2022-01-01"},
        {"text": "Other words.", "url": "https://example.org/a?page=2", "date": "2023-01-01"},
        {"text": "No address."},
        {"text": "No address either."},
    ]
    rows = ledger_of(tmp_path, documents, [UrlDedup()])
    assert removed(rows) == {0: 1}
    assert (rows[0]["similarity"], rows[0]["cluster"]) == (None, rows[0]["doc_id"])
    assert removed(ledger_of(tmp_path / "q", documents, [UrlDedup(ignore_query=True)])) == {0: 2, 1: 2}


def corpus() -> list[str]:
    """Copies, near copies and lone documents in a mixed order."""
    documents = []
    for seed in range(40):
        base = sentence(100 + seed, 120)
        for copy in range(seed % 5):
            edited = list(base)
            edited[copy * 7] = "edited"
            documents.append(" ".join(edited))
        documents.append(" ".join(base))
    random.Random(0).shuffle(documents)
    return documents


@pytest.mark.parametrize("step", [MinHashDedup(), MinHashDedup(verify="jaccard"), ExactDedup(keep="longest")])
def test_results_do_not_depend_on_partitions_splits_or_the_road_to_clusters(
    tmp_path: Path, step: DocumentDeduplicator
) -> None:
    documents = [*corpus(), *corpus()[::3]]
    wanted = ledger_of(tmp_path / "0", documents, [step], files=7, partitions=8)
    assert 20 < len(removed(wanted)) < 130
    for name, options in (
        ("partitions", {"partitions": 64}),
        ("one", {"partitions": 1}),
        ("stars", {"partitions": 64, "component_rounds": 6}),
    ):
        assert ledger_of(tmp_path / name, documents, [step], files=7, **options) == wanted
    fewer = ledger_of(tmp_path / "splits", documents, [step], files=2)
    assert removed(fewer) == removed(wanted)
    assert [row["similarity"] for row in fewer] == [row["similarity"] for row in wanted]


@pytest.mark.parametrize("steps", [[MinHashDedup()], [MinHashDedup(verify="containment")], [ExactDedup()]])
def test_documents_at_the_edges(tmp_path: Path, steps: list[Any]) -> None:
    documents = [
        "",
        "word",
        "WORD word",
        "word",
        "...",
        "...",
        "\u0915\u093f",
        "日本語",
        "日本語",
        "मराठी भाषा",
        " ",
        "?!",
    ]
    rows = ledger_of(tmp_path, documents, steps)
    expected = {3: 1, 8: 7} | ({5: 4} if isinstance(steps[0], ExactDedup) else {})
    assert removed(rows) == expected
    assert [row["rule"] for row in rows if row["step"] == "read"] == ["empty", "empty"]


def test_variants_of_the_same_text_are_near_duplicates(tmp_path: Path) -> None:
    base = " ".join(["Él año pasado", *sentence(9), "costó 12 euros"])
    import unicodedata

    documents = [
        base,
        unicodedata.normalize("NFD", base),
        base.upper(),
        base.replace("12", "57"),
        base.replace(" ", "\n "),
        base.replace("año", "ano"),
    ]
    rows = ledger_of(tmp_path, documents, [MinHashDedup(verify="jaccard", min_similarity=1.0)])
    assert removed(rows) == dict.fromkeys((1, 2, 4, 5), 0)
    exact = ledger_of(tmp_path / "exact", documents, [ExactDedup()])
    assert removed(exact) == {4: 0}


def test_scripts_without_spaces_and_non_latin_ones(tmp_path: Path) -> None:
    samples = [
        "这是一个关于城市历史的长篇故事，讲述了许多年前发生的事情，人们仍然记得那座古老的桥和河边的市场。",
        "Это длинная история о городе и о том, что произошло много лет назад, когда старый мост ещё стоял у реки.",
        "هذه قصة طويلة عن المدينة وما حدث فيها قبل سنوات عديدة عندما كان الجسر القديم قائما على النهر الكبير",
        "이것은 오래전에 일어난 일에 관한 도시의 긴 이야기이며 사람들은 아직도 강가의 오래된 다리를 기억하고 있다",
        "यह शहर के बारे में एक लंबी कहानी है जिसमें बताया गया है कि कई साल पहले नदी के किनारे क्या हुआ था",
    ]
    documents = [text for sample in samples for text in (sample * 3, sample * 3 + sample[:8])]
    rows = ledger_of(tmp_path, documents, [MinHashDedup()])
    assert removed(rows) == {number + 1: number for number in range(0, 10, 2)}


def test_a_hundred_thousand_copies_travel_in_few_bytes(tmp_path: Path) -> None:
    count = 100_000
    text = " ".join(sentence(11, 30))
    rows = ledger_of(tmp_path, [text] * count, [MinHashDedup()], files=3, partitions=8)
    assert removed(rows) == dict.fromkeys(range(1, count), 0)
    assert {row["similarity"] for row in rows[1:]} == {1.0}


def test_candidates_of_a_bucket_grow_with_its_size_only() -> None:
    from textmill.dedup.base.step import Keys
    from textmill.dedup.packed.packing import pack, partition

    count = 50_000
    records = pack(Keys(np.ones((count, 1), np.uint64), np.arange(count)), np.arange(count, dtype=np.uint64))
    (packed,) = partition(records, 1).values()
    assert sum(len(message) for _, message in find_candidates(0, [packed], None)) < 24 * count


def test_fifty_megabytes_in_one_document(tmp_path: Path) -> None:
    huge = " ".join(sentence(12, 1000)) + " "
    documents = [huge * 12_500, "and a small one", huge * 12_500 + "with another end"]
    assert len(documents[0]) > 49_000_000
    step = MinHashDedup(verify="jaccard")
    assert removed(ledger_of(tmp_path, documents, [step])) == {2: 0}


def test_a_condition_limits_who_is_compared(tmp_path: Path) -> None:
    steps = [only_if(ExactDedup(), kind="book")]
    assert removed(ledger_of(tmp_path, ["same", "same"], steps)) == {}


def test_the_last_pass_has_no_exchange(tmp_path: Path) -> None:
    job = Job(recipe=Recipe("test", [ExactDedup()]), inputs=(), output=str(tmp_path))
    assert exchange_after(job, 0) is not None
    assert exchange_after(job, 1) is None


def test_documents_that_an_earlier_deduplication_left_out_stand_for_themselves(tmp_path: Path) -> None:
    book = {"text": "twice", "kind": "book"}
    rows = ledger_of(
        tmp_path, [book, "once", book, "again", "again"], [only_if(ExactDedup(), kind="book"), ExactDedup()]
    )
    assert [row["cluster_size"] for row in rows] == [2, 1, 1, 2, 1]


def test_messages_go_from_round_to_round_in_the_order_of_their_numbers() -> None:
    seen: list[tuple[int, list[bytes], str | None]] = []

    def work(number: int, packed: Sequence[bytes], path: str | None) -> Iterator[tuple[int, bytes]]:
        seen.append((number, list(packed), path))
        yield number + 1, b"".join(packed)
        yield 0, bytes([number])

    rounds = [Round(name="first", work=work), Round(name="second", work=work, at_splits=True)]
    told: list[tuple[str, int]] = []
    messages = [(1, b"x"), (0, b"yy"), (1, b"z")]
    found = take_rounds(rounds, messages, ["a", "b", "c"], lambda name, size: told.append((name, size)))
    assert seen == [
        *((0, [b"yy"], None), (1, [b"x", b"z"], None)),
        *((0, [b"\0", b"\1"], "a"), (1, [b"yy"], "b"), (2, [b"xz"], "c")),
    ]
    assert found == {1: [b"\0\1"], 0: [b"\0", b"\1", b"\2"], 2: [b"yy"], 3: [b"xz"]}
    assert told == [
        *(("first", 1), ("first", 2), ("first", 1)),
        *(("second", 2), ("second", 1), ("second", 2), ("second", 1)),
        *(("splits", 2), ("splits", 1), ("splits", 2), ("splits", 1), ("splits", 2), ("splits", 1)),
    ]
    assert take_rounds(rounds, messages, ["a", "b", "c"]) == found


def test_records_are_addressed_to_their_splits_in_their_order() -> None:
    rows = np.array([5 << 32 | 7, 3, 5 << 32 | 1, 4], dtype=np.uint64)
    records = np.array([10, 20, 30, 40], dtype="<u2")
    assert list(by_split(records, rows)) == [(0, records[[1, 3]].tobytes()), (5, records[[0, 2]].tobytes())]
    assert list(by_split(records[:0], rows[:0])) == []
    assert row_in_split(rows).tolist() == [7, 3, 1, 4]
