"""Inputs to sorted files with names of their own, and what each file is."""

import gzip
import lzma
import os
import random
import time
from pathlib import Path

import lz4.frame
import pytest
import zstandard

from textmill.errors import InputError
from textmill.pipeline.files import listing, storage
from textmill.pipeline.input import inputs
from textmill.pipeline.input.formats import detect_content, detect_format
from textmill.pipeline.input.inputs import InputFile, InputOptions, absolute_input, find_inputs
from textmill.pipeline.input.warc.media_types import sniffed_type


def lay_out(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"text of {name}\n")


def sources(*given: object) -> list[str]:
    return [file.source for file in find_inputs([str(each) for each in given])]


def test_a_folder_is_walked_and_named_by_its_last_part(tmp_path: Path) -> None:
    lay_out(
        tmp_path / "crawl", "b.txt", "a/c.txt", "a/.hidden", ".git/config", "node_modules/x.js", "__pycache__/y.pyc"
    )
    assert sources(tmp_path / "crawl") == ["crawl/a/c.txt", "crawl/b.txt"]


def test_files_globs_and_labels(tmp_path: Path) -> None:
    lay_out(tmp_path, "one/a.txt", "one/b.md", "two/x/c.txt", "d.txt")
    assert sources(tmp_path / "d.txt") == ["d.txt"]
    assert sources(f"{tmp_path}/one/*.txt") == ["one/a.txt"]
    assert sources(f"{tmp_path}/two/**/*.txt") == ["two/x/c.txt"]
    assert sources(f"mine={tmp_path}/one") == ["mine/a.txt", "mine/b.md"]
    assert sources(f"mine={tmp_path}/d.txt") == ["mine"]
    assert sources(f"mine={tmp_path}/*/*.txt") == ["mine/one/a.txt"]


def test_names_do_not_depend_on_how_a_path_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path / "crawl", "a.txt", "b/c.txt")
    expected = find_inputs([str(tmp_path / "crawl")])
    monkeypatch.chdir(tmp_path)
    for given in [
        "crawl",
        "./crawl",
        "crawl/",
        "x/../crawl",
        f"file://{tmp_path}/crawl",
        f"crawl={tmp_path}/./crawl//",
    ]:
        assert find_inputs([given]) == expected
        assert find_inputs([absolute_input(given)]) == expected
    monkeypatch.chdir(tmp_path / "crawl")
    assert find_inputs(["."]) == expected
    assert [file.source for file in find_inputs(["*.txt"])] == ["crawl/a.txt"]


def test_the_order_of_inputs_does_not_matter(tmp_path: Path) -> None:
    lay_out(tmp_path, "one/a.txt", "two/b.txt", "c.txt")
    given = [str(tmp_path / name) for name in ("one", "two", "c.txt")]
    assert find_inputs(given) == find_inputs(given[::-1])


def test_a_moved_corpus_keeps_its_names(tmp_path: Path) -> None:
    lay_out(tmp_path / "here", "crawl/a.txt")
    lay_out(tmp_path / "there" / "deep", "crawl/a.txt")
    assert sources(tmp_path / "here/crawl") == sources(tmp_path / "there/deep/crawl")


def test_one_root_may_be_named_by_several_globs(tmp_path: Path) -> None:
    lay_out(tmp_path / "crawl", "a.txt", "b.md")
    assert sources(f"{tmp_path}/crawl/*.txt", f"{tmp_path}/crawl/*.md") == ["crawl/a.txt", "crawl/b.md"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "no input"),
        (["nowhere"], "no such file or folder: nowhere"),
        (["one/*.gz"], "no file matches one/*.gz"),
        (["nowhere/*.gz"], "no file matches"),
        (["empty"], "no files in empty"),
        (["one", "other/one"], "other="),
        (["one", "one/a.txt"], "named twice"),
        (["one", "x=one"], "named twice"),
        (["one", "one/*.txt"], "named twice"),
    ],
)
def test_wrong_inputs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], told: str) -> None:
    lay_out(tmp_path, "one/a.txt", "other/one/b.txt")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        find_inputs(given)
    assert told in str(caught.value)


