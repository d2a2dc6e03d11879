"""The examples at the end of ``--help`` are commands that exist, with options that they have."""

import shlex

import pytest
import typer.main

from textmill.pipeline.cli import app
from textmill.pipeline.command_line.examples import EXAMPLES, epilog

GROUP = typer.main.get_command(app)
COMMANDS = {name: command for name, command in GROUP.commands.items() if not hasattr(command, "commands")}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_examples_that_it_takes(name: str) -> None:
    command = COMMANDS[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert command.epilog == epilog(name)
    for example in EXAMPLES[name]:
        _, _, used = example.partition("textmill ")
        words = shlex.split(used, comments=False)
        assert words[0] == name, example
        words = words[: words.index("--")] if "--" in words else words
        given = [word for word in words[1:] if word.startswith("-") and word != "-"]
        assert set(given) <= options, example
    assert {one for one in EXAMPLES if " " not in one} == set(COMMANDS)
