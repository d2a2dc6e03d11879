"""The job that goes to Dataflow, written by Beam's own Dataflow runner against a storage service on loopback.

Needs Google's libraries (the extra gcp), and no account: nothing is submitted, credentials are anonymous.
"""

import base64
import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apache_beam.portability.api import beam_runner_api_pb2 as api

pytest.importorskip("google.cloud.storage", reason="the extra gcp is not installed")

TRANSLATE = """
import os, sys
recipe, output, template = sys.argv[1:]
from textmill import Recipe
from textmill.pipeline.run.cluster import open_pipeline
from textmill.pipeline.run.runner_options import cluster_arguments
from textmill.pipeline.run.graph import build
from textmill.pipeline.job.job import Job
given = ["--project=my-project", "--region=europe-west1", "--sdk_container_image=europe-docker.pkg.dev/p/r/textmill:1"]
given += ["--no_auth", f"--template_location={template}", "--resource_hint=min_ram=8GB", "--no_use_public_ips"]
pipeline = open_pipeline("dataflow", cluster_arguments("dataflow", output, given, 50))
listed = f"{output}/_work/inputs.json"
build(pipeline, Job(recipe=Recipe.load(recipe), inputs=(), input_list=listed, output=output))
pipeline.run()
"""


MOST_JOB_BYTES = 20_000_000
MOST_GRAPH_BYTES = 10_000_000
"""What the service takes of a job as JSON, and of its graph (cloud.google.com/dataflow/docs/request-quotas)."""
PAR_DO = "beam:transform:pardo:v1"


class Storage(http.server.BaseHTTPRequestHandler):
    """As much of the storage service's protocol as an upload needs; keeps what is uploaded."""

    uploads: dict[str, bytes]

    def log_message(self, *_: object) -> None:
        pass

    def answer(self, body: dict[str, Any], status: int = 200, **headers: str) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        missing = "/o/" in self.path
        self.answer(
            {"error": {"code": 404}} if missing else {"name": "bucket", "id": "bucket"}, 404 if missing else 200
        )

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        host, port = self.server.server_address[:2]
        self.answer({}, Location=f"http://{host!s}:{port}/put/{asked['name']}")

    def do_PUT(self) -> None:
        import google_crc32c

        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.uploads[self.path.removeprefix("/put/")] = content
        checksum = base64.b64encode(google_crc32c.Checksum(content).digest()).decode()
        self.answer({"bucket": "bucket", "generation": "1", "size": str(len(content)), "crc32c": checksum})


@pytest.fixture
def storage() -> Iterator[tuple[str, dict[str, bytes]]]:
    handler = type("Handler", (Storage,), {"uploads": {}})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler.uploads
        server.shutdown()


@pytest.mark.parametrize("recipe", ["default", "fineweb"])
def test_the_job_keeps_to_the_limits_and_stages_below_the_output(storage: Any, tmp_path: Path, recipe: str) -> None:
    address, uploads = storage
    template = tmp_path / "job.json"
    done = subprocess.run(
        [sys.executable, "-c", TRANSLATE, recipe, "gs://bucket/out", str(template)],
        capture_output=True,
        text=True,
        timeout=200,
        env={"STORAGE_EMULATOR_HOST": address, "PATH": str(Path(sys.executable).parent), "HOME": str(tmp_path)},
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    written = template.read_text(encoding="utf-8")
    job = json.loads(written)
    assert len(written) < MOST_JOB_BYTES / 10
    assert uploads
    assert all(name.startswith("out/_work/staged/") for name in uploads), list(uploads)
    (pipeline,) = [content for name, content in uploads.items() if name.endswith("pipeline.pb")]
    assert len(pipeline) < MOST_GRAPH_BYTES / 10
    transforms = api.Pipeline.FromString(pipeline).components.transforms.values()
    names = [transform.unique_name for transform in transforms]
    assert "Pass 1" in names
    assert len(set(names)) == len(names)
    steps = [api.ParDoPayload.FromString(one.spec.payload) for one in transforms if one.spec.urn == PAR_DO]
    assert len(steps) > 20
    assert not any(step.side_inputs for step in steps)
    assert str(Path(__file__).parents[3]).encode() not in pipeline
    environment = job["environment"]
    assert "/bucket/out/_work/temp/" in environment["tempStoragePrefix"]
    (pool,) = environment["workerPools"]
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 50
    assert pool["ipConfiguration"] in ("WORKER_IP_PRIVATE", 2)
    assert "europe-docker.pkg.dev/p/r/textmill:1" in json.dumps(pool["sdkHarnessContainerImages"])