def test_equal_labels_name_both_roots(tmp_path: Path) -> None:
    lay_out(tmp_path, "a/crawl/x", "b/crawl/x")
    with pytest.raises(InputError) as caught:
        find_inputs([str(tmp_path / "a/crawl"), str(tmp_path / "b/crawl")])
    assert f"{tmp_path}/a/crawl" in str(caught.value)
    assert f"{tmp_path}/b/crawl" in str(caught.value)
    assert sources(tmp_path / "a/crawl", f"second={tmp_path}/b/crawl") == ["crawl/x", "second/x"]


def test_a_path_with_an_equals_sign_that_exists_has_no_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, "date=2024/a.txt", "2024/b.txt")
    monkeypatch.chdir(tmp_path)
    assert sources("date=2024") == ["date=2024/a.txt"]


def test_a_label_before_a_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "exists", lambda path: storage.local_path(path) is None)
    monkeypatch.setattr(inputs, "is_folder", lambda path: True)
    monkeypatch.setattr(inputs, "list_entries", lambda folder: [listing.Entry(f"{folder}/a.jsonl", 3, "v1")])
    assert find_inputs(["mine=s3://bucket/crawl"]) == [InputFile("s3://bucket/crawl/a.jsonl", "mine/a.jsonl", 3, "v1")]
    assert absolute_input("mine=s3://bucket/crawl") == "mine=s3://bucket/crawl"


def test_a_name_that_is_not_utf8_becomes_a_printable_source(tmp_path: Path) -> None:
    (tmp_path / "crawl").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "crawl") + b"/caf\xe9.txt")).write_text("text")
    (file,) = find_inputs([str(tmp_path / "crawl")])
    assert file.source == "crawl/caf\\xe9.txt"
    assert detect_format(file.path).name == "text"


def test_a_folder_that_may_not_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, "crawl/a.txt")

    def refuse(folder: str) -> list[listing.Entry]:
        raise PermissionError(13, "Permission denied", f"{folder}/secret")

    monkeypatch.setattr(inputs, "list_entries", refuse)
    with pytest.raises(InputError, match=r"cannot look into .*: Permission denied"):
        find_inputs([str(tmp_path / "crawl")])


@pytest.mark.parametrize("wrong", [{"split_bytes": 0}, {"batch_documents": -1}, {"kind": "poem"}])
def test_wrong_options_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        InputOptions(**wrong)  # type: ignore[arg-type]


