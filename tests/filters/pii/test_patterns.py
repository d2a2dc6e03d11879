"""What stands before numbers and addresses: every word that decides, and how far before it may stand."""

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII


def scrub(text: str, **parameters: object) -> str:
    return str(ScrubPII(**parameters).clean(make_batch([text]))[0][0].as_py())  # type: ignore[arg-type]


VERSIONS = """
version ver ver. v v. release build rev rev. firmware section chapter firefox chrome chromium safari edge opera
webkit gecko windows office java jdk jre kernel driver php python ruby gcc clang cuda mysql oracle acrobat reader flash
player android ios macos bios software app plugin update upgrade patch revision assembly sdk api
"""


def test_four_numbers_behind_these_words_are_versions() -> None:
    for word in VERSIONS.split():
        for text in (f"{word} 86.231.85.193", f"x {word.upper()}: (86.231.85.193"):
            assert scrub(text) == text
        assert scrub(f"{word}ish 86.231.85.193") == f"{word}ish <IP_ADDRESS>"
    assert scrub("mybuild 86.231.85.193") == "mybuild <IP_ADDRESS>"
    assert scrub("chromium" + " " * 5 + "86.231.85.193") == "chromium" + " " * 5 + "86.231.85.193"
    assert scrub("chromium" + " " * 6 + "86.231.85.193") == "chromium" + " " * 6 + "<IP_ADDRESS>"


@pytest.mark.parametrize(
    "before",
    [
        *("ip ", "IP: ", "ipv4=", "ip addr ", "ip address: ", "the ip is ", "inet ", "ping ", "ssh ", "http://", "a@"),
        *('ip "', "ip ['(", "ip\t", "ip address is ((("),
    ],
)
def test_short_addresses_need_a_word(before: str) -> None:
    assert scrub(f"{before}5.6.7.8 x") == f"{before}<IP_ADDRESS> x"
    for kept in ("8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "4.2.2.2", "1.2.3.4"):
        assert scrub(f"{before}{kept} x") == f"{before}{kept} x"
    assert scrub("5.6.7.8 x") == "5.6.7.8 x"
    assert scrub(f"tr{before}"[:-1] + "x 5.6.7.8") == f"tr{before}"[:-1] + "x 5.6.7.8"


@pytest.mark.parametrize(
    "word",
    [
        *("ip", "ipv4", "host", "server", "address", "addr", "from", "to", "client", "peer", "remote", "ping", "inet"),
        *("gateway", "dns", "ssh", "via", "at"),
    ],
)
def test_doubtful_addresses_need_a_word_too(word: str) -> None:
    for address in ("186.231.0.1", "186.231.0.2", "186.231.0.0", "1.2.131.111", "1.3.131.111"):
        assert scrub(f"x {address} x") == f"x {address} x"
        assert scrub(f"x {word}: {address} x") == f"x {word}: <IP_ADDRESS> x"
        assert scrub(f"x {word}{' ' * 7}{address} x") == f"x {word}{' ' * 7}{address} x"
    assert scrub("//186.231.0.1 a@186.231.0.1") == "//<IP_ADDRESS> a@<IP_ADDRESS>"
    assert scrub("x 186.231.0.3 x") == "x <IP_ADDRESS> x"
    assert scrub("x 1.4.131.111 x") == "x <IP_ADDRESS> x"


def test_addresses_that_are_examples_or_sums_stay() -> None:
    for text in ("12.34.56.78", "ip 12.34.56.78", "ip 1.2.3.4", "186.231.85.193+", "186.231.85.193+0800"):
        assert scrub(text, keep_private_ips=False) == text


@pytest.mark.parametrize(
    "word",
    [
        *(
            "cc",
            "ccn",
            "pan",
            "card",
            "cart",
            "carte",
            "karte",
            "tarjeta",
            "cartao",
            "cartão",
            "carta",
            "kaart",
            "kort",
        ),
        *(
            "kredit",
            "credit",
            "debit",
            "visa",
            "maestro",
            "mastercard",
            "jcb",
            "amex",
            "diners",
            "discover",
        ),
        *("american express", "unionpay", "mir", "payment", "billing", "checkout", "卡", "カード", "카드", "карт"),
    ],
)
def test_rare_cards_behind_each_word(word: str) -> None:
    number = "4716424521513"
    assert scrub(f"{word}: {number} x") == f"{word}: <CARD> x"
    assert scrub(f"{word.upper()} {number} x") in (f"{word.upper()} <CARD> x", f"{word.upper()} {number} x")
    gap = " " * (48 - len(word.encode()))
    assert scrub(f"{word}{gap}{number} x") == f"{word}{gap}<CARD> x"
    assert scrub(f"{word}{gap} {number} x") == f"{word}{gap} {number} x"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x 4716424521511864 x", True),
        ("=4716424521511864", False),
        ("/4716424521511864", False),
        ("(4716424521511864)", False),
        ("[4716424521511864]", False),
        ("(4716 4245 2151 1864)", True),
        ("x 378282246310005 x", True),  # American Express tell themselves
        ("x 371449635398431 x", True),
        ("x 341449635398432 x", False),
        ("x 30569309025904 x", False),
        ("card 30569309025904 x", True),
        ("card 4444 4444 4444 4448", True),
        ("x 4444 4444 4444 4448", False),
    ],
)
def test_cards(text: str, found: bool) -> None:
    assert ("<CARD>" in scrub(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a@b.zip", True),
        *(
            (f"a@2b.{ending}", False)
            for ending in ("zip", "mov", "md", "sh", "py", "rs", "pl", "so", "cc", "ps", "app")
        ),
        ("a@2b.de", True),
        ("a@163.com", True),
        ("a@126.cn", True),
        ("a@21.net", True),
        ("a@mail.163.COM", True),
        ("a@163.de", False),
        ("a@1.2.de", False),
        ("a..b@mail.de", False),
        ("a@xn--bcher-kva.xn--p1ai", True),
        ("a@mail.xn--nothing", False),
        ("a@mail.xn--a", False),
        ("a@mail.xn---", False),
        ("a@mail.XN--P1AI", False),
        ("a@mail.xn--99999999", False),
        ("a@пример.РФ", True),
        ("a@пример.рх", False),
        ("a@mail.DE", True),
        ("git@mail.de:x", False),
        ("git@mail.de/x", False),
        ("git@mail.de x", True),
        ("gits@mail.de/x", True),
        ("//anna:pass@mail.de", False),
        ("//an:pa@mail.de", False),
        ("/anna:pass@mail.de", True),
        ("x //" + "a" * 64 + ":pass@mail.de", False),
        ("x //" + "a" * 65 + ":pass@mail.de", True),
    ],
)
def test_mail(text: str, found: bool) -> None:
    assert ("<EMAIL>" in scrub(text, secret_tag=None)) == found
