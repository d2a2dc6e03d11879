"""What a finished mix says of itself: its manifest, its data card, and whether the two are still true of its files."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from ...version import __version__
from ..files.listing import list_files
from ..files.storage import exists, join, sha256, write_atomically
from ..files.tables import open_tables
from ..output.croissant import describe_files
from .gather import MixedShard
from .plan import MixPlan
from .sources import Origin

FOLDERS = ("shards", "held_out")
CARD = "README.md"


def mix_manifest(
    plan: MixPlan,
    origins: Sequence[Sequence[Origin]],
    shards: Sequence[tuple[str, MixedShard]],
    highest: int,
) -> dict[str, Any]:
    """The manifest of a mix; the same for the same mix of the same shards."""
    listed = {name: [dataclasses.asdict(one) for folder, one in shards if folder == name] for name in FOLDERS}
    tokenizer = next((origin.tokenizer for found in origins for origin in found if origin.tokenizer is not None), None)
    sums = {
        name: sum(shard[name] for shard in listed["shards"])
        for name in ("rows", "tokens", "padding", "documents", "cuts")
    }
    return {
        "textmill": __version__,
        "mix": plan.mix.as_dict(),
        "tokenizer": tokenizer,
        "highest_id": highest,
        "inputs": [
            {
                "source": source.name,
                "files": [file.name for origin in found for file in origin.files],
                "shards_sha256": [digest for origin in found for digest in origin.shards_sha256],
            }
            for source, found in zip(plan.sources, origins, strict=True)
        ],
        "plan": plan_dict(plan),
        "totals": {**sums, "held_out_tokens": sum(shard["tokens"] for shard in listed["held_out"])},
        **listed,
    }


def plan_dict(plan: MixPlan) -> dict[str, Any]:
    """The plan as it is printed with ``--json`` and stands in the manifest."""
    return {
        "tokens": plan.tokens,
        "sources": [
            {
                "source": source.name,
                "share": source.share,
                "wanted": source.wanted,
                "there": source.there,
                "epochs": source.epochs,
                "left_out": source.left_out,
                **source.found._asdict(),
            }
            for source in plan.sources
        ],
        "languages": [
            {"source": source, "language": language, "there": there, "wanted": wanted}
            for source, language, there, wanted in plan.languages
        ],
        "stages": [
            {
                "stage": part.name,
                "tokens": part.tokens,
                "shards": part.shards,
                "sources": {
                    source.name: tokens for source, tokens in zip(plan.sources, plan.stages[number], strict=True)
                },
            }
            for number, part in enumerate(plan.parts)
            if part.folder == "shards"
        ],
    }


def write_card(folder: str, manifest: Mapping[str, Any], schema: pa.Schema) -> None:
    """Write ``README.md``, and ``croissant.json`` for shards of these columns."""
    with write_atomically(join(folder, CARD)) as sink:
        sink.write(("\n".join(_card(manifest)) + "\n").encode())
    describe_files(
        folder,
        name=manifest["mix"]["name"],
        description=_described(manifest),
        count=len(manifest["shards"]),
        glob="shards/*.parquet",
        schema=schema,
        records="sequences",
        key=None,
    )


def _described(manifest: Mapping[str, Any]) -> str:
    mix, totals = manifest["mix"], manifest["totals"]
    packing = mix["packing"]
    packed = (
        "one document in each row"
        if packing["method"] == "none"
        else f"in sequences of {packing['length']:,} ({packing['method']}: {totals['cuts']:,} cuts, "
        f"{totals['padding'] / max(1, totals['padding'] + totals['tokens']):.3%} padding)"
    )
    return (
        f"{totals['tokens']:,} tokens of {totals['documents']:,} pieces of documents, {packed}. Mixed with textmill "
        f"{manifest['textmill']}, seed {json.dumps(mix['seed'], ensure_ascii=False)}."
    )


def _card(manifest: Mapping[str, Any]) -> Iterator[str]:
    mix, totals = manifest["mix"], manifest["totals"]
    packing = mix["packing"]
    yield "---"
    yield f"pretty_name: {json.dumps(mix['name'], ensure_ascii=False)}"
    yield "# license: the texts keep the rights of their authors; name a licence before you publish"
    yield "task_categories:\n- text-generation"
    yield 'configs:\n- config_name: default\n  data_files:\n  - split: train\n    path: "shards/*.parquet"'
    if totals["held_out_tokens"]:
        yield '  - split: validation\n    path: "held_out/*.parquet"'
    yield f"---\n\n# {' '.join(mix['name'].split())}\n"
    yield f"{_described(manifest)}\n"
    yield "| source | share | tokens | epochs | filtered | held out | left over |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for row in manifest["plan"]["sources"]:
        yield (
            f"| {row['source']} | {row['share']:.3%} | {row['wanted']:,} | {row['epochs']:.3f} "
            f"| {row['filtered_tokens']:,} | {row['held_out_tokens']:,} | {row['left_out']:,} |"
        )
    yield "\nColumns: `input_ids`" + (f", `{packing['positions']}`" if packing["positions"] else "") + ", and"
    yield "`documents`: for each run of tokens its `doc_id`, `source`, `epoch`, the first of its document's tokens"
    yield "(`start`), and how many (`length`). `textmill verify .` checks that nothing is missing or changed."


def verify_mix(folder: str, manifest: Mapping[str, Any]) -> list[str]:
    """Say what is wrong with the folder of a mix; nothing when all is well."""
    problems = list(_check_files(folder, manifest))
    if not problems:
        for name in FOLDERS:
            if manifest[name]:
                problems += _check_rows(folder, manifest, name)
    return problems


def _check_files(folder: str, manifest: Mapping[str, Any]) -> Iterator[str]:
    listed = {f"{name}/{file['name']}": file for name in FOLDERS for file in manifest[name]}
    prefix = folder.rstrip("/") + "/"
    for path in list_files(folder):
        inside = path.removeprefix(prefix)
        if inside.startswith(tuple(f"{name}/" for name in FOLDERS)) and inside not in listed:
            yield f"{inside} is not in the manifest"
    for inside, file in listed.items():
        path = join(folder, inside)
        if not exists(path):
            yield f"{inside} is missing"
        elif (found := sha256(path)) != file["sha256"]:
            yield f"{inside} has sha256 {found}, but the manifest says {file['sha256']}: it was changed or damaged"


def _check_rows(folder: str, manifest: Mapping[str, Any], name: str) -> Iterator[str]:
    """Count rows, tokens and tokens by source with DuckDB."""
    with open_tables(folder, manifest, [name]) as tables:
        runs = "list_sum(list_transform(documents, lambda run: run.length))"
        query = (
            f"SELECT count(*), coalesce(sum({runs}), 0)::BIGINT, coalesce(sum(len(input_ids)), 0)::BIGINT, "
            f"count(*) FILTER ({runs} > len(input_ids)) FROM {name}"
        )
        found = tables.execute(query).fetchone() or (0, 0, 0, 0)
        said = [sum(file[key] for file in manifest[name]) for key in ("rows", "tokens", "padding")]
        for what, counted, wanted in (
            ("rows", found[0], said[0]),
            ("tokens of documents", found[1], said[1]),
            ("tokens with padding", found[2], said[1] + said[2]),
            ("rows with more tokens of documents than tokens", found[3], 0),
        ):
            if counted != wanted:
                yield f"{name}: {counted:,} {what}, but the manifest says {wanted:,}"
        query = (
            f"SELECT run.source, sum(run.length)::BIGINT FROM (SELECT unnest(documents) AS run FROM {name}) GROUP BY 1"
        )
        counted_by = dict(tables.execute(query).fetchall())
        said_by: dict[str, int] = {}
        for file in manifest[name]:
            for source, tokens in file["sources"].items():
                said_by[source] = said_by.get(source, 0) + tokens
        for source in sorted({*counted_by, *said_by}):
            if counted_by.get(source, 0) != said_by.get(source, 0):
                yield (
                    f"{name}: {counted_by.get(source, 0):,} tokens of {source}, but the manifest says "
                    f"{said_by.get(source, 0):,}"
                )