SKIPPED = b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
"""A frame that Zstandard and LZ4 pass over."""


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'{"text": "x"}\n', ("jsonl", None, None)),
        ("a", b'{"text": "x"}\n{"text": "y"}\n', ("jsonl", None, None)),
        ("a.json", b'{"text": "x"}\n{"text": "y"}\n', ("jsonl", None, None)),
        ("a.json", b'{"text": "a long line without an end', ("jsonl", None, None)),
        ("package.json", b'{\n  "name": "x"\n}\n', ("code", None, "JSON")),
        ("a.json", b'[{"text": "x"}]', ("json", None, None)),
        ("a.txt", b"WARC/1.0\r\n", ("warc", None, None)),
        ("a.html", b"<p>x", ("html", None, None)),
        ("page", b"\xef\xbb\xbf <!DOCTYPE html><p>x", ("html", None, None)),
        ("a.txt", b"x", ("text", None, None)),
        ("a.txt", b"<!DOCTYPE html><p>x", ("html", None, None)),
        ("a.md", b"<html>", ("prose", None, None)),
        ("index.html.1", b"<!-- saved from url=(9)http://x -->\r\n<HTML>", ("html", None, None)),
        ("feed", b'<?xml version="1.0"?><rss version="2.0">', ("code", None, "XML")),
        ("a", b"http://example.org/a b 1.2.3.4 20040101000000 text/html 76\n", ("warc", None, None)),
        ("a.lz4", b"\x02\x21\x4c\x18\x00", ("prose", "lz4", None)),
        ("README", b"x", ("prose", None, None)),
        ("a.md", b"x", ("prose", None, None)),
        ("a.PY", b"x", ("code", None, "Python")),
        ("CMakeLists.txt", b"x", ("code", None, "CMake")),
        ("Dockerfile", b"x", ("code", None, "Dockerfile")),
        ("tool", b"#!/usr/bin/env -S python3 -I\n", ("code", None, "Python")),
        ("tool", b"#!/bin/bash\n", ("code", None, "Shell")),
        ("a.parquet", b"nonsense", ("parquet", None, None)),
        ("a.bin", b"PAR1", ("parquet", None, None)),
        ("a.epub", b"nonsense", ("epub", None, None)),
        ("a.zip", b"PK\x03\x04", ("zip", None, None)),
        ("a", b"PK\x05\x06" + bytes(18), ("zip", None, None)),
        ("a.zip", b"MZ\x90\x00" + bytes(200), ("unsupported", None, None)),
        ("a.zip", b"no archive at all", ("prose", None, None)),
        ("book", b"PK\x03\x04" + bytes(26) + b"META-INF/container.xml", ("epub", None, None)),
        ("book.zip", b"PK\x03\x04" + bytes(26) + b"META-INF/container.xml", ("zip", None, None)),
        ("letter.zip", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml word/document.xml", ("docx", None, None)),
        ("table.zip", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml xl/workbook.xml", ("unsupported", None, None)),
        ("more.zip", b"PK\x03\x04" + bytes(26) + b"a/[Content_Types].xml", ("zip", None, None)),
        ("a.cpio", b"070701" + bytes(100), ("unsupported", None, None)),
        ("a.txt", b"%PDF-1.7", ("pdf", None, None)),
        ("empty.jsonl", b"", ("jsonl", None, None)),
        ("b.jsonl.gz", gzip.compress(b'{"text": "x"}\n', mtime=0), ("jsonl", "gz", None)),
        ("b.jsonl", gzip.compress(b'{"text": "x"}\n', mtime=0), ("jsonl", "gz", None)),
        ("b.warc.gz", gzip.compress(b"WARC/1.1\r\n", mtime=0), ("warc", "gz", None)),
        ("b.jsonl.gz", b'{"text": "not compressed after all"}', ("jsonl", None, None)),
        ("b.py.gz", b"x = 1\n", ("code", None, "Python")),
        ("b.jsonl.gz", b"", ("jsonl", "gz", None)),
        ("b.jsonl.gz", b"\x1f", ("jsonl", "gz", None)),
        ("b.py.gz", gzip.compress(b"x", mtime=0), ("code", "gz", "Python")),
        ("b.jsonl.gz", random.Random(1).randbytes(5000), ("unsupported", None, None)),
        ("b.jsonl.zst", zstandard.compress(gzip.compress(b'{"text": "x"}\n', mtime=0)), ("jsonl", "zst+gz", None)),
        ("b.jsonl.xz", lzma.compress(b'{"text": "x"}\n'), ("jsonl", "xz", None)),
        ("b.jsonl.lzma", lzma.compress(b'{"text": "x"}\n', lzma.FORMAT_ALONE), ("jsonl", "xz", None)),
        ("b.jsonl.lz4", lz4.frame.compress(b'{"text": "x"}\n'), ("jsonl", "lz4", None)),
        ("b.jsonl", SKIPPED + zstandard.compress(b'{"text": "x"}\n'), ("jsonl", "zst", None)),
        ("b.jsonl", SKIPPED + lz4.frame.compress(b'{"text": "x"}\n'), ("jsonl", "lz4", None)),
        ("b.jsonl", SKIPPED, ("jsonl", "zst", None)),
        ("b.jsonl", SKIPPED[:4] + bytes(4), ("jsonl", "zst", None)),
        ("b.csv.txt", b"]\x00\x00 is no LZMA file", ("text", None, None)),
        ("a.tgz", gzip.compress(b"name".ljust(257, b"\x00") + b"ustar", mtime=0), ("tar", "gz", None)),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", ("7z", None, None)),
        ("a.arc", b"filedesc://a.arc 0.0.0.0 20240101000000 text/plain 76\n", ("warc", None, None)),
        ("cut.txt.gz", gzip.compress(b"x", mtime=0)[:5], ("text", "gz", None)),
    ],
)
def test_formats(tmp_path: Path, name: str, content: bytes, expected: tuple[str, str | None, str | None]) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    found = detect_format(str(path))
    assert (found.name, found.compression, found.programming_language) == expected


