"""Regular expressions for personal data, over UTF-8 bytes; every repetition is bounded or possessive.

Each expression is the definition of what is found. The kernel in ``candidates`` only tells where a match may begin; the
test twin runs the same expressions over whole texts. Whoever widens an expression widens the kernel too.
"""

from __future__ import annotations

import regex

EMAIL = regex.compile(
    rb"""
    (?<![A-Za-z0-9_+%])
    (?P<local>[A-Za-z0-9_+%](?:[A-Za-z0-9_+%.-]{0,62}[A-Za-z0-9_+%-])?)
    @
    (?P<domain>(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}(?P<top>[A-Za-z]{2,24}))
    (?![A-Za-z0-9_-])
    """,
    regex.VERBOSE,
)

DOMAIN_RUN = regex.compile(rb"[A-Za-z0-9.-]{0,640}+")
"""Bytes behind an "@" that its address may reach over."""

NETWORK_SUFFIX = regex.compile(rb"/([0-9]{1,3})(?![0-9.])")
"""Behind an address: how many of its bits name a network."""

_OCTET = rb"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
IPV4 = regex.compile(
    rb"(?<![A-Za-z0-9_.])(?<![A-Za-z0-9]/)(?:" + _OCTET + rb"\.){3}" + _OCTET + rb"(?![A-Za-z0-9_]|\.[A-Za-z0-9])"
)

IPV6 = regex.compile(
    rb"""
    (?<![A-Za-z0-9_:.])
    (?:[0-9A-Fa-f]{0,4}:){2,7}+
    (?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]{1,4})?+
    (?![A-Za-z0-9_:]|\.[A-Za-z0-9])
    """,
    regex.VERBOSE,
)

CARD = regex.compile(
    rb"""
    (?<![A-Za-z0-9_.,=$-])
    (?:[2-6][0-9]{12,18}+
    |[2-6][0-9]{3}(?P<mark>[ -])[0-9]{4}(?P=mark)[0-9]{4}(?P=mark)[0-9]{4}(?:(?P=mark)[0-9]{3})?+
    |3[47][0-9]{2}(?P<gap>[ -])[0-9]{6}(?P=gap)[0-9]{5})
    (?![A-Za-z0-9_]|[.,-][0-9])
    """,
    regex.VERBOSE,
)

_EXTENSION = rb"(?:[ ]?(?:x|ext\.?|extension)[ ]?[0-9]{1,6})?+"
_AFTER = rb"(?![A-Za-z0-9_%]|[.,-][0-9])"

PHONE_NORTH_AMERICA = regex.compile(
    rb"""
    (?<![A-Za-z0-9_%&=\#$.+-])
    (?:(?:\+?1|001)[ .-]?)?
    (?:\([0-9]{3}\)[ .-]?[0-9]{3}[ .-]?|[0-9]{3}(?P<mark>[.-])[0-9]{3}(?P=mark))
    [0-9]{4}
    """
    + _EXTENSION
    + _AFTER,
    regex.VERBOSE,
)

PHONE_INTERNATIONAL = regex.compile(
    rb"(?<![A-Za-z0-9_+])(?:\+|(?<![0-9][ .,:/-])00)[1-9]\)?(?:[ ./-]{0,2}+\(?[0-9]\)?){6,14}+" + _EXTENSION + _AFTER
)

PHONE_NATIONAL = regex.compile(
    rb"(?<![A-Za-z0-9_%&=#$.,+/-])(?<![0-9] )\(?[0-9](?:\)?[ ./-]{0,2}+\(?[0-9]){6,14}+"
    + _EXTENSION
    + _AFTER
    + rb"(?![ ][0-9])"
)

PHONE_CONTEXT = regex.compile(
    r"""
    (?:\b(?:tele)?(?:phone|fon|fono)\b|\btel\b|\bmobile\b|\bcell(?:ular|phone|\s(?:phone|number|no\b)|\s?[:\#])|\bfax\b|\bwhats\s?app\b|\bhotline\b|\bdial\b
    |\bcall(?:ed|ing)?\b|\bcontact\b|\bring\b|\breach\s(?:me|us|him|her|them)\b|\banswer(?:ing|s)?\sat\b|\btext\s(?:me|us)\b|\bsms\b
    |\b(?:phone|contact|my|his|her|our|your|their)\snumber\b|\bhandy\b|\bt[ée]l[ée]phone\b|\bm[óo]vil\b|\btel[ée]fono\b
    |电话|手机|联系|热线|传真|致电|拨打|電話|手機|聯絡)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Words before a number that say it is a phone number."""

PHONE_CONTEXT_BEHIND = regex.compile(
    rb"[ ,(-]{0,3}(?:office|fax|mobile|cell|phone|home|work|direct)\b(?![ ][a-z])", regex.IGNORECASE
)
"""The same directly behind a number."""

CONTEXT_BYTES = 48
"""How far before a number such a word may begin."""

VERSION_CONTEXT = regex.compile(
    rb"(?i)(?:version|ver\.?|v\.?|release|build|rev\.?|firmware|section|chapter)[ :=]{0,3}$"
)
DATE_LIKE = regex.compile(
    rb"(?:1[89]|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}.*|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:1[89]|20)[0-9]{2}.*"
    rb"|(?:1[89]|20)[0-9]{2} ?[-/] ?(?:1[89]|20)[0-9]{2}"
    rb"|(?:1[89]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
"""Dates and ranges of years, which look like local phone numbers."""
SOCIAL_SECURITY_LIKE = regex.compile(rb"[0-9]{3}-[0-9]{2}-[0-9]{4}")
