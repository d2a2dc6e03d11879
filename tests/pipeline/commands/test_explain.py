"""``explain`` marks the lines that drive a broken rule and those that a cleaner has changed."""

from pathlib import Path
from typing import Any

import pytest

from textmill import (
    C4Lines,
    CollapseNewlines,
    GopherQuality,
    GopherRepetition,
    Recipe,
    ScrubPII,
    Select,
    any_of,
    only_if,
    where,
)
from textmill.errors import InputError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.evidence import Evidence
from textmill.pipeline.commands.explain import Explanation, explain_document, explain_file, explanations_as_html
from textmill.pipeline.commands.show_explanation import joined, show_explanation
from textmill.pipeline.input.inputs import InputOptions


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
    assert "c4_lines edited:\n    line 1: - Home\n" in told
    assert "    line 1: + Write to <EMAIL> today, please do.\n" in told


def test_alternatives_are_told_one_by_one() -> None:
    found = explain("- a\n- b", any_of(GopherQuality(max_bullet_lines_ratio=0.5), where(len, minimum=50)))
    rules = {rule.rule: rule for rule in found.rules}
    assert [one.line for one in rules["gopher_quality.max_bullet_lines_ratio"].evidence] == [1, 2]
    assert rules["where.minimum"].distance == -43
    assert rules["min_passing"].decisive
    assert found.verdict.rule == "min_passing"


def test_long_evidence_is_cut_on_a_terminal_only(capsys: Any) -> None:
    text = "\n".join(line for _ in range(50) for line in ("- " + "x" * 300, "A line like any other."))
    found = explain(text, GopherQuality(max_bullet_lines_ratio=0.3))
    show_explanation(found)
    told = capsys.readouterr().out
    assert "    and 45 more places; --all shows them\n" in told
    assert max(map(len, told.splitlines())) < 230
    show_explanation(found, every=True)
    assert capsys.readouterr().out.count("    line ") == 100  # bullets and long words, in fifty lines each
    show_explanation(found, as_json=True)
    assert capsys.readouterr().out.count('"line": ') == 100


def test_the_deciding_rule_comes_first_and_rules_that_pass_are_counted(capsys: Any) -> None:
    steps = (GopherRepetition(max_duplicate_line_ratio=None), GopherQuality(min_words=3))
    found = explain("- one\n- one\n- one\n- one\n", *steps)
    show_explanation(found)
    first, second, *rest = capsys.readouterr().out.splitlines()
    assert first.endswith(f": {found.verdict}")
    assert second.startswith(f"  removed by {found.verdict.step}.{found.verdict.rule}: ")
    passed = sum(rule.passed for rule in found.rules)
    assert f"  passes {passed} other rules; the nearest (--all shows all):" in rest
    failed = [line for line in rest if line.startswith("  also fails ")]
    assert len(failed) == len(found.rules) - passed - 1
    show_explanation(found, every=True)
    table = capsys.readouterr().out.splitlines()[1 : len(found.rules) + 2]
    assert sum("removed here" in line for line in table) == 1
    assert sum(line.endswith("fails") for line in table) == len(failed)


def test_the_same_lines_are_shown_once(capsys: Any) -> None:
    found = explain("it was so and so it was\n" * 30, GopherRepetition())
    show_explanation(found)
    told = capsys.readouterr().out
    assert "    in lines shown for gopher_repetition.max_" in told
    assert len(told.splitlines()) < 40


def test_evidence_of_neighbouring_lines_and_overlapping_places_is_joined() -> None:
    whole = [Evidence(2, "- one"), Evidence(3, "- two"), Evidence(5, "- three"), Evidence(0, "https://example.org")]
    assert [(piece.where, str(piece.text)) for piece in joined(whole)] == [
        ("URL", "https://example.org"),
        ("lines 2 to 3", "- one"),
        ("line 5", "- three"),
    ]
    line = "the mill by the river and the mill by the road"
    parts = [Evidence(7, line, "the mill by"), Evidence(7, line, "mill by the"), Evidence(7, line, "nowhere")]
    (piece,) = joined(parts)
    assert str(piece.text) == f"'the mill by the' in {line}"
    assert [(span.start, span.end) for span in piece.text.spans if "bold" in str(span.style)] == [(21, 36), (47, 62)]


