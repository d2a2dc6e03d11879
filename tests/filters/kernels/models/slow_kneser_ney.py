"""Interpolated Kneser-Ney with modified discounts in plain Python, written out as ARPA for KenLM to read."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

Gram = tuple[str, ...]
FALLBACK = (0.0, 0.5, 1.0, 1.5)


@dataclass
class SlowModel:
    """Probabilities and back-off weights by n-gram."""

    order: int
    probabilities: dict[Gram, float]
    weights: dict[Gram, float]
    unknown: float

    def score(self, words: Sequence[str]) -> float:
        """Logarithm (base 10) of the probability of a line."""
        line = ["<s>", *words, "</s>"]
        return sum(self.log(tuple(line[max(0, at + 1 - self.order) : at + 1])) for at in range(1, len(line)))

    def log(self, gram: Gram) -> float:
        """Logarithm of the probability of an n-gram's last word behind the others."""
        if gram in self.probabilities:
            return math.log10(self.probabilities[gram])
        if len(gram) == 1:
            return math.log10(self.unknown) if self.unknown else -16.0
        return math.log10(self.weights.get(gram[:-1], 1.0)) + self.log(gram[1:])

    def arpa(self) -> str:
        """As a file."""
        by_length = defaultdict(list)
        by_length[1].append(f"{math.log10(self.unknown):.7f}\t<unk>\t0")
        for gram, probability in self.probabilities.items():
            log = -99.0 if gram == ("<s>",) else math.log10(probability)
            weight = f"\t{math.log10(self.weights.get(gram, 1.0)):.7f}" if len(gram) < self.order else ""
            by_length[len(gram)].append(f"{log:.7f}\t{' '.join(gram)}{weight}")
        counts = "".join(f"ngram {length}={len(lines)}\n" for length, lines in sorted(by_length.items()))
        grams = "".join(
            f"\\{length}-grams:\n" + "\n".join(lines) + "\n\n" for length, lines in sorted(by_length.items())
        )
        return f"\\data\\\n{counts}\n{grams}\\end\\\n"


def learn_slowly(lines: Sequence[Sequence[str]], order: int, prune: Sequence[int]) -> SlowModel:
    """Estimate a model from lines of words."""
    raw: Counter[Gram] = Counter()
    for words in lines:
        line = ["<s>", *words, "</s>"]
        for length in range(1, order + 1):
            raw.update(tuple(line[at : at + length]) for at in range(len(line) - length + 1))
    before: dict[Gram, set[str]] = defaultdict(set)
    for gram in raw:
        before[gram[1:]].add(gram[0])
    counts = {
        gram: 0 if gram == ("<s>",) else seen if len(gram) == order or gram[0] == "<s>" else len(before[gram])
        for gram, seen in raw.items()
    }
    told = sum(counts[gram] > 0 for gram in raw if len(gram) == 1) + 1
    probabilities: dict[Gram, float] = {(): 1 / told}
    weights: dict[Gram, float] = {}
    for length in range(1, order + 1):
        grams = [gram for gram in raw if len(gram) == length]
        discounts = _discounts([counts[gram] for gram in grams])
        threshold = [*prune, *[prune[-1] if prune else 0] * order][length - 1]
        sums, freed = Counter[Gram](), Counter[Gram]()
        for gram in grams:
            is_kept = raw[gram] > threshold
            sums[gram[:-1]] += counts[gram]
            freed[gram[:-1]] += discounts[min(counts[gram], 3)] if is_kept else counts[gram]
        for context, total in sums.items():
            weights[context] = freed[context] / total if total else 1.0
        for gram in grams:
            share = counts[gram] - discounts[min(counts[gram], 3)] if raw[gram] > threshold else 0.0
            total = sums[gram[:-1]]
            lower = probabilities[gram[1:]]
            probabilities[gram] = (share / total if total else 0.0) + weights[gram[:-1]] * lower
    kept = {
        gram: probability
        for gram, probability in probabilities.items()
        if gram and raw[gram] > [*prune, *[prune[-1] if prune else 0] * order][len(gram) - 1]
    }
    return SlowModel(order, kept, weights, weights[()] / told)


def _discounts(counts: Sequence[int]) -> tuple[float, ...]:
    times = Counter(counts)
    if any(times[seen] == 0 for seen in (1, 2, 3)):
        return FALLBACK
    share = times[1] / (times[1] + 2 * times[2])
    found = (0.0, *(seen - (seen + 1) * share * times[seen + 1] / times[seen] for seen in (1, 2, 3)))
    return found if all(0 <= one <= seen for seen, one in enumerate(found)) else FALLBACK
