"""A job that is taken back: what is asked of its runner, and what is said of it."""

import socket
import time
from pathlib import Path

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions

from textmill.pipeline.run.cancelling import RunningJob


def open_pipeline(*options: str) -> beam.Pipeline:
    return beam.Pipeline(options=PipelineOptions(list(options)))


def wait_for(path: str) -> None:
    """What a job does that would not end by itself for a while."""
    end = time.monotonic() + 20
    while not Path(path).exists() and time.monotonic() < end:
        time.sleep(0.05)


def test_a_job_on_a_portable_runner_is_cancelled_by_beam(tmp_path: Path) -> None:
    go = tmp_path / "go"
    portable = ("--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK")
    pipeline = open_pipeline(*portable, "--job_name=mill-1")
    _ = pipeline | beam.Create([str(go)]) | beam.Map(wait_for)
    running = RunningJob(pipeline)
    result = pipeline.run()
    assert running.cancel(result) == "job mill-1 is cancelled"
    assert result.state == "CANCELLED"
    go.touch()


def test_a_job_that_was_not_submitted_needs_no_cancelling() -> None:
    running = RunningJob(open_pipeline("--runner=PortableRunner", "--job_endpoint=embed", "--job_name=mill-2"))
    assert running.cancel(None) == "job mill-2 was not submitted yet"


def test_a_cluster_that_does_not_answer_is_told() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        master = f"127.0.0.1:{nobody.getsockname()[1]}"
        running = RunningJob(open_pipeline("--runner=FlinkRunner", f"--flink_master={master}", "--job_name=mill-3"))
        told = running.cancel(None)
    assert told.startswith("job mill-3 may still run, because cancelling it failed (")
