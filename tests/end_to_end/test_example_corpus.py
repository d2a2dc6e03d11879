"""The example corpus is small, and made by its script to the byte."""

import subprocess
import sys
from pathlib import Path

from .conftest import CORPUS, ROOT, checksums


def test_the_script_makes_the_committed_corpus(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "examples" / "make_corpus.py"), str(tmp_path / "corpus")], check=True)
    made = checksums(tmp_path / "corpus")
    assert made == checksums(CORPUS)
    assert sum((CORPUS / name).stat().st_size for name in made) < 1_000_000
