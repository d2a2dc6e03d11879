"""Which documents go where: the plan of a mix, which is printed before anything is mixed.

The documents of a source and language are thought of as an endless stream: all of them in the order of their keys, then
all of them again in the order of their keys in the second epoch, and so on. Each stage takes the next piece of each
stream, so that nothing comes again before everything has come once, and shares are met to the token: the document at a
border is cut there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...filters.kernels.machine.buffers import Floats, Int64Matrix, Int64s
from .borders import Borders, find_borders
from .catalog import Catalog, Cataloger, SourceTotals, spread
from .definition import Mix
from .shares import by_temperature, share_out
from .sources import SourceFile

SHARD_TOKENS = 64_000_000
FEW_SHARDS = 8
SMALL_SHARD_TOKENS = 4_000_000
TASK_TOKENS = 16_000_000
SAMPLE_DOCUMENTS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Part:
    """A stage, or the held-out documents, as shards."""

    name: str
    folder: str
    first: int
    """Number of its first shard among all."""
    shards: int
    tokens: int
    order: int | None = None
    """Number among the ordered stages."""
    descending: bool = False
    bounds: tuple[tuple[float, int], ...] = ()
    """Of an ordered stage: value and rank with which each shard but the first begins."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Row groups of a file in some epochs, which one worker takes to the shards they belong in."""

    file: SourceFile
    source: int
    catalog: Path
    groups: tuple[int, ...]
    first_row: int
    end_row: int
    epochs: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class SourcePlan:
    """What is told of a source before the mix begins."""

    name: str
    found: SourceTotals
    there: int
    """Tokens of an epoch: not filtered, not held out, with copies."""
    wanted: int
    share: float
    epochs: float

    @property
    def left_out(self) -> int:
        """Tokens that no stage reaches."""
        return max(0, self.there - self.wanted)


@dataclass(frozen=True, kw_only=True)
class MixPlan:
    """All that is decided before tokens are read."""

    mix: Mix
    sources: tuple[SourcePlan, ...]
    languages: tuple[tuple[str, str | None, int, int], ...]
    """Source, language, tokens there and wanted, where a source has a temperature."""
    stages: tuple[tuple[int, ...], ...]
    """Tokens of each source in each stage."""
    borders: Borders
    parts: tuple[Part, ...]
    """The stages in their order, then the held-out documents where there are any."""
    tasks: tuple[Task, ...]

    @property
    def tokens(self) -> int:
        """Tokens of all stages."""
        return sum(source.wanted for source in self.sources)

    @property
    def shards(self) -> int:
        """Shards of all parts."""
        return sum(part.shards for part in self.parts)


