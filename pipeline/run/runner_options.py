"""Beam options for a run: what a user gives, and what follows from runner and output. Imports no Beam."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...errors import InputError
from ..files.storage import join
from ..job.job import WORK_FOLDER
from .runners import runner_class

PORTABLE = frozenset({"FlinkRunner", "SparkRunner", "PrismRunner", "PortableRunner"})
"""Runners that talk Beam's portable protocol to a job server and start workers by themselves."""
WORKER_COMMAND = "textmill-worker"
WORKER_CACHE_MS = 30_000
"""How long a Python worker outlives a stage, so that the next one finds it warm."""
JOB_SERVER_SECONDS = 30 * 24 * 3600
"""How long a run on a job server may take; Beam's own limit is five minutes."""
JVM_PROPERTY = "--job_server_jvm_properties="

Defaults = dict[str, str | None]


def cluster_arguments(runner: str, output: str, arguments: Sequence[str], workers: int = 0) -> list[str]:
    """Beam options for a run: what the user gives, and what follows from the runner and the output folder.

    Args:
        runner: One of :data:`~.runners.RUNNERS`, or the dotted name of a runner's class.
        output: Folder of the results; Dataflow's temporary and staged files go below it and are removed with the rest.
        arguments: Options as Beam's command lines take them; each wins over what is set here.
        workers: How many tasks at once (Flink, Spark) or machines at most (Dataflow); 0 leaves it to the runner.

    Raises:
        InputError: when something is missing without which no worker could start, or there is no such runner.
    """
    given = dict(argument.removeprefix("--").partition("=")[::2] for argument in arguments if argument.startswith("--"))
    name = runner_class(runner)
    chosen: Defaults = {"runner": name, "job_name": f"textmill-{uuid.uuid4().hex[:12]}"}
    repeated: list[str] = []
    if name in PORTABLE:
        chosen |= _portable_defaults(given)
    if name == "FlinkRunner":
        chosen |= _flink_defaults(given, workers)
    elif name == "SparkRunner":
        chosen |= _spark_defaults(given)
        repeated = _spark_properties(given, workers)
    elif name == "PortableRunner" and "job_endpoint" not in given:
        raise InputError("portable runs need -- --job_endpoint=HOST:PORT, where a Beam job server answers")
    elif name == "DataflowRunner":
        chosen |= _dataflow_defaults(given, output, workers)
    return [
        *(f"--{key}" if value is None else f"--{key}={value}" for key, value in chosen.items() if key not in given),
        *repeated,
        *arguments,
    ]


def _portable_defaults(given: Mapping[str, str]) -> Defaults:
    defaults: Defaults = {
        "job_server_timeout": str(JOB_SERVER_SECONDS),
        "environment_cache_millis": str(WORKER_CACHE_MS),
    }
    if "environment_type" not in given:
        command = Path(sys.executable).parent / WORKER_COMMAND
        defaults |= {"environment_type": "PROCESS", "environment_config": json.dumps({"command": str(command)})}
    return defaults


def _flink_defaults(given: Mapping[str, str], workers: int) -> Defaults:
    if "flink_master" not in given:
        raise InputError("Flink runs need --flink-master HOST:PORT, the address of the job manager's web interface")
    # The job goes to the job manager as one jar through its web interface: no Java here, no ports from there to here.
    defaults: Defaults = {"flink_submit_uber_jar": None}
    if workers:
        defaults["parallelism"] = str(workers)
    return defaults


def _spark_defaults(given: Mapping[str, str]) -> Defaults:
    if not given.keys() & {"spark_master_url", "job_endpoint"}:
        raise InputError(
            "Spark runs need --spark-master spark://HOST:7077, or -- --job_endpoint=HOST:PORT of a job server that runs"
            " already; see docs/spark.md"
        )
    return {}


def _spark_properties(given: Mapping[str, str], workers: int) -> list[str]:
    """For the job server that is started here, which is the Spark driver; what the user gives comes later and wins."""
    if "job_endpoint" in given or not workers:
        return []
    return [f"{JVM_PROPERTY}-D{name}={workers}" for name in ("spark.cores.max", "spark.default.parallelism")]


def _dataflow_defaults(given: Mapping[str, str], output: str, workers: int) -> Defaults:
    if not output.startswith("gs://"):
        raise InputError(f"Dataflow's workers cannot reach {output}; give an --output that begins with gs://")
    missing = sorted({"project", "region"} - given.keys())
    if missing:
        raise InputError(f"Dataflow runs need {' and '.join(f'--{name}=…' for name in missing)} behind --")
    if not given.keys() & {"sdk_container_image", "extra_package", "requirements_file", "setup_file"}:
        raise InputError(
            "Dataflow's workers need this package: --sdk_container_image=… behind --; see docs/dataflow.md"
        )
    work = join(output, WORK_FOLDER)
    defaults: Defaults = {"temp_location": join(work, "temp"), "staging_location": join(work, "staged")}
    if workers:
        defaults["max_num_workers"] = str(workers)
    return defaults
