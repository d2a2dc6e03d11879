"""A small GPT trained from every exported format: ``python benchmarks/train_gpt.py [--trainers PYTHON] [--steps 50]``.

From the example corpus to the 50th step with textmill alone: a vocabulary is trained, the corpus cleaned and tokenised
with it, mixed into sequences of 128, and written in every format. Then a GPT of two layers is trained on one core from
each of them, read by the framework's own reader (``tests/pipeline/export/read_back.py``). The ids must be those of the
mix, row by row, and the loss must fall; with the same ids it falls in the same way, whatever the format.

PYTHON is one with torch, megatron-core, mosaicml-streaming, litdata, datatrove and webdataset; JSON lines are
read by ``json`` there. Formats whose package it has not are named and left out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow.parquet as pq

from textmill.pipeline.export.export import FORMATS, export

ROOT = Path(__file__).parents[1]
TRAINER = Path(__file__).parent / "peers" / "small_gpt.py"
READERS = ROOT / "tests" / "pipeline" / "export" / "read_back.py"
LENGTH, VOCABULARY = 128, 2000
RECIPE = """
name: small
steps:
  - gopher_quality: {min_stop_words: 0, min_words: 20}
  - exact_dedup
  - tokenize: {tokenizer: TOKENIZER}
"""
MIX = "sources: {all: run}\nmax_epochs: 2\npacking: {method: concat, length: LENGTH, eos: 0, pad: 0}\n"


def textmill(*arguments: object, folder: Path) -> None:
    command = [str(Path(sys.executable).with_name("textmill")), *map(str, arguments), "-q"]
    subprocess.run(command, check=True, cwd=folder, capture_output=True)


def make_mix(folder: Path) -> Path:
    """Everything before the export."""
    corpus = ROOT / "examples" / "corpus"
    size = ("--vocabulary-size", VOCABULARY, "--special", "<|end|>")
    textmill("train", "tokenizer", "bpe", corpus, "-o", folder / "tokenizer", *size, folder=folder)
    tokenizer = folder / "tokenizer" / "tokenizer.json"
    (folder / "small.yaml").write_text(RECIPE.replace("TOKENIZER", str(tokenizer)))
    (folder / "mix.yaml").write_text(MIX.replace("LENGTH", str(LENGTH)))
    textmill("run", "small.yaml", corpus, "-o", "run", folder=folder)
    textmill("mix", "mix.yaml", "-o", "mix", folder=folder)
    return folder / "mix"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trainers", default=sys.executable)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        mix = make_mix(Path(work))
        rows = [
            row for path in sorted((mix / "shards").iterdir()) for row in pq.read_table(path)["input_ids"].to_pylist()
        ]
        expected = Path(work, "expected.json")
        expected.write_text(json.dumps(rows))
        print(f"{len(rows):,} sequences of {LENGTH} tokens, {given.steps} steps of 8 sequences")
        losses = {}
        for kind in given.formats:
            out = Path(work, f"as-{kind}")
            export(str(mix), str(out), kind)
            command = [given.trainers, TRAINER, READERS, kind, out, LENGTH, VOCABULARY, given.steps, expected]
            done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
            if done.returncode == 3:
                print(f"  {kind:10} left out: {done.stdout.strip()}")
                continue
            if done.returncode:
                raise SystemExit(f"{kind}: {done.stderr[-3000:]}")
            losses[kind] = json.loads(done.stdout.splitlines()[-1])
            first, last = losses[kind][0], sum(losses[kind][-5:]) / 5
            assert last < first - 1, f"{kind}: the loss does not fall"
            print(f"  {kind:10} ids equal; loss {first:.3f} → {last:.3f}")
        assert losses, "no format could be read"
        apart = max(
            abs(a - b) for one in losses.values() for a, b in zip(one, next(iter(losses.values())), strict=True)
        )
        print(f"losses of all formats, step by step, are at most {apart:.1e} apart")


if __name__ == "__main__":
    main()
