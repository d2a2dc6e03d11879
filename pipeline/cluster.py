"""Run a job on a Beam runner elsewhere: Flink, Dataflow, or any other by its name."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError
from .job import Job


def run_on_cluster(job: Job, runner: str, arguments: Sequence[str]) -> None:
    """Build the same graph as a local run and hand it to a Beam runner, with the user's own Beam options.

    Args:
        job: Its inputs and output must be reachable from every worker.
        runner: ``flink``, ``dataflow``, ``spark``, ``prism``, or a runner's class name.
        arguments: Options as Beam's command lines take them.

    Raises:
        InputError: when Beam knows no such runner.
    """
    import apache_beam as beam
    from apache_beam.options.pipeline_options import PipelineOptions, SetupOptions

    from .graph import build

    name = runner if runner.lower().endswith("runner") else f"{runner.capitalize()}Runner"
    options = PipelineOptions([f"--runner={name}", *arguments])
    options.view_as(SetupOptions).save_main_session = False
    try:
        pipeline = beam.Pipeline(options=options)
    except ValueError as error:
        raise InputError(f"cannot run on {runner!r}: {error}") from error
    build(pipeline, job)
    pipeline.run().wait_until_finish()
