"""What a recipe will keep of an input and what that takes, from a sample of its documents."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import DocumentDeduplicator
from ...dedup.documents.semantic import SemanticDedup
from ...dedup.parts.deduplicators import PartDeduplicator
from ...errors import RecipeError
from ...filters.base.batch import KINDS
from ...filters.select import Select
from ..exchange.clusters import DUPLICATE
from ..input.inputs import InputOptions
from ..job.job import Job
from ..passes.single import run_documents
from ..recipes.definition import RecipeDefinition
from ..steps.engine import Documents
from ..steps.plan import LANGUAGE_LABEL
from ..texts.cleaning import TextCleaner
from .costs import (
    HASH_BYTES_PER_DOCUMENT,
    SHARD_BYTES_PER_CPU_SECOND,
    START_SECONDS,
    CloudCost,
    dataflow_costs,
)
from .intervals import Floats, Interval, most_unseen, share_by_weight, total
from .sampling import READ_WHOLE_BYTES, Sample, draw
from .thinning import share_removed

Mask = npt.NDArray[np.bool_]
UNKNOWN_LANGUAGE = "not measured"
SALT = "estimate"
_WARM_UP_DOCUMENTS = 8


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What is read and what is kept, of all or of a source or language."""

    read: Interval
    documents: Interval
    tokens: Interval | None
    """None for a recipe without a tokenizer."""
    bytes: Interval
    """Of the kept documents, as they were read."""


@dataclass(frozen=True, kw_only=True)
class Removed:
    """What a rule will remove."""

    step: str
    rule: str
    documents: Interval


