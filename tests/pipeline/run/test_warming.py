"""A driver that has warmed up has what its copies need, has called nobody else's code, and can still be copied."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WARM = """
import json, os, sys
import textmill
from textmill.pipeline.job.job import Job
from textmill.pipeline.run.warming import warm_up

recipe, kernels = sys.argv[1:]
warm_up(Job(recipe=textmill.Recipe.load(recipe), inputs=(), output="none"))
from textmill.dedup.documents import shingles
from textmill.dedup.documents.signatures import permutations
from textmill.filters.kernels.machine.kernel import KERNELS
from textmill.filters.kernels.models import fasttext
from textmill.filters.kernels.words import repetition

def is_loaded(name):
    return any(kernel.is_loaded for kernel in KERNELS if kernel.__module__ == globals()[name].__name__)

others = set(os.listdir("/proc/self/task")) - {str(os.getpid())}
threads = [open(f"/proc/self/task/{task}/comm").read().strip() for task in others]
print(json.dumps({
    "ready": [name for name in kernels.split() if is_loaded(name)],
    "permutations": permutations.cache_info().currsize,
    "threads": [name for name in threads if name != "jemalloc_bg_thd"],  # Arrow's own, which copes with copies
}))
"""


def warmed(recipe: str, kernels: str, folder: Path) -> dict[str, object]:
    environment = {**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"), "1")}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-c", WARM, recipe, kernels]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=folder)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_kernels_and_models_are_loaded_without_threads(tmp_path: Path) -> None:
    found = warmed("fineweb", "shingles fasttext repetition", tmp_path)
    assert found == {"ready": ["shingles", "fasttext", "repetition"], "permutations": 1, "threads": []}


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc")
def test_functions_of_the_users_are_not_called(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\n\n\ndef seen(text: str) -> float:\n    Path('called').touch()\n    return 1.0\n"
    )
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nsteps:\n  - where: {function: 'mine:seen', minimum: 0}\n"
        "  - any_of:\n      - gopher_quality\n      - where: {function: 'mine:seen', minimum: 0}\n"
        "  - gopher_repetition\n  - minhash_dedup\n"
    )
    found = warmed("mine.yaml", "shingles fasttext repetition", tmp_path)
    assert found["ready"] == ["shingles", "repetition"]
    assert not (tmp_path / "called").exists()
