"""Templates of wikis that stand for words in a sentence; all others are left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Arguments(NamedTuple):
    """Arguments of a template, without white space around them."""

    positional: list[str]
    named: Mapping[str, str]

    def at(self, index: int) -> str:
        """An argument by its place, or nothing."""
        return self.positional[index] if index < len(self.positional) else ""


NAMED = re.compile(r"\s*([\w .\-]{1,40}?)\s*=(.*)", re.DOTALL)
RANGES = {
    "-": "–",
    "–": "–",
    "to": " to ",
    "and": " and ",
    "or": " or ",
    "by": " by ",
    "x": " × ",
    "×": " × ",
    "&": " & ",
}
UNITS = {"km2": "km²", "m2": "m²", "mi2": "sq mi", "sqmi": "sq mi", "sqft": "sq ft", "ft2": "sq ft", "m3": "m³",
         "ft3": "cu ft", "cuft": "cu ft", "kph": "km/h", "C": "°C", "F": "°F", "ftin": "ft"}  # fmt: skip

SYMBOLS = {
    "!": "|", "=": "=", "'": "'", "-'": "'", "ndash": "–", "en dash": "–", "mdash": "—", "em dash": "—",
    "snd": " – ", "spnd": " – ", "spaced ndash": " – ", "spaced en dash": " – ", "nbsp": " ", "spaces": " ",
    "space": " ", "thinsp": " ", "·": " · ", "dot": " · ", "•": " • ", "bullet": " • ", "pi": "π", "euro": "€",
    "deg": "°", "'\"": "'\"", "\"'": "\"'", "((": "{{", "))": "}}", "minus": "−", "times": "×", "sup2": "²",
}  # fmt: skip

FIRST_NAMES = (
    "nowrap,nobr,no wrap,nobreak,small,big,smaller,larger,abbr,abbrlink,tooltip,sup,sub,em,strong,bold,italic,"
    "smallcaps,sc,small caps,quote,blockquote,block quote,bquote,cquote,quotation,poemquote,poem,mvar,math,var,bdi,"
    "unicode,flag,flagcountry,flagu,flagteam,ill,illm,interlanguage link,link-interwiki,center,angle bracket,sic,"
    "not a typo,keypress,key,kbd,code,tt,samp,mono,noitalic,nobold,underline,overline,polytonic,text,literal,term,gloss"
)
FIRST = frozenset(FIRST_NAMES.split(","))
"""Stand for their first argument."""
SECOND = frozenset({"lang", "langx", "transliteration", "wikt-lang", "color", "colour", "fontcolor", "resize"})
LAST = frozenset({"transl", "rtl-lang", "font color", "font", "visible anchor", "vanchor", "anchor text"})
JOINED = frozenset(
    {"hlist", "flatlist", "ubl", "unbulleted list", "plainlist", "comma separated entries", "cslist", "csl"}
)


def template_text(content: str) -> str:
    """What a template stands for, given its name and arguments as text."""
    head, *rest = content.split("|")
    name = " ".join(head.replace("_", " ").split()).lower().removeprefix("template:")
    if name in SYMBOLS and not rest:
        return SYMBOLS[name]
    arguments = _arguments(rest)
    if name in SPECIAL:
        return SPECIAL[name](arguments)
    if name in SECOND:
        return arguments.at(1)
    if name in LAST or name.startswith("script/"):
        return arguments.positional[-1] if arguments.positional else ""
    if name in FIRST or (name.startswith("lang-") and len(name) < 14):
        return arguments.at(0) or arguments.named.get("text", "")
    if name in JOINED:
        return ", ".join(item for item in arguments.positional if item)
    function, colon, value = head.strip().partition(":")
    if colon and function.strip().lower() in FUNCTIONS:
        return FUNCTIONS[function.strip().lower()](value.strip(), arguments)
    return ""


def _arguments(pieces: list[str]) -> Arguments:
    numbered: dict[int, str] = {}
    named: dict[str, str] = {}
    count = 0
    for piece in pieces:
        match = NAMED.match(piece)
        if match is None:
            count += 1
            numbered[count] = piece.strip()
        elif match[1].isdecimal() and len(match[1]) < 4:
            numbered[int(match[1])] = match[2].strip()
        else:
            named[match[1]] = match[2].strip()
    return Arguments([numbered.get(index, "") for index in range(1, max(numbered, default=0) + 1)], named)


def _convert(arguments: Arguments) -> str:
    """``10|to|20|km`` as "10 to 20 km": the measure as it was given, not what it is converted to."""
    values = arguments.positional
    if len(values) < 2:
        return arguments.at(0)
    text, index = values[0], 1
    while index + 1 < len(values) and values[index] in RANGES:
        text += RANGES[values[index]] + values[index + 1]
        index += 2
    unit = values[index] if index < len(values) else ""
    return f"{text} {UNITS.get(unit, unit)}".strip()


def _nihongo(arguments: Arguments) -> str:
    others = ", ".join(item for item in arguments.positional[1:3] if item)
    return f"{arguments.at(0)} ({others})" if arguments.at(0) and others else arguments.at(0) or others


def _as_of(arguments: Arguments) -> str:
    if arguments.named.get("alt"):
        return arguments.named["alt"]
    word = "as of" if arguments.named.get("lc") == "y" else "As of"
    return f"{word} {_date(arguments)}".strip()


def _date(arguments: Arguments) -> str:
    numbers = [item for item in arguments.positional if item][:3]
    if all(item.isdecimal() for item in numbers):
        return "-".join(item.zfill(2) for item in numbers)
    return " ".join(numbers)


def _fraction(arguments: Arguments) -> str:
    first, *rest = [item for item in arguments.positional if item] or [""]
    if len(rest) == 2:
        return f"{first} {rest[0]}/{rest[1]}"
    return f"{first}/{rest[0]}" if rest else f"1/{first}" if first else ""


def _value(arguments: Arguments) -> str:
    number = arguments.at(0)
    if arguments.at(1):
        number += f"±{arguments.at(1)}"
    if arguments.named.get("e"):
        number += f"×10^{arguments.named['e']}"
    unit = arguments.named.get("u") or arguments.named.get("ul") or ""
    return f"{number} {unit}".strip()


def _money(sign: str) -> Callable[[Arguments], str]:
    return lambda arguments: f"{sign}{arguments.at(0)}"


def _reading(arguments: Arguments) -> str:
    return f"{arguments.at(0)}({arguments.at(1)})" if arguments.at(1) else arguments.at(0)


DATES = (
    "birth date,birth date and age,death date,death date and age,start date,start date and age,end date,film date,dts,"
    "date,bda,dob"
)
MONEY = {"us$": "US$", "usd": "US$", "£": "£", "gbp": "£", "€": "€", "eur": "€", "inr": "₹", "¥": "¥", "a$": "A$"}

SPECIAL: Mapping[str, Callable[[Arguments], str]] = {
    **dict.fromkeys(("convert", "cvt", "unité", "unite", "unit"), _convert),
    **dict.fromkeys(("nihongo", "nihongo2", "nihongo3"), _nihongo),
    **dict.fromkeys(("circa", "c.", "ca", "ca."), lambda arguments: f"c. {arguments.at(0)}".strip()),
    **dict.fromkeys(DATES.split(","), _date),
    **dict.fromkeys(("frac", "fraction", "sfrac"), _fraction),
    **{name: _money(sign) for name, sign in MONEY.items()},
    **dict.fromkeys(("読み仮名", "ruby", "ruby-ja"), _reading),
    **dict.fromkeys(("s", "-s"), lambda arguments: f"{arguments.at(0)}{arguments.at(1)} siècle".strip()),
    "sortname": lambda arguments: " ".join(item for item in arguments.positional[:2] if item),
    "as of": _as_of,
    "val": _value,
}


def _if(condition: str, arguments: Arguments) -> str:
    return arguments.at(0) if condition else arguments.at(1)


FUNCTIONS: Mapping[str, Callable[[str, Arguments], str]] = {
    "#if": _if,
    "formatnum": lambda value, _: value,
    "lc": lambda value, _: value.lower(),
    "uc": lambda value, _: value.upper(),
    "lcfirst": lambda value, _: value[:1].lower() + value[1:],
    "ucfirst": lambda value, _: value[:1].upper() + value[1:],
}
