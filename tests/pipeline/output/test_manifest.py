"""The manifest adds up, says so when it does not, and tells nothing of the machine."""

import base64
import copy
import dataclasses
import hashlib
import importlib.metadata
import itertools
import json
import re
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from textmill import (
    ExactDedup,
    InputError,
    Language,
    LineDedup,
    MinHashDedup,
    NormalizeUnicode,
    Recipe,
    Select,
    Tokenize,
    __version__,
)
from textmill.filters.base.batch import make_batch
from textmill.filters.base.where import where
from textmill.pipeline.files.ledger import FileFacts, ledger_schema
from textmill.pipeline.input.readers.records import Quarantined, ReadBatch
from textmill.pipeline.job.facts import RunFacts, SourceFacts, SplitFacts, Tally, combine
from textmill.pipeline.output.manifest import (
    build_manifest,
    check_accounting,
    read_manifest,
    recipe_dict,
    write_manifest,
)
from textmill.pipeline.output.shards import ShardFacts
from textmill.pipeline.output.surges import Surge
from textmill.pipeline.passes import fingerprints
from textmill.pipeline.passes.fingerprints import LIBRARIES, library_versions
from textmill.pipeline.steps.totals import StepTotals


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
    read = {source: documents + len(unreadable)}
    return ReadBatch(make_batch(["x"] * documents, source=source), unreadable, read, {source: skips})


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
    tokenize = recipe["steps"][2]["tokenize"]
    assert (tokenize["tokenizer"], tokenize["pattern"], tokenize["fim_rate"]) == ("cl100k", None, 0.0)
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


def test_every_library_that_decides_the_output_is_named_with_its_version() -> None:
    versions = library_versions()
    assert versions.pop("python") == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert versions == {name: importlib.metadata.version(name) for name in LIBRARIES}
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["onnx"]]
    assert set(LIBRARIES) <= {re.split(r"[\[<>=]", one)[0] for one in named}


def test_a_library_that_is_not_installed_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "LIBRARIES", ("no-such-distribution", "regex"))
    assert set(library_versions()) == {"python", "regex"}


def test_the_funnel_names_what_steps_of_each_kind_do() -> None:
    recipe = Recipe(
        "all kinds",
        [
            NormalizeUnicode(),
            Language(keep=["en"], min_score=0.5),
            ExactDedup(),
            LineDedup(),
            MinHashDedup(against="/old"),
            Tokenize(),
        ],
    )
    facts = SplitFacts(number=0)
    facts.add_verdicts(
        ledger_rows(
            ("in/a", "removed", "exact_dedup", "duplicate", 3, None),
            ("in/a", "removed", "minhash_dedup", "seen", 4, None),
            ("in/a", "removed", "unknown", "z", 5, None),
            ("in/a", "removed", "unknown", "a", 6, None),
        )
    )
    rows = build_manifest(recipe, combine([facts]), [])["funnel"]
    assert [(row["step"], row["rule"], row["documents"], row["bytes"]) for row in rows] == [
        ("read", "empty", 0, 0),
        ("normalize_unicode", "empty", 0, 0),
        ("language", "keep", 0, 0),
        ("language", "min_score", 0, 0),
        ("exact_dedup", "duplicate", 1, 3),
        ("line_dedup", "empty", 0, 0),
        ("minhash_dedup", "seen", 1, 4),
        ("minhash_dedup", "duplicate", 0, 0),
        ("unknown", "a", 1, 6),
        ("unknown", "z", 1, 5),
    ]
    language = rows[2:4]
    assert [row["measurement"] for row in language] == ["language.label", "language.score"]
    assert (language[0]["allowed"], language[1]["minimum"]) == (["en"], 0.5)


