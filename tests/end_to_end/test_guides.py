"""The guides do what they say: their files are written, their commands, code and queries run, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from .conftest import BIN, ROOT

GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```', flags=re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    language: str
    file: str
    content: str


def blocks(guide: Path) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(guide.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_guide_does_what_it_says(
    guide: Path, shell_commands: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    path = os.pathsep.join(map(str, (shell_commands, BIN, os.environ["PATH"])))
    environment = {**os.environ, "PATH": path, "HF_HOME": str(tmp_path / "hf")}
    monkeypatch.chdir(tmp_path)
    code = ""
    for block in blocks(guide):
        if block.file:
            Path(block.file).write_text(block.content, encoding="utf-8")
        elif block.language == "sh":
            command = ["bash", "-euo", "pipefail", "-c", block.content]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, block.content + done.stderr
        elif block.language == "sql":
            found = duckdb.sql(block.content)
            assert found.columns
            found.fetchall()
        elif block.language == "python":
            code += block.content
        else:
            assert block.language == "yaml", "only recipes are shown besides what is run"
    if code:  # a guide's snippets go on from each other, as in a notebook
        Path("guide.py").write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "guide.py"], env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        assert done.returncode == 0, done.stderr


def test_the_ledger_is_asked_ten_questions() -> None:
    queries = [block.content for block in blocks(ROOT / "docs" / "guides" / "ledger.md") if block.language == "sql"]
    assert len(queries) == 10


def test_every_guide_is_listed() -> None:
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    site = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for guide in GUIDES:
        assert f"guides/{guide.name}" in index
        assert f"guides/{guide.name}" in site
