"""Phones: whose numbers a document may have, and each rule about form and words at its edge."""

import pyarrow as pa
import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.phone_patterns import GROUPS_OF_PHONES
from textmill.filters.pii.phones import ENGLISH, REGIONS_OF_LANGUAGE, WITHOUT_ZERO, region_of_host, regions_of

BY_LANGUAGE = """
GB: en cy
DE AT CH: de
FR BE CH: fr
ES MX AR CO CL: es
IT CH: it
BR PT: pt
NL BE: nl
PL: pl
CZ: cs
SK: sk
SI: sl
HR: hr
RS: sr
SE FI: sv
DK: da
NO: no nb nn
FI: fi
RU KZ: ru
UA: uk
BY: be
BG: bg
RO: ro
HU: hu
GR: el
TR: tr
IL: he
SA AE EG: ar
IR: fa
IN: hi ta te mr gu kn ml
BD IN: bn
PK: ur
ID: id
MY: ms
VN: vi
TH: th
ES: gl ca eu
LU: lb
CH: als
DE: nds
ZA: af
IN PK: pa
NP: ne
KE TZ: sw
PH: tl
IS: is
IE: ga
AL: sq
MK: mk
BA: bs
GE: ka
AM: hy
AZ: az
KZ: kk
UZ: uz
MN: mn
MT: mt
JP: ja
KR: ko
CN TW HK: zh
EE: et
LV: lv
LT: lt
"""
"""Regions, the surest first, and the languages of which documents may have their numbers."""


def test_regions_by_language() -> None:
    lines = [line.split(": ") for line in BY_LANGUAGE.strip().split("\n")]
    expected = {language: tuple(regions.split()) for regions, languages in lines for language in languages.split()}
    assert expected == REGIONS_OF_LANGUAGE
    assert ENGLISH == ("IN", "AU", "IE", "ZA", "NZ", "PK", "NG", "KE", "PH")
    assert {"CN", "IN", "BR", "AR"} == WITHOUT_ZERO


@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://www.example.de/x", "DE"),
        ("HTTP://WWW.EXAMPLE.DE", "DE"),
        ("http://example.co.uk?x", "GB"),
        ("http://anna@example.fr#a.de", "FR"),
        ("http://example.it:8080/", "IT"),
        ("http://example.com/a.de", None),
        ("http://example.io/", None),  # sold to everybody
        ("http://example.co/", None),
        ("http://example.ai/", None),
        ("http://example.tv/", None),
        ("http://example.me/", None),
        ("http://example.eu/", None),
        ("example.de", None),
        ("ftp+x://example.de", "DE"),
        ("http://de", None),
        ("", None),
    ],
)
def test_the_country_of_a_host(url: str, region: str | None) -> None:
    assert region_of_host(url) == region


def test_the_host_is_surest_then_the_recipe_then_the_language() -> None:
    assert regions_of(("US", "BE"), "fr", "http://example.ch/") == ("CH", "US", "BE", "FR")
    assert regions_of(("US",), "de", None) == ("US", "DE", "AT", "CH")
    assert regions_of(("US",), "xx", "http://example.com/") == ("US",)


def scrub(text: str, *regions: str, language: str = "xx") -> str:
    batch = make_batch([text]).append_column("language.label", pa.array([language]))
    return str(ScrubPII(default_region=regions or ("US",)).clean(batch)[0][0].as_py())


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        # bare digits: mobile phones with a zero, or of China
        ("x 015123456789 x", "DE", True),
        ("x 030123456 x", "DE", False),
        ("x 13812345678 x", "CN", True),
        ("x 13812345678 x", "HK", False),
        ("x 1381234567 x", "CN", False),
        ("x 12812345678 x", "CN", False),
        # announced, but with one point, as decimal numbers have it
        ("phone 415.5552671 x", "US", False),
        ("phone 415.555.2671 x", "US", True),
        # with a zero or brackets
        ("x 030 123456 x", "DE", True),
        ("x 0 30123456 x", "DE", False),
        ("x (0)30 123456 x", "DE", True),
        ("x (030) 123456 x", "DE", True),
        ("x 030 12 x", "DE", False),
        ("x 000 123456 x", "DE", False),
        # without a zero, in groups of phones or alone
        ("x 612 345 678 x", "ES", False),
        ("612 345 678", "ES", True),
        ("x 612 34 56 78 x", "ES", True),
        ("x: 612 345 678.", "ES", True),
        ("x: 612 345 678 y", "ES", False),
        ("x 612 345 678.", "ES", False),
        ("30 123456", "DE", False),
        (" " * 16 + "612 345 678", "ES", True),
        ("x" + " " * 16 + "612 345 678", "ES", False),
        (" " * 17 + "612 345 678", "ES", False),  # a column of a table
        ("\n" + " " * 16 + "612 345 678", "ES", True),
        # North America
        ("415 555 2671", "US", True),
        ("x 415 555 2671 x", "US", False),
        ("41 5555 2671", "US", False),
        ("415 555 2671", "CA", True),
        ("115 555 2671", "US", False),
        # of nobody's language
        ("x 030 123456 x", "US", False),
    ],
)
def test_forms_of_regions(text: str, region: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text, region)) == found
    assert found or scrub(text, region) == text


