"""What goes to a cluster: Beam options, and a graph that stays small whatever the number of files."""

import json
import subprocess
import sys
from pathlib import Path

import apache_beam as beam
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
from textmill.pipeline.run.cluster import cluster_arguments, open_pipeline, run_error
from textmill.pipeline.run.graph import build

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


def test_an_unknown_runner_is_refused() -> None:
    with pytest.raises(InputError, match="cannot run on 'nonsense'"):
        open_pipeline("nonsense", cluster_arguments("nonsense", "/out", []))


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
