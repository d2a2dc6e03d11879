"""What goes to a cluster: Beam options, and a graph that stays small whatever the number of files."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import apache_beam as beam
import grpc
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import common_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.transforms.environments import DockerEnvironment

from textmill import Recipe
from textmill.errors import InputError, TextmillError
from textmill.pipeline.input.inputs import InputFile
from textmill.pipeline.job.job import Job
from textmill.pipeline.run.cluster import open_pipeline, run_error
from textmill.pipeline.run.graph import build
from textmill.pipeline.run.runner_options import cluster_arguments
from textmill.pipeline.run.runners import RUNNERS

FILES = 100_000
GCP = ["--project=p", "--region=europe-west1", "--sdk_container_image=europe-docker.pkg.dev/p/r/textmill:1"]


def graph(job: Job) -> beam_runner_api_pb2.Pipeline:
    """The portable graph as a runner gets it, with a container as the workers' environment."""
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=PipelineOptions([]))
    build(pipeline, job)
    return pipeline.to_runner_api(default_environment=DockerEnvironment(container_image="registry/textmill:1"))


def test_the_graph_of_a_hundred_thousand_files_is_small(tmp_path: Path) -> None:
    (tmp_path / "_work").mkdir()
    names = [f"gs://bucket/crawl/part-{number:06d}.warc.gz" for number in range(FILES)]
    files = [InputFile(name, f"crawl/{name[-20:]}", number) for number, name in enumerate(names)]
    output = "gs://bucket/out"
    job = Job(recipe=Recipe.load("fineweb"), inputs=tuple(names), output=str(tmp_path))
    listed = job.with_listed(files)
    assert listed.inputs == ()
    assert listed.find_inputs() == files
    moved = Job(recipe=job.recipe, inputs=(), input_list=f"{output}/_work/inputs.json", output=output)
    proto = graph(moved)
    written = proto.SerializeToString()
    assert len(written) < 1_000_000
    for local in (str(Path(__file__).parents[3]), str(Path.home()), sys.prefix, str(Path.cwd()), str(tmp_path)):
        assert local.encode() not in written
    assert b"part-000000" not in written


def test_the_graph_has_a_handful_of_stages() -> None:
    proto = graph(Job(recipe=Recipe.load("fineweb"), inputs=("gs://bucket/*.warc.gz",), output="gs://bucket/out"))
    urns = [transform.spec.urn for transform in proto.components.transforms.values()]
    groupings = urns.count(common_urns.primitives.GROUP_BY_KEY.urn)
    passes = len(Recipe.load("fineweb").plan.passes)
    # two reshuffles, the planner, the manifest; and for each deduplication the rounds of its exchange and the next pass
    assert groupings <= 5 + 8 * (passes - 1)
    (environment,) = [one for one in proto.components.environments.values() if one.urn.startswith("beam:env:docker")]
    assert b"registry/textmill:1" in environment.payload


def test_flink_gets_workers_of_this_environment() -> None:
    arguments = cluster_arguments("flink", "/out", ["--flink_master=host:8081"], 3)
    assert "--runner=FlinkRunner" in arguments
    assert "--parallelism=3" in arguments
    (environment,) = [value for value in arguments if value.startswith("--environment_config=")]
    command = Path(json.loads(environment.split("=", 1)[1])["command"])
    assert command == Path(sys.executable).parent / "textmill-worker"
    assert command.exists()


def test_what_the_user_gives_wins() -> None:
    given = ["--flink_master=host:8081", "--environment_type=DOCKER", "--environment_config=image", "--parallelism=8"]
    arguments = cluster_arguments("flink", "/out", given, 3)
    assert [value for value in arguments if value.startswith("--parallelism")] == ["--parallelism=8"]
    assert [value for value in arguments if value.startswith("--environment_") and "cache" not in value] == given[1:3]


def test_flink_needs_a_master() -> None:
    with pytest.raises(InputError, match="--flink-master HOST:PORT"):
        cluster_arguments("flink", "/out", [])


def test_dataflow_keeps_its_files_below_the_output() -> None:
    given = [*GCP, "--resource_hint=min_ram=8GB", "--disk_size_gb=50"]
    arguments = cluster_arguments("dataflow", "gs://bucket/out", given, 50)
    assert "--temp_location=gs://bucket/out/_work/temp" in arguments
    assert "--staging_location=gs://bucket/out/_work/staged" in arguments
    assert "--max_num_workers=50" in arguments
    assert [value for value in arguments if value in given] == given


