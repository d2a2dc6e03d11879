"""The loaders of examples/: by rank, from any step on, the same for any number of workers."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill.pipeline.commands.mix import mix_sources

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def mix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    rows = [{"doc_id": str(number), "input_ids": list(range(number, 2 * number + 9))} for number in range(200)]
    pq.write_table(pa.Table.from_pylist(rows), folder / "source.parquet")
    (folder / "mix.yaml").write_text(
        "sources: {all: source.parquet}\nheld_out: 0.1\npacking: {method: best_fit, length: 64, eos: 1, pad: 0}\n"
    )
    mix_sources(str(folder / "mix.yaml"), str(folder / "mix"), workers=1, plan_only=False, quiet=True, as_json=False)
    return folder / "mix"


def read(python: str, script: str, mix: Path, **options: int) -> list[dict[str, object]]:
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    cache = {"HF_DATASETS_CACHE": str(mix.parent / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [python, str(EXAMPLES / script), str(mix), *given], capture_output=True, text=True, env={**os.environ, **cache}
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(python: str, script: str, mix: Path, **workers: int) -> None:
    wanted = [
        row for path in sorted((mix / "shards").iterdir()) for row in pq.read_table(path)["input_ids"].to_pylist()
    ]
    steps = len(wanted) // (5 * 2)
    assert steps > 10
    ranks = [read(python, script, mix, batch=5, world=2, rank=rank, **workers) for rank in (0, 1)]
    seen = [ids for pair in zip(*ranks, strict=True) for one in pair for ids in one["ids"]]  # type: ignore[attr-defined]
    assert seen == wanted[: len(seen)]
    assert len(ranks[0]) == steps
    assert read(python, script, mix, batch=5, world=2, rank=1, step=7, **workers) == ranks[1][7:]


def test_datasets(mix: Path) -> None:
    check(sys.executable, "datasets_loader.py", mix)


def test_torch(mix: Path) -> None:
    python = os.environ.get("TEXTMILL_TRAINERS", sys.executable)
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
        pytest.skip("torch is not installed; name a Python that has it in TEXTMILL_TRAINERS")
    check(python, "torch_dataset.py", mix, workers=2)
    assert read(python, "torch_dataset.py", mix, batch=3) == read(python, "torch_dataset.py", mix, batch=3, workers=3)
    assert np.shape(read(python, "torch_dataset.py", mix, batch=4, steps=1)[0]["ids"]) == (4, 64)


def test_a_gpt_learns_from_what_is_exported() -> None:
    python = os.environ.get("TEXTMILL_TRAINERS", sys.executable)
    if subprocess.run([python, "-c", "import torch"], capture_output=True).returncode:
        pytest.skip("torch is not installed; name a Python that has it in TEXTMILL_TRAINERS")
    script = EXAMPLES.parent / "benchmarks" / "train_gpt.py"
    arguments = ["--trainers", python, "--steps", "30", "--formats", "numpy", "jsonl"]
    done = subprocess.run([sys.executable, str(script), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ids equal; loss") == 2
    assert "at most 0.0e+00 apart" in done.stdout
