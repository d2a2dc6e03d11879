"""A folder in which everything is broken but one document, and commands that are refused."""

import bz2
import gzip
import io
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

Run = Callable[..., subprocess.CompletedProcess[str]]

GOOD = """The committee met on Tuesday to talk about the new library. It was a long meeting, and most of them stayed.
They agreed that the building should be open on Sundays, and that the old reading room ought to be kept as it is.
A report will be written by the secretary and sent to all the people who have asked for one before the summer.
The next meeting is planned for the first week of March, when the builder will be there to answer the questions.
"""
CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="content.opf"/></rootfiles></container>'
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="one" href="one.xhtml" '
    'media-type="application/xhtml+xml"/></manifest><spine><itemref idref="one"/></spine></package>'
)
BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<package xmlns="http://www.idpf.org/2007/opf">&b;</package>'
)


def record(text: str, kind: str = "conversion") -> bytes:
    body = text.encode()
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body + b"\r\n\r\n"


def archive(**files: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as book:
        for name, content in {"mimetype": "application/epub+zip", **files}.items():
            book.writestr(name, content)
    return sink.getvalue()


def table(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def bad_files() -> dict[str, tuple[bytes, str]]:
    """Every kind of bad file by name: its bytes and the one error that must be told of it."""
    line = json.dumps({"text": "short"}).encode() + b"\n"
    texts = table(text=["x" * 50] * 200)
    damaged = bytearray(gzip.compress(line * 500, mtime=0))
    damaged[len(damaged) // 2] ^= 0xFF
    member = gzip.compress(record("short"), mtime=0)
    encryption = (
        '<encryption xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        '<enc:CipherData><enc:CipherReference URI="one.xhtml"/></enc:CipherData></encryption>'
    )
    return {
        "broken.jsonl": (b'{"text": "this line breaks off\n', "invalid_json"),
        "list.jsonl": (b'["text"]\n', "not_an_object"),
        "untold.jsonl": (b'{"title": "no text"}\n', "missing_text"),
        "number.jsonl": (b'{"text": 12}\n', "text_not_a_string"),
        "latin.jsonl": (b'{"text": "caf\xe9"}\n', "invalid_utf8"),
        "long.jsonl": (b'{"text": "' + b"x" * 300_000 + b'"}\n', "too_large"),
        "nested.jsonl": (b"[" * 50_000 + b"\n", "invalid_json"),
        "cut.jsonl.gz": (gzip.compress(line, mtime=0)[:-9], "truncated"),
        "cut.jsonl.zst": (zstandard.compress(line)[:-3], "truncated"),
        "cut.jsonl.bz2": (bz2.compress(line)[:-9], "truncated"),
        "damaged.jsonl.gz": (bytes(damaged), "corrupt"),
        "cut.warc.gz": (member[:-12], "truncated"),
        "cut.warc": (record("a longer text")[:-9], "truncated"),
        "damaged.warc.gz": (member[:12] + b"\xff" * 20 + member[32:] + member, "corrupt"),
        "unmeasured.warc": (b"WARC/1.0\r\nContent-Length: many\r\n\r\nsome words and no more", "corrupt"),
        "cut.parquet": (texts[: len(texts) // 2], "corrupt"),
        "empty.parquet": (b"", "corrupt"),
        "unnamed.parquet": (table(body=["x"]), "missing_text"),
        "null.parquet": (table(text=pa.array([None], pa.string())), "missing_text"),
        "no-charset.txt": (bytes(range(128, 256)) * 4, "invalid_utf8"),
        "binary.txt": (bytes(range(256)) * 4, "binary"),
        "long.txt": (b"word " * 60_000, "too_large"),
        "bomb.txt.gz": (gzip.compress(bytes(5_000_000), mtime=0), "too_large"),
        "picture.png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "unsupported"),
        "paper.pdf": (b"%PDF-1.7 ...", "corrupt"),
        "archive.zip": (b"PK\x03\x04" + bytes(100), "corrupt"),
        "array.json": (b"[1, 2, 3]", "not_an_object"),
        "not-a-zip.epub": (b"PK\x03\x04 and nothing else", "corrupt"),
        "no-container.epub": (archive(), "corrupt"),
        "no-package.epub": (archive(**{"META-INF/container.xml": CONTAINER}), "corrupt"),
        "locked.epub": (
            archive(
                **{
                    "META-INF/container.xml": CONTAINER,
                    "META-INF/encryption.xml": encryption,
                    "content.opf": PACKAGE,
                    "one.xhtml": "no longer XHTML",
                }
            ),
            "unsupported",
        ),
        "bomb.epub": (archive(**{"META-INF/container.xml": CONTAINER, "content.opf": BOMB}), "unsupported"),
    }


@pytest.fixture(scope="module")
def bad_run(tmp_path_factory: pytest.TempPathFactory, textmill: Run) -> Path:
    """The output for a folder of bad files and one good one."""
    folder = tmp_path_factory.mktemp("bad")
    crawl = folder / "crawl"
    crawl.mkdir()
    for name, (content, _) in bad_files().items():
        (crawl / name).write_bytes(content)
    (crawl / "lost.txt").symlink_to(crawl / "nowhere")
    (crawl / "good.txt").write_text(GOOD)
    (crawl / "empty.jsonl").touch()
    arguments = ("run", "default", crawl, "-o", folder / "out", "--workers", 2, "--max-document-mb", 0.2, "-q")
    done = textmill(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return folder / "out"


def query(text: str, folder: Path) -> list[tuple[Any, ...]]:
    return duckdb.sql(text.replace("FOLDER", str(folder))).fetchall()


def test_every_bad_file_is_told_once_and_with_its_reason(bad_run: Path) -> None:
    told = query("SELECT source, error, detail FROM 'FOLDER/quarantine/*.parquet' ORDER BY source", bad_run)
    expected = {f"crawl/{name}": error for name, (_, error) in bad_files().items()} | {"crawl/lost.txt": "unreadable"}
    assert sorted((source, error) for source, error, _ in told) == sorted(expected.items())
    assert all(detail for _, _, detail in told)
    assert not any("Traceback" in detail or str(bad_run.parent) in detail for _, _, detail in told)


def test_the_ledger_has_every_quarantined_record(bad_run: Path) -> None:
    ledger = query(
        "SELECT source, step, rule FROM 'FOLDER/ledger/*.parquet' WHERE verdict = 'quarantined' ORDER BY 1", bad_run
    )
    quarantine = query("SELECT source, 'read', error FROM 'FOLDER/quarantine/*.parquet' ORDER BY 1", bad_run)
    assert ledger == quarantine


def test_the_good_document_is_kept(bad_run: Path) -> None:
    assert query("SELECT source, text FROM 'FOLDER/shards/*.parquet'", bad_run) == [("crawl/good.txt", GOOD)]


def test_the_account_holds(bad_run: Path, textmill: Run) -> None:
    manifest = json.loads((bad_run / "manifest.json").read_text())
    files = {entry["source"]: entry for entry in manifest["inputs"]}
    assert len(files) == len(bad_files()) + 3
    for entry in files.values():
        assert entry["read"] == entry["kept"] + entry["removed"] + entry["quarantined"]
    assert files["crawl/empty.jsonl"]["read"] == 0
    assert manifest["totals"]["quarantined"] == len(bad_files()) + 1
    assert textmill("verify", bad_run).returncode == 0


def test_a_run_of_nothing_but_bad_files_ends_well(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("not json\n")
    done = textmill("run", "fineweb", tmp_path / "a.jsonl", "-o", tmp_path / "out", "--workers", 1, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    totals = json.loads(done.stdout)
    assert (totals["read"], totals["kept"], totals["removed"], totals["quarantined"]) == (1, 0, 0, 1)
    assert textmill("verify", tmp_path / "out").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["default", "nowhere"], "no such file or folder: "),
        (["default", "*.gz"], "no file matches "),
        (["default", "nothing"], "no files in "),
        (["default", "good.txt", "./good.txt"], "named twice"),
        (["default", "good.txt", "other/good.txt"], "would both be called 'good.txt'"),
        (["defualt", "good.txt"], "default"),
        (["nowhere.yaml", "good.txt"], "nowhere.yaml"),
        (["wrong.yaml", "good.txt"], "gopher_quality"),
        (["default", "good.txt", "--kind", "poem"], "web, book, code, other"),
        (["default", "good.txt", "--workers", "-1"], "workers must be at least 1"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    textmill: Run, tmp_path: Path, arguments: list[str], told: str
) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "good.txt").write_text(GOOD)
    (tmp_path / "nothing").mkdir()
    (tmp_path / "wrong.yaml").write_text("name: wrong\nsteps: [gopher_qualty]\n")
    before = sorted(tmp_path.rglob("*"))
    done = textmill("run", *arguments, "--output", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.startswith("textmill: ")
    assert done.stderr.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_an_output_folder_in_use_is_refused_and_left_alone(textmill: Run, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(GOOD)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes").write_text("mine")
    done = textmill("run", "default", "good.txt", "--output", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "is not empty" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["notes"]
    (tmp_path / "file").touch()
    done = textmill("run", "default", "good.txt", "--output", "file", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
