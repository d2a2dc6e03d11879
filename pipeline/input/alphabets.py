"""Which charset of one byte for a letter a text is in: the one in which its letters are those of a language."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

LOOKED_AT_BYTES = 1 << 16
LOANED = "éèàçñ"
"""Letters that stand in loan words of the west."""
WESTERN: tuple[str, ...] = (
    "äöüßêâô", "âæêëîïôœùûüÿ", "áíóúü¿¡ªº", "áâãêíóôõúüªº", "ìíîòóùú", "ëïöüóáíêâûôîúä", "åäöüáæø", "æøåöäüòôóâêá",
    "äöåšžü", "áðíóúýþæö", "áðíóúýæø", "áíïòóúü·", "áâêëîïôöûŵŷ", "ëâ", "áíóúêâîôû",
)  # fmt: skip
"""German, French, Spanish, Portuguese, Italian, Dutch, Swedish, Danish and Norwegian, Finnish, Icelandic, Faroese,
Catalan, Welsh, Albanian, Irish."""
OTHERS: tuple[str, ...] = (
    "äõöüšž", "āčēģīķļņšūžōŗ", "ąčęėįšųūž", "ąćęłńóśźżé", "áčďéěíňóřšťúůýžöü", "áäčďéíĺľňóôŕšťúýžöü", "áéíóöőúüűä",
    "čćđšž", "čšžćđáéíóú", "ăâîșțşţé", "çğıöşüâîûi̇", "ĉĝĥĵŝŭ", "ċġħżàèìòùé",
)  # fmt: skip
"""Estonian, Latvian, Lithuanian, Polish, Czech, Slovak, Hungarian, Croatian, Slovene, Romanian, Turkish, Esperanto,
Maltese."""
CYRILLIC: tuple[str, ...] = (
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
    "абвгдежзийклмнопрстуфхцчшщъьюя", "абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдѓежзѕијклљмнњопрстќуфхцчџш",
)  # fmt: skip
"""Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian."""
SIGNS = frozenset("‘’‚“”„†•–—…‹›™€\xa0«»£§©®°±·×²³º№½¼¾¡¿\xad")
"""What stands between words in whatever language."""
FRACTIONS = frozenset("¼½¾")
"""Signs that stand at no letter, and in whose place the letters of French are in ISO 8859-15."""
IN_WORDS = frozenset("’·–—…\xa0\xad")
NOT_LATIN_9 = re.compile(rb"[\x80-\x9f\xb4]")
LETTER = re.compile(r"(\w?)([^\x00-\x7f])(?=(\w?))")
FITS = 0.98
"""Share of what is beyond ASCII that is to belong to one language."""
FEWEST_LETTERS = 4
FEWEST_KINDS = 3
LATIN_CANDIDATES = (
    "cp1252", "iso8859-15", "cp1250", "iso8859-2", "cp1257", "cp1254", "cp850", "cp852", "mac-roman", "mac-latin2",
    "cp437", "cp855", "mac-cyrillic", "iso8859-3", "iso8859-4", "iso8859-10", "iso8859-16",
)  # fmt: skip
CYRILLIC_CANDIDATES = ("cp1251", "koi8-u", "cp866", "iso8859-5", "mac-cyrillic", "cp855", "cp1125")
"""The more usual first."""


def told_by_letters(content: bytes, guess: str) -> str:
    """The charset in which nearly all letters are those of one language, where those of the guess are not."""
    head = content[:LOOKED_AT_BYTES]
    found = _found(head.decode(guess, "replace"))
    if found.total() < FEWEST_LETTERS:
        return guess
    fit = _fit(found)
    if fit >= FITS:
        # Rare letters: without one byte that only Windows has, and the acute accent that many take for an apostrophe.
        if guess != "cp1252" or NOT_LATIN_9.search(head) is not None:
            return guess
        return "iso8859-15" if _fit(_found(head.decode("iso8859-15"))) > fit else guess
    best = guess
    for name in CYRILLIC_CANDIDATES if guess in CYRILLIC_CANDIDATES else LATIN_CANDIDATES:
        found = _found(head.decode(name, "replace"))
        other = _fit(found)
        if other > fit and other >= FITS and len({char for _, char, _ in found if char.isalpha()}) >= FEWEST_KINDS:
            best, fit = name, other
    return best


def _found(text: str) -> Counter[tuple[str, str, str]]:
    """How often each character beyond ASCII stands between which others."""
    return Counter(LETTER.findall(text))


def _fit(found: Counter[tuple[str, str, str]]) -> float:
    """Share of characters that fit the language of which the most do."""
    fits: Counter[int] = Counter()
    total = found.total()
    for (before, char, behind), count in found.items():
        in_word = before.isalpha() and behind.isalpha()
        if char in SIGNS:
            if char in FRACTIONS and (before.isalpha() or behind.isalpha()):
                continue
            if not in_word or char in IN_WORDS:
                fits.update(dict.fromkeys(range(len(_languages())), count))
            continue
        if char.isupper() and before.islower():
            continue  # within a word
        if char >= "\u0400" and any(other.isascii() and other.isalpha() for other in (before, behind)):
            continue  # a letter of another script
        for number in _speakers().get(char.lower(), ()):
            fits[number] += count
    return max(fits.values(), default=0) / max(total, 1)


@cache
def _languages() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(letters) for letters in (*(letters + LOANED for letters in WESTERN), *OTHERS, *CYRILLIC))


@cache
def _speakers() -> dict[str, list[int]]:
    """The languages that have a letter."""
    found: dict[str, list[int]] = {}
    for number, letters in enumerate(_languages()):
        for letter in letters:
            found.setdefault(letter, []).append(number)
    return found
