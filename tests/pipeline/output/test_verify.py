"""A good folder verifies; every kind of damage is noticed and named."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from textmill import InputError
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.files.storage import sha256
from textmill.pipeline.output.verify import verify


def manifest_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return loaded


def save(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest))


def first_file(folder: Path, name: str) -> Path:
    return min((folder / name).iterdir())


def forge(folder: Path, name: str, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change a file and have the manifest vouch for the new bytes, so that only its content can give it away."""
    path = first_file(folder, name)
    table = change(pq.read_table(path))
    pq.write_table(table, path)
    manifest = manifest_of(folder)
    entry = next(file for file in manifest[name] if file["name"] == path.name)
    entry["sha256"] = sha256(str(path))
    save(folder, manifest)


def put(table: pa.Table, name: str, row: int, value: Any) -> pa.Table:
    values = table[name].to_pylist()
    values[row] = value
    index = table.schema.get_field_index(name)
    return table.set_column(index, table.schema.field(index), pa.array(values, table.schema.field(index).type))


def test_a_good_folder_verifies(output: Path) -> None:
    assert len(list((output / "shards").iterdir())) == 2
    assert verify(str(output)) == []
    assert verify(f"{output}/") == []
    assert verify_folder(str(output)) == []


@pytest.mark.parametrize("options", [{"tokenize": False}, {"keep_all": False}, {"tokenize": False, "keep_all": False}])
def test_folders_without_tokens_or_documents_verify(
    tmp_path: Path, make_output: Callable[..., dict[str, Any]], options: dict[str, bool]
) -> None:
    manifest = make_output(tmp_path / "out", **options)
    assert manifest["totals"]["kept"] == (3 if options.get("keep_all", True) else 0)
    assert verify(str(tmp_path / "out")) == []


