"""From which of two runs is more learnt: language models of equally many tokens, asked about texts held out.

What people train large models for is here done with n-gram models, which takes minutes. Each run is drawn from several
times; the samples share no document. From each a model over the same tokens is learnt, and what counts is how many bits
it takes for each byte of texts that are in neither run. Intervals take in both what another draw and what other texts
would have given.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...errors import InputError
from ...filters.kernels.models.backoff import STEPS, score
from ...filters.kernels.models.kneser_ney import learn
from ...filters.kernels.models.numbered_words import Corpus
from ..input.inputs import InputOptions
from ..steps.tokenizing import Tokenize
from ..training.sources import Source
from .drawing import Draws, Tokenized, draw_tokens, hash_of, tokenize

Floats = npt.NDArray[np.float64]

BITS = math.log2(10) / STEPS
"""Bits for each step of a negative logarithm."""
SALT = "compare"
FEWEST_TOKENS = 2_000
LITTLE_TOKENS = 200_000
"""Samples below this say little about runs."""
SURE = 0.99
"""How sure a difference must be to be called one, and what its intervals are for."""


@dataclass(frozen=True, kw_only=True)
class ProxyOptions:
    """How much is learnt, and from what.

    Args:
        samples: How often each run is drawn from.
        tokens: Tokens of each sample, at most; as many as the smaller run has for each.
        order: Tokens of the longest n-grams.
        held_out_bytes: Text of each domain that is asked about, at most.
    """

    samples: int = 8
    tokens: int = 5_000_000
    order: int = 4
    held_out_bytes: int = 4_000_000

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise InputError(f"--samples {self.samples} is below 2, and one sample says nothing about the next one")
        if self.tokens < FEWEST_TOKENS:
            raise InputError(f"--tokens {self.tokens} is below {FEWEST_TOKENS:,}")


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Bits for each byte by what was learnt from both runs; negative differences speak for the first one."""

    domain: str
    texts: int
    bytes: int
    first: float
    second: float
    value: float
    low: float
    high: float
    sure: float
    """How likely a difference of this size is none of chance: 1 less the p-value of a two-sided t test."""

    @property
    def better(self) -> int | None:
        """0 for the first run, 1 for the second, None where that cannot be told."""
        return None if self.low <= 0 <= self.high else 0 if self.value < 0 else 1

    @property
    def certainty(self) -> str:
        """``sure`` in percent, of which there are never a hundred."""
        return "more than 99.9 %" if self.sure > 0.999 else f"{100 * self.sure:.1f} %"


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """What was learnt from both runs."""

    tokens: int
    """Of each sample."""
    samples: int
    order: int
    tokenizer: str
    left_out: int
    """Texts that were held out but stand in one of the runs."""
    overall: Difference
    """The mean over all domains."""
    domains: Sequence[Difference]


@dataclass(frozen=True)
class _Domain:
    name: str
    texts: Tokenized
    bytes: Floats
    """Of each text."""


