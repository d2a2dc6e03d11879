"""The examples at the end of ``--help`` are commands that exist, with options that they have."""

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer.main

from textmill.pipeline.cli import app
from textmill.pipeline.command_line.examples import EXAMPLES, epilog


def commands(group: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command by its whole name, those of groups too."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name)), command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_examples_that_it_takes(name: str) -> None:
    command = COMMANDS[name]
    options = {option for parameter in command.params for option in parameter.opts}
    assert command.epilog == epilog(name)
    for example in EXAMPLES[name]:
        _, _, used = example.partition("textmill ")
        words = shlex.split(used, comments=False)
        depth = len(name.split())
        assert " ".join(words[:depth]) == name, example
        words = words[: words.index("--")] if "--" in words else words
        given = [word for word in words[depth:] if word.startswith("-") and word != "-"]
        assert set(given) <= options, example
    assert set(EXAMPLES) == set(COMMANDS)


def test_the_list_of_commands_has_whole_sentences(textmill: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    told = textmill("--help", env={**os.environ, "COLUMNS": "80"}).stdout
    assert "..." not in told.partition("Commands:")[2]
    assert max(map(len, told.splitlines())) <= 80