def test_groups_that_counts_have_not() -> None:
    """Of numbers without a zero before: what is enough within a sentence."""
    assert {
        *((3, 7), (2, 7), (2, 8), (5, 5), (3, 2, 2, 2), (2, 3, 2, 2), (2, 5, 4), (2, 4, 4), (3, 4, 4), (3, 3, 4)),
        (4, 3, 4),
    } == GROUPS_OF_PHONES
    assert scrub("x 91 559 96 98 x", "ES") == "x <PHONE> x"
    assert scrub("x 915 59 96 98 x", "ES") == "x <PHONE> x"
    assert scrub("x 915 599 698 x", "ES") == "x 915 599 698 x"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 7 123456", True),  # seven digits
        ("call 7 12345", False),
        ("call 1234 567 890 123", True),
        ("call 1234 567 890 1234", False),
        ("call 123.4567890", False),  # a decimal
        ("call 2023-01-15", False),
        ("call 15.01.2023", False),
        ("call 1999-2001", False),
        ("call 1999, 2000, 2001", False),
        ("call 20230115", False),
        ("call 20231315", True),
        ("call 0123-45-6789", True),
        ("call 10.20.30.40", False),
        ("call 300.20.30.40", True),
        ("SKU call 5 123 4567", True),
        ("call SKU 5 123 4567", False),
        ("call invoice no. is 5 123 4567", False),
        ("call ISBN: 5 123 4567", False),
        ("call orders number#5 123 4567", False),
        ("call 订单号：5 123 4567", False),
    ],
)
def test_what_a_word_announces(text: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text)) == found
    assert found or scrub(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("+44 20 7946 0958", True),
        ("+442079460958", True),
        ("0044 20 7946 0958", True),
        ("+44 20 7946 0958 9", False),
        ("(+44) 20 7946 0958", True),
        ("+(44) 20 7946 0958", True),
        ("phone + 12.3456789", True),  # the word says so, whatever it looks like
        ("see + 12.3456789", False),
        ("phone +999 2079460", True),
        ("phone +999 20794", True),
        ("phone +999 2079", False),
        ("phone +999 207946095812", True),
        ("phone +999 2079460958123", False),
        ("at +44 1 7946 0958", True),  # a possible length, in groups, in a sentence
        ("1 +44 1 7946 0958", False),
        ("at +44179460958", False),
        ("number +44179460958", True),
        ("number +441794", False),
        ("number + 44179460958", False),
    ],
)
def test_numbers_with_the_code_of_a_country(text: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text)) == found
    assert found or scrub(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("415-555-2671", True),
        ("(415) 555-2671", True),
        ("(415)555-2671", True),
        ("1 (415) 555-2671", True),
        ("001-415-555-2671", True),
        ("+1.415.555.2671", True),
        ("565-369-0702", False),
        ("(565) 369-0702", True),  # brackets tell
        ("(165) 369-0702", False),
        ("number 565-369-0702", True),
        ("phone 565-369-0702", True),
        ("SKU 415-555-2671", False),
        ("SKU" + " " * 5 + "415-555-2671", False),
        ("SKU" + " " * 6 + "415-555-2671", True),
        ("item 415-555-2671", False),
        ("a=415-555-2671", False),
        ("fax=415-555-2671", True),
        ("415-555-2671-3", False),
        ("x 415-555.2671 x", False),
    ],
)
def test_numbers_of_north_america(text: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text)) == found
    assert found or scrub(text) == text