def make_plan(mix: Mix, catalogs: Cataloger) -> MixPlan:
    """Decide which documents go where.

    Raises:
        RecipeError: when a source has too little.
        InputError: when ids of documents are not unique.
    """
    strata = catalogs.strata
    there = np.zeros(len(strata), dtype=np.int64)
    documents = 0
    for catalog in catalogs.all():
        documents += len(catalog.rows)
        available = np.where(catalog.is_held_out, 0, catalog.tokens * catalog.copies)
        there += np.bincount(catalog.strata, weights=available, minlength=len(strata)).astype(np.int64)
    by_source = [
        int(sum(there[number] for number, (source, _) in enumerate(strata) if source == index))
        for index in range(len(mix.sources))
    ]
    wanted = share_out(mix, by_source)
    positions = _positions(mix, strata, there, wanted)
    borders = find_borders(catalogs, positions, there)
    per_stage = np.diff(positions, axis=0)
    held_out = sum(found.held_out_tokens for found in catalogs.totals)
    parts = tuple(_parts(mix, catalogs, per_stage, there, held_out, documents))
    stages = tuple(
        tuple(
            int(sum(row[n] for n, (source, _) in enumerate(strata) if source == index))
            for index in range(len(by_source))
        )
        for row in per_stage
    )
    total = max(1, sum(map(sum, stages)))
    taken = [sum(stage[index] for stage in stages) for index in range(len(by_source))]
    sources = tuple(
        SourcePlan(
            name=source.name,
            found=catalogs.totals[index],
            there=by_source[index],
            wanted=taken[index],
            share=taken[index] / total,
            epochs=taken[index] / by_source[index] if by_source[index] else 0.0,
        )
        for index, source in enumerate(mix.sources)
    )
    languages = tuple(
        (mix.sources[source].name, language, int(there[number]), int(positions[-1, number]))
        for number, (source, language) in sorted(enumerate(strata), key=lambda item: (item[1][0], item[1][1] or ""))
        if mix.sources[source].temperature is not None
    )
    return MixPlan(
        mix=mix,
        sources=sources,
        languages=languages,
        stages=stages,
        borders=borders,
        parts=parts,
        tasks=tuple(_tasks(catalogs, -(-positions[-1] // np.maximum(there, 1)))),
    )


def _positions(mix: Mix, strata: Sequence[tuple[int, str | None]], there: Int64s, wanted: Floats) -> Int64Matrix:
    """Borders in tokens of each stream: shape (stages + 1, strata)."""
    positions = np.zeros((len(mix.stages) + 1, len(strata)), dtype=np.int64)
    whole = _whole(wanted)
    for index, source in enumerate(mix.sources):
        numbers = [number for number, (of, _) in enumerate(strata) if of == index]
        total = int(whole[:, index].sum())
        if not numbers or total <= 0:
            continue
        has = [int(there[number]) for number in numbers]
        shares = by_temperature(has, total, source.temperature, source.max_epochs)
        taken = _whole(np.outer(whole[:, index], shares / shares.sum()))
        limits = np.floor(there[numbers] * source.max_epochs + 1e-6).astype(np.int64)
        positions[1:, numbers] = np.minimum(np.cumsum(taken, axis=0), limits)
    return positions


def _whole(amounts: Floats) -> Int64Matrix:
    """Amounts as whole numbers that have the same sum, rounded."""
    sums = np.rint(np.cumsum(amounts.reshape(-1)) * (1 + 1e-15)).astype(np.int64)
    return np.diff(sums, prepend=0).reshape(amounts.shape)


def _parts(
    mix: Mix, catalogs: Cataloger, per_stage: Int64Matrix, there: Int64s, held_out: int, documents: int
) -> Iterator[Part]:
    total = int(per_stage.sum())
    target = min(SHARD_TOKENS, max(SMALL_SHARD_TOKENS, -(-total // FEW_SHARDS)))
    first = order = 0
    for number, stage in enumerate(mix.stages):
        tokens = int(per_stage[number].sum())
        count = max(1, -(-tokens // target))
        ordering = None
        bounds: tuple[tuple[float, int], ...] = ()
        if stage.order is not None:
            ordering, order = order, order + 1
            rates = per_stage[number] / np.maximum(there, 1)
            bounds = _bounds(catalogs, ordering, stage.order.descending, rates, count, documents)
            count = len(bounds) + 1
        yield Part(
            name=stage.name,
            folder="shards",
            first=first,
            shards=count,
            tokens=tokens,
            order=ordering,
            descending=stage.order is not None and stage.order.descending,
            bounds=bounds,
        )
        first += count
    if mix.held_out is not None:
        count = max(1, -(-held_out // target))
        yield Part(name="held out", folder="held_out", first=first, shards=count, tokens=held_out)


def sort_values(values: Floats, descending: bool) -> Floats:
    """Values so that ascending is the order wanted; what is not known comes last."""
    return np.where(np.isnan(values), np.inf, -values if descending else values)


def _bounds(
    catalogs: Cataloger, order: int, descending: bool, rates: Floats, count: int, documents: int
) -> tuple[tuple[float, int], ...]:
    """Values that divide an ordered stage into about even shards, from a keyed sample."""
    if count == 1:
        return ()
    every = np.uint64(max(1, documents // SAMPLE_DOCUMENTS))
    values, ranks, weights = [], [], []
    for catalog in catalogs.all():
        taken = (catalog.keys % every == 0) & ~catalog.is_held_out
        values.append(sort_values(catalog.orders[taken, order], descending))
        ranks.append(spread(catalog.keys[taken]))
        weights.append((catalog.tokens * catalog.copies * rates[catalog.strata])[taken])
    value, rank, weight = (np.concatenate(column) for column in (values, ranks, weights))
    sorting = np.lexsort((rank, value))
    ends = np.cumsum(weight[sorting])
    places = np.searchsorted(ends, ends[-1] * np.arange(1, count) / count)
    cuts = sorted({(float(value[sorting[place]]), int(rank[sorting[place]])) for place in places})
    return tuple(cuts)


def _tasks(catalogs: Cataloger, begun: Int64s) -> Iterator[Task]:
    """What workers do one by one; ``begun`` are the epochs that each stratum begins."""
    for source, file, path in catalogs.files:
        catalog = Catalog.load(path)
        if not len(catalog.rows):
            continue
        epochs = max(int(begun[catalog.strata].max()), int(catalog.is_held_out.any()))
        ends = np.cumsum((0, *file.group_rows))
        tokens = np.concatenate([[0], np.cumsum(catalog.tokens * np.maximum(catalog.copies, 1))])
        counts = np.diff(tokens[np.searchsorted(catalog.rows, ends)])
        groups: list[int] = []
        for group, count in enumerate(counts.tolist()):
            if count:
                groups.append(group)
            held = int(counts[groups].sum())
            if groups and (held >= TASK_TOKENS or group == len(counts) - 1):
                at_once = max(1, 2 * TASK_TOKENS // max(1, held))
                for first in range(0, epochs, at_once):
                    yield Task(
                        file=file,
                        source=source,
                        catalog=path,
                        groups=tuple(groups),
                        first_row=int(ends[groups[0]]),
                        end_row=int(ends[groups[-1] + 1]),
                        epochs=tuple(range(first, min(first + at_once, epochs))),
                    )
                groups = []
