"""Phones by the plan of the document's language, by what announces them, and what beside them is none."""

import pyarrow as pa
import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII


def scrub(text: str, language: str | None = None) -> str:
    batch = make_batch([text])
    if language:
        batch = batch.append_column("language.label", pa.array([language]))
    return str(ScrubPII().clean(batch)[0][0].as_py())


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Ring Mrs Ellis (01865 249911) before noon", "Ring Mrs Ellis (<PHONE>) before noon"),
        ("en", "Bookings: (416) 967-1111, ext. 4", "Bookings: <PHONE>"),
        ("en", "her number is 4165550137", "her number is <PHONE>"),
        ("en", "+1-565-369-0702 is the best number", "<PHONE> is the best number"),
        (
            "en",
            "Speak to Ravi, 98450 12345, about it; contact him",
            "Speak to Ravi, 98450 12345, about it; contact him",
        ),
        ("en", "Contact Ravi on 98450 12345", "Contact Ravi on <PHONE>"),
        ("de", "Frau Abel (030 4978771) weiß mehr", "Frau Abel (<PHONE>) weiß mehr"),
        ("de", "unter 0221 – 887 32 37 oder 040 / 62 60 59 53", "unter <PHONE> oder <PHONE>"),
        ("de", "0711-893603", "<PHONE>"),
        ("fr", "au 02.79.77.73.59 ou +33 (0)6 98 27 51 10", "au <PHONE> ou <PHONE>"),
        ("es", "Mesa libre: 91 559 96 98 o (+34) 93 655 58 90", "Mesa libre: <PHONE> o <PHONE>"),
        ("es", "llámanos al 667 274 158", "llámanos al <PHONE>"),
        ("es", "667 274 158 habitantes", "667 274 158 habitantes"),
        ("it", "Il fabbro, 339/5149546, arriva", "Il fabbro, <PHONE>, arriva"),
        ("it", "sono 339.514 euro e 954.678 lire", "sono 339.514 euro e 954.678 lire"),
        ("ja", "お問い合わせは03(3347)7191へ", "お問い合わせは<PHONE>へ"),
        ("ja", "連絡先は052-951-8820です", "連絡先は<PHONE>です"),
        ("ja", "注文番号：0312-345-678", "注文番号：0312-345-678"),
        ("zh", "报名找李老师 0571 86309837", "报名找李老师 <PHONE>"),
        ("zh", "订单号：13812345678", "订单号：13812345678"),
        ("pt", "ligue para 42 6461-8508", "ligue para <PHONE>"),
        ("de", "Telefon: 98450.12345. 7 Tage", "Telefon: 98450.12345. 7 Tage"),  # a decimal at the end of a sentence
        ("pt", "falar com 11 3071 1234 hoje", "falar com <PHONE> hoje"),
        ("es", "hablar con 55 5123 4567 hoy", "hablar con <PHONE> hoy"),
        ("ru", "позвоните по номеру 8 (403) 297-92-32", "позвоните по номеру <PHONE>"),
        ("nl", "bel mij op +31(0)823 574162", "bel mij op <PHONE>"),
        ("pt", "Telemóvel 912 345 678, telm. 912345678", "Telemóvel <PHONE>, telm. <PHONE>"),
        ("pl", "kom. 601 234 567", "kom. <PHONE>"),
        ("de", "Drucksache Nr. 12345678, Nr. 030 901820", "Drucksache Nr. 12345678, Nr. <PHONE>"),
        ("id", "Hubungi bengkel di 0812-3456-7890", "Hubungi bengkel di <PHONE>"),
        ("id", "telepon 0899123456, buka sampai malam", "telepon <PHONE>, buka sampai malam"),
        ("en", "mob: 07700 900123", "mob: <PHONE>"),
        ("en", "look it up in the phone book, 1204 5530 entries", "look it up in the phone book, 1204 5530 entries"),
        ("de", "Werkstatt ☎ 0961 123 456 78", "Werkstatt ☎ <PHONE>"),
        ("fr", "📞 0961 123 456", "📞 <PHONE>"),
        ("ja", "電話帳の三頁に 1234-5678 とある。", "電話帳の三頁に 1234-5678 とある。"),
        ("ja", "電話は 1234-5678 です。", "電話は <PHONE> です。"),
        ("zh", "电话簿 12045530 条", "电话簿 12045530 条"),
        ("tr", "beni 0580-730 2157 numarasından ara", "beni <PHONE> numarasından ara"),
    ],
)
def test_by_language(language: str, text: str, expected: str) -> None:
    assert scrub(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Die Praxis ist in der Regel von acht bis zwölf Uhr zu erreichen, und zwar 06221 968998, wie immer.",
        "La mairie est ouverte le matin seulement, et le secrétaire dit toujours que le 03 42 10 18 32 suffit.",
        "O consultório atende pela manhã e o telefone da secretária, que é nova, é (21) 92615-7203 desde ontem.",
    ],
)
def test_without_a_label_the_text_tells_the_language(text: str) -> None:
    assert "<PHONE>" in scrub(text)
    assert "<PHONE>" in scrub(text, "und")


@pytest.mark.parametrize(
    "text",
    [
        "Fax us by noon. 48.85427, 2.33847",
        "See ISSN 0378-5955 and 0378-5955.",
        "617950920.0 + 2025529095.0 * x",
        "+ 12345678 lines",
        "default number is 134217728 bytes",
        "driver's license number is 755600751",
        "Invoice number 0161 496 0000",
        "tel 0161 496 0001 and then 1234567 of them".replace("0161 496 0001", "none"),
        "call 10.20.30.40",
        "34-43-1185",
        "rooms 301 302 3034 and 305",
        "1998–2004, 212–478, 1987–2001",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert scrub(text, "en") == text
    assert scrub(text, "zh") == text


def test_a_word_is_about_the_next_number_only() -> None:
    assert scrub("phone 0161 496 0000 has 12345678 calls") == "phone <PHONE> has 12345678 calls"
    assert scrub("phone 0161 496 0000 or 12345678") == "phone <PHONE> or <PHONE>"
