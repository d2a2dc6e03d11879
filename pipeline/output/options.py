"""What decides an output besides the recipe's text, as the manifest records it, and what of it has changed since."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import xxhash

from ..files.storage import sha256
from ..input.inputs import InputFile
from ..job.job import Job
from ..steps.plan import Plan

READERS = 8
"""So many files are read at a time to see whether they are what they were."""
EXAMPLES = 3


def options_of(job: Job) -> dict[str, Any]:
    """How the input is read, and what is written of it."""
    return {
        **dataclasses.asdict(job.reading),
        "wiki_namespaces": list(job.reading.wiki_namespaces),
        "kinds": [list(pair) for pair in job.reading.kinds],
        "keep_removed": job.keep_removed,
        "samples": job.samples,
        "measure_all": job.measure_all,
        "shard_bytes": job.shard_bytes,
        "warn_after_documents": job.warn_after_documents,
    }


def models_of(plan: Plan) -> list[dict[str, str]]:
    """Name and checksum of every model file of a recipe."""
    files = {name: path for item in plan.steps for name, path in item.step.model_files.items()}
    return [{"name": name, "sha256": sha256(str(path))} for name, path in sorted(files.items())]


def resume_of(job: Job) -> dict[str, Any]:
    """What tells quickly that nothing has changed; none of it is a part of the output."""
    return {"input_versions": job.input_versions, "functions": dict(job.functions)}


def versions_of(files: Sequence[InputFile]) -> str:
    """One checksum of the versions of all files; empty where a store does not tell them."""
    if not all(file.version for file in files):
        return ""
    described = json.dumps([[file.source, file.size, file.version] for file in files])
    return xxhash.xxh3_128_hexdigest(described.encode())


def changes(manifest: Mapping[str, Any], job: Job, files: Sequence[InputFile]) -> Iterator[str]:
    """What has changed since a run of this recipe over inputs of these names has finished, each in a few words.

    A file of another version is read, and has changed only if its checksum has.
    """
    recorded = manifest.get("timing", {}).get("resume", {})
    yield from differences(manifest.get("options", {}), options_of(job))
    yield from differing_code(recorded.get("functions", {}), job.functions)
    if manifest.get("models") != models_of(job.recipe.plan):
        yield "a model file is another"
    tokenizer = job.recipe.plan.tokenizer
    if manifest.get("tokenizer") != (None if tokenizer is None else tokenizer.identity()):
        yield "the tokenizer is another"
    if not job.input_versions or recorded.get("input_versions") != job.input_versions:
        known = {row["source"]: (row["bytes"], row["sha256"]) for row in manifest["inputs"]}
        with ThreadPoolExecutor(READERS) as pool:
            found = zip(files, pool.map(lambda file: _is_as(file, *known[file.source]), files), strict=True)
            yield from named_inputs([file.source for file, same in found if not same])


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Options that were others."""
    for name, value in now.items():
        if name not in before:
            yield f"{name} is {value!r} and was not recorded"
        elif before[name] != value:
            yield f"{name} was {before[name]!r} and is {value!r}"


def differing_code(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Steps whose code was another."""
    for step in sorted({*before, *now}):
        if before.get(step) != now.get(step):
            yield f"the code of step {step} is another"


def named_inputs(sources: Sequence[str]) -> Iterator[str]:
    """Inputs that were others, in a few words."""
    if sources:
        more = f" and {len(sources) - EXAMPLES:,} more" if len(sources) > EXAMPLES else ""
        yield f"{', '.join(sources[:EXAMPLES])}{more} changed"


def _is_as(file: InputFile, size_bytes: int, checksum: str) -> bool:
    if file.size != size_bytes and checksum:
        return False
    try:
        return sha256(file.path) == checksum
    except OSError:
        return not checksum  # it could not be read then either
