"""Deduplication by the command: clusters joined on one worker or on all of them, from the same files."""

import itertools
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

from textmill import InputOptions, Recipe

from .conftest import CORPUS, checksums

RECIPE = """
name: near duplicates
steps:
  - url_dedup
  - minhash_dedup: {preset: bigcode, verify: jaccard, keep: longest}
"""


def test_clusters_joined_in_one_place_or_on_all_workers_give_the_same_bytes(
    textmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(RECIPE)
    found = []
    for components, workers in (("single", 2), ("distributed", 1)):
        out = tmp_path / components
        options = ("--output", out, "--workers", workers, "--components", components, "--quiet")
        done = textmill("run", recipe, CORPUS / "web.warc.gz", CORPUS / "records.jsonl", *options)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        found.append({name: sum_ for name, sum_ in checksums(out).items() if not name.endswith("manifest.json")})
    assert found[0] == found[1]
    table = pq.read_table(tmp_path / "single" / "ledger")
    removed = [row for row in table.to_pylist() if row["step"] == "minhash_dedup"]
    assert removed
    assert all(row["cluster"] and row["similarity"] > 0.5 for row in removed)


SIZES = """
name: sizes
steps:
  - exact_dedup
  - minhash_dedup: {{verify: containment, keep: longest, {index}}}
  - rehydrate: {{sizes: [1, 2, 3], repeats: [1, 2, 5]}}
  - tokenize
"""


def test_sizes_containment_and_index_are_the_same_with_any_workers_and_commands_know_them(
    textmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    articles = [" ".join(f"w{seed}x{number}" for number in range(200)) for seed in range(30)]
    texts = [*articles, *(f"{one} and {two}" for one, two in itertools.pairwise(articles[::3])), *articles[:4]]
    inputs = []
    for number in range(3):
        inputs.append(tmp_path / f"{number}.jsonl")
        inputs[-1].write_text("".join(json.dumps({"text": text}) + "\n" for text in texts[number::3]))
    found = []
    for workers in (1, 2):
        recipe = tmp_path / "recipe.yaml"
        recipe.write_text(SIZES.format(index=f"write_index: {tmp_path}/{workers}/seen"))
        out = tmp_path / f"out{workers}"
        for resume in (False, True):
            reading = InputOptions(split_bytes=9000)
            Recipe.load(str(recipe)).run(
                [str(path) for path in inputs], output=str(out), workers=workers, reading=reading, resume=resume
            )
        assert textmill("verify", out).returncode == 0
        found.append(checksums(out) | checksums(tmp_path / str(workers) / "seen"))
    for sums in found:
        del sums["manifest.json"]  # the recipe in it names another folder
    assert {name: one for name, one in found[0].items() if name != "README.md" and "html" not in name} == {
        name: one for name, one in found[1].items() if name != "README.md" and "html" not in name
    }
    ledger = pq.read_table(tmp_path / "out1" / "ledger").to_pylist()
    largest = max(ledger, key=lambda row: row["cluster_size"])
    assert largest["cluster_size"] >= 3
    assert sum(row["cluster_size"] for row in ledger if row["verdict"] == "kept") == len(texts)
    shards = pq.read_table(tmp_path / "out1" / "shards")
    assert shards.num_rows == sum(row["rehydrate.repeats"] for row in ledger if row["verdict"] == "kept")
    told = textmill("explain", tmp_path / "out1", "--document", largest["doc_id"])
    assert f"stands for {largest['cluster_size']} documents" in told.stdout
    done = textmill("retune", tmp_path / "out1", "--set", "minhash_dedup.min_similarity=0.9")
    assert (done.returncode, done.stderr) == (0, "")
    later = tmp_path / "later.jsonl"
    later.write_text("".join(json.dumps({"text": text}) + "\n" for text in [articles[0], "Nothing of the kind."]))
    recipe.write_text(SIZES.format(index=f"against: {tmp_path}/1/seen"))
    assert textmill("run", recipe, later, "-o", tmp_path / "later", "--workers", 1, "-q").returncode == 0
    assert textmill("verify", tmp_path / "later").returncode == 0
    rules = {row["rule"]: row for row in pq.read_table(tmp_path / "later" / "ledger").to_pylist()}
    assert (rules["seen"]["similarity"], rules["seen"]["kept_instead"]) == (1.0, "index:seen")


def test_an_unknown_way_to_join_clusters_is_refused(
    textmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = textmill("run", "default", CORPUS, "--output", tmp_path / "out", "--components", "some")
    assert done.returncode == 2
    assert "choose auto, single or distributed" in done.stderr
