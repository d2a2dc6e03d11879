"""Mixes from and to other stores: the bytes of a mix on the local disk, and nothing where it failed."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from textmill import Recipe, Tokenize
from textmill.errors import InputError, TextmillError
from textmill.filters.base.where import where
from textmill.pipeline.commands.mix import mix_sources
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.export.export import export
from textmill.pipeline.files import listing, storage, stores

from ..conftest import IN_PROCESS

MIX = """
seed: "3"
sources:
  run: {{path: {root}/run, where: letters > 60 AND TEXT LIKE '%mill%'}}
  bare: {{path: "{root}/bare/**/*.parquet", where: part = 'a/b' AND filename <> 'page 3'}}
weights: {{run: 2, bare: 1}}
held_out: 0.1
packing: {{method: best_fit, length: 32, eos: 1, pad: 0}}
"""


def letters(text: str) -> int:
    return len(text)


def upload(folder: Path, root: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with storage.write_atomically(f"{root}/{path.relative_to(folder)}") as sink:
                sink.write(path.read_bytes())


def contents(folder: str) -> dict[str, str]:
    found = {}
    for path in listing.list_files(folder):
        with storage.open_read(path) as source:
            found[path.removeprefix(folder).lstrip("/")] = hashlib.sha256(source.read()).hexdigest()
    return found


def mix(folder: Path, root: str, output: str) -> dict[str, Any]:
    (folder / "mix.yaml").write_text(MIX.format(root=root))
    return mix_sources(str(folder / "mix.yaml"), output, workers=1, plan_only=False, quiet=True, as_json=False)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run, and files without ids or counts, of which the folder says something."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "in").mkdir()
    for number in range(80):
        text = f"Page {number} tells of {'mills' if number % 3 else 'rivers'}. " + "It is long. " * (number % 9)
        (folder / "in" / f"{number}.txt").write_text(text)
    recipe = Recipe("r", [where(letters), Tokenize("cl100k")], partition=["kind"])
    recipe.run(str(folder / "in"), output=str(folder / "at" / "run"), runner=IN_PROCESS)
    names = [f"page {number}" for number in range(3, 300, 3)]
    ids = pa.array([[number, number + 1, number + 2] for number in range(3, 300, 3)], pa.large_list(pa.uint32()))
    for part in ("part=a%2Fb", "part=c"):
        (folder / "at" / "bare" / part).mkdir(parents=True)
        table = pa.table({"input_ids": ids, "filename": names})
        pq.write_table(table, folder / "at" / "bare" / part / "one.parquet", row_group_size=20)
    return folder / "at"


@pytest.fixture
def root(tmp_path: Path, sources: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(stores, "WAITS_SECONDS", ())
    root = f"memory://mixes{tmp_path}"
    upload(sources, root)
    return root


def test_a_mix_in_a_store_has_the_bytes_of_one_on_the_disk(sources: Path, root: str, tmp_path: Path) -> None:
    told = mix(tmp_path, str(sources), str(tmp_path / "here"))
    assert told["tokens"] > 500
    assert mix(tmp_path, root, f"{root}/out")["tokens"] == told["tokens"]
    assert contents(f"{root}/out") == contents(str(tmp_path / "here"))
    assert verify_folder(f"{root}/out") == []
    export(f"{root}/out", f"{root}/exported", "jsonl")
    export(str(tmp_path / "here"), str(tmp_path / "exported"), "jsonl")
    assert contents(f"{root}/exported") == contents(str(tmp_path / "exported"))
    assert verify_folder(f"{root}/exported") == []


def test_what_is_there_is_left_alone(root: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds something already"):
        mix(tmp_path, root, f"{root}/run")


def test_an_upload_that_fails_leaves_nothing(root: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, _ = stores.connect(root)
    put_file, sent = type(system).put_file, []

    def fail(self: Any, local: str, name: str, **options: Any) -> None:
        if len(sent) == 2:
            raise OSError("no route to host")
        sent.append(name)
        put_file(self, local, name, **options)

    monkeypatch.setattr(type(system), "put_file", fail)
    with pytest.raises(TextmillError, match="no route to host"):
        mix(tmp_path, root, f"{root}/out")
    assert listing.list_files(f"{root}/out") == []
    assert len(sent) == 2