@pytest.mark.parametrize(
    ("output", "given", "message"),
    [
        ("/home/out", GCP, "cannot reach /home/out"),
        ("gs://bucket/out", GCP[:1] + GCP[2:], "need --region=…"),
        ("gs://bucket/out", GCP[2:], "need --project=… and --region=…"),
        ("gs://bucket/out", GCP[:2], "--sdk_container_image=…"),
    ],
)
def test_dataflow_says_what_is_missing(output: str, given: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        cluster_arguments("dataflow", output, given)


@pytest.mark.parametrize("runner", ["spark", "Prism", "PortableRunner"])
def test_every_portable_runner_gets_our_workers_and_days_of_time(runner: str) -> None:
    arguments = cluster_arguments(runner, "/out", ["--spark_master_url=spark://host:7077", "--job_endpoint=host:8099"])
    (seconds,) = [value for value in arguments if value.startswith("--job_server_timeout=")]
    assert int(seconds.split("=")[1]) > 7 * 24 * 3600
    assert "--environment_type=PROCESS" in arguments
    assert f"--runner={RUNNERS[runner.lower().removesuffix('runner')]}" in arguments


def test_spark_gets_cores_and_what_the_user_adds_to_them() -> None:
    given = ["--spark_master_url=spark://host:7077", "--job_server_jvm_properties=-Dspark.executor.memory=4g"]
    arguments = cluster_arguments("spark", "/out", given, 3)
    properties = [value.split("=", 1)[1] for value in arguments if value.startswith("--job_server_jvm_properties=")]
    assert properties == ["-Dspark.cores.max=3", "-Dspark.default.parallelism=3", "-Dspark.executor.memory=4g"]


@pytest.mark.parametrize(("runner", "missing"), [("spark", "--spark-master"), ("portable", "--job_endpoint")])
def test_a_runner_without_an_address_is_refused(runner: str, missing: str) -> None:
    with pytest.raises(InputError, match=missing):
        cluster_arguments(runner, "/out", [])


def test_an_unknown_runner_is_refused_with_all_that_are_known() -> None:
    with pytest.raises(InputError, match=r"no runner 'flnk' \(did you mean flink\?\); choose") as refused:
        cluster_arguments("flnk", "/out", [])
    for name in ("local", "flink", "spark", "prism", "dataflow", "portable"):
        assert name in str(refused.value)
    with pytest.raises(InputError, match=r"cannot run on 'nowhere\.NoRunner'"):
        open_pipeline("nowhere.NoRunner", cluster_arguments("nowhere.NoRunner", "/out", []))


def test_the_help_lists_the_runners() -> None:
    command = [str(Path(sys.executable).parent / "textmill"), "run", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "local, flink, spark, prism, dataflow, portable" in " ".join(done.stdout.split())


def test_a_job_server_that_does_not_answer_is_told_at_once() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        endpoint = f"127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(InputError, match=f"no Beam job server answers at {endpoint}"):
            open_pipeline("portable", cluster_arguments("portable", "/out", [f"--job_endpoint={endpoint}"]))


def test_options_of_the_flink_runner_pass_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    given = ["--runner=PortableRunner", "--job_endpoint=embed", "--execution_mode_for_batch=BATCH_FORCED"]
    options = open_pipeline("portable", given).options
    assert options.get_all_options()["execution_mode_for_batch"] == "BATCH_FORCED"
    assert caplog.records == []


class Refusal(grpc.RpcError):
    """As gRPC raises it: its text has several lines."""

    def __str__(self) -> str:
        return '<_MultiThreadedRendezvous of RPC that terminated with:\n\tdetails = "too late"\n>'

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.DEADLINE_EXCEEDED

    def details(self) -> str:
        return "too late"


def test_the_details_of_grpc_are_told() -> None:
    told = str(run_error(Refusal()))
    assert told == "the run failed: the job server's answer is DEADLINE_EXCEEDED: too late"


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (
            "Pipeline failed in state FAILED: java.lang.RuntimeException: Traceback:\n  File x\n"
            "textmill.errors.InputError: no such file: a [while running 'Pass 0']\n\n\tat org.apache.Flink(a.java:1)",
            InputError,
            "no such file: a",
        ),
        ("Pipeline failed: java.io.IOException: no slots\n\tat a.b(c.java:2)\n", TextmillError, "no slots"),
        (
            "java.lang.IllegalStateException: the context is stopped\nIt was created at:\n\n"
            "org.apache.spark.api.java.JavaSparkContext.<init>(JavaSparkContext.scala:58)\n"
            "java.base/java.lang.Thread.run(Thread.java:840)\n         ",
            TextmillError,
            "the context is stopped",
        ),
    ],
)
def test_a_failed_run_is_one_clear_line(said: str, kind: type[TextmillError], message: str) -> None:
    told = run_error(RuntimeError(said))
    assert type(told) is kind
    assert str(told).endswith(message)
    assert len(str(told).splitlines()) == 1


def test_a_worker_says_what_it_is() -> None:
    command = [str(Path(sys.executable).parent / "textmill-worker"), "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "not by hand" in done.stdout
