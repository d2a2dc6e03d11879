"""Patterns with wildcards: which part of one names a folder, and which files it names."""

import string
from pathlib import Path

import pytest

from textmill.pipeline.files.globs import expand_glob, fixed_folder, is_glob


@pytest.mark.parametrize(
    ("pattern", "folder"),
    [
        ("/data/crawl/*.gz", "/data/crawl"),
        ("/data/c?/x/*.gz", "/data"),
        ("/*/x", "/"),
        ("crawl/[ab]/x", "crawl"),
        ("*.gz", "."),
        ("s3://bucket/a/**/x.gz", "s3://bucket/a"),
    ],
)
def test_only_the_folder_before_the_first_wildcard_is_listed(pattern: str, folder: str) -> None:
    assert fixed_folder(pattern) == folder


def test_three_characters_are_wildcards_and_no_other() -> None:
    special = [character for character in string.printable if is_glob(f"no/such/{character}")]
    assert special == ["*", "?", "["]


def test_a_file_whose_name_has_a_wildcard_is_no_pattern(tmp_path: Path) -> None:
    (tmp_path / "what?.txt").touch()
    assert not is_glob(str(tmp_path / "what?.txt"))
    assert is_glob(str(tmp_path / "wha?.txt"))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*", ["a.gz", "b.txt"]),
        ("**", ["a.gz", "b.txt", "x/a.gz", "x/y/a.gz", "x/y/z/b.txt"]),
        ("**/a.gz", ["a.gz", "x/a.gz", "x/y/a.gz"]),
        ("**/y/*", ["x/y/a.gz"]),
        ("**/y/**/b.txt", ["x/y/z/b.txt"]),
        ("x/**/a.gz", ["x/a.gz", "x/y/a.gz"]),
        ("x/*", ["x/a.gz"]),
        ("x/*/*/*", ["x/y/z/b.txt"]),
        ("./x/./?.gz", ["x/a.gz"]),
        ("x//y/[!b].*", ["x/y/a.gz"]),
        ("A.*", []),
        ("x/a.gz/*", []),
    ],
)
def test_files_that_a_pattern_names(tmp_path: Path, pattern: str, names: list[str]) -> None:
    for number, name in enumerate(("a.gz", "b.txt", "x/a.gz", "x/y/a.gz", "x/y/z/b.txt")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(number))
    found = expand_glob(f"{tmp_path}/{pattern}")
    assert [str(Path(path).relative_to(tmp_path)) for path, _, _ in found] == names
    assert all(size == Path(path).stat().st_size for path, size, _ in found)
