"""Each format is read back by its framework's own reader, id by id, and by a few lines that follow its description.

The frameworks that need torch are looked for in the Python that TEXTMILL_TRAINERS names, else in this one, and skipped
where they are not.
"""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from textmill.errors import AccountingError, InputError
from textmill.pipeline.commands.mix import mix_sources
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.export.export import FORMATS, export

READ_BACK = Path(__file__).with_name("read_back.py")
LENGTH = 32
NEEDS = {
    "megatron": "megatron.core",
    "mds": "streaming",
    "litdata": "litdata",
    "nanotron": "datatrove",
    "webdataset": "webdataset",
}
WITH_TORCH = ("megatron", "mds", "litdata", "nanotron")


def write_mix(folder: Path, packing: str, *, highest: int = 60_000) -> Path:
    generator = np.random.default_rng(7)
    rows = [
        {"doc_id": f"d{number}", "input_ids": generator.integers(2, highest, 1 + number * 7 % 90).tolist()}
        for number in range(120)
    ]
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows), folder / "source.parquet")
    (folder / "mix.yaml").write_text(f"sources: {{all: source.parquet}}\nheld_out: 0.1\npacking: {packing}\n")
    mix_sources(str(folder / "mix.yaml"), str(folder / "mix"), workers=1, plan_only=False, quiet=True, as_json=False)
    return folder / "mix"


def rows_of(mix: Path, part: str = "shards") -> list[dict[str, Any]]:
    return [row for path in sorted((mix / part).iterdir()) for row in pq.read_table(path).to_pylist()]


@pytest.fixture(scope="module", params=["uint16", "int32"])
def packed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    packing = f"{{method: best_fit, length: {LENGTH}, eos: 1, pad: 0}}"
    highest = {"uint16": 60_000, "int32": 150_000}[request.param]
    return write_mix(tmp_path_factory.mktemp("mix"), packing, highest=highest)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.filterwarnings("ignore")
