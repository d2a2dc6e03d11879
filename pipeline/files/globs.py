"""Files by patterns with wildcards, in any store."""

from __future__ import annotations

from fnmatch import fnmatchcase

from .listing import Entry, list_entries
from .storage import GLOB_CHARACTERS, exists


def fixed_folder(pattern: str) -> str:
    """The longest folder of a glob that has no wildcard in it."""
    parts = pattern.split("/")
    fixed = next(index for index, part in enumerate(parts) if any(c in part for c in GLOB_CHARACTERS))
    return "/".join(parts[:fixed]) or ("/" if pattern.startswith("/") else ".")


def is_glob(path: str) -> bool:
    """Whether a path has wildcards; a file of that very name is no glob."""
    return any(character in path for character in GLOB_CHARACTERS) and not exists(path)


def expand_glob(pattern: str) -> list[Entry]:
    """Files that a glob names, sorted: ``*`` and ``?`` stay within a folder, ``**`` reaches on."""
    parts = [part for part in pattern.split("/") if part not in ("", ".")]
    return [found for found in list_entries(fixed_folder(pattern)) if _matches(found.path, parts)]


def _matches(path: str, pattern: list[str]) -> bool:
    return _match_parts([part for part in path.split("/") if part not in ("", ".")], pattern)


def _match_parts(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_match_parts(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _match_parts(parts[1:], pattern[1:])
