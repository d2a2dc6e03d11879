"""What every worker of a local run would do before its first batch, done once before workers are copied."""

from __future__ import annotations

import logging
from dataclasses import replace

import numpy as np
import pyarrow as pa

from ...filters.base.batch import BATCH_SCHEMA, KINDS, make_batch
from ...filters.base.step import Cleaner, Filter
from ..exchange import exchange_after
from ..input.readers.html import page_text
from ..job.job import Job
from ..steps.compiling import compiling_beside
from ..steps.documents import Documents
from ..steps.engine import PassEngine
from ..steps.own import is_own
from ..steps.plan import Pass

LOG = logging.getLogger(__name__)

SAMPLE = """The mill stands by the river, and it has been there for longer than anyone can remember.
In the morning the miller opens the gates; the wheel turns slowly, and the stones begin to grind.
He weighs the grain, he fills the sacks, and he writes down who has brought how much of it.
- Write to mill@example.org, or look at https://example.org/mill.html for the hours.
"""

PAGE = b"<html><body><article><p>The mill stands by the river, and has been there for long.</p></article></body></html>"


def warm_up(job: Job) -> None:
    """Load the models and the machine code that a job's steps need, so that copies of this process have them at once.

    A worker of its own takes a second of CPU time for that, and keeps the memory to itself. Steps of the user's own
    are left to the workers, since what functions do may show and must not be done once too often; so is tokenizing,
    for which some libraries start threads, and a process with threads cannot be copied. What fails here is not
    reported: it fails again in a worker, which reports it.
    """
    texts = pa.concat_batches([make_batch([SAMPLE * 3], source=kind, kind=kind) for kind in KINDS])
    documents = Documents.read(texts.cast(BATCH_SCHEMA))
    own = tuple(_own_steps(one) for one in job.recipe.plan.passes)
    plan = replace(job.recipe.plan, passes=own)
    with compiling_beside(job.recipe.plan, texts, first=_read_page, wait=True):
        for number, one in enumerate(own):
            try:
                PassEngine(plan, number, measure_all=True).apply(documents)
                if one.deduplicator is not None and is_own(one.deduplicator.step):
                    exchange = exchange_after(job, number)
                    assert exchange is not None
                    whole = np.ones(len(documents.kept), dtype=np.bool_)
                    exchange.collector("", 1).add(documents.view(whole), np.arange(len(whole), dtype=np.uint64))
            except Exception:
                LOG.info("pass %d could not be warmed up", number, exc_info=True)
    if (tokenizer := job.recipe.plan.tokenizer) is not None:
        try:
            tokenizer.setup()
        except Exception:
            LOG.info("the tokenizer could not be loaded", exc_info=True)


def _read_page() -> None:
    page_text(PAGE)


def _own_steps(one: Pass) -> Pass:
    steps = (item for item in one.steps if isinstance(item.step, (Filter, Cleaner)) and is_own(item.step))
    return replace(one, steps=tuple(steps))
