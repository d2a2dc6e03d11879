"""Language models learnt: interpolated Kneser-Ney with modified discounts, as KenLM's ``lmplz`` estimates it.

Source: Heafield et al. 2013, "Scalable Modified Kneser-Ney Language Model Estimation". The positions of a text are
sorted by the words that end there, from the last one back. So the n-grams of each length stand together, those that
end alike are neighbours, and every position can be told the number of its n-gram; that of its context is the number
of the position before. Nothing is drawn and nothing runs side by side: the same lines give the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Floats, Int64s, UInt16s, UInt32s, UInt64s
from ..machine.hashing import SEED, mix
from ..machine.kernel import inner, integer, kernel
from .backoff import LARGEST_CODE, STEPS, WIDEST_PRINT, Table, insert, longer, new_slots
from .numbered_words import BEGIN_ID, NOTHING, Corpus


class Discounts(NamedTuple):
    """What is taken from the counts of n-grams."""

    once: float
    twice: float
    more: float


FALLBACK = Discounts(0.5, 1.0, 1.5)
"""Where a text is too small to tell them."""


class Learnt(NamedTuple):
    """A table, and how it came about."""

    table: Table
    ngrams: list[int]
    """How many there are of each length."""
    kept: list[int]
    """How many of them are in the table."""
    discounts: list[Discounts]
    """Of each length."""
    tokens: int
    """Words and ends of lines that it was learnt from."""


def learn(
    corpus: Corpus,
    order: int,
    *,
    prune: Sequence[int] = (),
    vocabulary: int | None = None,
    print_bits: int = WIDEST_PRINT,
    coarseness: int = 1,
) -> Learnt:
    """Estimate a model.

    Args:
        corpus: The lines.
        order: Words of the longest n-grams.
        prune: Of each length from one word on, n-grams that are not seen more often are left out; the last one is for
            all longer ones. Numbers must not fall.
        vocabulary: Words that there are, where others than those in the text can be told apart (tokens); None gives
            all words that are not in the text together the share of one, as KenLM does.
        print_bits: Bits of an n-gram's hash that are kept.
        coarseness: Logarithms are rounded to so many steps, so that a file can be packed tighter.
    """
    ids, all_depths = corpus.laid_out()
    depths = np.minimum(all_depths, np.uint8(order))
    words = corpus.words
    thresholds = [*prune, *[prune[-1] if prune else 0] * (order - len(prune))][:order]
    ordered, common = _sorted(ids, depths, order, len(words))
    lengths: list[_Length] = []
    is_kept = np.ones(1, dtype=np.bool_)
    found, kept, discounts = [], [], []
    before = np.zeros(len(ids), dtype=np.uint32)
    probabilities = np.ones(1)
    unknown = 0.0
    for size in range(1, order + 1):
        numbered = _numbered(ordered, common, depths, ids, size, order)
        taken = _discounts(numbered.counts)
        contexts = len(is_kept)
        sums, freed = np.zeros(contexts), np.zeros(contexts)
        _add_up(before, numbered, size, thresholds[size - 1], taken, sums, freed)
        shares = np.divide(freed, sums, out=np.ones(contexts), where=sums > 0)
        if size == 1:
            told = vocabulary or int(np.count_nonzero(numbered.counts)) + 1
            probabilities[0] = 1.0 / told
            unknown = float(shares[0]) / told
        made = np.empty(len(numbered.firsts))
        _estimate(before, numbered, size, thresholds[size - 1], taken, sums, shares, probabilities, made)
        if lengths:
            lengths[-1].weights[:] = _codes(shares[is_kept], coarseness, 0)
        is_kept = numbered.raw > thresholds[size - 1]
        codes = _codes(made[is_kept], coarseness, 1)
        lengths.append(_Length(numbered.firsts[is_kept], codes, np.zeros_like(codes)))
        found.append(len(made))
        kept.append(len(codes))
        discounts.append(taken)
        before, probabilities = numbered.numbers, made
    slots = new_slots(sum(kept))
    prints = np.uint64((1 << print_bits) - 1)
    for size, length in enumerate(lengths, 1):
        _insert_all(ids, words, length, size, slots, prints)
    code = int(_codes(np.array([unknown]), coarseness, 1)[0]) if unknown > 0 else LARGEST_CODE
    tokens = int(np.count_nonzero(ids != BEGIN_ID))
    return Learnt(Table(order, slots, prints, code), found, kept, discounts, tokens)


class _Length(NamedTuple):
    """What is kept of the n-grams of one length."""

    firsts: UInt32s
    codes: UInt16s
    weights: UInt16s


class _Numbered(NamedTuple):
    """The n-grams of one length."""

    numbers: UInt32s
    """Of the n-gram that ends at each position."""
    firsts: UInt32s
    """A position where each of them ends."""
    raw: UInt32s
    """How often each is there."""
    counts: UInt32s
    """The same for the longest and those from the beginning of a line; before how many words each stands, else."""


def _codes(shares: Floats, coarseness: int, least: int) -> UInt16s:
    """Negative logarithms in steps; none is too small for one."""
    logarithms = -np.log10(np.maximum(shares, 1e-300))
    codes = coarseness * np.rint(logarithms * (STEPS / coarseness))
    clipped: UInt16s = np.clip(codes, least, LARGEST_CODE).astype(np.uint16)
    return clipped


def _discounts(counts: UInt32s) -> Discounts:
    """Chen and Goodman's, from how many n-grams are seen once to four times."""
    times = np.bincount(np.minimum(counts, 5), minlength=6)[:5].tolist()
    if min(times[1:4]) == 0:
        return FALLBACK
    once = times[1] / (times[1] + 2 * times[2])
    found = Discounts(*(seen - (seen + 1) * once * times[seen + 1] / times[seen] for seen in (1, 2, 3)))
    return found if all(0.0 <= one <= seen for seen, one in enumerate(found, 1)) else FALLBACK


