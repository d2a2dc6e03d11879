"""What is written of a batch when its last step is done: rows of shards, of the ledger, and of removed documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...dedup.base.step import CLUSTER_SIZE
from ...dedup.documents.rehydrate import REPEATS
from ...filters.base.batch import BATCH_SCHEMA
from ..files.ledger import KEPT, REMOVED, ledger_schema
from ..recipes.shard_columns import INPUT_LABEL, LICENSE, base_fields
from ..steps.documents import VERDICT_SCHEMA, Documents
from ..steps.plan import LANGUAGE_LABEL, LANGUAGE_SCORE, Plan
from .licenses import licenses

REASON_SCHEMA = pa.schema([field for field in VERDICT_SCHEMA if field.name not in ("bytes", "emptied_by")])
REMOVED_SCHEMA = pa.schema([*BATCH_SCHEMA, *REASON_SCHEMA])
"""A removed document and why it was removed."""


def shard_schema(plan: Plan) -> pa.Schema:
    """Columns of the shards of a recipe."""
    return pa.schema([*base_fields(plan), *(pa.field(name, kind) for name, kind in plan.extra_columns.items())])


def finished_rows(documents: Documents, plan: Plan) -> pa.RecordBatch:
    """The kept documents with the columns of the final shards, each as often as it is to be written."""
    batch = documents.view(documents.kept)
    names = batch.schema.names
    columns = {name: batch[name] for name in BATCH_SCHEMA.names}
    for column, measurement in (
        ("language", LANGUAGE_LABEL),
        ("language_score", LANGUAGE_SCORE),
        *zip(plan.bucket_columns, plan.bucket_columns, strict=True),
    ):
        if measurement in names:
            columns[column] = batch[measurement]
    if documents.input_ids is not None:
        columns["input_ids"] = documents.input_ids
        columns["token_count"] = pc.list_value_length(documents.input_ids).cast(pa.int64())
    for column, measurement in ((CLUSTER_SIZE, CLUSTER_SIZE), ("repeats", REPEATS)):
        if measurement in plan.measurements:
            found = batch[measurement] if measurement in names else pa.nulls(batch.num_rows, pa.int64())
            columns[column] = pc.fill_null(found, 1)
    for name in plan.extra_columns:
        if name == LICENSE:
            columns[name] = licenses(batch["metadata"])
        elif name == INPUT_LABEL:
            columns[name] = pc.list_element(pc.split_pattern(batch["source"], "/", max_splits=1), 0)
        elif name in names:
            columns[name] = batch[name]
    schema = shard_schema(plan)
    for schema_field in schema:
        columns.setdefault(schema_field.name, pa.nulls(batch.num_rows, schema_field.type))
    rows = pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)
    if plan.repeats_rows:
        rows = rows.take(pa.array(np.repeat(np.arange(len(rows)), columns["repeats"].to_numpy())))
    return rows


def ledger_rows(documents: Documents, plan: Plan) -> pa.RecordBatch:
    """One row for each document, kept or removed, with every measurement of the recipe."""
    kept = documents.kept
    columns = documents.ledger_columns(plan.measurements)
    columns |= {name: documents.batch[name] for name in ("doc_id", "source", "kind")}
    columns["verdict"] = pc.if_else(pa.array(kept), KEPT, REMOVED)
    tokens = np.zeros(len(kept), dtype=np.int64)
    if documents.input_ids is not None:
        tokens[kept] = pc.list_value_length(documents.input_ids).to_numpy(zero_copy_only=False)
    unknown = ~kept if documents.input_ids is not None else np.ones(len(kept), dtype=np.bool_)
    columns["tokens"] = pa.array(tokens, pa.int64(), mask=unknown)
    schema = ledger_schema(plan.measurements)
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def removed_rows(documents: Documents, mask: npt.NDArray[np.bool_]) -> pa.RecordBatch:
    """The removed documents of the mask with their text and the reason."""
    columns = [documents.batch[name] for name in BATCH_SCHEMA.names]
    columns += [pa.array(documents.verdicts[field.name], field.type) for field in REASON_SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=REMOVED_SCHEMA).filter(pa.array(mask))
