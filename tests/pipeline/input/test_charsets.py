"""Charsets that the web's detectors do not know, and false declarations."""

from collections.abc import Iterable

import pytest

from textmill.pipeline.input import charset_detection
from textmill.pipeline.input.charset_detection import letters, odd
from textmill.pipeline.input.charsets import (
    Decoded,
    declared_in_page,
    declared_in_text,
    decode,
    is_believable,
    looks_binary,
    wide_charset,
)

GERMAN = "Die Brücke über den Fluß wird im Frühjahr für größere Fahrzeuge gesperrt, hieß es später."
FRENCH = "L’hiver dernier, la rivière a débordé près du château ; les élèves étaient rentrés après la fête."
HUNGARIAN = "A falu fölött már lehullott az első hó, és a gyerekek nem mentek iskolába, csak az idős tanító."
RUSSIAN = "Осенью Дима и Вера собирали грибы в лесу, а вечером бабушка пекла пироги и рассказывала старые сказки."
KOREAN = "어제는 비가 많이 와서 강가의 길이 모두 물에 잠겼습니다. 아이들은 학교에 가지 못했습니다."
CHINESE = "昨天下了一整天的雨，河边的路都被水淹了，孩子们没有去上学。"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (GERMAN, "cp437"),
        (GERMAN, "cp850"),
        (GERMAN, "mac-roman"),
        (FRENCH, "mac-roman"),
        (FRENCH.replace("’", "'"), "cp850"),
        (HUNGARIAN, "cp1250"),
        (HUNGARIAN, "iso8859-2"),
        (KOREAN, "iso2022_kr"),
        (CHINESE, "hz"),
    ],
)
def test_what_is_told_by_the_bytes_alone_and_against_a_false_declaration(text: str, charset: str) -> None:
    content = text.encode(charset)
    assert not looks_binary(content)
    for declared in (None, "utf-8", "iso-8859-1", "shift_jis", "windows-1251"):
        assert decode(content, (declared,)).text == text


@pytest.mark.parametrize(
    ("text", "charset"), [(RUSSIAN, "mac-cyrillic"), (KOREAN, "johab"), (GERMAN, "cp437"), (GERMAN, "macintosh")]
)
def test_a_declared_charset_that_cannot_be_detected_is_believed_where_it_gives_words(text: str, charset: str) -> None:
    assert decode(text.encode("mac-roman" if charset == "macintosh" else charset), (charset,)).text == text


@pytest.mark.parametrize(
    ("text", "charset", "declared"),
    [
        (GERMAN, "cp1252", "macintosh"),
        (GERMAN, "cp1252", "ibm850"),
        (FRENCH, "cp1252", "cp437"),
        (RUSSIAN, "cp1251", "x-mac-cyrillic"),
        (RUSSIAN, "koi8-r", "cp850"),
        (KOREAN, "euc_kr", "johab"),
    ],
)
def test_one_that_does_not_is_not(text: str, charset: str, declared: str) -> None:
    assert decode(text.encode(charset), (declared,)).text == text


def test_names_in_capitals_and_signs_do_not_make_a_charset_old() -> None:
    text = "The McÉlroy–Öztürk paper (see §4) costs 20 £ – “naïve” readers’ 5 €, café owners' nothing."
    assert decode(text.encode("cp1252")).text == text


def test_ascii_with_tildes_and_braces_is_ascii() -> None:
    code = "x = ~{a}~; y = ~{3}; print('~{~a~}')  # ~{ABCDEFGH"
    assert decode(code.encode()).text == code


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Το χωριό κοιμάται ακόμη.\nΟ ταχυδρόμος φέρνει γράμματα.\nΟι ψαράδες γυρίζουν από τη θάλασσα.\n", "cp1253"),
        ("הכפר עדיין ישן עכשיו.\nהדוור מביא היום מכתבים.\nהדייגים חוזרים מן הים הגדול.\n", "cp1255"),
        (
            "村はまだ静かに眠っています。\n郵便屋さんが手紙を運んできます。\n漁師が海から帰りました。\n",
            "euc_jp",
        ),
        ("마을은 아직 잠들어 있습니다.\n우체부가 편지를 가져옵니다.\n어부들이 바다에서 돌아왔습니다.\n", "cp949"),
        ("หมู่บ้านยังหลับอยู่\nบุรุษไปรษณีย์นำจดหมายมา\nชาวประมงกลับมาจากทะเล\n", "cp874"),
    ],
)
def test_one_wrong_byte_rules_no_charset_out(text: str, charset: str) -> None:
    lines = [line.encode(charset) for line in (text * 4).splitlines()]
    lines[5] += b"\xff"
    for declared in (charset, None, "utf-8"):
        assert decode(b"\n".join(lines), (declared,)).text.replace("\ufffd", "").splitlines() == (text * 4).splitlines()


