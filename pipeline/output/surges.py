"""Rules that come to remove far more than they did at first: a sign of other input, or of a threshold too tight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from ...filters.base.step import Filter
from ..job.facts import SplitFacts
from ..steps.plan import Plan

FACTOR, MARGIN = 2.0, 0.05
"""A rule surges when it removes more than twice its first share of the documents, and five points more."""
WINDOW_SHARE = 0.1
"""Later documents are looked at in windows of this part of the first ones."""


@dataclass(frozen=True, kw_only=True)
class Surge:
    """One rule that surged."""

    step: str
    rule: str
    first_ratio: float
    """Share of the documents that reached the step and that the rule removed, in the beginning."""
    later_ratio: float
    after_documents: int
    """How many documents the step had seen when the rule surged."""

    def __str__(self) -> str:
        return (
            f"{self.step}.{self.rule} removes {self.later_ratio:.0%} of the documents after {self.after_documents:,}, "
            f"but {self.first_ratio:.0%} of the first ones: look at the input from there on"
        )


def watched_steps(plan: Plan) -> frozenset[str]:
    """Ids of the filters; what a deduplication removes grows with the corpus by its nature."""
    return frozenset(planned.id for planned in plan.steps if isinstance(planned.step, Filter))


class SurgeWatch:
    """Compares what rules remove in the first documents with what they remove later; fed with running totals."""

    def __init__(self, steps: Collection[str], first_documents: int) -> None:
        self.steps, self.first_documents = steps, first_documents
        self._first: dict[str, tuple[int, Counter[str]]] = {}
        """Documents that a step had seen when there were enough, and its removals by then."""
        self._mark: dict[str, tuple[int, Counter[str]]] = {}
        """The same where the current window begins."""
        self._reported: set[str] = set()

    def update(self, seen: Mapping[str, int], removed: Mapping[str, int]) -> list[Surge]:
        """Take new totals, documents by step and removals by ``step.rule``; returns each rule once, when it surges."""
        found = []
        for step in sorted(self.steps & seen.keys()):
            documents, rules = seen[step], _of_step(step, removed)
            if step not in self._first:
                if documents >= self.first_documents:
                    self._first[step] = self._mark[step] = documents, rules
                continue
            before, removed_before = self._mark[step]
            if documents - before < self.first_documents * WINDOW_SHARE:
                continue
            first, removed_first = self._first[step]
            for rule in sorted(rules):
                ratio = (rules[rule] - removed_before[rule]) / (documents - before)
                usual = removed_first[rule] / first
                if ratio > usual * FACTOR and ratio > usual + MARGIN and f"{step}.{rule}" not in self._reported:
                    self._reported.add(f"{step}.{rule}")
                    ratios = {"first_ratio": round(usual, 4), "later_ratio": round(ratio, 4)}
                    found.append(Surge(step=step, rule=rule, after_documents=before, **ratios))
            self._mark[step] = documents, rules
        return found


def surges_of_splits(plan: Plan, splits: Iterable[SplitFacts], first_documents: int) -> list[Surge]:
    """Surges of a finished run, with its documents taken in the order of the splits, not in which they ran."""
    watch = SurgeWatch(watched_steps(plan), first_documents)
    seen: Counter[str] = Counter()
    removed: Counter[str] = Counter()
    found = []
    for split in sorted(splits, key=lambda split: split.number):
        seen.update({step: totals.documents for step, totals in split.timing.items()})
        removed.update({f"{step}.{rule}": tally.documents for (_, step, rule), tally in split.verdicts.items()})
        found += watch.update(seen, removed)
    return found


def _of_step(step: str, removed: Mapping[str, int]) -> Counter[str]:
    prefix = f"{step}."
    return Counter({name[len(prefix) :]: count for name, count in removed.items() if name.startswith(prefix)})
