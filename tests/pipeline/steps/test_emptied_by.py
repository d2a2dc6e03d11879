"""What is recorded of a blank document does not depend on the documents beside it."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from textmill import Recipe

from ..conftest import IN_PROCESS

BLANK = '{"id": "blank", "text": " \\n "}\n'


@pytest.mark.parametrize("neighbour", ["Write to anna@example.com today.", "Nothing to edit."])
def test_a_blank_document_is_judged_alike_beside_any_neighbour(neighbour: str, tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(BLANK + '{"id": "other", "text": "' + neighbour + '"}\n')
    recipe = tmp_path / "it.yaml"
    recipe.write_text("name: it\nsteps:\n  - scrub_pii\n  - gopher_quality: {min_words: 1}\n")
    Recipe.load(str(recipe)).run([str(tmp_path / "in.jsonl")], output=str(tmp_path / "out"), runner=IN_PROCESS)
    rows = pq.read_table(tmp_path / "out" / "ledger").to_pylist()
    (blank,) = [row for row in rows if row["bytes"] < 5]
    assert (blank["verdict"], blank["step"], blank["emptied_by"]) == ("removed", "read", None)
