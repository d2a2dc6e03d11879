"""Pushing to a hub: verified first, whole, again without sending twice, and without what an earlier push has left."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from textmill import Recipe, Tokenize
from textmill.filters.base.where import where
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.export.export import export

from ...hub_server import TOKEN, Hub, hub_server
from ..conftest import IN_PROCESS

Push = Callable[..., subprocess.CompletedProcess[str]]


def letters(text: str) -> int:
    return len(text)


def topic(text: str) -> str:
    return text.split()[0]


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("push")
    with (folder / "in.jsonl").open("w") as sink:
        for number in range(200):
            sink.write(json.dumps({"text": f"{'ab/'[number % 3]} page {number} tells of mills."}) + "\n")
        sink.write('{"text": "short"}\nbroken\n')
    steps = [where(letters, minimum=10), where(topic), Tokenize("cl100k")]
    Recipe("pushed", steps, partition=["topic"]).run(
        str(folder / "in.jsonl"), output=str(folder / "out"), shard_bytes=2_000, keep_removed=True, runner=IN_PROCESS
    )
    (folder / "out" / "LICENSE").write_text("CC0\n")
    (folder / "out" / "notes.txt").write_text("mine\n")
    return folder / "out"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_server() as found:
        yield found


@pytest.fixture
def push(textmill: Callable[..., subprocess.CompletedProcess[str]]) -> Push:
    """By the command: huggingface_hub reads the environment when it is imported."""

    def run(hub: Hub, folder: Path, *arguments: object, token: str | None = TOKEN) -> subprocess.CompletedProcess[str]:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
            "HF_ENDPOINT": hub.url,
            "HF_HOME": str(folder.parent / "hf"),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            **({"HF_TOKEN": token} if token else {}),
        }
        return textmill("push", folder, *arguments, env=environment)

    return run


def names(folder: Path, *below: str) -> set[str]:
    return {
        str(path.relative_to(folder))
        for name in below
        for path in ((folder / name).rglob("*") if (folder / name).is_dir() else [folder / name])
        if path.is_file()
    }


def test_a_run_is_published_so_that_it_can_be_loaded(
    output: Path, hub: Hub, push: Push, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = push(hub, output, "--repo", "me/data", "--private")
    assert done.returncode == 0, done.stderr
    files = hub.repositories["me/data"].branches["main"]
    expected = names(output, "shards", "ledger", "LICENSE", "README.md", "croissant.json", "manifest.json")
    assert set(files) == {".gitattributes", *expected}
    assert any("topic=%2F/" in name for name in files)
    assert all(files[name] == (output / name).read_bytes() for name in expected)
    assert hub.repositories["me/data"].visibility == "private"
    assert f"{len(expected)} files in me/data (main): {hub.url}/datasets/me/data/commit/" in done.stdout
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from datasets import disable_progress_bars, load_dataset

    disable_progress_bars()
    clone = hub.save("me/data", tmp_path / "clone")
    assert len(load_dataset(str(clone), split="train", cache_dir=str(tmp_path / "cache"))) == 200


def test_all_folders_make_a_copy_that_verifies(output: Path, hub: Hub, push: Push, tmp_path: Path) -> None:
    done = push(hub, output, "--repo", "me/all", "--folders", "shards,ledger,removed,quarantine", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["repository"], told["removed_files"], done.stderr) == ("me/all", 0, "")
    clone = hub.save("me/all", tmp_path / "clone")
    assert told["files"] == len(hub.repositories["me/all"].branches["main"]) - 1
    assert verify_folder(str(clone)) == []


def test_a_second_push_sends_nothing_twice(output: Path, hub: Hub, push: Push) -> None:
    assert push(hub, output, "--repo", "me/data", "-q").returncode == 0
    uploads = hub.seen["uploads"]
    done = push(hub, output, "--repo", "me/data", "-q")
    assert done.returncode == 0, done.stderr
    assert hub.seen["uploads"] == uploads > 0
    assert len(hub.repositories["me/data"].commits) == 1


def test_an_interrupted_push_goes_on(output: Path, hub: Hub, push: Push) -> None:
    hub.fail_after_uploads = 2
    done = push(hub, output, "--repo", "me/data", "-q")
    assert done.returncode == 1
    assert "no room" in done.stderr
    assert "give the same command again" in done.stderr
    assert "Traceback" not in done.stderr
    assert set(hub.repositories["me/data"].branches["main"]) == {".gitattributes"}  # nothing half of it
    arrived, tried = len(hub.objects), hub.seen["uploads"]
    hub.fail_after_uploads = None
    assert push(hub, output, "--repo", "me/data", "-q").returncode == 0
    assert hub.seen["uploads"] - tried == len(hub.objects) - arrived


def test_files_of_an_earlier_push_go_on_the_branch_that_is_named(
    output: Path, hub: Hub, push: Push, tmp_path: Path
) -> None:
    assert push(hub, output, "--repo", "me/data", "-q").returncode == 0
    before = dict(hub.repositories["me/data"].branches["main"])
    other = tmp_path / "other"
    (tmp_path / "in.txt").write_text("One page tells of mills.")
    Recipe("other", [where(letters), Tokenize("cl100k")]).run(
        str(tmp_path / "in.txt"), output=str(other), runner=IN_PROCESS
    )
    done = push(hub, other, "--repo", "me/data", "--revision", "new/one")
    assert done.returncode == 0, done.stderr
    branches = hub.repositories["me/data"].branches
    assert branches["main"] == before
    kept = {".gitattributes", "LICENSE"}
    described = {"README.md", "croissant.json", "manifest.json"}
    assert set(branches["new/one"]) == {*kept, *described, *names(other, "shards", "ledger")}
    assert "deleted" in done.stdout


def test_files_of_an_earlier_export_go_and_those_of_others_stay(
    output: Path, hub: Hub, push: Push, tmp_path: Path
) -> None:
    for kind in ("jsonl", "megatron"):
        export(str(output), str(tmp_path / kind), kind)
    assert push(hub, tmp_path / "jsonl", "--repo", "me/data", "-q").returncode == 0
    files = hub.repositories["me/data"].branches["main"]
    files["notes.jsonl"] = b"of somebody\n"
    assert any(name.startswith("part-") for name in files)
    done = push(hub, tmp_path / "megatron", "--repo", "me/data")
    assert done.returncode == 0, done.stderr
    assert set(files) - {".gitattributes"} == {"notes.jsonl", "manifest.json", "tokens.bin", "tokens.idx"}
    files["manifest.json"] = b"[1]"
    assert push(hub, tmp_path / "jsonl", "--repo", "me/data", "-q").returncode == 0
    assert {"tokens.bin", "notes.jsonl"} < set(files)


@pytest.mark.parametrize(
    ("arguments", "token", "code", "message"),
    [
        (("--repo", "data"), TOKEN, 2, "a repository is called owner/name"),
        (("--repo", "me/data"), None, 2, "no token: set HF_TOKEN"),
        (("--repo", "me/data"), "hf_wrong", 2, "Invalid username or password"),
        (("--repo", "other/data"), TOKEN, 2, "rights to create"),
        (("--repo", "me/data", "--folders", "shard"), TOKEN, 2, "no folder 'shard'; it has shards"),
        (("--repo", "me/data", "--folders", " , "), TOKEN, 2, "no folder to publish is named"),
        (("--repo", "-me/data"), TOKEN, 2, "cannot start or end with '-'"),
        (("--repo", "me/data", "--token", "hf_sec\nret"), None, 2, "the token holds spaces"),
        (("--repo", "me/data", "--token", "hf_secré"), None, 2, "the token holds spaces"),
    ],
)
def test_what_is_wrong_is_told(
    output: Path, hub: Hub, push: Push, arguments: tuple[Any, ...], token: str | None, code: int, message: str
) -> None:
    done = push(hub, output, *arguments, token=token)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "hf_" not in done.stderr  # what is secret, or nearly
    assert hub.objects == {}


def test_a_damaged_folder_is_not_pushed(output: Path, hub: Hub, push: Push, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(output, copy)
    next((copy / "shards").rglob("*.parquet")).write_bytes(b"PAR1")
    done = push(hub, copy, "--repo", "me/data")
    assert (done.returncode, "was not pushed" in done.stderr) == (1, True)
    assert hub.repositories == {}


def test_a_server_that_is_not_there_is_told(output: Path, hub: Hub, push: Push) -> None:
    gone = Hub(url="http://127.0.0.1:9")
    done = push(gone, output, "--repo", "me/data", "-q")
    assert done.returncode == 1
    assert "cannot push to me/data" in done.stderr
    assert "Traceback" not in done.stderr
