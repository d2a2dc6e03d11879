"""The program of a Dataflow flex template: ``textmill run`` from the parameters that the service's launcher gives.

The launcher gives ``--name=value`` for each parameter, and by ``--template_location`` says where it expects the
job, which it then starts. See docs/dataflow.md.
"""

from __future__ import annotations

import argparse
import shlex
import sys

from textmill.pipeline.cli import main


def command(arguments: list[str]) -> list[str]:
    """The arguments of ``textmill`` for those of the launcher."""
    parser = argparse.ArgumentParser(prog="flex.py", allow_abbrev=False)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--input", required=True, help="one or more, quoted as in a shell")
    parser.add_argument("--output", required=True)
    parser.add_argument("--textmill_options", default="", help="more options of textmill run, quoted as in a shell")
    parser.add_argument("--runner", help="the launcher's own; always Dataflow")
    given, for_beam = parser.parse_known_args(arguments)
    inputs, options = shlex.split(given.input), shlex.split(given.textmill_options)
    # What a job before this one has finished is not done again.
    fixed = ["--output", given.output, "--runner", "dataflow", "--resume"]
    return ["run", given.recipe, *inputs, *fixed, *options, "--", *for_beam]


if __name__ == "__main__":
    sys.argv = ["textmill", *command(sys.argv[1:])]
    main()