@dataclass(frozen=True, kw_only=True)
class Resources:
    """What the run takes."""

    cpu_seconds: float
    wall_seconds: float
    """On this machine."""
    workers: int
    seconds_by_step: Mapping[str, float]
    work_bytes: float
    """Disk for staged documents while the run lasts."""
    output_bytes: float
    memory_bytes: float
    dataflow: tuple[CloudCost, ...]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run will do."""

    recipe: str
    share: float
    documents_drawn: int
    documents_read: int
    partners: int
    """Documents that were taken along because they share a key with one that was drawn."""
    splits_read: int
    splits: int
    all: Kept
    by_source: Mapping[str, Kept]
    by_language: Mapping[str, Kept]
    by_source_and_language: Mapping[str, Mapping[str, Kept]]
    removed: tuple[Removed, ...]
    unseen_below: float
    """What is not listed, as a rule or a language that no document drawn met, has no more documents than this."""
    quarantined: Interval
    resources: Resources
    notes: tuple[str, ...] = field(default_factory=tuple)


def estimate(
    recipe: RecipeDefinition,
    inputs: Sequence[str],
    *,
    share: float = 0.01,
    reading: InputOptions | None = None,
    workers: int | None = None,
    salt: str = SALT,
    read_whole_bytes: int = READ_WHOLE_BYTES,
) -> Estimate:
    """Tell before a run what it will keep, remove and take.

    Args:
        recipe: What is to be run.
        inputs: Files, folders, globs, or ``label=path``; each label is a source.
        share: Of the documents, which are worked on.
        reading: How to read.
        workers: Processes of the run to be; all cores by default.
        salt: Another one draws another sample.
        read_whole_bytes: An input up to this size is read whole, though only a share of it is worked on.

    Raises:
        RecipeError: for a share outside of 0 to 1, or a recipe that writes an index.
        InputError: when there is nothing to read.
    """
    if not 0 < share <= 1:
        raise RecipeError(f"the share is {share}; it must be above 0 and at most 1, as 0.01 for one document in 100")
    reading = reading or InputOptions()
    steps = [planned.step for planned in recipe.plan.steps]
    for step in steps:
        if isinstance(step, Indexed) and step.write_index is not None:
            raise RecipeError(
                f"{step.name} writes an index, and an estimate must not; add --set {step.name}.write_index=none"
            )
    deduplicators = [step for step in steps if isinstance(step, DocumentDeduplicator)]
    sample = draw(inputs, reading, share, deduplicators, salt=salt, read_whole_bytes=read_whole_bytes)
    trial = _try(recipe, sample, reading)
    removed_unseen, seen = share_removed(trial.partners(sample.drawn), _share_read(sample))
    figures = _Figures(sample, trial, _unseen_factor(removed_unseen, seen))
    notes = [_how_read(sample)]
    if deduplicators:
        notes.append(_how_deduplicated(sample, removed_unseen))
    if any(isinstance(step, SemanticDedup) for step in steps):
        notes.append("embeddings were compared within the sample only: semantic_dedup will remove more")
    if any(isinstance(step, PartDeduplicator) for step in steps):
        notes.append(
            "lines, paragraphs and other parts were compared within the sample only: more of them will be removed"
        )
    if any(isinstance(step, Select) for step in steps):
        notes.append(
            "documents were selected among those of the sample: the shares are those of the run, and which documents "
            "these are is as sure as the sample"
        )
    if not sample.drawn.any():
        notes.append("chance has drawn no document: raise --share")
    kept_all = figures.kept(None, None)
    resources = _resources(sample, trial, kept_all, workers or os.cpu_count() or 1, bool(deduplicators))
    sources = [stratum.label for stratum in sample.strata]
    languages = sorted(set(trial.language[sample.drawn]))
    both = {
        source: {
            language: figures.kept(source, language) for language in languages if figures.has_any(source, language)
        }
        for source in sources
    }
    return Estimate(
        recipe=recipe.name,
        share=share,
        documents_drawn=int(sample.drawn.sum()),
        documents_read=sum(stratum.documents for stratum in sample.strata),
        partners=int((~sample.drawn).sum()),
        splits_read=sum(len(stratum.chosen) for stratum in sample.strata),
        splits=sum(stratum.splits for stratum in sample.strata),
        all=kept_all,
        by_source={source: figures.kept(source, None) for source in sources},
        by_language={language: figures.kept(None, language) for language in languages},
        by_source_and_language=both,
        removed=figures.removed(),
        unseen_below=most_unseen(int(sample.drawn.sum()), kept_all.read.high),
        quarantined=figures.quarantined(),
        resources=resources,
        notes=tuple(notes),
    )


@dataclass
class _Trial:
    """What the recipe has made of the sample."""

    step: npt.NDArray[np.object_]
    rule: npt.NDArray[np.object_]
    language: npt.NDArray[np.object_]
    text_bytes: Floats
    tokens: Floats | None
    cluster: npt.NDArray[np.object_]
    """Of a duplicate or the survivor of some, what names its cluster; None of others."""
    cpu_seconds: Mapping[str, float]
    work_bytes: int
    ledger_bytes: int

    @property
    def kept(self) -> Mask:
        return np.array([step is None for step in self.step], bool)

    def partners(self, drawn: Mask) -> Floats:
        """How many duplicates of each document drawn are among the documents at hand."""
        names = [name for name in self.cluster if name is not None]
        sizes = dict(zip(*np.unique(np.array(names, dtype=object), return_counts=True), strict=True)) if names else {}
        return np.array([sizes.get(name, 1) - 1 for name in self.cluster[drawn]], np.float64)


def _try(recipe: RecipeDefinition, sample: Sample, reading: InputOptions) -> _Trial:
    """Take the sample through the recipe as a run would."""
    cleaner = TextCleaner(recipe)
    if sample.batches:  # models and machine code are loaded, so that this is not counted as work
        for kind in KINDS:
            some = sample.batches[0].filter(pc.equal(sample.batches[0]["kind"], kind)).slice(0, _WARM_UP_DOCUMENTS)
            if some.num_rows:
                cleaner.measure(Documents.read(some))
    with tempfile.TemporaryDirectory(prefix="textmill-estimate-") as folder:
        job = Job(recipe=recipe, inputs=(), output=folder, reading=reading)
        result = run_documents(job, sample.batches)
        path = Path(job.part_path("ledger", 0, 1))
        rows = pq.read_table(path)
        sizes = [file.stat().st_size for file in Path(folder, "_work").rglob("*") if file.is_file()]
        ledger_bytes = path.stat().st_size

    def column(name: str) -> npt.NDArray[np.object_]:
        values = rows[name].to_pylist() if name in rows.column_names else [None] * rows.num_rows
        return np.array([*values, None], dtype=object)[:-1]

    tokens = None
    if recipe.plan.tokenizer is not None:
        tokens = np.array([one or 0 for one in rows["tokens"].to_pylist()], np.float64)
    return _Trial(
        step=column("step"),
        rule=column("rule"),
        language=np.array([one or UNKNOWN_LANGUAGE for one in column(LANGUAGE_LABEL)], dtype=object),
        text_bytes=np.array(rows["bytes"].to_pylist(), np.float64),
        tokens=tokens,
        cluster=_clusters(rows),
        cpu_seconds={step: seen.busy_nanoseconds / 1e9 for step, seen in result.staged.facts.timing.items()},
        work_bytes=sum(sizes),
        ledger_bytes=ledger_bytes,
    )


def _clusters(rows: pa.Table) -> npt.NDArray[np.object_]:
    """What names the cluster of each document: its survivor in the end."""
    instead = dict(zip(rows["doc_id"].to_pylist(), rows["kept_instead"].to_pylist(), strict=True))
    survivors = set(instead.values())

    def name(one: str) -> str | None:
        if instead[one] is None:
            return one if one in survivors else None
        while (following := instead.get(one)) is not None:
            one = following
        return one

    return np.array([*(name(one) for one in instead), None], dtype=object)[:-1]


class _Figures:
    """Totals of the corpus from the sample, with their intervals."""

    def __init__(self, sample: Sample, trial: _Trial, unseen: Interval) -> None:
        self.sample, self.trial, self.unseen = sample, trial, unseen
        self.split, self.kept_mask = sample.split[sample.drawn], trial.kept[sample.drawn]
        self.language = trial.language[sample.drawn]
        self.text_bytes = trial.text_bytes[sample.drawn]
        self.tokens = None if trial.tokens is None else trial.tokens[sample.drawn]
        numbers = [np.array([number for number, _ in stratum.chosen]) for stratum in sample.strata]
        self.of_stratum = [np.isin(self.split, of_stratum) for of_stratum in numbers]
        self.units = [
            stratum.units(self.split[mask], self.text_bytes[mask])
            for stratum, mask in zip(sample.strata, self.of_stratum, strict=True)
        ]
        everything = np.ones(len(self.split))
        self.there = {
            stratum.label: Interval(value=stratum.documents, low=stratum.documents, high=stratum.documents)
            if stratum.is_whole
            else self._total(everything, stratum.label)
            for stratum in sample.strata
        }

    def has_any(self, source: str, language: str) -> bool:
        """Whether a document of a language was drawn from a source."""
        return bool((self._from(source) & (self.language == language)).any())

    def kept(self, source: str | None, language: str | None) -> Kept:
        """What is read and kept of a source and language; of all of them where None is given."""
        among = np.ones(len(self.split), bool) if language is None else self.language == language
        known = language is None and (source is None or source in self.there)
        read = self._read(source) if known else self._total(among.astype(float), source, self._among(source))
        kept = among & self.kept_mask & self._from(source)
        documents = self._thinned(self._total(kept.astype(float), source, self._among(source)))

        def size(values: Floats) -> Interval:
            if kept.any():
                return self._thinned(self._wide_enough(self._total(kept * values, source), kept, source))
            # Those that there may be nevertheless are taken to be as large as all others that are kept.
            mean = float(values[self.kept_mask].mean()) if self.kept_mask.any() else 0.0
            return Interval(value=0.0, low=0.0, high=documents.high * mean)

        return Kept(
            read=read,
            documents=documents,
            tokens=None if self.tokens is None else size(self.tokens),
            bytes=size(self.text_bytes),
        )

    def _wide_enough(self, found: Interval, kept: Mask, source: str | None) -> Interval:
        """The interval of a total of sizes, at least as wide as the share of bytes that is kept is uncertain."""
        weights = np.zeros(len(self.split))
        for stratum, mask in zip(self.sample.strata, self.of_stratum, strict=True):
            if source in (None, stratum.label) and (drawn := float(self.text_bytes[mask].sum())):
                read_share = len(stratum.chosen) / stratum.splits
                weights[mask] = self.text_bytes[mask] * stratum.text_bytes / read_share / drawn
        if not weights[kept].any():
            return found
        read = sum(one.documents for one in self.sample.strata if source in (None, one.label))
        whole = all(one.is_whole for one in self.sample.strata)
        drawn_share = np.count_nonzero(self._from(source)) / max(read, 1) if whole else 0.0
        share = share_by_weight(weights, kept, drawn_share)
        return Interval(
            value=found.value,
            low=min(found.low, found.value * share.low / share.value),
            high=max(found.high, found.value * share.high / share.value),
        )

    def _from(self, source: str | None) -> Mask:
        """Which documents drawn are of a source."""
        masks = [
            mask for one, mask in zip(self.sample.strata, self.of_stratum, strict=True) if source in (None, one.label)
        ]
        found: Mask = np.logical_or.reduce(masks)
        return found

    def removed(self) -> tuple[Removed, ...]:
        """What each rule removes, most first."""
        steps, rules = self.trial.step[self.sample.drawn], self.trial.rule[self.sample.drawn]
        places = sorted({(step, rule) for step, rule in zip(steps, rules, strict=True) if step is not None})
        found = []
        all_kept = self._total(self.kept_mask.astype(float), None, self._among(None))
        duplicates = sum(int(((steps == step) & (rules == rule)).sum()) for step, rule in places if rule == DUPLICATE)
        for step, rule in places:
            here = (steps == step) & (rules == rule)
            documents = self._total(here.astype(float), None, self._among(None))
            if rule == DUPLICATE:
                share = float(here.sum()) / duplicates
                documents = Interval(
                    value=documents.value + share * all_kept.value * (1 - self.unseen.value),
                    low=documents.low,
                    high=documents.high + share * all_kept.high * (1 - self.unseen.low),
                )
            found.append(Removed(step=step, rule=rule, documents=documents))
        return tuple(sorted(found, key=lambda one: -one.documents.value))

    def quarantined(self) -> Interval:
        """Records that cannot be read: counted where all was read."""
        parts = []
        exact = 0
        for stratum, units in zip(self.sample.strata, self.units, strict=True):
            if stratum.is_whole:
                exact += sum(stratum.quarantined.values())
            else:
                counts = np.array([float(stratum.quarantined[number]) for number, _ in stratum.chosen])
                parts.append((units, counts))
        found = total(parts) if parts else Interval(value=0.0, low=0.0, high=0.0)
        return Interval(value=found.value + exact, low=found.low + exact, high=found.high + exact)

    def _read(self, source: str | None) -> Interval:
        if source is not None:
            return self.there[source]
        if all(stratum.is_whole for stratum in self.sample.strata):
            count = sum(stratum.documents for stratum in self.sample.strata)
            return Interval(value=count, low=count, high=count)
        return self._total(np.ones(len(self.split)), None)

    def _among(self, source: str | None) -> float | None:
        """How many documents are counted among, where that is known."""
        strata = [one for one in self.sample.strata if source in (None, one.label)]
        return float(sum(one.documents for one in strata)) if all(one.is_whole for one in strata) else None

    def _total(self, values: Floats, source: str | None, count_of: float | None = None) -> Interval:
        parts = [
            (units, stratum.figures(self.split[mask], values[mask]))
            for stratum, units, mask in zip(self.sample.strata, self.units, self.of_stratum, strict=True)
            if source in (None, stratum.label)
        ]
        return total(parts, count_of=count_of)

    def _thinned(self, found: Interval) -> Interval:
        return found.scaled(self.unseen.value, self.unseen.low, self.unseen.high)


def _share_read(sample: Sample) -> float:
    return sample.weight_read / sample.weight if sample.weight else 1.0


def _unseen_factor(removed: Interval, seen: float) -> Interval:
    """Which share of what is kept is left when duplicates of what was not read are removed as well."""
    left = 1 - seen
    if left <= 0:
        return Interval(value=1.0, low=1.0, high=1.0)
    return Interval(
        value=(1 - removed.value) / left, low=max(1 - removed.high, 0.0) / left, high=(1 - removed.low) / left
    )


def _how_read(sample: Sample) -> str:
    read = sum(len(stratum.chosen) for stratum in sample.strata)
    splits = sum(stratum.splits for stratum in sample.strata)
    if read == splits:
        return "all of the input was read; documents were drawn from it by a hash of their ids"
    return (
        f"{read} of {splits} splits of the input were read, chosen by a hash, and documents in them by a hash of their "
        "ids; intervals are of the spread between splits"
    )


def _how_deduplicated(sample: Sample, removed: Interval) -> str:
    if all(stratum.is_whole for stratum in sample.strata):
        return (
            "duplicates of each document drawn were looked for among all documents, by the keys of its text as read, "
            "so what is removed as a duplicate is counted, not extrapolated"
        )
    return (
        f"duplicates were looked for in the {_share_read(sample):.1%} of the input that was read; with those elsewhere "
        f"{removed.value:.1%} of the documents are removed as duplicates, by a negative binomial number of partners, "
        f"and {removed.low:.1%} to {removed.high:.1%} without that model"
    )


def _resources(sample: Sample, trial: _Trial, kept: Kept, workers: int, deduplicates: bool) -> Resources:
    worked_on = float(trial.text_bytes.sum())
    read = sum(stratum.text_bytes for stratum in sample.strata)
    text_bytes = read / _share_read(sample) if sample.weight_read else 0.0
    factor = text_bytes / worked_on if worked_on else 0.0
    reading = sample.read_cpu_seconds * sample.weight / max(sample.weight_read, 1)
    steps = {step: seconds * factor for step, seconds in trial.cpu_seconds.items() if step != "read"}
    seconds = {"read": reading, **steps, "shards": kept.bytes.value / SHARD_BYTES_PER_CPU_SECOND}
    cpu = sum(seconds.values())
    process = _peak_memory()
    hashes = kept.read.value * HASH_BYTES_PER_DOCUMENT if deduplicates else 0.0
    return Resources(
        cpu_seconds=cpu,
        wall_seconds=cpu / workers + START_SECONDS,
        workers=workers,
        seconds_by_step=seconds,
        work_bytes=trial.work_bytes * factor,
        # Shards are compressed better than what is staged: this is more than they will be.
        output_bytes=(trial.work_bytes + trial.ledger_bytes) * factor,
        memory_bytes=process * workers + hashes,
        dataflow=tuple(dataflow_costs(cpu, kept.read.value if deduplicates else 0.0, process)),
    )


def _peak_memory() -> float:
    """The most that this process has held, as a worker's memory: it has done a worker's work."""
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak if sys.platform == "darwin" else peak * 1024)