def _sorted(ids: UInt32s, depths: Bytes, order: int, words: int) -> tuple[UInt32s, Bytes]:
    """Positions by the last ``order`` words up to them, and how many of these each shares with the one before."""
    ordered = np.arange(len(ids), dtype=np.uint32)
    other = np.empty_like(ordered)
    starts = np.empty(words + 1, dtype=np.int64)
    for back in range(order - 1, -1, -1):
        starts[:] = 0
        _sort(ids, depths, back, ordered, other, starts)
        ordered, other = other, ordered
    common = np.empty(len(ids), dtype=np.uint8)
    _compare(ids, depths, order, ordered, common)
    return ordered, common


def _numbered(ordered: UInt32s, common: Bytes, depths: Bytes, ids: UInt32s, size: int, order: int) -> _Numbered:
    most = int(np.count_nonzero(common < size))
    numbers = np.empty(len(ordered), dtype=np.uint32)
    firsts, raw, counts = (np.zeros(most, dtype=np.uint32) for _ in range(3))
    found = _number(ordered, common, depths, ids, size, size == order, numbers, firsts, raw, counts)
    return _Numbered(numbers, firsts[:found], raw[:found], counts[:found])


@inner
def _word(ids: UInt32s, depths: Bytes, position: int, back: int) -> int:
    """So many words back; nothing before the beginning of a line."""
    return integer(ids[position - back]) if back < depths[position] else NOTHING


@kernel
def _sort(ids: UInt32s, depths: Bytes, back: int, before: UInt32s, after: UInt32s, starts: Int64s) -> None:
    """Sort positions by one word, those with the same one as they were."""
    for position in range(len(ids)):
        starts[_word(ids, depths, position, back) + 1] += 1
    for word in range(1, len(starts)):
        starts[word] += starts[word - 1]
    for at in range(len(before)):
        position = integer(before[at])
        word = _word(ids, depths, position, back)
        after[starts[word]] = position
        starts[word] += 1


@kernel
def _compare(ids: UInt32s, depths: Bytes, order: int, ordered: UInt32s, common: Bytes) -> None:
    for at in range(len(ordered)):
        same = 0
        if at > 0:
            here, other = integer(ordered[at]), integer(ordered[at - 1])
            while same < order and _word(ids, depths, here, same) == _word(ids, depths, other, same):
                same += 1
        common[at] = same


@kernel
def _number(
    ordered: UInt32s, common: Bytes, depths: Bytes, ids: UInt32s, size: int, is_longest: bool, numbers: UInt32s,
    firsts: UInt32s, raw: UInt32s, counts: UInt32s,
) -> int:  # fmt: skip
    """Number the n-grams of one length and count them; returns how many there are."""
    found = -1
    for at in range(len(ordered)):
        position = integer(ordered[at])
        if depths[position] < size:
            continue
        if common[at] < size:
            found += 1
            firsts[found] = position
        numbers[position] = found
        raw[found] += 1
        if is_longest or depths[position] == size:
            counts[found] += size > 1 or ids[position] != BEGIN_ID
        else:
            counts[found] += common[at] <= size
    return found + 1


@inner
def _discount(count: int, discounts: Discounts) -> float:
    once, twice, more = discounts
    return 0.0 if count == 0 else once if count == 1 else twice if count == 2 else more


@kernel
def _add_up(
    before: UInt32s, numbered: _Numbered, size: int, threshold: int, discounts: Discounts,
    sums: Floats, freed: Floats,
) -> None:  # fmt: skip
    """For each context, how often anything follows it, and how much of that goes to shorter n-grams."""
    firsts, raw, counts = numbered.firsts, numbered.raw, numbered.counts
    for number in range(len(firsts)):
        context = integer(before[firsts[number] - 1]) if size > 1 else 0
        count = integer(counts[number])
        sums[context] += count
        freed[context] += _discount(count, discounts) if raw[number] > threshold else count


@kernel
def _estimate(
    before: UInt32s, numbered: _Numbered, size: int, threshold: int, discounts: Discounts,
    sums: Floats, shares: Floats, shorter: Floats, made: Floats,
) -> None:  # fmt: skip
    firsts, raw, counts = numbered.firsts, numbered.raw, numbered.counts
    for number in range(len(firsts)):
        position = integer(firsts[number])
        context = integer(before[position - 1]) if size > 1 else 0
        suffix = integer(before[position]) if size > 1 else 0
        share = 0.0
        if raw[number] > threshold and sums[context] > 0:
            share = (counts[number] - _discount(integer(counts[number]), discounts)) / sums[context]
        made[number] = share + shares[context] * shorter[suffix]


@kernel
def _insert_all(ids: UInt32s, words: UInt64s, length: _Length, size: int, slots: UInt64s, prints: np.uint64) -> None:
    for number in range(len(length.firsts)):
        position = integer(length.firsts[number])
        key = suffix = mix(words[ids[position]] + SEED)
        for back in range(1, size):
            suffix = key
            key = longer(key, words[ids[position - back]])
        insert(slots, prints, key, suffix, integer(length.codes[number]), integer(length.weights[number]))