@pytest.mark.parametrize(
    ("text", "regions", "found"),
    [
        ("number 030 123456", ("DE",), True),
        ("number 9845012345", ("US",), True),  # a mobile phone of India
        ("number 1845012345", ("US",), False),
        ("number 98450123456", ("US",), False),
        ("number 0161 496 0000", ("US",), True),
        ("number 0161 496 0000", ("FR",), False),
        ("number 98450 12345", ("US",), True),
        ("number 98450 12345", ("GB",), True),
        ("number 98450 12345", ("FR",), False),
        ("number 30 123456", ("DE",), True),
        ("number 30123456", ("DE",), False),  # rather that of a file
        ("number 612345678", ("ES",), True),
        ("number 112345678", ("ES",), False),
        ("tel 12345678", ("ES",), True),
        ("tel 1234567", ("ES",), False),
        ("tel 123 4567", ("ES",), True),
        ("tel 80(3):249-55", ("ES",), False),
        ("number 1234-1300", ("DE",), False),  # pages
        ("number 0378-5955", ("DE",), False),  # an ISSN
    ],
)
def test_words_that_only_hint(text: str, regions: tuple[str, ...], found: bool) -> None:
    assert ("<PHONE>" in scrub(text, *regions)) == found
    assert found or scrub(text, *regions) == text


NAMED = (
    "phone cellphone smartphone telephone telephones telephon telefon telefono teléfono téléphone telepon tel "
    "teleph telph mobile mobil mobiel móvil móviles celular cellulare telemóvel komórka matkapuhelin puh tlf "
    "télécopie fax sms whatsapp viber hotline helpline landline notruf rufnummer durchwahl handynummer "
    "handynr kontaktnummer đt telpon telp simu тел телефон моб мобильный факс звоните звонить мобільний τηλ "
    "τηλέφωνο κινητό φαξ هاتف تلفون جوال موبايل الهاتف تلفن موبایل فون טלפון טל נייד פקס फोन मोबाइल दूरभाष "
    "โทร โทรศัพท์ มือถือ portable: cell: mob: handy: cep: gsm: signal: hp: kom. telm. número: contacto: "
    "contatto: whats: ☎ ☏ ✆ 📞 📱 电话 手机 热线 传真 致电 拨打 電話 手機 熱線 傳真 携帯 連絡先 ファックス "
    "ＦＡＸ ＴＥＬ 전화 휴대폰 핸드폰 팩스"
)
"""Words that say of any number behind them that it is a phone's."""
VERBS = (
    "call|called|calling|calls|ring|ringing|dial|dialing|dialling|contact|contacting|reach|reached|reachable|"
    "reaching|text|texting|answer|answering|answers|anrufen|appeler|appelez|llame|llámenos|chiamare|ligue|bel|"
    "zadzwoń|call us at|ring me on|unter der Nummer erreichbar unter|appelez au|joindre au numéro|"
    "contactez-nous au|llámanos al|atiende en el|contactar al número|chiamami al|rivolgersi al numero|"
    "ligue para|contatar pelo|falar no|bel op nummer|ring på|pod numerem|звонить по номеру|связь по тел."
)
HINTS = (
    "call calls called ring rings dial contact contacts reach reached reachable text message answer answers "
    "number booking bookings reservation enquiries inquiries info information appointment emergency "
    "emergencies office desk reception hotline helpdesk support ruf rufen anruf anrufen angerufen erreichbar "
    "nummer nr unter melde meldet kontakt auskunft anmeldung ansprechpartner ansprechpartnerin buchung "
    "notdienst praxis büro appel joindre joignable numéro numéros num contacter répond réservation "
    "renseignements inscriptions secrétariat urgence accueil llamar número contacte atiende localizable "
    "reserva información informes urgencias consulta marque marcar chiamata numeri contatti risponde "
    "reperibile prenotazioni informazioni rivolgersi segreteria urgenze scrivi ligue ligar telefonar fale "
    "atende avise contato contatos reservas informações chame chamar mensagem encomendas plantão bellen "
    "bereikbaar zadzwoni dzwonić numer volejte ringer soita numero arayın ara numara hubungi kontak nomor "
    "nombor номер связь запись звонок контакты 联系 聯絡 聯繫 号码 號碼 打给 拨 撥 打 微信 预约 預約 报名 "
    "客服 咨询 諮詢 番号 連絡 予約 問い合わせ 問合せ 申し込み 相談 受付 緊急 연락 번호 문의 예약 상담"
)
"""Words of which a phone number is often told: enough for numbers of the plan."""


