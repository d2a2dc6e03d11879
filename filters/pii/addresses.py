"""Street addresses of the United States, the United Kingdom, Germany and France, by number, street word and place."""

from __future__ import annotations

import regex

from ..base.expressions import lazy_regex

_CAPITAL = r"(?:\p{Lu}[\p{L}'’.-]*|[1-9][0-9]?(?:st|nd|rd|th))"
_PLACE = (
    r"\p{Lu}\p{L}+(?:['’-]\p{L}+)*(?:[ ](?:(?:St\.[ ])?\p{Lu}\p{L}+(?:['’-]\p{L}+)*|am|an|der|im|sur|sous|la|le|de"
    r"|upon|on|in)){0,4}"
)
_UNIT = (
    r"(?:,?\s(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl|Room|Rm|Flat|Bldg)\b\.?[ ]?\#?[ ]?[\w-]{1,6}|,?\s\#[ ]?\w{1,5})"
)
_POSTCODE = r"[A-Z]{1,2}[0-9][A-Z0-9]?[ ][0-9][A-Z]{2}"
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]"
    r"|W[AIVY])"
)
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Way|Circle|Cir|Terrace|Ter"
    r"|Parkway|Pkwy|Highway|Hwy|Square|Sq|Trail|Trl|Loop|Plaza|Alley|Close|Crescent|Gardens|Grove|Hill|Mews|Row|Walk"
    r"|Rise|Green|Wharf)"
)
_TOWN = rf",?\s(?:D-)?[0-9]{{5}}[ ]{_PLACE}"
_HOUSE = r"[ ][0-9]{1,4}(?:[ ]?[a-z]\b)?"
_RUE = r"(?i:rue|avenue|av\.|boulevard|bd|place|chemin|allée|impasse|quai|cours|route|passage|square|faubourg)"
_DE_LA = r"(?:(?:de|du|des|la|le|les|de[ ]la)[ ]|de[ ]l['’]|l['’]|d['’])"
ADDRESS = lazy_regex(
    rf"""
    (?<![\w.,:/-])(?:
    # United States, United Kingdom
    [0-9]{{1,6}}(?:[A-Za-z]|-[0-9]{{1,4}})?[ ](?:[NSEW]{{1,2}}\.?[ ])?(?:{_CAPITAL}[ ]){{1,4}}{_STREET}\b
        (?![ ](?:[a-z]+ed|is|was|has|of)\b)(?:\.(?=[ ,]))?(?:[ ](?:NE|NW|SE|SW|[NSEW])\b)?{_UNIT}?
        (?:,?\s(?:{_PLACE},?\s)?{_STATE}\.?[ ][0-9]{{5}}(?:-[0-9]{{4}})?|,?\s(?:{_PLACE},?\s){{1,2}}{_POSTCODE})?
    |(?i:P\.?[ ]?O\.?[ ]Box)[ ][0-9]{{1,6}}
    # Germany
    |(?:\p{{Lu}}[\p{{L}}-]*(?:stra(?:ß|ss)e|str\.|allee|gasse)
        |(?:\p{{Lu}}[\p{{L}}.]+[ -]){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Allee))
        {_HOUSE}(?:{_TOWN})?
    |(?:\p{{Lu}}[\p{{L}}-]*\p{{Ll}}(?:weg|platz|ring|damm|ufer)
        |(?:\p{{Lu}}[\p{{L}}.]+[ -]){{1,3}}(?:Weg|Platz|Ring|Damm|Ufer)
        |(?:Am|An[ ]der|Auf[ ]dem|Im|In[ ]der|Zum|Zur)[ ]\p{{Lu}}\p{{L}}+){_HOUSE}{_TOWN}
    # France
    |[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater))?,?[ ]{_RUE}[ ]{_DE_LA}{{0,2}}\p{{Lu}}\p{{L}}*(?:['’-]\p{{L}}+)*
        (?:[ ](?:\p{{Lu}}\p{{L}}*(?:['’-]\p{{L}}+)*|de|du|la|le|des)){{0,5}}(?:,?\s[0-9]{{5}}[ ]{_PLACE})?
    )(?!\w)
    """,
    regex.VERBOSE,
)


def find_addresses(text: str) -> list[tuple[int, int]]:
    """Start and end of each street address in a text, in characters, in order."""
    return [found.span() for found in ADDRESS.finditer(text)]
