"""Tell real personal data from what only looks like it."""

from __future__ import annotations

import functools
import ipaddress

import regex

from ..base.expressions import lazy_regex
from .patterns import ADDRESS_CONTEXT, IP_CONTEXT, NETWORK_SUFFIX, PUBLIC_RESOLVERS, VERSION_CONTEXT
from .top_level_domains import TOP_LEVEL_DOMAINS

FILE_ENDINGS = frozenset(b"zip mov md sh py rs pl so cc ps app".split())
"""Top-level domains that are file endings too, refused behind a label of digits (``icon@2x.zip``)."""

NUMBERED_HOSTS = lazy_regex(rb"(?:[^.]+\.)*[0-9]+\.(?:com|cn|net)", regex.IGNORECASE)
"""Domains such as 163.com."""

GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
"""The only part of IPv6 from which addresses are given out."""

CARD_LENGTHS = (
    (r"4", (13, 16, 19)),
    (r"5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", (16,)),
    (r"3[47]", (15,)),
    (r"3(?:0[0-5]|[689])", (14, 15, 16, 17, 18, 19)),
    (r"35(?:2[89]|[3-8])", (16, 17, 18, 19)),
    (r"2131|1800", (15,)),
    (r"6(?:011|5|4[4-9])", (16, 17, 18, 19)),
    (r"62|220[0-4]", (16, 17, 18, 19)),
    (r"(?:5018|5020|5038|5[6-8]|6304|6390|6759|676[1-9]|677[01])", (12, 13, 14, 15, 16, 17, 18, 19)),
)
"""Issuer prefixes and the lengths of their numbers (ISO/IEC 7812): Visa, Mastercard, American Express, Diners, JCB,
Discover, UnionPay and Mir, Maestro."""

CARD_CONTEXT = lazy_regex(
    (
        "(?i)(?<![a-z])(?:cc|ccn|pan|card|carte?|karte|tarjeta|cartao|cartão|carta|kaart|kort|kredit|credit|debit|visa"
        "|maestro|master ?card|jcb|amex|american express|diners|discover|unionpay|mir|payment|billing"
        "|checkout)|卡|カード|카드|карт"
    ).encode()
)
"""Words before a number that say it is a card's."""


LOGIN_BEFORE = lazy_regex(rb"//[^\s/@]{0,64}:[^\s/@]{0,32}$")
"""Before what is a password in a URL, or its end, and no name."""


def is_email(match: regex.Match[bytes], text: bytes) -> bool:
    """Refuse what ends in no top-level domain, versions (``pkg@1.2.zip``) and addresses of code hosts."""
    top, domain = match["top"].lower(), match["domain"]
    if top.startswith(b"xn--"):
        try:
            top = top.decode("idna").encode()
        except UnicodeError:  # no domain can be called so
            return False
    if not top.isascii():
        top = top.decode(errors="ignore").lower().encode()
    if top not in TOP_LEVEL_DOMAINS or b".." in match["local"]:
        return False
    if LOGIN_BEFORE.search(text, max(0, match.start() - 100), match.start()):
        return False
    first = domain[: -len(match["top"]) - 1]
    if first.replace(b".", b"").isdigit() and not NUMBERED_HOSTS.fullmatch(domain):
        return False
    if top in FILE_ENDINGS and first[:1].isdigit():
        return False
    return not (match["local"] == b"git" and text[match.end() : match.end() + 1] in (b":", b"/"))


def is_personal_ipv4(match: regex.Match[bytes], text: bytes, *, keep_private: bool) -> bool:
    """Refuse versions, section numbers, object identifiers and, if they are to be kept, private addresses.

    An address must have a number of three digits, or three of two: "8.6.4.10" and "2.5.29.14" are headings and object
    identifiers, and the public name servers 8.8.8.8 and 1.1.1.1 are nobody's. One address in 800 is lost by it where no
    "IP" stands before.
    """
    start = match.start()
    lengths = [len(number) for number in match[0].split(b".")]
    short = max(lengths) < 3 and sum(length == 2 for length in lengths) < 3
    announced = match[0] not in PUBLIC_RESOLVERS and IP_CONTEXT.search(text, max(0, start - 22), start)
    if short and not announced:
        return False
    if VERSION_CONTEXT.search(text, max(0, start - 18), start):
        return False
    if text[match.end() : match.end() + 1] == b"+" or match[0] in (b"1.2.3.4", b"12.34.56.78"):
        return False
    doubtful = match[0].endswith((b".0.0", b".0.1", b".0.2")) or match[0].startswith((b"1.2.", b"1.3."))
    if doubtful and not ADDRESS_CONTEXT.search(text, max(0, start - 14), start):
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
    if not keep_private:
        return True
    return not _is_network(match, text, 128) and (_is_global(value) or _is_unassigned(match, text))


def _is_network(match: regex.Match[bytes], text: bytes, address_bits: int) -> bool:
    """Whether a suffix such as "/24" follows and nothing stands in the bits behind it: nobody's address."""
    suffix = NETWORK_SUFFIX.match(text, match.end())
    if suffix is None or int(suffix[1]) >= address_bits:
        return False
    return int(ipaddress.ip_address(match[0].decode())) & ((1 << address_bits - int(suffix[1])) - 1) == 0


@functools.lru_cache(maxsize=4096)
def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_unassigned(match: regex.Match[bytes], text: bytes) -> bool:
    """Made up as a whole address, or behind a word like "host": outside of what is given out, and no private one."""
    value = match[0].decode()
    address = ipaddress.IPv6Address(value)
    if not address.is_global or address.is_multicast or int(address) >> 120 in (0, 0xFE, 0xFF):
        return False
    written = value.split(":")
    whole = len(written) == 8 and all(written)
    return whole or ADDRESS_CONTEXT.search(text, max(0, match.start() - 14), match.start()) is not None


@functools.lru_cache(maxsize=4096)
def _is_global(value: str) -> bool:
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv6Address):
        return address.is_global and address in GLOBAL_IPV6
    return address.is_global and not address.is_multicast


def is_card(match: regex.Match[bytes], text: bytes) -> bool:
    """An issuer's prefix, its length, and the Luhn check digit; a word such as "card" where those are rare."""
    digits = match[0].translate(None, b" .-")
    different = len(set(digits))
    if different == 1 or not _is_card_number(digits.decode()):
        return False
    if different > 2:
        bare = match[0].isdigit()
        if len(digits) == 16 and not (
            bare and text[match.start() - 1 : match.start()] in (b"=", b"/", b".", b"(", b"[")
        ):
            return True
        if digits[:2] in (b"34", b"37") and len(digits) == 15:
            return True
    before = text[max(0, match.start() - 48) : match.start()]
    return CARD_CONTEXT.search(before) is not None


@functools.lru_cache(maxsize=4096)
def _is_card_number(digits: str) -> bool:
    from stdnum import luhn

    return bool(luhn.is_valid(digits)) and any(
        len(digits) in lengths and regex.match(prefix, digits) for prefix, lengths in CARD_LENGTHS
    )
