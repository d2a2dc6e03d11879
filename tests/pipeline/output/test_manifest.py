"""The manifest adds up, says so when it does not, and tells nothing of the machine."""

import base64
import copy
import dataclasses
import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from textmill import InputError, Recipe, Tokenize
from textmill.filters.base.batch import make_batch
from textmill.filters.base.where import where
from textmill.pipeline.files.ledger import FileFacts, ledger_schema
from textmill.pipeline.input.readers.records import Quarantined, ReadBatch
from textmill.pipeline.job.facts import RunFacts, SourceFacts, SplitFacts, Tally, combine
from textmill.pipeline.output.manifest import build_manifest, check_accounting, read_manifest, write_manifest
from textmill.pipeline.output.shards import ShardFacts


def letters(text: str) -> int:
    return len(text)


def loud(text: str) -> bool:
    return text.isupper()


RECIPE = Recipe(
    "small",
    [
        where(letters, minimum=2, maximum=9),
        where(loud, allowed=[False]),
        Tokenize(),
    ],
)


def found(source: str, documents: int, quarantined: int = 0, skipped: int = 0) -> ReadBatch:
    unreadable = [Quarantined(source=source, position=n, error="json", detail="") for n in range(quarantined)]
    skips = Counter({"request": skipped} if skipped else {})
    return ReadBatch(source, make_batch(["x"] * documents, source=source), unreadable, skips)


def ledger_rows(*rows: tuple[str, str, str | None, str | None, int, int | None]) -> pa.RecordBatch:
    """Rows of source, verdict, step, rule, bytes, tokens."""
    schema = ledger_schema({})
    names = ("source", "verdict", "step", "rule", "bytes", "tokens")
    columns = {name: [row[index] for row in rows] for index, name in enumerate(names)}
    columns["doc_id"] = [f"{number}" for number in range(len(rows))]
    return pa.RecordBatch.from_arrays(
        [pa.array(columns.get(field.name, [None] * len(rows)), field.type) for field in schema], schema=schema
    )


def splits() -> list[SplitFacts]:
    """Two splits: a.jsonl runs over both, b.jsonl stands in the second and holds nothing."""
    first, second = SplitFacts(number=0), SplitFacts(number=1)
    first.add_input("in/a.jsonl", "aa", 1_000)
    first.add_read(found("in/a.jsonl", 3, quarantined=1, skipped=2))
    first.add_verdicts(
        ledger_rows(
            ("in/a.jsonl", "kept", None, None, 50, 12),
            ("in/a.jsonl", "removed", "where", "minimum", 1, None),
            ("in/a.jsonl", "removed", "where", "maximum", 70, None),
        )
    )
    first.add_verdicts(ledger_rows(("in/a.jsonl", "quarantined", "read", "json", 0, None)))
    first.ledger = FileFacts(name="part-00000-of-00002.parquet", rows=4, sha256="l0")
    first.quarantine = FileFacts(name="part-00000-of-00002.parquet", rows=1, sha256="q0")
    second.add_input("in/b.jsonl", "bb", 0)
    second.add_read(found("in/a.jsonl", 1))
    second.add_verdicts(ledger_rows(("in/a.jsonl", "removed", "where", "minimum", 1, None)))
    second.ledger = FileFacts(name="part-00001-of-00002.parquet", rows=1, sha256="l1")
    return [first, second]


SHARDS = [ShardFacts(name="part-00000-of-00001.parquet", rows=1, tokens=12, text_bytes=48, file_bytes=900, sha256="s0")]


@pytest.fixture
def manifest() -> dict[str, Any]:
    return build_manifest(RECIPE, combine(splits()), SHARDS, [{"name": "lid.176.ftz", "sha256": "11"}])


def test_numbers_add_up(manifest: dict[str, Any]) -> None:
    assert check_accounting(manifest) == []
    assert manifest["inputs"] == [
        {
            **{"source": "in/a.jsonl", "bytes": 1_000, "sha256": "aa", "read": 5, "skipped": 2},
            **{"kept": 1, "removed": 3, "quarantined": 1},
        },
        {
            **{"source": "in/b.jsonl", "bytes": 0, "sha256": "bb", "read": 0, "skipped": 0},
            **{"kept": 0, "removed": 0, "quarantined": 0},
        },
    ]
    assert manifest["totals"] == {
        **{"read": 5, "kept": 1, "removed": 3, "quarantined": 1, "skipped": 2, "tokens": 12},
        **{"bytes_read": 122, "bytes_kept": 50, "bytes_removed": 72, "bytes_written": 48},
    }
    assert manifest["skipped"] == [{"reason": "request", "records": 2}]
    assert manifest["quarantine_errors"] == [{"error": "json", "documents": 1}]


