"""The C4 rules around their thresholds."""

import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.c4 import C4Lines, C4PageLength, C4Quality


def cleaned(text: str, cleaner: C4Lines) -> str:
    return str(cleaner.clean(make_batch([text]))[0][0].as_py())


def broken_rules(text: str, judge: C4Quality) -> list[str]:
    measured = judge.measure(make_batch([text]))
    return [rule.name for rule in judge.rules if rule.fails(measured[rule.measurement])[0]]


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        ("Four words are enough", {"end_punctuation": True, "min_words_per_line": 1}),
        ("This line trails off into ...", {"end_punctuation": True}),
        ("One two three four.", {"min_words_per_line": 5}),
        ("Here stands one very longword.", {"max_word_chars": 8}),
        ("Please enable JavaScript to read this.", {"remove_javascript": True}),
        ("Our Privacy Policy tells you more about it.", {"remove_policies": True}),
        ("By going on you accept the Use of Cookies.", {"remove_policies": True}),
    ],
)
def test_each_rule_drops_its_line_and_no_rule_drops_none(line: str, parameters: dict[str, object]) -> None:
    off = {
        "end_punctuation": False,
        "min_words_per_line": None,
        "max_word_chars": None,
        "remove_javascript": False,
        "remove_policies": False,
    }
    text = f"This is what shall stay here.\n{line}"
    assert cleaned(text, C4Lines(**off)) == text  # type: ignore[arg-type]
    assert cleaned(text, C4Lines(**off | parameters)) == "This is what shall stay here."  # type: ignore[arg-type]


@pytest.mark.parametrize("end", [".", "?", "!", '"'])
def test_end_marks(end: str) -> None:
    assert cleaned(f"This one has five words{end}", C4Lines()) == f"This one has five words{end}"


def test_words_at_the_threshold() -> None:
    assert cleaned("One two three four five.", C4Lines()) == "One two three four five."
    assert cleaned("One two three four [5].", C4Lines()) == "One two three four ."
    assert cleaned("One two three four [5]", C4Lines(end_punctuation=False)) == ""
    long_word = "x" * 999
    assert cleaned(f"One two three four {long_word}.", C4Lines()) != ""
    assert cleaned(f"One two three four {long_word}x.", C4Lines()) == ""


def test_datatrove_counts_words_before_citations_and_takes_apostrophes_for_ends() -> None:
    form = C4Lines(min_words_per_line=3, count_citations=True, end_apostrophe=True)
    assert cleaned("The mill [5].", form) == "The mill ."
    assert cleaned("The mill [5].", C4Lines(min_words_per_line=3)) == "The mill ."
    assert cleaned("The [5] mill'", form) == "The  mill'"
    assert cleaned("The mill'", form) == ""
    assert cleaned("The [5] mill", C4Lines(min_words_per_line=3, end_punctuation=False)) == ""
    without_marks = C4Lines(min_words_per_line=3, end_punctuation=False, count_citations=True)
    assert cleaned("The [5] mill", without_marks) == "The  mill"


def test_pages_at_the_greatest_length() -> None:
    measured = C4PageLength().measure(make_batch(["é" * 190_000, "x" * 190_001, ""]))
    assert C4PageLength().rules[0].fails(measured["c4.chars"]).tolist() == [False, True, False]
    assert C4PageLength(max_chars=None).rules == ()


def test_citations_are_cut_and_counted() -> None:
    text = "The mill was built in 1802.[1][23] It stands.[citation needed] [edit]\nMenu[2]"
    column, measured = C4Lines().clean(make_batch([text, ""]))
    assert column.to_pylist() == ["The mill was built in 1802. It stands.", ""]
    assert measured["c4.citations_removed"].to_pylist() == [3 + 1, 0]
    assert measured["c4.lines"].to_pylist() == [2, 0]
    assert measured["c4.lines_removed"].to_pylist() == [1, 0]
    kept = C4Lines(remove_citations=False, end_punctuation=False, min_words_per_line=None)
    assert cleaned(text, kept) == text


def test_a_column_that_is_a_slice_is_cleaned_alone() -> None:
    batch = make_batch(["Never seen in here at all.", "Only this sentence is seen.", "Nor is this last one."])
    column, measured = C4Lines().clean(batch.slice(1, 1))
    assert column.to_pylist() == ["Only this sentence is seen."]
    assert measured["c4.lines"].to_pylist() == [1]


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("One. Two. Three.", []),
        ("One. Two.", ["min_sentences"]),
        ("", ["min_sentences"]),
        ("One. Two. Three. Lorem Ipsum dolor.", ["max_lorem_ipsum"]),
        ("One. Two. Three. { }", ["max_curly_brackets"]),
        ("function() { lorem ipsum }", ["max_lorem_ipsum", "max_curly_brackets", "min_sentences"]),
    ],
)
def test_quality_rules(text: str, rules: list[str]) -> None:
    assert broken_rules(text, C4Quality()) == rules


def test_quality_thresholds_can_move_and_go() -> None:
    text = "if (a) { b }"
    assert broken_rules(text, C4Quality(min_sentences=1, max_curly_brackets=2)) == []
    assert broken_rules(text, C4Quality(min_sentences=1, max_curly_brackets=1)) == ["max_curly_brackets"]
    assert C4Quality(min_sentences=None, max_lorem_ipsum=None, max_curly_brackets=None).rules == ()


def test_measurements_are_those_declared() -> None:
    batch = make_batch(["One.", ""])
    _, edits = C4Lines().clean(batch)
    for found, declared in ((edits, C4Lines.measurements), (C4Quality().measure(batch), C4Quality.measurements)):
        assert {name: column.type for name, column in found.items()} == dict(declared)


def marked(step: C4Quality, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_lines_that_are_shown_for_a_rule() -> None:
    text = "One. Two.\nSome Lorem Ipsum {.\nif (a) }\nlorem"
    assert marked(C4Quality(), "max_lorem_ipsum", text) == [(2, "lorem ipsum")]
    assert marked(C4Quality(), "max_curly_brackets", text) == [(2, "{"), (3, "}")]
    assert marked(C4Quality(), "min_sentences", text) == []


def test_published_thresholds() -> None:
    rules = {rule.name: (rule.minimum, rule.maximum) for rule in C4Quality().rules}
    assert rules == {"max_lorem_ipsum": (None, 0), "max_curly_brackets": (None, 0), "min_sentences": (3, None)}
    assert list(rules) == ["max_lorem_ipsum", "max_curly_brackets", "min_sentences"]
    step = C4Lines()
    assert (step.min_words_per_line, step.max_word_chars) == (5, 1000)
    assert (step.end_punctuation, step.end_apostrophe, step.count_citations) == (True, False, False)
    assert (step.remove_citations, step.remove_javascript, step.remove_policies) == (True, True, True)
