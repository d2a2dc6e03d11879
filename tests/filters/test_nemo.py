"""NeMo Curator's heuristics around their thresholds, and against its formulas on real pages."""

import re
from pathlib import Path

import orjson
import pytest

from textmill.filters.base.batch import make_batch
from textmill.filters.nemo import NemoQuality

GOOD = "Of all that the old mill has, the best to see with the children is the big wheel.\n\nIt turns and turns."


def broken_rules(text: str, judge: NemoQuality) -> list[str]:
    measured = judge.measure(make_batch([text]))
    assert {name: column.type for name, column in measured.items()} == dict(NemoQuality.measurements)
    return [rule.name for rule in judge.rules if rule.fails(measured[rule.measurement])[0]]


def only(**parameters: object) -> NemoQuality:
    """A filter with these rules alone."""
    off = dict.fromkeys(rule.name for rule in NemoQuality().rules)
    return NemoQuality(**off | parameters)  # type: ignore[arg-type]


def test_a_page_of_prose_passes_and_an_empty_text_breaks_only_what_asks_for_words() -> None:
    assert broken_rules(GOOD, NemoQuality()) == []
    assert broken_rules("", NemoQuality()) == ["min_common_words"]
    assert only().rules == ()


@pytest.mark.parametrize(
    ("rule", "bound", "passes", "fails"),
    [
        ("max_non_alnum_ratio", 0.25, "abc-", "abc--"),
        ("max_digit_ratio", 0.15, "x" * 17 + "123", "x" * 16 + "123"),
        ("max_url_ratio", 0.2, "http://x" + " " * 32, "http://x" + " " * 31),
        ("max_space_ratio", 0.25, "abc ", "ab c "),
        ("max_bracket_ratio", 0.1, "[" + "x" * 9, "[" + "x" * 8),
        ("max_boilerplate_ratio", 0.4, "Privacy policy\n\nuse cookies\n\na\n\nb\n\nc", "Privacy policy\n\na"),
        ("max_boilerplate_ratio", 0.4, "a lorem and an ipsum", f"{GOOD}\n\nLorem ipsum"),
        ("min_unique_line_ratio", 0.7, "a\nb\n\nc\nd\ne\nf\ng\na\na\na", "a\nb\nc\n \nc\nc"),
        ("min_unique_line_chars_ratio", 0.8, "aaaa\nb\n\n" * 1 + "b", "ab\nab"),
        ("min_unique_paragraph_ratio", 0.7, "a\n\nb\n\nc", "a\n\na\n\nc"),
        ("min_unique_paragraph_chars_ratio", 0.8, "aaaa\n\nb\n\n", "aaaa\n\naaaa"),
        ("max_unended_line_ratio", 0.85, "a.\n" * 3 + "b\n" * 17, "a.\n" * 2 + "b\n" * 17),
        ("max_word_chars", 1000, "x" * 1000 + " y", "x" * 1001),
        ("min_common_words", 2, "the the", "the The THE"),
    ],
)
def test_thresholds(rule: str, bound: float, passes: str, fails: str) -> None:
    assert broken_rules(passes, only(**{rule: bound})) == []
    assert broken_rules(fails, only(**{rule: bound})) == [rule]


def test_values_are_those_of_the_formulas(shared_data: Path) -> None:
    files = sorted(shared_data.rglob("*.md"))[:20] + sorted(shared_data.rglob("*.txt"))[:20]
    texts = [file.read_text(encoding="utf-8", errors="replace")[:50_000] for file in files]
    texts += [orjson.dumps(texts[:3]).decode(), GOOD * 30]
    measured = NemoQuality().measure(make_batch(texts))
    for row, text in enumerate(texts):
        if not text:
            continue
        lines = [line for line in text.split("\n") if line.strip()]
        paragraphs = text.split("\n\n")
        expected = {
            "non_alnum_ratio": 1 - len(re.findall(r"[a-zA-Z0-9\n?!,.]", text)) / len(text),
            "digit_ratio": len(re.findall(r"\d", text)) / len(text),
            "space_ratio": sum(character in "\t\n\r\b " for character in text) / len(text),
            "unique_line_ratio": len(set(lines)) / len(lines) if lines else 1,
            "unique_paragraph_chars_ratio": len("".join(set(paragraphs))) / max(len("".join(paragraphs)), 1),
            "unended_line_ratio": sum(not line.strip().endswith((".", "?", "!", '"', "'")) for line in lines)
            / max(len(lines), 1),
            "longest_word_chars": max(map(len, text.split()), default=0),
        }
        for name, value in expected.items():
            assert measured[f"nemo.{name}"][row].as_py() == pytest.approx(value)


def marked(step: NemoQuality, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_lines_that_are_shown_for_a_rule() -> None:
    text = "Words in a line.\n12 34!\n   \nLorem Ipsum (a) [b]\nWords in a line.\n\nWords in a line."
    step = NemoQuality()
    assert marked(step, "max_digit_ratio", text) == [(2, "")]
    assert marked(step, "max_bracket_ratio", text) == [(4, "")]
    assert marked(step, "max_boilerplate_ratio", text) == [(4, "lorem ipsum")]
    assert marked(step, "max_unended_line_ratio", text) == [(4, "")]
    assert (3, "") in marked(step, "max_space_ratio", text)  # nothing but spaces, and the only blank line that is shown
    assert (3, "") not in marked(step, "max_non_alnum_ratio", text)
    assert marked(NemoQuality(max_word_chars=4), "max_word_chars", "four fivee") == [(1, "fivee")]
    assert marked(step, "min_unique_line_ratio", text) == [(5, ""), (7, "")]
    assert marked(step, "min_unique_paragraph_ratio", "One.\n\nOne.\nTwo.\n\nOne.") == [(6, "")]
    assert marked(step, "min_common_words", text) == []


def test_measurements_are_those_declared() -> None:
    found = NemoQuality().measure(make_batch(["One.", ""]))
    assert {name: column.type for name, column in found.items()} == dict(NemoQuality.measurements)


def test_published_thresholds() -> None:
    bounds = {rule.name: rule.minimum if rule.maximum is None else rule.maximum for rule in NemoQuality().rules}
    assert bounds == {
        **{"max_non_alnum_ratio": 0.25, "max_digit_ratio": 0.15, "max_url_ratio": 0.2, "max_space_ratio": 0.25},
        **{"max_bracket_ratio": 0.1, "max_boilerplate_ratio": 0.4, "min_unique_line_ratio": 0.7},
        **{"min_unique_line_chars_ratio": 0.8, "min_unique_paragraph_ratio": 0.7},
        **{"min_unique_paragraph_chars_ratio": 0.8, "max_unended_line_ratio": 0.85, "max_word_chars": 1000},
        **{"min_common_words": 2},
    }
