"""Every command and snippet of the README runs as it stands, but for the set-up, which CI runs in a fresh clone."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = README.split("\n## Start\n")[1].split("\n## ")[0]
REST = README.replace(SET_UP, "")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", REST, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, shell_commands: Path) -> Path:
    """A folder that looks like the checkout, for outputs to be written into."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("examples", "benchmarks"):
        (folder / name).symlink_to(ROOT / name)
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(shell_commands)
    snippet = blocks("python")[0]
    (folder / "my_rules.py").write_text(
        "def exclamation_ratio" + snippet.split("def exclamation_ratio")[1].split("\n\n\n")[0]
    )
    return folder


def run(checkout: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(checkout), os.environ.get("PYTHONPATH", "")])}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("block", blocks("sh"), ids=lambda block: block.split("\n")[0][:40])
def test_shell_blocks(checkout: Path, block: str) -> None:
    assert run(checkout, "bash", "-euo", "pipefail", "-c", block)


@pytest.mark.parametrize("snippet", blocks("python"), ids=["compose"])
def test_python_snippets(checkout: Path, snippet: str) -> None:
    assert "gopher_quality" in run(checkout, sys.executable, "-c", snippet)


@pytest.mark.parametrize("recipe", blocks("yaml"), ids=["recipe"])
def test_recipe_files(checkout: Path, textmill: Callable[..., Any], recipe: str) -> None:
    (checkout / "mine.yaml").write_text(recipe)
    note = checkout / "note.md"
    note.write_text("Buy now!!!")
    done = textmill("clean", note, "--recipe", "mine.yaml", cwd=checkout)
    assert (done.returncode, " removed by " in done.stderr) == (1, True), done.stderr


def test_the_set_up_is_two_commands() -> None:
    commands = re.findall(r"^```sh\n(.*?)^```", SET_UP, flags=re.MULTILINE | re.DOTALL)
    assert len(commands) == 2
    assert "textmill run" in commands[0]
    assert "pytest" in commands[1]
