"""Tell phone numbers from page ranges, tables, versions and prices."""

from __future__ import annotations

import functools

import regex

from ..base.expressions import lazy_re, lazy_regex
from .phone_patterns import (
    ADDRESS_LIKE,
    BEFORE_ENDS,
    BEHIND_ENDS,
    CONTEXT_BYTES,
    DATE_LIKE,
    DECIMAL_LIKE,
    GROUPS_OF_PHONES,
    OTHER_NUMBER,
    PAGE_RANGE,
    PHONE_CONTEXT,
    PHONE_CONTEXT_BEHIND,
    PHONE_HINT,
    PHONE_VERB,
    SERIAL_LIKE,
    SOCIAL_SECURITY_LIKE,
    USED_UP,
)

NORTH_AMERICA = frozenset({"US", "CA"})
ENGLISH = ("IN", "AU", "IE", "ZA", "NZ", "PK", "NG", "KE", "PH")
"""More countries whose numbers stand in English texts; they need a word that announces them."""
WITHOUT_ZERO = frozenset({"CN", "IN", "BR", "AR"})
"""Regions whose mobile numbers are written without the zero that is dialled before them."""
REGIONS_OF_LANGUAGE = {
    "en": ("GB",),
    **{"de": ("DE", "AT", "CH"), "fr": ("FR", "BE", "CH"), "es": ("ES", "MX", "AR", "CO", "CL"), "it": ("IT", "CH")},
    **{
        "pt": ("BR", "PT"),
        "nl": ("NL", "BE"),
        "pl": ("PL",),
        "cs": ("CZ",),
        "sk": ("SK",),
        "sl": ("SI",),
        "hr": ("HR",),
    },
    **{"sr": ("RS",), "sv": ("SE", "FI"), "da": ("DK",), "no": ("NO",), "nb": ("NO",), "nn": ("NO",), "fi": ("FI",)},
    **{"ru": ("RU", "KZ"), "uk": ("UA",), "be": ("BY",), "bg": ("BG",), "ro": ("RO",), "hu": ("HU",), "el": ("GR",)},
    **{"tr": ("TR",), "he": ("IL",), "ar": ("SA", "AE", "EG"), "fa": ("IR",), "hi": ("IN",), "bn": ("BD", "IN")},
    **{"ta": ("IN",), "te": ("IN",), "ur": ("PK",), "id": ("ID",), "ms": ("MY",), "vi": ("VN",), "th": ("TH",)},
    **{"gl": ("ES",), "ca": ("ES",), "eu": ("ES",), "lb": ("LU",), "als": ("CH",), "nds": ("DE",), "af": ("ZA",)},
    **{
        "mr": ("IN",),
        "gu": ("IN",),
        "kn": ("IN",),
        "ml": ("IN",),
        "pa": ("IN", "PK"),
        "ne": ("NP",),
        "sw": ("KE", "TZ"),
    },
    **{"tl": ("PH",), "is": ("IS",), "ga": ("IE",), "cy": ("GB",), "sq": ("AL",), "mk": ("MK",), "bs": ("BA",)},
    **{"ka": ("GE",), "hy": ("AM",), "az": ("AZ",), "kk": ("KZ",), "uz": ("UZ",), "mn": ("MN",), "mt": ("MT",)},
    **{"ja": ("JP",), "ko": ("KR",), "zh": ("CN", "TW", "HK"), "et": ("EE",), "lv": ("LV",), "lt": ("LT",)},
}
"""Whose numbers a document of a language may have; English ones beside those of the recipe's regions."""

