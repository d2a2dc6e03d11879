"""Texts mixed from others and judged by the teacher: what the English model learns of words that no label covers.

Pieces of clean text, of opinions and of tweets, some of whose words are exchanged for others of the teacher's
vocabulary, and into which pieces of other texts are put. They make no sense, but every word stands in many of them,
beside all kinds of others, and so a linear model fitted to the teacher's judgement learns what it thinks of the word.
"""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from ..kernels.machine.buffers import Floats
from .toxicity_teacher import KINDS, Teacher

T = TypeVar("T")

SEED = 5
TEXTS = {
    "book": 24_000, "presidio": 8_000, "negatives": 32_000, "davidson": 40_000,
    "opinion_tweet": 24_000, "editorial": 20_000, "review": 32_000,
}  # fmt: skip
"""How many begin as a piece of a text of each origin."""
LENGTHS = (4, 8, 12, 20, 40, 100)
"""Words that a text begins as; where one has fewer, others of its origin may follow it."""
FOLLOWED = 40
"""From this length on others follow."""
EXCHANGED = (0.0, 0.1, 0.25, 0.5)
"""Shares of words that are exchanged."""
PUT_IN, LONGEST_PUT_IN, PUT_IN_BELOW = (0, 1, 1, 2), 7, 0.3
"""How many pieces are put in, of up to how many words, where the share exchanged is lower than this."""
RARE_WORDS = 0.3
"""Words are drawn by this power of how frequent they are."""
STRONG_SHARE, STRONG_TEXTS = 0.1, 0.3
"""Which words are strong, by the teacher, and in how many texts every second exchanged word is one."""
ABUSE = ("insult", "identity_hate")
"""A text is abuse if it is of one of these kinds: swearing at nobody is not."""
ADDED = 1.25
"""To the log-odds: the network is surer of harmless texts than it should be."""
LOWEST, HIGHEST = -6.0, 4.0
DIGITS = 3


class Judged(NamedTuple):
    """A text with the probability that it is toxic."""

    text: str
    probability: float
    origin: str


def mixtures(teacher: Teacher, texts: Mapping[str, Sequence[str]], pieces: Sequence[str]) -> list[Judged]:
    """Mixed texts with what the teacher makes of them; the same from the same texts.

    Args:
        teacher: Whose words are put in, and who judges.
        texts: What they begin as, by origin.
        pieces: Texts of which pieces are put in.
    """
    found = mixed_texts(teacher, texts, pieces)
    odds = teacher.log_odds(list(found))[:, [KINDS.index(kind) for kind in ABUSE]]
    whole = np.logaddexp.reduce(odds, axis=1) + ADDED
    chances: Floats = 1.0 / (1.0 + np.exp(-np.clip(whole, LOWEST, HIGHEST)))
    rounded = [round(chance, DIGITS) for chance in chances.tolist()]
    return [Judged(text, chance, origin) for (text, origin), chance in zip(found.items(), rounded, strict=True)]


def mixed_texts(teacher: Teacher, texts: Mapping[str, Sequence[str]], pieces: Sequence[str]) -> dict[str, str]:
    """Mixed texts with the origin of what each begins as."""
    draw = random.Random(SEED)
    words = [word for word in teacher.numbers if word in teacher.counts]
    scores = teacher.log_odds([f"you are {word}" for word in words])[:, KINDS.index("toxic")]
    limit = np.quantile(scores, 1.0 - STRONG_SHARE)
    any_word = _drawn(draw, words, teacher)
    strong_word = _drawn(draw, [word for word, score in zip(words, scores, strict=True) if score >= limit], teacher)
    found: dict[str, str] = {}
    for origin, count in TEXTS.items():
        for _ in range(count if texts.get(origin) else 0):
            found.setdefault(_mixed(draw, texts[origin], pieces, any_word, strong_word), origin)
    return found


def _mixed(
    draw: random.Random,
    texts: Sequence[str],
    pieces: Sequence[str],
    any_word: Callable[[], str],
    strong_word: Callable[[], str],
) -> str:
    length = _one(draw, LENGTHS)
    words = _piece(draw, _one(draw, texts), length)
    while length >= FOLLOWED and len(words) < length:
        words += _piece(draw, _one(draw, texts), length - len(words)) or [any_word()]
    share, strong = _one(draw, EXCHANGED), draw.random() < STRONG_TEXTS
    for place in range(len(words)):
        if draw.random() < share:
            words[place] = strong_word() if strong and draw.random() < 0.5 else any_word()
    for _ in range(_one(draw, PUT_IN) if share < PUT_IN_BELOW else 0):
        length, place = 1 + _below(draw, LONGEST_PUT_IN), _below(draw, len(words) + 1)
        words[place:place] = _piece(draw, _one(draw, pieces), length)
    return " ".join(words)


def _piece(draw: random.Random, text: str, length: int) -> list[str]:
    words = text.split()
    first = _below(draw, max(len(words) - length, 0) + 1)
    return words[first : first + length]


def _drawn(draw: random.Random, words: Sequence[str], teacher: Teacher) -> Callable[[], str]:
    sums = list(itertools.accumulate(teacher.counts[word] ** RARE_WORDS for word in words))
    return lambda: words[bisect.bisect(sums, draw.random() * sums[-1], hi=len(words) - 1)]


def _below(draw: random.Random, limit: int) -> int:
    """A number below a limit, by the one draw that Python promises to be the same in every release."""
    return int(draw.random() * limit)


def _one(draw: random.Random, items: Sequence[T]) -> T:
    return items[_below(draw, len(items))]
