"""Runs that several tests look at."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "examples" / "corpus"
BIN = Path(sys.executable).parent


def checksums(folder: Path) -> dict[str, str]:
    """sha256 of every file below a folder, by its path in it; of a manifest without how long the steps took."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(_content(path)).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _content(path: Path) -> bytes:
    if path.name != "manifest.json":
        return path.read_bytes()
    manifest = json.loads(path.read_bytes())
    assert "worker_seconds" in manifest.pop("timing")
    return json.dumps(manifest, sort_keys=True).encode()


@pytest.fixture(scope="session")
def textmill() -> Callable[..., subprocess.CompletedProcess[str]]:
    """The installed command, run as a user would."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(BIN / "textmill"), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, textmill: Callable[..., Any]) -> Path:
    """The output of the default recipe on the example corpus with two workers."""
    folder = tmp_path_factory.mktemp("finished") / "out"
    done = textmill("run", "default", CORPUS, "--output", folder, "--workers", 2, "--keep-removed", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder
