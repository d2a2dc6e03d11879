"""What ``textmill recipes`` prints, line by line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from textmill.pipeline.commands.show_recipes import show_presets, show_recipe
from textmill.pipeline.recipes.presets import preset_names, recipe_source
from textmill.pipeline.recipes.recipe_file import load_recipe


def test_presets_are_listed_with_their_descriptions(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    show_presets(as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert told.keys() == {"recipes"}
    described = {row["name"]: row["description"] for row in told["recipes"]}
    assert list(described) == list(preset_names())
    assert all(text == " ".join(text.split()) != "" for text in described.values())
    for columns, width in (("60", 60), ("20", 40)):
        monkeypatch.setenv("COLUMNS", columns)
        show_presets(as_json=False)
        lines = capsys.readouterr().out.splitlines()
        assert width - 8 < max(map(len, lines)) <= width
        heads = [line for line in lines if not line.startswith(" ")]
        assert [line[:13] for line in heads] == [f"{name:12} " for name in described]
        assert all(line[:13].isspace() and line[13] != " " for line in lines if line not in heads)
        assert " ".join(" ".join(lines).split()) == " ".join(f"{name} {text}" for name, text in described.items())


def test_a_preset_is_printed_with_what_its_steps_have_to_tell(capsys: pytest.CaptureFixture[str]) -> None:
    source = recipe_source("dclm")[0]
    notices = [notice for item in load_recipe("dclm").plan.steps for notice in item.step.notices]
    assert notices
    show_recipe("dclm", as_json=False)
    assert capsys.readouterr().out == source + "".join(f"# Note: {notice}\n" for notice in notices)
    show_recipe("dclm", as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"name": "dclm", "yaml": source, "notices": notices}


def test_a_file_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("# für mich\nname: mine\nsteps: [fasttext_classifier]")
    show_recipe(str(path), as_json=False)
    assert capsys.readouterr().out == path.read_text()
    show_recipe(str(path), as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {"name": str(path), "yaml": path.read_text(), "notices": []}
    assert "für" in line
