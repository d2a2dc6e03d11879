"""Commands spare what they read, and what is empty, unreadable or oddly named costs no traceback."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textmill.errors import InputError
from textmill.pipeline.cli import app
from textmill.pipeline.commands.printable import printable

TEXT = "The mill at the river grinds wheat for the bakers of the town, and it is paid in bread and in coin. " * 8
Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Told:
    def call(*arguments: object) -> tuple[int, str, str]:
        code = app(args=[str(one) for one in arguments], standalone_mode=False)
        return code or 0, *capsys.readouterr()

    return call


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "r.yaml"
    path.write_text("name: r\nsteps: [gopher_quality]\n", encoding="utf-8")
    return path


def test_clean_does_not_write_over_its_inputs(run: Told, recipe: Path, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    note = folder / "a.txt"
    note.write_text(TEXT, encoding="utf-8")
    (tmp_path / "link.txt").symlink_to(note)
    for output in (("-o", note), ("-o", tmp_path / "link.txt"), ("--output-dir", folder)):
        with pytest.raises(InputError, match="is an input, and would be written over"):
            run("clean", note, "--recipe", recipe, *output)
        assert note.read_text(encoding="utf-8") == TEXT
    assert run("clean", note, "--recipe", recipe, "-q", "-o", tmp_path / "b.txt")[0] == 0
    assert (tmp_path / "b.txt").read_text(encoding="utf-8").split() == TEXT.split()


def test_names_command_no_terminal(run: Told, recipe: Path, tmp_path: Path) -> None:
    assert printable("ä\x1b[31m\n\u202e\udcff b") == "ä\\x1b[31m\\n\\u202e\udcff b"
    note = tmp_path / "\x1b[31mred\n.txt"
    note.write_text(TEXT, encoding="utf-8")
    code, _, verdict = run("clean", note, "--recipe", recipe)
    assert (code, verdict.count("\n")) == (0, 1)
    assert verdict.startswith("\\x1b[31mred\\n.txt ")
    assert run("explain", note, "--recipe", recipe)[1].startswith("\\x1b[31mred\\n.txt ")


def test_errors_command_no_terminal(textmill: Callable[..., Any], recipe: Path, tmp_path: Path) -> None:
    name = "\x1b]0;owned\x07.epub"
    (tmp_path / name).write_bytes(b"PK\3\4")
    (tmp_path / "\x1b[31mred.txt").write_text(TEXT, encoding="utf-8")
    for arguments in (
        ("clean", f"no{name}"),
        ("verify", name),
        ("init", name),
        (f"no{name}",),
        ("clean", f"--no{name}"),
        ("clean", name, "--recipe", recipe),
        ("clean", name, "--recipe", recipe, "--set", f"{name}=1"),
        ("stats", name, "\x1b[31mred.txt"),
    ):
        done = textmill(*arguments, cwd=tmp_path)
        told = done.stdout + done.stderr
        assert "\x1b" not in told, arguments
        assert ("\\x1b[31mred" if arguments[0] == "stats" else "\\x1b]0;owned\\x07") in told, arguments
    assert printable("می\u200cخواهم") == "می\u200cخواهم"


def test_standard_input_is_read_once(run: Told) -> None:
    with pytest.raises(InputError, match="standard input is named twice"):
        run("clean", "-", "-")


def test_stats_of_nothing_that_can_be_read_and_of_one_long_word(run: Told, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("broken\n", encoding="utf-8")
    code, told, _ = run("stats", tmp_path / "a.jsonl")
    assert (code, told.splitlines()[0]) == (0, "0 documents, 0 bytes of text; 1 cannot be read")
    (tmp_path / "long.txt").write_text("x" * 1_000_000, encoding="utf-8")
    assert max(map(len, run("stats", tmp_path / "long.txt")[1].splitlines())) < 300


@pytest.mark.parametrize("command", ["clean", "explain", "stats"])
def test_an_empty_input_is_not_the_folder_one_stands_in(run: Told, command: str) -> None:
    with pytest.raises(InputError, match="an input is empty"):
        run(command, "")


def test_a_page_is_not_asked_for_beside_json(run: Told, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--html or --json"):
        run("explain", tmp_path, "--html", "--json")
