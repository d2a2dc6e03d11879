"""Totals of a whole input from the sample that was tried, each with its interval."""

from __future__ import annotations

import numpy as np

from ...filters.kernels.machine.buffers import Bools
from ..exchange.clusters import DUPLICATE
from .intervals import Floats, Interval, share_by_weight, total
from .results import Kept, Removed
from .sampling import Sample
from .trial import Trial


class Figures:
    """Totals of the corpus from the sample, with their intervals."""

    def __init__(self, sample: Sample, trial: Trial, unseen: Interval) -> None:
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

    def _wide_enough(self, found: Interval, kept: Bools, source: str | None) -> Interval:
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

    def _from(self, source: str | None) -> Bools:
        """Which documents drawn are of a source."""
        masks = [
            mask for one, mask in zip(self.sample.strata, self.of_stratum, strict=True) if source in (None, one.label)
        ]
        found: Bools = np.logical_or.reduce(masks)
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
