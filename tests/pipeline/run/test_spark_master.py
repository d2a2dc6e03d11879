"""A run ends with an error when its Spark master is gone, and waits for nobody else."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from textmill.errors import TextmillError
from textmill.pipeline.run.spark_master import Address, masters, while_one_answers, within_reach


@pytest.fixture
def master() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def url(server: socket.socket) -> str:
    return f"spark://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("spark://one:7077", [Address("one", 7077)]),
        ("spark://one:7077,[::1]:7078", [Address("one", 7077), Address("::1", 7078)]),
        ("local[4]", []),
        ("yarn", []),
        (None, []),
    ],
)
def test_addresses_are_those_of_standalone_masters(given: str | None, expected: list[Address]) -> None:
    assert masters(given) == expected


def test_a_run_ends_with_its_master(master: socket.socket) -> None:
    released = threading.Event()
    watched = within_reach(url(master))
    threading.Timer(0.3, master.close).start()
    begun = time.monotonic()
    with pytest.raises(TextmillError, match=r"no Spark master has answered at 127\.0\.0\.1:\d+ for 1 s.*--resume"):
        while_one_answers(watched, lambda: released.wait(60) and None, patience=1)
    assert time.monotonic() - begun < 30
    released.set()


def test_one_of_several_masters_is_enough(master: socket.socket) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        both = within_reach(f"{url(other)},{url(master).removeprefix('spark://')}")
        threading.Timer(0.2, other.close).start()
        ended: list[bool] = []
        while_one_answers(both, lambda: ended.append(not threading.Event().wait(2)), patience=0.5)
    assert ended == [True]


def test_what_ends_a_run_comes_out(master: socket.socket) -> None:
    def fail() -> None:
        raise ValueError("no such step")

    for given in (url(master), "local[2]", None):
        with pytest.raises(ValueError, match="no such step"):
            while_one_answers(within_reach(given), fail)


def test_a_master_out_of_reach_is_not_watched(master: socket.socket) -> None:
    where = url(master)
    master.close()
    assert within_reach(where) == []
    threads = []
    while_one_answers([], lambda: threads.append(threading.current_thread()), patience=0)
    assert threads == [threading.main_thread()]
