"""Files by path and URI: local ones, and a stand-in for other stores."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.fs as pafs
import pytest

from textmill.pipeline.files import storage
from textmill.pipeline.files.globs import expand_glob_sizes


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store behind s3:// URIs that is a local folder, reached through pyarrow as a real one is."""
    (tmp_path / "store" / "bucket").mkdir(parents=True)
    system = pafs.SubTreeFileSystem(str(tmp_path / "store"), pafs.LocalFileSystem())
    asked: list[tuple[str, str]] = []

    def connect(scheme: str, authority: str) -> Any:
        asked.append((scheme, authority))
        return system

    monkeypatch.setattr(storage, "_file_system", connect)
    yield "s3://bucket"
    assert asked
    assert set(asked) == {("s3", "bucket")}


@pytest.fixture(params=["local", "remote"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder to write to, once here and once in another store."""
    return str(tmp_path / "here") if request.param == "local" else str(request.getfixturevalue("bucket"))


def write(path: str, content: bytes) -> None:
    storage.make_folder(path.rpartition("/")[0])
    if storage.local_path(path) is None:
        system, name = storage._remote(path)
        system.create_dir(name.rpartition("/")[0], recursive=True)
    with storage.write_atomically(path) as sink:
        sink.write(content)


def test_what_is_written_can_be_read_measured_and_hashed(root: str) -> None:
    path = storage.join(root, "a", "b.bin")
    write(path, b"0123456789")
    with storage.open_read(path) as source:
        source.seek(3)
        assert source.read(4) == b"3456"
    assert storage.size(path) == 10
    assert storage.exists(path)
    assert not storage.is_folder(path)
    assert storage.is_folder(storage.join(root, "a"))
    assert storage.sha256(path) == hashlib.sha256(b"0123456789").hexdigest()


def test_files_are_listed_below_and_sorted(root: str) -> None:
    names = ["z", "b/c", "b/a", "a.txt", "b/d/e"]
    for name in names:
        write(storage.join(root, name), name.encode())
    expected = sorted(storage.join(root, name) for name in names)
    assert storage.list_files(root) == expected
    assert storage.list_sizes(root) == [(path, len(path) - len(root) - 1) for path in expected]
    assert storage.list_files(storage.join(root, "nothing")) == []


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.gz", ["a.gz"]),
        ("*/*.gz", ["x/b.gz"]),
        ("**/*.gz", ["a.gz", "x/b.gz", "x/y/c.gz"]),
        ("x/**", ["x/b.gz", "x/d.txt", "x/y/c.gz"]),
        ("x/?.gz", ["x/b.gz"]),
        ("x/[a-c].*", ["x/b.gz"]),
        ("none/*.gz", []),
    ],
)
def test_globs(root: str, pattern: str, found: list[str]) -> None:
    for name in ["a.gz", "x/b.gz", "x/d.txt", "x/y/c.gz"]:
        write(storage.join(root, name), b"")
    assert [path for path, _ in expand_glob_sizes(storage.join(root, pattern))] == [
        storage.join(root, name) for name in found
    ]


def test_a_failed_write_leaves_nothing_and_spares_what_was_there(root: str) -> None:
    path = storage.join(root, "file")
    write(path, b"before")

    def fail() -> None:
        with storage.write_atomically(path) as sink:
            sink.write(b"half of what was to be wri")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    with storage.open_read(path) as source:
        assert source.read() == b"before"
    assert storage.list_files(root) == [path]


def test_a_file_appears_only_when_it_is_complete(root: str) -> None:
    path = storage.join(root, "file")
    write(storage.join(root, "other"), b"")
    with storage.write_atomically(path) as sink:
        sink.write(b"content")
        assert not storage.exists(path)
        names = [name.rpartition("/")[2] for name in storage.list_files(root)]
        assert [name for name in names if not name.startswith(".")] == ["other"]
    assert storage.size(path) == 7


def test_two_writers_of_one_file_do_not_disturb_each_other(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = storage.join(root, "file")
    write(storage.join(root, "other"), b"")
    with storage.write_atomically(path) as first:
        first.write(b"the same ")
        monkeypatch.setattr(os, "getpid", lambda: -1)
        with storage.write_atomically(path) as second:
            second.write(b"the same bytes")
        first.write(b"bytes")
    with storage.open_read(path) as source:
        assert source.read() == b"the same bytes"
    assert len(storage.list_files(root)) == 2


def test_remove_tree(root: str) -> None:
    write(storage.join(root, "a", "b"), b"")
    write(storage.join(root, "c"), b"")
    storage.remove_tree(storage.join(root, "a"))
    assert storage.list_files(root) == [storage.join(root, "c")]


def test_links_and_pipes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"abc")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    found = [(Path(path).relative_to(tmp_path).as_posix(), count) for path, count in storage.list_sizes(str(tmp_path))]
    assert found == [("dangling", 0), ("link", 3), ("real/file", 3)]


@pytest.mark.parametrize(
    ("path", "local"),
    [
        ("a/b", "a/b"),
        ("file:///a/b", "/a/b"),
        ("s3://bucket/key", None),
        ("gs://bucket/key", None),
        ("label=s3://bucket", "label=s3://bucket"),
    ],
)
def test_what_is_local(path: str, local: str | None) -> None:
    assert storage.local_path(path) == (None if local is None else Path(local))


def test_names_in_hdfs_begin_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_file_system", lambda scheme, authority: (scheme, authority))
    assert storage._remote("hdfs://name:9000/data/x") == (("hdfs", "name:9000"), "/data/x")
    assert storage._remote("s3://bucket/data/x") == (("s3", "bucket"), "bucket/data/x")
    assert storage._uri("hdfs://name:9000/data", "/data/x") == "hdfs://name:9000/data/x"
    assert storage._uri("s3://bucket/data", "bucket/data/x") == "s3://bucket/data/x"


def test_pyarrow_connects_by_uri() -> None:
    system, name = storage._remote("mock://bucket/x")
    assert isinstance(system, pafs.FileSystem)
    assert name == "bucket/x"
