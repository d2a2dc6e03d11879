"""What became of a batch of texts as columns, one row for each text, by the names of a run's output."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..files.ledger import KEPT, REMOVED
from ..steps.documents import Documents
from ..steps.masks import scatter
from ..steps.plan import LANGUAGE_LABEL, LANGUAGE_SCORE, Plan

VERDICT_COLUMNS = ("verdict", "step", "rule", "value", "threshold")


def result_schema(plan: Plan, text: pa.DataType, *, measurements: bool) -> pa.Schema:
    """The columns that a recipe gives: text, verdict and reason, language and tokens if it has them, measurements."""
    fields = [pa.field("text", text), *(pa.field(name, pa.string()) for name in VERDICT_COLUMNS)]
    if LANGUAGE_LABEL in plan.measurements:
        fields += [pa.field("language", pa.string()), pa.field("language_score", pa.float64())]
    if plan.tokenizer is not None:
        fields += [pa.field("input_ids", pa.list_(pa.int32())), pa.field("token_count", pa.int64())]
    if measurements:
        fields += [pa.field(name, declared) for name, declared in plan.measurements.items()]
    return pa.schema(fields)


def result_rows(documents: Documents, schema: pa.Schema) -> pa.RecordBatch:
    """The outcome of a batch in these columns; the text of a removed document is null."""
    count = documents.batch.num_rows
    kept = pa.array(documents.kept)
    text = documents.batch["text"]
    if not documents.kept.all():
        text = pc.if_else(kept, text, pa.scalar(None, text.type))
    columns: dict[str, pa.Array] = {
        "text": text.cast(schema.field("text").type),
        "verdict": pc.if_else(kept, KEPT, REMOVED),
        **{name: pa.array(documents.verdicts[name], pa.string()) for name in VERDICT_COLUMNS[1:]},
    }
    measured = documents.measurements
    for column, measurement in (("language", LANGUAGE_LABEL), ("language_score", LANGUAGE_SCORE)):
        if measurement in measured:
            columns[column] = measured[measurement]
    if documents.input_ids is not None:
        columns["input_ids"] = scatter(documents.input_ids, np.asarray(documents.kept))
        columns["token_count"] = pc.list_value_length(columns["input_ids"]).cast(pa.int64())
    found = [
        columns[field.name]
        if field.name in columns
        else measured[field.name]
        if field.name in measured
        else pa.nulls(count, field.type)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(found, schema=schema)
