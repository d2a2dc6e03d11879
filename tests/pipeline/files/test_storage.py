"""Files by path and URI: local ones, and a stand-in for other stores."""

import errno
import hashlib
import os
import random
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from textmill.errors import InputError, TextmillError
from textmill.pipeline.files import listing, read_ahead, storage, stores
from textmill.pipeline.files.globs import expand_glob


@pytest.fixture
def bucket(tmp_path: Path) -> str:
    """A folder of a store behind URIs; in the memory of this process."""
    return f"memory://bucket{tmp_path}"


@pytest.fixture(params=["local", "remote"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A folder to write to, once here and once in another store."""
    return str(tmp_path / "here") if request.param == "local" else str(request.getfixturevalue("bucket"))


def write(path: str, content: bytes) -> None:
    with storage.write_atomically(path) as sink:
        sink.write(content)


def test_what_is_written_can_be_read_measured_and_hashed(root: str) -> None:
    path = storage.join(root, "a", "b.bin")
    write(path, b"0123456789")
    with storage.open_read(path) as source:
        source.seek(3)
        assert source.read(4) == b"3456"
    assert listing.size(path) == 10
    assert storage.exists(path)
    assert not storage.is_folder(path)
    assert storage.is_folder(storage.join(root, "a"))
    assert storage.sha256(path) == hashlib.sha256(b"0123456789").hexdigest()


def test_files_are_listed_below_and_sorted(root: str) -> None:
    names = ["z", "b/c", "b/a", "a.txt", "b/d/e"]
    for name in names:
        write(storage.join(root, name), name.encode())
    expected = sorted(storage.join(root, name) for name in names)
    assert listing.list_files(root) == expected
    assert [(path, size) for path, size, _ in listing.list_entries(root)] == [
        (path, len(path) - len(root) - 1) for path in expected
    ]
    assert listing.list_files(storage.join(root, "nothing")) == []


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
    assert listing.list_files(root) == [path]


def test_a_file_appears_only_when_it_is_complete(root: str) -> None:
    path = storage.join(root, "file")
    write(storage.join(root, "other"), b"")
    with storage.write_atomically(path) as sink:
        sink.write(b"content")
        assert not storage.exists(path)
        names = [name.rpartition("/")[2] for name in listing.list_files(root)]
        assert [name for name in names if not name.startswith(".")] == ["other"]
    assert listing.size(path) == 7


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
    assert len(listing.list_files(root)) == 2


def test_a_file_that_is_removed_is_gone_and_one_that_was_gone_before_is_no_error(root: str) -> None:
    for name in ("a", "b"):
        write(storage.join(root, name), b"1")
    for _ in range(2):
        storage.remove_file(storage.join(root, "a"))
        assert listing.list_files(root) == [storage.join(root, "b")]


def test_folders_are_made_with_those_above_and_empty_ones_removed(tmp_path: Path) -> None:
    top = tmp_path / "top"
    for folder in ("a/b/c", "d", "e"):
        for _ in range(2):  # one that is there is no error
            storage.make_folder(str(top / folder))
    write(str(top / "d" / "file"), b"1")
    storage.remove_empty_folders(str(top))
    assert sorted(path.relative_to(top).as_posix() for path in top.rglob("*")) == ["d", "d/file"]
    storage.remove_tree(str(top / "d"))
    storage.remove_empty_folders(str(top))
    assert top.is_dir()


def test_a_small_file_is_read_at_once(root: str) -> None:
    write(storage.join(root, "a"), b"0123")
    assert storage.read_bytes(storage.join(root, "a")) == b"0123"
    with pytest.raises(FileNotFoundError):
        storage.read_bytes(storage.join(root, "b"))


def test_remove_tree(root: str) -> None:
    write(storage.join(root, "a", "b"), b"")
    write(storage.join(root, "c"), b"")
    storage.remove_tree(storage.join(root, "a"))
    assert listing.list_files(root) == [storage.join(root, "c")]


def test_links_and_pipes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"abc")
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "file")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    found = [
        (Path(path).relative_to(tmp_path).as_posix(), count) for path, count, _ in listing.list_entries(str(tmp_path))
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


def test_a_local_path_becomes_absolute_and_a_uri_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert storage.local_path_or_uri("a/b.txt") == f"{tmp_path}/a/b.txt"
    assert storage.local_path_or_uri("file://a/b.txt") == f"{tmp_path}/a/b.txt"
    assert storage.local_path_or_uri("s3://bucket/a/b.txt") == "s3://bucket/a/b.txt"


@pytest.mark.parametrize(
    ("folder", "folder_name", "name", "uri"),
    [
        ("hdfs://name:9000/data", "/data", "/data/x/y", "hdfs://name:9000/data/x/y"),
        ("s3://bucket/data/", "bucket/data", "bucket/data/x", "s3://bucket/data/x"),
        ("s3://bucket", "bucket", "bucket/x", "s3://bucket/x"),
        ("az://container/data", "container/data", "container/data/x", "az://container/data/x"),
    ],
)
def test_the_uri_of_what_was_found(folder: str, folder_name: str, name: str, uri: str) -> None:
    assert stores.uri_below(folder, folder_name, name) == uri


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
    _, size, version = listing.entry(path)
    assert size == 3
    assert [found[:2] for found in listing.list_entries(root)] == [listing.entry(path)[:2]]
    write(path, b"abX")
    assert listing.entry(path).size == 3
    assert listing.entry(path).version != version


def test_a_file_whose_time_was_set_back_has_another_version(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    before, found = path.stat(), listing.entry(str(path))
    path.write_bytes(b"abX")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert listing.entry(str(path)) != found


@pytest.mark.parametrize(
    ("uri", "scheme"), [("s3://bucket/x", "s3"), ("HDFS://name/x", "hdfs"), ("gs://bucket/a://b", "gs")]
)
def test_the_scheme_of_a_uri(uri: str, scheme: str) -> None:
    assert stores.scheme_of(uri) == scheme


def test_a_store_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match=r"cannot open nosuch://bucket: give a local path, or one of s3://"):
        storage.open_read("nosuch://bucket/file")


def test_a_library_that_is_missing_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adlfs", None)
    with pytest.raises(InputError, match=r"abfss:// needs a library: pip install 'textmill\[azure\]'"):
        storage.open_read("abfss://container@account.dfs.core.windows.net/file")


def test_what_arguments_of_a_command_will_need_is_known_beforehand() -> None:
    given = ["crawl=S3://bucket/a", "gs://one/b", "plain/folder", "gcs://two", "ftp://host/c", "s3a://bucket/b"]
    assert stores.needed_libraries(given) == ["gcsfs", "s3fs"]


def test_a_web_server_is_for_reading_single_files() -> None:
    with pytest.raises(InputError, match=r"https:// is for reading only"), storage.write_atomically("https://a.org/b"):
        pass
    with pytest.raises(InputError, match="web servers tell only of single files"):
        listing.list_entries("https://a.org/b")
    assert not storage.is_folder("https://a.org/b")


def test_a_store_is_asked_again_and_what_lasts_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "WAITS_SECONDS", (0.0, 0.0))
    said: list[Exception] = [OSError(errno.EBUSY, "SlowDown"), ConnectionResetError("torn")]

    def answer() -> str:
        if said:
            raise said.pop()
        return "bytes"

    assert stores.attempt("s3://b/x", "read", answer) == "bytes"
    said.extend([OSError(errno.EBUSY, "SlowDown")] * 3)
    with pytest.raises(TextmillError, match=r"cannot read s3://b/x: OSError: .*SlowDown; 3 attempts failed.*--resume"):
        stores.attempt("s3://b/x", "read", answer)
    said.extend([OSError(), FileNotFoundError("s3://b/x")])
    with pytest.raises(FileNotFoundError):
        stores.attempt("s3://b/x", "read", answer)
    assert len(said) == 1


@pytest.mark.parametrize(
    "name",
    [
        *("NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"),  # botocore
        *("DefaultCredentialsError", "RefreshError", "HttpAuthError"),  # Google
        *("ClientAuthenticationError", "CredentialUnavailableError"),  # Azure
    ],
)
def test_missing_keys_are_told_at_once(name: str) -> None:
    def answer() -> str:
        raise type(name, (Exception,), {})("Unable to locate credentials")

    with pytest.raises(InputError, match=rf"cannot read s3://b/x: {name}: .*docs/stores.md"):
        stores.attempt("s3://b/x", "read", answer)


def test_options_of_stores() -> None:
    parsed = stores.parse_store_options(["s3.endpoint=http://h:1/?a=b", "gs.anonymous=true", "gcs.project=p"])
    assert parsed == {"s3": {"endpoint": "http://h:1/?a=b"}, "gcs": {"anonymous": True, "project": "p"}}
    for wrong in ("s3.endpoint", "endpoint=x", ".a=b", "s3.=b"):
        with pytest.raises(InputError, match="write an option of a store as"):
            stores.parse_store_options([wrong])


class _Library:
    """A file system of some store's library, which keeps what it was opened with."""

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments

    @staticmethod
    def _get_kwargs_from_urls(uri: str) -> dict[str, str]:
        return {"of": uri}

    @staticmethod
    def _strip_protocol(path: str) -> str:
        return path


@pytest.mark.parametrize(
    ("uri", "given", "opened_with"),
    [
        (
            "s3://bucket/x",
            {"endpoint": "http://h:1", "anonymous": True, "region": "here"},
            {"endpoint_url": "http://h:1", "anon": True, "region": "here"},
        ),
        (
            "az://container/x",
            {"endpoint": "h:1", "anonymous": False, "account": "me"},
            {"account_host": "h:1", "anon": False, "account_name": "me"},
        ),
        (
            "gs://bucket/x",
            {"endpoint": "http://h:1", "anonymous": True},
            {"endpoint_url": "http://h:1", "token": "anon"},
        ),
        ("gs://bucket/x", {"project": "p", "anonymous": False}, {"project": "p"}),
    ],
)
def test_options_have_one_name_for_every_store(
    uri: str, given: dict[str, Any], opened_with: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fsspec.get_filesystem_class", lambda scheme: _Library)
    monkeypatch.setitem(sys.modules, "gcsfs.core", SimpleNamespace(GCSFileSystem=_Library))
    scheme = stores.scheme_of(uri)
    stores.use_store_options({stores.EXTRAS[scheme]: given})
    try:
        system, _ = stores.connect(uri)
    finally:
        stores.use_store_options({})
    assert system.arguments.items() >= opened_with.items()
    assert system.arguments["use_listings_cache"] is False  # other processes write
    assert system.arguments["of"] == uri.removesuffix("/x")
    assert not {"endpoint", "anonymous", "account"} & set(system.arguments)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("size", [0, 1, 5, 1000, 4321])
def test_ranges_give_the_bytes_of_the_file(size: int, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "FIRST_BYTES", 16)
    monkeypatch.setattr(read_ahead, "MOST_BYTES", 200)
    monkeypatch.setattr(read_ahead, "BUFFER_BYTES", 10)
    content = random.Random(size).randbytes(size)
    asked: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        asked.append((start, end))
        return content[start:end]

    with read_ahead.open_ahead(fetch, size, whole=whole) as source:
        assert source.read() == content
        assert len(asked) == len(set(asked))  # nothing twice
        source.seek(0)
        assert b"".join(iter(lambda: source.read(7), b"")) == content
        places = random.Random(1)
        for _ in range(200):
            place, count = places.randrange(size + 2), places.randrange(300)
            source.seek(place)
            expected = content[place : place + count]
            assert source.read(count) == expected
            assert source.tell() == place + len(expected)
        assert source.seek(-min(3, size), os.SEEK_END) == size - min(3, size)
    assert source.closed
    assert max((end - start for start, end in asked), default=0) <= 200


def test_looking_at_a_head_fetches_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []

    def fetch(start: int, end: int) -> bytes:
        asked.append((start, end))
        return bytes(end - start)

    with read_ahead.open_ahead(fetch, 10**9) as source:
        assert source.read(4096) == bytes(4096)
    assert asked == [(0, read_ahead.FIRST_BYTES)]


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
        listing.list_entries(str(tmp_path))


def test_a_folder_that_nobody_else_can_write_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "own"
    storage.make_own_folder(str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o777)
    storage.make_own_folder(str(folder))
    assert folder.stat().st_mode & 0o777 == 0o700
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(InputError, match="link is no folder"):
        storage.make_own_folder(str(tmp_path / "link"))
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    with pytest.raises(InputError, match="own belongs to another user"):
        storage.make_own_folder(str(folder))