def test_it_verifies_wherever_it_is_moved_and_with_files_of_the_user(output: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere"
    output.rename(moved)
    (moved / "LICENSE").write_text("mine")
    (moved / "README.md").write_text("edited")
    assert verify(str(moved)) == []
    assert verify(moved.as_uri()) == []


@pytest.mark.parametrize("name", ["shards", "ledger", "removed", "quarantine"])
def test_a_changed_byte_is_noticed(output: Path, name: str) -> None:
    path = first_file(output, name)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (problem,) = verify(str(output))
    assert f"{name}/{path.name}" in problem
    assert manifest_of(output)[name][0]["sha256"] in problem


@pytest.mark.parametrize("name", ["shards", "ledger", "removed", "quarantine"])
def test_missing_and_extra_files_are_noticed(output: Path, name: str) -> None:
    path = first_file(output, name)
    shutil.copy(path, path.with_name("part-99999-of-00001.parquet"))
    path.unlink()
    assert verify(str(output)) == [
        f"{name}/part-99999-of-00001.parquet is not in the manifest",
        f"{name}/{path.name} is missing",
    ]


def test_leftovers_of_an_unfinished_run_are_noticed(output: Path) -> None:
    (output / "_work").mkdir()
    (output / "_work" / "split.arrow").write_bytes(b"")
    assert verify(str(output)) == [
        "_work is left: the run was interrupted; finish it by the same command with --resume"
    ]


def test_a_file_that_is_no_parquet_is_told(output: Path) -> None:
    path = first_file(output, "removed")
    path.write_bytes(b"something else")
    manifest = manifest_of(output)
    manifest["removed"][0]["sha256"] = sha256(str(path))
    save(output, manifest)
    (problem,) = verify(str(output))
    assert problem.startswith(f"removed/{path.name} is not a Parquet file")


def test_rows_are_counted_in_the_files(output: Path) -> None:
    manifest = manifest_of(output)
    manifest["shards"][0]["rows"] -= 1
    manifest["shards"][1]["rows"] += 1
    save(output, manifest)
    problems = verify(str(output))
    assert len(problems) == 2
    assert "rows, but the manifest says" in problems[0]


@pytest.mark.parametrize(
    ("name", "column", "row", "value", "told"),
    [
        (
            "ledger",
            "verdict",
            1,
            "kept",
            ["in/a.jsonl it has 4 kept", "where.minimum removed 0 documents", "are kept although"],
        ),
        ("ledger", "step", 1, "other", ["other.minimum removed 1 documents of 5 bytes, but the manifest says 0"]),
        ("ledger", "bytes", 0, 1, ["bytes_kept add up to"]),
        ("ledger", "tokens", 0, 999, ["tokens add up to", "another token_count than the ledger"]),
        ("ledger", "source", 0, "in/b", ["of in/b it has 1 kept, but the manifest says no documents"]),
        ("ledger", "doc_id", 1, "f" * 32, ["ledger: 1 doc_ids stand there more than once: " + "f" * 32]),
        ("ledger", "doc_id", 2, "0" * 32, ["kept are missing: " + "0" * 32, "shards: 1 documents are not kept"]),
        ("ledger", "kept_instead", 3, "nobody", ["1 duplicates name a document kept instead that is not there"]),
        ("ledger", "kept_instead", 3, "f" * 32, ["1 duplicates name a document kept instead that is not there"]),
        ("ledger", "cluster", 3, "f" * 32, ["1 duplicates belong to a cluster whose first document is not there"]),
        ("ledger", "cluster", 3, None, ["1 duplicates belong to a cluster whose first document is not there"]),
        ("shards", "doc_id", 0, "e" * 32, ["shards: 1 documents are not kept", "kept are missing"]),
        ("shards", "token_count", 0, 1, ["another token_count than input_ids", "another token_count than the ledger"]),
        ("removed", "doc_id", 0, "e" * 32, ["removed: 1 documents are not removed"]),
    ],
)
def test_documents_and_numbers_are_recounted(
    output: Path, name: str, column: str, row: int, value: Any, told: list[str]
) -> None:
    forge(output, name, lambda table: put(table, column, row, value))
    problems = verify(str(output))
    for part in told:
        assert any(part in problem for problem in problems), problems


def test_a_document_twice_in_the_shards_is_noticed(output: Path) -> None:
    second = sorted((output / "shards").iterdir())[1]
    elsewhere = pq.read_table(second)["doc_id"][0].as_py()
    forge(output, "shards", lambda table: put(table, "doc_id", 0, elsewhere))
    problems = verify(str(output))
    assert any(f"shards: 1 doc_ids stand there more than once: {elsewhere}" in problem for problem in problems)


def test_many_problems_of_a_kind_are_one_line(output: Path) -> None:
    def rename(table: pa.Table) -> pa.Table:
        return table.set_column(0, table.schema.field(0), pc.binary_join_element_wise(table["doc_id"], "x", ""))

    forge(output, "ledger", rename)
    missing = [problem for problem in verify(str(output)) if "are missing" in problem]
    assert len(missing) == 1
    assert missing[0].startswith("shards: 3 documents")


def test_numbers_of_the_manifest_must_add_up(output: Path) -> None:
    manifest = manifest_of(output)
    manifest["totals"]["kept"] += 1
    save(output, manifest)
    assert any("kept of all inputs = 3, but total = 4" in problem for problem in verify(str(output)))


def test_a_folder_that_is_not_an_output_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is not an output folder"):
        verify(str(tmp_path))


def test_examples_are_three_and_more_are_hinted_at(output: Path) -> None:
    def rename(count: int) -> Callable[[pa.Table], pa.Table]:
        def change(table: pa.Table) -> pa.Table:
            for row in range(count):
                table = put(table, "kept_instead", row, "nobody")
            return table

        return change

    for count in (3, 4):
        forge(output, "ledger", rename(count))
        ids = sorted(pq.read_table(first_file(output, "ledger"))["doc_id"].to_pylist()[:count])
        (problem,) = [one for one in verify(str(output)) if "name a document kept instead" in one]
        assert problem.startswith(f"ledger: {count} duplicates")
        assert problem.endswith(f": {', '.join(ids[:3])}{' …' if count > 3 else ''}")


def test_a_document_is_not_kept_instead_of_itself(output: Path) -> None:
    own = pq.read_table(first_file(output, "ledger"))["doc_id"][3].as_py()
    forge(output, "ledger", lambda table: put(table, "kept_instead", 3, own))
    (problem,) = verify(str(output))
    assert problem == f"ledger: 1 duplicates name a document kept instead that is not there: {own}"


def test_what_an_index_of_an_earlier_run_has_seen_is_not_looked_for(output: Path) -> None:
    forge(output, "ledger", lambda table: put(put(table, "kept_instead", 3, "index:monday"), "cluster", 3, None))
    assert verify(str(output)) == []


def test_a_folder_without_shards_is_told(tmp_path: Path, make_output: Callable[..., dict[str, Any]]) -> None:
    make_output(tmp_path / "out", keep_all=False)
    shutil.rmtree(tmp_path / "out" / "shards")
    save(tmp_path / "out", manifest_of(tmp_path / "out") | {"shards": []})
    assert verify(str(tmp_path / "out")) == [f"{tmp_path}/out/manifest.json lists no ledger or no shards"]


def test_what_is_recounted_is_told_in_full(output: Path) -> None:
    forge(output, "ledger", lambda table: put(table, "rule", 1, "maximum"))
    size = len(b"short")
    assert verify(str(output)) == [
        f"ledger: where.maximum removed 1 documents of {size} bytes, but the manifest says 0 of 0",
        f"ledger: where.minimum removed 0 documents of 0 bytes, but the manifest says 1 of {size}",
    ]


def test_a_verdict_that_contradicts_its_step_is_told(output: Path) -> None:
    forge(output, "ledger", lambda table: put(table, "step", 0, "where"))
    assert "ledger: 1 rows are kept although a step removed them, or removed without a step" in verify(str(output))


def test_of_an_input_that_the_ledger_does_not_know_it_has_no_documents(output: Path) -> None:
    forge(output, "ledger", lambda table: table.set_column(1, table.schema.field(1), pa.array(["in/b"] * len(table))))
    problems = verify(str(output))
    account = "3 kept, 1 quarantined, 2 removed"
    assert problems[:2] == [
        f"ledger: of in/a.jsonl it has no documents, but the manifest says {account}",
        f"ledger: of in/b it has {account}, but the manifest says no documents",
    ]


def test_rows_of_a_file_are_compared_in_every_folder(output: Path) -> None:
    for name in ("shards", "ledger", "removed", "quarantine"):
        forge(output, name, lambda table: pa.concat_tables([table, table]))
    problems = verify(str(output))
    assert [problem.split("/")[0] for problem in problems] == ["shards", "ledger", "removed", "quarantine"]
    assert problems[1].endswith("has 12 rows, but the manifest says 6")


def test_a_duplicate_in_a_cluster_that_was_quarantined_is_told(output: Path) -> None:
    forge(output, "ledger", lambda table: put(table, "cluster", 0, "f" * 32))
    (problem,) = verify(str(output))
    assert "1 duplicates belong to a cluster whose first document is not there" in problem


def test_a_run_that_did_not_keep_removed_documents_verifies(output: Path) -> None:
    shutil.rmtree(output / "removed")
    save(output, manifest_of(output) | {"removed": []})
    assert verify(str(output)) == []


def test_every_file_is_looked_at_whatever_is_wrong_with_others(output: Path) -> None:
    manifest = json.loads((output / "manifest.json").read_text())
    first, second = (output / "shards" / file["name"] for file in manifest["shards"])
    (ledger,) = (output / "ledger").iterdir()
    (removed,) = (output / "removed").iterdir()
    (quarantine,) = (output / "quarantine").iterdir()
    first.unlink()
    second.write_bytes(b"changed")
    for path, name in ((ledger, "ledger"), (removed, "removed")):
        path.write_bytes(b"no parquet")
        manifest[name][0]["sha256"] = hashlib.sha256(b"no parquet").hexdigest()
    table = pq.read_table(quarantine)
    pq.write_table(pa.concat_tables([table, table]), quarantine)
    manifest["quarantine"][0]["sha256"] = hashlib.sha256(quarantine.read_bytes()).hexdigest()
    (output / "_work").mkdir()
    (output / "ledger" / "more").write_text("")
    save(output, manifest)
    told = [re.sub("[0-9a-f]{64}", "SHA", one) for one in verify(str(output))]
    assert told[:5] == [
        "_work is left: the run was interrupted; finish it by the same command with --resume",
        "ledger/more is not in the manifest",
        f"shards/{first.name} is missing",
        f"shards/{second.name} has sha256 SHA, but the manifest says SHA: it was changed or damaged",
        told[4],
    ]
    assert told[4].startswith(f"ledger/{ledger.name} is not a Parquet file: ")
    assert told[5].startswith(f"removed/{removed.name} is not a Parquet file: ")
    assert told[6:] == [f"quarantine/{quarantine.name} has 2 rows, but the manifest says 1"]
