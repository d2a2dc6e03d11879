"""Account and identity numbers, passports, devices, wallets: by their check digits or by what announces them."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from importlib import import_module

import regex

from ..base.expressions import lazy_re, lazy_regex

CONTEXT_BYTES = 96
"""How far before a number the word may begin that says what it is."""

IBAN_LENGTHS = {
    **{15: "NO", 16: "BE", 18: "DK FI FO GL NL FK SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK MN", 21: "CH HR LI LV"},
    **{22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ TL SO OM", 24: "AD CZ ES MD PK RO SA SE SK TN VG"},
    **{25: "LY PT ST", 26: "IS TR", 27: "FR GR IT MC MR SM BI DJ", 28: "AL AZ BY CY DO GT HU LB PL SV NI"},
    **{29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU"},
}
"""Countries by the length of their account numbers."""


def _iban(length: int, countries: str) -> bytes:
    groups, rest = divmod(length - 4, 4)
    last = f"[ -]?[A-Z0-9]{{{rest}}}" if rest else ""
    return f"(?:{countries.replace(' ', '|')})[0-9]{{2}}(?:[ -]?[A-Z0-9]{{4}}){{{groups}}}{last}".encode()


IBAN = lazy_regex(
    rb"(?<![A-Za-z0-9_])(?:" + b"|".join(_iban(*entry) for entry in IBAN_LENGTHS.items()) + rb")(?![A-Za-z0-9_])",
    regex.IGNORECASE,
)
IBAN_CONTEXT = lazy_regex(rb"(?i)iban|account|konto|compte|cuenta|conto|rekening|bank")

SSN = lazy_regex(rb"(?<![A-Za-z0-9_.,/+-])[0-9]{3}(?P<mark>[ -]?)[0-9]{2}(?P=mark)[0-9]{4}(?![A-Za-z0-9_]|[.,/-][0-9])")
SSN_CONTEXT = lazy_regex(
    rb"(?i)(?<![a-z])(?<![0-9][ ]\()(?:ssn|social\s+security|soc\.?\s*sec|itin|tax(?:payer)?\s+id)"
)
SSN_USED_UP = lazy_regex(rb"(?i)[0-9](?:[ -]?[0-9]){5,}+(?!(?:[\s,;/&|0-9-]|and|or)*$)")
"""Between such a word and a number: another number with other words behind it, which this one is about."""

IMEI = lazy_regex(
    rb"(?<![A-Za-z0-9_.-])[0-9]{2}(?P<mark>[ -]?)[0-9]{6}(?P=mark)[0-9]{6}(?P=mark)[0-9](?![A-Za-z0-9_]|[.-][0-9])"
)
IMEI_CONTEXT = lazy_regex(rb"(?i)imei")

START = lazy_re(rb"(?<![A-Za-z0-9_.,/+-])[A-Z0-9]")
"""Where an identity number or that of a passport may begin: sought first, because that is fast."""
PASSPORT = lazy_regex(rb"(?<![A-Za-z0-9_.,/+-])(?=[A-Z]{0,8}[0-9])[A-Z0-9]{6,10}(?![A-Za-z0-9_]|[.-][0-9])")
_SIGNS = r"[\s:：=#(\"'-]{0,8}$"
"""What may stand between a word and the number that it announces: ``"passport" : "``."""
PASSPORT_CONTEXT = lazy_regex(
    r"(?i)(?:passports?|passeport|pasaporte|passaporto|passaporte|reisepass(?:nummer)?|pass-?nr|paspoort(?:nummer)?|paszport\w*|pasaport"
    r"|паспорт\w*|护照|護照|パスポート|旅券|여권|جواز|hộ chiếu|คนหนังสือเดินทาง)"
    r"(?:[\s_]?(?:no|nr|number|num|nummer|numéro|número|numero|n°|№|号码|号|番号|번호|#))?\.?(?:\s(?:is|ist|est|es|è|é|was|with|number|of|holder))?"
    + _SIGNS
)

WALLET = lazy_regex(
    rb"(?<![A-Za-z0-9_/.=+-])(?:0x[0-9a-fA-F]{40}|(?:bc1|ltc1)[02-9ac-hj-np-z]{25,71}|[48][1-9A-HJ-NP-Za-km-z]{94}"
    rb"|[13LMDTr39][1-9A-HJ-NP-Za-km-z]{25,34}|addr1[02-9ac-hj-np-z]{50,100})(?![A-Za-z0-9_/+=-])"
)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

NATIONAL_ID = lazy_regex(
    rb"(?<![A-Za-z0-9_.,/+-])(?:"
    rb"[A-Z]{6}[0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]"  # Italy
    rb"|[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]"  # Mexico
    rb"|[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}"  # Germany, pensions
    rb"|[XYZ]?[ -]?[0-9]{7,8}[ -]?[A-Z]"  # Spain
    rb"|[A-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-Z]"  # United Kingdom
    rb"|[A-Z][12][0-9]{8}"  # Taiwan
    rb"|[0-9]{3}-[0-9]{3}-[0-9]{3} [0-9]{2}"  # Russia
    rb"|[0-9](?:[ -][0-9]{4})[ -][0-9]{5}[ -][0-9]{2}[ -][0-9]"  # Thailand
    rb"|756\.[0-9]{4}\.[0-9]{4}\.[0-9]{2}"  # Switzerland
    rb"|[0-9]{7}[A-W][A-I]?"  # Ireland
    rb"|[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]"  # Finland
    rb"|[A-Z]{5}[0-9]{4}[A-Z]"  # India, PAN
    rb"|[0-9]{17}[0-9X]"  # China
    rb"|[12] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}"  # France
    rb"|[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"  # Brazil
    rb"|[0-9]{1,2}\.?[0-9]{3}\.?[0-9]{3}-[0-9K]"  # Chile
    rb"|[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}"  # Belgium
    rb"|[0-9]{6,8}[-/+ ]?[0-9]{3,7}"  # birth dates with a serial: Sweden, Denmark, Korea, Czechia, and bare numbers
    rb"|[0-9]{2,4}(?:[ -][0-9]{3,4}){2}(?:[ -][0-9]{1,3})?"  # India, Canada, Germany, Australia in groups
    rb")(?![A-Za-z0-9_]|[.,/-][0-9])"
)

