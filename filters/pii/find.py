"""Find the spans of personal data in one text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple, TypeAlias

import regex

from . import candidates, patterns, validators

Check: TypeAlias = Callable[[regex.Match[bytes], bytes], bool]

EMAIL, IP, CARD, PHONE = "email", "ip", "card", "phone"
PREFERENCE = (EMAIL, CARD, IP, PHONE)
"""Where two findings overlap, the kind named first wins."""


class Span(NamedTuple):
    """Personal data at ``text[start:end]``."""

    start: int
    end: int
    kind: str


class Window(NamedTuple):
    """Matches of the kinds (flags of ``candidates``) that begin in ``[start, end)`` are wanted."""

    start: int
    end: int
    kinds: int


class Detector(NamedTuple):
    """An expression, where it may match, how far a match may reach past its window, and what tells true from false.

    None for the reach means the domain behind the "@" at which the window ends.
    """

    kind: str
    candidate: int
    pattern: regex.Pattern[bytes]
    reach_bytes: int | None
    check: Check


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Which kinds to look for, and how strictly. Cheap to make and to pickle."""

    kinds: frozenset[str] = frozenset(PREFERENCE)
    region: str = "US"
    keep_private: bool = True

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """Every expression of the wanted kinds."""
        ipv4 = partial(validators.is_personal_ipv4, keep_private=self.keep_private)
        ipv6 = partial(validators.is_personal_ipv6, keep_private=self.keep_private)
        national = partial(validators.is_phone_national, region=self.region)
        north_america, international = validators.is_phone_north_america, validators.is_phone_international
        every = (
            Detector(EMAIL, candidates.EMAIL, patterns.EMAIL, None, validators.is_email),
            Detector(CARD, candidates.CARD, patterns.CARD, 8, validators.is_card),
            Detector(IP, candidates.QUAD, patterns.IPV4, 8, ipv4),
            Detector(IP, candidates.COLONS, patterns.IPV6, 8, ipv6),
            Detector(PHONE, candidates.DIGITS, patterns.PHONE_INTERNATIONAL, 32, international),
            Detector(PHONE, candidates.DIGITS, patterns.PHONE_NORTH_AMERICA, 32, north_america),
            Detector(PHONE, candidates.DIGITS, patterns.PHONE_NATIONAL, 32, national),
        )
        return tuple(detector for detector in every if detector.kind in self.kinds)

    def spans(self, text: bytes, windows: Iterable[Window]) -> list[Span]:
        """Spans of personal data in UTF-8 text, in order and without overlap; windows must be in order."""
        listed = list(windows)
        found = [span for detector in self.detectors for span in _matches(detector, text, listed)]
        return _without_overlap(found)


def _matches(detector: Detector, text: bytes, windows: Iterable[Window]) -> Iterator[Span]:
    done = 0  # end of the last match, true or false: the next is searched behind it, as in one search of the text
    for window in windows:
        if not window.kinds & detector.candidate or window.end <= done:
            continue
        reach = detector.reach_bytes
        if reach is None:
            domain = patterns.DOMAIN_RUN.match(text, window.end + 1)
            reach = 2 + (domain.end() - domain.start() if domain else 0)
        limit = min(len(text), window.end + reach)
        for match in detector.pattern.finditer(text, max(window.start, done), limit):
            if match.start() >= window.end:
                break
            done = match.end()
            if detector.check(match, text):
                yield Span(match.start(), match.end(), detector.kind)


def _without_overlap(found: list[Span]) -> list[Span]:
    rank = {kind: number for number, kind in enumerate(PREFERENCE)}
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, rank[s.kind], -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif rank[span.kind] < rank[kept[-1].kind]:
            kept[-1] = span
    return kept
