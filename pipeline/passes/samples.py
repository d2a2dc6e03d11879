"""A sample of what each rule removes, with its texts, taken as documents go by: the same on every runner.

Texts of removed documents are not carried from pass to pass. Of those that may come into the sample they are: a pass
stages the text of each document that was among the foremost of its rule when it came by, and the next pass chooses
among these again. So the last pass knows the foremost of all, and nothing travels but a few texts more.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from ...filters.base.batch import replace_text
from ..steps.documents import Documents
from ..steps.masks import blank, scatter
from .rows import REMOVED_SCHEMA, removed_rows

Mask: TypeAlias = npt.NDArray[np.bool_]

KEY = 0x7465_7874_6D69_6C6C
"""Of the hash by which documents with one value are ordered, which has nothing to do with where they stand."""
LONGEST_CHARS = 20_000
"""Of a longer text the beginning is kept, so that a sample stays small whatever is removed."""
TIMES = 20
"""From so many splits on, each contributes less than the report shows of a rule. A rule may act in one split alone, but
in a large run hardly one does."""


def samples_of_split(samples: int, splits: int) -> int:
    """How many documents a split contributes on each side of a rule, so that all together are enough, and not many."""
    return min(samples, max(1, -(-TIMES * samples // splits))) if samples else 0


class _Offer(NamedTuple):
    """A removed document, ordered by how far its value lies from the threshold, and then as if by chance."""

    distance: float
    chance: int
    row: int
    """Where it stands in the split."""


def _from_afar(offer: _Offer) -> tuple[float, int, int]:
    return -offer.distance, offer.chance, offer.row


def _from_nearby(offer: _Offer) -> tuple[float, int, int]:
    return offer


class RemovedSamples:
    """The sample of one split, which grows while batches go by.

    Args:
        per_side: So many documents of each rule nearest to its threshold, and so many farthest from it; of duplicates
            the least alike and the most alike; of rules without numbers as many by chance.
        with_rows: Whether the documents are wanted in the end, and not only which texts to stage.
    """

    def __init__(self, per_side: int, *, with_rows: bool) -> None:
        self._per_side, self._with_rows = per_side, with_rows
        self._chosen: dict[tuple[str, str], tuple[list[_Offer], list[_Offer]]] = {}
        self._rows: dict[int, pa.RecordBatch] = {}
        self._seen = 0

    def add(self, documents: Documents) -> Mask:
        """Choose anew with the removed documents of a batch that have a text; returns those that are chosen now."""
        count = documents.batch.num_rows
        offered: defaultdict[tuple[str, str], list[_Offer]] = defaultdict(list)
        verdicts, doc_ids = documents.verdicts, documents.batch["doc_id"]
        for index in np.flatnonzero(~documents.kept & ~blank(documents.batch["text"])).tolist():
            distance = _distance(*(verdicts[name][index] for name in ("value", "threshold", "similarity")))
            offer = _Offer(distance, xxhash.xxh3_64_intdigest(doc_ids[index].as_py(), KEY), self._seen + index)
            offered[verdicts["step"][index], verdicts["rule"][index]].append(offer)
        for rule, offers in offered.items():
            near, far = self._chosen.get(rule, ([], []))
            self._chosen[rule] = (
                heapq.nsmallest(self._per_side, [*near, *offers], key=_from_nearby),
                heapq.nsmallest(self._per_side, [*far, *offers], key=_from_afar),
            )
        chosen = {offer.row for sides in self._chosen.values() for side in sides for offer in side}
        mask = np.zeros(count, dtype=np.bool_)
        mask[[row - self._seen for row in chosen if row >= self._seen]] = True
        if self._with_rows and offered:
            added = shortened(removed_rows(documents, mask))  # now: far from a threshold are the largest texts
            self._rows = {row: batch for row, batch in self._rows.items() if row in chosen}
            for place, index in enumerate(np.flatnonzero(mask).tolist()):
                self._rows[self._seen + index] = added.take(pa.array([place]))  # a copy: the batch can go
        self._seen += count
        return mask

    def rows(self) -> list[pa.RecordBatch]:
        """The chosen documents, in the order in which they went by."""
        if not self._rows:
            return []
        ordered = pa.Table.from_batches([self._rows[row] for row in sorted(self._rows)], REMOVED_SCHEMA)
        whole: list[pa.RecordBatch] = ordered.combine_chunks().to_batches()
        return whole


def text_to_stage(documents: Documents, chosen: Mask | None) -> pa.RecordBatch:
    """The documents without the text of those removed, but for the chosen ones, whose text begins as it was."""
    text, kept = documents.batch["text"], pa.array(documents.kept)
    blank = pa.scalar("", pa.large_string())
    if chosen is None or not chosen.any():
        return replace_text(documents.batch, pc.if_else(kept, text, blank))
    beginnings = pc.utf8_slice_codeunits(text.filter(pa.array(chosen)), 0, LONGEST_CHARS)
    return replace_text(documents.batch, pc.if_else(kept, text, pc.fill_null(scatter(beginnings, chosen), blank)))


def shortened(rows: pa.RecordBatch) -> pa.RecordBatch:
    """Removed documents with texts of bounded length; metadata that are longer are left out."""
    metadata = rows["metadata"]
    is_long = pc.fill_null(pc.greater(pc.binary_length(metadata), LONGEST_CHARS), False)
    columns = {name: rows[name] for name in rows.schema.names}
    columns["text"] = pc.utf8_slice_codeunits(rows["text"], 0, LONGEST_CHARS)
    columns["metadata"] = pc.if_else(is_long, pa.scalar(None, metadata.type), metadata)
    return pa.RecordBatch.from_pydict(columns, schema=rows.schema)


def _distance(value: str | None, threshold: str | None, similarity: float | None) -> float:
    """How far a document is from being kept; 0 where no number tells."""
    if similarity is not None:
        return similarity
    try:
        found = abs(float(value or "") - float(threshold or ""))
    except ValueError:
        return 0.0
    return 0.0 if math.isnan(found) else found
