"""tar, ZIP and 7z: what lies in them is read as if it lay in a folder, and no file costs another."""

import gzip
import io
import json
import random
import resource
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import py7zr
import pytest
import zstandard

from textmill.pipeline.input.inputs import InputFile, InputOptions
from textmill.pipeline.input.readers import Quarantined, read_split
from textmill.pipeline.input.readers.archives import archive as archives
from textmill.pipeline.input.readers.archives.entries import Budget
from textmill.pipeline.input.readers.archives.tar import tar_entries
from textmill.pipeline.input.splits import cut_splits

FILES = {
    "a.txt": b"A text.",
    "code/b.py": b"print('b')\n",
    "c.jsonl": b'{"text": "one"}\n{"text": "two"}\nno json\n',
    "d.jsonl.gz": gzip.compress(b'{"text": "three"}\n', mtime=0),
    ".git/config": b"hidden",
    "__MACOSX/._a.txt": b"hidden",
    "e.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
}
SOURCES = {"in/a.txt": 1, "in/c.jsonl": 3, "in/code/b.py": 1, "in/d.jsonl.gz": 1, "in/e.png": 1}


def tar(files: dict[str, bytes], format_: int = tarfile.PAX_FORMAT) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=format_) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def seven_zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with py7zr.SevenZipFile(sink, "w") as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return sink.getvalue()


def read(folder: Path, name: str, content: bytes) -> tuple[dict[str, list[str]], list[Quarantined], dict[str, int]]:
    """Texts by source, what was quarantined, and what was counted."""
    path = folder / name
    path.write_bytes(content)
    options = InputOptions()
    texts: dict[str, list[str]] = {}
    bad: list[Quarantined] = []
    counted: dict[str, int] = {}
    ids: list[str] = []
    for split in cut_splits([InputFile(str(path), "in", len(content))], options):
        for found in read_split(split, options):
            for row in found.batch.to_pylist():
                texts.setdefault(row["source"], []).append(row["text"])
                ids.append(row["doc_id"])
            bad += found.quarantined
            for source, count in found.read.items():
                counted[source] = counted.get(source, 0) + count
    assert len(ids) == len(set(ids))
    assert sum(counted.values()) == len(ids) + len(bad)
    return texts, bad, {source: count for source, count in counted.items() if count}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.tar", tar),
        ("a.tar.gz", lambda files: gzip.compress(tar(files))),
        ("a.tgz", lambda files: gzip.compress(tar(files, tarfile.USTAR_FORMAT))),
        ("a.tar.zst", lambda files: zstandard.compress(tar(files, tarfile.GNU_FORMAT))),
        ("no-suffix", lambda files: gzip.compress(tar(files))),
        ("a.zip", zipped),
        ("a.zip.gz", lambda files: gzip.compress(zipped(files))),
        ("a.7z", seven_zipped),
    ],
)
def test_files_in_archives_are_read_as_those_in_folders(
    tmp_path: Path, name: str, pack: Callable[[dict[str, bytes]], bytes]
) -> None:
    texts, bad, counted = read(tmp_path, name, pack(FILES))
    assert texts == {
        "in/a.txt": ["A text."],
        "in/code/b.py": ["print('b')\n"],
        "in/c.jsonl": ["one", "two"],
        "in/d.jsonl.gz": ["three"],
    }
    assert {(row.source, row.error) for row in bad} == {("in/c.jsonl", "invalid_json"), ("in/e.png", "unsupported")}
    assert counted == SOURCES


@pytest.mark.parametrize("pack", [tar, zipped])
def test_an_archive_of_the_folder_itself(tmp_path: Path, pack: Callable[[dict[str, bytes]], bytes]) -> None:
    files = {"./a.txt": b"A text.", "./code/./b.txt": b"Another.", "./.hidden/c.txt": b"no"}
    texts, bad, counted = read(tmp_path, "a", pack(files))
    assert texts == {"in/a.txt": ["A text."], "in/code/b.txt": ["Another."]}
    assert (bad, counted["in/a.txt"]) == ([], 1)


