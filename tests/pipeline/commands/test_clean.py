"""``clean`` names its documents apart, says what became of each, and leaves out steps that have nothing to do."""

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from textmill import ExactDedup, Recipe, Select, Tokenize, where
from textmill.errors import InputError
from textmill.filters.base.batch import document_id
from textmill.pipeline.commands.clean import Destination, Outcome, clean_files
from textmill.pipeline.input.inputs import InputOptions

Cleaned = Callable[..., tuple[int, str, list[str]]]


def letters(text: str) -> int:
    return len(text)


@pytest.fixture
def clean(capsys: pytest.CaptureFixture[str]) -> Cleaned:
    def call(
        recipe: Recipe, *files: Path, to: Destination | None = None, quiet: bool = False
    ) -> tuple[int, str, list[str]]:
        names = [str(file) for file in files]
        code = clean_files(recipe, names, to or Destination(), InputOptions(), quiet=quiet)
        told = capsys.readouterr()
        return code, told.out, told.err.splitlines()

    return call


def named(source: str, position: int = 0) -> str:
    return f"{source} {document_id(source, position)[:12]}"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome(kept=1, removed=5, quarantined=5), 0),
        (Outcome(removed=1, quarantined=5), 1),
        (Outcome(removed=2), 1),
        (Outcome(quarantined=1), 2),
        (Outcome(), 1),
    ],
)
def test_the_exit_code_tells_what_became_of_all(outcome: Outcome, code: int) -> None:
    assert outcome.exit_code == code


def test_each_document_has_its_verdict_and_all_are_counted(clean: Cleaned, tmp_path: Path) -> None:
    lines = [*(json.dumps({"text": text}) for text in ("A long text.", "short", "A long text.")), "{broken"]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    places = [len("".join(line + "\n" for line in lines[:number])) for number in range(4)]  # in bytes
    first, second, third, fourth = (named("a.jsonl", place) for place in places)
    code, out, told = clean(Recipe("r", [where(letters, minimum=10), ExactDedup()]), tmp_path / "a.jsonl")
    assert (code, out) == (0, "A long text.\n")
    verdicts = {line[: len(first)]: line[len(first) + 1 :] for line in told[:-1]}
    assert verdicts.pop(fourth).startswith(f"quarantined at {places[3]}, invalid_json: ")
    assert verdicts == {
        first: "kept",
        second: "removed by where.minimum: 5 against 10",
        third: f"removed by exact_dedup: duplicate of {document_id('a.jsonl', 0)[:12]}",
    }
    assert told[-1] == "4 documents: 1 kept, 2 removed, 1 quarantined"


def test_a_single_document_is_not_counted_and_quiet_is_quiet(clean: Cleaned, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    recipe = Recipe("r", [where(letters, minimum=10)])
    assert clean(recipe, tmp_path / "a.txt") == (1, "", [f"{named('a.txt')} removed by where.minimum: 7 against 10"])
    assert clean(recipe, tmp_path / "a.txt", quiet=True) == (1, "", [])


def test_a_single_document_is_not_ranked_and_that_is_told(clean: Cleaned, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("A text.")
    (tmp_path / "b.txt").write_text("Another text.")
    recipe = Recipe("r", [where(letters, minimum=1), Select(measurement="letters", keep_fraction=0.5), ExactDedup()])
    left_out = "one document has no rank: select left out"
    assert clean(recipe, tmp_path / "a.txt") == (0, "A text.\n", [left_out, f"{named('a.txt')} kept"])
    code, out, told = clean(recipe, tmp_path / "a.txt", tmp_path / "b.txt")
    assert (code, out, told[-1]) == (0, "Another text.\n", "2 documents: 1 kept, 1 removed, 0 quarantined")
    assert left_out not in told


def test_files_of_one_name_are_told_apart_by_folder_and_then_by_number(clean: Cleaned, tmp_path: Path) -> None:
    files = [tmp_path / part / "my notes" / "a.txt" for part in ("one", "two", "three", "four")]
    for number, file in enumerate(files):
        file.parent.mkdir(parents=True)
        file.write_text(f"Text {number}.")
    code, _, told = clean(Recipe("r", [where(letters, minimum=1)]), *files)
    assert (code, told[-1]) == (0, "4 documents: 4 kept, 0 removed, 0 quarantined")
    sources = ["a.txt", "my_notes-a.txt", "my_notes-a.txt-2", "my_notes-a.txt-3"]
    assert sorted(told[:-1]) == sorted(f"{named(source)} kept" for source in sources)


def test_what_is_written_goes_where_it_is_wanted(clean: Cleaned, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"This is text {name}.")
    files = tmp_path / "a.txt", tmp_path / "b.txt"
    recipe = Recipe("r", [where(letters, minimum=1), Tokenize("cl100k")])
    to = Destination(output=str(tmp_path / "both.jsonl"), format="jsonl")
    assert clean(recipe, *files, to=to, quiet=True) == (0, "", [])
    rows = [json.loads(line) for line in (tmp_path / "both.jsonl").read_text().splitlines()]
    assert [(row["source"], row["text"]) for row in rows] == [
        ("a.txt", "This is text a."),
        ("b.txt", "This is text b."),
    ]
    assert not {"input_ids", "token_count"} & set(rows[0])
    to = Destination(output=str(tmp_path / "both.parquet"), format="parquet")
    clean(recipe, *files, to=to, quiet=True)
    assert pq.read_table(tmp_path / "both.parquet")["token_count"].to_pylist() == [5, 5]
    to = Destination(output=str(tmp_path / "both.txt"), format="text")
    clean(recipe, *files, to=to, quiet=True)
    assert (tmp_path / "both.txt").read_text().count("==> ") == 2
    to = Destination(folder=str(tmp_path / "out"), format="text")
    assert clean(recipe, *files, to=to, quiet=True) == (0, "", [])
    assert {path.name: path.read_text() for path in (tmp_path / "out").iterdir()} == {
        "a.txt": "This is text a.\n",
        "b.txt": "This is text b.\n",
    }


def test_standard_input_is_named_once() -> None:
    with pytest.raises(InputError, match="standard input is named twice; it can be read once"):
        clean_files(Recipe("r", [ExactDedup()]), ["-", "-"], Destination(), InputOptions(), quiet=True)