def test_the_funnel_has_every_rule_in_the_order_of_judging(manifest: dict[str, Any]) -> None:
    assert manifest["funnel"] == [
        {"step": "read", "rule": "empty", "documents": 0, "bytes": 0},
        {"step": "where", "rule": "minimum", "documents": 2, "bytes": 2, "measurement": "letters", "minimum": 2},
        {"step": "where", "rule": "maximum", "documents": 1, "bytes": 70, "measurement": "letters", "maximum": 9},
        {"step": "where_2", "rule": "allowed", "documents": 0, "bytes": 0, "measurement": "loud", "allowed": [False]},
    ]


def test_the_order_of_splits_and_shards_does_not_matter(manifest: dict[str, Any]) -> None:
    shards = [*SHARDS, dataclasses.replace(SHARDS[0], name="part-00001-of-00002.parquet")]
    built = {
        json.dumps(build_manifest(RECIPE, combine(one), two), sort_keys=True)
        for one in itertools.permutations(splits())
        for two in itertools.permutations(shards)
    }
    assert len(built) == 1


def test_a_copy_of_the_facts_counts_on_its_own() -> None:
    original = splits()[0]
    before = copy.deepcopy(original)
    again = dataclasses.replace(original)
    again.add_verdicts(ledger_rows(("in/c", "kept", None, None, 5, 1)))
    again.add_input("in/c", "cc")
    assert original == before
    assert again != before


def test_the_recipe_is_spelled_out_with_its_checksum(manifest: dict[str, Any]) -> None:
    recipe = manifest["recipe"]
    assert recipe["name"] == "small"
    assert recipe["steps"][2] == {"tokenize": {"tokenizer": "cl100k", "pattern": None}}
    other = Recipe("small", [where(letters, minimum=3), Tokenize()])
    assert build_manifest(other, combine(splits()), SHARDS)["recipe"]["sha256"] != recipe["sha256"]
    assert manifest["tokenizer"] == Tokenize().identity()
    assert manifest["models"] == [{"name": "lid.176.ftz", "sha256": "11"}]
    assert {"python", "pyarrow", "quicktok-v1"} <= set(manifest["versions"])


def test_no_folder_of_the_machine_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.tiktoken"
    path.write_bytes(b"".join(b"%s %d\n" % (base64.b64encode(bytes([n])), n) for n in range(256)))
    built = build_manifest(Recipe("own", [Tokenize(str(path))]), combine(splits()), SHARDS)
    assert str(tmp_path) not in json.dumps(built)
    assert built["recipe"]["steps"][0]["tokenize"]["tokenizer"] == "mine.tiktoken"


def test_what_is_written_comes_back_and_never_changes(manifest: dict[str, Any], tmp_path: Path) -> None:
    paths = [Path(write_manifest(str(tmp_path / name), manifest)) for name in ("a", "b")]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert read_manifest(str(tmp_path / "a")) == manifest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "this is not an output folder"),
        ("{", "not valid JSON"),
        ("{}", "not a manifest"),
        ("[]", "not a manifest"),
    ],
)
def test_a_folder_without_a_manifest_is_told(content: str | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(InputError, match=message):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize(
    ("path", "change", "told"),
    [
        (("inputs", 0, "kept"), 1, "in/a.jsonl: kept + removed + quarantined = 6, but read = 5"),
        (("inputs", 0, "read"), -1, "in/a.jsonl"),
        (("totals", "removed"), 1, "removed of all inputs = 3, but total = 4"),
        (("ledger", 0, "rows"), -1, "rows of the ledger = 4, but documents read = 5"),
        (("shards", 0, "rows"), 1, "rows of the shards = 2, but documents kept = 1"),
        (("shards", 0, "tokens"), 1, "tokens of the shards = 13, but tokens of the ledger = 12"),
        (("quarantine", 0, "rows"), 1, "rows of the quarantine = 2"),
        (("funnel", 1, "documents"), 1, "removals of the funnel = 4, but documents removed = 3"),
    ],
)
def test_numbers_that_do_not_add_up_are_told(
    manifest: dict[str, Any], path: tuple[Any, ...], change: int, told: str
) -> None:
    inner = manifest
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] += change
    problems = check_accounting(manifest)
    assert any(told in problem for problem in problems)


def test_written_removals_must_be_complete(manifest: dict[str, Any]) -> None:
    manifest["removed"] = [{"name": "part-00000-of-00002.parquet", "rows": 2, "sha256": "r0"}]
    assert check_accounting(manifest) == ["rows of the removed documents = 2, but documents removed = 3"]


def test_combined_facts_keep_each_checksum_once() -> None:
    combined = combine(splits())
    assert isinstance(combined, RunFacts)
    assert combined.sources["in/a.jsonl"] == SourceFacts(
        bytes=1_000, sha256="aa", read=5, skipped={"request": 2}, verdicts={"kept": 1, "removed": 3, "quarantined": 1}
    )
    assert combined.verdicts["removed", "where", "minimum"] == Tally(2, 2)
    assert combined.tokens == 12
    assert [file.sha256 for file in combined.ledger] == ["l0", "l1"]
