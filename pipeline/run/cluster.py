"""Run a job on a Beam runner elsewhere: Flink, Spark, Dataflow, or any other by its name."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import urllib.request
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from ... import errors
from ...errors import InputError, TextmillError
from ..job.job import Job
from ..job.progress import Progress
from .cancelling import HTTP_SECONDS, RunningJob, flink_url
from .local_driver import bind_to_loopback, unwrap
from .spark_master import while_one_answers, within_reach

TALKATIVE = ("PrismJobServer", "SparkJarJobServer", "apache_beam.utils.subprocess_server")
"""Loggers of what job servers print, whole workers' logs among it; what makes a run fail is told by its error."""
STACK_TRACE = re.compile(r"\s|Caused by|.*:$|[\w.$/<>]+\([\w. ]+(:\d+)?\)$")
"""A line of Java's or Scala's, or a heading of one."""
MESSAGE_READER = "wait_until_finish_read"
"""Beam's name of a thread."""
EMBEDDED = "embed"
"""In the place of an address: a job server in this process."""


def open_pipeline(runner: str, arguments: Sequence[str]) -> Any:
    """Open a pipeline on a runner with the options of :func:`~.runner_options.cluster_arguments`.

    Raises:
        InputError: when Beam knows no such runner, or none answers at its address.
    """
    logging.disable(logging.WARNING)  # without Google's libraries Beam warns of that, whatever the runner
    import apache_beam as beam
    from apache_beam.options.pipeline_options import FlinkRunnerOptions, PipelineOptions, PortableOptions, SetupOptions

    logging.disable(logging.NOTSET)
    from . import flink_options  # noqa: F401  # so that they are parsed

    for name in TALKATIVE:
        logging.getLogger(name).addHandler(logging.NullHandler())
        logging.getLogger(name).propagate = False
    logging.getLogger().addFilter(_is_not_of_beam)
    options = PipelineOptions(list(arguments))
    options.view_as(SetupOptions).save_main_session = False
    master = options.view_as(FlinkRunnerOptions).flink_master
    if master and not master.startswith("["):
        _check_flink(master)
    endpoint = options.view_as(PortableOptions).job_endpoint
    if endpoint and endpoint != EMBEDDED:
        _check_job_server(endpoint)
    try:
        return beam.Pipeline(options=options)
    except (ValueError, ImportError) as error:
        message = "; ".join(line for line in str(error).splitlines() if line)
        raise InputError(f"cannot run on {runner!r}: {message}") from error


def _is_not_of_beam(record: logging.LogRecord) -> bool:
    """Beam logs at the root what makes a job fail, which is told by its error, and that it waits for a job server."""
    return record.module not in ("portable_runner", "subprocess_server")


def _check_flink(master: str) -> None:
    try:
        with urllib.request.urlopen(f"{flink_url(master)}/v1/config", timeout=HTTP_SECONDS) as answer:
            json.load(answer)["flink-version"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"no Flink job manager answers at {master}: {error}") from error


def _check_job_server(endpoint: str) -> None:
    """Beam would wait for one as long as a run may take."""
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=HTTP_SECONDS).close()
    except (OSError, ValueError) as error:
        raise InputError(f"no Beam job server answers at {endpoint}: {error}") from error


def template_of(pipeline: Any) -> str | None:
    """Where a pipeline for Dataflow is to be written down instead of being run, if anywhere."""
    from apache_beam.options.pipeline_options import GoogleCloudOptions

    location: str | None = pipeline.options.view_as(GoogleCloudOptions).template_location
    return location


def spark_master(pipeline: Any) -> str | None:
    """The master of a pipeline for Spark; None for other runners."""
    from apache_beam.options.pipeline_options import SparkRunnerOptions, StandardOptions

    if not str(pipeline.options.view_as(StandardOptions).runner).endswith("SparkRunner"):
        return None
    master: str | None = pipeline.options.view_as(SparkRunnerOptions).spark_master_url
    return master


def run_on_cluster(pipeline: Any, job: Job, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Build the same graph as a local run and run it; inputs and output must be within reach of every worker.

    With ``--template_location`` the job is only written down, for somebody else to start.

    Raises:
        TextmillError: when the run fails; an error of ours comes out as what it was in the worker.
        KeyboardInterrupt: when the run is interrupted; says what became of the job, which is cancelled if possible.
    """
    from .graph import build
    from .metrics import wait

    _leave_readers_alone()
    bind_to_loopback()  # Beam's driver opens a port even where nothing elsewhere calls it
    build(pipeline, job)
    running, result = RunningJob(pipeline), None
    masters = within_reach(spark_master(pipeline))
    try:
        result = pipeline.run()
        if template_of(pipeline) is None:
            while_one_answers(masters, partial(wait, result, on_progress))
    except KeyboardInterrupt as interruption:
        raise KeyboardInterrupt(running.cancel(result)) from interruption
    except TextmillError:
        raise
    except Exception as error:
        raise run_error(error) from error


def _leave_readers_alone() -> None:
    """Print nothing of the thread that reads a job server's messages: with the server gone, its end is no news."""
    before = threading.excepthook
    if getattr(before, "leaves_readers_alone", False):
        return

    def on_failure(failure: threading.ExceptHookArgs) -> None:
        if failure.thread is None or failure.thread.name != MESSAGE_READER:
            before(failure)

    on_failure.leaves_readers_alone = True  # type: ignore[attr-defined]
    threading.excepthook = on_failure


def run_error(error: Exception) -> TextmillError:
    """What a runner says of a failed run, in one line: an error of ours is what it was in the worker."""
    kind, message = unwrap(error)
    known = getattr(errors, kind, TextmillError)
    if known is not TextmillError:
        return known(message)
    if (code := getattr(error, "code", None)) and (details := getattr(error, "details", None)):  # gRPC's
        return TextmillError(f"the run failed: the job server's answer is {code().name}: {details()}")
    # Runners put stack traces of their own around, and behind, what a worker said.
    said = [line for line in str(error).splitlines() if line.strip() and not STACK_TRACE.match(line)]
    return TextmillError(f"the run failed: {type(error).__name__}: {said[-1] if said else error}")
