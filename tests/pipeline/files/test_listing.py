"""Which files there are, with bytes and versions as each store tells them."""

from pathlib import Path
from typing import Any

import pytest

from textmill.errors import InputError, TextmillError
from textmill.pipeline.files import listing, storage, stores
from textmill.pipeline.files.listing import Entry


def write(path: str, content: bytes) -> None:
    with storage.write_atomically(path) as sink:
        sink.write(content)


def test_an_empty_file_has_no_bytes_and_a_folder_is_none(tmp_path: Path) -> None:
    for root in (str(tmp_path / "here"), f"memory://listing{tmp_path}"):
        for name, content in (("a/empty", b""), ("a/full", b"12"), ("b", b"3")):
            write(storage.join(root, name), content)
        assert [entry[:2] for entry in listing.list_entries(root)] == [
            (storage.join(root, "a", "empty"), 0),
            (storage.join(root, "a", "full"), 2),
            (storage.join(root, "b"), 1),
        ]
        assert listing.list_files(root) == [storage.join(root, name) for name in ("a/empty", "a/full", "b")]
        assert listing.list_entries(storage.join(root, "b")) == []  # a file holds none
        assert (listing.size(storage.join(root, "a", "empty")), listing.size(storage.join(root, "b"))) == (0, 1)


def test_a_local_version_is_both_times(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    found = path.stat()
    expected = Entry(str(path), 3, f"{found.st_mtime_ns}-{found.st_ctime_ns}")
    assert listing.entry(str(path)) == expected
    assert listing.list_entries(str(tmp_path)) == [expected]
    path.unlink()
    path.symlink_to(tmp_path / "nowhere")
    assert listing.list_entries(str(tmp_path)) == [Entry(str(path), 0, "")]
    with pytest.raises(FileNotFoundError):
        listing.entry(str(path))


@pytest.mark.parametrize(
    ("found", "version"),
    [
        ({}, ""),
        ({"size": 3, "name": "x"}, ""),
        ({"generation": 17, "etag": "e", "mtime": 1.5}, "17"),  # Google's
        ({"ETag": '"e1"', "LastModified": "yesterday"}, '"e1"'),  # S3's
        ({"etag": "e2", "last_modified": "now"}, "e2"),  # Azure's
        ({"blob_id": "b1", "xet_hash": "x1", "last_commit": None}, "b1"),  # a repository's
        ({"mtime": "then", "xet_hash": "x2"}, "x2"),  # a bucket's
        ({"Content-MD5": "m", "Last-Modified": "now"}, "m"),
        ({"ETag": None, "LastModified": "today"}, "today"),
        ({"etag": "", "Last-Modified": "Tue"}, "Tue"),  # a web server's
        ({"last_modified": "Wed", "mtime": 5}, "Wed"),
        ({"mtime": 5, "created": 4}, "5"),
        ({"modificationTime": 99, "created": 4}, "99"),  # HDFS's
        ({"created": 4}, "4"),
    ],
)
def test_the_surest_of_what_a_store_tells_is_the_version(found: dict[str, Any], version: str) -> None:
    assert listing.version_of(found) == version


class _Store:
    """What a store says of its files."""

    def __init__(self, found: dict[str, dict[str, Any]]) -> None:
        self.found = found

    def info(self, name: str) -> dict[str, Any]:
        return self.found[name]

    def find(self, name: str, *, detail: bool) -> dict[str, dict[str, Any]]:
        assert detail
        return {path: one for path, one in self.found.items() if path.startswith(name)}


def test_what_a_store_lists_beside_files_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    store = _Store(
        {
            "b/f": {"type": "file", "size": 0},  # a marker of the folder itself
            "b/f/x": {"type": "file", "size": None, "ETag": "e"},
            "b/f/w": {"type": "file", "size": "7"},
            "b/f/y": {"type": "directory", "size": 1},
            "b/f/z": {"type": "other", "size": 1},
        }
    )
    monkeypatch.setattr(listing, "connect", lambda path: (store, path.removeprefix("s3://")))
    assert listing.list_entries("s3://b/f") == [Entry("s3://b/f/w", 7, ""), Entry("s3://b/f/x", 0, "e")]


def test_a_store_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class _Busy(_Store):
        def find(self, name: str, *, detail: bool) -> dict[str, dict[str, Any]]:
            raise OSError("SlowDown")

    monkeypatch.setattr(stores, "WAITS_SECONDS", ())
    monkeypatch.setattr(listing, "connect", lambda path: (_Busy({}), path))
    with pytest.raises(TextmillError, match=r"^cannot list s3://b/f: OSError: SlowDown; 1 attempts failed"):
        listing.list_entries("s3://b/f")


def test_a_file_whose_bytes_a_store_does_not_tell_is_fetched_to_be_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(b"12345")
    monkeypatch.setattr(listing, "info_of", lambda path: {"size": None, "ETag": f"of {path}"})
    monkeypatch.setattr(listing, "fetched", lambda path: (tmp_path / path.rpartition("/")[2]).open("rb"))
    assert listing.entry("s3://b/x") == Entry("s3://b/x", 5, "of s3://b/x")
    monkeypatch.setattr(listing, "info_of", lambda path: {"size": 0, "etag": "e"})
    assert listing.entry("s3://b/x") == Entry("s3://b/x", 0, "e")


def test_a_web_server_is_not_listed() -> None:
    with pytest.raises(InputError) as told:
        listing.list_entries("https://a.org/b")
    assert str(told.value) == "cannot list https://a.org/b: web servers tell only of single files; name them"
