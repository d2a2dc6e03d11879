"""What a person sees of a run, letter by letter."""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from textmill import ExactDedup, GopherQuality, Recipe
from textmill.pipeline.commands import show
from textmill.pipeline.commands.show import RunDisplay, print_aligned
from textmill.pipeline.job.progress import Progress
from textmill.pipeline.steps.totals import StepTotals

PLAN = Recipe("two passes", [GopherQuality(), ExactDedup()]).plan
SEEN = Progress(
    documents=2000,
    text_bytes=30_000_000,
    kept=1500,
    work_done=250,
    splits=4,
    splits_done=Counter({"0": 3}),
    removed=Counter({"gopher_quality.min_words": 400, "a.b": 60, "c.d": 40, "e.f": 20}),
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is."""
    now = [100.0]
    monkeypatch.setattr(show.time, "monotonic", lambda: now[0])
    return now


def display(*, quiet: bool = False, warn_after_documents: int = 1_000_000) -> RunDisplay:
    return RunDisplay(PLAN, warn_after_documents=warn_after_documents, quiet=quiet)


def test_a_line_now_and_then_says_how_far_a_run_is(
    clock: list[float], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "in.txt").write_text("x" * 1000)
    shown = display()
    with shown.watching([str(tmp_path / "in.txt")]):
        assert shown.total_work == 1100  # a later pass is a tenth of the first
        clock[0] += 10
        shown.update(SEEN)
        assert capsys.readouterr().err == ""
        clock[0] += 5
        shown.update(SEEN)
        assert capsys.readouterr().err == (
            "2,000 documents, 2.0 MB/s of text, 75% kept so far, pass 1 of 2 up to exact_dedup (3 of 4 splits)"
            "; removed 400 by gopher_quality.min_words, 60 by a.b, 40 by c.d, about 51 s left\n"
        )
        clock[0] += 10
        shown.update(SEEN)
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"splits": 0}, ""),
        ({"splits_done": Counter({"0": 4})}, ", pass 2 of 2 (0 of 4 splits)"),
        ({"splits_done": Counter({"0": 4, "1": 4})}, ", planning shards"),
        ({"splits_done": Counter({"0": 4, "1": 4}), "shards": 7}, ", 7 shards written"),
    ],
)
def test_the_line_names_the_stage(clock: list[float], changed: dict[str, Any], said: str) -> None:
    shown = display()
    shown.latest = replace(SEEN, removed=Counter({"a.b": 0}), **changed)
    clock[0] += 75
    assert shown._line() == f"2,000 documents, 27 documents/s, 75% kept so far{said}"
    shown.latest = Progress()
    assert shown._line() == "starting, 1 min 15 s"
    shown.latest = Progress(is_compiling=True)
    assert shown._line() == "starting, 1 min 15 s (the first run compiles the text kernels)"


def test_a_quiet_run_says_nothing(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    shown = display(quiet=True)
    with shown.watching(["nowhere"]):
        clock[0] += 100
        shown.update(SEEN)
    assert capsys.readouterr() == ("", "")


def test_rules_that_surge_are_told_while_the_run_goes_on(
    clock: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = display(warn_after_documents=100)
    for documents, removed in ((100, 5), (200, 90)):
        steps = {"gopher_quality": StepTotals(documents=documents)}
        shown.update(Progress(steps=steps, removed=Counter({"gopher_quality.min_words": removed})))
    assert capsys.readouterr().err == (
        "warning: gopher_quality.min_words removes 85% of the documents after 100, but 5% of the first ones: "
        "look at the input from there on\n"
    )


MANIFEST: dict[str, Any] = {
    "totals": {
        "read": 3000,
        "kept": 2000,
        "removed": 999,
        "quarantined": 1,
        "tokens": 0,
        "bytes_read": 40_000_000,
        "bytes_kept": 150_400_000,
    },
    "funnel": [
        {"step": "gopher_quality", "rule": "min_words", "documents": 1990, "bytes": 30_000_000},
        {"step": "gopher_quality", "rule": "max_words", "documents": 0, "bytes": 0},
        {"step": "exact_dedup", "rule": "duplicate", "documents": 9, "bytes": 1_500},
    ],
    "shards": [{}],
    "warnings": [],
    "timing": {
        "slowest_step": "gopher_quality",
        "steps": [
            {"step": "exact_dedup", "mb_per_second": 9, "share": 0.1},
            {"step": "gopher_quality", "mb_per_second": 65.1, "share": 0.46},
        ],
    },
}


def test_the_summary(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    shown = display()
    clock[0] += 8
    shown.summary(MANIFEST, "out/")
    assert capsys.readouterr().out == (
        "3,000 documents read: 2,000 kept, 999 removed, 1 quarantined\n"
        "                            documents       MB\n"
        "  read                          3,000   40.000\n"
        "  quarantined                      -1\n"
        "  gopher_quality.min_words     -1,990  -30.000\n"
        "  exact_dedup.duplicate            -9   -0.002\n"
        "  kept                          2,000      150\n"
        "1 shard, 8.0 s, 5.0 MB/s of text\n"
        "slowest step: gopher_quality, 65.1 MB/s in a worker, 46% of the work\n"
        "  out/shards/      shards\n"
        "  out/ledger/      why each document was kept or dropped\n"
        "  out/report.html  what happened, to look at\n"
    )
    few = {**MANIFEST["totals"], "bytes_read": 19_999_999, "tokens": 1234, "quarantined": 0}
    shown.summary({**MANIFEST, "totals": few, "shards": [{}] * 1200}, "out")
    told = capsys.readouterr().out
    assert "1,200 shards, " in told
    assert "documents       MB  tokens\n" in told
    assert "  kept                          2,000      150   1,234\n" in told
    assert "quarantined  " not in told
    assert "slowest" not in told  # it is the step that had most to compile
    surge = {"step": "a", "rule": "b", "first_ratio": 0.1, "later_ratio": 0.5, "after_documents": 7}
    shown.summary({**MANIFEST, "funnel": [], "warnings": [surge]}, "out")
    told = capsys.readouterr()
    assert "min_words" not in told.out
    assert told.err.startswith("warning: a.b removes 50% of the documents after 7, but 10%")


def test_a_table_is_aligned_and_never_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_aligned([("a", "bb", ""), ("ccc", "d", "e" * 300)], right=(1,))
    assert capsys.readouterr().out == f"  a    bb\n  ccc   d  {'e' * 300}\n"


def test_names_of_a_table_have_lines_of_their_own_on_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    print_aligned([("rule", "before", "now"), ("a" * 20, "12", "3"), ("all", "", "")], right=(1, 2))
    print_aligned([("rule", "now"), ("a", "3")], right=(1,))
    assert capsys.readouterr().out == (
        f"  rule\n      before  now\n  {'a' * 20}\n          12    3\n  all\n  rule  now\n  a       3\n"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (10, "10 s"), (59.4, "59 s"), (60, "1 min 0 s"), (125, "2 min 5 s")],
)
def test_durations(seconds: float, said: str) -> None:
    assert show._duration(seconds) == said
