"""What a run takes: each figure from what the sample took."""

import numpy as np
import pytest

from textmill.pipeline.estimating import resources
from textmill.pipeline.estimating.costs import (
    HASH_BYTES_PER_DOCUMENT,
    SHARD_BYTES_PER_CPU_SECOND,
    START_CPU_SECONDS,
    START_SECONDS,
    WORKER_CPU_SECONDS,
    dataflow_costs,
)
from textmill.pipeline.estimating.intervals import Interval
from textmill.pipeline.estimating.resources import _peak_memory, resources_of
from textmill.pipeline.estimating.results import Kept
from textmill.pipeline.estimating.sampling import Sample, Stratum
from textmill.pipeline.estimating.trial import Trial


def exactly(value: float) -> Interval:
    return Interval(value=value, low=value, high=value)


KEPT = Kept(read=exactly(1000), documents=exactly(500), tokens=None, bytes=exactly(3e8))


def sample(weight_read: int = 250, text_bytes: int = 4000) -> Sample:
    strata = [
        Stratum("a", 2, 600, [], 0.1, text_bytes=text_bytes // 4),
        Stratum("b", 2, 400, [], 0.1, text_bytes=text_bytes // 4 * 3),
    ]
    return Sample(strata, [], np.zeros(0, np.uint64), np.zeros(0, bool), 3.0, weight_read)


def trial(*sizes: float) -> Trial:
    nothing = np.array([], dtype=object)
    return Trial(
        step=nothing, rule=nothing, language=nothing, text_bytes=np.array(sizes), tokens=None, cluster=nothing,
        cpu_seconds={"read": 9.0, "c4": 2.0, "minhash_dedup": 0.5}, work_bytes=700, ledger_bytes=30,
    )  # fmt: skip


def test_everything_grows_with_the_text_that_was_worked_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "_peak_memory", lambda: 5e8)
    found = resources_of(sample(), trial(100.0, 300.0), KEPT, 4, deduplicates=True)
    # A quarter of the input was read, 4000 bytes of text; 400 of 16,000 were worked on.
    steps = {"read": 12.0, "c4": 80.0, "minhash_dedup": 20.0, "shards": 3e8 / SHARD_BYTES_PER_CPU_SECOND}
    start = START_CPU_SECONDS + 4 * WORKER_CPU_SECONDS
    cpu = sum(steps.values())
    assert found.seconds_by_step == {"start": start, **steps}
    assert list(found.seconds_by_step) == ["start", *steps]
    assert found.cpu_seconds == pytest.approx(start + cpu)
    assert found.wall_seconds == pytest.approx(cpu / 4 + START_SECONDS)
    assert (found.workers, found.work_bytes, found.output_bytes) == (4, 28_000, 29_200)
    assert found.memory_bytes == 2e9 + 1000 * HASH_BYTES_PER_DOCUMENT
    assert found.dataflow == tuple(dataflow_costs(cpu, 1000.0, 5e8))
    alone = resources_of(sample(), trial(100.0, 300.0), KEPT, 1, deduplicates=False)
    assert alone.memory_bytes == 5e8
    assert alone.dataflow == tuple(dataflow_costs(cpu, 0.0, 5e8))


def test_where_nothing_was_read_or_worked_on_nothing_is_told() -> None:
    for given, tried in ((sample(weight_read=0), trial(100.0)), (sample(), trial()), (sample(), trial(0.0))):
        found = resources_of(given, tried, KEPT, 2, deduplicates=False)
        assert (found.work_bytes, found.output_bytes, found.seconds_by_step["c4"]) == (0, 0, 0)
    assert resources_of(sample(weight_read=0), trial(), KEPT, 2, False).seconds_by_step["read"] == 3000.0
    assert resources_of(sample(weight_read=1), trial(), KEPT, 2, False).seconds_by_step["read"] == 3000.0


def test_the_memory_is_what_this_process_has_held_at_most() -> None:
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123
        (peak,) = [int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM")]
    assert _peak_memory() == pytest.approx(peak, rel=0.05)
