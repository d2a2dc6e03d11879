"""The commands for single files, and what they say when they are used wrongly."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

NOTE = """The committee met on Tuesday to talk about the new library. It was a long meeting, and most of them stayed.
They agreed that the building should be open on Sundays, and that the old reading room ought to be kept as it is.
A report will be written by Anna (anna.smith@example.com) and sent to all the people who have asked for one.
The next meeting is planned for the first week of March, when the builder will be there to answer the questions.
"""


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note.txt"
    path.write_text(NOTE, encoding="utf-8")
    return path


def test_clean_prints_the_text_and_tells_the_verdict(installed: Run, note: Path) -> None:
    done = installed("clean", note)
    assert done.returncode == 0
    assert done.stdout == NOTE.replace("anna.smith@example.com", "<EMAIL>")
    assert done.stderr.split() == ["note.txt", done.stderr.split()[1], "kept"]


def test_clean_tells_which_rule_removed_a_text(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "menu.html").write_text("<html><body><p>Home. About. Contact.</p></body></html>")
    done = textmill("clean", tmp_path / "menu.html", "--recipe", "fineweb")
    assert (done.returncode, done.stdout) == (1, "")
    assert " removed by " in done.stderr


def test_clean_writes_jsonl_and_parquet_with_tokens(textmill: Run, note: Path, tmp_path: Path) -> None:
    assert textmill("clean", note, "-o", tmp_path / "out.jsonl", "-q").stderr == ""
    (row,) = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert row["text"].startswith("The committee")
    assert textmill("clean", note, "-o", tmp_path / "out.parquet", "-q").returncode == 0
    (row,) = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert row["token_count"] == len(row["input_ids"]) > 50


def make_folder(tmp_path: Path) -> Path:
    """Two notes of one name in two folders, a page, two documents in one file, and a file that cannot be read."""
    folder = tmp_path / "mixed"
    for name in ("a", "b"):
        (folder / name).mkdir(parents=True)
        (folder / name / "note.txt").write_text(f"{NOTE}{name * 3} was there as well, and took notes of it all.\n")
    rows = [
        {"text": f"{NOTE} And {who} said nothing.", "id": number, "url": f"https://example.org/{number}"}
        for number, who in enumerate(["Ann", "Ben"])
    ]
    (folder / "two.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    (tmp_path / "mine.yaml").write_text("name: mine\nsteps:\n  - gopher_quality: {min_words: 10}\n  - exact_dedup\n")
    return folder


def mine(tmp_path: Path) -> list[object]:
    return ["--recipe", tmp_path / "mine.yaml"]


def test_clean_takes_many_files_and_tells_them_apart(textmill: Run, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    done = textmill(
        "clean",
        folder / "a" / "note.txt",
        folder / "b" / "note.txt",
        folder / "two.jsonl",
        "--recipe",
        tmp_path / "mine.yaml",
    )
    assert done.returncode == 0, done.stderr
    heads = [line.split() for line in done.stdout.splitlines() if line.startswith("==> ")]
    assert [head[1] for head in heads] == ["b-note.txt", "note.txt", "two.jsonl", "two.jsonl"]
    assert len({head[2] for head in heads}) == 4
    assert "4 documents: 4 kept, 0 removed, 0 quarantined" in done.stderr


def test_clean_keeps_names_in_any_script(textmill: Run, tmp_path: Path) -> None:
    folder, names = make_folder(tmp_path), ["中文.txt", "日本語.txt", "a b.txt"]
    for name in names:
        (folder / name).write_text(f"{NOTE}{name} was there as well.\n")
    done = textmill("clean", *(folder / name for name in names), "--output-dir", tmp_path / "out", *mine(tmp_path))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)


def test_clean_keeps_kind_url_and_metadata_in_json_lines(textmill: Run, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    done = textmill(
        "clean", folder, "--json", "-q", "--kind", "book=mixed/a", "--kind", "web", "--recipe", tmp_path / "mine.yaml"
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["source"], row["kind"]) for row in rows] == [
        ("mixed/a/note.txt", "book"),
        ("mixed/b/note.txt", "web"),
        ("mixed/two.jsonl", "web"),
        ("mixed/two.jsonl", "web"),
    ]
    assert [(row["url"], row["metadata"]) for row in rows[2:]] == [
        ("https://example.org/0", {"id": 0}),
        ("https://example.org/1", {"id": 1}),
    ]


def test_clean_writes_a_file_for_each_into_a_folder(textmill: Run, tmp_path: Path) -> None:
    folder, out = make_folder(tmp_path), tmp_path / "out"
    done = textmill("clean", folder, "--output-dir", out, *mine(tmp_path))
    assert (done.returncode, done.stdout) == (0, "")
    assert "broken.pdf" in done.stderr
    files = {str(path.relative_to(out)): path.read_text() for path in out.rglob("*") if path.is_file()}
    assert sorted(files) == ["mixed/a/note.txt", "mixed/b/note.txt", "mixed/two.jsonl.txt"]
    assert files["mixed/a/note.txt"].startswith("The committee")
    assert files["mixed/two.jsonl.txt"].count("==> mixed/two.jsonl ") == 2
    assert (
        textmill(
            "clean", folder, "--output-dir", out, "--format", "parquet", "-q", "--recipe", tmp_path / "mine.yaml"
        ).returncode
        == 0
    )
    table = pq.read_table(out / "mixed" / "two.jsonl.parquet")
    assert (table.num_rows, table["source"][0].as_py()) == (2, "mixed/two.jsonl")


def test_clean_writes_markdown(textmill: Run, tmp_path: Path) -> None:
    paragraph = f"<p>{NOTE}</p>"
    page = f"<html><head><title>The  annual\nmeeting</title></head><body><article>{paragraph}</article></body></html>"
    (tmp_path / "page.html").write_text(page)
    make_folder(tmp_path)
    done = textmill("clean", tmp_path / "page.html", "--format", "markdown", "-q", *mine(tmp_path))
    assert done.stdout.startswith("# The annual meeting\n\nThe committee"), done.stdout
    assert (
        textmill(
            "clean", tmp_path / "page.html", "-o", tmp_path / "page.md", "-q", "--recipe", tmp_path / "mine.yaml"
        ).returncode
        == 0
    )
    assert (tmp_path / "page.md").read_text() == done.stdout


def test_clean_ends_with_2_where_nothing_could_be_read(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    done = textmill("clean", tmp_path / "broken.pdf")
    assert (done.returncode, done.stdout) == (2, "")
    assert "quarantined" in done.stderr


def test_clean_removes_duplicates_within_a_file(textmill: Run, tmp_path: Path) -> None:
    lines = [json.dumps({"text": NOTE, "kind": "book"})] * 3 + ["{not json"]
    (tmp_path / "three.jsonl").write_text("\n".join(lines))
    done = textmill("clean", tmp_path / "three.jsonl", "--json")
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr.count("duplicate of") == 2
    assert "4 documents: 1 kept, 2 removed, 1 quarantined" in done.stderr


def test_clean_imports_nothing_that_it_does_not_need(note: Path) -> None:
    program = (
        "import sys; sys.argv = ['textmill', 'clean', sys.argv[1]]\n"
        "from textmill.pipeline.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "print({'apache_beam', 'datasketch', 'duckdb', 'numba', 'pandas', 'pydantic', 'scipy'} & set(sys.modules))"
    )
    for _ in range(2):  # the first one may have to compile kernels
        done = subprocess.run([sys.executable, "-c", program, str(note)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_importing_textmill_loads_nothing_heavy() -> None:
    program = "import sys, textmill; print(sorted({'apache_beam', 'numba', 'pyarrow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_explain_shows_every_rule_that_concerns_the_document(textmill: Run, note: Path) -> None:
    done = textmill("explain", note)
    assert done.returncode == 0
    assert "scrub_pii edited:" in done.stdout
    told = json.loads(textmill("explain", note, "--json").stdout)
    assert told["verdict"]["kept"]
    words = next(rule for rule in told["rules"] if rule["rule"] == "min_words")
    assert words["value"] - 50 == words["distance"]
    assert all(rule["value"] is not None for rule in told["rules"] if rule["step"] != "toxicity")


def test_which_field_and_charset_hold_the_text_and_whether_lines_are_documents(textmill: Run, tmp_path: Path) -> None:
    page = f"<html><body><article><p>{NOTE}</p></article></body></html>"
    (tmp_path / "pages.jsonl").write_text(json.dumps({"page": {"html": page}, "text": "not this"}), encoding="utf-8")
    told = json.loads(textmill("explain", tmp_path / "pages.jsonl", "--html-field", "page.html", "--json").stdout)
    assert told["verdict"]["kept"]
    (tmp_path / "lines.txt").write_bytes("один\nдва\n".encode("koi8-r"))
    done = textmill("explain", tmp_path / "lines.txt", "--lines", "--encoding", "koi8-r", "--json")
    assert len(done.stdout.splitlines()) == 2
    (tmp_path / "mine.yaml").write_text("name: mine\nsteps: [exact_dedup]\n")
    command = ("run", tmp_path / "mine.yaml", tmp_path / "lines.txt", "-o", tmp_path / "out", "--workers", 1, "--json")
    done = textmill(*command, "--lines", "--encoding", "koi8-r")
    assert json.loads(done.stdout)["read"] == 2
    refused = textmill("clean", tmp_path / "lines.txt", "--encoding", "klingon")
    assert (refused.returncode, "no charset 'klingon'" in refused.stderr) == (2, True)


def test_explain_marks_the_deciding_rule(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("This is too short to be a document.")
    told = json.loads(textmill("explain", tmp_path / "short.txt", "--json").stdout)
    decisive = [rule for rule in told["rules"] if rule["decisive"]]
    assert [(rule["rule"], rule["value"]) for rule in decisive] == [("min_words", 8)]
    assert told["verdict"]["rule"] == "min_words"


def test_recipes_lists_and_shows_presets(textmill: Run, tmp_path: Path) -> None:
    lines = textmill("recipes", env={**os.environ, "COLUMNS": "80"}).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    names = [line.split()[0] for line in lines if not line.startswith(" ")]
    assert {"c4", "default", "dclm", "fineweb", "gopher", "gpt3", "starcoder"} <= set(names)
    shown = textmill("recipes", "fineweb").stdout
    (tmp_path / "mine.yaml").write_text(shown.replace("name: fineweb", "name: mine"))
    assert textmill("clean", "--recipe", tmp_path / "mine.yaml", tmp_path / "mine.yaml").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["clean", "nowhere.txt"], "no such file or folder"),
        (["clean", "mine.txt", "--recipe", "finweb"], "did you mean 'fineweb'"),
        (
            ["clean", "mine.txt", "--recipe", "llama", "--set", "fasttext_classifier.model=no.bin"],
            "there is no model file no.bin",
        ),
        (["clean", "mine.txt", "--recipe", "gopher", "--set", "gopher_quality.min_wrds=3"], "did you mean 'min_words'"),
        (["clean", "mine.txt", "-o", "out.docx"], "cannot tell what to write to out.docx"),
        (["clean", "mine.txt", "--kind", "poem"], "unknown kind 'poem'"),
        (["clean", "mine.txt", "--kind", "poem=mine.txt"], "unknown kind 'poem' in --kind poem=mine.txt"),
        (
            ["clean", "mine.txt", "--kind", "web=mine.yaml"],
            "--kind names 'mine.yaml', which is no part of the inputs: mine.txt",
        ),
        (["clean", "mine.txt", "--kind", "web", "--kind", "book"], "documents cannot all be web and book"),
        (["clean", "mine.txt", "--format", "pdf"], "no format 'pdf'; choose one of text, jsonl, markdown, parquet"),
        (["clean", "mine.txt", "-o", "a.txt", "--output-dir", "b"], "not both"),
        (["run", "fineweb", "mine.txt", "--output", "full"], "is not empty; delete it or name another"),
        (["run", "fineweb", "nowhere", "--output", "new"], "no such file or folder"),
        (["run", "fineweb", "mine.txt", "--output", "new", "--workers", "-1"], "workers must be at least 1"),
        (["run", "fineweb", "mine.txt", "--output", "new", "--runner", "nosuch"], "there is no runner 'nosuch'"),
        (["run", "fineweb", "--output", "new"], "Missing argument"),
        (["verify", "new"], "no manifest.json"),
    ],
)
def test_wrong_use_ends_with_code_2_and_a_message(
    textmill: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    (tmp_path / "mine.txt").write_text("text")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    done = textmill(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_standard_input_and_pipes_are_read(textmill: Run, tmp_path: Path) -> None:
    for given in ("-", "/dev/stdin"):
        done = textmill("clean", given, input=NOTE)
        assert done.stdout == NOTE.replace("anna.smith@example.com", "<EMAIL>"), done.stderr
        assert done.stderr.startswith("stdin ")
    assert "gopher_quality" in textmill("explain", "-", "--kind", "web", input=NOTE).stdout
    piped = subprocess.run(
        ["bash", "-c", f'"{Path(sys.executable).with_name("textmill")}" clean <(printf %s "$0")', NOTE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert piped.stdout == NOTE.replace("anna.smith@example.com", "<EMAIL>")


def test_clean_tells_what_could_not_be_read_and_where(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "two.jsonl").write_bytes(b'{"text": 1}\n{"t\xff": ""}\n')
    done = textmill("clean", tmp_path / "two.jsonl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "quarantined at 0, text_not_a_string: field 'text' is a int\n" in done.stderr
    assert "quarantined at 12, invalid_utf8: byte 3 of the line" in done.stderr
    (tmp_path / "none.jsonl").write_bytes(b"")
    empty = textmill("clean", tmp_path / "none.jsonl")
    assert (empty.returncode, empty.stderr) == (1, "0 documents: 0 kept, 0 removed, 0 quarantined\n")


def test_texts_are_written_as_utf8_in_any_locale(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE.replace("long", "länge"), encoding="utf-8")
    done = textmill("clean", tmp_path / "note.txt", env={**os.environ, "PYTHONIOENCODING": "ascii"}, encoding="utf-8")
    assert "länge" in done.stdout, done.stderr
    folder = os.fsencode(tmp_path) + b"/not-\xff-utf8"
    done = textmill("clean", tmp_path / "note.txt", "-o", os.fsdecode(folder + b".txt"), "-q")
    assert (done.returncode, done.stderr) == (0, "")


def test_outputs_that_cannot_be_written_are_told(textmill: Run, note: Path) -> None:
    command = [Path(sys.executable).with_name("textmill"), "clean", note, "-q"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    told = "textmill: cannot write to standard output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)
    below_a_file = textmill("clean", note, "-q", "-o", note / "out.txt")
    assert below_a_file.returncode == 2
    assert below_a_file.stderr.startswith(f"textmill: cannot write {note}/out.txt: ")


def test_namespaces_of_a_wiki_can_be_chosen(textmill: Run, tmp_path: Path) -> None:
    pages = "".join(
        f"<page><title>A</title><ns>{number}</ns><revision><text>Text in {number}.</text></revision></page>"
        for number in (0, 1, 12)
    )
    (tmp_path / "dump.xml").write_text(f"<mediawiki>{pages}</mediawiki>", encoding="utf-8")
    assert textmill("clean", tmp_path / "dump.xml").stderr.count("removed by") == 1
    both = textmill("clean", tmp_path / "dump.xml", "--wiki-namespace", "0", "--wiki-namespace", "12")
    assert both.stderr.count("removed by") == 2


def test_estimate_tells_what_a_run_will_do(textmill: Run) -> None:
    corpus = Path(__file__).parents[2] / "examples" / "corpus"
    done = textmill("estimate", "default", corpus, "--share", 1, "--json")
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["all"]["read"]["value"] == found["documents_drawn"] == 170
    removed = sum(one["documents"]["value"] for one in found["removed"])
    assert found["all"]["documents"]["value"] + removed == pytest.approx(170)
    assert found["resources"]["cpu_seconds"] > 0
    shown = textmill("estimate", "default", corpus, "--share", 0.3)
    assert shown.stderr == ""
    assert "documents removed" in shown.stdout
    assert "n2-standard-8" in shown.stdout
    refused = textmill("estimate", "default", corpus, "--share", 2)
    assert refused.returncode == 2
    assert "above 0 and at most 1" in refused.stderr
