"""DCLM's small cleaners against examples and slow twins."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.dclm import CollapseNewlines, RemoveUrls

PIECES = (
    "http://", "https://", "ftp://", "www.", ".com", "example.com", "a.b", "a.com.au", "1.2.3.4", "256.1.1.1", ".", ":",
    "x", "é", " ", "\n", "/p?q=r", "(", ")", "@", "-", "_", "漢", "\u3000", "HTTP://X", "\x00",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=15).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def without_urls(text: str) -> tuple[str, int]:
    column, measured = RemoveUrls().clean(make_batch([text]))
    return column[0].as_py(), measured["dclm.urls_removed"][0].as_py()


@pytest.mark.parametrize(
    ("text", "left", "count"),
    [
        ("See http://a.example/b_(c)?d=e#f and go.", "See and go.", 1),
        ("See HTTPS://A.EXAMPLE.", "See.", 1),
        ("Files (ftp://host/x) here", "Files () here", 1),
        ("at www.example and Www.b", "at and", 2),
        ("at example.com, sub.example.ORG/x; done", "at,; done", 2),
        ("shop.com.au stays, a name without a known end", "shop.com.au stays, a name without a known end", 0),
        ("mail someone@example.com please", "mail someone@example.com please", 0),
        ("end.In the file.py or 3.14 or e.g. http: //", "end.In the file.py or 3.14 or e.g. http: //", 0),
        ("ping 10.0.0.1, not 1.2.3.4.5 or 1.2.3 or 300.1.1.1", "ping, not 1.2.3.4.5 or 1.2.3 or 300.1.1.1", 1),
        ("10.0.0.1:80/x. Then", ". Then", 1),
        ("line\n http://a.b\nline", "line\nline", 1),
        (f"far{' ' * 12}http://a.b", "far  ", 1),
        ("xhttp://a.b.c", "xhttp://a.b.c", 0),
        ("http://", "http://", 0),
        ("漢字example.com", "漢字example.com", 0),
        ("http://a.b/漢字", "漢字", 1),
        ("", "", 0),
    ],
)
def test_urls_go_and_what_looks_like_one_stays(text: str, left: str, count: int) -> None:
    assert without_urls(text) == (left, count)


@settings(max_examples=300)
@given(st.one_of(TRICKY, ANY_TEXT))
def test_what_is_left_is_text_in_order_and_holds_no_url(text: str) -> None:
    left, count = without_urls(text)
    characters = iter(text)
    assert all(character in characters for character in left)  # a subsequence
    assert (left == text) == (count == 0)
    if count == 0:
        assert not re.search(r"(?i)(?<![a-z])(https?|ftp)://[a-z0-9]", text)


@settings(max_examples=200)
@given(st.text(st.sampled_from("a\n é\r"), max_size=30), st.integers(1, 3))
def test_newlines_collapse_as_the_pattern_says(text: str, most: int) -> None:
    column, measured = CollapseNewlines(max_newlines=most).clean(make_batch([text]))
    expected = re.sub(rf"\n{{{most + 1},}}", "\n" * most, text)
    assert column[0].as_py() == expected
    assert measured["dclm.newlines_removed"][0].as_py() == len(text) - len(expected)


def test_texts_of_a_slice_and_monotonous_ones() -> None:
    batch = make_batch(["http://never.seen", "a\n\n\nb http://x.y z", "http://nor.this"]).slice(1, 1)
    assert RemoveUrls().clean(batch)[0].to_pylist() == ["a\n\n\nb z"]
    assert CollapseNewlines().clean(batch)[0].to_pylist() == ["a\n\nb http://x.y z"]
    for text in ("." * 1_000_000, "a.com-" * 200_000, "http://" * 200_000, "1.1.1.1." * 200_000, "x" * 10_000_000):
        assert len(without_urls(text)[0]) <= len(text)


def test_no_line_feed_at_all_is_refused() -> None:
    with pytest.raises(RecipeError, match="at least 1"):
        CollapseNewlines(max_newlines=0)


def test_a_name_in_recipes_and_the_measurements_that_are_declared() -> None:
    batch = make_batch(["One.\n\n\n\nTwo. http://a.com", ""])
    for step, name in ((CollapseNewlines(), "collapse_newlines"), (RemoveUrls(), "remove_urls")):
        assert step.name == name
        _, found = step.clean(batch)
        assert {one: column.type for one, column in found.items()} == dict(step.measurements)
