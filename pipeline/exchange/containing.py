"""Rounds that find documents contained in others. Sets of shingles travel only of pairs that nothing less decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...dedup.base.step import UInt64s
from ...dedup.documents.candidates import paired
from ...dedup.documents.clusters import Forest
from ...dedup.documents.containment import FINGERPRINT_SHINGLES, LEAST_SHARED, Links, attach, links
from ...dedup.documents.minhash import MinHashDedup
from ...dedup.documents.verification import (
    choose,
    count_shared,
    pack_evidence,
    packed_bits,
    sketch_similarity,
    unpack_evidence,
)
from ...dedup.packed.packing import join_records
from ...dedup.packed.pairs import unpack_pairs
from ...filters.kernels.machine.buffers import Bools, Int64s
from ..files.staging import read_staged
from .exchange import Message, by_split, pairs_by_split, row_in_split
from .verifying import REMOTE_PAIR, Verifier

FINGERPRINTS = "_fingerprints"
"""Staged beside each document: how many it has."""

_SURE_PAIR = np.dtype([("low", "<u4"), ("high", "<u8")])
"""A pair that needs no sets: the place of its lower row, which is in the split that is told, and the higher row."""
_LINK = np.dtype([("own", "<u4"), ("other", "<u8"), ("size", "<u4"), ("is_mutual", "?")])
_DEVIATIONS = 3.0
"""An estimate so many standard errors above what is demanded needs no count."""
_SPARE_BITS = 10
"""Bits of a hash beyond those that number the shingles of a document: one in a thousand is taken for another."""


def find_sharing(_: int, packed: Sequence[bytes], __: str | None) -> Iterator[Message]:
    """At a partition: pairs that share a key, as often as they do, each to the split of its lower row."""
    found = paired(join_records(packed))
    yield from pairs_by_split(found.low, found.high)


class ContainmentVerifier(Verifier):
    """What the rounds at splits do for one step::

    weigh (split of the lower row): count what pairs share; sketches of the lower go along
      ─ answer (higher row): drop pairs that share little, accept near copies, send sets of the others
      ─ measure (lower row): count shared shingles
      ─ attach (contained document): join it to one container
    """

    def __init__(self, step: MinHashDedup) -> None:
        super().__init__(step)
        self.sketched = Verifier(step, by_sketch=True)

    def weigh(self, _: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At the split of the lower rows: how much each pair shares, and the sketches of the lower rows."""
        pairs, shared = np.unique(np.stack(unpack_pairs(packed), axis=1), axis=0, return_counts=True)
        low, high = pairs[:, 0], pairs[:, 1]
        rows = np.unique(low)
        evidence, parts = self.sketched.evidence(path, rows), _fingerprints(path, rows)
        for split in np.unique(high >> np.uint64(32)).tolist():
            here = high >> np.uint64(32) == split
            lows, index = np.unique(low[here], return_inverse=True)
            remote = np.empty(int(here.sum()), dtype=REMOTE_PAIR)
            remote["low"], remote["high"] = index, row_in_split(high[here])
            yield (
                split,
                np.array([len(remote), len(lows)], dtype="<u8").tobytes()
                + remote.tobytes()
                + np.minimum(shared[here], 0xFFFF).astype("<u2").tobytes()
                + parts[np.searchsorted(rows, lows)].astype("<u4").tobytes()
                + pack_evidence(choose(evidence, lows)),
            )

    def answer(self, number: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At the split of the higher rows: what their sets are wanted for goes back, with the pairs that are sure."""
        base = np.uint64(number << 32)
        received = [_weighed(chunk, base) for chunk in packed]
        rows = np.unique(np.concatenate([high for _, high, _, _ in received]))
        own, parts = self.sketched.evidence(path, rows), _fingerprints(path, rows)
        width = self.step.sketch_bytes
        # Of a pair of Jaccard similarity j, whatever the sizes, the smaller is contained to 2 j / (1 + j) and more.
        least = self.step.verified_similarity / (2 - self.step.verified_similarity)
        sure = min(least + _DEVIATIONS * (least * (1 - least) / width) ** 0.5, 1.0)
        wanted: list[tuple[UInt64s, UInt64s, Bools, Int64s]] = []
        for (lows, sketches, fewest), high, index, shared in received:
            at = np.searchsorted(rows, high)
            alike = sketch_similarity(sketches[index], own.values.reshape(-1, width)[at])
            most = np.maximum(fewest[index], parts[at])
            enough = shared >= LEAST_SHARED * np.minimum(fewest[index], parts[at])
            is_sure = alike >= sure
            chosen = is_sure | enough
            wanted.append((lows[index][chosen], high[chosen], is_sure[chosen], most[chosen]))
        low, high, is_sure, most = (np.concatenate(column) for column in zip(*wanted, strict=True))
        asked = np.unique(high[~is_sure])
        sets = self.evidence(path, asked) if len(asked) else None
        for split in np.unique(low >> np.uint64(32)).tolist():
            here = low >> np.uint64(32) == split
            certain, open_ = here & is_sure, here & ~is_sure
            told = np.empty(int(certain.sum()), dtype=_SURE_PAIR)
            told["low"], told["high"] = row_in_split(low[certain]), high[certain]
            highs, index = np.unique(high[open_], return_inverse=True)
            remote = np.empty(int(open_.sum()), dtype=REMOTE_PAIR)
            remote["low"], remote["high"] = index, row_in_split(low[open_])
            packed_sets = b""
            if sets is not None and len(highs):
                shingles = (int(most[open_].max()) + 1) * FINGERPRINT_SHINGLES
                packed_sets = pack_evidence(choose(sets, highs), min(shingles.bit_length() - 1 + _SPARE_BITS, 32))
            counts = np.array([len(told), len(remote)], dtype="<u8")
            yield split, counts.tobytes() + told.tobytes() + remote.tobytes() + packed_sets

    def measure(self, number: int, packed: Sequence[bytes], path: str | None) -> Iterator[Message]:
        """At the split of the lower rows: who contains whom, each pair to the split of the contained document."""
        base = np.uint64(number << 32)
        found: list[Links] = []
        chunks = []
        for chunk in packed:
            sure_count, count = np.frombuffer(chunk, dtype="<u8", count=2).tolist()
            told = np.frombuffer(chunk, dtype=_SURE_PAIR, count=sure_count, offset=16)
            remote = np.frombuffer(chunk, dtype=REMOTE_PAIR, count=count, offset=16 + told.nbytes)
            none = np.zeros(sure_count, dtype=np.int64)
            low = told["low"].astype(np.uint64) | base
            found.append(Links(told["high"].astype(np.uint64), low, none, np.ones(sure_count, dtype=np.bool_)))
            if count:
                low = remote["high"].astype(np.uint64) | base
                sets = chunk[16 + told.nbytes + remote.nbytes :]
                chunks.append((packed_bits(sets), unpack_evidence(sets), remote["low"].astype(np.int64), low))
        if chunks:
            own = self.evidence(path, np.unique(np.concatenate([low for *_, low in chunks])))
            cut = {bits: own._replace(values=own.values >> np.uint32(32 - bits)) for bits, *_ in chunks}
            for bits, evidence, index, low in chunks:
                at = np.searchsorted(own.rows, low)
                shared = count_shared(cut[bits], at, evidence, index)
                sizes = np.diff(own.offsets)[at], np.diff(evidence.offsets)[index]
                found.append(links(low, evidence.rows[index], shared, sizes, self.step.verified_similarity))
        own_rows, other, size, is_mutual = (np.concatenate(column) for column in zip(*found, strict=True))
        records = np.empty(len(own_rows), dtype=_LINK)
        records["own"], records["other"] = row_in_split(own_rows), other
        records["size"], records["is_mutual"] = size, is_mutual
        yield from by_split(records, own_rows)

    def attach(self, number: int, packed: Sequence[bytes], _: str | None) -> Forest:
        """At the split of contained documents: each is joined to those like it, or to one that contains it."""
        records = np.frombuffer(b"".join(packed), dtype=_LINK)
        own = records["own"].astype(np.uint64) | np.uint64(number << 32)
        return attach(Links(own, records["other"], records["size"].astype(np.int64), records["is_mutual"]))


def _weighed(
    chunk: bytes, base: np.uint64
) -> tuple[tuple[UInt64s, np.ndarray[tuple[int, ...], np.dtype[np.uint8]], Int64s], UInt64s, Int64s, Int64s]:
    """Rows, sketches and fingerprint counts of the lower documents; then higher row, lower index and count of pairs."""
    count, lows = np.frombuffer(chunk, dtype="<u8", count=2).tolist()
    position = 16
    remote = np.frombuffer(chunk, dtype=REMOTE_PAIR, count=count, offset=position)
    position += remote.nbytes
    shared = np.frombuffer(chunk, dtype="<u2", count=count, offset=position).astype(np.int64)
    position += 2 * count
    parts = np.frombuffer(chunk, dtype="<u4", count=lows, offset=position).astype(np.int64)
    position += 4 * lows
    evidence = unpack_evidence(chunk[position:])
    sketches = evidence.values.reshape(lows, -1)
    return (
        (evidence.rows, sketches, parts),
        remote["high"].astype(np.uint64) | base,
        remote["low"].astype(np.int64),
        shared,
    )


def _fingerprints(path: str | None, rows: UInt64s) -> Int64s:
    """How many fingerprints documents have."""
    assert path is not None
    counts = np.concatenate(
        [batch[FINGERPRINTS].fill_null(0).to_numpy() for batch in read_staged(path, [FINGERPRINTS])]
    )
    return counts[row_in_split(rows).astype(np.int64)].astype(np.int64)
