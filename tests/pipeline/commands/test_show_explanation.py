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
from textmill.pipeline.commands.explain import ChangedLine, Edit, Explanation, RuleResult
from textmill.pipeline.commands.show_explanation import show_explanation
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
