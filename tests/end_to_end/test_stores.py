"""Whole runs on object stores: real servers on loopback, the same bytes as a run on the local disk."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from textmill import Recipe
from textmill.errors import TextmillError
from textmill.pipeline.files import listing, storage, stores
from textmill.pipeline.job.job import Job
from textmill.pipeline.run.local import run_local

from . import stores_servers as servers

pytest.importorskip("s3fs", reason="the extra s3 is not installed")
pytest.importorskip("moto.server", reason="moto is not installed")

pytestmark = pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")  # gcsfs does

Command = Callable[..., subprocess.CompletedProcess[str]]
FLEX = Path(__file__).parents[2] / "deploy" / "dataflow" / "flex.py"
DOCUMENTS = 600
"""In each file of the input."""
MANY = 120
PAGE = 50


class Store:
    """A bucket on a server, and how the command reaches it."""

    def __init__(self, scheme: str, proxy: servers.Proxy) -> None:
        self.scheme, self.proxy = scheme, proxy
        host = proxy.url.removeprefix("http://")
        self.root = f"webhdfs://{host}/bucket" if scheme == "webhdfs" else f"{scheme}://bucket"
        given = {
            "s3": [f"s3.endpoint={proxy.url}"],
            "gs": [f"gs.endpoint={proxy.url}", "gs.anonymous=true"],
            "az": [f"az.connection_string={servers.azure_connection(proxy)}"],
            "webhdfs": ["webhdfs.user=somebody"],
        }[scheme]
        self.options = stores.parse_store_options(given)
        self.flags = [flag for one in given for flag in ("--store", one)]

    def skip_without_faults(self) -> None:
        """Azure's library waits for a quarter of a minute by itself, and data nodes are not behind the proxy."""
        if self.scheme not in ("s3", "gs"):
            pytest.skip("pages and faults are those of S3 and Google's store only")

    def behave(self, **how: Any) -> None:
        """Be a store without faults, save for these."""
        self.proxy.delay_seconds = 0.0
        self.proxy.slow_down_every = self.proxy.tear_every = self.proxy.cut_every = self.proxy.page = 0
        self.proxy.seen.clear()
        for name, value in how.items():
            setattr(self.proxy, name, value)

    def upload(self, folder: Path, name: str) -> str:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                with storage.write_atomically(f"{self.root}/{name}/{path.relative_to(folder)}") as sink:
                    sink.write(path.read_bytes())
        return f"{self.root}/{name}"

    def checksums(self, name: str) -> dict[str, str]:
        folder = f"{self.root}/{name}"
        found = {}
        for path in listing.list_files(folder):
            with storage.open_read(path) as source:
                found[path[len(folder) + 1 :]] = checksum(path, source.read())
        return found


def checksum(path: str, content: bytes) -> str:
    if path.endswith("manifest.json"):
        manifest = json.loads(content)
        assert "worker_seconds" in manifest.pop("timing")
        content = json.dumps(manifest, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()


def local_checksums(folder: Path) -> dict[str, str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): checksum(path.name, path.read_bytes()) for path in paths}


def fetched_programs() -> Path:
    if "TEXTMILL_STORES" not in os.environ:
        pytest.skip(
            "no Azurite, no HDFS: python tests/end_to_end/stores_servers.py FOLDER and set TEXTMILL_STORES=FOLDER"
        )
    return Path(os.environ["TEXTMILL_STORES"])


