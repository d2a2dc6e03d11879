"""The notebook runs from its first cell to its last, and shows what stands in it."""

from pathlib import Path

import pytest

from .conftest import ROOT

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

NOTEBOOK = ROOT / "examples" / "first_run.ipynb"


def shown(cell: dict) -> list[str]:
    """What a cell has put out as text, as far as people are to see the same."""
    outputs = cell.get("outputs", [])
    assert all(output["output_type"] == "execute_result" for output in outputs), outputs
    return ["".join(output["data"]["text/plain"]) for output in outputs]


def test_the_notebook_shows_what_stands_in_it(tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "examples" / "corpus")
    stored = nbformat.read(NOTEBOOK, as_version=4)
    fresh = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(
        fresh, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    assert [shown(cell) for cell in fresh.cells] == [shown(cell) for cell in stored.cells]
    as_html = [output["data"].get("text/html", "") for cell in fresh.cells for output in cell.get("outputs", [])]
    assert any("<del" in html and "&lt;EMAIL&gt;" in html for html in as_html)


def test_the_notebook_holds_nothing_of_a_machine() -> None:
    content = NOTEBOOK.read_text(encoding="utf-8")
    assert str(Path.home()) not in content
    assert "/tmp" not in content
