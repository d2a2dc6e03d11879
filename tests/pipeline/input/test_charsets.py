"""Charsets that the web's detectors do not know, and false declarations."""

import pytest

from textmill.pipeline.input.charsets import decode, looks_binary

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
