"""Files by path and URI: local ones, and a stand-in for other stores."""

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.fs as pafs
import pytest

from textmill.errors import InputError, TextmillError
from textmill.pipeline.files import storage
from textmill.pipeline.files.globs import expand_glob


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
    assert [(path, size) for path, size, _ in storage.list_entries(root)] == [
        (path, len(path) - len(root) - 1) for path in expected
    ]
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
    assert [path for path, _, _ in expand_glob(storage.join(root, pattern))] == [
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
    found = [
        (Path(path).relative_to(tmp_path).as_posix(), count) for path, count, _ in storage.list_entries(str(tmp_path))
    ]
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


def test_a_file_in_hdfs_is_replaced_by_the_next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = []

    class Recorded(pafs.SubTreeFileSystem):
        """HDFS refuses to rename onto a file."""

        def move(self, source: str, target: str) -> None:
            moved.append((tmp_path / target.lstrip("/")).exists())
            super().move(source, target)

    local = Recorded(str(tmp_path), pafs.LocalFileSystem())
    monkeypatch.setattr(storage, "_file_system", lambda scheme, authority: local)
    for content in (b"first", b"second"):
        with storage.write_atomically("hdfs://name:9000/file") as sink:
            sink.write(content)
        assert (tmp_path / "file").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert moved == [False, False]


def test_what_cannot_be_written_is_told_and_other_errors_are_left_as_they_are(tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    full = pytest.raises(TextmillError, match=r"cannot write .*file: No space left.*--resume")
    with full as told, storage.write_atomically(path):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert isinstance(told.value.__cause__, OSError)
    with pytest.raises(OSError, match="read error") as raised, storage.write_atomically(path):
        raise OSError(errno.EIO, "read error of the input")
    assert raised.value.errno == errno.EIO
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_file_and_no_folder_is_special(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").touch()
    paths = [tmp_path / "pipe", Path(os.devnull), tmp_path / "file", tmp_path, tmp_path / "missing"]
    assert [storage.is_special(str(path)) for path in paths] == [True, True, False, False, False]
    assert not storage.is_special("s3://bucket/pipe")


def test_a_file_that_changes_has_another_version(root: str) -> None:
    path = storage.join(root, "file")
    write(path, b"abc")
    _, size, version = storage.entry(path)
    assert size == 3
    assert [found for found in storage.list_entries(root) if found.path == path] == [storage.entry(path)]
    write(path, b"abX")
    assert storage.entry(path).size == 3
    assert storage.entry(path).version != version


def test_a_file_whose_time_was_set_back_has_another_version(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    before, found = path.stat(), storage.entry(str(path))
    path.write_bytes(b"abX")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert storage.entry(str(path)) != found


@pytest.mark.parametrize(
    ("uri", "scheme"), [("s3://bucket/x", "s3"), ("HDFS://name/x", "hdfs"), ("gs://bucket/a://b", "gs")]
)
def test_the_scheme_of_a_uri(uri: str, scheme: str) -> None:
    assert storage.scheme_of(uri) == scheme


def test_a_store_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match=r"cannot open nosuch://bucket: give a local path, or one of gs://"):
        storage.open_read("nosuch://bucket/file")


def test_a_store_that_does_not_answer_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def from_uri(uri: str) -> Any:
        asked.append(uri)
        raise OSError("no route to host")

    monkeypatch.setattr(pafs, "FileSystem", SimpleNamespace(from_uri=from_uri))
    with pytest.raises(InputError, match="cannot reach gs://unreachable: no route to host"):
        storage.open_read("gs://unreachable/file")
    with pytest.raises(InputError, match="cannot reach s3://unreachable"):
        storage.open_read("s3://unreachable/file")
    assert asked == ["gs://unreachable?retry_limit_seconds=60", "s3://unreachable"]


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "file").touch()
    real = os.scandir

    def scandir(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PermissionError):
        storage.list_entries(str(tmp_path))