def test_archives_in_archives_are_read_three_deep(tmp_path: Path) -> None:
    inner = tar({"a.txt": b"deep"})
    for number in range(2):
        inner = zipped({f"{number}.tar" if number == 0 else f"{number}.zip": inner})
    texts, bad, _ = read(tmp_path, "a.zip", inner)
    assert (texts, bad) == ({"in/1.zip/0.tar/a.txt": ["deep"]}, [])
    texts, bad, _ = read(tmp_path, "b.zip", zipped({"2.zip": zipped({"1.zip": inner})}))
    assert texts == {}
    assert [(row.source, row.error) for row in bad] == [("in/2.zip/1.zip/1.zip", "unsupported")]


def test_files_of_one_name_are_told_apart_and_none_leads_out(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in [("a.txt", b"1"), ("a.txt", b"2"), ("../b.txt", b"3"), ("/etc/c.txt", b"4")]:
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    texts, bad, _ = read(tmp_path, "a.tar", sink.getvalue())
    assert texts == {"in/a.txt": ["1"], "in/a.txt#2": ["2"]}
    out = ("unsupported", "its path leads out of the archive")
    assert [(row.source, row.error, row.detail) for row in bad] == [("in/../b.txt", *out), ("in/etc/c.txt", *out)]


def test_a_cut_or_damaged_tar_gives_what_is_whole(tmp_path: Path) -> None:
    noise = random.Random(1)
    files = {f"{number}.txt": noise.randbytes(3000).hex().encode() for number in range(10)}
    content = tar(files)
    texts, bad, _ = read(tmp_path, "a.tar", content[:30_000])
    assert list(texts) == [f"in/{number}.txt" for number in range(4)]
    assert [(row.source, row.error) for row in bad] == [("in/4.txt", "truncated"), ("in", "truncated")]
    assert [row.position for row in bad] == [0, content.index(b"4.txt") + 512 + 1]
    header = content.index(b"3.txt")
    texts, bad, _ = read(tmp_path, "b.tar", content[:header] + b"?" * 512 + content[header + 512 :])
    assert list(texts) == [f"in/{number}.txt" for number in range(10) if number != 3]
    assert [(row.source, row.error) for row in bad] == [("in", "corrupt")]
    assert "13 blocks of 512 bytes" in bad[0].detail
    packed = gzip.compress(content)
    texts, bad, _ = read(tmp_path, "c.tar.gz", packed[: len(packed) // 2])
    assert 3 <= len(texts) <= 5
    assert [(row.source, row.error) for row in bad] == [(f"in/{len(texts)}.txt", "truncated"), ("in", "truncated")]
    assert bad[1].detail.startswith("the archive breaks off: ")
    assert bad[1].position == content.index(f"{len(texts)}.txt".encode()) + 512 + 1
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        begins = [member.offset_data for member in archive]
    assert bad[1].position == begins[len(texts)] + 1  # behind where the last file begins


def test_a_damaged_file_in_a_zip_costs_no_other(tmp_path: Path) -> None:
    noise = random.Random(1)
    files = {f"{number}.txt": noise.randbytes(3000).hex().encode() for number in range(4)}
    content = bytearray(zipped(files))
    at = content.index(b"1.txt") + 1000
    content[at : at + 20] = bytes(20)
    texts, bad, _ = read(tmp_path, "a.zip", bytes(content))
    assert list(texts) == ["in/0.txt", "in/2.txt", "in/3.txt"]
    assert [(row.source, row.error) for row in bad] == [("in/1.txt", "corrupt")]
    _, bad, _ = read(tmp_path, "b.zip", bytes(content[:-30]))
    assert [(row.source, row.position, row.error) for row in bad] == [("in", 0, "corrupt")]


def test_an_encrypted_file_is_told(tmp_path: Path) -> None:
    content = bytearray(zipped({"a.txt": b"secret"}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + at] |= 1
    _, bad, _ = read(tmp_path, "a.zip", bytes(content))
    assert [(row.source, row.error) for row in bad] == [("in/a.txt", "unsupported")]
    sink = io.BytesIO()
    with py7zr.SevenZipFile(sink, "w", password="known") as archive:
        archive.writestr(b"secret", "a.txt")
    _, bad, _ = read(tmp_path, "a.7z", sink.getvalue())
    assert [(row.source, row.error, row.detail) for row in bad] == [
        ("in", "unsupported", "an encrypted 7z archive; unpack it with its password first")
    ]


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from textmill.pipeline.input.readers.archives import entries as archive_entries

    monkeypatch.setattr(archive_entries, "BOMB_BYTES", 1 << 20)
    zeros = bytes(5_000_000)
    for name, content in (
        ("a.zip", zipped({"zeros.txt": zeros})),
        ("a.tar.gz", gzip.compress(tar({"zeros.txt": zeros}))),
        ("a.7z", seven_zipped({"zeros.txt": zeros})),
    ):
        texts, bad, _ = read(tmp_path, name, content)
        assert (texts, [(row.source, row.error) for row in bad]) == ({}, [("in", "too_large")])
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.txt", b"x" * 5000)
        archive.filelist.append(archive.filelist[0])
    _, bad, _ = read(tmp_path, "b.zip", sink.getvalue())
    assert [(row.source, row.error) for row in bad] == [("in", "unsupported")]


@pytest.mark.parametrize("pack", [zipped, lambda files: gzip.compress(tar(files)), seven_zipped])
def test_archives_in_archives_unpack_to_no_more_than_one(
    pack: Callable[[dict[str, bytes]], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textmill.pipeline.input.readers.archives import entries as archive_entries

    monkeypatch.setattr(archive_entries, "BOMB_BYTES", 20_000_000)
    inner = zipped({"zeros.txt": bytes(3_000_000)})
    names = [f"{number:02}.zip" for number in range(30)]
    content = pack(dict.fromkeys(names, inner))
    _, bad, _ = read(tmp_path, "a", content)
    refused = [row.source for row in bad if (row.error, row.source.count(".zip")) == ("too_large", 1)]
    assert 20 < len(refused) < 30
    assert sorted(refused) == [f"in/{name}" for name in names[-len(refused) :]]


def test_compressed_files_in_an_archive_unpack_to_no_more_than_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textmill.pipeline.input.readers.archives import entries as archive_entries

    monkeypatch.setattr(archive_entries, "BOMB_BYTES", 20_000_000)
    lines = gzip.compress(b" " * 3_000_000 + b'{"text": "behind them"}\n', mtime=0)
    names = [f"{number:02}.jsonl.gz" for number in range(30)]
    texts, bad, _ = read(tmp_path, "a.zip", zipped(dict.fromkeys(names, lines)))
    assert 3 <= len(texts) <= 6
    assert list(texts) == [f"in/{name}" for name in names[: len(texts)]]
    assert [(row.source, row.error) for row in bad] == [(f"in/{name}", "too_large") for name in names[len(texts) :]]


FILLER = b" " * 3_000_000
OFFICE = {
    "docx": {"word/document.xml": b"<w:document><w:body><w:p><w:t>Kept.</w:t></w:p>" + FILLER},
    "odt": {"content.xml": b"<office:text><text:p>Kept.</text:p>" + FILLER},
    "epub": {"a.xhtml": b"<html><body><p>Kept.</p>" + FILLER, "b.xhtml": b"<html><body><p>Too.</p>" + FILLER},
}


@pytest.mark.parametrize("kind", OFFICE)
def test_documents_that_are_archives_unpack_to_no_more_than_one(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from textmill.pipeline.input.readers.archives import entries as archive_entries

    monkeypatch.setattr(archive_entries, "BOMB_BYTES", 20_000_000)
    names = [f"{number:02}.{kind}" for number in range(30)]
    texts, bad, _ = read(tmp_path, "a.zip", zipped(dict.fromkeys(names, zipped(OFFICE[kind]))))
    assert 2 <= len(texts) <= 7
    assert all("Kept." in text for (text,) in texts.values())
    assert [*texts, *(row.source for row in bad)] == [f"in/{name}" for name in names]
    what = "book" if kind == "epub" else "document"
    assert {(row.error, row.detail.partition(",")[0]) for row in bad} == {("too_large", f"the {what}")}


def test_a_long_file_lies_on_disk_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "HELD_BYTES", 1000)
    lines = b"".join(json.dumps({"text": f"document {number}"}).encode() + b"\n" for number in range(500))
    texts, bad, _ = read(tmp_path, "a.tar.gz", gzip.compress(tar({"long.jsonl": lines, "short.txt": b"short"})))
    assert bad == []
    assert texts["in/long.jsonl"] == [f"document {number}" for number in range(500)]
    assert texts["in/short.txt"] == ["short"]


def test_names_in_utf_8_are_what_they_are(tmp_path: Path) -> None:
    names = ["ü.txt", "запись.txt", "£5.txt"]
    texts, bad, _ = read(tmp_path, "a.zip", zipped(dict.fromkeys(names, b"A text.")))
    assert (sorted(texts), bad) == (sorted(f"in/{name}" for name in names), [])


def test_names_in_old_charsets(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        info = zipfile.ZipInfo("placeholder-name.txt")
        archive.writestr(info, b"text")
    raw = "записка-о-порте-1.txt".encode("cp1251")[:20].ljust(20, b"t")
    texts, _, _ = read(tmp_path, "a.zip", sink.getvalue().replace(b"placeholder-name.txt", raw))
    (source,) = texts
    assert source.startswith("in/записка-о-порте")


def test_links_and_devices_in_a_zip_are_no_texts(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, mode, system in [("link.txt", 0o120777, 3), ("pipe", 0o10644, 3), ("a.txt", 0o100644, 3)]:
            info = zipfile.ZipInfo(name)
            info.create_system, info.external_attr = system, mode << 16
            archive.writestr(info, f"what {name} holds")
        info = zipfile.ZipInfo("b.txt")
        info.create_system, info.external_attr = 0, 0o120777 << 16  # of another system the bits say nothing
        archive.writestr(info, "what b.txt holds")
    texts, bad, _ = read(tmp_path, "a.zip", sink.getvalue())
    assert (texts, bad) == ({"in/a.txt": ["what a.txt holds"], "in/b.txt": ["what b.txt holds"]}, [])


def test_links_in_a_7z_are_no_texts(tmp_path: Path) -> None:
    folder = tmp_path / "packed"
    folder.mkdir()
    (folder / "a.txt").write_text("what it holds")
    (folder / "link.txt").symlink_to("a.txt")
    sink = io.BytesIO()
    with py7zr.SevenZipFile(sink, "w") as archive:
        archive.writeall(folder, "top")
    texts, bad, _ = read(tmp_path, "a.7z", sink.getvalue())
    assert (texts, bad) == ({"in/top/a.txt": ["what it holds"]}, [])


def test_a_7z_holds_more_files_than_a_process_may_open(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    content = seven_zipped({f"{number}.txt": f"text {number}".encode() for number in range(300)})
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, limits[1]))
    try:
        texts, bad, _ = read(tmp_path, "a.7z", content)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert (texts, bad) == ({f"in/{number}.txt": [f"text {number}"] for number in range(300)}, [])


@pytest.mark.parametrize("cut", [8, 12])
def test_files_that_lie_right_before_damage_are_read(tmp_path: Path, cut: int) -> None:
    content = gzip.compress(tar({"a.txt": b"first", "b.txt": b"second"}), mtime=0)
    texts, bad, _ = read(tmp_path, "a.tar.gz", content[:-cut])
    assert texts == {"in/a.txt": ["first"], "in/b.txt": ["second"]}
    assert [(row.source, row.error) for row in bad] == [("in", "truncated")]


@pytest.mark.parametrize("before", [b"PK\x07\x08", b"PK00", b"#!/bin/sh\nexit\n" + bytes(20)])
def test_what_stands_before_a_zip_archive_costs_none_of_it(tmp_path: Path, before: bytes) -> None:
    texts, bad, _ = read(tmp_path, "a.zip", before + zipped({"a.txt": b"first"}))
    assert (texts, bad) == ({"in/a.txt": ["first"]}, [])


def test_parts_of_a_zip_archive_are_told(tmp_path: Path) -> None:
    content = zipped({"a.txt": random.Random(1).randbytes(9000), "b.txt": b"x"})
    end = content.rindex(b"PK\x05\x06") + 4
    last = content[5000:end] + b"\x01" + content[end + 1 :]
    for name, part in (("a.z01", b"PK\x07\x08" + content[:5000]), ("a.zip", last)):
        _, bad, _ = read(tmp_path, name, part)
        assert [row.error for row in bad] == ["unsupported"]
        assert "one of several parts" in bad[0].detail


def test_numbers_in_headers_of_tar_that_nothing_depends_on(tmp_path: Path) -> None:
    content = bytearray(tar({"a.txt": b"first", "b.txt": b"second"}))
    content[136:148] = b"12766\x00 0\x00\x00\x00\x00"  # the time
    content[148:156] = b" " * 8
    content[148:156] = b"%06o\x00 " % sum(content[:512])
    assert read(tmp_path, "a.tar", bytes(content))[:2] == ({"in/a.txt": ["first"], "in/b.txt": ["second"]}, [])
    content[137] += 1  # the checksum is another one
    texts, bad, _ = read(tmp_path, "b.tar", bytes(content))
    assert (texts, [row.error for row in bad]) == ({"in/b.txt": ["second"]}, ["corrupt"])


def test_a_7z_archive_whose_names_are_encrypted_is_told(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with py7zr.SevenZipFile(sink, "w", password="mill", header_encryption=True) as archive:
        archive.writestr(b"x", "a.txt")
    _, bad, _ = read(tmp_path, "a.7z", sink.getvalue())
    assert [(row.error, row.detail[:23]) for row in bad] == [("unsupported", "an encrypted 7z archive")]


def test_an_archive_without_files_holds_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "a.zip", zipped({})) == ({}, [], {})


def test_a_compressed_zip_that_breaks_off_is_truncated(tmp_path: Path) -> None:
    content = gzip.compress(zipped({"a.txt": b"first"}), mtime=0)
    texts, bad, _ = read(tmp_path, "a.zip.gz", content[:-10])
    assert texts == {}
    assert [(row.source, row.error) for row in bad] == [("in", "truncated")]
    assert bad[0].detail == "the archive breaks off: the file ends inside its gz data"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_that_is_damaged_in_any_compression_costs_no_other(tmp_path: Path, method: int) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name in ("a.txt", "b.txt", "c.txt"):
            archive.writestr(name, random.Random(name).randbytes(300).hex())
    content = bytearray(sink.getvalue())
    at = content.index(b"b.txt") + 5 + 60
    content[at : at + 12] = b"damaged here"
    texts, bad, _ = read(tmp_path, "a.zip", bytes(content))
    assert list(texts) == ["in/a.txt", "in/c.txt"]
    assert [(row.source, row.error) for row in bad] == [("in/b.txt", "corrupt")]


def test_a_tar_is_read_as_far_as_it_is_needed() -> None:
    content = tar({f"{number}.txt": bytes(100_000) for number in range(30)})
    stream = io.BytesIO(content)
    entries = tar_entries(stream, Budget(len(content), None))
    assert next(entries).name == "0.txt"
    assert stream.tell() < 100_000
    assert [entry.name for entry in entries] == [f"{number}.txt" for number in range(1, 30)]
