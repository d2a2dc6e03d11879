"""A sample taken through a recipe as a run would, and what the recipe has made of each of its documents."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ...filters.base.batch import KINDS
from ...filters.kernels.machine.buffers import Bools
from ..input.inputs import InputOptions
from ..job.job import Job
from ..passes.single import run_documents
from ..recipes.definition import RecipeDefinition
from ..steps.documents import Documents
from ..steps.plan import LANGUAGE_LABEL
from ..texts.cleaning import TextCleaner
from .intervals import Floats
from .sampling import Sample

UNKNOWN_LANGUAGE = "not measured"
_WARM_UP_DOCUMENTS = 8


@dataclass
class Trial:
    """What the recipe has made of the sample."""

    step: npt.NDArray[np.object_]
    rule: npt.NDArray[np.object_]
    language: npt.NDArray[np.object_]
    text_bytes: Floats
    tokens: Floats | None
    cluster: npt.NDArray[np.object_]
    """Of a duplicate or the survivor of some, what names its cluster; None of others."""
    cpu_seconds: Mapping[str, float]
    work_bytes: int
    ledger_bytes: int

    @property
    def kept(self) -> Bools:
        """Which documents no step has removed."""
        return np.array([step is None for step in self.step], bool)

    def partners(self, drawn: Bools) -> Floats:
        """How many duplicates of each document drawn are among the documents at hand."""
        names = [name for name in self.cluster if name is not None]
        sizes = dict(zip(*np.unique(np.array(names, dtype=object), return_counts=True), strict=True)) if names else {}
        return np.array([sizes.get(name, 1) - 1 for name in self.cluster[drawn]], np.float64)


def try_recipe(recipe: RecipeDefinition, sample: Sample, reading: InputOptions) -> Trial:
    """Take the sample through the recipe as a run would."""
    cleaner = TextCleaner(recipe)
    if sample.batches:  # models and machine code are loaded, so that this is not counted as work
        for kind in KINDS:
            some = sample.batches[0].filter(pc.equal(sample.batches[0]["kind"], kind)).slice(0, _WARM_UP_DOCUMENTS)
            if some.num_rows:
                cleaner.measure(Documents.read(some))
    with tempfile.TemporaryDirectory(prefix="textmill-estimate-") as folder:
        job = Job(recipe=recipe, inputs=(), output=folder, reading=reading)
        result = run_documents(job, sample.batches)
        path = Path(job.part_path("ledger", 0, 1))
        rows = pq.read_table(path)
        sizes = [file.stat().st_size for file in Path(folder, "_work").rglob("*") if file.is_file()]
        ledger_bytes = path.stat().st_size

    def column(name: str) -> npt.NDArray[np.object_]:
        values = rows[name].to_pylist() if name in rows.column_names else [None] * rows.num_rows
        return np.array([*values, None], dtype=object)[:-1]

    tokens = None
    if recipe.plan.tokenizer is not None:
        tokens = np.array([one or 0 for one in rows["tokens"].to_pylist()], np.float64)
    return Trial(
        step=column("step"),
        rule=column("rule"),
        language=np.array([one or UNKNOWN_LANGUAGE for one in column(LANGUAGE_LABEL)], dtype=object),
        text_bytes=np.array(rows["bytes"].to_pylist(), np.float64),
        tokens=tokens,
        cluster=_clusters(rows),
        cpu_seconds={step: seen.busy_nanoseconds / 1e9 for step, seen in result.staged.facts.timing.items()},
        work_bytes=sum(sizes),
        ledger_bytes=ledger_bytes,
    )


def _clusters(rows: pa.Table) -> npt.NDArray[np.object_]:
    """What names the cluster of each document: its survivor in the end."""
    instead = dict(zip(rows["doc_id"].to_pylist(), rows["kept_instead"].to_pylist(), strict=True))
    survivors = set(instead.values())

    def name(one: str) -> str | None:
        if instead[one] is None:
            return one if one in survivors else None
        while (following := instead.get(one)) is not None:
            one = following
        return one

    return np.array([*(name(one) for one in instead), None], dtype=object)[:-1]