def test_a_page_shows_texts_escaped(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Home\nWrite to <b>anna@example.com</b> today, please do.\n")
    (tmp_path / "b.txt").write_bytes(b"\x00\x01\x02")
    recipe = Recipe("r", [C4Lines(), ScrubPII()])
    page = explanations_as_html(recipe, str(tmp_path / "a.txt"), InputOptions(), 10)
    assert page.startswith("<!doctype html>")
    assert "&lt;b&gt;" in page
    assert "<b>anna" not in page
    assert "cut by c4_lines" in page
    assert "&lt;EMAIL&gt;" in page
    assert "quarantined" in explanations_as_html(recipe, str(tmp_path), InputOptions(), 10)


def test_blank_lines_alone_are_counted(capsys: Any) -> None:
    show_explanation(explain("A line.\n\n\nAnother one.\n", CollapseNewlines(max_newlines=1)))
    edited = capsys.readouterr().out.partition("collapse_newlines edited:\n")[2]
    assert edited == "    lines 2 to 3: 2 blank lines taken out\n"


def test_the_output_folder_of_a_run_asks_for_a_document(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match=r"is the output folder of a run; say which .* with --document ID"):
        next(explain_file(Recipe("r", []), str(tmp_path), InputOptions()))


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        ("a b", where(len, minimum=5), [("minimum", 3, "≥ 5", -2.0, False, True)]),
        ("a b", where(len, minimum=3), [("minimum", 3, "≥ 3", 0.0, True, False)]),
        ("a b", where(len, maximum=2), [("maximum", 3, "≤ 2", -1.0, False, True)]),
        (
            "abcd",
            where(len, minimum=1, maximum=10),
            [("minimum", 4, "≥ 1", 3.0, True, False), ("maximum", 4, "≤ 10", 6.0, True, False)],
        ),
        (
            "a",
            where(str, measurement="own", returns="str", allowed=("b", "c")),
            [("allowed", "a", "b|c", None, False, True)],
        ),
    ],
)
def test_how_far_a_value_is_from_its_bound(text: str, step: Any, expected: list[Any]) -> None:
    found = explain(text, step)
    told = [(one.rule, one.value, one.bound, one.distance, one.passed, one.decisive) for one in found.rules]
    assert told == expected
    assert {one.step for one in found.rules} == {"where"}
    assert (found.doc_id, found.source) == (make_batch([text])["doc_id"][0].as_py(), "memory")


def test_rules_behind_the_one_that_removes_are_told_too() -> None:
    found = explain("a b", where(len, minimum=9), where(len, minimum=8, measurement="n"), ScrubPII())
    assert [(one.step, one.measurement, one.passed, one.decisive) for one in found.rules] == [
        ("where", "len", False, True),
        ("where_2", "n", False, False),
    ]
    assert (found.verdict.kept, found.verdict.step, found.verdict.threshold) == (False, "where", "9")
    assert (found.edits, found.compared) == ((), ())


def test_steps_that_are_not_concerned_are_not_told() -> None:
    steps = [only_if(where(len, minimum=9), kind="book"), where(len, measurement="n")]
    select = Select(measurement="n", keep_fraction=0.5)
    found = explain("a b", *steps, select, only_if(Select(measurement="bytes", keep_fraction=0.5), kind="book"))
    assert [one.step for one in found.rules] == []
    assert [(one.step, one.rule, one.measurement, one.value, one.selects) for one in found.compared] == [
        ("select", "keep_fraction", "n", 3, select.describe())
    ]
    (bytes_of,) = explain("ä b", Select(measurement="bytes", keep_fraction=0.5)).compared
    assert bytes_of.value == 4


def test_lines_that_a_cleaner_changed() -> None:
    found = explain("a\nb  \n\n\n\nc\n", CollapseNewlines(max_newlines=2))
    assert [(one.line, one.change, one.text) for edit in found.edits for one in edit.lines] == [
        (4, "-", ""),
        (5, "-", ""),
    ]
    assert explain("a\nb", CollapseNewlines()).edits == ()


def test_documents_of_a_file_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "one"}\n{broken\n{"text": "three"}\n')
    recipe = Recipe("r", [where(len, minimum=4)])
    found = list(explain_file(recipe, str(path), InputOptions()))
    verdicts = [one.verdict.kept if isinstance(one, Explanation) else one.error for one in found]
    assert verdicts == [False, True, "invalid_json"]
    page = explanations_as_html(recipe, str(path), InputOptions(), 1)
    assert page.count("<h2>") == 1
    assert "<h2>in.jsonl</h2>" in page
    assert explanations_as_html(recipe, str(path), InputOptions(), 9).count("<h2>") == 3
    assert "<p>quarantined: invalid_json</p>" in explanations_as_html(recipe, str(path), InputOptions(), 9)
