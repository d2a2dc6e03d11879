"""Made-up values and masks: of each kind the exact one, which every run has to draw again."""

import re

import pytest
from stdnum import iban, luhn

from textmill.filters.pii.surrogates import Surrogates, mask


def fake(kind: str, value: str, key: str = "k") -> str:
    return Surrogates(key).fake(kind, value.encode()).decode()


@pytest.mark.parametrize(
    ("kind", "value", "made"),
    [
        ("email", "anna.Klein2@mail.org", "etge.Cfisf4@example.com"),
        ("email", " Anna.Klein2@MAIL.org", " Etge.Cfisf4@example.com"),
        ("ip", "86.231.85.193", "198.19.40.155"),
        ("ip", "2a00:1450::200e", "2001:db8:1686:3842:3555:67b:9da3:9dc0"),
        ("card", "4716-4245-2151-1864", "4716-5281-9330-1147"),
        ("imei", "35-209900-176148-1", "35-221849-071549-9"),
        ("iban", "DE89 3704 0044 0532 0130 00", "DE21 6930 2970 7248 4985 31"),
        ("iban", "GB82WEST12345698765432", "GB42WSBF94118420407674"),
        ("phone", "+44 (20) 7946-0958", "+44 (68) 6106-7398"),
        ("phone", "(415) 555-2671", "(415) 185-0159"),
        ("secret", "ghp_abcXYZ0189", "ghp_eohLYY2873"),
        ("secret", "sk_live_abc123", "sk_live_tse216"),
        ("secret", "AKIAQZ7XW3MN", "AKIAHB4PS9OX"),
        ("secret", "AIzaXy12", "AIzaGz28"),
        ("secret", "eyJhb.G1", "eyJcd.Z7"),
        ("secret", "SG.ab-CD", "SG.ry-NH"),
        ("secret", "hunter2!x", "sizqhx5!b"),
        (
            "secret",
            "-----BEGIN EC PRIVATE KEY-----\nMIIab12\n-----END EC PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nVVZnw25\n-----END EC PRIVATE KEY-----",
        ),
        ("ssn", "219-09-9998", "307-78-6333"),
        ("national_id", "54362315K", "30491879P"),
        ("name", "Jürgen Klein", "Eqkgcd Puunn"),
        ("mac", "00:1a:2b:3c:4d:5e", "d6:37:99:33:f3:1f"),
        ("wallet", "0x5290ABcd", "0x56917fa9"),
        ("mac", "00-1A-2B-3C-4D-5E", "4C-2B-9B-49-6B-F0"),
        ("wallet", "bc1qar0srrr7xf", "bc1bho4bdhz0hy"),
        ("wallet", "1BoatSLRHtKNng", "1VahfYRPJnKLxd"),
        ("passport", "X1234567", "H6898051"),
        ("address", "17 Elm Street", "20 Rkx Rvlzru"),
    ],
)
def test_each_kind_has_values_of_its_form(kind: str, value: str, made: str) -> None:
    assert fake(kind, value) == made


def test_how_a_value_was_written_makes_no_difference_to_what_is_drawn() -> None:
    assert fake("email", "a nna@MAIL.org").lower().replace(" ", "") == fake("email", "anna@mail.org")
    digits = [re.sub(r"\D", "", fake("ssn", value)) for value in ("219-09-9998", "219 09 9998", "219099998")]
    assert digits == ["307786333"] * 3
    assert fake("name", "Anna") != fake("name", "anna")
    assert fake("card", "4716424521511864") != fake("phone", "4716424521511864")
    assert fake("card", "4716424521511864", "l") != fake("card", "4716424521511864")


def test_draws_of_a_long_value_do_not_repeat() -> None:
    assert fake("ssn", "7" * 40) == "7096444430824508983019066650320595106677"


def test_every_letter_and_digit_may_be_drawn() -> None:
    made = fake("name", "aA1" * 4000)
    assert {*made[0::3]} == set("abcdefghijklmnopqrstuvwxyz")
    assert {*made[1::3]} == set("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert {*made[2::3]} == set("0123456789")


def test_made_up_mail_and_hosts_are_nobodys() -> None:
    mails = {fake("email", f"a{number}@b.org").partition("@")[2] for number in range(40)}
    assert mails == {"example.com", "example.org", "example.net"}
    hosts = [fake("ip", f"86.231.85.{number}").split(".") for number in range(1, 250)]
    assert {tuple(host[:2]) for host in hosts} == {("198", "18"), ("198", "19")}
    lasts = {int(fake("ip", f"86.{one}.{two}.1").split(".")[3]) for one in range(60) for two in range(100)}
    assert (min(lasts), max(lasts)) == (1, 254)
    thirds = {int(fake("ip", f"86.{one}.{two}.1").split(".")[2]) for one in range(60) for two in range(100)}
    assert (min(thirds), max(thirds)) == (0, 255)


@pytest.mark.parametrize("number", range(40))
def test_made_up_numbers_have_their_check_digits(number: int) -> None:
    card = fake("card", f"4716 4245 21{number:02} 1864")
    assert luhn.is_valid(card.replace(" ", ""))
    assert card[:4] == "4716"
    assert iban.is_valid(fake("iban", f"DE89 3704 0044 05{number:02} 0130 00"), check_country=False)


def test_masks_leave_blanks_and_marks() -> None:
    assert mask("Jürgen_2 @mail.org-é".encode()).decode() == "******_* @****.***-*"
