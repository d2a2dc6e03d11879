"""A sample of texts by a keyed hash of their ids: the same one in whatever order and by however many they are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import xxhash

from ...errors import InputError
from ..input.inputs import InputOptions
from ..input.readers import Quarantined
from .sources import Source

COLUMNS = ("doc_id", "text", "source", "kind", "language")

Strata = Mapping[tuple[str, str], int]
"""Bytes of text by source and language."""


@dataclass
class Sample:
    """Texts in the order of their hashes, and what they were drawn from."""

    texts: pa.Table
    """The columns of :data:`~.sources.SCHEMA` that were asked for."""
    drawn: Strata
    available: Strata
    documents: int
    """How many there are to draw from."""
    lost: Mapping[str, int] = field(default_factory=dict)
    """Records that could not be read, by error."""

    @property
    def sha256_of_ids(self) -> str:
        """What tells whether two samples are the same."""
        import hashlib

        return hashlib.sha256("\n".join(self.texts["doc_id"].to_pylist()).encode()).hexdigest()


@dataclass
class _Stratum:
    hashes: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def draw_sample(
    sources: Sequence[Source],
    megabytes: float,
    reading: InputOptions,
    *,
    salt: str,
    temperature: float = 1.0,
    source_temperature: float = 1.0,
    most_bytes: int | None = None,
    columns: Sequence[str] = COLUMNS,
    tell: Callable[[str], None] = lambda _: None,
) -> Sample:
    """Draw texts of so many megabytes in two readings: one for sizes, one for the texts that are drawn.

    A source has the share that its weight gives it among all, by size raised to ``source_temperature`` where none has a
    weight; in it, a language has a share in proportion to its size raised to ``temperature`` (Conneau et al. 2020,
    section 3.1; 0.3 there), as far as there is so much of it. In each language documents are taken by the hash of
    ``salt`` and their id, the smallest first. A text counts for ``most_bytes`` at most, where no more of it is used.

    Raises:
        InputError: when there is no text at all.
    """
    strata: dict[tuple[str, str], _Stratum] = {}
    lost: list[Quarantined] = []
    for source in sources:
        tell(f"measuring {source.label}")
        for batch in source.read(reading, lost):
            for doc_id, language, size in zip(
                batch["doc_id"].to_pylist(), batch["language"].to_pylist(), _sizes(batch["text"]), strict=True
            ):
                stratum = strata.setdefault((source.label, language), _Stratum())
                stratum.hashes.append(_hash(doc_id, salt))
                stratum.sizes.append(size if most_bytes is None else min(size, most_bytes))
    available = {key: sum(stratum.sizes) for key, stratum in sorted(strata.items())}
    if not sum(available.values()):
        raise InputError(f"there is no text in {', '.join(source.path for source in sources)}")
    limits = _limits(strata, budgets(sources, available, megabytes * 1e6, temperature, source_temperature))
    taken: list[pa.RecordBatch] = []
    for source in sources:
        tell(f"reading {source.label}")
        for batch in source.read(reading):
            keys = zip(batch["doc_id"].to_pylist(), batch["language"].to_pylist(), strict=True)
            wanted = [_hash(doc_id, salt) <= limits[source.label, language] for doc_id, language in keys]
            taken.append(batch.select(columns).filter(pa.array(wanted)))
    table = pa.Table.from_batches(taken)
    order = sorted(
        range(table.num_rows), key=[(_hash(one, salt), one) for one in table["doc_id"].to_pylist()].__getitem__
    )
    texts = table.take(pa.array(order, pa.int64())).combine_chunks()
    drawn: Counter[tuple[str, str]] = Counter()
    sizes = (size for chunk in texts["text"].chunks for size in _sizes(chunk))
    for source_label, language, size in zip(
        texts["source"].to_pylist(), texts["language"].to_pylist(), sizes, strict=True
    ):
        drawn[source_label, language] += size
    return Sample(
        texts,
        dict(sorted(drawn.items())),
        available,
        sum(len(stratum.sizes) for stratum in strata.values()),
        dict(sorted(Counter(one.error for one in lost).items())),
    )


def budgets(
    sources: Sequence[Source],
    available: Strata,
    wanted: float,
    temperature: float,
    source_temperature: float = 1.0,
) -> dict[tuple[str, str], float]:
    """Bytes to draw from each source and language; what one cannot give is shared among the others of its source."""
    of_source = {
        source.label: sum(size for (label, _), size in available.items() if label == source.label) for source in sources
    }
    weights = {source.label: of_source[source.label] if source.weight is None else None for source in sources}
    given = {source.label: source.weight for source in sources if source.weight is not None}
    if given and any(weight is not None for weight in weights.values()) and len(given) < len(sources):
        missing = next(source.label for source in sources if source.weight is None)
        raise InputError(f"{missing} has no weight where others have; give one to each source, or to none")
    sizes_of = {("", label): float(size) for label, size in of_source.items() if size}
    by_size = {label: share for (_, label), share in _fill(sizes_of, wanted, source_temperature).items()}
    shares = {label: share for label, share in (given or by_size).items() if of_source[label]}
    # A source with a weight is not drawn beyond what keeps the shares as they are asked for.
    total = min(wanted, *(of_source[label] * sum(shares.values()) / share for label, share in shares.items()))
    found: dict[tuple[str, str], float] = {}
    for label, share in shares.items():
        sizes = {key: float(size) for key, size in available.items() if key[0] == label and size}
        found |= _fill(sizes, total * share / sum(shares.values()), temperature)
    return found


def _fill(sizes: Mapping[tuple[str, str], float], wanted: float, temperature: float) -> dict[tuple[str, str], float]:
    """Share by sizes to a power; what is short of its share gives all, and the rest is shared anew."""
    found: dict[tuple[str, str], float] = {}
    left = dict(sizes)
    while left:
        powers = {key: size**temperature for key, size in left.items()}
        rest = max(0.0, wanted - sum(found.values()))
        shares = {key: rest * power / sum(powers.values()) for key, power in powers.items()}
        short = [key for key in left if shares[key] >= left[key]]
        if not short:
            return found | shares
        for key in short:
            found[key] = left.pop(key)
    return found


def _limits(
    strata: Mapping[tuple[str, str], _Stratum], wanted: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], int]:
    """The largest hash drawn from each stratum: documents are added as long as the sum stays below the budget."""
    limits = {}
    for key, stratum in strata.items():
        hashes, sizes = np.array(stratum.hashes, np.uint64), np.array(stratum.sizes, np.int64)
        order = np.argsort(hashes, kind="stable")
        count = int(np.searchsorted(np.cumsum(sizes[order]), wanted.get(key, 0.0) + 0.5, side="right"))
        limits[key] = int(hashes[order[count - 1]]) if count else -1
    return limits


def _hash(doc_id: str, salt: str) -> int:
    return xxhash.xxh3_64_intdigest(f"{salt}\x00{doc_id}")


def _sizes(texts: pa.Array) -> Iterator[int]:
    import pyarrow.compute as pc

    yield from pc.binary_length(texts).to_pylist()
