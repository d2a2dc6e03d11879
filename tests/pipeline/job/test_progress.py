"""What is counted while a run goes on: on this machine, in Beam's metrics, and what it warns of."""

import io
import json
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from textmill import ExactDedup, InputOptions, Recipe, Tokenize, where
from textmill.pipeline.commands.show import RunDisplay
from textmill.pipeline.job import progress as progress_module
from textmill.pipeline.job.progress import COMPILING, Progress, ProgressWriter, read_progress, work_of_pass
from textmill.pipeline.output.surges import SurgeWatch
from textmill.pipeline.steps.totals import StepTotals


def letters(text: str) -> int:
    return len(text)


RECIPE = Recipe("counted", [where(letters, minimum=10), ExactDedup(), where(len, maximum=60), Tokenize("cl100k")])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two files of 100 documents: long ones, then short ones, which the first rule removes."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, text in (("a", "document {} is long"), ("b", "short {}")):
        lines = [json.dumps({"text": text.format(number % 90)}) for number in range(100)]
        (folder / f"{name}.jsonl").write_text("\n".join([*lines, json.dumps({"text": "long " * 20})]) + "\n")
    return folder


def run(corpus: Path, output: Path, **options: object) -> tuple[dict, Progress]:
    last = Progress()

    def watch(progress: Progress) -> None:
        nonlocal last
        last = progress

    reading = InputOptions(split_bytes=1000, batch_documents=10)
    manifest = RECIPE.run(str(corpus), output=str(output), reading=reading, on_progress=watch, **options)
    return dict(manifest), last


@pytest.mark.parametrize("runner", ["local", "apache_beam.runners.portability.fn_api_runner.FnApiRunner"])
def test_every_runner_counts_what_the_manifest_says(corpus: Path, tmp_path: Path, runner: str) -> None:
    manifest, progress = run(corpus, tmp_path / "out", runner=runner, warn_after_documents=50)
    totals = manifest["totals"]
    assert (progress.documents, progress.text_bytes) == (totals["read"], totals["bytes_read"])
    funnel = {f"{row['step']}.{row['rule']}": row["documents"] for row in manifest["funnel"] if row["documents"]}
    assert dict(progress.removed) == funnel
    assert set(funnel) == {"where.minimum", "exact_dedup.duplicate", "where_2.maximum"}
    assert progress.splits_done["0"] == progress.splits_done["1"] > 4
    assert progress.shards == len(manifest["shards"])
    assert 0 < progress.shuffled_bytes < 100 * totals["read"]
    assert progress.steps["where"].documents == 202
    assert progress.steps["tokenize"].documents == totals["kept"]
    (warning,) = [found for found in manifest["warnings"] if found["step"] == "where"]
    assert (warning["rule"], warning["first_ratio"]) == ("minimum", 0)


def test_a_short_run_warns_of_nothing_and_says_what_took_long(corpus: Path, tmp_path: Path) -> None:
    manifest, _ = run(
        corpus,
        tmp_path / "out",
        runner="apache_beam.runners.portability.fn_api_runner.FnApiRunner",
        warn_after_documents=300,
    )
    assert manifest["warnings"] == []
    steps = {row["step"]: row for row in manifest["timing"]["steps"]}
    expected = {
        "read",
        "where",
        "exact_dedup",
        "stage",
        "exact_dedup (apply)",
        "where_2",
        "tokenize",
        "write",
        "shards",
    }
    assert steps.keys() == expected
    slowest = steps[manifest["timing"]["slowest_step"]]  # not the only one, where seconds are rounded to the same
    assert slowest["cpu_seconds"] == max(row["cpu_seconds"] for row in steps.values())
    assert 0 < slowest["cpu_seconds"] <= manifest["timing"]["cpu_seconds"] <= manifest["timing"]["worker_seconds"]


def test_a_surge_is_told_once_and_only_when_it_is_far_more() -> None:
    watch = SurgeWatch({"a", "b"}, first_documents=100)
    assert watch.update({"a": 100, "b": 100}, {"a.x": 10, "b.y": 40}) == []
    assert watch.update({"a": 109, "b": 109}, {"a.x": 19, "b.y": 45}) == []  # too few to tell
    (found,) = watch.update({"a": 120, "b": 120}, {"a.x": 20, "b.y": 52})
    assert (found.step, found.rule, found.first_ratio, found.later_ratio) == ("a", "x", 0.1, 0.5)
    assert "a.x removes 50% of the documents after 100, but 10% of the first ones" in str(found)
    assert watch.update({"a": 140, "b": 140}, {"a.x": 40, "b.y": 64}) == []


def test_counts_of_all_writers_add_up_and_a_half_written_file_is_passed_over(tmp_path: Path) -> None:
    one = Progress(documents=3, splits=4, removed=Counter({"a.x": 1}), splits_done=Counter({"0": 1}), work_done=1)
    one.steps["a"] = StepTotals(documents=3, text_bytes=9, nanoseconds=1000, batches=1)
    for _ in range(2):
        writer = ProgressWriter(tmp_path)
        writer.add(one)
        writer.add(one)
    (tmp_path / "worker-broken").write_text("{")
    total = read_progress(tmp_path)
    assert (total.documents, total.splits, total.removed["a.x"], total.splits_done["0"]) == (12, 4, 4, 4)
    assert total.steps["a"] == StepTotals(documents=12, text_bytes=36, nanoseconds=4000, batches=4)
    assert total.current_pass() == 1
    assert not total.is_compiling
    (tmp_path / COMPILING).touch()
    assert read_progress(tmp_path).is_compiling


def test_the_line_of_a_run_names_pass_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    display = RunDisplay(RECIPE.plan, warn_after_documents=100, quiet=False)
    display.last_line -= 60
    done = Counter({"0": 1})
    display.update(Progress(documents=100, kept=50, removed=Counter({"where.minimum": 50}), splits=3, splits_done=done))
    said = capsys.readouterr().err
    assert "100 documents" in said
    assert "pass 1 of 2 up to exact_dedup (1 of 3 splits)" in said
    assert "removed 50 by where.minimum" in said


def test_a_narrow_terminal_shows_bar_percentage_and_time_left(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("x" * 1000)
    display = RunDisplay(RECIPE.plan, warn_after_documents=100, quiet=False)
    display.console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    with display.watching([str(tmp_path)]):
        display.started -= 60
        removed = Counter({"a_rule_with_a_long_name.maximum": 700})
        display.update(Progress(documents=1000, kept=300, work_done=550, splits=2, removed=removed))
        assert display._bar is not None
        display._bar.refresh()
        shown = display.console.file.getvalue().split("\r")[-1]  # type: ignore[attr-defined]
        assert "  50 % about 1 min 0 s left 1,000 documents, 17 documents/s" in shown, shown
        assert len(shown.replace("\x1b[2K", "").strip("\n")) <= 80
        display.update(Progress(documents=1000, work_done=99_999))
        assert display._bar.tasks[0].percentage == 100


def test_the_summary_counts_documents_bytes_and_tokens(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest, _ = run(corpus, tmp_path / "out")
    display = RunDisplay(RECIPE.plan, warn_after_documents=100, quiet=False)
    display.summary(manifest, str(tmp_path / "out"))
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    totals = manifest["totals"]
    rows = {line[0]: line[1:] for line in lines[1:]}
    assert lines[1] == ["documents", "MB", "tokens"]
    assert rows["read"][0] == "202"
    left = int(rows["read"][0]) + sum(
        int(cells[0]) for name, cells in rows.items() if "." in name and cells[0][0] == "-"
    )
    assert left == totals["kept"] == int(rows["kept"][0])
    assert rows["kept"][2] == f"{totals['tokens']:,}"


def everything() -> Progress:
    return Progress(
        documents=1,
        text_bytes=2,
        kept=3,
        work_done=4,
        shards=5,
        shuffled_bytes=6,
        splits=7,
        splits_done=Counter({"0": 8}),
        steps={"a": StepTotals(documents=9, text_bytes=10, nanoseconds=11, batches=12)},
        removed=Counter({"a.x": 13}),
        is_compiling=True,
    )


def test_counts_add_up_but_for_the_number_of_splits() -> None:
    total = everything()
    total += everything()
    total += Progress(splits=6)
    assert total == Progress(
        documents=2,
        text_bytes=4,
        kept=6,
        work_done=8,
        shards=10,
        shuffled_bytes=12,
        splits=7,
        splits_done=Counter({"0": 16}),
        steps={"a": StepTotals(documents=18, text_bytes=20, nanoseconds=22, batches=24)},
        removed=Counter({"a.x": 26}),
        is_compiling=True,
    )


def test_counts_travel_as_json() -> None:
    assert Progress.from_dict(json.loads(json.dumps(everything().as_dict()))) == everything()
    assert Progress() == Progress.from_dict(Progress().as_dict())


def test_which_pass_is_at_work() -> None:
    assert Progress().current_pass() is None
    assert Progress(splits=2).current_pass() == 0
    assert Progress(splits=2, splits_done=Counter({"0": 1})).current_pass() == 0
    assert Progress(splits=2, splits_done=Counter({"0": 2, "1": 1})).current_pass() == 1
    assert Progress(splits=2, splits_done=Counter({"0": 2, "1": 2})).current_pass() == 2


def test_a_later_pass_is_a_tenth_of_the_work() -> None:
    assert [work_of_pass(number, 1000) for number in (0, 1, 2)] == [1000, 100, 100]


def test_a_writer_shows_what_is_new_now_and_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: now)
    writer = ProgressWriter(tmp_path)
    writer.add(Progress(documents=1))
    assert read_progress(tmp_path).documents == 1
    now += 0.1
    writer.add(Progress(documents=1))
    assert read_progress(tmp_path).documents == 1  # a moment ago
    writer.add(Progress(documents=1, work_done=1))
    assert read_progress(tmp_path).documents == 3  # a split is through
    writer.add(Progress(documents=1, shuffled_bytes=1))
    assert read_progress(tmp_path).documents == 4
    now += 0.3
    writer.add(Progress(documents=1))
    assert read_progress(tmp_path).documents == 5
    assert [path.name.split("-")[0] for path in tmp_path.iterdir()] == ["worker"]
    assert ProgressWriter(tmp_path)._path != writer._path


def test_progress_is_not_worth_failing_for(tmp_path: Path) -> None:
    for folder in (None, tmp_path / "missing"):
        writer = ProgressWriter(folder)
        writer.add(everything())
        assert writer.totals == everything()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "gone").mkdir()
    writer = ProgressWriter(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    writer.add(everything())
    writer.add(everything())
    assert writer.totals.documents == 2
