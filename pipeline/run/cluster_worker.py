"""A worker process that a cluster's runner starts (Beam's environment type PROCESS): ``textmill-worker --id=… …``.

A Flink task manager starts it on its own machine and tells it by its provision endpoint where to fetch its work. It
needs nothing but this package installed: no container, no port of its own.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

START_SECONDS = 60


def main() -> None:
    """Ask the runner what to do, and do it until the runner closes the connection."""
    parser = argparse.ArgumentParser(prog="textmill-worker", description="Started by a Beam runner, not by hand.")
    parser.add_argument("--id", required=True)
    parser.add_argument("--provision_endpoint", required=True)
    arguments, _ = parser.parse_known_args()
    worker = arguments.id.strip("'\"")  # Prism hands it over in quotes, without a shell that would take them off

    os.environ["WORKER_ID"] = worker  # Beam looks for it when it is imported

    logging.basicConfig(level=logging.ERROR)
    import grpc
    from apache_beam.portability.api import beam_provision_api_pb2 as api
    from apache_beam.portability.api import beam_provision_api_pb2_grpc as service
    from apache_beam.runners.worker import sdk_worker_main
    from google.protobuf import json_format, text_format

    logging.getLogger().setLevel(logging.ERROR)  # importing Beam configures logging once more
    with grpc.insecure_channel(arguments.provision_endpoint) as channel:
        info = (
            service.ProvisionServiceStub(channel)
            .GetProvisionInfo(api.GetProvisionInfoRequest(), timeout=START_SECONDS, metadata=[("worker_id", worker)])
            .info
        )
    os.environ |= {
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "LOGGING_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.logging_endpoint),
        "CONTROL_API_SERVICE_DESCRIPTOR": text_format.MessageToString(info.control_endpoint),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }
    sdk_worker_main.main(sys.argv[:1])


if __name__ == "__main__":
    main()
