"""The manifest: what a run read, what it did with it, and what it wrote, without host or folder.

It is the same for the same recipe and inputs, except for the section ``timing``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...dedup.base.indexed import Indexed
from ...dedup.parts.deduplicators import PartDeduplicator
from ...errors import InputError
from ...filters.base.step import Cleaner, Filter
from ...filters.select import Select
from ...version import __version__
from ..files.ledger import KEPT, QUARANTINED, REMOVED
from ..files.storage import exists, join, open_read, write_atomically
from ..job.facts import RunFacts, SourceFacts, Tally
from ..job.job import WORK_FOLDER
from ..passes.fingerprints import library_versions
from ..recipes.definition import RecipeDefinition
from ..steps.tokenizing import Tokenize
from ..steps.totals import add_totals
from .selections import describe_selections
from .shards import ShardFacts
from .surges import Surge

MANIFEST = "manifest.json"
TIMING = "timing"
"""The one section that differs from run to run of the same recipe over the same inputs."""


def build_manifest(
    recipe: RecipeDefinition,
    facts: RunFacts,
    shards: Iterable[ShardFacts],
    models: Sequence[Mapping[str, str]] = (),
    surges: Sequence[Surge] = (),
    options: Mapping[str, Any] | None = None,
    resume: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Put the manifest together.

    Args:
        recipe: The recipe that was run.
        facts: What the splits have counted.
        shards: What was written.
        models: Mappings of name and sha256.
        surges: Rules that came to remove far more than at first.
        options: How the input was read, and what else decides the output.
        resume: What tells later whether all is still as it was; it may differ between equal runs.
    """
    tokenizer = recipe.plan.tokenizer
    ordered_shards = sorted(shards, key=lambda shard: shard.name)
    inputs = [_input_row(source, facts.sources[source]) for source in sorted(facts.sources)]
    by_verdict: Counter[str] = Counter()
    for (verdict, _, _), tally in facts.verdicts.items():
        by_verdict[verdict] += tally.bytes
    skipped = sum((Counter(found.skipped) for found in facts.sources.values()), Counter())
    totals = {name: sum(row[name] for row in inputs) for name in ("read", *_VERDICT_NAMES, "skipped")}
    totals |= {
        "bytes_read": sum(by_verdict.values()),
        "bytes_kept": by_verdict[KEPT],
        "bytes_removed": by_verdict[REMOVED],
        "bytes_written": sum(shard.text_bytes for shard in ordered_shards),
        "tokens": facts.tokens,
    }
    if recipe.plan.repeats_rows:
        totals |= {"copies": facts.copies, "tokens_of_copies": facts.copied_tokens}
    selections = describe_selections(recipe, facts)
    return {
        "textmill": __version__,
        "recipe": recipe_dict(recipe),
        "options": dict(options or {}),
        "versions": library_versions(),
        "tokenizer": None if tokenizer is None else tokenizer.identity(),
        "models": sorted((dict(model) for model in models), key=lambda model: model["name"]),
        "inputs": inputs,
        "funnel": _funnel(recipe, facts),
        **({"selections": selections} if selections else {}),
        "skipped": [{"reason": reason, "records": skipped[reason]} for reason in sorted(skipped)],
        "quarantine_errors": [
            {"error": rule, "documents": tally.documents}
            for (verdict, _, rule), tally in sorted(facts.verdicts.items(), key=lambda item: item[0])
            if verdict == QUARANTINED
        ],
        "totals": totals,
        "shards": [_compared(shard) for shard in ordered_shards],
        "ledger": [dataclasses.asdict(file) for file in facts.ledger],
        "removed": [dataclasses.asdict(file) for file in facts.removed],
        "quarantine": [dataclasses.asdict(file) for file in facts.quarantine],
        "warnings": [dataclasses.asdict(surge) for surge in surges],
        "notices": [{"step": item.id, "notice": text} for item in recipe.plan.steps for text in item.step.notices],
        TIMING: _timing(facts, ordered_shards) | ({"resume": dict(resume)} if resume else {}),
    }