def test_a_wrong_byte_in_escaped_japanese_is_one() -> None:
    text = "村はまだ静かに眠っています。郵便屋さんが手紙を運んできます。" * 3
    assert decode(text.encode("iso2022_jp") + b"\xff").text == text + "\ufffd"


@pytest.mark.parametrize(
    ("text", "share"),
    [("", 0), ("plain", 0), ("é", 1), ("aéb", 1), ("é«", 0.5), ("«»–é", 0.25), ("，。", 0.5), ("、。", 1), ("हि", 1)],
)
def test_letters_among_what_is_beyond_ascii(text: str, share: float) -> None:
    assert letters(text) == share


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("", 0),
        ("plain", 0),
        ("grün", 0),
        ("gr\x81n", 1),
        ("grÜn", 1),
        ("Grün grÜn", 0.5),
        ("co\u00adop l’eau", 0),
        ("Übel", 0),
    ],
)
def test_odd_signs_among_what_is_beyond_ascii(text: str, share: float) -> None:
    assert odd(text) == share


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b"# -*- coding: latin-1 -*-\nx = 1\n", "latin-1"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\n", "koi8-r"),
        (b'\n\n# -*- coding: latin-1 -*-\n"""', None),
        (b'x = "coding: latin-1"\n', None),
        (b'<?xml version="1.0" encoding="ISO-8859-2"?>\n<a/>', "ISO-8859-2"),
        (b'<a encoding="ISO-8859-2"/>', None),
    ],
)
def test_the_charset_that_a_source_file_declares(content: bytes, declared: str | None) -> None:
    assert declared_in_text(content) == declared


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (b'<html><head><meta charset="shift_jis"></head>', "shift_jis"),
        (b"<meta http-equiv=content-type content='text/html; charset=EUC-KR'>", "EUC-KR"),
        (b'<meta charset="utf-16le">', "utf-8"),
        (b"<html>" + b" " * 5000 + b'<meta charset="shift_jis">', None),
    ],
)
def test_the_charset_that_a_page_declares(content: bytes, declared: str | None) -> None:
    assert declared_in_page(content) == declared


def test_whether_a_charset_was_only_detected() -> None:
    content = GERMAN.encode("cp1252")
    for given, charset, detected in (
        (decode(content), "cp1252", True),
        (decode(content, ("windows-1252",)), "cp1252", False),
        (decode(content, codec="cp1252"), "cp1252", False),
        (decode(GERMAN.encode()), "utf-8", False),
        (decode(b"\xff\xfe" + GERMAN.encode("utf-16-le")), "utf-16-le", False),
        (decode(GERMAN.encode("utf-16-le")), "utf-16-le", True),
        (decode(b"Plain."), "utf-8", False),
    ):
        assert (given.charset, given.replaced, given.detected) == (charset, 0, detected)
        assert is_believable(given)
    assert not is_believable(Decoded("¤¤¤é", "cp1252", detected=True))
    assert is_believable(Decoded("¤¤¤é", "cp1252"))
    assert not is_believable(Decoded("é\ufffd", "cp1252", replaced=1, detected=True))
    assert not is_believable(Decoded("é\x81", "cp1252", detected=True))
    assert not is_believable(Decoded("Dé\x0bÿïàÄ\x14ñaé", "cp1252", detected=True))
    assert is_believable(Decoded("été \x0c" + "à la mer " * 10 + "\x0b\x1a", "cp1252", detected=True))


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b"\xff\xfea\0", "utf-16-le"),
        (b"\xfe\xff\0a", "utf-16-be"),
        (b"\xff\xfe\0\0a\0\0\0", "utf-32-le"),
        (b"a\0b\0", "utf-16-le"),
        (b"\0a\0b", "utf-16-be"),
        (b"a\0b\0c", None),
        (b"abcd", None),
        (b"", None),
    ],
)
def test_wide_charsets_are_told_by_their_mark_or_their_zeros(content: bytes, charset: str | None) -> None:
    assert wide_charset(content) == charset