def test_where_the_time_went() -> None:
    first, second = SplitFacts(number=0), SplitFacts(number=1)
    first.timing = {
        "read": StepTotals(documents=10, text_bytes=4_000_000, nanoseconds=2_000_000_000, batches=1),
        "where": StepTotals(documents=10, text_bytes=4_000_000, nanoseconds=500_000_000, batches=1),
        "waited": StepTotals(text_bytes=500_000, nanoseconds=9_000_000_000, cpu_nanoseconds=500_000_000, batches=1),
    }
    second.timing = {"read": StepTotals(documents=5, text_bytes=2_000_000, nanoseconds=1_000_000_000, batches=1)}
    second.timing["idle"] = StepTotals()
    shard = dataclasses.replace(
        SHARDS[0], totals=StepTotals(documents=9, text_bytes=123_456, nanoseconds=500_000_000, batches=1)
    )
    built = build_manifest(RECIPE, combine([second, first]), [shard, shard])
    assert (built["timing"]["worker_seconds"], built["timing"]["cpu_seconds"]) == (13.5, 0.5)
    assert built["timing"]["slowest_step"] == "read"
    steps = {row["step"]: row for row in built["timing"]["steps"]}
    assert steps["read"] == {
        **{"step": "read", "documents": 15, "bytes": 6_000_000, "seconds": 3.0, "cpu_seconds": 0.0},
        **{"mb_per_second": 2.0, "share": 0.6},
    }
    assert (steps["shards"]["documents"], steps["shards"]["mb_per_second"]) == (18, 0.25)
    assert (steps["waited"]["mb_per_second"], steps["waited"]["share"]) == (1.0, 0.1)  # by CPU time
    assert (steps["idle"]["mb_per_second"], steps["idle"]["share"]) == (None, 0.0)
    assert first.timing["read"].documents == 10  # what splits have counted is left as it was
    assert build_manifest(RECIPE, combine([first]), [shard]) != built
    timeless = [build_manifest(RECIPE, combine(splits()), shards) | {"timing": None} for shards in (SHARDS, [shard])]
    assert timeless[0] == timeless[1]


def test_no_time_at_all_is_no_division_by_zero() -> None:
    assert build_manifest(RECIPE, combine(splits()), SHARDS)["timing"] == {
        "worker_seconds": 0.0,
        "cpu_seconds": 0.0,
        "slowest_step": "shards",
        "steps": [
            {
                **{"step": "shards", "documents": 0, "bytes": 0, "seconds": 0.0, "cpu_seconds": 0.0},
                **{"mb_per_second": None, "share": 0.0},
            },
        ],
    }
    assert build_manifest(RECIPE, combine([]), [])["timing"]["slowest_step"] is None


def test_lists_are_in_order_whatever_came_first() -> None:
    facts = SplitFacts(number=0)
    for name in ("z", "a"):
        facts.add_input(f"in/{name}", name, 10)
        facts.add_read(ReadBatch(make_batch([]), [], {f"in/{name}": 0}, {f"in/{name}": Counter({f"reason {name}": 2})}))
        facts.add_verdicts(ledger_rows((f"in/{name}", "quarantined", "read", f"error {name}", 0, None)))
    models = [{"name": "z", "sha256": "1"}, {"name": "a", "sha256": "2"}]
    surges = [Surge(step="where", rule="minimum", first_ratio=0.1, later_ratio=0.9, after_documents=10)]
    built = build_manifest(Recipe("r", [where(letters, minimum=2)]), combine([facts]), [], models, surges)
    assert [row["source"] for row in built["inputs"]] == ["in/a", "in/z"]
    assert [row["reason"] for row in built["skipped"]] == ["reason a", "reason z"]
    assert [row["error"] for row in built["quarantine_errors"]] == ["error a", "error z"]
    assert [row["name"] for row in built["models"]] == ["a", "z"]
    assert built["tokenizer"] is None
    assert built["textmill"] == __version__
    assert built["warnings"] == [dataclasses.asdict(surges[0])]


def test_the_files_that_were_written_are_listed(manifest: dict[str, Any]) -> None:
    assert manifest["shards"] == [
        {
            **{"name": "part-00000-of-00001.parquet", "rows": 1, "tokens": 12, "text_bytes": 48},
            **{"file_bytes": 900, "sha256": "s0", "kinds": {}},
        }
    ]
    assert manifest["ledger"] == [
        {"name": "part-00000-of-00002.parquet", "rows": 4, "sha256": "l0"},
        {"name": "part-00001-of-00002.parquet", "rows": 1, "sha256": "l1"},
    ]
    assert manifest["removed"] == []
    assert manifest["quarantine"] == [{"name": "part-00000-of-00002.parquet", "rows": 1, "sha256": "q0"}]


