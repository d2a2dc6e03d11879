"""The code that a fingerprint stands for: a run that is resumed must not mix the work of two versions."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from textmill import ExactDedup, GopherQuality, Recipe
from textmill.pipeline.input.inputs import InputOptions, find_inputs
from textmill.pipeline.input.splits import cut_splits
from textmill.pipeline.job.job import Job
from textmill.pipeline.passes import fingerprints
from textmill.pipeline.passes.fingerprints import (
    PACKAGE,
    code_fingerprint,
    digest,
    pass_fingerprints,
    split_fingerprint,
)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    code_fingerprint.cache_clear()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package whose files are those that fingerprints are taken of."""
    copy = tmp_path / "textmill"
    for folder in ("filters", "dedup", "pipeline"):
        shutil.copytree(PACKAGE / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for path in PACKAGE.glob("*.py"):
        shutil.copy(path, copy)
    monkeypatch.setattr(fingerprints, "PACKAGE", copy)
    return copy


def of_passes() -> tuple[str, ...]:
    code_fingerprint.cache_clear()  # as in another process
    recipe = Recipe("two passes", [GopherQuality(), ExactDedup(), GopherQuality(min_words=10)])
    return pass_fingerprints(Job(recipe=recipe, inputs=("in",), output="out"))


@pytest.mark.parametrize(
    "pattern", ["*.py", "filters/**/*.py", "dedup/**/*.py", "pipeline/**/*.py", "filters/**/*.bin", "filters/**/*.json"]
)
@pytest.mark.parametrize("change", ["edited", "renamed", "removed"])
def test_a_change_of_any_file_of_the_package_does_every_pass_again(package: Path, pattern: str, change: str) -> None:
    before = of_passes()
    assert of_passes() == before
    victim = max(package.glob(pattern))
    if change == "edited":
        victim.write_bytes(victim.read_bytes() + b"\n")
    elif change == "renamed":
        victim.rename(victim.with_stem(f"{victim.stem}_2"))
    else:
        victim.unlink()
    assert all(now != then for now, then in zip(of_passes(), before, strict=True))


def test_what_is_no_code_and_what_python_compiles_of_it_count_for_nothing(package: Path) -> None:
    before = of_passes()
    (package / "filters" / "__pycache__").mkdir()
    (package / "filters" / "__pycache__" / "c4.cpython-311.pyc").write_bytes(b"compiled")
    (package / "tests").mkdir()
    (package / "tests" / "test_c4.py").write_text("assert True")
    (package / "README.md").write_text("other words")
    assert of_passes() == before


def test_the_package_lies_elsewhere_on_every_machine(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = of_passes()
    monkeypatch.setattr(fingerprints, "PACKAGE", package.rename(package.with_name("elsewhere")))
    assert of_passes() == there


def test_another_version_of_a_library_does_every_pass_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of_passes()
    monkeypatch.setattr(fingerprints, "library_versions", lambda: {"python": "3.11", "pyarrow": "0.1"})
    assert all(now != then for now, then in zip(of_passes(), before, strict=True))


def test_what_is_equal_has_one_checksum_in_whatever_order_it_was_put_together() -> None:
    assert digest({"a": 1, "b": 1}) == digest({"b": 1, "a": 1})
    assert digest({3, 1, 2}) == digest({2, 1, 3}) == digest(frozenset((1, 2, 3)))
    assert len(digest("x")) == 64
    assert int(digest("x"), 16)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, "1"),
        (None, "None"),
        (True, False),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        (b"x", b"y"),
        (len, max),
        (ExactDedup(), ExactDedup(keep="longest")),
        (ExactDedup, GopherQuality),
        (lambda text: text + "a", lambda text: text + "b"),
        (lambda text: text.lower(), lambda text: text.upper()),
        (lambda text, by=1: by, lambda text, by=2: by),
        (lambda text, *, by=1: by, lambda text, *, by=2: by),
        (range(3), range(4)),
    ],
)
def test_what_differs_has_another_checksum(one: object, other: object) -> None:
    assert digest(one) == digest(one)
    assert digest(one) != digest(other)


def module_of(path: Path, code: str) -> ModuleType:
    """A module of the user's own, imported anew."""
    path.write_text(code)
    spec = importlib.util.spec_from_file_location("rules_of_mine", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rules_of_mine"] = module
    spec.loader.exec_module(module)
    return module


def test_what_stands_beside_a_function_of_the_user_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rules_of_mine", sys)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    code = "LIMIT = 3\ndef judge(text):\n    return helper(text)\ndef helper(text):\n    return len(text) > LIMIT\n"
    path = tmp_path / "rules_of_mine.py"
    first = digest(module_of(path, code).judge)
    assert digest(module_of(path, code).judge) == first
    assert digest(module_of(path, code.replace("LIMIT = 3", "LIMIT = 4")).judge) != first

    class Elsewhere:
        __module__ = "not.there"

    assert digest(Elsewhere) == digest(Elsewhere)


def test_a_changed_file_and_another_cut_are_another_split(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.jsonl"
    path.write_bytes(b'{"text": "a"}\n' * 100)

    def of_splits(split_bytes: int) -> list[str]:
        found = cut_splits(find_inputs([str(tmp_path / "in")]), InputOptions(split_bytes=split_bytes))
        return [split_fingerprint("pass", one, len(found)) for one in found]

    before = of_splits(700)
    assert len(set(before)) == 2
    assert of_splits(700) == before
    assert not set(of_splits(500)) & set(before)
    (split,) = cut_splits(find_inputs([str(tmp_path / "in")]), InputOptions())
    assert split_fingerprint("pass", split, 1) != split_fingerprint("other pass", split, 1)
    assert split_fingerprint("pass", split, 1) != split_fingerprint("pass", split, 2)
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))
    assert not set(of_splits(700)) & set(before)
    path.unlink()
    assert split_fingerprint("pass", split, 1) == split_fingerprint("pass", split, 1)  # to be told by the reader