def recipe_dict(recipe: RecipeDefinition) -> dict[str, Any]:
    """A recipe with every parameter, and one checksum of it all."""
    described = _without_folders(recipe.as_dict())
    canonical = json.dumps(described, sort_keys=True, ensure_ascii=False).encode()
    return {**described, "sha256": hashlib.sha256(canonical).hexdigest()}


def _compared(shard: ShardFacts) -> dict[str, Any]:
    return {item.name: getattr(shard, item.name) for item in dataclasses.fields(shard) if item.compare}


def _timing(facts: RunFacts, shards: Iterable[ShardFacts]) -> dict[str, Any]:
    """What each step took, over all workers, and which took longest."""
    totals = {step: dataclasses.replace(seen) for step, seen in facts.timing.items()}
    for shard in shards:
        add_totals(totals, {"shards": shard.totals})
    busy = sum(seen.busy_nanoseconds for seen in totals.values())
    steps = [
        {
            "step": step,
            "documents": seen.documents,
            "bytes": seen.text_bytes,
            "seconds": round(seen.nanoseconds / 1e9, 3),
            "cpu_seconds": round(seen.cpu_nanoseconds / 1e9, 3),
            "mb_per_second": None if seen.mb_per_second is None else round(seen.mb_per_second, 2),
            "share": round(seen.busy_nanoseconds / busy, 4) if busy else 0.0,
        }
        for step, seen in totals.items()
    ]
    slowest = max(totals, key=lambda step: totals[step].busy_nanoseconds, default=None)
    return {
        "worker_seconds": round(sum(seen.nanoseconds for seen in totals.values()) / 1e9, 3),
        "cpu_seconds": round(sum(seen.cpu_nanoseconds for seen in totals.values()) / 1e9, 3),
        "slowest_step": slowest,
        "steps": steps,
    }


