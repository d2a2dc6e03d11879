"""Runs that several tests look at."""

import hashlib
import importlib.util
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from textmill import Embed, ExactDedup, Language, Recipe, Select, SemanticDedup

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "examples" / "corpus"
BIN = Path(sys.executable).parent


SELECTING = [
    Language(),
    Select(
        measurement="language.score",
        buckets={"head": 0.3, "middle": 0.6, "tail": 1},
        keep=("head", "middle"),
        by="language",
    ),
    ExactDedup(),
    Select(measurement="bytes", keep_fraction=0.5, by=("source", "bucket")),
]


@pytest.fixture(scope="session")
def comparing(tmp_path_factory: pytest.TempPathFactory, make_encoder: Callable[..., Path]) -> Recipe:
    """Documents compared over the whole run by their rank, their bytes, their rank again, and their vectors."""
    words = set(re.findall(r"\w+|[.,]", (CORPUS / "essay.txt").read_text(encoding="utf-8").lower()))
    encoder = make_encoder(tmp_path_factory.mktemp("encoder"), sorted(words))
    return Recipe("compared", [*SELECTING, Embed(model=str(encoder)), SemanticDedup(min_similarity=0.95)])


def checksums(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, by its path in it; of a manifest without how long the steps took."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(_content(path)).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def load_cluster_module(engine: str) -> ModuleType:
    """``deploy/ENGINE/cluster.py``."""
    spec = importlib.util.spec_from_file_location(f"{engine}_cluster", ROOT / "deploy" / engine / "cluster.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prepared_cluster(engine: str, **options: Any) -> Any:
    """A cluster of what was prepared in the folder that TEXTMILL_ENGINE names; skips the tests where none was."""
    module = load_cluster_module(engine)
    variable = f"TEXTMILL_{engine.upper()}"
    folder = os.environ.get(variable)
    if folder is None:
        pytest.skip(f"no {engine}: run deploy/{engine}/cluster.py prepare FOLDER and set {variable}=FOLDER")
    assert module.is_prepared(Path(folder)), f"{folder} is not prepared"
    return module.Cluster(Path(folder), **options)


def _content(path: Path) -> bytes:
    if path.name != "manifest.json":
        return path.read_bytes()
    manifest = json.loads(path.read_bytes())
    assert "worker_seconds" in manifest.pop("timing")
    return json.dumps(manifest, sort_keys=True).encode()


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, installed: Callable[..., Any]) -> Path:
    """The output of the default recipe on the example corpus with two workers."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    done = installed("run", "default", CORPUS, "--output", folder, "--workers", 2, "--keep-removed", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder
