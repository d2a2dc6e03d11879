"""An explanation with all its rules, and as JSON; what is shown of evidence is in ``test_explain.py``."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from textmill.filters.base.evidence import Evidence
from textmill.pipeline.commands.explain import ChangedLine, Compared, Edit, Explanation, RuleResult
from textmill.pipeline.commands.show_explanation import CUT, OFFENDING, PUT_IN, joined, marked, show_explanation
from textmill.pipeline.input.readers import Quarantined
from textmill.pipeline.texts.cleaned import Verdict

RULE = RuleResult(
    step="gopher_quality", rule="min_words", measurement="gopher.words", value=12, bound="≥ 50", distance=-38.0,
    passed=False, decisive=True,
)  # fmt: skip
EXPLAINED = Explanation(
    doc_id="0123456789abcdef",
    source="in/a.txt",
    verdict=Verdict(kept=False, step="gopher_quality", rule="min_words", value=12, threshold="50"),
    rules=(
        RULE,
        replace(RULE, rule="max_ratio", value=0.123456, bound="≤ 0.1", decisive=False),
        replace(RULE, rule="language", value="ünd", bound="en|de", distance=None, passed=True, decisive=False),
        replace(RULE, rule="score", value=None, distance=None, decisive=False, evidence=(
            Evidence(line=3, text=" a long line ", found="long"), Evidence(line=0, text="http://x", found=""),
        )),
    ),
    edits=(Edit(step="scrub_pii", lines=(ChangedLine(2, "-", "a@b.com"), ChangedLine(2, "+", "<EMAIL>"))),),
)  # fmt: skip


def test_all_rules_in_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    show_explanation(EXPLAINED, every=True)
    assert capsys.readouterr().out.splitlines()[1:6] == [
        "  step            rule              value  threshold  distance",
        "  gopher_quality  min_words            12  ≥ 50            -38  removed here",
        "  gopher_quality  max_ratio        0.1235  ≤ 0.1           -38  fails",
        "  gopher_quality  language            ünd  en|de",
        "  gopher_quality  score      not measured  ≥ 50                 fails",
    ]


def test_json_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    show_explanation(EXPLAINED, as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["doc_id"], told["verdict"]["rule"]) == (EXPLAINED.doc_id, "min_words")
    assert told["rules"][0]["distance"] == -38
    assert "ünd" in line


def test_what_could_not_be_read_is_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    row = Quarantined(source="in/a.jsonl", position=7, error="invalid_json", detail="line 2", first_bytes=b"{")
    show_explanation(row, as_json=False)
    assert capsys.readouterr().out == "in/a.jsonl at 7: quarantined, invalid_json: line 2\n"
    show_explanation(row, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "source": "in/a.jsonl", "position": 7, "error": "invalid_json", "detail": "line 2",
    }  # fmt: skip


def test_colours_are_for_terminals_and_can_be_switched_off(
    textmill: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Write to ann.lee@harbour.org about the boats.\n")
    others = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    plain, coloured, without = (
        textmill("explain", path, env={**others, "TERM": "xterm-256color", **more}).stdout
        for more in ({}, {"FORCE_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"})
    )
    assert "- Write to ann.lee@harbour.org" in plain
    assert "\x1b" not in plain
    assert re.search(r"\x1b\[(\d+;)*3\d(;\d+)*m", coloured)
    assert not re.search(r"\x1b\[(\d+;)*[349]\d(;\d+)*m", without)
    assert re.sub(r"\x1b\[[\d;]*m", "", without) == re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain


def told(explanation: Explanation, capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_explanation(explanation)
    return capsys.readouterr().out.splitlines()


def test_a_page_for_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The deciding rule stands first wherever it stood, and what drives a rule is not repeated."""
    lines = tuple(Evidence(line=number, text=f" line {number} ", found="") for number in (1, 2, 4, 5, 6))
    rules = (
        replace(RULE, rule="other", decisive=False, evidence=lines[:4]),
        replace(RULE, rule="few", decisive=False, distance=None, evidence=lines[:3]),
        replace(RULE, value=0.5, evidence=lines),
        replace(RULE, rule="passes", passed=True, decisive=False, value=60, distance=10.0),
        replace(RULE, rule="label", passed=True, decisive=False, value="en", distance=None, bound="en|de"),
    )
    compared = Compared(step="select", rule="share", measurement="score", value=0.123456, selects="the best half")
    whole = replace(EXPLAINED, rules=rules, compared=(compared, replace(compared, value=None)))
    assert told(whole, capsys) == [
        "in/a.txt 0123456789ab: removed by gopher_quality.min_words: 12 against 50",
        "  removed by gopher_quality.min_words: 0.5, wanted ≥ 50 (-38)",
        "    lines 1 to 2: line 1",
        "    lines 4 to 6: line 4",
        "  also fails gopher_quality.other: 12, wanted ≥ 50 (-38)",
        "    in lines shown for gopher_quality.min_words",
        "  also fails gopher_quality.few: 12, wanted ≥ 50",
        "    in lines shown for gopher_quality.min_words",
        "  passes 2 other rules; the nearest (--all shows all):",
        "    gopher_quality.passes  60  ≥ 50",
        "select.share: whether it is among the best half, by score, only a run can tell; here it is 0.1235",
        "select.share: whether it is among the best half, by score, only a run can tell; here it is not measured",
        "scrub_pii edited:",
        "    line 2: - a@b.com",
        "    line 2: + <EMAIL>",
    ]


@pytest.mark.parametrize(("shared", "repeated"), [(4, False), (3, True)])
def test_four_fifths_of_the_same_lines_are_not_shown_again(
    capsys: pytest.CaptureFixture[str], shared: int, repeated: bool
) -> None:
    first = tuple(Evidence(line=2 * number, text="x", found="") for number in range(1, 1 + shared))
    second = (*first, *(Evidence(line=50 + 2 * number, text="y", found="") for number in range(5 - shared)))
    rules = (replace(RULE, evidence=first), replace(RULE, rule="next", decisive=False, evidence=second))
    shown = told(replace(EXPLAINED, rules=rules, edits=()), capsys)
    assert ("    in lines shown for gopher_quality.min_words" in shown) is not repeated
    show_explanation(replace(EXPLAINED, rules=rules, edits=()), every=True)
    assert "in lines shown" not in capsys.readouterr().out


def passing(name: str, value: object, distance: float | None) -> RuleResult:
    return replace(RULE, rule=name, value=value, distance=distance, passed=True, decisive=False)


def test_the_nearest_five_rules_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Distances count in units of the bound, which is the value less or more the distance, or 1 where that is 0."""
    rules = (
        passing("ratio", 0.1, 0.1),  # of 0.2 at most, since 0.1 - 0.1 is nothing
        passing("count", 1000, 990.0),
        passing("near", 101, 1.0),
        passing("at", 5, 0.0),
        passing("zero", 0, 0.0),
        passing("far", 70, 69.0),
        passing("label", "en", None),
    )
    shown = told(replace(EXPLAINED, rules=rules, edits=()), capsys)[1:]
    assert shown[0] == "  passes 7 rules; the nearest (--all shows all):"
    assert [line.split()[0].partition(".")[2] for line in shown[1:]] == ["at", "zero", "near", "ratio", "far"]
    assert told(replace(EXPLAINED, rules=rules[-1:], edits=()), capsys)[1:] == ["  passes 1 rules (--all shows all)"]
    assert told(replace(EXPLAINED, rules=(), edits=()), capsys)[1:] == []


def edited(*lines: tuple[int, str, str]) -> Explanation:
    changed = tuple(ChangedLine(*line) for line in lines)
    return replace(EXPLAINED, rules=(), edits=(Edit(step="s", lines=changed),))


def test_places_of_an_edit(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines one behind the other are one place; blank lines that go with others are no place."""
    lines = ((1, "-", " "), (2, "-", " a "), (3, "-", "b"), (5, "-", "c"), (6, "+", "d"), (9, "+", ""), (12, "+", "e"))
    assert told(edited(*lines), capsys)[2:] == [
        "    lines 1 to 3: - a",
        "    line 5: - c",
        "    line 6: + d",
        "    line 12: + e",
    ]
    assert told(edited((4, "-", "")), capsys)[2:] == ["    line 4: a blank line taken out"]
    assert told(edited((4, "+", ""), (5, "+", " ")), capsys)[2:] == ["    lines 4 to 5: 2 blank lines put in"]
    for count, more in ((5, []), (6, ["    and 1 more places; --all shows them"])):
        many = edited(*((2 * number, "-", "x") for number in range(1, 1 + count)))
        assert told(many, capsys)[7:] == more
    for size, shown in ((160, "x" * 160), (161, "x" * 160 + " …")):
        assert told(edited((1, "-", "x" * size)), capsys)[2:] == [f"    line 1: - {shown}"]


def spans(text: str, *found: str) -> tuple[str, list[tuple[int, int, str]]]:
    shown = marked(text, found)
    return str(shown), [(one.start, one.end, str(one.style)) for one in shown.spans if "bold" in str(one.style)]


def test_what_counts_of_a_line_is_named_and_marked() -> None:
    assert spans("one two one", "one") == (
        "'one' in one two one",
        [(9, 12, f"bold {OFFENDING}"), (17, 20, f"bold {OFFENDING}")],
    )
    assert spans("One oNE", "one")[0] == "'One', 'oNE' in One oNE"
    assert spans("abab ab", "aba", "bab")[0] == "'abab' in abab ab"  # overlapping
    assert spans("abcd", "ab", "cd") == ("abcd", [])  # side by side they are the whole line
    assert spans("a line", "elsewhere") == ("'elsewhere' in a line", [])
    assert spans("İx and x", "x")[0] == "'x' in İx and x"  # its lower form is longer
    assert marked("a line", []).style == marked("whole", ["whole"]).style == OFFENDING
    assert spans("a line", "")[0] == "'' in a line"
    assert len(spans("y" * 161, *[])[0]) == 162


def test_a_long_line_is_shown_around_what_counts() -> None:
    line = "a" * 15 + "HIT" + "b" * 82
    assert spans(line, "hit")[0] == f"'HIT' in {line}"
    assert spans(f"{line}c", "hit")[0] == f"'HIT' in {line} …"
    assert spans(f"c{line}", "hit") == (f"'HIT' in … {line}", [(26, 29, f"bold {OFFENDING}")])
    names = [f"{letter}" * 9 for letter in "abcdef"]
    named = spans(" ".join(names) + " more", *names)[0].partition(" in ")[0]
    assert named == ", ".join(map(repr, names))[:60] + " …"


def test_colours_say_what_was_done() -> None:
    assert (CUT, PUT_IN, OFFENDING) == ("red", "green", "yellow")
    (piece, *_) = joined([Evidence(line=3, text=" x ", found="")])
    assert (piece.where, str(piece.text), piece.text.style) == ("line 3", "x", OFFENDING)