def write_manifest(folder: str, manifest: Mapping[str, Any]) -> str:
    """Write ``manifest.json`` and return its path."""
    path = join(folder, MANIFEST)
    with write_atomically(path) as sink:
        sink.write((json.dumps(manifest, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode())
    return path


def load_manifest(folder: str) -> dict[str, Any]:
    """Read the manifest of a folder that textmill has written: a run's, or that of a mix.

    Raises:
        InputError: when the folder has none, or it is no JSON object.
    """
    path = join(folder, MANIFEST)
    if not exists(path):
        if exists(join(folder, WORK_FOLDER)):
            raise InputError(f"{folder} holds an unfinished run; finish it by the same command with --resume")
        raise InputError(f"{folder} has no {MANIFEST}: this is not an output folder of textmill")
    with open_read(path) as source:
        content = source.read()
    try:
        manifest = json.loads(content)
    except ValueError as error:
        raise InputError(f"{path} is not valid JSON ({error}); run again, or restore it") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path} is not a manifest of textmill: it is no JSON object")
    return dict(manifest)


def read_manifest(folder: str) -> dict[str, Any]:
    """Read the manifest of a finished run.

    Raises:
        InputError: when the folder has none, or it is not one.
    """
    manifest = load_manifest(folder)
    missing = [key for key in ("totals", "inputs", *FILE_FOLDERS) if key not in manifest]
    if missing:
        raise InputError(f"{join(folder, MANIFEST)} is not a manifest of a run: it has no {missing[0]!r}")
    return manifest


def check_accounting(manifest: Mapping[str, Any]) -> list[str]:
    """Say where the numbers of a manifest contradict each other; nothing when every document is accounted for."""
    problems = []

    def same(what: str, found: int, expected_as: str, expected: int) -> None:
        if found != expected:
            problems.append(f"{what} {found:,}, but {expected_as} {expected:,}")

    totals = manifest["totals"]
    for row in manifest["inputs"]:
        parts = sum(row[name] for name in _VERDICT_NAMES)
        same(f"{row['source']}: kept + removed + quarantined =", parts, "read =", row["read"])
    for name in ("read", *_VERDICT_NAMES):
        same(f"{name} of all inputs =", sum(row[name] for row in manifest["inputs"]), "total =", totals[name])
    rows = {name: sum(file["rows"] for file in manifest[name]) for name in FILE_FOLDERS}
    same("rows of the ledger =", rows["ledger"], "documents read =", totals["read"])
    copies, of_copies = totals.get("copies", 0), totals.get("tokens_of_copies", 0)
    and_copies = " and copies" if "copies" in totals else ""
    same("rows of the shards =", rows["shards"], f"documents kept{and_copies} =", totals["kept"] + copies)
    same("rows of the quarantine =", rows["quarantine"], "documents quarantined =", totals["quarantined"])
    if holds_sample(manifest):
        if rows["removed"] > totals["removed"]:
            problems.append(f"the sample has {rows['removed']:,} removed documents of {totals['removed']:,}")
    elif manifest["removed"]:
        same("rows of the removed documents =", rows["removed"], "documents removed =", totals["removed"])
    removals = sum(row["documents"] for row in manifest["funnel"])
    same("removals of the funnel =", removals, "documents removed =", totals["removed"])
    tokens = sum(shard["tokens"] for shard in manifest["shards"])
    same("tokens of the shards =", tokens, f"tokens of the ledger{and_copies} =", totals["tokens"] + of_copies)
    return problems


def holds_sample(manifest: Mapping[str, Any]) -> bool:
    """Whether ``removed/`` holds a sample of the removed documents instead of all."""
    return bool(manifest["removed"]) and not manifest.get("options", {}).get("keep_removed", True)


def without_lost_sample(folder: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest as it is; without the sample of removed documents where somebody has taken that away as a whole.

    It holds text that is not for everybody, so it is not published, and may be deleted when it has been looked at.
    """
    found = dict(manifest)
    if holds_sample(found) and not any(exists(join(folder, "removed", file["name"])) for file in found["removed"]):
        found["removed"] = []
    return found


_VERDICT_NAMES = (KEPT, REMOVED, QUARANTINED)
FILE_FOLDERS = ("shards", "ledger", "removed", "quarantine")


def _input_row(source: str, facts: SourceFacts) -> dict[str, Any]:
    row = {"source": source, "bytes": facts.bytes, "sha256": facts.sha256, "read": facts.read}
    row["skipped"] = sum(facts.skipped.values())
    return row | {verdict: facts.verdicts.get(verdict, 0) for verdict in _VERDICT_NAMES}


def _funnel(recipe: RecipeDefinition, facts: RunFacts) -> list[dict[str, Any]]:
    """Every rule in the order in which it judges, also one that removed nothing, with what it removed."""
    left = {(step, rule): tally for (verdict, step, rule), tally in facts.verdicts.items() if verdict == REMOVED}
    rows = []

    def add(step: str, rule: str, **bounds: Any) -> None:
        tally = left.pop((step, rule), Tally())
        given = {name: bound for name, bound in bounds.items() if bound is not None}
        rows.append({"step": step, "rule": rule, **dataclasses.asdict(tally), **given})

    add("read", "empty")
    for planned in recipe.plan.steps:
        if isinstance(planned.step, Filter):
            for rule in planned.step.rules:
                column = planned.columns[rule.measurement]
                allowed = None if rule.allowed is None else list(rule.allowed)
                add(
                    planned.id,
                    rule.name,
                    measurement=column,
                    minimum=rule.minimum,
                    maximum=rule.maximum,
                    allowed=allowed,
                    minimum_in=rule.minimum_in and planned.columns[rule.minimum_in],
                    maximum_in=rule.maximum_in and planned.columns[rule.maximum_in],
                )
        elif isinstance(planned.step, Select):
            add(planned.id, planned.step.rule, measurement=planned.step.measurement, selects=planned.step.describe())
        elif isinstance(planned.step, (Cleaner, PartDeduplicator)):
            add(planned.id, "empty")
        elif not isinstance(planned.step, Tokenize):
            if isinstance(planned.step, Indexed) and planned.step.indexes:
                add(planned.id, "seen")
            add(planned.id, "duplicate")
    for step, unplanned in sorted(left):
        add(step, unplanned)
    return rows


def _without_folders(value: Any) -> Any:
    """Name files and folders of models and lists without where they lie: no output tells that of a machine."""
    if isinstance(value, Mapping):
        return {key: _without_folders(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_folders(item) for item in value]
    if isinstance(value, str) and "/" in value and Path(value).exists():
        return Path(value).name
    return value
