"""What tells personal data from what only looks like it: each rule at its edge."""

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.patterns import CARD, EMAIL, IPV4, IPV6
from textmill.filters.pii.validators import is_card, is_email, is_personal_ipv4, is_personal_ipv6


def scrub(text: str, **parameters: object) -> str:
    return str(ScrubPII(**parameters).clean(make_batch([text]))[0][0].as_py())  # type: ignore[arg-type]


def with_check_digit(front: str, length: int) -> str:
    """A number of so many digits that begins in this way and ends in its Luhn digit."""
    digits = front + "1029384756102938475"[: length - 1 - len(front)]
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + (place % 2 == 0))
        total += doubled - 9 * (doubled > 9)
    return digits + str(-total % 10)


def is_card_number(number: str) -> bool:
    text = b"card " + number.encode()
    match = CARD.fullmatch(text, 5)
    return match is not None and is_card(match, text)


LENGTHS = range(12, 20)


@pytest.mark.parametrize(
    ("issuer", "fronts", "lengths"),
    [
        ("Visa", ["4", "49"], {13, 16, 19}),
        ("Mastercard", ["51", "55", "2221", "2229", "223", "229", "23", "26", "270", "271", "2720"], {16}),
        ("American Express", ["34", "37"], {15}),
        ("Diners Club", ["300", "305", "36", "38", "39"], {14, 15, 16, 17, 18, 19}),
        ("JCB", ["3528", "3529", "353", "358"], {16, 17, 18, 19}),
        ("Discover", ["6011", "65", "644", "649"], {16, 17, 18, 19}),
        ("UnionPay, Mir", ["62", "2200", "2204"], {16, 17, 18, 19}),
        ("Maestro", ["5018", "5020", "5038", "56", "58", "6304", "6390", "6759", "6761", "6762", "6763"], set(LENGTHS)),
        (
            "nobody",
            ["2220", "2721", "28", "306", "31", "33", "3527", "359", "50", "2205", "5019", "6010", "643", "66"],
            set(),
        ),
    ],
)
def test_cards_are_told_by_issuer_and_length(issuer: str, fronts: list[str], lengths: set[int]) -> None:
    for front in fronts:
        found = {length for length in LENGTHS if is_card_number(with_check_digit(front, length))}
        assert found == lengths, f"{issuer}: {front}"


def test_a_card_has_a_check_digit_and_is_no_pattern() -> None:
    number = with_check_digit("4", 16)
    for last in "0123456789":
        assert is_card_number(number[:-1] + last) == (last == number[-1])
    assert is_card_number(f"{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}")
    assert not is_card_number("0000000000000000")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Maestro: 501800000009", True),
        ("501800000009", False),  # a rare length needs the word
        ("Visa 4716424521513", True),
        ("4716424521513", False),
        ("cc=4716424521511864", True),
        ("id=4716424521511864", False),
        ("id=4716-4245-2151-1864", True),
        ("rng(4716424521511864)", False),
        ("Anna,4716424521511864,12/27", True),
        ("+4716424521511864", False),
        ("0.4716424521511864", False),
        ("4111 1111 1111 1111", False),  # two different digits are a pattern
        ("credit card 4111 1111 1111 1111", True),  # as examples of payment have them
        ("card 4111 1111 1111 1112", False),
    ],
)
def test_what_stands_before_a_card(text: str, found: bool) -> None:
    assert ("<CARD>" in scrub(text)) == found


def is_address(text: str) -> bool:
    match = EMAIL.search(text.encode())
    return match is not None and is_email(match, text.encode())


def test_names_of_pictures_are_no_addresses() -> None:
    endings = (
        *("png", "jpg", "jpeg", "gif", "webp", "svg", "bmp", "ico", "css", "js", "ts", "json", "html", "htm", "php"),
        *("xml", "yaml", "yml", "txt", "md", "pdf", "exe", "dll", "zip", "mp3", "mp4"),
    )
    for ending in endings:
        # Digits are in no top level domain, so that the expression ends before them.
        assert scrub(f"icon@2x.{ending} and") == f"icon@2x.{ending} and"
        assert scrub(f"ICON@2X.{ending.upper()} and") == f"ICON@2X.{ending.upper()} and"
    assert is_address("icon@2x.com")


def test_addresses_of_code_hosts_are_nobodys() -> None:
    assert not is_address("git@example.org:team/project.git")
    assert not is_address("git@example.org/team")
    assert is_address("git@example.org")
    assert is_address("git@example.org, or")
    assert is_address("anna@example.org: hello")


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("86.231.85.193", True),
        ("8.6.4.100", True),  # a number of three digits
        ("86.23.85.1", True),  # three of two
        ("86.23.85.11", True),
        ("8.23.85.1", False),
        ("8.8.8.8", False),
        ("v86.231.85.193", None),
        ("version: 86.231.85.193", False),
        ("firmware 86.231.85.193", False),
        ("version is 86.231.85.193", True),
        ("version" + " " * 20 + "86.231.85.193", True),
        ("86.231.85.193/31", True),
        ("86.231.85.192/31", False),
        ("86.231.85.193/32", True),
        ("86.231.85.193/33", True),
        ("86.231.85.193/24.5", True),
        ("192.168.100.1", False),
        ("127.0.0.100", False),
        ("203.0.113.100", False),  # documentation
        ("224.0.1.100", False),  # multicast
        ("239.255.255.250", False),
    ],
)
def test_addresses_of_four_numbers(text: str, personal: bool | None) -> None:
    match = IPV4.search(text.encode())
    if personal is None:
        assert match is None
        return
    assert match is not None
    assert is_personal_ipv4(match, text.encode(), keep_private=True) == personal


