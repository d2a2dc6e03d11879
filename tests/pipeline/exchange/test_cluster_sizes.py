"""How many documents each one stands for, and documents repeated by it: ledger, shards, manifest and their check."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, MinHashDedup, Recipe, RecipeError, Rehydrate, UrlDedup, where
from textmill.filters.base.batch import make_batch
from textmill.pipeline.output.manifest import read_manifest
from textmill.pipeline.output.verify import verify

from ..conftest import IN_PROCESS

LONG = " ".join(f"word{number}" for number in range(200))
NEAR = LONG.replace("word7 ", "other ")
TEXTS = [LONG, NEAR, LONG, NEAR, NEAR.replace("word150", "third"), "Alone and short.", "", "gone", "Twice.", "Twice."]


def letters(text: str) -> int:
    return len(text)


def finished(folder: Path, steps: list[Any], *, workers: int = 1, texts: list[str] = TEXTS) -> Path:
    folder.mkdir()
    for number, part in enumerate(np.array_split(np.arange(len(texts)), 3)):
        lines = [json.dumps({"text": texts[index]}) + "\n" for index in part]
        (folder / f"{number}.jsonl").write_text("".join(lines))
    out = folder / "out"
    runner = IN_PROCESS if workers == 1 else "local"
    inputs = [str(path) for path in sorted(folder.glob("*.jsonl"))]
    Recipe("sizes", steps).run(inputs, output=str(out), workers=workers, runner=runner)
    return out


def rows_of(out: Path, name: str) -> list[dict[str, Any]]:
    return [row for path in sorted((out / name).glob("*")) for row in pq.read_table(path).to_pylist()]


def test_sizes_add_up_over_several_deduplications(tmp_path: Path) -> None:
    steps = [where(letters, minimum=5), ExactDedup(), MinHashDedup(keep="longest")]
    out = finished(tmp_path / "one", steps)
    rows = rows_of(out, "ledger")
    sizes = [row["cluster_size"] for row in rows]
    # 0 and 2 are equal, and 1 and 3; of what is left of them, 1 and 4 are as long as 0 or shorter.
    assert [row["step"] for row in rows][2:4] == ["exact_dedup", "exact_dedup"]
    assert Counter(sizes)[5] == 1
    assert sizes[5:8] == [1, None, None]
    assert sizes[8:] == [2, 1]
    (survivor,) = [row for row in rows[:5] if row["verdict"] == "kept"]
    assert survivor["cluster_size"] == 5
    assert sum(row["cluster_size"] for row in rows if row["verdict"] == "kept") == 8
    assert {row["doc_id"]: row["cluster_size"] for row in rows_of(out, "shards")} == {
        row["doc_id"]: row["cluster_size"] for row in rows if row["verdict"] == "kept"
    }
    assert verify(str(out)) == []
    two = finished(tmp_path / "two", steps, workers=2)
    assert rows_of(two, "ledger") == rows


def test_shards_of_a_recipe_without_deduplication_have_no_sizes(tmp_path: Path) -> None:
    out = finished(tmp_path / "run", [where(letters, minimum=5)])
    assert "cluster_size" not in rows_of(out, "shards")[0]


@pytest.mark.parametrize("repeat_rows", [True, False])
def test_documents_are_repeated_by_the_size_of_their_cluster(tmp_path: Path, repeat_rows: bool) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "name: sizes\nsteps:\n  - minhash_dedup\n  - rehydrate: {sizes: [1, 2, 3], repeats: [1, 2, 4], "
        f"repeat_rows: {str(repeat_rows).lower()}}}\n  - tokenize: {{tokenizer: cl100k}}\n"
    )
    out = finished(tmp_path / "run", list(Recipe.load(str(recipe)).steps))
    assert verify(str(out)) == []
    shards = rows_of(out, "shards")
    wanted = {LONG: 4, "Alone and short.": 1, "gone": 1, "Twice.": 2}
    assert Counter(row["text"] for row in shards) == (wanted if repeat_rows else dict.fromkeys(wanted, 1))
    assert {row["text"]: row["repeats"] for row in shards} == wanted
    totals = read_manifest(str(out))["totals"]
    assert totals["kept"] == 4
    if repeat_rows:
        assert totals["copies"] == 4
        assert totals["tokens"] + totals["tokens_of_copies"] == sum(row["token_count"] for row in shards)
        assert "4 copies" in (out / "README.md").read_text()
    else:
        assert "copies" not in totals


def test_a_missing_copy_is_found(tmp_path: Path) -> None:
    out = finished(tmp_path / "run", [ExactDedup(), Rehydrate()], texts=["a b", "a b", "c d", "c d"])
    assert verify(str(out)) == []
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["totals"]["copies"] -= 1
    (out / "manifest.json").write_text(json.dumps(manifest))
    assert verify(str(out)) == ["rows of the shards = 4, but documents kept and copies = 3"]


def test_the_published_table() -> None:
    sizes = [1, 2, 3, 4, 5, 99, 100, 999, 1000, 10**9, None]
    batch = make_batch(["text"] * len(sizes)).append_column("cluster_size", pa.array(sizes, pa.int64()))
    assert Rehydrate().measure(batch)["rehydrate.repeats"].to_pylist() == [1, 2, 3, 3, 5, 5, 8, 8, 1, 1, 1]
    assert Recipe("r", [ExactDedup(), Rehydrate()]).clean("One text.").text == "One text."


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Rehydrate(sizes=(1, 2), repeats=(1,)), "2 sizes and 1 repeats"),
        (lambda: Rehydrate(sizes=(2, 3), repeats=(1, 1)), "ascend from 1 on"),
        (lambda: Rehydrate(sizes=(1, 3, 3), repeats=(1, 1, 1)), "ascend from 1 on"),
        (lambda: Rehydrate(sizes=(1,), repeats=(0,)), "at least once"),
        (lambda: Recipe("r", [Rehydrate()]), "rehydrate reads cluster_size, but no deduplication of whole documents"),
        (lambda: Recipe("r", [ExactDedup(), Rehydrate(), UrlDedup()]), "url_dedup stands after rehydrate"),
        (lambda: Recipe("r", [ExactDedup(), Rehydrate(), Rehydrate()]), "rehydrate stands after rehydrate"),
    ],
)
def test_what_does_not_fit_is_refused(make: Any, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        make()


def test_a_table_of_repeats_in_a_list_is_the_same_step() -> None:
    given = Rehydrate(sizes=[1, 2], repeats=[1, 3])  # type: ignore[arg-type]  # as a recipe file has it
    assert given == Rehydrate(sizes=(1, 2), repeats=(1, 3))
    assert hash(given) == hash(Rehydrate(sizes=(1, 2), repeats=(1, 3)))
