"""What a recipe will keep of an input and what that takes, from a sample of its documents."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ...dedup.base.indexed import Indexed
from ...dedup.base.step import DocumentDeduplicator
from ...dedup.documents.semantic import SemanticDedup
from ...dedup.parts.deduplicators import PartDeduplicator
from ...errors import RecipeError
from ...filters.select import Select
from ..input.inputs import InputOptions
from ..recipes.definition import RecipeDefinition
from .figures import Figures
from .intervals import Interval, most_unseen
from .resources import resources_of
from .results import Estimate
from .sampling import READ_WHOLE_BYTES, Sample, draw
from .thinning import share_removed
from .trial import try_recipe

SALT = "estimate"


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
    trial = try_recipe(recipe, sample, reading)
    removed_unseen, seen = share_removed(trial.partners(sample.drawn), sample.share_read)
    figures = Figures(sample, trial, _unseen_factor(removed_unseen, seen))
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
    resources = resources_of(sample, trial, kept_all, workers or os.cpu_count() or 1, bool(deduplicators))
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
        f"duplicates were looked for in the {sample.share_read:.1%} of the input that was read; with those elsewhere "
        f"{removed.value:.1%} of the documents are removed as duplicates, by a negative binomial number of partners, "
        f"and {removed.low:.1%} to {removed.high:.1%} without that model"
    )
