"""``init`` writes a recipe that loads, with every parameter of every step beside it."""

import inspect
import re
from pathlib import Path

import pytest
import yaml

from textmill.errors import InputError, RecipeError
from textmill.pipeline.commands.init import STARTER, starter_recipe, write_recipe
from textmill.pipeline.recipes.presets import recipe_source
from textmill.pipeline.recipes.recipe_file import load_recipe, parse_recipe
from textmill.pipeline.recipes.registry import STEPS

PARAMETER = re.compile(r"    #   (\w+):(?: (.*?))?(?:  \(.*)?", re.DOTALL)


def test_the_starter_loads_and_names_every_parameter_with_its_default(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write_recipe(path, None)
    recipe = load_recipe(str(path))
    assert (recipe.name, [step.name for step in recipe.steps]) == ("mine", [name for name, _ in STARTER])
    blocks = path.read_text().split("\n  - ")[1:]
    for (name, given), block in zip(STARTER, blocks, strict=True):
        shown = dict(found.groups() for line in block.splitlines() if (found := PARAMETER.fullmatch(line)))
        parameters = inspect.signature(STEPS[name]).parameters
        assert shown.keys() | yaml.safe_load("{" + given + "}").keys() == parameters.keys()
        for parameter, written in shown.items():
            default = parameters[parameter].default
            if default is not inspect.Parameter.empty:
                read = yaml.safe_load(written)
                assert (tuple(read) if isinstance(read, list) else read) == default, (name, parameter)
    assert all(len(line) < 130 for line in path.read_text().splitlines())
    assert ":class:" not in path.read_text()
    assert "``" not in path.read_text()


def test_a_parameter_can_be_taken_out_of_its_comment() -> None:
    text = starter_recipe("a.yaml", "no")  # a name that YAML would read as false
    assert parse_recipe(text, "a.yaml").name == "no"
    head, tail = text.split("- c4_quality\n")
    changed = parse_recipe(
        f"{head}- c4_quality:\n{tail.replace('    #   min_sentences: 3 ', '        min_sentences: 4 #')}", "a"
    )
    assert changed.steps[3].min_sentences == 4  # type: ignore[attr-defined]


def test_a_preset_is_copied_as_it_is(tmp_path: Path) -> None:
    write_recipe(tmp_path / "mine.yaml", "fineweb")
    assert (tmp_path / "mine.yaml").read_text() == recipe_source("fineweb")[0]


def test_a_copied_file_is_a_recipe(tmp_path: Path) -> None:
    good, broken = tmp_path / "good.yaml", tmp_path / "broken.yaml"
    good.write_text('name: own # mine\nsteps:\n  - where: {function: "not_there:rule", maximum: 1}\n')
    write_recipe(tmp_path / "mine.yaml", str(good))
    assert (tmp_path / "mine.yaml").read_text() == good.read_text()
    broken.write_text("name: own\nsteps:\n  - gopher_qualty\n")
    with pytest.raises(RecipeError, match=r"broken\.yaml:3: unknown step 'gopher_qualty'; did you mean"):
        write_recipe(tmp_path / "other.yaml", str(broken))
    assert not (tmp_path / "other.yaml").exists()


def test_nothing_is_overwritten_and_presets_must_exist(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    with pytest.raises(RecipeError, match="did you mean 'fineweb'"):
        write_recipe(path, "finweb")
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(InputError, match="exists; name another file"):
        write_recipe(path, None)
    with pytest.raises(InputError, match="cannot write"):
        write_recipe(path / "below.yaml", None)
    assert path.read_text() == "mine"


def test_what_stands_around_the_steps() -> None:
    text = starter_recipe("mine.yaml", "wörter: mine")
    head, _, steps = text.partition("\nsteps:\n")
    assert head.splitlines()[-1] == "name: 'wörter: mine'"
    assert "#   textmill run mine.yaml FOLDER --output OUT          run it\n" in head
    first, *others = steps.split("\n\n")
    blocks = [first.lstrip("\n"), *others]
    for (name, given), block in zip(STARTER, blocks, strict=True):
        lines = block.rstrip("\n").split("\n")
        (at,) = [number for number, line in enumerate(lines) if line.startswith("  - ")]
        assert lines[at] == f"  - {name}: {{{given}}}" if given else f"  - {name}"
        assert all(line.startswith("  # ") and len(line) <= 110 for line in lines[:at])
        assert all(line.startswith("    # ") and len(line) <= 110 for line in lines[at + 1 :])
        assert at > 0
    assert "    #   max_score: " not in blocks[0]
    assert "    #   by: null" in blocks[4]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not any(line.endswith(".)") for line in text.splitlines())  # what a parameter means is no sentence
    assert sum(line.endswith(")") for line in text.splitlines()) > 50