def test_a_manifest_has_these_sections(manifest: dict[str, Any]) -> None:
    """Those of selections are there where the recipe has any."""
    sections = {
        *("textmill", "recipe", "options", "versions", "tokenizer", "models", "inputs", "funnel", "skipped"),
        *("quarantine_errors", "totals", "shards", "ledger", "removed", "quarantine", "warnings", "notices", "timing"),
    }
    assert manifest.keys() == sections
    assert (manifest["options"], manifest["warnings"], manifest["notices"]) == ({}, [], [])
    assert "resume" not in manifest["timing"]
    recipe = Recipe("r", [where(letters), Select(measurement="letters", keep_fraction=0.5)])
    full = build_manifest(recipe, combine(splits()), SHARDS, options={"a": 1}, resume={"b": 2})
    assert full.keys() == {*sections, "selections"}
    assert (full["options"], full["timing"]["resume"]) == ({"a": 1}, {"b": 2})
    assert full["funnel"][1] == {
        **{"step": "select", "rule": "keep_fraction", "documents": 0, "bytes": 0, "measurement": "letters"},
        "selects": recipe.plan.steps[1].step.describe(),  # type: ignore[attr-defined]
    }


def test_the_manifest_is_for_people_too(manifest: dict[str, Any], tmp_path: Path) -> None:
    manifest["recipe"]["name"] = "Wörter 字"
    path = write_manifest(str(tmp_path), manifest)
    assert path == f"{tmp_path}/manifest.json"
    content = Path(path).read_text("utf-8")
    assert '"name": "Wörter 字"' in content
    assert content.endswith("}\n")
    keys = re.findall(r'^  "([a-z_]+)":', content, flags=re.MULTILINE)
    assert keys == sorted(manifest)


def test_the_checksum_of_a_recipe_does_not_depend_on_where_it_lies() -> None:
    recipe = recipe_dict(Recipe("Wörter", [where(letters, minimum=2)]))
    checksum = recipe.pop("sha256")
    told = json.dumps(recipe, sort_keys=True, ensure_ascii=False).encode()
    assert checksum == hashlib.sha256(told).hexdigest()


def test_an_unfinished_run_is_told(tmp_path: Path) -> None:
    (tmp_path / "_work").mkdir()
    with pytest.raises(InputError, match="holds an unfinished run; finish it by the same command with --resume"):
        read_manifest(str(tmp_path))


@pytest.mark.parametrize("key", ["totals", "inputs", "shards", "ledger", "removed", "quarantine"])
def test_a_manifest_without_one_of_its_sections_is_none(manifest: dict[str, Any], tmp_path: Path, key: str) -> None:
    del manifest[key]
    write_manifest(str(tmp_path), manifest)
    with pytest.raises(InputError, match=f"it has no '{key}'"):
        read_manifest(str(tmp_path))


def test_only_the_last_name_of_a_folder_is_told_and_what_is_none_stands_as_given(tmp_path: Path) -> None:
    (tmp_path / "seen").mkdir()
    recipe = Recipe("r", [ExactDedup(against=(str(tmp_path / "seen"), "s3://bucket/seen", "no/such/folder"))])
    (step,) = recipe_dict(recipe)["steps"]
    assert step["exact_dedup"]["against"] == ["seen", "s3://bucket/seen", "no/such/folder"]


def test_facts_of_a_source_add_up_in_any_order() -> None:
    whole = SourceFacts(bytes=10, sha256="aa", read=3, skipped={"request": 1}, verdicts={"kept": 2})
    part = SourceFacts(read=2, skipped={"request": 2, "other": 1}, verdicts={"removed": 2})
    both = SourceFacts(
        bytes=10, sha256="aa", read=5, skipped={"request": 3, "other": 1}, verdicts={"kept": 2, "removed": 2}
    )
    assert whole + part == part + whole == both
    assert Tally(1, 10) + Tally(2, 5) == Tally(3, 15)


def test_documents_without_size_or_tokens_count_for_none() -> None:
    facts = SplitFacts(number=0)
    facts.add_verdicts(
        ledger_rows(
            ("in/a", "kept", None, None, 7, 3),
            ("in/b", "kept", None, None, 8, 4),
            ("in/b", "removed", "s", "r", 1, None),
        )
    )
    assert facts.tokens == 7
    assert facts.verdicts == {("kept", "", ""): Tally(2, 15), ("removed", "s", "r"): Tally(1, 1)}
    assert facts.sources["in/b"].verdicts == {"kept": 1, "removed": 1}
    facts.add_input("in/c", "cc")
    assert (facts.sources["in/c"].bytes, facts.sources["in/c"].read) == (0, 0)
