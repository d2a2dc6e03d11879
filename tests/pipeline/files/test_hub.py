"""Files on Hugging Face's Hub, in repositories and in buckets, by its own library against a hub on loopback."""

from collections.abc import Iterator

import pytest

from textmill.pipeline.files import listing, storage, stores

from ...hub_server import PAGE, TOKEN, Hub, hub_as_store

pytest.importorskip("huggingface_hub", reason="the extra hf is not installed")

FILES = PAGE + 20
"""A listing of them has more than one page."""


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with hub_as_store() as found:
        yield found


def test_what_another_process_has_written_is_seen(hub: Hub) -> None:
    files = hub.files_of("me/shared")
    files["a/one.txt"] = b"one"
    folder = "hf://datasets/me/shared/a"
    assert [entry.path for entry in listing.list_entries(folder)] == [f"{folder}/one.txt"]
    assert not storage.exists(f"{folder}/two.txt")
    files.update({"a/one.txt": b"1", "a/two.txt": b"two"})
    assert storage.exists(f"{folder}/two.txt")
    assert [(entry.path[-7:], entry.size) for entry in listing.list_entries(folder)] == [("one.txt", 1), ("two.txt", 3)]
    assert storage.read_bytes(f"{folder}/one.txt") == b"1"
    del files["a/one.txt"]
    with pytest.raises(FileNotFoundError, match=r"one\.txt"):
        storage.read_bytes(f"{folder}/one.txt")
    assert storage.is_folder(folder)
    assert not storage.is_folder(f"{folder}/two.txt")


def test_versions_tell_changed_files(hub: Hub) -> None:
    files = hub.files_of("me/versions")
    files.update({"a.txt": b"one", "b.txt": b"two"})
    before = {entry.path: entry.version for entry in listing.list_entries("hf://datasets/me/versions")}
    files["b.txt"] = b"six"  # of the same size
    after = {entry.path: entry.version for entry in listing.list_entries("hf://datasets/me/versions")}
    assert [path[-5:] for path in before if before[path] != after[path]] == ["b.txt"]


def test_of_a_large_file_only_what_is_asked_for_comes(hub: Hub) -> None:
    content = bytes(range(256)) * 40_000
    hub.files_of("me/large")["x.bin"] = content
    sent_before = hub.seen["bytes"]
    with storage.open_read("hf://datasets/me/large/x.bin") as source:
        source.seek(9_000_000)
        assert source.read(10) == content[9_000_000:9_000_010]
    assert hub.seen["bytes"] - sent_before < 1_000_000


def test_a_folder_is_removed_by_one_commit(hub: Hub) -> None:
    files = hub.files_of("me/many")
    files.update({f"work/{number}": b"x" for number in range(FILES)})
    before = hub.seen["commits"]
    storage.remove_tree("hf://datasets/me/many/work")
    assert (list(files), hub.seen["commits"] - before) == ([".gitattributes"], 1)


def test_a_file_is_looked_at_by_one_request_and_read_by_one_for_each_range(hub: Hub) -> None:
    hub.files_of("me/asked").update({"a/x.bin": b"0123456789", "a/y.txt": b"y", "z.txt": b"z"})
    system, name = stores.connect("hf://datasets/me/asked/a/x.bin")
    system.info(name)  # by which it knows that the repository is there
    hub.asked.clear()
    found = system.info(name)
    assert (found["name"], found["type"], found["size"]) == ("datasets/me/asked/a/x.bin", "file", 10)
    assert len(found["blob_id"]) == 40
    assert hub.asked == ["POST /api/datasets/me/asked/paths-info/main"]
    hub.asked.clear()
    asked = [system.cat_file(name, start, end) for start, end in ((2, 5), (0, 1), (9, 10), (None, None))]
    assert asked == [b"234", b"0", b"9", b"0123456789"]
    assert hub.asked == ["GET /datasets/me/asked/resolve/main/a/x.bin"] * 4
    assert system.find("datasets/me/asked/a") == ["datasets/me/asked/a/x.bin", "datasets/me/asked/a/y.txt"]
    hub.asked.clear()
    detailed = system.find("datasets/me/asked", detail=True)
    assert {path: found["size"] for path, found in detailed.items()} == {
        "datasets/me/asked/.gitattributes": 0,
        "datasets/me/asked/a/x.bin": 10,
        "datasets/me/asked/a/y.txt": 1,
        "datasets/me/asked/z.txt": 1,
    }
    assert hub.asked == ["GET /api/datasets/me/asked/tree/main"]  # without commits, which take a request a page
    assert system.info("datasets/me/asked")["type"] == "directory"


def test_what_is_not_there_and_what_is_closed_have_the_usual_errors(hub: Hub) -> None:
    hub.files_of("me/closed").update({"a.txt": b"a"})
    system, name = stores.connect("hf://datasets/me/closed/a.txt")
    with pytest.raises(FileNotFoundError, match=r"\[Errno 2\] No such file or directory: '.*me/closed/b\.txt'"):
        system.cat_file("hf://datasets/me/closed/b.txt")
    hub.repositories["me/closed"].is_gated = True
    with pytest.raises(PermissionError) as told:
        system.cat_file(name)
    assert (told.value.errno, told.value.filename) == (13, name)
    assert told.value.strerror == "ask for access on the page of the data set, and set HF_TOKEN"


def test_files_are_removed_a_thousand_by_one_commit(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.files.hub.REMOVED_AT_ONCE", 3)
    files = hub.files_of("me/removed")
    files.update({f"work/{number}": b"x" for number in range(7)} | {"kept": b"x"})
    storage.remove_tree("hf://datasets/me/removed/work")
    assert set(files) == {".gitattributes", "kept"}
    assert hub.repositories["me/removed"].commits == ["Delete datasets/me/removed/work"] * 3


def test_a_branch_is_written_behind_the_name(hub: Hub) -> None:
    hub.files_of("me/branches")
    branch = hub.repositories["me/branches"].branches["old"] = {"a/1": b"one", "a/2": b"two"}
    assert storage.read_bytes("hf://datasets/me/branches@old/a/1") == b"one"
    storage.remove_tree("hf://datasets/me/branches@old/a")
    assert branch == {}


def test_buckets_have_no_commits(hub: Hub) -> None:
    files = hub.files_of("buckets/me/b")
    files.clear()
    files.update({"a/x.bin": bytes(range(100)), "a/y": b"y", "z": b"z"})
    folder = "hf://buckets/me/b"
    assert [(entry.path, entry.size) for entry in listing.list_entries(folder)] == [
        (f"{folder}/a/x.bin", 100),
        (f"{folder}/a/y", 1),
        (f"{folder}/z", 1),
    ]
    assert storage.read_bytes(f"{folder}/a/x.bin") == bytes(range(100))
    system, name = stores.connect(f"{folder}/a/x.bin")
    assert system.cat_file(name, 3, 6) == bytes([3, 4, 5])
    before = [entry.version for entry in listing.list_entries(folder)]
    files["z"] = b"Z"
    after = [entry.version for entry in listing.list_entries(folder)]
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False]
    storage.remove_tree(f"{folder}/a")
    assert files == {"z": b"Z"}


def test_a_token_may_be_given_as_an_option(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.files_of("me/token")["a"] = b"a"
    monkeypatch.delenv("HF_TOKEN")
    before = stores.store_options()
    stores.use_store_options({"hf": {"endpoint": hub.url, "token": TOKEN}})
    try:
        assert storage.read_bytes("hf://datasets/me/token/a") == b"a"
    finally:
        stores.use_store_options(before)
