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
        max_replacements: Most replacements of all kinds together, repetitions counted.
        max_emails: Most e-mail addresses; the same for the other kinds. None sets no limit.
        max_ip_addresses: Most IP addresses.
        max_phones: Most phone numbers.
        max_cards: Most payment card numbers.
        max_secrets: Most keys, tokens and passwords.
        max_ibans: Most bank account numbers.
        max_ssns: Most social security numbers.
        max_national_ids: Most identity numbers.
        max_passports: Most passport numbers.
        max_imeis: Most serial numbers of phones.
        max_macs: Most hardware addresses.
        max_wallets: Most addresses of wallets.
        max_addresses: Most street addresses.
        max_names: Most names of people.

    Example:
        >>> from textmill import Recipe
        >>> text = "Write to " + ", ".join(f"anna{n}@example.org" for n in range(6))
        >>> Recipe("r", [ScrubPII(), PIIQuality()]).clean(text).removed_by
        'pii_quality.max_replacements'
    """

    name: ClassVar[str] = "pii_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"pii.replacements": pa.int64()} | {
        name.replace("pii.", "pii_quality."): declared for name, declared in ScrubPII.measurements.items()
    }
    reads: ClassVar[Mapping[str, str]] = dict.fromkeys(ScrubPII.measurements, ScrubPII.name)

    max_replacements: int | None = 5
    max_emails: int | None = None
    max_ip_addresses: int | None = None
    max_phones: int | None = None
    max_cards: int | None = None
    max_secrets: int | None = None
    max_ibans: int | None = None
    max_ssns: int | None = None
    max_national_ids: int | None = None
    max_passports: int | None = None
    max_imeis: int | None = None
    max_macs: int | None = None
    max_wallets: int | None = None
    max_addresses: int | None = None
    max_names: int | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule for all kinds together, and one for each kind that has a limit."""
        limits = {"max_replacements": "pii.replacements"} | {
            measurement.replace("pii.", "max_"): measurement.replace("pii.", "pii_quality.")
            for measurement in ScrubPII.measurements
        }
        return tuple(
            Rule(name=name, measurement=measurement, maximum=getattr(self, name))
            for name, measurement in limits.items()
            if getattr(self, name) is not None
        )

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Kinds that are switched off count for nothing; without any count of the cleaner there is no sum."""
        counts = [batch[name] for name in self.reads if name in batch.schema.names]
        total = pa.nulls(batch.num_rows, pa.int64())
        for column in counts:
            sums = pc.add(pc.fill_null(total, 0), pc.fill_null(column, 0))
            total = pc.if_else(pc.and_(pc.is_null(total), pc.is_null(column)), pa.scalar(None, pa.int64()), sums)
        nothing = pa.nulls(batch.num_rows, pa.int64())
        return {"pii.replacements": total} | {
            name.replace("pii.", "pii_quality."): batch[name] if name in batch.schema.names else nothing
            for name in self.reads
        }
