"""Regular expressions for personal data, over UTF-8 bytes; every repetition is bounded or possessive.

Each expression is the definition of what is found. The kernel in ``candidates`` only tells where a match may begin; the
test twin runs the same expressions over whole texts. Whoever widens an expression widens the kernel too.
"""

from __future__ import annotations

import regex

from ..base.expressions import lazy_regex

_LETTER = (
    rb"(?:\xC3[\x80-\x96\x98-\xB6\xB8-\xBF]|[\xC4-\xCA\xCE-\xD4][\x80-\xBF]|\xCC[\x80-\xBF]|\xCD[\x80-\xAF\xB0-\xBD\xBF]"
    rb"|\xD7[\x90-\xAA]|\xD8[\xA0-\xBF]|\xD9[\x80-\x9F\xAE-\xBF]|[\xDA\xDB][\x80-\x93]|\xE0\xA4[\x80-\xBF]"
    rb"|\xE0\xA5[\x80-\xA3\xA8-\xBF]"
    rb"|\xE1[\xB8-\xBF][\x80-\xBF])"
)
"""A letter of a script that puts blanks between words: Latin, Greek, Cyrillic, Hebrew, Arabic, Devanagari."""
_FAR = rb"(?:[\xE3-\xED][\x80-\xBF]{2})"
"""A character of Chinese, Japanese or Korean, where no blank tells an address from the words around it."""
_LOCAL = rb"(?:[A-Za-z0-9_+%]|" + _LETTER + rb")"
_LABEL_END = rb"(?:[A-Za-z0-9]|" + _LETTER + rb"|" + _FAR + rb")"

EMAIL = lazy_regex(
    rb"(?<!" + _LOCAL + rb")(?<!" + _LOCAL + rb"['&])"
    rb"(?P<local>"
    + _LOCAL
    + rb"(?:(?:"
    + _LOCAL
    + rb"|[.'&-]|\xE2\x80\x99(?="
    + _LOCAL
    + rb")){0,62}(?:"
    + _LOCAL
    + rb"|-))?)"
    rb"@"
    rb"(?P<domain>(?:" + _LABEL_END + rb"(?:(?:" + _LABEL_END + rb"|-){0,61}" + _LABEL_END + rb")?\.){1,8}"
    rb"(?P<top>xn--[a-z0-9-]{2,59}|[A-Za-z]{2,24}|(?:" + _LETTER + rb"){2,24}|" + _FAR + rb"{2,4}))"
    rb"(?!-?[A-Za-z0-9_]|" + _LETTER + rb"|\([^)]*\)[.;]|\()",
)

DOMAIN_RUN = lazy_regex(rb"[A-Za-z0-9.\x80-\xFF-]{0,640}+")
"""Bytes behind an "@" that its address may reach over."""

NETWORK_SUFFIX = lazy_regex(rb"/([0-9]{1,3})(?![0-9.])")
"""Behind an address: how many of its bits name a network."""

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = lazy_regex(
    rb"(?<![A-Za-z0-9_.])(?<![A-Za-z0-9]/)(?:" + _OCTET + rb"\.){3}" + _OCTET + rb"(?![A-Za-z0-9_]|\.[A-Za-z0-9])"
)

IPV6 = lazy_regex(
    rb"""
    (?<![A-Za-z0-9_:.])
    (?:[0-9A-Fa-f]{0,4}:){2,7}+
    (?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{1,4})?+
    (?![A-Za-z0-9_:]|\.[A-Za-z0-9])
    """,
    regex.VERBOSE,
)

MAC = lazy_regex(
    rb"(?<![A-Za-z0-9_:.-])(?:[0-9A-Fa-f]{2}:(?:[0-9A-Fa-f]{2}:){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2})"
    rb"(?![A-Za-z0-9_]|[:-][0-9A-Fa-f])"
)

CARD = lazy_regex(
    rb"""
    (?<![A-Za-z0-9_$+-]|[0-9][.,])
    (?:[1-6][0-9]{11,18}+
    |[2-6][0-9]{3}(?P<mark>[ .-])[0-9]{4}(?P=mark)[0-9]{4}
        (?:(?P=mark)[0-9]{4}(?:(?P=mark)[0-9]{1,3})?+|(?P=mark)[0-9]{1,3})?+
    |3[047689][0-9]{2}(?P<gap>[ -])[0-9]{6}(?P=gap)[0-9]{4,5})
    (?![A-Za-z0-9_]|[.-][0-9])
    """,
    regex.VERBOSE,
)

VERSION_CONTEXT = lazy_regex(
    rb"(?i)(?<![a-z])(?:version|ver\.?|v\.?|release|build|rev\.?|firmware|section|chapter|firefox|chrome|chromium|safari"
    rb"|edge|opera|webkit|gecko|windows|office|java|jdk|jre|kernel|driver|php|python|ruby|gcc|clang|cuda|mysql|oracle|acrobat"
    rb"|reader|flash|player|android|ios|macos|bios|software|app|plugin|update|upgrade|patch|revision|assembly|sdk|api)"
    rb"[ \t:=#/(\"']{0,5}$"
)
"""Words before four numbers that say they are a version."""
IP_CONTEXT = lazy_regex(
    rb"(?i)(?:(?<![a-z])(?:ip(?:v4)?(?: addr(?:ess)?)?|inet|ping|ssh)(?: is)?[ \t:=\"'(\[]{1,6}|//|@)$"
)
"""What before four numbers says they are one even where they are short."""
PUBLIC_RESOLVERS = frozenset((b"8.8.8.8", b"8.8.4.4", b"1.1.1.1", b"1.0.0.1", b"9.9.9.9", b"4.2.2.2", b"1.2.3.4"))
"""Name servers that everybody uses, and nobody's example."""
ADDRESS_CONTEXT = lazy_regex(
    rb"(?i)(?:(?<![a-z])(?:ip(?:v4)?|host|server|address|addr|from|to|client|peer|remote|ping|inet|gateway|dns|ssh|via|at)"
    rb"[ \t:=\"'(\[]{1,6}|//|@)$"
)
"""What before four numbers says they are an address."""