def test_words_that_name_a_phone() -> None:
    texts = [f"{word} 5 123 4567" for word in NAMED.split()]
    texts += ["điện thoại 5 123 4567", "whats app 5 123 4567", "फ़ोन 5 123 4567", "phone no 5 123 4567"]
    texts += [
        f"{word} {of} 5 123 4567"
        for word in ("phone", "my", "his", "her", "our", "your", "their", "contact")
        for of in ("number", "new numbers")
    ]
    texts += ["cell phone 5 123 4567", "cell number 5 123 4567", "cell no 5 123 4567", "cell is 5 123 4567"]
    assert [text for text in texts if scrub(text) != text.replace("5 123 4567", "<PHONE>")] == []
    for other in ("phone book", "phone box", "phone booth", "phone director", "电话簿", "電話帳", "电话局", "pho"):
        assert scrub(f"{other} 5 123 4567") == f"{other} 5 123 4567"


def test_verbs_whose_object_is_a_number() -> None:
    texts = [f"{verb} 5 123 4567" for verb in VERBS.split("|")]
    assert [text for text in texts if scrub(text) != text.replace("5 123 4567", "<PHONE>")] == []
    for text in ("call sites 5 123 4567", "call! 5 123 4567", "we ring and 5 123 4567", "recall 5 123 4567"):
        assert scrub(text) == text


def test_words_that_hint_at_a_phone() -> None:
    texts = [f"{word} x 0161 496 0000" for word in HINTS.split()]
    assert [text for text in texts if scrub(text) != text.replace("0161 496 0000", "<PHONE>")] == []
    assert scrub("word x 0161 496 0000") == "word x 0161 496 0000"
    assert scrub("number x 0161 49") == "number x 0161 49"


OTHERS = (
    "sku isbn issn isin ean upc gtin ref reference order orders invoice id ids serial part model item items "
    "ticket case art doi vol volume p pp page pages section patent catalog cat lot batch build version "
    "versions figure fig table eq tracking account acct bank sequence code product article size range grant "
    "award license licence permit plate registration certificate passport docket bug issue ssn pmid arxiv "
    "oclc lccn rfc policy customer member bestellnummer rechnung kunden auftrag aktenzeichen konto seite "
    "seiten artikel commande facture dossier client siren siret compte pedido factura expediente cuenta "
    "página fattura ordine conto pagina conta processo protocolo cnpj cpf заказ счёт инн 订单 訂單 编号 編號 "
    "批号 账号 帳號 学号 工号 证号 单号 代码 编码 注文 伝票 受付 会員 口座 型番 品番 주문 계좌"
)


def test_words_that_say_that_it_is_another_number() -> None:
    texts = [f"{word}: (415) 555-2671" for word in OTHERS.split()]
    texts += [
        f"order{of} (415) 555-2671"
        for of in (" no.", " nr", " number", " num", " nummer", " número", " numero", " n°", " №", " is", " est")
    ]
    texts += [
        "nota fiscal (415) 555-2671",
        "订单号码：(415) 555-2671",
        "주문번호 (415) 555-2671",
    ]
    assert [text for text in texts if scrub(text) != text] == []
    assert scrub("disorderly (415) 555-2671") == "disorderly <PHONE>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("phone x 01614960000x has 5 123 4567", False),  # another number is nearer
        ("phone x 12345 has 5 123 4567", True),
        ("phone here. It is 5 123 4567", False),
        ("phone here! It is 5 123 4567", False),
        ("phone。号 5 123 4567", False),
        ("tel. It is 5 123 4567", True),  # an abbreviation
        ("phone" + "x" * 55 + " 5 123 4567", False),
        ("phone " + "-" * 57 + " 5 123 4567", True),
        ("phone " + "-" * 58 + " 5 123 4567", False),
        ("phone\n5 123 4567", False),
        ("5 123 4567 anrufen", True),
        ("5 123 4567 an!", True),
        ("5 123 4567 numara", True),
        ("5 123 4567 is my new number", True),
        ("5 123 4567 is our cell", True),
        ("5 123 4567 is a number", False),
        ("5 123 4567まで電話", True),
        ("5 123 4567로 연락", True),
        ("5 123 4567 home", True),
        ("5 123 4567, work", True),
        ("5 123 4567 direct line", False),
    ],
)
def test_where_words_stand(text: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text)) == found
    assert found or scrub(text) == text
