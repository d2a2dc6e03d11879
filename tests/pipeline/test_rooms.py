"""Imports between the folders of the package, and between the rooms of pipeline/, run one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ROOMS = (
    *("errors", "filters", "dedup", "pipeline.files", "pipeline.input", "pipeline.steps", "pipeline.recipes"),
    *("pipeline.output", "pipeline.job", "pipeline.barriers", "pipeline.passes", "pipeline.run"),
    *("pipeline.transform", "pipeline.commands", "pipeline.cli"),
)
"""From the ground up: a room knows only those before it."""

CALLED_ONLY = {("pipeline.recipes.recipe", f"pipeline.{room}") for room in ("passes", "run", "transform")}
"""The methods of Recipe start what stands above recipes: they import it when they are called, or for type checkers."""

BEAM_ROOMS = ("pipeline.run", "pipeline.transform")


def modules(*folders: str) -> Iterator[tuple[str, Path]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path) -> Iterator[tuple[str, bool]]:
    """Names that a module imports, its own package left out, and whether only when called or for types."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    guards = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) or is_for_type_checkers(node)]
    guarded = {inner for guard in guards for inner in ast.walk(guard)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            whole = [*base, node.module] if node.module else base
            yield from ((".".join([*whole, alias.name]), node in guarded) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node in guarded) for alias in node.names)


def is_for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def room_of(name: str) -> str | None:
    return next((room for room in ROOMS if f"{name}.".startswith(f"{room}.")), None)


@pytest.mark.parametrize("folder", ["filters", "dedup", "pipeline"])
def test_a_room_imports_only_from_rooms_below_it(folder: str) -> None:
    wrong = []
    for module, path in modules(folder):
        here = room_of(module)
        if here is None:
            assert module == "pipeline", f"{module} stands in no room; see docs/structure.md"
        for name, is_guarded in imports(module, path):
            there = room_of(name)
            if there is None or (is_guarded and (module, there) in CALLED_ONLY):
                continue
            if here is None or ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"{module} imports {name}")
    assert not wrong


def test_every_room_is_there_and_in_use() -> None:
    known = dict(modules("filters", "dedup", "pipeline")).keys() | {"errors"}
    assert [room for room in ROOMS if room not in known] == []
    reached = {room_of(name) for module, path in modules("pipeline") for name, _ in imports(module, path)}
    assert set(ROOMS) - reached == {"pipeline.cli"}


def test_beam_is_imported_only_where_it_drives() -> None:
    for module, path in modules("filters", "dedup", "pipeline"):
        if any(name.split(".")[0] == "apache_beam" for name, _ in imports(module, path)):
            assert room_of(module) in BEAM_ROOMS, module