@pytest.mark.parametrize("kind", [b"BOOKMOBI", b"TEXtREAd"])
def test_books_for_kindles_are_told(kind: bytes) -> None:
    found = detect_content(b"A title".ljust(60, b"\x00") + kind + bytes(4000), "a.azw")
    assert (found.name, found.detail) == ("unsupported", "a Kindle or Mobipocket book; convert it to EPUB first")


def test_of_a_wiki_articles_are_read() -> None:
    assert InputOptions().wiki_namespaces == (0,)


@pytest.mark.parametrize("name", ["a", "a.txt", "a.html", "a.xml"])
@pytest.mark.parametrize("head", [b"<!-- -->" * 512, b"<!---->\n" * 512, b"<?a?>" * 800, b"<!--" * 1024])
def test_comments_without_end_take_no_time(name: str, head: bytes) -> None:
    begun = time.process_time()
    detect_content(head, name)
    sniffed_type("", head)
    assert time.process_time() - begun < 1


def test_what_a_run_writes_is_no_input_of_it(tmp_path: Path) -> None:
    lay_out(tmp_path / "crawl", "a.txt", "out/_work/lock", "out2/b.txt")
    (tmp_path / "link").symlink_to(tmp_path / "crawl")
    for output in ("crawl/out", "link/out", "crawl/x/../out"):
        for given in ("crawl", "link", "crawl/**", "crawl/*/*.txt"):
            found = find_inputs([str(tmp_path / given)], output=str(tmp_path / output))
            assert [file.path.rpartition("/")[2] for file in found] in (["a.txt", "b.txt"], ["b.txt"]), (given, output)
    with pytest.raises(InputError, match="no files in"):
        find_inputs([str(tmp_path / "crawl/out")], output=str(tmp_path / "crawl/out"))


def test_a_pipe_or_device_is_no_input(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    for given in (str(tmp_path / "pipe.txt"), "/dev/null"):
        with pytest.raises(InputError, match="is a pipe or a device"):
            find_inputs([given])


def test_a_store_that_is_not_known_is_told() -> None:
    with pytest.raises(InputError, match=r"cannot open nosuch://example\.org: give a local path"):
        find_inputs(["nosuch://example.org/a.txt"])


def test_of_an_earlier_run_the_shards_are_read(tmp_path: Path) -> None:
    run = ("manifest.json", "croissant.json", "report.html", "README.md", "removed/part-0.parquet")
    accounts = (*run, "ledger/part-0.parquet", "quarantine/part-0.parquet")
    lay_out(tmp_path / "all", "README.md", "removed/a.txt", *(f"out/{name}" for name in accounts))
    lay_out(tmp_path / "all", "out/shards/part-0.parquet", "out/shards/language=en/part-1.parquet")
    lay_out(tmp_path / "all", *(f"extension/{name}" for name in run))  # no run: it has no ledger
    expected = ["out/shards/language=en/part-1.parquet", "out/shards/part-0.parquet"]
    others = ["README.md", "removed/a.txt", *(f"extension/{name}" for name in run)]
    assert sources(tmp_path / "all") == sorted(f"all/{name}" for name in [*expected, *others])
    assert sources(tmp_path / "all" / "out") == expected
    assert sources(f"{tmp_path}/all/out/**") == expected
    assert sources(tmp_path / "all" / "out" / "removed") == ["removed/part-0.parquet"]
    assert sources(f"{tmp_path}/all/out/removed/*") == ["removed/part-0.parquet"]
