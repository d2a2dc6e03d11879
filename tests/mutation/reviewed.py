"""Changes that somebody has looked at, and found that no user could see them: ``nothing_to_notice.txt``."""

from __future__ import annotations

from pathlib import Path

from mutants import Mutant

FILE = Path(__file__).with_name("nothing_to_notice.txt")

Change = tuple[str, str]
"""The changed lines before and after, without their indentation."""


def change_of(mutant: Mutant) -> Change:
    """What a mutant changes, as the file writes it."""
    return stripped(mutant.before), stripped(mutant.after)


def nothing_to_notice() -> dict[str, set[Change]]:
    """The changes of each module that the file lists."""
    found: dict[str, set[Change]] = {}
    for block in FILE.read_text("utf-8").split("\n\n"):
        head, *lines = [line for line in block.splitlines() if line]
        if head.startswith("#"):
            continue
        path, colon, why = head.partition(": ")
        before, after = (
            stripped("\n".join(line[1:] for line in lines if line.startswith(sign))) for sign in ("-", "+")
        )
        if not (colon and why and before and len(lines) == len([line for line in lines if line[0] in "-+"])):
            raise ValueError(f"{FILE.name}: not a module with a reason, lines before and lines after:\n{block}")
        found.setdefault(path, set()).add((before, after))
    return found


def stripped(code: str) -> str:
    """Lines without their indentation."""
    return "\n".join(line.strip() for line in code.splitlines())