def test_the_frameworks_own_reader_finds_the_same_ids(packed: Path, tmp_path: Path, kind: str) -> None:
    python = os.environ.get("TEXTMILL_TRAINERS", sys.executable) if kind in WITH_TORCH else sys.executable
    if kind in NEEDS:
        probe = subprocess.run(
            [python, "-c", f"import {NEEDS[kind]}, {'torch' if kind in WITH_TORCH else 'json'}"], capture_output=True
        )
        if probe.returncode:
            pytest.skip(f"{NEEDS[kind]} is not installed; name a Python that has it in TEXTMILL_TRAINERS")
    export(str(packed), str(tmp_path / "out"), kind)
    assert verify_folder(str(tmp_path / "out")) == []
    done = subprocess.run(
        [python, str(READ_BACK), kind, str(tmp_path / "out"), str(LENGTH)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    wanted = rows_of(packed)
    assert json.loads(done.stdout.splitlines()[-1]) == [row["input_ids"] for row in wanted]
    if kind == "nanotron":
        positions = json.loads(done.stderr.splitlines()[-1])
        assert positions == [_positions(row) for row in wanted]


def _positions(row: dict[str, Any]) -> list[int]:
    lengths = [one["length"] for one in row["documents"]]
    lengths.append(len(row["input_ids"]) - sum(lengths))
    return [position for length in lengths for position in range(length)]


def by_hand(kind: str, out: Path, dtype: str) -> Iterator[list[int]]:
    """A reader from the description of each format."""
    ids = np.dtype(dtype)
    if kind == "megatron":
        index, tokens = (out / "tokens.idx").read_bytes(), np.fromfile(out / "tokens.bin", dtype=ids)
        count = int(np.frombuffer(index, np.uint64, 1, 18)[0])
        lengths = np.frombuffer(index, np.int32, count, 34)
        pointers = np.frombuffer(index, np.int64, count, 34 + 4 * count)
        for pointer, length in zip(pointers // ids.itemsize, lengths, strict=True):
            yield tokens[pointer : pointer + length].tolist()
    elif kind in ("mds", "litdata"):
        index = json.loads((out / "index.json").read_bytes())
        for one in index["shards" if kind == "mds" else "chunks"]:
            content = (out / (one["raw_data"]["basename"] if kind == "mds" else one["filename"])).read_bytes()
            count = int(np.frombuffer(content, np.uint32, 1)[0])
            offsets = np.frombuffer(content, np.uint32, count + 1, 4)
            assert offsets[-1] == len(content)
            for first, end in pairwise(offsets):
                start = int(first)
                if kind == "mds":
                    before, own = np.frombuffer(content, np.uint32, 2, start)
                    start += 8 + int(before)
                    size = 1 << (content[start] & 3)
                    assert (
                        int.from_bytes(content[start + 1 : start + 1 + size], "little")
                        == (own - 1 - size) // ids.itemsize
                    )
                    start += 1 + size
                yield np.frombuffer(content[start:end], ids).tolist()
    elif kind in ("nanotron", "numpy"):
        for path in sorted(out.glob("*.ds" if kind == "nanotron" else "*.npy")):
            yield from np.fromfile(path, ids).reshape(-1, LENGTH).tolist()
    elif kind == "webdataset":
        for path in sorted(out.glob("*.tar")):
            with tarfile.open(path) as tar:
                for name in tar.getnames():
                    if name.endswith(".npy"):
                        yield np.load(io.BytesIO(tar.extractfile(name).read())).tolist()  # type: ignore[union-attr]
    else:
        for path in sorted(out.glob("*.jsonl*")):
            content = path.read_bytes()
            if kind == "jsonl.zst":
                content = zstandard.ZstdDecompressor().stream_reader(content).read()
            yield from (json.loads(line)["input_ids"] for line in content.splitlines())


@pytest.mark.parametrize("kind", FORMATS)
def test_the_description_of_the_format_finds_the_same_ids(packed: Path, tmp_path: Path, kind: str) -> None:
    for part in ("shards", "held_out"):
        out = tmp_path / part
        manifest = export(str(packed), str(out), kind, part)
        dtype = manifest["export"]["dtype"]
        wanted = rows_of(packed, part)
        assert list(by_hand(kind, out, dtype)) == [row["input_ids"] for row in wanted]
        assert manifest["totals"] == {"rows": len(wanted), "tokens": sum(len(row["input_ids"]) for row in wanted)}
    again = export(str(packed), str(tmp_path / "again"), kind)
    assert again["files"] == export(str(packed), str(tmp_path / "third"), kind)["files"], "the same bytes"


def test_numpy_says_where_documents_stand(packed: Path, tmp_path: Path) -> None:
    manifest = export(str(packed), str(tmp_path / "out"), "numpy")
    (beside,) = (tmp_path / "out").glob("*.csv.gz")
    tokens = np.fromfile(beside.with_name(beside.name.replace(".csv.gz", ".npy")), manifest["export"]["dtype"])
    source = {
        row["doc_id"]: [*row["input_ids"], 1] for row in pq.read_table(packed.parent / "source.parquet").to_pylist()
    }
    lines = list(csv.reader(gzip.decompress(beside.read_bytes()).decode().splitlines()))
    assert len(lines) > 100
    for first, end, name, origin, start in lines:
        count = int(end) - int(first)
        assert tokens[int(first) : int(end)].tolist() == source[name][int(start) : int(start) + count]
        assert origin == "all"


def test_a_stream_needs_full_sequences(tmp_path: Path) -> None:
    mix = write_mix(tmp_path, f"{{method: best_fit, length: {LENGTH}}}")
    for kind in ("litdata", "numpy"):
        with pytest.raises(InputError, match="mix again with pad"):
            export(str(mix), str(tmp_path / "out"), kind)
    assert not (tmp_path / "out").exists()
    export(str(mix), str(tmp_path / "out"), "megatron")
    assert list(by_hand("megatron", tmp_path / "out", "uint16")) == [row["input_ids"] for row in rows_of(mix)]


def test_ids_beyond_what_the_manifest_says_are_refused(tmp_path: Path) -> None:
    mix = write_mix(tmp_path, "{eos: 1}", highest=150_000)
    manifest = json.loads((mix / "manifest.json").read_bytes())
    (mix / "manifest.json").write_text(json.dumps({**manifest, "highest_id": 9}))
    with pytest.raises(AccountingError, match="has the token id"):
        export(str(mix), str(tmp_path / "out"), "megatron")


def test_unknown_formats_and_parts(packed: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown format 'megatorn'; did you mean 'megatron'"):
        export(str(packed), str(tmp_path / "out"), "megatorn")
    with pytest.raises(InputError, match="no part 'test'; it has shards and held_out"):
        export(str(packed), str(tmp_path / "out"), "mds", "test")
    with pytest.raises(InputError, match=r"no manifest\.json"):
        export(str(tmp_path), str(tmp_path / "out"), "mds")


def test_damage_is_found(packed: Path, tmp_path: Path) -> None:
    export(str(packed), str(tmp_path / "out"), "jsonl")
    path = next((tmp_path / "out").glob("*.jsonl"))
    path.write_bytes(path.read_bytes()[:-1])
    (tmp_path / "out" / "more.jsonl").write_text("")
    problems = verify_folder(str(tmp_path / "out"))
    assert "more.jsonl is not in the manifest" in problems
    assert any("has sha256" in problem for problem in problems)