SHAPED = (
    (lazy_regex(r"[A-Z]{6}.{9}[A-Z]"), "it.codicefiscale"),
    (lazy_regex(r"[A-Z]{4}[0-9]{6}[HM].{7}"), "mx.curp"),
    (lazy_regex(r"[XYZ][0-9]{7}[A-Z]"), "es.nie"),
    (lazy_regex(r"[0-9]{8}[A-Z]"), "es.dni"),
    (lazy_regex(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]"), "fi.hetu"),
    (lazy_regex(r"[0-9]{17}[0-9X]"), "cn.ric"),
    (lazy_regex(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"), "br.cpf"),
    (lazy_regex(r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9K]"), "cl.rut"),
    (lazy_regex(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}"), "be.nn"),
    (lazy_regex(r"[12](?: [0-9]{2}){2} (?:[0-9]{2}|2[AB]) [0-9]{3} [0-9]{3} [0-9]{2}"), "fr.nir"),
    (lazy_regex(r"[0-9]{6}-[1-4][0-9]{6}"), "kr.rrn"),
)
"""Forms that are an identity number by themselves where the check digit is right, each with its module of stdnum."""

ANNOUNCED = (
    ("steuer-?id\\w*|steuerliche\\w*|idnr|steuernummer|identifikationsnummer", (), r"\d{11}"),
    ("renten\\w*|sozialversicherungs\\w*|rvnr|sv-?n\\w*", (), r"\d{8}[A-Z]\d{3}|\d{10}"),
    ("tin", ("de.idnr",), ""),
    ("n°? ?ss|nir|sécurité sociale|securite sociale|sécu", (), r"[12]\d{4}(?:\d\d|2[AB])\d{6,8}"),
    ("dni|nie|nif", ("pt.nif",), r"[XYZ]?\d{7,8}[A-Z]"),
    ("bsn|burgerservicenummer|sofinummer", (), r"\d{9}"),
    ("rijksregister\\w*|registre national|insz|niss", (), r"\d{11}"),
    ("pesel", (), r"\d{11}"),
    ("contribuinte", (), r"\d{9}"),
    ("person(?:nummer|nr)\\w*|samordningsnummer|f[øo]dselsn\\w*|fnr", ("se.personnummer",), r"\d{10,12}"),
    ("cpr(?:-?n\\w*)?", (), r"\d{10}"),
    ("hetu|henkilötunnu\\w*", (), r"\d{6}[-+A-FU-Y]?\d{3}[0-9A-Y]"),
    ("rodné číslo|rodné|rodne|rč", (), r"\d{6}/?\d{3,4}"),
    ("cnp|cod(?:ul)? numeric(?: personal)?", (), r"\d{13}"),
    ("егн|egn", (), r"\d{10}"),
    ("снилс|інн|рнокпп|іпн|инн", (), r"\d{10,12}"),
    ("身份证\\w*|身份證\\w*|公民身份号码|居民身份证\\w*|身分證\\w*", (), r"\d{17}[\dX]|[A-Z][12]\d{8}"),
    ("주민등록번호\\w*|주민번호\\w*|rrn|resident registration", (), r"\d{6}-?[1-8]\d{6}"),
    ("aadhaar|aadhar|uidai|आधार", (), r"\d{12}"),
    ("マイナンバー|個人番号", (), r"\d{12}"),
    ("pan", ("in_.pan",), ""),
    ("cpf", (), r"\d{11}"),
    ("curp", (), r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d"),
    ("rut|run", ("cl.rut",), ""),
    ("sin", ("ca.sin",), ""),
    ("social insurance", (), r"\d{9}"),
    ("tfn|tax file", (), r"\d{8,9}"),
    ("sa id|south african id|id number|identity number", ("il.idnr", "fi.hetu"), r"\d{13}"),
    ("t\\.?c\\.? ?kimlik\\w*|tckn|kimlik", (), r"[1-9]\d{10}"),
    ("codice fiscale|cod\\. ?fisc\\w*|cf", ("it.codicefiscale",), r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]"),
    ("nhs", ("gb.nhs",), ""),
    ("isikukood\\w*", (), r"[1-8]\d{10}"),
    ("personas kod\\w*", (), r"\d{11}"),
    ("asmens kod\\w*", (), r"\d{11}"),
    ("oib", (), r"\d{11}"),
    ("emšo|jmbg", (), r"\d{13}"),
    ("taj(?:[ -]?szám\\w*)?", (), r"\d{9}"),
    ("amka|αμκα", (), r"\d{11}"),
    ("pps(?:n)?", (), r"\d{7}[A-W][A-I]?"),
    ("תעודת זהות|ת\\.?ז\\.?|מספר זהות", ("il.idnr",), r"\d{9}"),
    ("เลขประจำตัวประชาชน|บัตรประชาชน", (), r"\d{13}"),
    ("ahv\\w*|avs", (), r"756\d{10}"),
    (
        "national id\\w*|id card|identity card|personal id\\w*",
        ("es.dni", "pl.pesel", "it.codicefiscale", "za.idnr", "cn.ric"),
        "",
    ),
)
"""Words that announce a number, modules of stdnum that may check it, and the form that is enough behind words that are
about nothing else: people mistype check digits, and what is written there is an identity all the same. No module stands
beside a form that all its numbers have."""
_ANNOUNCED = tuple(
    (
        lazy_regex(
            rf"(?i)(?:(?<!\w)|(?<=[\u3040-\u9fff\uac00-\ud7af]))(?:{words})(?:[\s-]?(?:no|nr|number|nummer|n°|№|card|code))*"
            r"\.?(?:\s?(?:is|ist|est|es|lautet|é|è|to|är|er|mitt er|это|on|je|jest|είναι|hu|号?是|は|은|는))?" + _SIGNS
        ),
        modules,
        lazy_regex(form) if form else None,
    )
    for words, modules, form in ANNOUNCED
)
_MAY_ANNOUNCE = lazy_re(r"(?:[^\W\d]\w*|[.°№])" + _SIGNS)
"""What every such word ends like: asked first, because it is a fast search."""
_NINO = lazy_regex(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]")
_NINO_LIKE = lazy_regex(r"(?!QQ)[A-Z]{2}[0-9]{6}[A-Z]")
_NINO_GROUPS = r"[A-Z]{2} [0-9]{2} [0-9]{2} [0-9]{2} [A-D]"
_NINO_CONTEXT = lazy_regex(r"(?i)national insurance|\bnino\b|\bni\s(?:no|number)")


@functools.lru_cache(maxsize=64)
def _stdnum(module: str) -> Callable[[str], bool]:
    valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return valid


@functools.lru_cache(maxsize=4096)
def _is_valid(module: str, value: str) -> bool:
    try:
        return bool(_stdnum(module)(value))
    except Exception:  # some modules stumble over numbers that they do not know, as cn.ric does over provinces' own
        return False


@functools.lru_cache(maxsize=4096)
def _is_iban(value: str) -> bool:
    """The check digits of all countries; banks' own ones within are not asked for."""
    from stdnum import iban

    return bool(iban.is_valid(value, check_country=False))


def _before(match: regex.Match[bytes], text: bytes) -> str:
    return text[max(0, match.start() - CONTEXT_BYTES) : match.start()].decode(errors="ignore")


def is_iban(match: regex.Match[bytes], text: bytes) -> bool:
    """A country's length and form, and the check digits; in small letters only where a word announces it."""
    before = text[max(0, match.start() - CONTEXT_BYTES) : match.start()]
    return (match[0].isupper() or IBAN_CONTEXT.search(before) is not None) and _is_iban(match[0].decode())


def is_ssn(match: regex.Match[bytes], text: bytes) -> bool:
    """A number that can have been given out, written with hyphens or announced."""
    value = match[0].decode().replace(" ", "-")
    words = SSN_CONTEXT.finditer(text, max(0, match.start() - CONTEXT_BYTES), match.start())
    announced = any(not SSN_USED_UP.search(text, word.end(), match.start()) for word in words)
    if not _is_valid("us.ssn", value):
        return announced and _is_valid("us.itin", value)
    return announced or match["mark"] == b"-"


def is_imei(match: regex.Match[bytes], text: bytes) -> bool:
    """Fifteen digits with a check digit behind the word."""
    before = text[max(0, match.start() - CONTEXT_BYTES) : match.start()]
    return IMEI_CONTEXT.search(before) is not None and _is_valid(
        "luhn", match[0].replace(b" ", b"").replace(b"-", b"").decode()
    )


def is_passport(match: regex.Match[bytes], text: bytes) -> bool:
    """No passport has a form of its own: the word must stand directly before."""
    return PASSPORT_CONTEXT.search(_before(match, text)) is not None


def is_national_id(match: regex.Match[bytes], text: bytes) -> bool:
    """A form that tells, or a word that announces the number; the check digit in any case."""
    value = match[0].decode()
    compact = value.replace(" ", "")
    for form, module in SHAPED:
        if form.fullmatch(value if module == "fr.nir" else compact) and _is_valid(module, value):
            return True
    before = _before(match, text)
    if _NINO.fullmatch(compact) and (" " in value or value.isalnum()) and regex.match(_NINO_GROUPS, value):
        return True
    if _NINO_LIKE.fullmatch(compact) and _NINO_CONTEXT.search(before):
        return True
    if not _MAY_ANNOUNCE.search(before):
        return False
    digits = regex.sub(r"[ .-]", "", value)
    return any(
        (form is not None and form.fullmatch(digits) is not None) or any(_is_valid(module, value) for module in modules)
        for words, modules, form in _ANNOUNCED
        if words.search(before)
    )


def is_wallet(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """Addresses of Ethereum by their form, those of Bitcoin and its kin by their check sums."""
    value = match[0].decode()
    if value.startswith("0x"):
        return len(set(value[2:].lower())) > 4
    if value.startswith(("ltc1", "addr1")):
        return True
    if value.startswith("bc1"):
        return _is_valid("bitcoin", value)
    if len(value) == 95:
        return len(set(value)) > 20
    return _has_check_sum(value, _BASE58) or (value[0] == "r" and _has_check_sum(value, _RIPPLE))


@functools.lru_cache(maxsize=4096)
def _has_check_sum(value: str, alphabet: str) -> bool:
    """Base58Check: 21 bytes and the first four of their double SHA-256."""
    number = 0
    for character in value:
        digit = alphabet.find(character)
        if digit < 0:
            return False
        number = number * 58 + digit
    if number >= 1 << 200:
        return False
    content = number.to_bytes(25, "big")
    return hashlib.sha256(hashlib.sha256(content[:21]).digest()).digest()[:4] == content[21:]


MULTICAST_BIT = 1


def is_mac(match: regex.Match[bytes], text: bytes) -> bool:  # noqa: ARG001
    """The address of one device: neither all zeros nor for many."""
    numbers = [int(pair, 16) for pair in regex.split(rb"[:-]", match[0])]
    has_letter = any(character in b"abcdefABCDEF" for character in match[0])
    return not numbers[0] & MULTICAST_BIT and len(set(numbers)) > 2 and (has_letter or max(numbers) > 0x59)