@pytest.fixture(scope="module", params=["s3", "gs", "az", "webhdfs"], ids=["amazon", "google", "azure", "hdfs"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in servers.KEYS.items():
            patched.setenv(name, value)
        patched.delenv("AWS_ENDPOINT_URL", raising=False)
        before = stores.store_options()
        if request.param == "s3":
            serving = servers.s3_server()
        elif request.param == "az":
            pytest.importorskip("adlfs", reason="the extra azure is not installed")
            serving = servers.azure_server(fetched_programs(), tmp_path_factory.mktemp("azure"))
        elif request.param == "webhdfs":
            serving = servers.hdfs_server(fetched_programs(), tmp_path_factory.mktemp("hdfs"))
        else:
            pytest.importorskip("gcsfs", reason="the extra gcs is not installed")
            program = servers.gcs_program()
            if program is None:
                pytest.skip(f"{servers.FAKE_GCS} is not there")
            serving = servers.gcs_server(program, tmp_path_factory.mktemp("gcs"))
        with serving as proxy:
            found = Store(request.param, proxy)
            stores.use_store_options(found.options)
            system, name = stores.connect(found.root)
            system.mkdir(name)
            yield found
            stores.use_store_options(before)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three splits' worth of JSON lines, a third of them duplicates."""
    folder = tmp_path_factory.mktemp("corpus")
    words = [
        "the",
        "of",
        "and",
        "to",
        "in",
        "that",
        "was",
        "mill",
        "river",
        "stone",
        "wheel",
        "grain",
        "flour",
        "water",
        "miller",
        "morning",
    ]
    for file in range(6):
        rows = []
        for number in range(DOCUMENTS):
            seed = (file * DOCUMENTS + number) % (4 * DOCUMENTS)
            text = " ".join(words[(seed * 7 + index * (seed % 11 + 1)) % len(words)] for index in range(120))
            rows.append(json.dumps({"text": f"Document {seed} says that {text}."}))
        (folder / f"part-{file}.jsonl").write_text("\n".join(rows) + "\n")
    (folder / "broken.jsonl").write_text("{nonsense\n")
    return folder


RECIPE = """
name: stores
steps:
  - gopher_quality: {min_stop_words: 0}
  - exact_dedup
  - minhash_dedup
  - scrub_pii
"""


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "stores.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def expected(corpus: Path, recipe: Path, textmill: Command, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("local") / "out"
    done = textmill("run", recipe, f"corpus={corpus}", "-o", folder, "--workers", 2, "--shard-mb", 1, "-q")
    assert (done.returncode, done.stderr) == (0, "")
    return local_checksums(folder)


@pytest.fixture(scope="module")
def uploaded(store: Store, corpus: Path) -> str:
    store.behave()
    return store.upload(corpus, "corpus")


def arguments(store: Store, recipe: Path, given: str, name: str) -> list[object]:
    output = f"{store.root}/{name}"
    return ["run", recipe, f"corpus={given}", "-o", output, "--shard-mb", 1, "-q", *store.flags]


FAULTS = {
    "none": {},
    "throttled": {"slow_down_every": 7},
    "torn": {"tear_every": 5},
    "cut": {"cut_every": 3},
}


@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_a_run_gives_the_bytes_of_a_local_one(
    store: Store, uploaded: str, recipe: Path, expected: dict[str, str], textmill: Command, faults: dict[str, int]
) -> None:
    if faults:
        store.skip_without_faults()
    store.behave(**faults)
    name = f"out-{'-'.join(faults) or 'none'}"
    workers = 1 if "tear_every" in faults else 2
    done = textmill(*arguments(store, recipe, uploaded, name), "--workers", workers)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    seen = dict(store.proxy.seen)
    assert all(
        seen.get(kind)
        for kind in {"slow_down_every": ["slowed down"], "tear_every": ["torn"], "cut_every": ["cut"]}.get(
            next(iter(faults), ""), []
        )
    )
    store.behave()
    assert store.checksums(name) == expected


def test_what_a_killed_run_has_left_is_gone_on_with(
    store: Store, uploaded: str, recipe: Path, expected: dict[str, str], textmill: Command, tmp_path: Path
) -> None:
    from .conftest import BIN

    store.behave(delay_seconds=0.05)
    given = arguments(store, recipe, uploaded, "killed")
    command = [str(BIN / "textmill"), *map(str, given), "--workers", "2"]
    with subprocess.Popen(command, start_new_session=True) as process:
        deadline = time.monotonic() + 120
        while not any(path.endswith(".record") for path in listing.list_files(f"{store.root}/killed/_work")):
            assert process.poll() is None
            assert time.monotonic() < deadline
        os.kill(process.pid, signal.SIGKILL)
    time.sleep(3)  # until its workers have noticed
    store.behave()
    before = {found.path: found.version for found in listing.list_entries(f"{store.root}/killed")}
    assert not any(path.endswith("manifest.json") for path in before)
    told = textmill("verify", f"{store.root}/killed", *store.flags)
    assert (told.returncode, "unfinished run" in told.stderr) == (2, True)
    done = textmill(*given, "--workers", 2, "--resume")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert store.checksums("killed") == expected


def test_commands_on_a_finished_folder(
    store: Store, uploaded: str, recipe: Path, expected: dict[str, str], textmill: Command, tmp_path: Path
) -> None:
    store.behave()
    given = arguments(store, recipe, uploaded, "done")
    assert textmill(*given, "--workers", 2).returncode == 0
    output = f"{store.root}/done"
    verified = textmill("verify", output, *store.flags)
    assert (verified.returncode, verified.stderr) == (0, "")
    changed = ["--set", "gopher_quality.min_words=1000", "--write", f"{store.root}/recipes/strict.yaml"]
    retuned = textmill("retune", output, *changed, "--json", *store.flags)
    assert json.loads(retuned.stdout)["kept_after"]["documents"] == 0, retuned.stderr
    with storage.open_read(f"{store.root}/recipes/strict.yaml") as source:
        assert b"min_words: 1000" in source.read()
    written = listing.entry(f"{output}/manifest.json")
    assert textmill(*given, "--workers", 2, "--resume").returncode == 0
    assert listing.entry(f"{output}/manifest.json") == written  # nothing was done
    cleaned = textmill("clean", f"{uploaded}/part-0.jsonl", "--recipe", recipe, "--json", *store.flags)
    assert cleaned.returncode == 0, cleaned.stderr
    assert len(cleaned.stdout.splitlines()) > 100
    explained = textmill("explain", f"{uploaded}/part-0.jsonl", "--recipe", recipe, "--limit", 1, *store.flags)
    assert explained.returncode == 0, explained.stderr
    assert "gopher_quality" in explained.stdout
    with storage.write_atomically(f"{output}/shards/stray.parquet") as sink:
        sink.write(b"stray")
    spoiled = textmill("verify", output, *store.flags)
    assert (spoiled.returncode, "shards/stray.parquet is not in the manifest" in spoiled.stderr) == (1, True)
    broken = f"{uploaded}/broken.jsonl"
    with storage.open_read(broken) as source:
        content = source.read()
    try:
        with storage.write_atomically(broken) as sink:
            sink.write(content.replace(b"nonsense", b"NONSENSE"))
        again = textmill(*[one for one in given if one != "-q"], "--workers", 2, "--resume")
        assert f"{output} holds a finished run, but corpus/broken.jsonl changed: it is done again" in again.stderr
    finally:
        with storage.write_atomically(broken) as sink:
            sink.write(content)
    assert textmill(*given, "--workers", 2, "--resume").returncode == 0
    assert store.checksums("done") == expected


def test_a_listing_has_more_than_one_page(store: Store) -> None:
    store.skip_without_faults()
    store.behave(page=PAGE)
    system, name = stores.connect(f"{store.root}/many")
    for number in range(MANY):
        system.pipe_file(f"{name}/{number:04d}.txt", b"text")
    found = listing.list_entries(f"{store.root}/many")
    assert [one.path for one in found] == [f"{store.root}/many/{number:04d}.txt" for number in range(MANY)]
    assert {one.size for one in found} == {4}
    assert all(one.version for one in found)
    assert store.proxy.seen["pages"] >= MANY // PAGE
    storage.remove_tree(f"{store.root}/many")
    assert listing.list_entries(f"{store.root}/many") == []
    assert not storage.exists(f"{store.root}/many")


def test_a_store_that_never_answers_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.skip_without_faults()
    monkeypatch.setattr(stores, "WAITS_SECONDS", (0.0,))
    store.behave(slow_down_every=1)
    with pytest.raises(TextmillError, match=rf"cannot look at {store.root}/x: .*2 attempts failed.*--resume"):
        storage.exists(f"{store.root}/x")
    store.behave()


def test_what_is_not_there_is_told(store: Store, recipe: Path, textmill: Command) -> None:
    store.behave()
    missing = textmill(*arguments(store, recipe, f"{store.root}/nothing", "out"))
    assert (missing.returncode, missing.stderr) == (
        2,
        f"textmill: no such file or folder: corpus={store.root}/nothing\n".replace("corpus=", ""),
    )
    if store.scheme == "webhdfs":
        return  # it has no buckets
    bucket = textmill("run", recipe, f"{store.root}/corpus", "-o", f"{store.scheme}://no-such-bucket/out", *store.flags)
    assert bucket.returncode == 2
    assert "cannot write" in bucket.stderr
    assert "Traceback" not in bucket.stderr


def test_a_large_file_is_uploaded_in_parts_and_a_failed_one_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.skip_without_faults()
    content = os.urandom(1 << 20) * 120  # more than s3fs sends in one piece
    path = f"{store.root}/large/file"
    store.behave(tear_every=3)
    with storage.write_atomically(path) as sink:
        sink.write(content)
    store.behave(cut_every=4)
    assert storage.sha256(path) == hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(stores, "WAITS_SECONDS", ())
    store.behave(tear_every=1)
    with pytest.raises(TextmillError, match="cannot write"), storage.write_atomically(path) as sink:
        sink.write(b"other")
    with pytest.raises(KeyError), storage.write_atomically(path) as sink:
        raise KeyError("stop")
    store.behave()
    assert [found[:2] for found in listing.list_entries(f"{store.root}/large")] == [(path, len(content))]


def test_a_flex_template_of_dataflow_is_written_and_its_job_settled(
    store: Store, uploaded: str, recipe: Path, textmill: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.scheme != "gs":
        pytest.skip("Dataflow works on Google's storage")
    pytest.importorskip("google.cloud.storage", reason="the extra gcp is not installed")
    store.behave()
    output, template = f"{store.root}/flex", f"{store.root}/launches/job_object"
    given = {
        "recipe": recipe,
        "input": f"corpus={uploaded}",
        "output": output,
        "textmill_options": " ".join(["--shard-mb 1", *store.flags]),
        # what the launcher adds
        "runner": "DataflowRunner",
        "project": "my-project",
        "region": "europe-west1",
        "template_location": template,
        "sdk_container_image": "europe-docker.pkg.dev/p/r/textmill:1",
    }
    command = [sys.executable, str(FLEX), *(f"--{name}={value}" for name, value in given.items()), "--no_auth"]
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", store.proxy.url)
    written = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert written.returncode == 0, written.stderr
    assert f"The job is written to {template}." in written.stdout
    with storage.open_read(template) as source:
        assert json.load(source)["environment"]["workerPools"]
    assert any(path.endswith("_work/inputs.json") for path in listing.list_files(output))
    # What the service would do with it.
    job = Job(recipe=Recipe.load(str(recipe)), inputs=(f"corpus={uploaded}",), output=output, shard_bytes=1_000_000)
    run_local(replace(job, stores=store.options), workers=1)
    assert any("/_work/" in path for path in listing.list_files(output))
    settled = subprocess.run(command, capture_output=True, text=True, timeout=200, check=False)
    assert settled.returncode == 0, settled.stderr
    assert f"{6 * DOCUMENTS + 1:,} documents read" in settled.stdout
    assert not any("/_work/" in path for path in listing.list_files(output))
    assert textmill("verify", output, *store.flags).returncode == 0


def test_runs_are_mixed_and_exported_in_a_store(store: Store, corpus: Path, textmill: Command, tmp_path: Path) -> None:
    """By two processes, each with connections of its own."""
    store.behave()
    (tmp_path / "recipe.yaml").write_text("name: tokens\nsteps:\n  - tokenize: {tokenizer: cl100k}\n")
    run = ("run", tmp_path / "recipe.yaml", corpus / "part-0.jsonl", "--shard-mb", 0.2, "-q")
    done = textmill(*run, "--workers", 1, "-o", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    mix = "sources: {{all: {root}/run}}\npacking: {{method: concat, length: 128, eos: 100257}}\ntokens: 50000\n"
    found = {}
    for root in (str(tmp_path), store.upload(tmp_path / "run", "mixing/run").removesuffix("/run")):
        (tmp_path / "mix.yaml").write_text(mix.format(root=root))
        done = textmill("mix", tmp_path / "mix.yaml", "-o", f"{root}/mixed", "--workers", 2, "-q", *store.flags)
        assert (done.returncode, done.stderr) == (0, "")
        done = textmill("export", f"{root}/mixed", "--format", "mds", "-o", f"{root}/mds", *store.flags)
        assert (done.returncode, done.stderr) == (0, "")
        for folder in ("mixed", "mds"):
            assert textmill("verify", f"{root}/{folder}", *store.flags).returncode == 0
            paths = listing.list_files(f"{root}/{folder}")
            assert len(paths) > 2
            for path in paths:
                with storage.open_read(path) as source:
                    content = hashlib.sha256(source.read()).hexdigest()
                assert found.setdefault(path.removeprefix(root), content) == content
