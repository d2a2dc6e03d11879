"""The rule that drops documents full of personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from ..base.rules import Rule
from ..base.step import Filter, Measurements
from .scrub import ScrubPII


@dataclass(frozen=True, kw_only=True)
class PIIQuality(Filter):
    """Remove documents in which :class:`ScrubPII`, which must stand before, replaced too much.

    Source: Soldaini et al. 2024, "Dolma", section 5 and its configuration: of more than five pieces of personal data
    the document goes, of fewer each is replaced. Which pieces are found is up to the cleaner (see there). A document
    that the cleaner did not see has no count and passes.

    Args:
        max_replacements: Most e-mail addresses, IP addresses, phone and card numbers together, repetitions counted.

    Example:
        >>> from textmill import Recipe
        >>> text = "Write to " + ", ".join(f"anna{n}@example.org" for n in range(6))
        >>> Recipe("r", [ScrubPII(), PIIQuality()]).clean(text).removed_by
        'pii_quality.max_replacements'
    """

    name: ClassVar[str] = "pii_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"pii.replacements": pa.int64()}
    reads: ClassVar[Mapping[str, str]] = dict.fromkeys(ScrubPII.measurements, ScrubPII.name)

    max_replacements: int | None = 5

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule."""
        if self.max_replacements is None:
            return ()
        return (Rule(name="max_replacements", measurement="pii.replacements", maximum=self.max_replacements),)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Kinds that are switched off count for nothing; without any count of the cleaner there is no sum."""
        counts = [batch[name] for name in self.reads if name in batch.schema.names]
        total = pa.nulls(batch.num_rows, pa.int64())
        for column in counts:
            sums = pc.add(pc.fill_null(total, 0), pc.fill_null(column, 0))
            total = pc.if_else(pc.and_(pc.is_null(total), pc.is_null(column)), pa.scalar(None, pa.int64()), sums)
        return {"pii.replacements": total}
