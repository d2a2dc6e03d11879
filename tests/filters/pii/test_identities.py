"""Account and identity numbers: every country's word and form, every check, each at its edge."""

import re

import pytest
from stdnum.iban import _ibandb

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.identities import IBAN_LENGTHS


def scrub_all(texts: list[str]) -> list[str]:
    return [str(text) for text in ScrubPII().clean(make_batch(texts))[0].to_pylist()]


def scrub(text: str) -> str:
    return scrub_all([text])[0]


MISTYPED = {
    "steuer-id steuerid steueridnummer steuerlicheid steuernummer identifikationsnummer idnr": "94580730216",
    "rentenversicherungsnummer sozialversicherungsnummer rvnr sv-nummer svnr": "65180539W013 2459160890",
    "nir sécu n°ss nss": "110057507754098 1100575077540",
    "dni nie nif": "27855390L X0407662Y",
    "bsn burgerservicenummer sofinummer": "181908877",
    "rijksregisternummer insz niss": "94111256560",
    "pesel": "49092692527",
    "contribuinte": "248546911",
    "personnummer personnr samordningsnummer fødselsnummer fodselsnr fnr": "620822-8435 196208228435",
    "cpr cprnr cpr-nr": "0204767237",
    "hetu henkilötunnus": "060398-4194 060398A4194",
    "rodné rodne rč": "630411/2651 630411265",
    "cnp": "1710716127242",
    "егн egn": "6109016404",
    "снилс інн рнокпп іпн инн": "0626753354 159401176712",
    "身份证号 身份證 公民身份号码 居民身份证 身分證": "110105199506229553 A123456788",
    "주민등록번호 주민번호 rrn": "650923-1562134",
    "aadhaar aadhar uidai आधार": "201383968622",
    "マイナンバー 個人番号": "204382276901",
    "cpf": "33359672918",
    "curp": "BOXW310820HNERXN08",
    "tfn": "893366602",
    "tckimlik t.c.kimlik tckn kimlik": "72590804703",
    "cf": "RCCMNL83S18D969K",
    "isikukood isikukoodiga": "34505092686",
    "oib": "73784606503",
    "emšo jmbg": "1811948508349",
    "taj tajszám": "111111111",
    "amka αμκα": "12078808827",
    "pps ppsn": "7072493T",
    "ת.ז. תז": "404480619",
    "เลขประจำตัวประชาชน บัตรประชาชน": "8007735788190",
    "ahv avs avsnr": "756.1128.1550.95",
}
"""Words of a country, and numbers with a wrong check digit: the words are about nothing else."""


@pytest.mark.parametrize("words", MISTYPED)
def test_mistyped_numbers_behind_their_own_words(words: str) -> None:
    texts = [f"{word}: {number}." for word in words.split() for number in MISTYPED[words].split()]
    texts += [f"{word.upper()} {number}." for word in words.split() for number in MISTYPED[words].split()[:1]]
    assert [text for text, found in zip(texts, scrub_all(texts), strict=True) if "<NATIONAL_ID>." not in found] == []


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("sécurité sociale", "110057507754098"),
        ("securite sociale", "110057507754098"),
        ("n° ss", "110057507754098"),
        ("registre national", "94111256560"),
        ("rodné číslo", "630411/2651"),
        ("cod numeric", "1710716127242"),
        ("codul numeric personal", "1710716127242"),
        ("resident registration", "650923-1562134"),
        ("social insurance", "172320880"),
        ("tax file", "89 336 660"),
        ("sa id", "5901065776069"),
        ("south african id", "5901065776069"),
        ("id number", "5901065776069"),
        ("identity number", "5901065776069"),
        ("codice fiscale", "RCCMNL83S18D969K"),
        ("cod. fisc.", "RCCMNL83S18D969K"),
        ("personas kods", "11111111111"),
        ("asmens kodas", "39311280740"),
        ("תעודת זהות", "404480619"),
        ("מספר זהות", "404480619"),
    ],
)
def test_mistyped_numbers_behind_several_words(words: str, number: str) -> None:
    assert scrub(f"{words} {number}") == f"{words} <NATIONAL_ID>"


@pytest.mark.parametrize(
    ("words", "number", "mistyped"),
    [
        ("tin", "94580730215", "94580730216"),
        ("nif", "248546910", "248546911"),
        ("personnummer", "620822+8434", None),
        ("pan", "TJBPD8846F", None),
        ("rut", "80791377-8", "80791377-9"),
        ("run", "80791377-8", "80791377-9"),
        ("sin", "172320889", "172320880"),
        ("sin", "172 320 889", "172 320 880"),
        ("id number", "404480618", "404480619"),
        ("identity number", "060398-4193", None),
        ("cf", "RCCMNL83S18D96VW", None),
        ("nhs", "9036573742", "9036573743"),
        ("nhs number", "903 657 3742", "903 657 3743"),
        ("national id", "27855390K", "27855390L"),
        ("national identity", "49092692526", "49092692527"),
        ("id card", "110105199506229552", "110105199506229553"),
        ("identity card", "5901065776068", "5901065776069"),
        ("personal identification", "RCCMNL83S18D969H", "RCCMNL83S18D969K"),
    ],
)
def test_words_that_others_use_too_need_the_check_digit(words: str, number: str, mistyped: str | None) -> None:
    assert scrub(f"{words}: {number}") == f"{words}: <NATIONAL_ID>"
    if mistyped:
        assert "<NATIONAL_ID>" not in scrub(f"{words}: {mistyped}")