_PROSE_BEFORE = lazy_regex(rb"[A-Za-z.,:;\x80-\xFF][ (]$|[(:>\"']$")
"""Before a "+" that is no sum and no line of a patch."""
_HOST = lazy_regex(r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?[^/?#:]*\.([a-z]{2})(?=[/?#:]|$)", regex.IGNORECASE)
_AREA_IN_BRACKETS = lazy_regex(r"(?:\+?1[ .-]?)?\([2-9][0-9]{2}\)[ .-]?[2-9][0-9]{2}[ .-]?[0-9]{4}")
_LATER_BRACKET = lazy_regex(rb"(?![78] ?\()(?!0[0-9]{1,3}\([0-9]{1,4}\)[0-9]{4}$).+\((?!0\))")


_GROUP = lazy_re(r"[0-9]+")
_SIGNED_DECIMAL = lazy_re(r"\+ ?[0-9]+\.[0-9]+")


@functools.lru_cache(maxsize=4096)
def region_of_host(url: str) -> str | None:
    """The country of a URL's top-level domain; None where that is no country with phone numbers."""
    from phonenumbers import SUPPORTED_REGIONS

    found = _HOST.match(url)
    region = found[1].upper().replace("UK", "GB") if found else None
    return region if region in SUPPORTED_REGIONS - {"CO", "IO", "AI", "TV", "ME"} else None


def regions_of(default: tuple[str, ...], language: str, url: str | None) -> tuple[str, ...]:
    """Regions whose national numbers a document may have, the surest first."""
    host = region_of_host(url) if url else None
    return tuple(dict.fromkeys((*((host,) if host else ()), *default, *REGIONS_OF_LANGUAGE.get(language, ()))))


def is_phone_north_america(match: regex.Match[bytes], text: bytes) -> bool:
    """A number of the plan in its form, which no word such as "SKU" or "pages" says to be another one."""
    if _is_another(match, text):
        return False
    number = match["number"].decode()
    if _is_valid(number, "US") or _AREA_IN_BRACKETS.match(number):
        return True
    return _digits(number) in (10, 11, 13) and _announced(match, text) > 0


def is_phone_international(match: regex.Match[bytes], text: bytes) -> bool:
    """A number of some country, or any number of a possible length that a word announces."""
    value = match["number"].decode()
    if _SIGNED_DECIMAL.fullmatch(value):  # a decimal with its sign
        return _announced(match, text) == NAMED
    international = "+" + value[2:] if value.startswith("00") else value
    if _is_valid(international, None):
        return True
    announced = _announced(match, text)
    if announced == NAMED:
        return 8 <= _digits(value) <= 15
    grouped = len(_groups(value)) > 1 and _PROSE_BEFORE.search(text, max(0, match.start() - 2), match.start())
    return bool((announced or grouped) and value[0] != "0" and value[1] != " " and _is_possible(international))


def is_phone_national(match: regex.Match[bytes], text: bytes, *, regions: tuple[str, ...]) -> bool:
    """A number that a word announces, or a valid number of one of the regions in a form that says so; never a date."""
    raw = match["number"]
    value = raw.decode()
    if not 7 <= _digits(value) <= 13 or DECIMAL_LIKE.fullmatch(raw):
        return False
    if DATE_LIKE.fullmatch(raw) or ADDRESS_LIKE.fullmatch(raw) or SOCIAL_SECURITY_LIKE.fullmatch(raw):
        return False
    named = _is_national(match, text, value, regions)
    return named and not _is_another(match, text)


def _is_another(match: regex.Match[bytes], text: bytes) -> bool:
    """Whether a word such as "SKU" or "заказ" stands directly before."""
    before = text[max(0, match.start() - 32) : match.start()].decode(errors="ignore")
    return OTHER_NUMBER.search(before) is not None


def _is_national(match: regex.Match[bytes], text: bytes, value: str, regions: tuple[str, ...]) -> bool:
    """The same, whatever words such as "SKU" say."""
    raw = match["number"]
    bare = raw.isdigit()
    doubtful = PAGE_RANGE.fullmatch(raw) or SERIAL_LIKE.fullmatch(raw) or _LATER_BRACKET.match(raw)
    if not doubtful and any(_has_form(value, bare, region, match, text) for region in regions):
        return True
    announced = _announced(match, text)
    if announced == NAMED:
        return not _LATER_BRACKET.match(raw) and (not bare or _digits(value) >= 8)
    if announced == HINTED:
        if bare and value[0] in "6789" and len(value) == 10 and _is_mobile(value, "IN"):
            return True
        grouped = value[0] in "0(" or _groups(value) == (5, 5)
        wide = regions + ENGLISH if grouped and not bare and {"US", "GB"} & set(regions) else regions
        # "Nr. 12345678" is rather that of a file than a phone's where those begin with a zero.
        return any(_is_valid(value, region) for region in wide if grouped or not (bare and _dials_zero(region)))
    return False


def _has_form(value: str, bare: bool, region: str, match: regex.Match[bytes], text: bytes) -> bool:
    """Whether the form alone says that it is a number of the region."""
    if region in NORTH_AMERICA:
        alone = _groups(value) == (3, 3, 4) and _stands_alone(match, text)
        return not bare and alone and _is_valid(value, region)
    trunk = value[0] in "0("
    if bare:
        return (trunk or (region == "CN" and len(value) == 11)) and _is_mobile(value, region)
    groups = _groups(value)
    if trunk:
        return (value[0] == "(" or groups[0] > 1) and _is_valid(value, region)
    if _dials_zero(region) or (groups not in GROUPS_OF_PHONES and not _stands_alone(match, text)):
        return False
    return _is_valid(value, region)


@functools.lru_cache(maxsize=256)
def _dials_zero(region: str) -> bool:
    """Whether national numbers of the region are written with a zero before them, those of mobile phones too."""
    import phonenumbers

    return region not in WITHOUT_ZERO and phonenumbers.ndd_prefix_for_region(region, True) == "0"


def _stands_alone(match: regex.Match[bytes], text: bytes) -> bool:
    before = text[max(0, match.start() - 17) : match.start()]
    if len(before) == 17 and not before.strip(b" "):  # a column of a table
        return False
    return BEHIND_ENDS.match(text, match.end()) is not None and BEFORE_ENDS.search(before) is not None


NAMED, HINTED = 2, 1
"""What a word says of the number behind it: that it is a phone's, or that it may be one."""


def _announced(match: regex.Match[bytes], text: bytes) -> int:
    """Whether a word such as "phone" or "电话" stands shortly before on the same line, or "fax" directly behind."""
    before = _before(match, text)
    if PHONE_CONTEXT_BEHIND.match(text, match.end()) or PHONE_VERB.search(before):
        return NAMED
    for rank, words in ((NAMED, PHONE_CONTEXT), (HINTED, PHONE_HINT)):
        ends = [found.end() for found in words.finditer(before)]
        if ends and not USED_UP.search(before, ends[-1]):
            return rank
    return 0


def _before(match: regex.Match[bytes], text: bytes) -> str:
    """What stands before a number on its line."""
    start = match.start()
    before = text[max(0, start - CONTEXT_BYTES) : start]
    return before[before.rfind(b"\n") + 1 :].decode(errors="ignore")


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))


def _groups(value: str) -> tuple[int, ...]:
    return tuple(len(group) for group in _GROUP.findall(value))


@functools.lru_cache(maxsize=4096)
def _is_valid(value: str, region: str | None) -> bool:
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, region)))
    except phonenumbers.NumberParseException:
        return False


@functools.lru_cache(maxsize=4096)
def _is_possible(value: str) -> bool:
    """A country code and a length that its numbers have."""
    import phonenumbers

    try:
        return bool(phonenumbers.is_possible_number(phonenumbers.parse(value, None)))
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
