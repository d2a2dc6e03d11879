"""What a run is: its recipe, inputs, options and folders. Small, so that it can travel in the Beam graph."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..files.storage import join, local_path, open_read, write_atomically
from ..files.stores import use_store_options
from ..files.uploads import keep_copies
from ..input.inputs import InputFile, InputOptions, find_inputs
from ..recipes.definition import RecipeDefinition

WORK_FOLDER = "_work"
"""Staged shards and progress live here until the run has finished; a folder that holds it is not a finished run."""

INPUT_LIST = "inputs.json"
COPIES = "copies"
"""Of files in a work folder elsewhere, in the folder that workers of one machine share."""


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
    samples: int = 0
    """Unless all removed texts are kept: so many of each rule near its threshold, and so many far from it."""
    measure_all: bool = False
    shard_bytes: int | None = None
    """Aim for the text bytes of one final shard; None leaves it to their planning."""
    partitions: int = 32
    """Into how many groups the deduplication keys are divided; the result does not depend on it."""
    component_rounds: int = 0
    """Rounds of joining duplicates to clusters spread over all partitions; 0 joins them on one worker."""
    warn_after_documents: int = 1_000_000
    """Warn of rules that come to remove far more than of so many documents at first."""
    shared: str | None = None
    """A folder on the disk of the one machine that all workers run on, for progress and for what splits and groups send
    each other; None where workers run on many."""
    is_fresh: bool = False
    """Whether the run began with an empty work folder and no runner tries a bundle again: there are no records yet."""
    stores: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of other stores, for workers elsewhere."""
    fingerprints: tuple[str, ...] = ()
    """What decides the bytes of each pass; without them nothing is recorded for a run that is resumed."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Come to life in a worker, where stores are opened as they are where the job was made."""
        self.__dict__.update(state)
        use_store_options(self.stores)
        if self.shared is not None and local_path(self.output) is None:
            keep_copies(Path(self.shared, COPIES), self.folder(WORK_FOLDER))

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
