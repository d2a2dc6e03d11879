"""Documents between two passes: packed up as one pass leaves them, and taken up again by the next."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...filters.base.batch import BATCH_SCHEMA
from .documents import VERDICT_SCHEMA, Documents
from .plan import Plan


def restore(staged: pa.RecordBatch, plan: Plan, *, removed_have_text: bool) -> Documents:
    """Take up a batch that the pass before has staged, with the measurements taken by then."""
    known = [name for name in plan.measurements if name in staged.schema.names]
    verdicts = {name: np.array(staged[name].to_pylist(), dtype=object) for name in VERDICT_SCHEMA.names[1:]}
    documents = Documents(
        batch=staged.select(BATCH_SCHEMA.names),
        text_bytes=staged["bytes"].to_numpy(),
        has_text=np.ones(staged.num_rows, dtype=np.bool_),
        kept=np.asarray(pc.is_null(staged["step"]).to_numpy(zero_copy_only=False), dtype=np.bool_),
        verdicts=verdicts,
        measurements={name: staged[name] for name in known if staged[name].null_count < staged.num_rows},
    )
    if not removed_have_text:
        documents.has_text = documents.kept
    return documents


def stage(
    documents: Documents, batch: pa.RecordBatch, plan: Plan, number: int, beside: Mapping[str, pa.Array]
) -> pa.RecordBatch:
    """Pack a batch up for the next pass.

    Args:
        documents: What is known of them.
        batch: The documents with the text that they are to have then: of removed ones it may stay behind.
        plan: The recipe's passes.
        number: Of the pass that ends.
        beside: Columns that the deduplication behind the pass wants to find again.
    """
    columns = dict(zip(BATCH_SCHEMA.names, batch.columns, strict=True))
    columns |= {**documents.ledger_columns(plan.measurements_until(number)), **beside}
    declared = {name: column.type for name, column in beside.items()}
    return pa.RecordBatch.from_pydict(columns, schema=staged_schema(plan, number, declared))


def staged_schema(plan: Plan, number: int, beside: Mapping[str, pa.DataType]) -> pa.Schema:
    """Columns of what a pass stages: nothing of later passes, so that a change to those leaves it as it is."""
    added = [pa.field(name, declared) for name, declared in {**plan.measurements_until(number), **beside}.items()]
    return pa.schema([*BATCH_SCHEMA, *VERDICT_SCHEMA, *added])
