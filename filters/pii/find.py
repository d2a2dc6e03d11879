"""Find the spans of personal data in one text."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from typing import NamedTuple, TypeAlias

import regex

from . import candidates, identities, patterns, phone_patterns, phones, secrets, validators
from .kinds import CARD, EMAIL, IBAN, IMEI, IP, KINDS, MAC, NATIONAL_ID, PASSPORT, PHONE, SECRET, SSN, WALLET

Check: TypeAlias = Callable[[regex.Match[bytes], bytes], bool]

VALUES = ("value", "quoted", "bare")
"""Groups of an expression that are the personal data in its match, where that is not the whole."""


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
    gate: re.Pattern[bytes] | None = None
    """What must be in a window, or just behind it, for the expression to be tried."""
    starts: re.Pattern[bytes] | None = None
    """Where in a window a match may begin; without it the expression is searched for, also far behind the window."""


@dataclass(frozen=True, kw_only=True)
class Finder:
    """Which kinds to look for, and how strictly. Cheap to make and to pickle."""

    kinds: frozenset[str] = frozenset(KINDS)
    regions: tuple[str, ...] = ("US",)
    keep_private: bool = True

    @cached_property
    def detectors(self) -> tuple[Detector, ...]:
        """Every expression of the wanted kinds."""
        ipv4 = partial(validators.is_personal_ipv4, keep_private=self.keep_private)
        ipv6 = partial(validators.is_personal_ipv6, keep_private=self.keep_private)
        national = partial(phones.is_phone_national, regions=self.regions)
        north_america, international = phones.is_phone_north_america, phones.is_phone_international
        every = (
            Detector(
                SECRET,
                candidates.KEY_BLOCK,
                secrets.KEY_BLOCK,
                24_000,
                secrets.is_key_block,
                None,
                secrets.KEY_BLOCK_START,
            ),
            Detector(
                SECRET, candidates.TOKEN, secrets.TOKEN, 2000, secrets.is_token, secrets.BEGINNINGS, secrets.TOKEN_START
            ),
            Detector(SECRET, candidates.KEY_BLOCK, secrets.HOOK, 300, secrets.is_hook),
            Detector(SECRET, candidates.LOGIN, secrets.LOGIN, 210, secrets.is_login),
            Detector(SECRET, candidates.ASSIGNMENT, secrets.ASSIGNMENT, 260, secrets.assigned, secrets.ASSIGNED_NAME),
            Detector(EMAIL, candidates.EMAIL, patterns.EMAIL, None, validators.is_email),
            Detector(IBAN, candidates.ACCOUNT, identities.IBAN, 48, identities.is_iban),
            Detector(CARD, candidates.CARD, patterns.CARD, 8, validators.is_card),
            Detector(IMEI, candidates.CARD, identities.IMEI, 8, identities.is_imei),
            Detector(
                PASSPORT, candidates.WORD, identities.PASSPORT, 16, identities.is_passport, None, identities.START
            ),
            Detector(SSN, candidates.NINE_DIGITS, identities.SSN, 8, identities.is_ssn),
            Detector(
                NATIONAL_ID,
                candidates.NUMBER | candidates.CAPITALS,
                identities.NATIONAL_ID,
                32,
                identities.is_national_id,
                None,
                identities.START,
            ),
            Detector(WALLET, candidates.LONG, identities.WALLET, 8, identities.is_wallet),
            Detector(MAC, candidates.PAIRS, patterns.MAC, 8, identities.is_mac),
            Detector(IP, candidates.QUAD, patterns.IPV4, 8, ipv4),
            Detector(IP, candidates.COLONS, patterns.IPV6, 8, ipv6),
            Detector(PHONE, candidates.DIGITS, phone_patterns.PHONE_INTERNATIONAL, 32, international),
            Detector(PHONE, candidates.TEN_DIGITS, phone_patterns.PHONE_NORTH_AMERICA, 32, north_america),
            Detector(PHONE, candidates.DIGITS, phone_patterns.PHONE_NATIONAL, 32, national),
        )
        return tuple(detector for detector in every if detector.kind in self.kinds)

    def spans(self, text: bytes, windows: Iterable[Window]) -> list[Span]:
        """Spans of personal data in UTF-8 text, in order and without overlap; windows must be in order."""
        listed = list(windows)
        every = functools.reduce(operator.or_, (window.kinds for window in listed), 0)
        detectors = [detector for detector in self.detectors if detector.candidate & every]
        found = [span for detector in detectors for span in _matches(detector, text, listed)]
        return without_overlap(found)


def _matches(detector: Detector, text: bytes, windows: Iterable[Window]) -> Iterator[Span]:
    done = 0  # end of the last match, true or false: the next is searched behind it, as in one search of the text
    for window in windows:
        if not window.kinds & detector.candidate or window.end <= done:
            continue
        if detector.gate and not detector.gate.search(text, window.start, window.end + 8):
            continue
        reach = detector.reach_bytes
        if reach is None:
            domain = patterns.DOMAIN_RUN.match(text, window.end + 1)
            reach = 2 + (domain.end() - domain.start() if domain else 0)
        limit = min(len(text), window.end + reach)
        begin = max(window.start, done)
        if detector.starts:
            found: Iterable[regex.Match[bytes]] = _at_starts(detector, text, begin, window.end, limit)
        else:
            found = detector.pattern.finditer(text, begin, limit)
        for match in found:
            if match.start() >= window.end:
                break
            done = match.end()
            if detector.check(match, text):
                yield Span(*_span(match), detector.kind)


def _at_starts(detector: Detector, text: bytes, begin: int, end: int, limit: int) -> Iterator[regex.Match[bytes]]:
    if detector.starts is None:
        return
    for start in detector.starts.finditer(text, begin, end):
        if start.start() >= begin and (match := detector.pattern.match(text, start.start(), limit)):
            yield match
            begin = match.end()


def _span(match: regex.Match[bytes]) -> tuple[int, int]:
    """Where the personal data of a match is."""
    for name in VALUES:
        if name in match.re.groupindex and match.start(name) >= 0:
            return match.span(name)
    return match.span()


def without_overlap(found: list[Span]) -> list[Span]:
    """Spans in order; of two that overlap the one whose kind goes before."""
    rank = {kind: number for number, kind in enumerate(KINDS)}
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, rank[s.kind], -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
        elif rank[span.kind] < rank[kept[-1].kind]:
            kept[-1] = span
    return kept
