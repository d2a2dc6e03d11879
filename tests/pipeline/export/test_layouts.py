"""Files of each format byte by byte, as its framework describes them, and what an export says of itself."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from textmill.errors import InputError
from textmill.pipeline.commands.verify import verify_folder
from textmill.pipeline.export import litdata, mds, samples
from textmill.pipeline.export.export import FORMATS, _file_names, export, find_data, tell, verify_export
from textmill.pipeline.export.rows import Data, Rows
from textmill.pipeline.mixing.gather import DOCUMENT
from textmill.version import __version__


def documents(*rows: list[tuple[str, int, int]]) -> pa.Array:
    """Of each row the documents: id, first token, and tokens."""
    names = [field.name for field in DOCUMENT]
    listed = [
        [dict(zip(names, (name, f"in/{name}", 0, start, length), strict=True)) for name, start, length in row]
        for row in rows
    ]
    return pa.array(listed, pa.list_(pa.struct(list(DOCUMENT))))


FIRST = Rows(
    np.array([1, 2, 3, 4, 5, 6, 7, 0], np.int32),
    np.array([0, 4, 8]),
    documents([("a", 0, 4)], [("a", 4, 1), ("b,", 0, 2)]),
)
SECOND = Rows(np.array([8, 9, 10, 65_535], np.int32), np.array([0, 4]), documents([("c", 7, 4)]))


def written(folder: Path, kind: str, dtype: str = "uint16", tokenizer: Any = None) -> dict[str, bytes]:
    """Files of two shards, of which the first comes in two parts; the second has one row."""
    data = Data(folder="f", part="p", shards=(), tokenizer=tokenizer, length=4, is_packed=True, dtype=dtype)
    writer = FORMATS[kind](folder, data)
    with writer.files:
        writer.begin_shard("one")
        writer.add(FIRST)
        writer.add(SECOND)
        writer.end_shard()
        writer.begin_shard("two")
        writer.add(SECOND)
        writer.end_shard()
        writer.finish()
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def ids(rows: list[Rows], dtype: str) -> bytes:
    return b"".join(one.ids.astype(dtype).tobytes() for one in rows)


ALL = [FIRST, SECOND, SECOND]


@pytest.mark.parametrize(("dtype", "code", "size"), [("uint16", 8, 2), ("int32", 4, 4)])
def test_megatron(tmp_path: Path, dtype: str, code: int, size: int) -> None:
    assert written(tmp_path, "megatron", dtype) == {
        "tokens.bin": ids(ALL, dtype),
        "tokens.idx": b"MMIDIDX\0\0"
        + struct.pack("<QBQQ", 1, code, 4, 5)
        + struct.pack("<4i", 4, 4, 4, 4)
        + struct.pack("<4q", 0, 4 * size, 8 * size, 12 * size)
        + struct.pack("<5q", 0, 1, 2, 3, 4),
    }


def orjson_of(rows: Rows, row: int) -> bytes:
    return json.dumps(rows.documents[row].as_py(), separators=(",", ":")).encode()


MDS_DESCRIPTION = {
    "column_encodings": ["str", "ndarray:uint16"],
    "column_names": ["documents", "tokens"],
    "column_sizes": [None, None],
    "compression": None,
    "format": "mds",
    "hashes": [],
    "size_limit": 67_108_864,
    "version": 2,
}


def mds_shard(rows: list[tuple[Rows, int]]) -> bytes:
    header = json.dumps(MDS_DESCRIPTION, sort_keys=True).encode()
    found = []
    for one, row in rows:
        tokens = b"\x04\x04" + one.of(row).astype("uint16").tobytes()
        told = orjson_of(one, row)
        found.append(struct.pack("<II", len(told), len(tokens)) + told + tokens)
    begin = 4 + 4 * (len(found) + 1) + len(header)
    offsets = [begin + sum(map(len, found[:number])) for number in range(len(found) + 1)]
    return struct.pack(f"<I{len(offsets)}I", len(found), *offsets) + header + b"".join(found)


def test_mds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(FIRST, 0), (FIRST, 1), (SECOND, 0), (SECOND, 0)]
    found = written(tmp_path, "mds")
    whole = mds_shard(rows)
    raw = {"basename": "shard.00000.mds", "bytes": len(whole), "hashes": {}}
    listed = {**MDS_DESCRIPTION, "samples": 4, "raw_data": raw, "zip_data": None}
    assert found.pop("shard.00000.mds") == whole
    assert {name: json.loads(content) for name, content in found.items()} == {
        "index.json": {"shards": [listed], "version": 2}
    }
    size = len(whole) - len(mds_shard(rows[:3]))  # of a sample with its offset
    for limit, counts in ((3 * size + 20, [2, 2]), (1, [1, 1, 1, 1])):
        monkeypatch.setattr(mds, "SHARD_BYTES", limit)
        folder = tmp_path / str(limit)
        folder.mkdir()
        index = json.loads(written(folder, "mds")["index.json"])
        assert [one["samples"] for one in index["shards"]] == counts
        assert [one["raw_data"]["basename"] for one in index["shards"]] == [
            f"shard.{n:05d}.mds" for n in range(len(counts))
        ]
        assert index["shards"][0]["size_limit"] == limit


@pytest.mark.parametrize(
    ("count", "shape"), [(1, "0401"), (255, "04ff"), (256, "050001"), (65_535, "05ffff"), (65_536, "0600000100")]
)
def test_how_many_tokens_a_sample_has_stands_in_the_smallest_type(count: int, shape: str) -> None:
    assert mds._shape(count).hex() == shape


def test_rows_without_a_token_are_left_out_of_mds_and_a_file_is_there_all_the_same(tmp_path: Path) -> None:
    data = Data(folder="f", part="p", shards=(), tokenizer=None, length=None, is_packed=False, dtype="int32")
    writer = FORMATS["mds"](tmp_path, data)
    writer.add(Rows(np.zeros(0, np.int32), np.array([0, 0]), documents([])))
    writer.finish()
    index = json.loads((tmp_path / "index.json").read_bytes())
    assert [one["samples"] for one in index["shards"]] == [0]
    assert index["shards"][0]["column_encodings"] == ["str", "ndarray:int32"]
    assert (tmp_path / "shard.00000.mds").stat().st_size == index["shards"][0]["raw_data"]["bytes"]


@pytest.mark.parametrize(("dtype", "code", "size"), [("uint16", 20, 2), ("int32", 16, 4)])
def test_litdata(tmp_path: Path, dtype: str, code: int, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = written(tmp_path, "litdata", dtype)
    offsets = [24 + 4 * size * number for number in range(5)]
    assert found.pop("chunk-0-0.bin") == struct.pack("<6I", 4, *offsets) + ids(ALL, dtype)
    configuration = {
        **{"chunk_bytes": 67_108_864, "chunk_size": None, "compression": None, "encryption": None},
        **{"data_format": [f"no_header_tensor:{code}"], "item_loader": "TokensLoader"},
        "data_spec": '[1, {"type": null, "context": null, "children_spec": []}]',
    }
    chunk = {"chunk_bytes": offsets[-1], "chunk_size": 4, "dim": 16, "filename": "chunk-0-0.bin"}
    index = {"chunks": [chunk], "config": configuration, "updated_at": "0"}
    assert {name: json.loads(content) for name, content in found.items()} == {"index.json": index}
    for limit, counts in ((8 * size + 4, [2, 2]), (8 * size + 3, [1, 1, 1, 1]), (12 * size + 8, [3, 1])):
        monkeypatch.setattr(litdata, "CHUNK_BYTES", limit)
        folder = tmp_path / str(limit)
        folder.mkdir()
        index = json.loads(written(folder, "litdata", dtype)["index.json"])
        assert [one["chunk_size"] for one in index["chunks"]] == counts
        assert [one["filename"] for one in index["chunks"]] == [f"chunk-0-{n}.bin" for n in range(len(counts))]


def test_litdata_of_nothing_has_a_chunk(tmp_path: Path) -> None:
    data = Data(folder="f", part="p", shards=(), tokenizer=None, length=4, is_packed=True, dtype="uint16")
    FORMATS["litdata"](tmp_path, data).finish()
    chunks = json.loads((tmp_path / "index.json").read_bytes())["chunks"]
    assert chunks == [{"chunk_bytes": 8, "chunk_size": 0, "dim": 0, "filename": "chunk-0-0.bin"}]


def test_nanotron(tmp_path: Path) -> None:
    for dtype, name in (("uint16", "cl100k"), ("int32", None)):
        folder = tmp_path / dtype
        folder.mkdir()
        size = np.dtype(dtype).itemsize
        called = name or "unknown"
        assert written(folder, "nanotron", dtype, name and {"name": name}) == {
            "one.ds": ids([FIRST, SECOND], dtype),
            "one.ds.index": struct.pack("<5Q", 4, 5, 7, 8, 12),
            "one.ds.metadata": f"{called}|{size}\n12\n12 tokens".encode(),
            "two.ds": ids([SECOND], dtype),
            "two.ds.index": struct.pack("<Q", 4),
            "two.ds.metadata": f"{called}|{size}\n4\n4 tokens".encode(),
        }


def test_numpy(tmp_path: Path) -> None:
    found = written(tmp_path, "numpy", "int32")
    lines = gzip.decompress(found.pop("one.csv.gz")).decode()
    assert lines == '0,4,a,in/a,0\n4,5,a,in/a,4\n5,7,"b,","in/b,",0\n8,12,c,in/c,7\n'
    beside = found.pop("two.csv.gz")
    assert gzip.decompress(beside) == b"0,4,c,in/c,7\n"
    assert beside[:10] == b"\x1f\x8b\x08\x00\0\0\0\0\x00\xff"  # neither a name nor a time
    assert found == {"one.npy": ids([FIRST, SECOND], "int32"), "two.npy": ids([SECOND], "int32")}


def test_webdataset(tmp_path: Path) -> None:
    found = written(tmp_path, "webdataset", "int32")
    assert list(found) == ["one.tar", "two.tar"]
    with tarfile.open(fileobj=io.BytesIO(found["one.tar"])) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
        assert {(member.mtime, member.mode, member.uid, member.uname) for member in tar} == {(0, 0o644, 0, "")}
    rows = [(FIRST, 0), (FIRST, 1), (SECOND, 0)]
    assert list(members) == [f"one-{n:08d}.{kind}" for n in range(3) for kind in ("npy", "json")]
    for number, (one, row) in enumerate(rows):
        array = np.load(io.BytesIO(members[f"one-{number:08d}.npy"]))
        assert (array.dtype, array.tolist()) == (np.int32, one.of(row).tolist())
        assert members[f"one-{number:08d}.json"] == orjson_of(one, row)
    assert found["one.tar"][257:263] == b"ustar\0"
    with tarfile.open(fileobj=io.BytesIO(found["two.tar"])) as tar:
        assert tar.getnames() == ["two-00000000.npy", "two-00000000.json"]


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        b'{"input_ids":[%s],"documents":%s}\n'
        % (",".join(map(str, one.of(row).tolist())).encode(), orjson_of(one, row))
        for one, row in ((FIRST, 0), (FIRST, 1), (SECOND, 0))
    ]
    (tmp_path / "plain").mkdir()
    assert written(tmp_path / "plain", "jsonl") == {"one.jsonl": b"".join(lines), "two.jsonl": lines[2]}
    (tmp_path / "zst").mkdir()
    found = written(tmp_path / "zst", "jsonl.zst")
    assert {name: zstandard.ZstdDecompressor().stream_reader(content).read() for name, content in found.items()} == {
        "one.jsonl.zst": b"".join(lines),
        "two.jsonl.zst": lines[2],
    }
    assert samples.ZSTD_LEVEL == 3


def mix(folder: Path, **packing: Any) -> dict[str, Any]:
    """The manifest of a mix of two shards, written beside them."""
    for number, rows in enumerate((FIRST, SECOND)):
        (folder / "shards").mkdir(parents=True, exist_ok=True)
        offsets = pa.array(rows.offsets.astype(np.int32))
        table = {"input_ids": pa.ListArray.from_arrays(offsets, pa.array(rows.ids)), "documents": rows.documents}
        pq.write_table(pa.table(table), folder / "shards" / f"part-{number}.parquet")
    shards = [
        {
            "name": f"part-{number}.parquet",
            "rows": len(rows),
            "tokens": len(rows.ids) - 1,
            "padding": 1,
            "sha256": f"s{number}",
        }
        for number, rows in enumerate((FIRST, SECOND))
    ]
    manifest: dict[str, Any] = {
        "mix": {"packing": {"method": "concat", "length": 4, "pad": 0, **packing}},
        **{"shards": shards, "held_out": [], "highest_id": 65_535, "tokenizer": {"name": "t"}},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return manifest


def test_an_export_says_what_it_is(tmp_path: Path) -> None:
    mix(tmp_path / "mix")
    out = tmp_path / "out"
    manifest = export(str(tmp_path / "mix"), str(out), "jsonl")
    assert json.loads((out / "manifest.json").read_bytes()) == manifest
    files = [path for path in sorted(out.iterdir()) if path.name != "manifest.json"]
    assert manifest == {
        "textmill": __version__,
        "export": {
            **{"format": "jsonl", "part": "shards", "dtype": "uint16", "length": 4},
            "of": hashlib.sha256(b"s0s1").hexdigest(),
        },
        "tokenizer": {"name": "t"},
        "totals": {"rows": 3, "tokens": 12},
        "files": [
            {"name": path.name, "bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
            for path in files
        ],
    }
    assert [path.name for path in files] == ["part-0.jsonl", "part-1.jsonl"]
    assert verify_folder(str(out)) == []
    assert tell(manifest, "o", as_json=False) == "o: 3 rows, 12 tokens as uint16, jsonl"
    large = {**manifest, "totals": {"rows": 3000, "tokens": 1200}}
    assert tell(large, "o", as_json=False) == "o: 3,000 rows, 1,200 tokens as uint16, jsonl"
    assert json.loads(tell(manifest, "o", as_json=True)) == {
        "output": "o",
        **manifest["export"],
        "rows": 3,
        "tokens": 12,
    }
    (out / "part-0.jsonl").unlink()
    (out / "part-1.jsonl").write_text("other")
    (out / "more").write_text("")
    digest = hashlib.sha256(b"other").hexdigest()
    assert verify_export(f"{out}/", manifest) == [
        "more is not in the manifest",
        "part-0.jsonl is missing",
        f"part-1.jsonl has sha256 {digest}, but the manifest says {manifest['files'][1]['sha256']}",
    ]


def test_what_of_a_mix_is_exported(tmp_path: Path) -> None:
    manifest = mix(tmp_path)

    def found(part: str = "shards", **changed: Any) -> Data:
        (tmp_path / "manifest.json").write_text(json.dumps({**manifest, **changed}))
        return find_data(str(tmp_path), part)

    assert found() == Data(
        folder=str(tmp_path), part="shards", shards=tuple(manifest["shards"]), tokenizer={"name": "t"}, length=4,
        is_packed=True, dtype="uint16",
    )  # fmt: skip
    assert found(highest_id=65_536).dtype == "int32"
    packing = manifest["mix"]["packing"]
    assert found(mix={"packing": {**packing, "pad": 65_536}}).dtype == "int32"
    assert found(mix={"packing": {**packing, "pad": None}}).dtype == "uint16"
    assert found(mix={"packing": {**packing, "length": 5}}).length is None
    loose = found(mix={"packing": {**packing, "method": "none"}})
    assert (loose.length, loose.is_packed) == (None, False)
    held_out = [{**manifest["shards"][1], "padding": 0}]
    assert (found("held_out", held_out=held_out).shards, found("held_out", held_out=held_out).length) == (
        tuple(held_out),
        None,
    )
    with pytest.raises(InputError) as caught:
        found("held_out")
    assert str(caught.value) == f"{tmp_path} has no part 'held_out'; it has shards"
    with pytest.raises(InputError) as caught:
        found("x", held_out=held_out)
    assert str(caught.value) == f"{tmp_path} has no part 'x'; it has shards and held_out"


@pytest.mark.parametrize(("size", "dtype"), [(65_536, "uint16"), (65_537, "int32"), (None, "int32")])
def test_what_of_a_run_is_exported(tmp_path: Path, size: int | None, dtype: str) -> None:
    tokenizer = {"name": "t"} if size is None else {"name": "t", "vocabulary_size": size}
    run: dict[str, Any] = {name: [] for name in ("shards", "ledger", "removed", "quarantine", "inputs")}
    run |= {"totals": {}, "tokenizer": tokenizer, "shards": [{"name": "a"}]}
    (tmp_path / "manifest.json").write_text(json.dumps(run))
    found = find_data(str(tmp_path), "shards")
    assert found == Data(
        folder=str(tmp_path), part="shards", shards=({"name": "a"},), tokenizer=tokenizer, length=None,
        is_packed=False, dtype=dtype,
    )  # fmt: skip
    with pytest.raises(InputError, match=r"has no part 'held_out'; it has shards$"):
        find_data(str(tmp_path), "held_out")
    (tmp_path / "manifest.json").write_text(json.dumps({**run, "tokenizer": None}))
    with pytest.raises(InputError) as caught:
        find_data(str(tmp_path), "shards")
    assert str(caught.value) == f"{tmp_path} has no tokens; run its recipe with a tokenize step"


def test_formats_that_need_full_rows_are_refused_short_ones(tmp_path: Path) -> None:
    mix(tmp_path / "mix", length=5)
    for kind in FORMATS:
        if kind in ("litdata", "numpy"):
            with pytest.raises(InputError) as caught:
                export(str(tmp_path / "mix"), str(tmp_path / kind), kind)
            assert str(caught.value) == (
                f"{kind} finds sequences by their length alone, but some in {tmp_path}/mix are shorter; "
                "mix again with pad in packing"
            )
        else:
            assert export(str(tmp_path / "mix"), str(tmp_path / kind), kind)["export"]["length"] is None
    mix(tmp_path / "mix", length=5, method="none")
    assert export(str(tmp_path / "mix"), str(tmp_path / "loose"), "numpy")["totals"] == {"rows": 3, "tokens": 12}
    with pytest.raises(InputError) as caught:
        export(str(tmp_path / "mix"), str(tmp_path / "none"), "nump")
    assert str(caught.value) == (
        "unknown format 'nump'; did you mean 'numpy'?; formats are megatron, mds, litdata, nanotron, numpy, "
        "webdataset, jsonl, jsonl.zst"
    )


def test_shards_in_folders_are_numbered_through() -> None:
    assert _file_names([{"name": "part-0.parquet"}, {"name": "b.parquet"}]) == ["part-0", "b"]
    assert _file_names([{"name": "a/x.parquet"}, {"name": "b/x.parquet"}]) == [
        "part-00000-of-00002",
        "part-00001-of-00002",
    ]
