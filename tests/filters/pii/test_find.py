"""Spans of personal data in one text: in order, without overlap, each by the kind that goes before."""

import pytest

from textmill.filters.pii.candidates import COLONS, DIGITS, KEY_BLOCK, QUAD
from textmill.filters.pii.candidates import EMAIL as EMAIL_FLAG
from textmill.filters.pii.find import Finder, Span, Window, without_overlap
from textmill.filters.pii.kinds import KINDS

EVERY = EMAIL_FLAG | COLONS | DIGITS | QUAD | 2047


def spans(text: str, finder: Finder | None = None, *windows: Window) -> list[tuple[str, str]]:
    content = text.encode()
    found = (finder or Finder()).spans(content, windows or [Window(0, len(content), EVERY)])
    return [(content[start:end].decode(), kind) for start, end, kind in found]


def test_spans_come_in_the_order_of_the_text() -> None:
    text = "415-555-2671, a@b.org, 86.231.85.193, 4716424521511864, 2a00:1450:4001::200e"
    assert spans(text) == [
        ("415-555-2671", "phone"),
        ("a@b.org", "email"),
        ("86.231.85.193", "ip"),
        ("4716424521511864", "card"),
        ("2a00:1450:4001::200e", "ip"),
    ]
    assert spans(text, Finder(kinds=frozenset({"ip"}))) == [
        ("86.231.85.193", "ip"),
        ("2a00:1450:4001::200e", "ip"),
    ]


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ([Span(0, 5, "phone"), Span(3, 9, "email")], [Span(3, 9, "email")]),
        ([Span(0, 5, "email"), Span(3, 9, "phone")], [Span(0, 5, "email")]),
        ([Span(0, 5, "email"), Span(5, 9, "phone")], [Span(0, 5, "email"), Span(5, 9, "phone")]),
        ([Span(0, 5, "phone"), Span(0, 9, "phone")], [Span(0, 9, "phone")]),
        ([Span(0, 9, "phone"), Span(0, 5, "card")], [Span(0, 5, "card")]),
        ([Span(0, 9, "ip"), Span(2, 5, "card")], [Span(2, 5, "card")]),
        ([Span(0, 9, "ip"), Span(2, 5, "ip")], [Span(0, 9, "ip")]),
        ([Span(6, 9, "ip"), Span(0, 5, "phone")], [Span(0, 5, "phone"), Span(6, 9, "ip")]),
        ([], []),
    ],
)
def test_of_two_that_overlap_the_kind_that_goes_before_is_kept(found: list[Span], kept: list[Span]) -> None:
    assert without_overlap(found) == kept


def test_a_match_begins_in_its_window_and_may_reach_past_it() -> None:
    text = "x 86.231.85.193 y 86.231.85.194"
    assert spans(text, None, Window(2, 8, EVERY)) == [("86.231.85.193", "ip")]
    assert spans(text, None, Window(0, 2, EVERY)) == []
    assert spans(text, None, Window(2, 8, EVERY), Window(8, 28, EVERY)) == [
        ("86.231.85.193", "ip"),
        ("86.231.85.194", "ip"),
    ]
    address = "write to anna@" + "a-rather-long-label." * 6 + "example.org now"
    at = address.index("@")
    assert spans(address, None, Window(0, at, EMAIL_FLAG)) == [(address[9:-4], "email")]


def test_only_the_kinds_of_a_window_are_looked_for() -> None:
    text = "86.231.85.193"
    assert spans(text, None, Window(0, len(text), QUAD)) == [(text, "ip")]
    assert spans(text, None, Window(0, len(text), EMAIL_FLAG | COLONS)) == []


def test_what_a_finder_looks_for_by_default() -> None:
    assert Finder() == Finder(kinds=frozenset(KINDS), regions=("US",), keep_private=True)
    assert spans("192.168.100.100 and 030 901820") == []
    assert spans("192.168.100.100 and 030 901820", Finder(regions=("DE",), keep_private=False)) == [
        ("192.168.100.100", "ip"),
        ("030 901820", "phone"),
    ]


def test_heads_of_keys_without_end_are_each_looked_at_once() -> None:
    """Had each window searched all that a key may be long, a megabyte would take half a minute."""
    text = b"-----BEGIN RSA PRIVATE KEY-----" * 10_000
    pieces = [Window(start, start + 31, KEY_BLOCK) for start in range(0, len(text), 31)]
    assert Finder().spans(text, pieces) == []
    key = b"-----BEGIN RSA PRIVATE KEY-----" + b"MIIEpAIBAAKCAQEA" * 20 + b"-----END RSA PRIVATE KEY-----"
    assert [(span.start, span.end) for span in Finder().spans(key, [Window(0, 31, KEY_BLOCK)])] == [(0, len(key))]
