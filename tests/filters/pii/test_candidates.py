"""The candidate kernel never hides what the expressions find in the whole text."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.machine.buffers import text_buffers
from textmill.filters.pii.announcing import find_literals
from textmill.filters.pii.candidates import CLASSES, EVERY, KEY_BLOCK, LITERALS, TOKEN, find_candidates
from textmill.filters.pii.find import Finder, Window

FINDERS = (Finder(), Finder(keep_private=False, regions=("DE",)))
PIECES = [
    "a", "f", "z", "X", "0", "1", "5", "9", "12", "255", "@", ".", "-", "_", "+", "%", ":", "::", "/", "(", ")",
    " ", "  ", "\n", "\t", "é", "电话", "x", " ext. ", "=",
    ",", "#", "$", "git@", "a.b@c.de", "foo@bar.com", "86.231.85.193",
    "2001:4860:4860::8888", "2a00:1450:4001:81b:0:0:0:200e", "415-555-2671", "(415) 555-2671", "+44 20 7946 0958",
    "004930901820", "4716424521511864", "4716 4245 2151 1864", "call ", "office", "tel", "v",
    "2023-01-15", "1-", "001-",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60)


SECRETS = [
    "password", "PassWord", "api_key", "API_KEY", "apiKey", "the key", '"key"', "SECRET_KEY", "value",
    '" value', '"\tvalue', "token", "auth", "pass", "bypass", "client_id", "client-id", "accessid", "contraseña",
    "пароль", "パスワード",
    "密码",
    "credential", "credentials", "consumer.key", "session access key", "class", "record", "phrase", "base",
    "KEY", "key",
    ":", "=", " = ", '" : "', "\"'] = '", ">", " := ", "=>", '"', "`", " ", "\n", "word ", "é", "漢", "0", "12",
    "hunter2!x", "A1b2C3d4E5f6G7h8", '"q9Zx81mN0pLk27Vt"', "hf_", "hf_abcdefghijklmnopqrstuvwxyzABCDEFGHij",
    "hoo", "hook",
    "pscale_tkn_" + "a1B2c3d4" * 5, "api_org_" + "abcdefgHIJ" * 3 + "abcd", "xyz1Q~" + "aB3dE.fG_h" * 3 + "ij",
    "PRIVATE KEY",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1234567890abcdefghij\n-----END RSA PRIVATE KEY-----",
    "hooks.slack.com/services/T0123456/B0123456/abcdEFGHijklMNOPqrstUVWX", "curl -u bob:s3cr3tpw x", "curl ",
    "discord.com/api/webhooks/123456789012345678/" + "aB3_dE-fG7" * 6, 'curl  --user=alice:"pa55word" ',
    "corp.webhook.office.com/webhookb2/" + "1a2b3c4d" * 6, "hooks.slack.com", "webhook.office.com",
]  # fmt: skip
secret_texts = st.lists(st.sampled_from(SECRETS), max_size=14).map("".join)


def by_windows(documents: list[str], finder: Finder) -> list[list[tuple[int, int, str]]]:
    found = find_candidates(text_buffers(make_batch(documents)["text"])).tolist()
    return [
        finder.spans(text.encode(), [Window(*window[1:]) for window in found if window[0] == row])
        for row, text in enumerate(documents)
    ]


def whole(documents: list[str], finder: Finder) -> list[list[tuple[int, int, str]]]:
    return [finder.spans(text.encode(), [Window(0, len(text.encode()), EVERY)]) for text in documents]


@settings(max_examples=1500, deadline=None)
@given(st.lists(texts, max_size=4))
@example(["tel::415-555-2671", "12:415-555-2671", "1a@b.cc", "a" * 70 + ".b" * 40 + "@c.de", "(+44) 20 7946 0958"])
@example(["86.231.85.193", "1", "." * 9, "a::86.231.85.193", "2001:4860:4860::8888", "@", "a@" + "b." * 300 + "com"])
@example(["Tel. 144978289589+0852739", "4716424521511864+1", "IMEI 490154203237518+189"])
@example(["415-555-2671 ext. 415-555-2671", "415-555-2671 x1415-555-2671", "x@y.com@z.org", "icon@2x.png@b.de"])
def test_windows_find_what_the_whole_text_gives(documents: list[str]) -> None:
    for finder in FINDERS:
        assert by_windows(documents, finder) == whole(documents, finder)


@settings(max_examples=1500, deadline=None)
@given(st.lists(secret_texts, max_size=4))
@example(["sk_live_aBcDefGhiJkLmnOpQrStuVwX", "rk_live_zYxWvutSrqPonMlkJihGfEdc", "a sk_live_aBcDefGhiJkL"])
@example(["api_key=q9Zx81mN0pLk27Vt", "", "x", "password: hunter2!x", "SOME_KEY = 'q9Zx81mN0pLk27Vt'", "Q~" * 9])
def test_windows_find_secrets_that_the_whole_text_gives(documents: list[str]) -> None:
    finder = Finder(kinds=frozenset({"secret"}))
    assert by_windows(documents, finder) == whole(documents, finder)


@given(st.lists(secret_texts, max_size=5))
def test_literals_are_found_wherever_they_stand(documents: list[str]) -> None:
    """The twin searches each text for each word."""
    buffers = text_buffers(make_batch(["before", *documents])["text"].slice(1))
    expected = []
    for literal in LITERALS:
        for row, text in enumerate(documents):
            at = text.encode().find(literal.text)
            while at >= 0:
                place = at + literal.begins_at
                expected.append([row, max(0, place - 40), place + 1, literal.kind])
                at = text.encode().find(literal.text, at + 1)
    assert find_literals(buffers, LITERALS, 40).tolist() == expected


PLACES = {
    "PRIVATE KEY": (0, KEY_BLOCK),
    "hooks.slack.com/": (0, KEY_BLOCK),
    "webhooks/": (3, KEY_BLOCK),
    "webhook.office.com/": (3, KEY_BLOCK),
    "curl ": (0, KEY_BLOCK),
    "hf_": (0, TOKEN),
    "pscale_": (0, TOKEN),
    "_live_": (0, TOKEN),
    "api_org_": (0, TOKEN),
    "Q~": (0, TOKEN),
}
"""What stands in secrets without a digit near it: which of its bytes counts as its place, and of what it is."""


@pytest.mark.parametrize("word", PLACES)
def test_each_literal_is_found_in_the_middle_of_a_text(word: str) -> None:
    place, kind = PLACES[word]
    for before in range(50, 58):
        found = find_candidates(text_buffers(make_batch(["x" * before + word + "yz" * 40])["text"])).tolist()
        assert found == [[0, before + place - 40, before + place + 1, kind]]
    assert len(LITERALS) == len(PLACES)


def test_what_each_byte_may_be_part_of() -> None:
    def of(flag: int) -> str:
        return "".join(chr(byte) for byte in range(128) if CLASSES[byte] & flag)

    digits, large, small = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
    assert [of(1), of(2), of(4)] == [digits, " ()+-./" + digits, "." + digits + ":ABCDEFabcdef"]
    assert [of(8), of(16)] == [":", "%&'+-" + digits + large + "_" + small]
    assert [of(32), of(64), of(128)] == [digits + large + small, "@", "-" + digits + large + "_" + small]
    assert {int(CLASSES[byte]) for byte in range(128, 256)} == {16 | 32}


def test_more_literals_than_room() -> None:
    buffers = text_buffers(make_batch(["hf_ " * 3000])["text"])
    assert len(find_literals(buffers, LITERALS, 40)) == 3000


def test_real_texts(shared_data) -> None:
    documents = [path.read_text(errors="replace") for path in sorted((shared_data / "web/articles").rglob("*.*"))[::5]]
    documents += [(shared_data / "pii/presidio_generated_large.json").read_text()]
    expected = whole(documents, FINDERS[0])
    assert by_windows(documents, FINDERS[0]) == expected
    assert sum(map(len, expected)) > 300


def test_more_windows_than_room() -> None:
    documents = ["a@b.com " * 3000, ">1234567 x " * 3000]
    assert len(find_candidates(text_buffers(make_batch(documents)["text"]))) == 6000


def test_plain_prose_has_no_candidates() -> None:
    documents = ["It was 1984, at 10:30. The 3 of us (all friends) paid 12.50 each; see page 7/8 - or not.", ""]
    assert len(find_candidates(text_buffers(make_batch(documents)["text"]))) == 0


def test_windows_of_addresses_do_not_reach_over_each_other() -> None:
    """Each byte is searched for one of them only: else text of nothing but signs takes a minute a megabyte."""
    for piece in ("a.a@bb.cc", "a@", "a@b.", "a.a@", "a@b.cc@", "%@a.é."):
        text = piece * 500
        found = find_candidates(text_buffers(make_batch([text])["text"]))
        windows = [(start, end) for _, start, end, kind in found.tolist() if kind == 1]
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(windows))
        assert len(windows) == (500 if "cc" in piece or "é" in piece else 0)


def test_digits_and_colons_without_end_are_one_window() -> None:
    """Of megabytes: had each digit looked at all that follows, this would not end."""
    (window,) = find_candidates(text_buffers(make_batch(["1::" * 1_000_000])["text"])).tolist()
    assert window[:3] == [0, 0, 3_000_000]