def ask(
    runs: tuple[Source, Source],
    held_out: Sequence[Source],
    options: ProxyOptions,
    reading: InputOptions,
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Proxy:
    """Learn from both runs and ask about texts of several domains.

    Raises:
        InputError: when a run or a domain has too little text.
    """
    tokenizer = Tokenize("cl100k")
    draws: list[Draws] = []
    for run in runs:
        tell(f"drawing from {run.path}")
        draws.append(draw_tokens(run, options.samples, options.tokens, tokenizer, InputOptions(), salt=SALT))
    tokens = min(options.tokens, *(len(sample.numbers) for one in draws for sample in one.samples))
    if tokens < FEWEST_TOKENS:
        raise InputError(
            f"the smaller run has {tokens:,} tokens for each of {options.samples} samples, fewer than "
            f"{FEWEST_TOKENS:,}: too little to learn from; take fewer --samples"
        )
    seen = np.union1d(draws[0].texts, draws[1].texts)
    domains, left_out = [], 0
    for source in held_out:
        tell(f"reading {source.path}")
        domain, known = _read_domain(source, seen, options, tokenizer, reading)
        domains.append(domain)
        left_out += known
    vocabulary = int(tokenizer.identity()["vocabulary_size"]) + 1
    bits: dict[str, list[list[Floats]]] = {domain.name: [[], []] for domain in domains}
    for sample in range(options.samples):
        for side, one in enumerate(draws):
            tell(f"learning from {runs[side].path}, sample {sample + 1} of {options.samples}")
            corpus = Corpus()
            corpus.add(one.samples[sample].first(tokens).sentences)
            table = learn(corpus, options.order, vocabulary=vocabulary).table
            for domain in domains:
                found: Floats = score(table, domain.texts.sentences).codes.astype(np.float64) * BITS
                bits[domain.name][side].append(found)
    return Proxy(
        tokens=tokens,
        samples=options.samples,
        order=options.order,
        tokenizer="cl100k",
        left_out=left_out,
        overall=_overall(domains, bits),
        domains=[_difference(domain, bits[domain.name]) for domain in domains],
    )


def _read_domain(
    source: Source, seen: npt.NDArray[np.uint64], options: ProxyOptions, tokenizer: Tokenize, reading: InputOptions
) -> tuple[_Domain, int]:
    found: dict[int, str] = {}
    known = 0
    for batch in source.read(reading):
        for text in batch["text"].to_pylist():
            number = hash_of(text)
            at = int(np.searchsorted(seen, np.uint64(number)))
            if at < len(seen) and int(seen[at]) == number:
                known += 1
            elif text.strip():
                found[number] = text
    texts, size = [], 0
    for number in sorted(found):
        texts.append(found[number])
        size += len(found[number].encode())
        if size >= options.held_out_bytes:
            break
    if not texts:
        why = ", for all of its texts are in the runs" if known else ""
        raise InputError(f"{source.path} holds no text to ask about{why}")
    sizes = np.array([len(text.encode()) for text in texts], dtype=np.float64)
    return _Domain(source.label, tokenize(texts, tokenizer), sizes), known


def _difference(domain: _Domain, bits: list[list[Floats]]) -> Difference:
    """Of one domain, with the variances between samples and between texts."""
    differences = np.array(bits[0]) - np.array(bits[1])
    size = float(domain.bytes.sum())
    by_sample = differences.sum(axis=1) / size
    return _with_interval(
        domain.name, len(domain.bytes), size, _per_byte(domain, bits), by_sample, *_between_texts(domain, differences)
    )


def _overall(domains: Sequence[_Domain], bits: Mapping[str, list[list[Floats]]]) -> Difference:
    """The mean over domains, in which each counts the same."""
    by_sample = np.zeros(len(bits[domains[0].name][0]))
    variance = satterthwaite = 0.0
    both = np.zeros(2)
    for domain in domains:
        differences = np.array(bits[domain.name][0]) - np.array(bits[domain.name][1])
        by_sample += differences.sum(axis=1) / domain.bytes.sum() / len(domains)
        both += np.array(_per_byte(domain, bits[domain.name])) / len(domains)
        spread, freedom = _between_texts(domain, differences)
        spread /= len(domains) ** 2
        variance += spread
        satterthwaite += spread**2 / freedom
    freedom = variance**2 / satterthwaite if satterthwaite > 0 else 1.0
    texts = sum(len(domain.bytes) for domain in domains)
    size = sum(float(domain.bytes.sum()) for domain in domains)
    return _with_interval("all", texts, size, (float(both[0]), float(both[1])), by_sample, variance, freedom)


def _per_byte(domain: _Domain, bits: list[list[Floats]]) -> tuple[float, float]:
    first, second = (float(np.array(side).sum(axis=1).mean() / domain.bytes.sum()) for side in bits)
    return first, second


def _between_texts(domain: _Domain, differences: Floats) -> tuple[float, float]:
    """The variance of a ratio over texts (Cochran 1977, chapter 6), and its degrees of freedom."""
    of_text = differences.mean(axis=0)
    count, size = len(of_text), domain.bytes.sum()
    if count < 2:
        return 0.0, 1.0
    left = of_text - of_text.sum() / size * domain.bytes
    return float(count / (count - 1) * (left**2).sum() / size**2), count - 1.0


def _with_interval(
    name: str,
    texts: int,
    size: float,
    per_byte: tuple[float, float],
    by_sample: Floats,
    variance: float,
    freedom: float,
) -> Difference:
    samples = len(by_sample)
    of_samples = float(by_sample.var(ddof=1)) / samples
    whole = of_samples + variance
    parts = of_samples**2 / (samples - 1) + (variance**2 / freedom if freedom > 0 else 0.0)
    degrees = whole**2 / parts if parts > 0 else 1.0
    value, spread = float(by_sample.mean()), math.sqrt(whole)
    reach = quantile(SURE, degrees) * spread
    sure = 1.0 if spread == 0 and value else 0.0 if spread == 0 else within(abs(value) / spread, degrees)
    return Difference(
        domain=name,
        texts=texts,
        bytes=int(size),
        first=round(per_byte[0], 5),
        second=round(per_byte[1], 5),
        value=round(value, 6),
        low=round(value - reach, 6),
        high=round(value + reach, 6),
        sure=round(sure, 4),
    )


def quantile(share: float, freedom: float) -> float:
    """Within which bound of 0 so large a share of Student's distribution lies."""
    low, high = 0.0, 1.0
    while within(high, freedom) < share:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if within(middle, freedom) < share else (low, middle)
    return high


def within(bound: float, freedom: float) -> float:
    """How likely a number with Student's distribution is closer to 0 than a bound."""
    # By Simpson's rule over the angle whose tangent the number is, where the density is smooth and ends.
    angles = np.linspace(0.0, math.atan(bound / math.sqrt(freedom)), 2001)
    heights = np.cos(angles) ** (freedom - 1)
    weights = np.ones(len(angles))
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    area = float((weights * heights).sum()) * float(angles[1] - angles[0]) / 3
    logarithm = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(math.pi)
    return min(1.0, 2 * math.exp(logarithm) * area)
