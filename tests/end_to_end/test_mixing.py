"""Finished runs mixed by the command, with measurements of their ledgers."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import zstandard

RECIPE = """
name: counted
steps:
  - where: {function: "builtins:len", measurement: chars, returns: int}
  - tokenize: {tokenizer: cl100k}
"""
MIX = """
tokens: 8000
sources:
  web: {path: web, weight: 3}
  notes: {path: notes, weight: 1, where: chars > 500}
packing: {method: concat, length: 256, eos: 100257}
held_out: 0.05
"""


def test_runs_become_sequences(tmp_path: Path, textmill: Callable[..., Any]) -> None:
    documents, chars = {}, {}
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    (tmp_path / "mix.yaml").write_text(MIX)
    for name in ("web", "notes"):
        texts = [
            f"The {name} page {n} tells of mills. " + "It has a wheel and a river. " * (n % 40) for n in range(200)
        ]
        file = tmp_path / f"{name}.jsonl"
        file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
        done = textmill("run", tmp_path / "recipe.yaml", file, "-o", tmp_path / name, "-q", "--workers", 1)
        assert done.returncode == 0, done.stderr
        for row in pq.read_table(tmp_path / name / "shards").to_pylist():
            documents[name, row["doc_id"]] = [*row["input_ids"], 100257]
            chars[name, row["doc_id"]] = len(row["text"])
    done = textmill("mix", tmp_path / "mix.yaml", "-o", tmp_path / "out", "--workers", 2)
    assert (done.returncode, done.stderr) == (0, "")
    assert "8,000 tokens" in done.stdout
    counted = Counter[str]()
    for row in pq.read_table(tmp_path / "out" / "shards").to_pylist():
        position = 0
        for one in row["documents"]:
            key, end = (one["source"], one["doc_id"]), position + one["length"]
            assert row["input_ids"][position:end] == documents[key][one["start"] : one["start"] + one["length"]]
            assert one["source"] == "web" or chars[key] > 500
            counted[one["source"]] += one["length"]
            position = end
    assert counted == {"web": 6000, "notes": 2000}
    assert textmill("verify", tmp_path / "out").returncode == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["tokenizer"]["name"] == "cl100k"
    done = textmill("export", tmp_path / "notes", "--format", "jsonl.zst", "-o", tmp_path / "lines")
    assert (done.returncode, done.stderr) == (0, "")
    with zstandard.open(next((tmp_path / "lines").glob("*.zst")), "rt") as lines:
        exported = [json.loads(line) for line in lines]
    found = {row["documents"][0]["doc_id"]: row["input_ids"] for row in exported}
    assert found == {name: ids[:-1] for (source, name), ids in documents.items() if source == "notes"}
    assert textmill("verify", tmp_path / "lines").returncode == 0
    again = textmill("mix", tmp_path / "mix.yaml", "-o", tmp_path / "out")
    assert again.returncode == 2
    assert "holds something already" in again.stderr
