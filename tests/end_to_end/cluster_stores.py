"""A run of a cluster whose input and output lie in a store that all its workers reach."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from textmill.pipeline.files import stores

from . import stores_servers as servers
from .conftest import CORPUS


def same_bytes_on_a_store(textmill: Callable[..., CompletedProcess[str]], where: list[object], folder: Path) -> None:
    """Run in an S3 store on the cluster, and on the local disk without it."""
    pytest.importorskip("s3fs", reason="the extra s3 is not installed")
    pytest.importorskip("moto.server", reason="moto is not installed")
    from .test_stores import Store, local_checksums  # it is skipped where these are not installed

    local = textmill("run", "default", f"corpus={CORPUS}", "-o", folder / "local", "-q", "--shard-mb", 64)
    assert (local.returncode, local.stderr) == (0, "")
    before = stores.store_options()
    with servers.s3_server() as proxy:
        store = Store("s3", proxy)
        keys = {"key": servers.KEYS["AWS_ACCESS_KEY_ID"], "secret": servers.KEYS["AWS_SECRET_ACCESS_KEY"]}
        stores.use_store_options({"s3": {**store.options["s3"], **keys}})
        try:
            system, name = stores.connect(store.root)
            system.mkdir(name)
            given = store.upload(CORPUS, "corpus")
            flags = [*store.flags, *(flag for key in keys for flag in ("--store", f"s3.{key}={keys[key]}"))]
            shown = ["-o", f"{store.root}/out", "-q", "--shard-mb", 64, *flags]
            done = textmill("run", "default", f"corpus={given}", *shown, *where)
            assert (done.returncode, done.stderr) == (0, "")
            assert store.checksums("out") == local_checksums(folder / "local")
        finally:
            stores.use_store_options(before)
