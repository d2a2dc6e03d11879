"""Deduplication by the command: clusters joined on one worker or on all of them, from the same files."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq

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


def test_an_unknown_way_to_join_clusters_is_refused(
    textmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = textmill("run", "default", CORPUS, "--output", tmp_path / "out", "--components", "some")
    assert done.returncode == 2
    assert "choose auto, single or distributed" in done.stderr
