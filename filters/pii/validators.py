"""Tell real personal data from what only looks like it."""

from __future__ import annotations

import functools
import ipaddress

import regex

from .patterns import (
    CONTEXT_BYTES,
    DATE_LIKE,
    NETWORK_SUFFIX,
    PHONE_CONTEXT,
    PHONE_CONTEXT_BEHIND,
    SOCIAL_SECURITY_LIKE,
    VERSION_CONTEXT,
)

FILE_ENDINGS = frozenset(
    b"png jpg jpeg gif webp svg bmp ico css js ts json html htm php xml yaml yml txt md pdf exe dll zip mp3 mp4".split()
)
"""Behind ``icon@2x.`` stands one of these, and none is a top-level domain."""

GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
"""The only part of IPv6 from which addresses are given out."""

CARD_LENGTHS = (
    (r"4", (13, 16, 19)),
    (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    (r"3[47]", (15,)),
    (r"3(?:0[0-5]|[689])", (14, 16)),
    (r"35(?:2[89]|[3-8])", (16,)),
    (r"6(?:011|5|4[4-9])", (16, 19)),
    (r"62", (16, 17, 18, 19)),
    (r"(?:5018|5020|5038|6304|6759|676[1-3])", (13, 14, 15, 16, 17, 18, 19)),
)
"""Issuer prefixes and the lengths of their numbers (ISO/IEC 7812)."""


def is_email(match: regex.Match[bytes], text: bytes) -> bool:
    """Refuse picture names (``icon@2x.png``) and addresses of code hosts (``git@host:project``)."""
    if match["top"].lower() in FILE_ENDINGS:
        return False
    return not (match["local"] == b"git" and text[match.end() : match.end() + 1] in (b":", b"/"))


def is_personal_ipv4(match: regex.Match[bytes], text: bytes, *, keep_private: bool) -> bool:
    """Refuse versions, section numbers, object identifiers and, if they are to be kept, private addresses.

    An address must have a number of three digits, or three of two: "8.6.4.10" and "2.5.29.14" are headings and object
    identifiers, and the public name servers 8.8.8.8 and 1.1.1.1 are nobody's. One address in 800 is lost by it.
    """
    lengths = [len(number) for number in match[0].split(b".")]
    if max(lengths) < 3 and sum(length == 2 for length in lengths) < 3:
        return False
    if VERSION_CONTEXT.search(text, max(0, match.start() - 16), match.start()):
        return False
    return not keep_private or (not _is_network(match, text, 32) and _is_global(match[0].decode()))


def is_personal_ipv6(match: regex.Match[bytes], text: bytes, *, keep_private: bool) -> bool:
    """Refuse times, hardware addresses, fingerprints and names of C++ (``dead::beef``)."""
    value = match[0].decode()
    groups = [group for group in value.split(":") if group]
    if value.count(":") < 7 and ("::" not in value or len(groups) < 3):
        return False
    if not any(len(group) >= 3 for group in groups) or not any(c.isdigit() for c in value):
        return False
    if not _is_ip(value):
        return False
    return not keep_private or (not _is_network(match, text, 128) and _is_global(value))


def _is_network(match: regex.Match[bytes], text: bytes, address_bits: int) -> bool:
    """Whether a suffix such as "/24" follows: a network is nobody's address."""
    suffix = NETWORK_SUFFIX.match(text, match.end())
    return suffix is not None and int(suffix[1]) < address_bits


@functools.lru_cache(maxsize=4096)
def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


@functools.lru_cache(maxsize=4096)
def _is_global(value: str) -> bool:
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_global and address in GLOBAL_IPV6
    return address.is_global and not address.is_multicast


def is_card(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """An issuer's prefix, its length, and the Luhn check digit."""
    digits = match[0].replace(b" ", b"").replace(b"-", b"")
    return len(set(digits)) > 2 and _is_card_number(digits.decode())


@functools.lru_cache(maxsize=4096)
def _is_card_number(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits)) and any(
        len(digits) in lengths and regex.match(prefix, digits) for prefix, lengths in CARD_LENGTHS
    )


def is_phone_north_america(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """The form says it: three, three and four digits with brackets or equal marks."""
    return len(set(match[0]) & set(b"0123456789")) > 1


def is_phone_international(match: regex.Match[bytes], text: bytes) -> bool:
    """A number of some country, or any number of a possible length that a word announces."""
    value = match[0].decode()
    international = "+" + value[2:] if value.startswith("00") else value
    return _is_valid(international, None) or (has_context(match, text) and _digits(value) <= 15)


def is_phone_national(match: regex.Match[bytes], text: bytes, *, region: str) -> bool:
    """A number that a word announces, or a valid number of the region written with gaps; never a date."""
    raw = match[0]
    if DATE_LIKE.fullmatch(raw) or SOCIAL_SECURITY_LIKE.fullmatch(raw) or raw.count(b".") == 3:
        return False
    value = raw.decode()
    digits = _digits(value)
    if digits > 13:
        return False
    bare = raw.isdigit()
    if not bare or region not in ("US", "CA"):
        plausible = region not in ("US", "CA") or (digits == 10 and _groups(value) == [3, 3, 4])
        if plausible and (_is_mobile(value, region) if bare else _is_valid(value, region)):
            return True
    return has_context(match, text) and (not bare or digits >= 8)


def has_context(match: regex.Match[bytes], text: bytes) -> bool:
    """Whether a word such as "call" or "电话" stands shortly before on the same line, or "fax" directly behind."""
    if PHONE_CONTEXT_BEHIND.match(text, match.end()):
        return True
    start = match.start()
    before = text[max(0, start - CONTEXT_BYTES) : start]
    return PHONE_CONTEXT.search(before[before.rfind(b"\n") + 1 :].decode(errors="ignore")) is not None


def _digits(value: str) -> int:
    return sum(character.isdigit() for character in value)


def _groups(value: str) -> list[int]:
    return [len(group) for group in regex.findall(r"[0-9]+", value)]


@functools.lru_cache(maxsize=4096)
def _is_valid(value: str, region: str | None) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


@functools.lru_cache(maxsize=4096)
def _is_mobile(value: str, region: str) -> bool:
    import phonenumbers

    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return bool(
        phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    )
