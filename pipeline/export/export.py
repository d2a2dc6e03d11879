"""A mix or a run written in the format of a framework."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import InputError, nearest
from ...version import __version__
from ..files.listing import list_files
from ..files.storage import exists, join, sha256
from ..mixing.output import check_output, written_whole
from ..output.manifest import load_manifest, read_manifest, write_manifest
from .litdata import LitData
from .mds import Mds
from .megatron import Megatron
from .rows import SMALL_VOCABULARY, Data, Writer
from .samples import JsonLines, WebDataset, ZstdJsonLines
from .streams import Datatrove, Numpy

FORMATS: Mapping[str, type[Writer]] = {
    "megatron": Megatron,
    "mds": Mds,
    "litdata": LitData,
    "nanotron": Datatrove,
    "numpy": Numpy,
    "webdataset": WebDataset,
    "jsonl": JsonLines,
    "jsonl.zst": ZstdJsonLines,
}


def find_data(folder: str, part: str) -> Data:
    """What of a folder is to be exported.

    Raises:
        InputError: when it is no mix and no run with tokens, or has no such part.
    """
    manifest = load_manifest(folder)
    if "mix" in manifest:
        packing = manifest["mix"]["packing"]
        parts = [name for name in ("shards", "held_out") if manifest[name]]
        is_packed = packing["method"] != "none"
        rows = sum(shard["rows"] for shard in manifest.get(part, ()))
        tokens = sum(shard["tokens"] + shard["padding"] for shard in manifest.get(part, ()))
        length = packing["length"] if is_packed and tokens == rows * packing["length"] else None
        highest = max(manifest["highest_id"], packing["pad"] or 0)
    else:
        manifest = read_manifest(folder)
        if not manifest["tokenizer"]:
            raise InputError(f"{folder} has no tokens; run its recipe with a tokenize step")
        parts, length, is_packed = ["shards"], None, False
        highest = int(manifest["tokenizer"].get("vocabulary_size", SMALL_VOCABULARY + 1)) - 1
    if part not in parts:
        raise InputError(f"{folder} has no part {part!r}; it has {' and '.join(parts)}")
    return Data(
        folder=folder,
        part=part,
        shards=tuple(manifest[part]),
        tokenizer=manifest["tokenizer"],
        length=length,
        is_packed=is_packed,
        dtype="uint16" if highest < SMALL_VOCABULARY else "int32",
    )


def export(folder: str, output: str, kind: str, part: str = "shards") -> dict[str, Any]:
    """Write a mix or a run in a format; the output folder appears when all of it is there.

    Args:
        folder: Of a mix, or of a run whose recipe makes tokens.
        output: A new or empty folder.
        kind: One of :data:`FORMATS`.
        part: ``shards``, or ``held_out`` of a mix.

    Returns:
        The manifest that is written beside the files.

    Raises:
        InputError: for an unknown format, a folder that cannot be exported, or an output that is not empty.
    """
    if kind not in FORMATS:
        raise InputError(f"unknown format {kind!r}{nearest(kind, FORMATS)}; formats are {', '.join(FORMATS)}")
    check_output(output)
    data = find_data(folder, part)
    if FORMATS[kind].needs_full_rows and data.is_packed and data.length is None:
        raise InputError(
            f"{kind} finds sequences by their length alone, but some in {folder} are shorter; "
            "mix again with pad in packing"
        )
    with written_whole(output) as made:
        writer = FORMATS[kind](made, data)
        rows = tokens = 0
        with writer.files:
            for shard, name in zip(data.shards, _file_names(data.shards), strict=True):
                writer.begin_shard(name)
                for found in data.read(shard):
                    writer.add(found)
                    rows += len(found)
                    tokens += len(found.ids)
                writer.end_shard()
            writer.finish()
        listed = [
            {"name": path.name, "bytes": path.stat().st_size, "sha256": sha256(str(path))}
            for path in sorted(made.iterdir())
        ]
        source = hashlib.sha256("".join(shard["sha256"] for shard in data.shards).encode()).hexdigest()
        described = {"format": kind, "part": part, "dtype": str(data.dtype), "length": data.length, "of": source}
        manifest = {
            "textmill": __version__,
            "export": described,
            "tokenizer": data.tokenizer,
            "totals": {"rows": rows, "tokens": tokens},
            "files": listed,
        }
        write_manifest(str(made), manifest)
    return manifest


def _file_names(shards: Sequence[Mapping[str, Any]]) -> list[str]:
    """What files are called after shards; those that lie in folders are numbered through: formats know no folders."""
    names = [str(shard["name"]).removesuffix(".parquet") for shard in shards]
    if not any("/" in name for name in names):
        return names
    return [f"part-{number:05d}-of-{len(names):05d}" for number in range(len(names))]


def verify_export(folder: str, manifest: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with an exported folder; nothing when all is well."""
    problems = []
    listed = {file["name"] for file in manifest["files"]}
    prefix = folder.rstrip("/") + "/"
    for path in list_files(folder):
        name = path.removeprefix(prefix)
        if name not in listed and name != "manifest.json":
            problems.append(f"{name} is not in the manifest")
    for file in manifest["files"]:
        path = join(folder, file["name"])
        if not exists(path):
            problems.append(f"{file['name']} is missing")
        elif (found := sha256(path)) != file["sha256"]:
            problems.append(f"{file['name']} has sha256 {found}, but the manifest says {file['sha256']}")
    return problems


def tell(manifest: Mapping[str, Any], output: str, *, as_json: bool) -> str:
    """What the command prints."""
    if as_json:
        return json.dumps({"output": output, **manifest["export"], **manifest["totals"]})
    said, totals = manifest["export"], manifest["totals"]
    return f"{output}: {totals['rows']:,} rows, {totals['tokens']:,} tokens as {said['dtype']}, {said['format']}"
