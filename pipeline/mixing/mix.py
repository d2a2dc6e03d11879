"""A mix from its definition to a finished folder."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ...errors import AccountingError, InputError, TextmillError
from ...filters.kernels.machine.buffers import Int64s
from ...filters.kernels.machine.kernel import KERNELS
from ...filters.kernels.tokens import best_fit, gathering
from ..files.stores import StoreOptions, store_options, use_store_options
from ..output.manifest import write_manifest
from .account import mix_manifest, write_card
from .catalog import Cataloger
from .definition import Mix
from .gather import MixedShard, output_schema, write_shard
from .output import written_whole
from .plan import MixPlan, Task, make_plan
from .scatter import scatter
from .sources import Origin, find_origins

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A mix that is ready to be run."""

    plan: MixPlan
    origins: tuple[tuple[Origin, ...], ...]
    """By source."""
    work: Path


@contextmanager
def planned(mix: Mix, beside: Path | None = None) -> Iterator[Planned]:
    """Plan a mix; what is known of its documents lies in a temporary folder while the block lasts.

    Args:
        mix: What is wanted.
        beside: A folder in which the temporary one is made, with room for all tokens if the mix is to be run.

    Raises:
        InputError: when a source is missing, or sources have different tokenizers.
        RecipeError: when a source has too little.
    """
    with tempfile.TemporaryDirectory(prefix=".textmill-mix-", dir=beside) as folder:
        work = Path(folder)
        origins = tuple(tuple(find_origins(source)) for source in mix.sources)
        _one_tokenizer(mix, origins)
        catalogs = Cataloger(mix, work)
        for number, source in enumerate(mix.sources):
            catalogs.add(number, source, origins[number])
        yield Planned(plan=make_plan(mix, catalogs), origins=origins, work=work)


def run_mix(ready: Planned, output: str, workers: int, on_progress: Callable[[str], None]) -> dict[str, Any]:
    """Mix, pack and write; the folder appears when all of it is there. Returns the manifest."""
    plan = ready.plan
    pool = _Workers(plan, min(workers, max(len(plan.tasks), plan.shards)))
    try:
        with closing(pool), written_whole(output) as made:
            counts, highest, spills = _scatter(plan, ready.work, pool, on_progress)
            shards = _gather(plan, spills, counts, made, pool, on_progress)
            manifest = mix_manifest(plan, ready.origins, shards, highest)
            write_card(str(made), manifest, output_schema(plan.mix.packing))
            write_manifest(str(made), manifest)
    except BrokenProcessPool as error:
        raise TextmillError("a worker process was killed, perhaps for want of memory; use fewer --workers") from error
    return manifest


def _one_tokenizer(mix: Mix, origins: tuple[tuple[Origin, ...], ...]) -> None:
    seen: dict[str, str] = {}
    for source, found in zip(mix.sources, origins, strict=True):
        for origin in found:
            if origin.tokenizer is not None:
                seen.setdefault(str(origin.tokenizer.get("sha256")), f"{source.name} ({origin.tokenizer.get('name')})")
    if len(seen) > 1:
        raise InputError(f"sources have different tokenizers: {', '.join(seen.values())}; run them with the same one")


def _scatter(
    plan: MixPlan, work: Path, workers: _Workers, on_progress: Callable[[str], None]
) -> tuple[Int64s, int, list[Path]]:
    counts, highest = np.zeros(plan.shards, dtype=np.int64), 0
    spills = [work / f"spill-{number:06d}" for number in range(len(plan.tasks))]
    items = list(zip(plan.tasks, spills, strict=True))
    for number, (found, most) in enumerate(workers.map(_scatter_one, items)):
        counts += found
        highest = max(highest, most)
        on_progress(f"read {number + 1} of {len(items)} parts")
    for part in plan.parts:
        written = int(counts[part.first : part.first + part.shards].sum())
        if written != part.tokens:
            raise AccountingError(f"{part.name} has {written:,} tokens, but {part.tokens:,} were planned")
    return counts, highest, spills


def _scatter_one(plan: MixPlan, item: tuple[Task, Path]) -> tuple[Int64s, int]:
    task, path = item
    return scatter(plan, task, path)


def _gather(
    plan: MixPlan,
    spills: list[Path],
    counts: Int64s,
    folder: Path,
    workers: _Workers,
    on_progress: Callable[[str], None],
) -> list[tuple[str, MixedShard]]:
    shards = []
    items = [(spills, counts, number, str(folder)) for number in range(plan.shards)]
    folders = [part.folder for part in plan.parts for _ in range(part.shards)]
    for number, shard in enumerate(workers.map(_gather_one, items)):
        shards.append((folders[number], shard))
        on_progress(f"wrote {number + 1} of {len(items)} shards")
    return shards


def _gather_one(plan: MixPlan, item: tuple[list[Path], Int64s, int, str]) -> MixedShard:
    spills, counts, number, folder = item
    return write_shard(plan, spills, counts, number, folder)


class _Workers:
    """Processes that take a function over items, and give results in the order of the items."""

    def __init__(self, plan: MixPlan, count: int) -> None:
        self._plan = plan
        self._pool = None
        if count > 1:
            for one in KERNELS:  # compiled once, where that has not been done, and not by every process
                if one.function.__module__ in (best_fit.__name__, gathering.__name__):
                    one.load()
            # A process that has threads, as DuckDB's, cannot be copied; one that has only imported this module can.
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPoolExecutor(count, context, initializer=_begin, initargs=(plan, store_options()))

    def map(self, work: Callable[[MixPlan, Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """What the function makes of each item."""
        if self._pool is None:
            yield from (work(self._plan, item) for item in items)
            return
        futures = [self._pool.submit(_one, work, item) for item in items]
        try:
            yield from (future.result() for future in futures)
        finally:
            for future in futures:
                future.cancel()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown()


_plan: list[MixPlan] = []


def _begin(plan: MixPlan, stores: StoreOptions) -> None:
    _plan[:] = [plan]
    use_store_options(stores)


def _one(work: Callable[[MixPlan, Item], Result], item: Item) -> Result:
    return work(_plan[0], item)
