"""Tell phone numbers from page ranges, tables, versions and prices."""

from __future__ import annotations

import functools

import regex

from .phone_patterns import (
    BEFORE_ENDS,
    BEHIND_ENDS,
    CONTEXT_BYTES,
    DATE_LIKE,
    OTHER_NUMBER,
    PAGE_RANGE,
    PHONE_CONTEXT,
    PHONE_CONTEXT_BEHIND,
    PHONE_VERB,
    SOCIAL_SECURITY_LIKE,
)

NORTH_AMERICA = frozenset({"US", "CA"})
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
    **{"ja": ("JP",), "ko": ("KR",), "zh": ("CN", "TW", "HK"), "et": ("EE",), "lv": ("LV",), "lt": ("LT",)},
}
"""Whose numbers a document of a language may have; English ones beside those of the recipe's regions."""

_HOST = regex.compile(r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?[^/?#:]*\.([a-z]{2})(?=[/?#:]|$)", regex.IGNORECASE)
_LATER_BRACKET = regex.compile(rb"(?![78] ?\().+\((?!0\))")


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
    if OTHER_NUMBER.search(text, max(0, match.start() - 24), match.start()):
        return False
    number = regex.split(rb"[a-z]", match[0])[0].decode()
    return _is_valid(number, "US") or (_digits(number) in (10, 11) and has_context(match, text))


def is_phone_international(match: regex.Match[bytes], text: bytes) -> bool:
    """A number of some country, or any number of a possible length that a word announces."""
    value = match[0].decode()
    if regex.fullmatch(r"\+[0-9]{1,3}\.[0-9]+", value):  # a decimal with its sign
        return False
    international = "+" + value[2:] if value.startswith("00") else value
    return _is_valid(international, None) or (has_context(match, text) and _digits(value) <= 15)


def is_phone_national(match: regex.Match[bytes], text: bytes, *, regions: tuple[str, ...]) -> bool:
    """A number that a word announces, or a valid number of one of the regions in a form that says so; never a date."""
    raw = match[0]
    if DATE_LIKE.fullmatch(raw) or SOCIAL_SECURITY_LIKE.fullmatch(raw) or raw.count(b".") == 3:
        return False
    if PAGE_RANGE.fullmatch(raw) or OTHER_NUMBER.search(text, max(0, match.start() - 24), match.start()):
        return _digits(raw.decode()) >= 7 and not regex.search(rb"[(]", raw) and _is_named(match, text)
    if _LATER_BRACKET.match(raw):
        return False
    value = raw.decode()
    if _digits(value) > 13:
        return False
    bare = raw.isdigit()
    if any(_has_form(value, bare, region, match, text) for region in regions):
        return True
    return has_context(match, text) and (not bare or _digits(value) >= 8)


def _has_form(value: str, bare: bool, region: str, match: regex.Match[bytes], text: bytes) -> bool:
    """Whether the form alone says that it is a number of the region."""
    if region in NORTH_AMERICA:
        alone = _groups(value) == [3, 3, 4] and _stands_alone(match, text)
        return not bare and alone and _is_valid(value, region)
    if regex.match(r"\d{1,2}\.\d", value):  # a decimal
        return False
    trunk = value[0] in "0("
    if bare:
        return (trunk or (region == "CN" and len(value) == 11)) and _is_mobile(value, region)
    if not trunk and (_dials_zero(region) or (region != "CN" and not _stands_alone(match, text))):
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


def has_context(match: regex.Match[bytes], text: bytes) -> bool:
    """Whether a word such as "phone" or "电话" stands shortly before on the same line, or "fax" directly behind."""
    if PHONE_CONTEXT_BEHIND.match(text, match.end()) or _is_named(match, text):
        return True
    return PHONE_VERB.search(_before(match, text)) is not None


def _is_named(match: regex.Match[bytes], text: bytes) -> bool:
    return PHONE_CONTEXT.search(_before(match, text)) is not None


def _before(match: regex.Match[bytes], text: bytes) -> str:
    """What stands before a number on its line."""
    start = match.start()
    before = text[max(0, start - CONTEXT_BYTES) : start]
    return before[before.rfind(b"\n") + 1 :].decode(errors="ignore")


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
