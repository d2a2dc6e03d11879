"""Run a job on a Beam runner elsewhere: Flink, Dataflow, or any other by its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import InputError
from .job import Job
from .progress import Progress


def open_pipeline(runner: str, arguments: Sequence[str]) -> Any:
    """Open a pipeline on a Beam runner, with the user's own Beam options.

    Args:
        runner: ``flink``, ``dataflow``, ``spark``, ``prism``, or a runner's class name.
        arguments: Options as Beam's command lines take them.

    Raises:
        InputError: when Beam knows no such runner.
    """
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions, SetupOptions

    name = runner if runner.lower().endswith("runner") else f"{runner.capitalize()}Runner"
    options = PipelineOptions([f"--runner={name}", *arguments])
    options.view_as(SetupOptions).save_main_session = False
    try:
        return beam.Pipeline(options=options)
    except ValueError as error:
        raise InputError(f"cannot run on {runner!r}: {error}") from error


def run_on_cluster(pipeline: Any, job: Job, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Build the same graph as a local run and run it; inputs and output must be within reach of every worker."""
    from .graph import build
    from .metrics import wait

    build(pipeline, job)
    wait(pipeline.run(), on_progress)
