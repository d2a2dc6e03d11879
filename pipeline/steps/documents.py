"""A batch of documents on its way through the steps: what is known of each, and its verdict so far."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ...filters.base.batch import replace_text
from ...filters.base.document_language import LANGUAGE
from ...filters.base.step import Measurements, Step
from ...filters.kernels.machine.buffers import text_buffers
from ...filters.kernels.machine.memory import remember_selection
from .masks import Mask, blank, is_whole, scatter
from .plan import LANGUAGE_LABEL, LANGUAGE_SCORE, PlannedStep

READ = "read"
EMPTY = "empty"

VERDICT_SCHEMA = pa.schema(
    [
        pa.field("bytes", pa.int64(), nullable=False),
        pa.field("step", pa.string()),
        pa.field("rule", pa.string()),
        pa.field("value", pa.string()),
        pa.field("threshold", pa.string()),
        pa.field("kept_instead", pa.string()),
        pa.field("emptied_by", pa.string()),
        pa.field("similarity", pa.float64()),
        pa.field("cluster", pa.string()),
    ]
)
"""What the ledger will say of each document, so far: ``step`` is null while the document is kept."""
VERDICTS = tuple(VERDICT_SCHEMA.names[1:])


@dataclass
class Documents:
    """A batch on its way: the documents, what is known of them, and their verdicts so far."""

    batch: pa.RecordBatch
    """Columns of :data:`BATCH_SCHEMA`; the text of a document removed in an earlier pass may be blank."""
    text_bytes: npt.NDArray[np.int64]
    """UTF-8 bytes of each text as it was read."""
    has_text: Mask
    """False where the text was not carried over from the pass before."""
    kept: Mask
    """Which documents no rule has removed so far."""
    verdicts: dict[str, npt.NDArray[np.object_]]
    """One array for each column of :data:`VERDICT_SCHEMA` but the bytes; None where nothing is to say."""
    measurements: dict[str, pa.Array] = field(default_factory=dict)
    input_ids: pa.Array | None = None
    """Token ids of the kept documents, in order, once they are tokenised."""
    language: str | None = None
    """The language of all documents, where whoever gave them has said it."""
    _views: dict[tuple[bytes, tuple[str, ...]], tuple[tuple[pa.Array, ...], pa.RecordBatch]] = field(
        default_factory=dict
    )
    """By mask and names of measurements: what a view was made of, and the view."""

    @classmethod
    def read(cls, batch: pa.RecordBatch, language: str | None = None) -> Documents:
        """Start with documents as they were read; blank ones are removed at once.

        Args:
            batch: The documents.
            language: Which they are all in, where that is known; steps that tell languages are believed no other.
        """
        count, text = batch.num_rows, batch["text"]
        offsets = text_buffers(text).offsets
        documents = cls(
            language=language,
            batch=batch,
            text_bytes=offsets[1:] - offsets[:-1],
            has_text=np.ones(count, dtype=np.bool_),
            kept=np.ones(count, dtype=np.bool_),
            verdicts={name: np.empty(count, dtype=object) for name in VERDICTS},
        )
        documents.remove(blank(text), step=READ, rule=EMPTY, value="0", threshold="1")
        if language is not None:
            documents.measurements |= known_language(language, count)
        return documents

    def remove(self, mask: Mask, **verdict: str) -> None:
        """Remove the documents of the mask that are still kept, all with the same verdict."""
        mask = mask & self.kept
        if not np.count_nonzero(mask):
            return
        for name, value in verdict.items():
            self.verdicts[name][mask] = value
        self.kept = self.kept & ~mask

    def blame(self, index: int, step: str, rule: str, value: object, threshold: str) -> None:
        """Write down which rule removes a document, by which value."""
        said = {"step": step, "rule": rule, "value": shown(value), "threshold": threshold}
        for name, content in said.items():
            self.verdicts[name][index] = content

    def view(self, mask: Mask, reader: Step | None = None) -> pa.RecordBatch:
        """The documents of the mask with their measurements; steps that see the same ones share one text array.

        Args:
            mask: Which documents.
            reader: The step that asks, where it is known to read no other measurements than it declares, and the
                language: the others are left out.
        """
        wanted = self.measurements if reader is None else dict.fromkeys((LANGUAGE, *reader.reads))
        names = tuple(name for name in wanted if name in self.measurements)
        columns = [self.measurements[name] for name in names]
        whole = is_whole(mask)
        if whole and not names:
            return self.batch
        rows = b"" if whole else mask.tobytes()
        seen, view = self._views.get((rows, names), ((), None))
        if view is not None and len(seen) == len(columns) and all(map(operator.is_, seen, columns)):
            return view
        base, shown = self.batch, columns
        if not whole:
            selected = pa.array(mask)
            if (rows, ()) not in self._views:
                some = self.batch.filter(selected)
                self._views[rows, ()] = (), some
                remember_selection(self.batch["text"], some["text"], np.flatnonzero(mask))
            base, shown = self._views[rows, ()][1], [column.filter(selected) for column in columns]
        view = base
        for name, column in zip(names, shown, strict=True):
            view = view.append_column(name, column)  # a tenth of what making a batch of all columns takes
        if reader is not None:
            self._views[rows, names] = tuple(columns), view
        return view

    def set_text(self, text: pa.Array, mask: Mask) -> None:
        """Replace the text of the documents of the mask."""
        if not is_whole(mask):
            text = pc.if_else(pa.array(mask), scatter(text, mask), self.batch["text"])
        self.batch = replace_text(self.batch, text)
        self._views.clear()

    def set_measurements(self, planned: PlannedStep, taken: Measurements, mask: Mask) -> None:
        """Record all that a step has measured of the documents of the mask."""
        whole = is_whole(mask)
        for measurement, declared in planned.step.measurements.items():
            values = taken[measurement]
            if whole and values.type == declared:
                self.measurements[planned.columns[measurement]] = values
            else:
                self.set_measurement(planned.columns[measurement], declared, values, mask)

    def set_measurement(self, name: str, declared: pa.DataType, values: pa.Array, mask: Mask) -> None:
        """Record a measurement of the documents of the mask; others keep what they have."""
        if values.type != declared:
            values = values.cast(declared)
        if not is_whole(mask):
            values = scatter(values, mask)
            if name in self.measurements:
                values = pc.if_else(pa.array(mask), values, self.measurements[name])
        self.measurements[name] = values

    def ledger_columns(self, measurements: Mapping[str, pa.DataType]) -> dict[str, pa.Array]:
        """The account so far as columns: those of :data:`VERDICT_SCHEMA`, then every measurement of the recipe."""
        columns = {"bytes": pa.array(self.text_bytes, pa.int64())}
        columns |= {field.name: pa.array(self.verdicts[field.name], field.type) for field in list(VERDICT_SCHEMA)[1:]}
        for name, declared in measurements.items():
            columns[name] = self.measurements.get(name, pa.nulls(self.batch.num_rows, declared))
        return columns


def known_language(language: str, count: int) -> dict[str, pa.Array]:
    """What a language step would say of documents in a language that is certain."""
    return {
        LANGUAGE_LABEL: pa.array([language] * count, pa.string()),
        LANGUAGE_SCORE: pa.array([1.0] * count, pa.float64()),
    }


def concerned(planned: PlannedStep, documents: Documents) -> Mask:
    """Which documents meet a step's condition, of those whose text is at hand."""
    if not planned.condition:
        return documents.has_text.copy()
    language = documents.measurements.get(LANGUAGE_LABEL)
    return documents.has_text & planned.condition.holds(documents.batch["kind"], language)


def shown(value: Any) -> str:
    """A measured value as the ledger shows it."""
    return repr(round(value, 6)) if isinstance(value, float) else str(value)
