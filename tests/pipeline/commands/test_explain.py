"""``explain`` marks the lines that drive a broken rule and those that a cleaner has changed."""

from typing import Any

from textmill import C4Lines, GopherQuality, GopherRepetition, Recipe, ScrubPII, any_of, where
from textmill.filters.base.batch import make_batch
from textmill.pipeline.commands.explain import Explanation, explain_document
from textmill.pipeline.commands.show import show_explanation


def explain(text: str, *steps: Any) -> Explanation:
    return explain_document(Recipe("r", list(steps)), make_batch([text]))


def test_lines_of_broken_rules_are_marked() -> None:
    found = explain("A title\n- one\n- two\n- three\n", GopherQuality(max_bullet_lines_ratio=0.5))
    rules = {rule.rule: rule for rule in found.rules}
    assert [one.line for one in rules["max_bullet_lines_ratio"].evidence] == [2, 3, 4]
    assert not rules["max_hash_ratio"].evidence
    assert rules["min_words"].decisive


def test_rules_see_the_text_as_earlier_cleaners_left_it() -> None:
    text = "Menu\nThis line is a sentence.\nThis line is a sentence.\n"
    found = explain(text, C4Lines(), GopherRepetition())
    repeated = next(rule for rule in found.rules if rule.rule == "max_duplicate_line_ratio")
    assert [one.line for one in repeated.evidence] == [2]
    assert [(one.line, one.change, one.text) for one in found.edits[0].lines] == [(1, "-", "Menu")]


def test_edited_lines_have_their_numbers_before_and_after(capsys: Any) -> None:
    found = explain("Home\nWrite to anna@example.com today, please do.\n", C4Lines(), ScrubPII())
    assert [(one.line, one.change) for one in found.edits[1].lines] == [(1, "-"), (1, "+")]
    show_explanation(found, as_json=False)
    told = capsys.readouterr().out
    assert "c4_lines edited:\n  - line 1: Home\n" in told
    assert "  + line 1: Write to <EMAIL> today, please do.\n" in told


def test_alternatives_are_told_one_by_one() -> None:
    found = explain("- a\n- b", any_of(GopherQuality(max_bullet_lines_ratio=0.5), where(len, minimum=50)))
    rules = {rule.rule: rule for rule in found.rules}
    assert [one.line for one in rules["gopher_quality.max_bullet_lines_ratio"].evidence] == [1, 2]
    assert rules["where.minimum"].distance == -43
    assert rules["min_passing"].decisive
    assert found.verdict.rule == "min_passing"


def test_long_evidence_is_cut_on_a_terminal_only(capsys: Any) -> None:
    text = "\n".join(["- " + "x" * 300] * 50)
    found = explain(text, GopherQuality(max_bullet_lines_ratio=0.5))
    show_explanation(found, as_json=False)
    told = capsys.readouterr().out
    assert "  and 30 more; --json shows all" in told
    assert max(map(len, told.splitlines())) < 230
    show_explanation(found, as_json=True)
    assert capsys.readouterr().out.count('"line": ') == 150  # bullets, words without letters, words that are long
