"""Take a job back from a cluster when the command that drives it is interrupted."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from contextlib import suppress
from typing import Any

HTTP_SECONDS = 10
LONGEST_WAIT_SECONDS = 30.0
"""A cluster that has not said by then that the job is over is left to it."""
SUBMISSION_SECONDS = 5.0
"""A job whose submission was interrupted may still appear so much later."""
POLL_SECONDS = 0.2
ENDED = frozenset({"FINISHED", "CANCELED", "FAILED"})
"""States from which a Flink job does not go on."""
WITH_OWN_SERVER = frozenset({"SparkRunner", "PrismRunner"})
"""Runners whose job server, which drives the job, is a process started from here unless an address is given."""
ENDED_ON_BEAM = frozenset({"DONE", "FAILED", "CANCELLED", "UPDATED", "DRAINED"})


class RunningJob:
    """The job of a pipeline that is about to be run; made before, because running changes the pipeline's options."""

    def __init__(self, pipeline: Any) -> None:
        from apache_beam.options.pipeline_options import FlinkRunnerOptions, GoogleCloudOptions, PortableOptions

        self.name = str(pipeline.options.view_as(GoogleCloudOptions).job_name)
        master = pipeline.options.view_as(FlinkRunnerOptions).flink_master
        self.flink = flink_url(master) if master and not master.startswith("[") else None
        endpoint = pipeline.options.view_as(PortableOptions).job_endpoint
        self.has_own_server = type(pipeline.runner).__name__ in WITH_OWN_SERVER and not endpoint

    def cancel(self, result: Any) -> str:
        """Ask the cluster to cancel the job and wait a while for its end; never raises.

        Args:
            result: What running the pipeline has returned; None when that was interrupted.

        Returns:
            What became of the job, in a few words.
        """
        try:
            if self.flink is not None:
                outcome = _cancel_on_flink(self.flink, self.name, was_submitted=result is not None)
                with suppress(Exception):
                    _ = result.state  # now Beam sees that the job is over, and removes the jar that it has uploaded
                return outcome
            return _cancel_by_beam(result, self.name, has_own_server=self.has_own_server)
        except KeyboardInterrupt:
            return f"job {self.name} may still run, because cancelling it was interrupted too"
        except Exception as error:
            return f"job {self.name} may still run, because cancelling it failed ({error})"


def flink_url(master: str) -> str:
    """Where the job manager's web interface answers."""
    return master.rstrip("/") if "://" in master else f"http://{master}"


def _cancel_on_flink(url: str, name: str, *, was_submitted: bool) -> str:
    """By Flink's own interface: Beam 2.77 asks for an address that Flink does not have."""
    wait_until = time.monotonic() + (0 if was_submitted else SUBMISSION_SECONDS)
    while not (found := _running(url, name)) and time.monotonic() < wait_until:
        time.sleep(POLL_SECONDS)
    if not found:
        return f"no job {name} is left on Flink"
    if len(found) > 1:
        return f"job {name} still runs, because several on Flink have that name"
    _ask("PATCH", f"{url}/jobs/{found[0]}?mode=cancel")
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while (state := _ask("GET", f"{url}/jobs/{found[0]}")["state"]) not in ENDED:
        if time.monotonic() > deadline:
            return f"job {name} is asked to end, but is still {state.lower()} on Flink"
        time.sleep(POLL_SECONDS)
    return f"job {name} on Flink is {'cancelled' if state == 'CANCELED' else state.lower()}"


def _running(url: str, name: str) -> list[str]:
    jobs = _ask("GET", f"{url}/jobs/overview")["jobs"]
    return [job["jid"] for job in jobs if job["name"] == name and job["state"] not in ENDED]


def _ask(method: str, url: str) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=HTTP_SECONDS) as answer:
        return json.loads(answer.read() or b"null")


def _cancel_by_beam(result: Any, name: str, *, has_own_server: bool) -> str:
    """By whatever the runner offers, which may take its time to answer."""
    if result is None:
        return f"job {name} was not submitted yet"
    outcomes: list[str] = []

    def ask() -> None:
        try:
            result.cancel()
            while (state := str(result.state)) not in ENDED_ON_BEAM:
                time.sleep(POLL_SECONDS)
            outcomes.append(f"job {name} is {state.lower()}")
        except Exception as error:
            # Ctrl-C ends our job server as well, and Beam stops it besides; without it, the job is over.
            outcomes.append(
                f"job {name} has ended with its job server"
                if has_own_server
                else f"job {name} may still run, because cancelling it failed ({error})"
            )

    asking = threading.Thread(target=ask, name="cancel", daemon=True)
    asking.start()
    asking.join(LONGEST_WAIT_SECONDS)
    return outcomes[0] if outcomes else f"job {name} is asked to end, but has not yet"