@pytest.mark.parametrize(
    ("alike", "others", "bytes_each", "charset"),
    [(28, 12, 12, "cp1251"), (27, 13, 12, None), (3, 0, 12, "cp1251"), (2, 0, 12, None), (20, 0, 11, None)],
)
def test_pieces_of_enough_bytes_that_mostly_agree_say_what_all_is_in(
    alike: int, others: int, bytes_each: int, charset: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven of ten bytes, in pieces of twelve; of three pieces at least."""
    monkeypatch.setattr(charset_detection, "PIECES", 41)  # each is a line
    monkeypatch.setattr(charset_detection, "_detected", lambda piece: "cp1251" if piece[:1] == b"\xe0" else "cp1252")
    pieces = [b"\xe0" * bytes_each + b"\n"] * alike + [b"\xff" * bytes_each + b"\n"] * others
    pieces += [b"a" * bytes_each + b"\n"] * (40 - len(pieces))
    assert charset_detection._detected_in_pieces(b"".join(pieces)) == charset


@pytest.mark.parametrize("charset", ["utf-32-le", "utf-32-be"])
def test_utf_32_without_a_mark(charset: str) -> None:
    content = (FRENCH + " and plain words").encode(charset)
    assert wide_charset(content) == charset
    assert not looks_binary(content)
    assert decode(content).text == FRENCH + " and plain words"


@pytest.mark.parametrize("numbers", [range(1, 200), [70000 + number for number in range(200)], [1, 2] * 100])
def test_arrays_of_numbers_are_no_utf_32(numbers: Iterable[int]) -> None:
    assert wide_charset(b"".join(number.to_bytes(4, "little") for number in numbers)) is None


@pytest.mark.parametrize("text", ["“Well,” she said — and it’s true…\n", "5 € – or £4 • at 20° © 1999\xa0"])
def test_english_whose_only_odd_signs_are_those_of_windows_is_believed(text: str) -> None:
    found = decode((text * 3).encode("cp1252"))
    assert (found.text, found.charset) == (text * 3, "cp1252")
    assert is_believable(found)


def test_signs_that_stand_for_letters_elsewhere_are_not() -> None:
    assert not is_believable(Decoded("┌──┐ “x”", "cp1252", detected=True))
    assert not is_believable(Decoded("“x” — y", "koi8-r", detected=True))
    assert not is_believable(Decoded("\x0b\x11€ compressed", "cp1252", detected=True))


@pytest.mark.parametrize(
    ("other", "charset"), [(GERMAN, "cp1252"), (RUSSIAN, "cp1251"), (KOREAN, "euc_kr"), (CHINESE, "gb18030")]
)
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN])
def test_lines_of_two_charsets_are_each_in_theirs(text: str, other: str, charset: str) -> None:
    lines = [text, other, "plain", text, text, other, text, text, text]
    content = b"\n".join(line.encode(charset if line == other != text else "utf-8") for line in lines)
    if other == text:
        content = b"\n".join(line.encode("utf-8" if number % 3 else charset) for number, line in enumerate(lines))
    found = decode(content)
    assert found.text.split("\n") == lines
    assert is_believable(found)


def test_few_lines_that_could_be_utf_8_make_no_other_charset_that() -> None:
    by_chance = "Ğ¿ Ğ¿".encode("cp1254")  # two characters of UTF-8
    content = b"\n".join([by_chance, *("Ağaçların gölgesi düşüyor, çiğ taneleri ışıldıyordu".encode("cp1254"),) * 4])
    assert decode(content).text == content.decode("cp1254")


def test_text_of_a_mainframe() -> None:
    lines = "THE QUICK BROWN FOX\njumps over the lazy dog, 12 times\n" * 3
    found = decode(lines.encode("cp037").replace(b"\x25", b"\x15"))
    assert (found.text, found.charset) == (lines, "cp037")
    assert is_believable(found)


def test_damage_of_utf_8_is_no_other_charset() -> None:
    whole = RUSSIAN.encode()
    cut = whole[:40] + whole[41:90] + whole[91:]
    content = b"\n".join([whole, cut, whole, cut, whole, cut, whole, cut, whole, cut, whole, cut])
    found = decode(content)
    assert (found.charset, found.replaced) == ("utf-8", 12)
    assert found.text.split("\n")[::2] == [RUSSIAN] * 6
