"""What steps have seen, added up."""

import time

from textmill.pipeline.steps.totals import StepTotals, Stopwatch, add_totals


def test_totals_add_up_by_step() -> None:
    totals = {"a": StepTotals(documents=1, text_bytes=10, nanoseconds=100, cpu_nanoseconds=50, batches=1)}
    more = StepTotals(documents=2, text_bytes=20, nanoseconds=200, cpu_nanoseconds=60, batches=3)
    add_totals(totals, {"a": more, "b": more})
    add_totals(totals, {"b": more})
    assert totals["a"] == StepTotals(documents=3, text_bytes=30, nanoseconds=300, cpu_nanoseconds=110, batches=4)
    assert totals["b"] == StepTotals(documents=4, text_bytes=40, nanoseconds=400, cpu_nanoseconds=120, batches=6)
    assert more.documents == 2


def test_speed_is_that_of_one_core() -> None:
    assert (
        StepTotals(text_bytes=5_000_000, nanoseconds=9_000_000_000, cpu_nanoseconds=2_000_000_000).mb_per_second == 2.5
    )
    assert StepTotals(text_bytes=5_000_000, nanoseconds=2_000_000_000).mb_per_second == 2.5
    assert StepTotals(text_bytes=5_000_000).mb_per_second is None
    assert StepTotals() == StepTotals(documents=0, text_bytes=0, nanoseconds=0, cpu_nanoseconds=0, batches=0)


def test_a_stopwatch_tells_waiting_from_working() -> None:
    watch = Stopwatch()
    time.sleep(0.02)
    spent = watch.spent()
    assert spent.nanoseconds >= 20_000_000
    assert 0 <= spent.cpu_nanoseconds < 20_000_000
