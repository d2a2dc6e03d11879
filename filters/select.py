"""Documents chosen over the whole run by how they rank: the best share, or head, middle and tail."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, TypeAlias

import pyarrow as pa

from ..errors import RecipeError, nearest
from .base.batch import BATCH_SCHEMA
from .base.step import Barrier

Order: TypeAlias = Literal["highest", "lowest"]

SHARD_COLUMNS = (
    *BATCH_SCHEMA.names,
    *("language", "language_score", "cluster_size", "repeats", "input_ids", "token_count"),
)
"""Names that columns of shards have already."""


@dataclass(frozen=True, kw_only=True)
class Select(Barrier):
    """Choose documents by their rank in the whole run: keep exactly the best share, or tell head, middle and tail.

    Sources: Li et al. 2024, "DataComp-LM", section 4.4, keeps the best tenth of all documents by a classifier's score
    (``keep_fraction: 0.1``); Wenzek et al. 2020, "CCNet", section 3.4, divides each language by percentiles of its
    perplexity (``buckets: {head: 0.3, middle: 0.6, tail: 1}, order: lowest, by: [language]``), of which LLaMA keeps
    head and middle. GPT-3's draw needs no rank: it is ``pareto_alpha`` of a classifier.

    Ranked are the documents that are still kept where the step stands. Equal ones rank by their document id, so that
    shares are exact and the same in every run: of n documents round(share * n), a half upwards, are within a share, in
    each group. What was not measured (null, or not a number) is not ranked, counts in no share and stays, as under any
    rule.

    How ours differs: CCNet's percentiles are values, found once on a sample of a crawl; ours are ranks in this run.

    Args:
        measurement: What decides: a number of an earlier step, as ``fasttext_classifier.score``, or ``bytes`` as read.
        keep_fraction: Keep this share, above 0 and up to 1, of the best.
        buckets: Instead of that, names of buckets and where each ends, as a share counted from the best; the last ends
            at 1. The name stands in ledger and shards.
        keep: Buckets that stay; all by default.
        order: Whether the "highest" values are the best or the "lowest".
        by: Rank within groups of documents that agree in these: ``language`` (the label of a language step), ``kind``,
            ``source`` (the input's label: what stands before the first slash), or labels that earlier steps measure.
            Documents without one are a group of their own.
        column: What the column with the bucket's name is called.

    Raises:
        RecipeError: for a share out of range, buckets that do not end at 1, or unknown names.

    Example:
        >>> Select(measurement="language.score", keep_fraction=0.1, by=("language",)).ranks(95)
        (10,)
        >>> Select(measurement="ppl", buckets={"head": 0.3, "middle": 0.6, "tail": 1}, order="lowest").ranks(10)
        (3, 6)
    """

    name: ClassVar[str] = "select"

    measurement: str = ""
    keep_fraction: float | None = None
    buckets: Mapping[str, float] | None = None
    keep: tuple[str, ...] | None = None
    order: Order = "highest"
    by: tuple[str, ...] = ()
    column: str = "bucket"

    def __post_init__(self) -> None:
        for name in ("by", "keep"):
            given = getattr(self, name)
            if given is not None:
                object.__setattr__(self, name, (given,) if isinstance(given, str) else tuple(given))
        if not self.measurement:
            raise RecipeError(f"{self.name}: name the measurement that decides, as in measurement: language.score")
        if (self.keep_fraction is None) == (self.buckets is None):
            raise RecipeError(f"{self.name}: give either keep_fraction, as 0.1 for the best tenth, or buckets")
        if self.keep_fraction is not None and not (_is_share(self.keep_fraction) and self.keep_fraction > 0):
            raise RecipeError(
                f"{self.name}: keep_fraction={self.keep_fraction} is no share; it must be above 0 and at most 1"
            )
        if self.buckets is None:
            if self.keep is not None:
                raise RecipeError(f"{self.name}: keep names buckets, but there are none; leave it out")
        else:
            object.__setattr__(self, "buckets", dict(self.buckets))
            self._check_buckets(self.buckets)

    def _check_buckets(self, buckets: Mapping[str, float]) -> None:
        for label, end in buckets.items():
            if not isinstance(label, str) or not label.strip():
                raise RecipeError(f"{self.name}: {label!r} is no name of a bucket; put names in quotes")
            if not _is_share(end) or end <= 0:
                raise RecipeError(f"{self.name}: bucket {label} ends at {end}; it must be above 0 and at most 1")
        ends = sorted(buckets.values())
        if len(ends) < 2 or ends[-1] != 1 or len(set(ends)) < len(ends):
            given = ", ".join(map(str, ends)) or "nothing"
            raise RecipeError(
                f"{self.name}: buckets are two or more names and where each ends, counted from the best, and the last "
                f"ends at 1, as in {{head: 0.3, middle: 0.6, tail: 1}}; here they end at {given}"
            )
        for label in self.keep or ():
            if label not in buckets:
                raise RecipeError(
                    f"{self.name}: there is no bucket {label!r} to keep{nearest(str(label), buckets)}; "
                    f"buckets are {', '.join(buckets)}"
                )
        if self.keep == ():
            raise RecipeError(f"{self.name}: keep names no bucket, so nothing would stay")
        if not isinstance(self.column, str) or not self.column or self.column in SHARD_COLUMNS:
            raise RecipeError(f"{self.name}: the column cannot be called {self.column!r}; shards have such a one")

    @property
    def measurements(self) -> Mapping[str, pa.DataType]:  # type: ignore[override]  # as it is called
        """The bucket's name, where there are buckets."""
        return {self.column: pa.string()} if self.buckets is not None else {}

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the buckets from the best on; none for a share that is kept."""
        return tuple(sorted(self.buckets, key=self.buckets.__getitem__)) if self.buckets is not None else ()

    @property
    def stays(self) -> tuple[bool, ...]:
        """Of what lies up to each border, and of what lies behind the last, whether it stays."""
        if self.buckets is None:
            return (True, False)
        return tuple(self.keep is None or label in self.keep for label in self.labels)

    @property
    def rule(self) -> str:
        """What the ledger calls the reason of a removal: the parameter that says what stays."""
        return "keep_fraction" if self.buckets is None else "keep"

    def ranks(self, documents: int) -> tuple[int, ...]:
        """How many of so many documents lie up to each border, in exact arithmetic: 0.1 is one tenth."""
        shares = [self.keep_fraction] if self.buckets is None else sorted(self.buckets.values())[:-1]
        exact = [Fraction(repr(float(share))) for share in shares if share is not None]
        return tuple((2 * documents * one.numerator + one.denominator) // (2 * one.denominator) for one in exact)

    def deciding(self, bucket: int) -> int | None:
        """The border that a removed document is beyond: the nearest one of what stays; None where nothing stays."""
        better = [border for border in range(bucket) if self.stays[border]]
        if better:
            return better[-1]
        worse = [other for other in range(bucket + 1, len(self.stays)) if self.stays[other]]
        return worse[0] - 1 if worse else None

    def describe(self) -> str:
        """What stays, in a few words."""
        if self.buckets is None:
            kept = f"the {self.order} {_percent(self.keep_fraction)}"
        else:
            kept = " and ".join(label for label, stays in zip(self.labels, self.stays, strict=True) if stays)
            kept += f" of the {self.order}"
        return f"{kept} in each {', '.join(self.by)}" if self.by else f"{kept} of a run"


def _is_share(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value <= 1


def _percent(share: float | None) -> str:
    return f"{(share or 0) * 100:.10g} %"