@pytest.mark.parametrize(
    ("number", "mistyped"),
    [
        ("RCCMNL83S18D969H", "RCCMNL83S18D969K"),
        ("BOXW310820HNERXN09", "BOXW310820HNERXN08"),
        ("X0407662X", "X0407662Y"),
        ("27855390K", "27855390L"),
        ("060398-4193", "060398-4194"),
        ("110105199506229552", "110105199506229553"),
        ("333.596.729-17", "333.596.729-18"),
        ("80.791.377-8", "80.791.377-9"),
        ("94.11.12-565.59", "94.11.12-565.58"),
        ("1 10 05 75 077 540 97", "1 10 05 75 077 540 98"),
        ("650923-1562133", "650923-1562134"),
    ],
)
def test_forms_that_tell_themselves_have_the_check_digit(number: str, mistyped: str) -> None:
    assert scrub(f"It is {number}, so") == "It is <NATIONAL_ID>, so"
    assert "<NATIONAL_ID>" not in scrub(f"It is {mistyped}, so")
    assert "<NATIONAL_ID>" not in scrub(f"It is x{number}, so")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It is AB 12 34 56 C.", True),
        ("It is AB123456C.", False),
        ("nino AB123456C.", True),
        ("my NI number: AB123456C.", True),
        ("my NI no: AB123456C.", True),
        ("national insurance AB 12 34 56 Z.", True),
        ("nino QQ123456C.", False),
        ("It is BG 12 34 56 C.", False),
        ("It is DA 12 34 56 C.", False),
        ("It is AB 12 34 56 E.", False),
        ("AB 12 3456 C", False),
    ],
)
def test_national_insurance_numbers(text: str, found: bool) -> None:
    assert scrub(text) == (re.sub(r"[A-Z]{2} ?\d[\d ]+[A-Z]", "<NATIONAL_ID>", text) if found else text)


@pytest.mark.parametrize(
    ("between", "found"),
    [
        (" ", True),
        (" is ", True),
        (" ist ", True),
        (" number is ", True),
        (" no. ", True),
        (" card code: ", True),
        ('" : "', True),
        ("=(#'", True),
        (" " * 8, True),
        (" " * 9, False),
        (" of Anna ", False),
        ("x ", False),
    ],
)
def test_what_may_stand_between_the_word_and_its_number(between: str, found: bool) -> None:
    assert ("<NATIONAL_ID>" in scrub(f"pesel{between}49092692527")) == found
    assert scrub("xpesel 49092692527") == "xpesel 49092692527"
    assert scrub("番号はマイナンバー204382276901") == "番号はマイナンバー<NATIONAL_ID>"


def test_iban_lengths_by_country() -> None:
    """As the registry of SWIFT has them."""
    found = {country: length for length, countries in IBAN_LENGTHS.items() for country in countries.split()}
    assert found == {
        **dict.fromkeys(("NO",), 15),
        **dict.fromkeys(("BE",), 16),
        **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "FK", "SD"), 18),
        **dict.fromkeys(("MK", "SI"), 19),
        **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "XK", "MN"), 20),
        **dict.fromkeys(("CH", "HR", "LI", "LV"), 21),
        **dict.fromkeys(("BG", "BH", "CR", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
        **dict.fromkeys(("AE", "GI", "IL", "IQ", "TL", "SO", "OM"), 23),
        **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
        **dict.fromkeys(("LY", "PT", "ST"), 25),
        **dict.fromkeys(("IS", "TR"), 26),
        **dict.fromkeys(("FR", "GR", "IT", "MC", "MR", "SM", "BI", "DJ"), 27),
        **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "PL", "SV", "NI"), 28),
        **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
        **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
        **dict.fromkeys(("MT", "SC"), 31),
        **{"LC": 32, "RU": 33},
    }


def iban(country: str, length: int) -> str:
    """An account number of the country's form, with the right check digits."""
    form = _ibandb.info(country)[0][1]["bban"]
    account = "".join(
        {"n": "1234567890" * 3, "a": "ABCDEFGH", "c": "1B2C3D4E5F6G7H8J9K0L1M2N"}[kind][: int(size)]
        for size, kind in re.findall(r"(\d+)!?([nac])", form)
    )
    assert len(account) == length - 4
    digits = "".join(str(int(character, 36)) for character in account + country + "00")
    return f"{country}{98 - int(digits) % 97:02}{account}"


