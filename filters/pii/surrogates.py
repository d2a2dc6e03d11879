"""What is put in place of personal data: made-up values of the same form, and asterisks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import regex

from ..base.expressions import lazy_regex
from .kinds import CARD, EMAIL, IBAN, IMEI, IP, MAC, PHONE, SECRET, WALLET

_WORDS = lazy_regex(r"[^\W_]")
_DIGITS, _SMALL, _LARGE = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_KEPT_OF_CARD, _KEPT_OF_PHONE = 4, 3


def mask(value: bytes) -> bytes:
    """The same value with an asterisk for every letter and digit, so that blanks and marks still show its form."""
    return _WORDS.sub("*", value.decode()).encode()


class Surrogates:
    """Values that depend on the value, its kind and the key alone, so that they are the same in every shard."""

    def __init__(self, key: str) -> None:
        self._key = hashlib.blake2b(key.encode(), digest_size=32).digest()

    def fake(self, kind: str, value: bytes) -> bytes:
        """A made-up value of the same form; it never leads to somebody else's mail, host or card."""
        text = value.decode()
        plain = "".join(text.lower().split()) if kind == EMAIL else "".join(regex.findall(r"[\w.:@]", text))
        draw = _Draw(self._key, f"{kind}\0{plain}")
        return _MAKERS.get(kind, _same_shape)(text, draw).encode()


class _Draw:
    """Numbers drawn from a keyed hash of a value."""

    def __init__(self, key: bytes, value: str) -> None:
        self._numbers = self._endless(key, value.encode())

    @staticmethod
    def _endless(key: bytes, value: bytes) -> Iterator[int]:
        block = 0
        while True:
            content = hashlib.blake2b(block.to_bytes(8, "big") + value, key=key).digest()
            yield from (int.from_bytes(content[at : at + 4], "big") for at in range(0, len(content), 4))
            block += 1

    def one_of(self, choices: str) -> str:
        return choices[next(self._numbers) % len(choices)]

    def below(self, limit: int) -> int:
        return next(self._numbers) % limit


def _same_shape(text: str, draw: _Draw, keep: int = 0) -> str:
    """A digit for each digit and a letter for each letter behind the first ``keep``; marks stay."""
    made = []
    for number, character in enumerate(text):
        if number < keep or not (character.isalpha() or character.isdigit()):
            made.append(character)
        elif character.isdigit():
            made.append(draw.one_of(_DIGITS))
        else:
            made.append(draw.one_of(_LARGE if character.isupper() else _SMALL))
    return "".join(made)


def _email(text: str, draw: _Draw) -> str:
    """A name of the same form at a domain that is nobody's (RFC 2606)."""
    local = text.partition("@")[0]
    return f"{_same_shape(local, draw)}@example.{('com', 'org', 'net')[draw.below(3)]}"


def _ip(text: str, draw: _Draw) -> str:
    """An address of the benchmarking network or of the documentation's (RFC 2544, RFC 3849)."""
    if ":" not in text:
        return f"198.{18 + draw.below(2)}.{draw.below(256)}.{1 + draw.below(254)}"
    return "2001:db8:" + ":".join(f"{draw.below(1 << 16):x}" for _ in range(6))


def _with_luhn(text: str, draw: _Draw) -> str:
    """The first digits stay (what the number is of), the last one checks the others."""
    made = _same_shape(text, draw, _KEPT_OF_CARD)
    digits = [index for index, character in enumerate(made) if character.isdigit()]
    last = digits[-1]
    for digit in _DIGITS:
        made = made[:last] + digit + made[last + 1 :]
        if _luhn([int(made[index]) for index in digits]) == 0:
            break
    return made


def _luhn(digits: list[int]) -> int:
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10


def _iban(text: str, draw: _Draw) -> str:
    """The country stays, the check digits are right."""
    made = list(_same_shape(text, draw, 4))
    places = [index for index, character in enumerate(made) if character.isalnum()]
    compact = "".join(made[index] for index in places)
    number = int("".join(str(int(character, 36)) for character in compact[4:] + compact[:2] + "00"))
    tens, ones = divmod(98 - number % 97, 10)
    made[places[2]], made[places[3]] = str(tens), str(ones)
    return "".join(made)


def _hexadecimal(text: str, draw: _Draw) -> str:
    """A hexadecimal digit for each digit and letter."""
    digits = f"{_DIGITS}{'ABCDEF' if text.isupper() else 'abcdef'}"
    return "".join(draw.one_of(digits) if character.isalnum() else character for character in text)


def _wallet(text: str, draw: _Draw) -> str:
    """What tells the currency stays."""
    if text[:2].lower() == "0x":
        return text[:2] + _hexadecimal(text[2:], draw)
    return _same_shape(text, draw, 3 if text[:3].lower() in ("bc1", "ltc") else 1)


def _phone(text: str, draw: _Draw) -> str:
    """The first digits stay, mostly country and area."""
    first = next((index for index, character in enumerate(text) if character.isdigit()), 0)
    return _same_shape(text, draw, first + _KEPT_OF_PHONE)


def _secret(text: str, draw: _Draw) -> str:
    """The prefix of a token and the frame of a key block stay."""
    framed = regex.match(r"-----BEGIN[^-]*-----", text)
    if framed:
        body, frame, tail = text[framed.end() :].partition("-----END")
        return framed[0] + _same_shape(body, draw) + frame + tail
    prefix = regex.match(r"[A-Za-z]{2,6}[_-](?:[a-z]{3,7}[_-])?|AKIA|AIza|eyJ|SG\.", text)
    return _same_shape(text, draw, prefix.end() if prefix else 0)


_MAKERS: dict[str, Callable[[str, _Draw], str]] = {
    EMAIL: _email,
    IP: _ip,
    CARD: _with_luhn,
    IMEI: _with_luhn,
    IBAN: _iban,
    MAC: _hexadecimal,
    PHONE: _phone,
    SECRET: _secret,
    WALLET: _wallet,
}
