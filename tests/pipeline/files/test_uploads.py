"""Copies that a local run keeps of what it writes to a store, and uploads that go on beside the work."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest

from textmill.errors import TextmillError
from textmill.pipeline.files import storage, stores, uploads


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The output folder of a run whose copies are kept."""
    monkeypatch.setattr(stores, "WAITS_SECONDS", ())
    monkeypatch.setattr(uploads, "_kept", None)
    found = f"memory://out{tmp_path}"
    uploads.keep_copies(tmp_path / "copies", f"{found}/_work")
    yield found
    uploads._kept = None


def write(path: str, content: bytes) -> None:
    with storage.write_atomically(path) as sink:
        sink.write(content)


def read(path: str) -> bytes:
    with storage.open_read(path) as source:
        return source.read()


def test_what_is_kept_is_read_here_and_what_is_not_leaves_nothing(output: str, tmp_path: Path) -> None:
    write(f"{output}/_work/staged", b"staged")
    write(f"{output}/shards/part", b"shard")
    uploads.finish_uploads()
    system, name = stores.connect(output)
    assert system.cat_file(f"{name}/_work/staged") == b"staged"
    assert system.cat_file(f"{name}/shards/part") == b"shard"
    assert len(list((tmp_path / "copies").iterdir())) == 1
    system.rm_file(f"{name}/_work/staged")
    assert (read(f"{output}/_work/staged"), storage.exists(f"{output}/_work/staged")) == (b"staged", True)
    write(f"{output}/_work/staged", b"another")
    assert read(f"{output}/_work/staged") == b"another"
    storage.remove_file(f"{output}/_work/staged")
    assert not storage.exists(f"{output}/_work/staged")


def test_names_that_are_no_utf_8_have_copies_too(output: str) -> None:
    write(f"{output}/_work/\udcff", b"staged")
    assert read(f"{output}/_work/\udcff") == b"staged"
    uploads.finish_uploads()


def test_a_process_that_was_forked_uploads_at_once(
    output: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads.os, "getpid", lambda: -1)
    write(f"{output}/_work/staged", b"staged")
    system, name = stores.connect(output)
    assert system.cat_file(f"{name}/_work/staged") == b"staged"
    assert list((tmp_path / "copies").iterdir()) == []


def test_uploads_go_on_while_work_does_and_in_their_order(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go_on, order = threading.Event(), []
    put_file = fsspec.get_filesystem_class("memory").put_file

    def put_when_it_may(self: Any, local: str, name: str, **options: Any) -> None:
        assert may_go_on.wait(30)
        order.append(name.rpartition("/")[2])
        put_file(self, local, name, **options)

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "put_file", put_when_it_may)
    for name in ("staged", "ledger", "split.record"):
        write(f"{output}/_work/{name}", name.encode())
    assert read(f"{output}/_work/split.record") == b"split.record"
    assert order == []
    may_go_on.set()
    uploads.finish_uploads()
    assert (sorted(order[:2]), order[2]) == (["ledger", "staged"], "split.record")


def test_nothing_follows_an_upload_that_has_failed(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    put_file = fsspec.get_filesystem_class("memory").put_file

    def put_all_but_staged(self: Any, local: str, name: str, **options: Any) -> None:
        if name.endswith("staged"):
            raise ConnectionResetError("torn")
        put_file(self, local, name, **options)

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "put_file", put_all_but_staged)
    write(f"{output}/_work/staged", b"staged")
    write(f"{output}/_work/split.record", b"record")
    with pytest.raises(TextmillError, match=r"cannot write .*staged: ConnectionResetError: torn"):
        uploads.finish_uploads()
    system, name = stores.connect(output)
    assert not system.exists(f"{name}/_work/split.record")


def test_fewer_bytes_than_were_sent_are_noticed(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def put_half(self: Any, local: str, name: str, **options: Any) -> None:
        self.pipe_file(name, Path(local).read_bytes()[:3])

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "put_file", put_half)
    write(f"{output}/shards/part", b"shard")
    with pytest.raises(TextmillError, match=r"cannot write .*part: OSError: 3 of 5 bytes have arrived"):
        uploads.finish_uploads()