def test_ibans_of_every_country_whole_and_in_groups_of_four() -> None:
    accounts = [iban(country, length) for length, countries in IBAN_LENGTHS.items() for country in countries.split()]
    texts = [f"to {one}, now" for one in accounts]
    texts += [f"to {' '.join(one[at : at + 4] for at in range(0, len(one), 4))}, now" for one in accounts]
    assert [text for text, made in zip(texts, scrub_all(texts), strict=True) if made != "to <IBAN>, now"] == []
    longer = [f"to {one}7, now" for one in accounts]
    assert scrub_all(longer) == longer


def test_accounts_in_small_letters_need_a_word() -> None:
    account = "gb82west12345698765432"
    for word in ("IBAN", "account", "Konto", "compte", "cuenta", "conto", "rekening", "bank"):
        assert scrub(f"{word}: {account}") == f"{word}: <IBAN>"
    assert scrub(f"bank{' ' * 92}{account}").endswith("<IBAN>")  # 96 bytes before
    assert scrub(f"bank{' ' * 93}{account}").endswith(account)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("219-09-9998", True),
        ("219 09 9998", False),
        ("SSN 219 09 9998", True),
        ("SSN 219099998", True),
        ("219099998", False),
        ("social  security: 219099998", True),
        ("soc. sec. 219099998", True),
        ("930-87-9709", False),
        ("ITIN 930 87 9709", True),
        ("taxpayer id 930879709", True),
        ("tax id 930879709", True),
        ("SSN 000-12-3456", False),
        ("classn 219099998", False),
        ("SSN 3078.1234 and 219099998", True),
        ("SSN 307 12 3457 of Bob, then 219099998", False),
        ("SSN" + " " * 93 + "219099998", True),
        ("SSN" + " " * 94 + "219099998", False),
    ],
)
def test_social_security_numbers(text: str, found: bool) -> None:
    assert scrub(text).endswith("<SSN>") == found
    assert found or scrub(text).endswith(text[-6:])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("IMEI 490154203237518", True),
        ("imei: 49-015420-323751-8", True),
        ("imei: 49 015420 323751 8", True),
        ("IMEI 490154203237519", False),
        ("490154203237518", False),
        ("IMEI" + " " * 92 + "490154203237518", True),
        ("IMEI" + " " * 93 + "490154203237518", False),
    ],
)
def test_serial_numbers_of_phones(text: str, found: bool) -> None:
    assert scrub(text).endswith("<IMEI>") == found


@pytest.mark.parametrize(
    "words",
    [
        *("passport", "Passports", "passeport", "pasaporte", "passaporto", "passaporte", "Reisepass"),
        *("Reisepassnummer", "Pass-Nr", "paspoort", "paspoortnummer", "paszportu", "pasaport", "паспорта", "护照"),
        *("護照", "パスポート", "旅券", "여권", "جواز", "hộ chiếu", "passport no", "passport_number", "passport is"),
        *("passport №", "passport no. is", "passport holder"),
    ],
)
def test_passports_behind_the_word(words: str) -> None:
    assert scrub(f"{words}: X1234567.") == f"{words}: <PASSPORT>."
    assert scrub(f"{words} X12345678901.") == f"{words} X12345678901."
    assert scrub(f"{words} of Anna X1234567.") == f"{words} of Anna X1234567."


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", True),
        ("1BoatSLRHtKNngkdXEeobR76b53LETtpyU", False),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", True),
        ("LVg2kJoFNg45Nbpy53h7Fe1wKyeXVRhMH9", True),
        ("rDTXLQ7ZKZVKz33zJbHjgVShjsBnqMBhmN", True),
        ("rDTXLQ7ZKZVKz33zJbHjgVShjsBnqMBhmM", False),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", True),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", False),
        ("ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9", True),
        ("addr1vpu5vlrf4xkxv2qpwngf6cjhtw542ayty80v8dyr49rf5eg0yu80w", True),
        ("0x52908400098527886E0F7030069857D2E4169EE7", True),
        ("0x" + "12341234" * 5, False),  # four different signs
        ("0x" + "12345123" * 5, True),
        ("0x" + "aAbBcCdD" * 5, False),
        ("48" + "7Zt3Kp9Xw2Lm8Vb4Nc6Rd1Sf5Gh" * 3 + "7Zt3Kp9Xw2Lm", True),
        ("48" + "7Zt3" * 23 + "7", False),
    ],
)
def test_wallets(address: str, found: bool) -> None:
    assert ("<WALLET>" in scrub(f"to {address} now")) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("00:1a:2b:3c:4d:5e", True),
        ("3C-22-FB-12-AB-9D", True),
        ("01:1a:2b:3c:4d:5e", False),  # for many
        ("02:1a:2b:3c:4d:5e", True),
        ("00:1a:1a:00:1a:00", False),  # two different ones
        ("00:1a:1b:00:1a:00", True),
        ("00:12:34:56:12:59", False),  # a time
        ("00:12:34:56:12:60", True),
        ("20-21-22-23-24-25", False),
        ("20-21-22-23-24-2f", True),
    ],
)
def test_hardware_addresses(address: str, found: bool) -> None:
    assert scrub(f"mac {address} up") == ("mac <MAC_ADDRESS> up" if found else f"mac {address} up")
