"""What a run is: its recipe, inputs, options and folders. Small, so that it can travel in the Beam graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..files.storage import join, open_read, write_atomically
from ..input.inputs import InputFile, InputOptions, find_inputs
from ..recipes.definition import RecipeDefinition

WORK_FOLDER = "_work"
"""Staged shards and progress live here until the run has finished; a folder that holds it is not a finished run."""

INPUT_LIST = "inputs.json"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One run."""

    recipe: RecipeDefinition
    inputs: tuple[str, ...]
    """Absolute paths or URIs of files, folders and globs, as ``label=path`` where a label is given."""
    output: str
    input_list: str | None = None
    """A JSON file of the files that were found, which would be too many to travel in the graph of a cluster; one that
    has vanished since is told in the quarantine."""
    input_versions: str = ""
    """A checksum of the versions of all these files, for who may ask later whether they have changed."""
    functions: Mapping[str, str] = field(default_factory=dict)
    """Fingerprints of steps that are code of the user's."""
    reading: InputOptions = field(default_factory=InputOptions)
    keep_removed: bool = False
    measure_all: bool = False
    shard_bytes: int | None = None
    """Aim for the text bytes of one final shard; None leaves it to their planning."""
    partitions: int = 32
    """Into how many groups the deduplication keys are divided; the result does not depend on it."""
    component_rounds: int = 0
    """Rounds of joining duplicates to clusters spread over all partitions; 0 joins them on one worker."""
    warn_after_documents: int = 1_000_000
    """Warn of rules that come to remove far more than of so many documents at first."""
    messages_in_files: bool = False
    """What splits and groups send each other goes through files in the work folder, which all workers must share."""
    fingerprints: tuple[str, ...] = ()
    """What decides the bytes of each pass; without them nothing is recorded for a run that is resumed."""

    def find_inputs(self) -> list[InputFile]:
        """The files of all inputs, in order, as they were found before; or else they are looked for now.

        See :func:`~textmill.pipeline.input.inputs.find_inputs`.
        """
        if self.input_list is None:
            return find_inputs(self.inputs, output=self.output)
        with open_read(self.input_list) as source:
            return [InputFile(*row) for row in json.loads(source.read())]

    def with_listed(self, files: Sequence[InputFile]) -> Job:
        """The job with its files listed once and for all, in the work folder: every worker sees the same ones."""
        path = self.folder(WORK_FOLDER, INPUT_LIST)
        with write_atomically(path) as target:
            target.write(json.dumps([[file.path, file.source, file.size, file.version] for file in files]).encode())
        return replace(self, inputs=(), input_list=path)

    @property
    def last_pass(self) -> int:
        """Number of the pass that writes the results."""
        return len(self.recipe.plan.passes) - 1

    def folder(self, *parts: str) -> str:
        """A path in the output folder."""
        return join(self.output, *parts)

    def staged_path(self, pass_number: int, split: int) -> str:
        """Where a pass leaves a split's documents."""
        return self.folder(WORK_FOLDER, f"pass-{pass_number}", f"split-{split:05d}.arrow")

    def part_path(self, folder: str, split: int, splits: int) -> str:
        """A Parquet file that holds what one split contributes to a folder."""
        return self.folder(folder, f"part-{split:05d}-of-{splits:05d}.parquet")

    @property
    def carries_removed_text(self) -> bool:
        """Whether removed documents keep their text between passes: to be measured later, or to be written out."""
        return self.keep_removed or self.measure_all or self.recipe.plan.measures_after(0)
