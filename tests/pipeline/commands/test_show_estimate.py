"""What ``textmill estimate`` prints, letter by letter."""

import json
from dataclasses import replace

import pytest

from textmill.pipeline.commands.show_estimate import _size, _time, show_estimate
from textmill.pipeline.estimating.costs import CloudCost
from textmill.pipeline.estimating.intervals import Interval
from textmill.pipeline.estimating.results import Estimate, Kept, Removed, Resources


def about(value: float) -> Interval:
    return Interval(value=value, low=value / 2, high=value * 2)


def exactly(value: float) -> Interval:
    return Interval(value=value, low=value, high=value)


KEPT = Kept(read=exactly(12_000), documents=about(4000), tokens=about(2_000_000), bytes=about(9_000_000))
FOUND = Estimate(
    recipe="müll",
    share=0.01,
    documents_drawn=1200,
    documents_read=12_000,
    partners=3,
    splits_read=1,
    splits=1500,
    all=KEPT,
    by_source={"web": KEPT},
    by_language={"en": KEPT},
    by_source_and_language={"web": {"en": KEPT}},
    removed=(Removed(step="gopher_quality", rule="min_words", documents=about(5000)),),
    unseen_below=2345.6,
    quarantined=about(10),
    resources=Resources(
        cpu_seconds=8000,
        wall_seconds=100,
        workers=4,
        seconds_by_step={},
        work_bytes=2.5e9,
        output_bytes=3.25e6,
        memory_bytes=900_000,
        dataflow=(
            CloudCost(machine="e2-standard-4", vcpu_hours=2.2222, dollars=1234.5, fits=True),
            CloudCost(machine="n2-highcpu-16", vcpu_hours=2.2222, dollars=0.13, fits=False),
        ),
    ),
    notes=("a note",),
)


def test_all_that_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    show_estimate(FOUND, as_json=False)
    figures = "12,000  4,000 (2,000 to 8,000)  2,000,000 (1,000,000 to 4,000,000)  9,000,000 (4,500,000 to 18,000,000)"
    assert capsys.readouterr().out.splitlines() == [
        "müll, from 1,200 documents drawn of 12,000 read (1 of 1,500 splits); figures with 95 % intervals",
        "           documents read                    kept                              tokens"
        "                           bytes kept",
        f"  all              {figures}",
        f"  web              {figures}",
        f"  web, en          {figures}",
        "",
        "  rule                            documents removed",
        "  gopher_quality.min_words  5,000 (2,500 to 10,000)",
        "what is not listed has at most 2,346 documents",
        "cannot be read: 10 (5 to 20) records",
        "",
        "here: 100 s with 4 workers (2.2 h of CPU), up to 2.5 GB of disk while it runs and 3.2 MB of output, "
        "900.0 KB of memory",
        "  Dataflow       vCPU hours   dollars",
        "  e2-standard-4        2.22  1,234.50",
        "  n2-highcpu-16        2.22      0.13  too little memory",
        "list prices of 2025, batch, us-central1; a vCPU is taken to be as fast as a core here",
        "a note",
    ]


def test_languages_of_all_sources_and_what_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    no_tokens = replace(KEPT, tokens=None)
    show_estimate(
        replace(
            FOUND,
            share=1.0,
            all=no_tokens,
            by_source={"web": no_tokens, "books": no_tokens},
            by_source_and_language={},
            removed=(),
            quarantined=exactly(0),
        ),
        as_json=False,
    )
    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines()[2:6]] == ["all", "web", "books", "en"]
    assert "rule" not in told
    assert "what is not listed" not in told
    assert "cannot be read" not in told


def test_json_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    show_estimate(FOUND, as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    told = json.loads(line)
    assert (told["all"]["tokens"]["low"], told["resources"]["dataflow"][1]["fits"]) == (1_000_000, False)
    assert "müll" in line


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(119, "119 s"), (120, "2 min"), (7199, "120 min"), (7200, "2.0 h")],
)
def test_times(seconds: float, said: str) -> None:
    assert _time(seconds) == said


@pytest.mark.parametrize(
    ("size", "said"), [(500, "0.5 KB"), (999_999, "1,000.0 KB"), (1e6, "1.0 MB"), (1e9, "1.0 GB"), (2e12, "2,000.0 GB")]
)
def test_sizes(size: float, said: str) -> None:
    assert _size(size) == said
