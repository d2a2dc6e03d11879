"""Every command takes ``--json``, and prints the keys that docs/json.md promises."""

import dataclasses
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from textmill.pipeline.cli import app
from textmill.pipeline.commands.build_kernels import Built
from textmill.pipeline.commands.push import Pushed

from .test_examples import COMMANDS

ROOT = Path(__file__).parents[3]
TEXTMILL = Path(sys.executable).with_name("textmill")
ROW = re.compile(r"^\| `([a-z ]+)` \| (.*) \|$", re.MULTILINE)
SENTENCE = "In the year {0} the mill at the river ground {0} sacks of wheat for the bakers of the town, and was paid."


def promised() -> dict[str, list[set[str]]]:
    """The keys of each command's objects, for each way of calling it: what stands between semicolons."""
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    return {
        command: [
            set(re.findall(r"`([a-z_0-9]+)`", re.sub(r"`--[a-z-]+`|`\w+\.json`", "", way))) for way in told.split(";")
        ]
        for command, told in ROW.findall(page)
    }


PROMISED = promised()
PROMISED["recipes"] = [{"recipes"}, PROMISED["recipes"][1]]  # the first way names the keys of its rows too
PROMISED["init"] = [PROMISED["init"][0] | PROMISED["init"][1]]
PROMISED["clean"] = PROMISED["clean"][:1]
PROMISED["view"] = PROMISED["view"][:1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs over the same texts, and a recipe, a mix and an unreadable file beside them."""
    made = tmp_path_factory.mktemp("json")
    (made / "recipe.yaml").write_text(
        "name: small\nsteps:\n  - gopher_quality: {min_words: 10}\n  - tokenize\n", encoding="utf-8"
    )
    texts = [" ".join(SENTENCE.format(1000 + number + more) for more in range(12)) for number in range(60)]
    lines = [json.dumps({"text": text}) for text in [*texts, "short"]]
    (made / "in.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rows = [{"text": f"zebra {number} lamp " * 30} for number in range(10)]
    (made / "other.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    (made / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (made / "mix.yaml").write_text(f"name: mixed\nsources: {{a: {made / 'a'}}}\nweights: {{a: 1}}\n", encoding="utf-8")
    for name, settings in (("a", []), ("b", ["--set", "gopher_quality.min_words=300"])):
        command = [TEXTMILL, "run", made / "recipe.yaml", made / "in.jsonl", "-o", made / name, "--workers", "1"]
        done = subprocess.run([*command, *settings, "--json"], check=True, capture_output=True, text=True)
        assert done.stderr == ""
        assert json.loads(done.stdout).keys() == PROMISED["run"][0]
    return made


@pytest.fixture(autouse=True)
def _same_signals() -> Iterator[None]:
    """Commands that are interrupted set a handler, here in the process of the tests."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def objects(capsys: pytest.CaptureFixture[str], *arguments: object) -> list[dict[str, object]]:
    """What a command prints with ``--json``, in this process."""
    app(args=[*map(str, arguments), "--json"], standalone_mode=False)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_command_takes_it_and_is_told_of() -> None:
    for name, command in COMMANDS.items():
        assert any("--json" in parameter.opts for parameter in command.params), name
    assert PROMISED.keys() == COMMANDS.keys()


def test_commands_about_recipes_and_folders(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipe, a, b = folder / "recipe.yaml", folder / "a", folder / "b"
    identifier = objects(capsys, "clean", folder / "in.jsonl", "--recipe", recipe, "-q")[0]["doc_id"]
    for command, way, arguments in (
        ("recipes", 0, ()),
        ("recipes", 1, ("fineweb",)),
        ("init", 0, (folder / "new.yaml", "--from", "c4")),
        ("clean", 0, (folder / "in.jsonl", "--recipe", recipe, "-q")),
        ("explain", 0, (folder / "in.jsonl", "--recipe", recipe)),
        ("explain", 1, (folder / "broken.pdf", "--recipe", recipe)),
        ("explain", 2, (a, "--document", identifier)),
        ("retune", 0, (a, "--set", "gopher_quality.min_words=20")),
        ("verify", 0, (a,)),
        ("estimate", 0, (recipe, folder / "in.jsonl", "--share", "1")),
        ("stats", 0, (a,)),
        ("stats", 0, (folder / "in.jsonl",)),
        ("compare", 0, (a, b, "--quiet")),
        ("mix", 1, (folder / "mix.yaml", "--plan-only")),
        ("mix", 0, (folder / "mix.yaml", "-o", folder / "mixed", "--workers", "1")),
        ("export", 0, (folder / "mixed", "--format", "numpy", "-o", folder / "exported")),
        ("verify", 0, (folder / "exported",)),
    ):
        found = objects(capsys, command, *arguments)
        assert found, command
        for one in found:
            assert one.keys() == PROMISED[command][way], command
        assert len(found) == {"clean": 60, "explain": 10 if way == 0 else 1}.get(command, 1)


def test_what_is_learnt(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, other = folder / "a", folder / "other.jsonl"
    for command, arguments in (
        ("tokenizer", ("bpe", a, "--vocabulary-size", "300", "--compare", "cl100k")),
        ("perplexity", (a, "--order", "2")),
        ("importance", ("--target", a, "--raw", folder / "in.jsonl")),
        ("quality", ("--positive", a, "--negative", other, "--form", "linear", "--split-by", "document")),
    ):
        (found,) = objects(capsys, "train", command, *arguments, "-o", folder / command, "-q")
        assert found.keys() == PROMISED[f"train {command}"][0], command


def test_what_waits_for_others_or_takes_long() -> None:
    assert PROMISED["push"] == [{field.name for field in dataclasses.fields(Pushed)}]
    assert PROMISED["kernels build"] == [set(Built._fields)]
    assert PROMISED["view"] == [{"address"}]


def test_a_folder_that_does_not_verify(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shard,) = (folder / "b" / "shards").iterdir()
    shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    done = subprocess.run([TEXTMILL, "verify", folder / "b", "--json"], capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert (done.returncode, told["verified"]) == (1, False)
    assert shard.name in told["problems"][0]
    assert "does not verify" in done.stderr
