"""RefinedWeb's line corrections: around their thresholds, against a slow twin, and in recipes."""

import re

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill import Recipe
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.conditions import only_if
from textmill.filters.kernels.lines.refinedweb_lines import COUNTED
from textmill.filters.refinedweb import RefinedWebLines, RefinedWebQuality

COUNTER = re.compile(rf"^\W*\d[\d.,]*[kmb]?\s+({'|'.join(COUNTED)})\W*$", re.IGNORECASE | re.ASCII)
OFF = {
    "max_uppercase_ratio": None,
    "max_digit_ratio": None,
    "min_words_per_line": None,
    "remove_counters": False,
    "max_snippet_line_words": None,
}
PIECES = (
    "3 likes", "(1,2.5K  Followers!)", "7 likes it", "é3 likes", "\n", "\n\n", " ", "\u2003", "word", "two words",
    "THE", "Ä", "12", "3", "१२", "Sign-in", "sign-in ", "SIGN-IN\u3000", "Items in Cart", " items in cart",
    "Read more...", "read more.. ", "K", "漢字", "...", "\x00", "\r",
    "Several Words of Prose, @[`{", "\x1c\x1f\t  \x1b",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


def slow_clean(text: str) -> tuple[str, int, int]:
    kept = []
    words = words_after = 0
    for line in text.split("\n"):
        count = len(line.split())
        words += count
        if line:
            if sum(map(str.isupper, line)) > 0.5 * len(line) or sum(map(str.isdecimal, line)) > 0.999999 * len(line):
                continue
            if count < 2 or COUNTER.match(_ascii_words(line)):
                continue
            if count <= 10:
                cut = re.sub(r"\s?items in cart", "", line, flags=re.IGNORECASE)
                cut = re.sub(r"(?s)^(.*?)(\s?)read more\.\.\.\Z", r"\1", cut, flags=re.IGNORECASE)
                cut = re.sub(r"^sign-in\s?", "", cut, flags=re.IGNORECASE)
                if cut != line and not cut.strip():
                    continue
                line = cut
        words_after += len(line.split())
        kept.append(line)
    return "\n".join(kept).strip(), words, words - words_after


def _ascii_words(line: str) -> str:
    """The line in ASCII: white space as a blank, other letters as x, and other marks as a full stop."""
    return "".join(" " if c.isspace() else c if ord(c) < 128 else "x" if c.isalnum() else "." for c in line)


def cleaned(text: str, **parameters: object) -> str:
    return str(RefinedWebLines(**parameters).clean(make_batch([text]))[0][0].as_py())  # type: ignore[arg-type]


@settings(max_examples=300)
@given(st.one_of(TRICKY, ANY_TEXT))
@example("a items in cartitems in cart b")
@example("x  items in cartitems in cart")
@example("Sign-in")
@example("5 likes")
@example("")
def test_the_kernel_cleans_as_the_twin_does(text: str) -> None:
    column, measured = RefinedWebLines().clean(make_batch([text]))
    counts = (measured["refinedweb.words"][0].as_py(), measured["refinedweb.words_removed"][0].as_py())
    assert (column[0].as_py(), *counts) == slow_clean(text)


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("ABC DE fg", {"max_uppercase_ratio": 0.5}),
        ("12345", {"max_digit_ratio": 0.999999}),
        ("alone", {"min_words_per_line": 2}),
        ("1.2K followers", {"remove_counters": True}),
        ("* 31  Views *", {"remove_counters": True}),
        ("items in cart", {"max_snippet_line_words": 10}),
        ("Sign-in Read more...", {"max_snippet_line_words": 10}),
    ],
)
def test_each_rule_drops_its_line_and_no_rule_drops_none(line: str, parameters: dict[str, object]) -> None:
    text = f"This line shall stay.\n{line}"
    assert cleaned(text, **OFF) == text
    assert cleaned(text, **OFF | parameters) == "This line shall stay."


def test_thresholds() -> None:
    assert cleaned("AB cd", max_uppercase_ratio=0.4) == "AB cd"
    assert cleaned("AB cd", max_uppercase_ratio=0.39) == ""
    assert cleaned("12 34") == "12 34"  # the space is no digit
    assert cleaned("two words") == "two words"
    ten = "one two three four five six seven eight nine ten"
    assert cleaned(f"Sign-in {ten[4:]}") == ten[4:]
    assert cleaned(f"Sign-in {ten}") == f"Sign-in {ten}"
    assert cleaned("3 likes it") == "3 likes it"
    assert cleaned("\n\n  A line.\n\nAnother line.\n 5 likes\n") == "A line.\n\nAnother line."
    with pytest.raises(RecipeError, match="max_digit_ratio"):
        RefinedWebLines(max_digit_ratio=2)


def test_monotonous_texts_end() -> None:
    for text in ("items in cart" * 100_000, "x" * 10_000_000, "\n" * 1_000_000, "\x00 " * 500_000, "9" * 1_000_000):
        column, measured = RefinedWebLines().clean(make_batch([text]))
        assert measured["refinedweb.words_removed"][0].as_py() <= measured["refinedweb.words"][0].as_py()
        assert len(column) == 1


def test_the_share_of_words_removed_decides() -> None:
    recipe = Recipe("r", [RefinedWebLines(), RefinedWebQuality()])
    line = "All these nineteen words of prose stay where they are and so nothing of it goes at all, friend."
    assert len(line.split()) == 19
    assert recipe.clean(f"{line}\nMenu").removed_by is None  # one word of twenty
    assert recipe.clean(f"{line[5:]}\nMenu").removed_by == "refinedweb_quality.max_words_removed_ratio"
    assert RefinedWebQuality(max_words_removed_ratio=None).rules == ()


def test_the_pair_is_hard_to_misuse() -> None:
    for steps in ([RefinedWebQuality()], [RefinedWebQuality(), RefinedWebLines()]):
        with pytest.raises(RecipeError, match="no refinedweb_lines stands before it"):
            Recipe("r", steps)
    # The cleaner sees only web pages: a book has no ratio and passes.
    recipe = Recipe("r", [only_if(RefinedWebLines(), kind="web"), RefinedWebQuality()])
    assert recipe.clean("Menu\nTwo words", kind="book").removed_by is None
    assert recipe.clean("Menu\nTwo words", kind="web").removed_by == "refinedweb_quality.max_words_removed_ratio"


def test_measurements_are_those_declared() -> None:
    batch = make_batch(["One line.\n3 likes", ""])
    _, counts = RefinedWebLines().clean(batch)
    assert {name: column.type for name, column in counts.items()} == dict(RefinedWebLines.measurements)
    for name, column in counts.items():
        batch = batch.append_column(name, column)
    ratio = RefinedWebQuality().measure(batch)["refinedweb.words_removed_ratio"]
    assert ratio == pa.array([0.5, 0.0])
