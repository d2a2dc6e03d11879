"""Run a job on a Beam runner elsewhere: Flink, Dataflow, or any other by its name."""

from __future__ import annotations

import json
import logging
import sys
import urllib.request
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ... import errors
from ...errors import InputError, TextmillError
from ..files.storage import join
from ..job.job import WORK_FOLDER, Job
from ..job.progress import Progress
from .cancelling import HTTP_SECONDS, RunningJob, flink_url
from .local_driver import bind_to_loopback, unwrap

WORKER_COMMAND = "textmill-worker"
WORKER_CACHE_MS = 30_000
"""How long a Python worker outlives a stage, so that the next one finds it warm."""


def cluster_arguments(runner: str, output: str, arguments: Sequence[str], workers: int = 0) -> list[str]:
    """Beam options for a run: what the user gives, and what follows from the runner and the output folder.

    Args:
        runner: ``flink``, ``dataflow``, ``spark``, ``prism``, or a runner's class name.
        output: Folder of the results; Dataflow's temporary and staged files go below it and are removed with the rest.
        arguments: Options as Beam's command lines take them; each wins over what is set here.
        workers: How many tasks at once (Flink) or machines at most (Dataflow); 0 leaves it to the runner.

    Raises:
        InputError: when something is missing without which no worker could start.
    """
    given = {argument.split("=", 1)[0].removeprefix("--") for argument in arguments if argument.startswith("--")}
    name = runner if runner.lower().endswith("runner") else f"{runner.capitalize()}Runner"
    chosen: dict[str, str | None] = {"runner": name, "job_name": f"textmill-{uuid.uuid4().hex[:12]}"}
    if name == "FlinkRunner":
        chosen |= _flink_defaults(given, workers)
    elif name == "DataflowRunner":
        chosen |= _dataflow_defaults(given, output, workers)
    return [
        *(f"--{key}" if value is None else f"--{key}={value}" for key, value in chosen.items() if key not in given),
        *arguments,
    ]


def _flink_defaults(given: set[str], workers: int) -> dict[str, str | None]:
    if "flink_master" not in given:
        raise InputError("Flink runs need --flink-master HOST:PORT, the address of the job manager's web interface")
    # The job goes to the job manager as one jar through its web interface: no Java here, no ports from there to here.
    defaults: dict[str, str | None] = {"flink_submit_uber_jar": None, "environment_cache_millis": str(WORKER_CACHE_MS)}
    if workers:
        defaults["parallelism"] = str(workers)
    if "environment_type" not in given:
        command = Path(sys.executable).parent / WORKER_COMMAND
        defaults |= {"environment_type": "PROCESS", "environment_config": json.dumps({"command": str(command)})}
    return defaults


def _dataflow_defaults(given: set[str], output: str, workers: int) -> dict[str, str | None]:
    if not output.startswith("gs://"):
        raise InputError(f"Dataflow's workers cannot reach {output}; give an --output that begins with gs://")
    missing = sorted({"project", "region"} - given)
    if missing:
        raise InputError(f"Dataflow runs need {' and '.join(f'--{name}=…' for name in missing)} behind --")
    if not given & {"sdk_container_image", "extra_package", "requirements_file", "setup_file"}:
        raise InputError(
            "Dataflow's workers need this package: --sdk_container_image=… behind --; see docs/dataflow.md"
        )
    work = join(output, WORK_FOLDER)
    defaults: dict[str, str | None] = {"temp_location": join(work, "temp"), "staging_location": join(work, "staged")}
    if workers:
        defaults["max_num_workers"] = str(workers)
    return defaults


def open_pipeline(runner: str, arguments: Sequence[str]) -> Any:
    """Open a pipeline on a runner with the options of :func:`cluster_arguments`.

    Raises:
        InputError: when Beam knows no such runner, or none answers at its address.
    """
    logging.disable(logging.WARNING)  # without Google's libraries Beam warns of that, whatever the runner
    import apache_beam as beam
    from apache_beam.options.pipeline_options import FlinkRunnerOptions, PipelineOptions, SetupOptions

    logging.disable(logging.NOTSET)
    options = PipelineOptions(list(arguments))
    options.view_as(SetupOptions).save_main_session = False
    master = options.view_as(FlinkRunnerOptions).flink_master
    if master and not master.startswith("["):
        _check_flink(master)
    try:
        return beam.Pipeline(options=options)
    except (ValueError, ImportError) as error:
        message = "; ".join(line for line in str(error).splitlines() if line)
        raise InputError(f"cannot run on {runner!r}: {message}") from error


def _check_flink(master: str) -> None:
    try:
        with urllib.request.urlopen(f"{flink_url(master)}/v1/config", timeout=HTTP_SECONDS) as answer:
            json.load(answer)["flink-version"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"no Flink job manager answers at {master}: {error}") from error


def run_on_cluster(pipeline: Any, job: Job, on_progress: Callable[[Progress], None] | None = None) -> None:
    """Build the same graph as a local run and run it; inputs and output must be within reach of every worker.

    Raises:
        TextmillError: when the run fails; an error of ours comes out as what it was in the worker.
        KeyboardInterrupt: when the run is interrupted; says what became of the job, which is cancelled if possible.
    """
    from .graph import build
    from .metrics import wait

    bind_to_loopback()  # Beam's driver opens a port even where nothing elsewhere calls it
    build(pipeline, job)
    running, result = RunningJob(pipeline), None
    try:
        result = pipeline.run()
        wait(result, on_progress)
    except KeyboardInterrupt as interruption:
        raise KeyboardInterrupt(running.cancel(result)) from interruption
    except TextmillError:
        raise
    except Exception as error:
        raise run_error(error) from error


def run_error(error: Exception) -> TextmillError:
    """What a runner says of a failed run, in one line: an error of ours is what it was in the worker."""
    kind, message = unwrap(error)
    known = getattr(errors, kind, TextmillError)
    if known is not TextmillError:
        return known(message)
    # Runners put stack traces of their own around, and behind, what a worker said.
    said = [line for line in str(error).splitlines() if line.strip() and not line.startswith(("\t", " ", "Caused by"))]
    return TextmillError(f"the run failed: {type(error).__name__}: {said[-1] if said else error}")
