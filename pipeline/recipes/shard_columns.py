"""Columns of shards: the documents, what steps add to them, what is asked for, and what they are partitioned by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

import pyarrow as pa

from ...dedup.base.step import CLUSTER_SIZE
from ...dedup.documents.rehydrate import REPEATS
from ...errors import RecipeError, nearest
from ...filters.base.batch import BATCH_SCHEMA
from ..steps.plan import LANGUAGE_LABEL, LANGUAGE_SCORE, Plan

LICENSE, INPUT_LABEL = "license", "input_label"
DERIVED: Mapping[str, pa.DataType] = {LICENSE: pa.string(), INPUT_LABEL: pa.string()}
"""What can be had besides measurements: the licence that metadata name, and the label of the input, which is the first
part of ``source``."""

BASE_MEASUREMENTS = {
    LANGUAGE_LABEL: "language",
    LANGUAGE_SCORE: "language_score",
    CLUSTER_SIZE: CLUSTER_SIZE,
    REPEATS: "repeats",
}
"""Measurements that every shard has, and under which name."""
NO_PARTITION = ("doc_id", "text", "url", "metadata", "input_ids", "token_count")
SHOWN = 12


def base_fields(plan: Plan) -> list[pa.Field]:
    """Columns that shards have in any case: the documents, then what the recipe's steps add.

    That is the language, how many documents each stands for where whole documents are deduplicated, the bucket that
    a selection has put it in, and tokens.
    """
    taken = plan.measurements
    fields = list(BATCH_SCHEMA)
    fields += [pa.field(name, taken[source]) for source, name in BASE_MEASUREMENTS.items() if source in taken]
    fields += [pa.field(column, pa.string()) for column in plan.bucket_columns]
    if plan.tokenizer is not None:
        fields += [pa.field("input_ids", pa.list_(pa.int32())), pa.field("token_count", pa.int64())]
    return fields


def with_columns(plan: Plan, columns: Sequence[str], partition: Sequence[str]) -> Plan:
    """The plan with the columns that are asked for, and what shards are partitioned by.

    Args:
        plan: Of the steps.
        columns: Names of measurements as in the ledger, globs of them, or one of :data:`DERIVED`.
        partition: Names of columns with few values; those that shards have not yet are added.

    Raises:
        RecipeError: for names that mean nothing here, named twice, or taken by another column.
    """
    base = base_fields(plan)
    there = {field.name: field.type for field in base}
    known = {**plan.measurements, **DERIVED}
    wanted: list[str] = []
    for given in columns:
        found = [name for name in known if fnmatchcase(name, given)] if _is_glob(given) else [given]
        if given not in known and given not in there and not (_is_glob(given) and found):
            raise RecipeError(_unknown("columns", given, list(plan.measurements)))
        wanted += [name for name in found if name not in wanted]
    for name in partition:
        if name in NO_PARTITION or (name not in there and name not in known):
            choices = [name for name, kind in {**there, **known}.items() if _has_few_values(name, kind)]
            reason = "a language step must stand in the recipe" if name == "language" else ""
            raise RecipeError(_unknown("partition", name, choices, reason))
        kind = there[name] if name in there else known[name]
        if not _has_few_values(name, kind):
            raise RecipeError(
                f"partition: {name} is a fraction, and every value of it would be a folder; make a label of it with "
                "where(function), and partition by that"
            )
        if partition.count(name) > 1:
            raise RecipeError(f"partition names {name!r} twice")
        if name not in there and name not in wanted:
            wanted.append(name)
    extra = {}
    for name in [name for name in known if name in wanted]:
        if BASE_MEASUREMENTS.get(name) in there or name in plan.bucket_columns:
            continue
        if name in there:
            raise RecipeError(f"columns: shards have another column {name!r}; give the measurement another name")
        if name in DERIVED and name in plan.measurements:
            raise RecipeError(f"columns: a measurement is called {name!r}, as a column of shards; rename it")
        extra[name] = known[name]
    return replace(plan, extra_columns=extra, partition=tuple(partition))


def _is_glob(given: str) -> bool:
    return any(character in given for character in "*?[")


def _has_few_values(name: str, kind: pa.DataType) -> bool:
    plain = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return name not in NO_PARTITION and bool(plain or pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def _unknown(what: str, given: str, valid: Sequence[str], reason: str = "") -> str:
    shown = ", ".join(valid[:SHOWN]) + (f" and {len(valid) - SHOWN} more" if len(valid) > SHOWN else "")
    if reason:
        return f"{what}: there is no {given!r}; {reason}"
    if what == "partition":
        return f"{what}: cannot partition by {given!r}{nearest(given, valid)}; choose among {shown}"
    others = " and ".join(DERIVED)
    return (
        f"{what}: no measurement is called {given!r}{nearest(given, [*valid, *DERIVED])}; this recipe takes "
        f"{shown or 'none'}; besides there are {others}"
    )