@pytest.mark.parametrize("text", ["192.168.100.1", "86.231.85.0/24", "224.0.1.100", "203.0.113.100"])
def test_addresses_of_networks_go_too_when_private_ones_do(text: str) -> None:
    match = IPV4.search(text.encode())
    assert match is not None
    assert is_personal_ipv4(match, text.encode(), keep_private=False)
    for kept in ("8.8.8.8", "version 86.231.85.193"):
        match = IPV4.search(kept.encode())
        assert match is not None
        assert not is_personal_ipv4(match, kept.encode(), keep_private=False)


@pytest.mark.parametrize(
    ("text", "personal", "at_all"),
    [
        ("2a00:1450:4001:81b:0:0:0:200e", True, True),
        ("2a00:1450:4001::200e", True, True),
        ("2a00:145::1", True, True),  # three groups
        ("2a00::145", False, False),
        ("2a00::12:3", True, True),
        ("2a:0::1:2:3", False, False),  # no group of three
        ("dead:beef::cafe", False, False),  # no digit
        ("12:34:56:78:90:ab", False, False),
        ("2a00:1450:4001:81b:0:0:0:200e:1", None, None),
        ("2a00:1450::4001::200e", False, False),  # zeros can be left out in one place only
        ("2a00:1450:4001:::200e", False, False),
        ("2a00:1450:4001::200e/64", True, True),  # an address in its network
        ("2a00:1450:4001::/64", False, True),
        ("2a00:1450:4001::200e/128", True, True),
        ("2001:db8:1::100", False, True),  # documentation
        ("fe80::1ff:fe23:100", False, True),
        ("fd12:3456:789a::1", False, True),
        ("4000:1450:4001::200e", False, True),  # nobody has been given any
        ("1fff:1450:4001::200e", False, True),
    ],
)
def test_addresses_of_eight_groups(text: str, personal: bool | None, at_all: bool | None) -> None:
    match = IPV6.search(text.encode())
    if personal is None:
        assert match is None or not is_personal_ipv6(match, text.encode(), keep_private=True)
        return
    assert match is not None
    assert is_personal_ipv6(match, text.encode(), keep_private=True) == personal
    assert is_personal_ipv6(match, text.encode(), keep_private=False) == at_all


@pytest.mark.parametrize(
    ("text", "region", "expected"),
    [
        ("111-111-1111", "US", "111-111-1111"),
        ("111-111-1112", "US", "111-111-1112"),  # nobody's area
        ("(415) 555-2671", "DE", "<PHONE>"),
        ("+44 20 7946 0958", "US", "<PHONE>"),
        ("0044 20 7946 0958", "US", "<PHONE>"),
        ("+999 20 7946 0958", "US", "+999 20 7946 0958"),
        ("call +999 20 7946 0958", "US", "call <PHONE>"),
        ("call +999 123456789012", "US", "call <PHONE>"),
        ("call 12345678", "US", "call <PHONE>"),
        ("call 1234567", "US", "call 1234567"),
        ("call 123 4567", "US", "call <PHONE>"),
        ("call 1234567890123", "US", "call <PHONE>"),
        ("call 12345678901234", "US", "call 12345678901234"),
        ("call 10.20.30.40", "US", "call 10.20.30.40"),
        ("call 308-63-0237", "US", "call <SSN>"),
        ("415 555 2671", "US", "<PHONE>"),
        ("415 555 2671", "CA", "<PHONE>"),
        ("4155 552 671", "US", "4155 552 671"),
        ("4155552671", "US", "4155552671"),
        ("4155552671", "CA", "4155552671"),
        ("030 901820", "US", "030 901820"),
        ("030 901820", "DE", "<PHONE>"),
        ("030901820", "DE", "030901820"),  # nothing says that it is one
        ("015123456789", "DE", "<PHONE>"),  # a mobile phone
        ("0151 23456789", "DE", "<PHONE>"),
        ("000 000000", "DE", "000 000000"),
    ],
)
def test_phone_numbers(text: str, region: str, expected: str) -> None:
    assert scrub(text, default_region=region) == expected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 12345678", True),
        ("we called: 12345678", True),
        ("电话 12345678", True),
        ("电话：" + "号" * 10 + "12345678", True),
        ("call\n12345678", False),  # another line
        ("once\ncall 12345678", True),
        ("call" + " " * 60 + "12345678", True),
        ("call" + " " * 61 + "12345678", False),  # too far before
        ("12345678 fax", True),
        ("12345678 (office)", True),
        ("12345678 cell lung", False),
        ("12345678 calls", False),
    ],
)
def test_words_that_announce_a_number(text: str, found: bool) -> None:
    assert ("<PHONE>" in scrub(text)) == found


def test_the_end_of_a_password_in_a_url_is_no_address() -> None:
    assert not is_address("//anna:b@mail.org")
    assert not is_address("x" * 300 + " //anna:b@mail.org")
    assert is_address("/ anna:b@mail.org")
