"""The code that a fingerprint stands for: a run that is resumed must not mix the work of two versions."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from textmill import ExactDedup, GopherQuality, Recipe
from textmill.pipeline.job import fingerprints
from textmill.pipeline.job.fingerprints import PACKAGE, code_fingerprint, pass_fingerprints
from textmill.pipeline.job.job import Job


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
