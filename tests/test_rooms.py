"""Imports of the whole package run one way: from room to room, and within each room, also those hidden in functions."""

import ast
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

ROOMS = (
    *("errors", "version"),
    *(
        f"filters.kernels.{room}"
        for room in ("machine", "unicode", "words", "lines", "code", "html", "models", "tokens", "urls")
    ),
    *("filters.models", "filters.base", "filters.lists", "filters.pii", "filters"),
    *("dedup.base", "dedup.packed", "dedup.documents", "dedup.parts", "dedup"),
    *(
        "pipeline.files",
        "pipeline.input.pages",
        "pipeline.input",
        "pipeline.steps",
        "pipeline.recipes",
        "pipeline.texts",
        "pipeline.job",
        "pipeline.exchange",
    ),
    *(
        "pipeline.passes",
        "pipeline.output",
        "pipeline.training",
        "pipeline.estimating",
        "pipeline.comparing",
        "pipeline.run",
        "pipeline.transform",
        "pipeline.recipe",
        "pipeline.mixing",
        "pipeline.export",
    ),
    *("pipeline.commands", "pipeline.viewing", "pipeline.command_line", "pipeline.cli", "", "__main__"),
)
"""From the ground up: a room knows only those before it. What stands in a folder beside rooms is a room of its own, as
are the rule sets in ``filters``; the empty name is the root ``__init__.py``, what users import from."""

IMPORTS_WHEN_CALLED = {
    "filters.kernels.machine.kernel": "the compiler imports numba, which machine code that is there does not need",
    "pipeline.command_line.compare": "each command loads only what it needs",
    "pipeline.command_line.documents": "each command loads only what it needs",
    "pipeline.command_line.estimate": "each command loads only what it needs",
    "pipeline.command_line.folders": "each command loads only what it needs",
    "pipeline.command_line.kernels": "each command loads only what it needs",
    "pipeline.command_line.options": "each command loads only what it needs",
    "pipeline.command_line.run": "each command loads only what it needs",
    "pipeline.command_line.stats": "each command loads only what it needs",
    "pipeline.command_line.train": "each command loads only what it needs",
    "pipeline.command_line.train_importance": "each command loads only what it needs",
    "pipeline.command_line.train_perplexity": "each command loads only what it needs",
    "pipeline.command_line.train_quality": "each command loads only what it needs",
    "pipeline.command_line.view": "each command loads only what it needs",
    "pipeline.input.readers": "each format has a library of its own",
    "pipeline.steps.tokenizing": "each family of tokenizers has a library of its own",
    "pipeline.recipe": "transform imports Beam",
    "pipeline.run.run": "each runner has libraries of its own",
    "pipeline.run.cluster": "the graph imports Beam",
    "pipeline.run.local_driver": "the graph imports Beam, which configures logging",
}
"""The only modules that may import others of the package within a function, and why."""

MAP = (ROOT / "docs" / "structure.md").read_text(encoding="utf-8")

BEAM_ROOMS = ("pipeline.run", "pipeline.transform")


class Import(NamedTuple):
    """One name that a module imports."""

    name: str
    in_function: bool


def find_modules() -> dict[str, Path]:
    """Every module of the package without ``textmill.`` before its name."""
    paths = [*ROOT.glob("*.py")]
    for folder in ("filters", "dedup", "pipeline"):
        paths += sorted((ROOT / folder).rglob("*.py"))
    found = {}
    for path in paths:
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = find_modules()


def imports(module: str) -> Iterator[Import]:
    """What a module imports, wherever in it: names of the package are the modules that they come from."""
    path = MODULES[module]
    package = [part for part in module.split(".") if part]
    package = package if path.name == "__init__.py" else package[:-1]
    for node, in_function in _statements(ast.parse(path.read_text(encoding="utf-8")), in_function=False):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(_own(alias.name) or alias.name, in_function)
        elif isinstance(node, ast.ImportFrom):
            base = ["textmill", *package][: len(package) + 2 - node.level] if node.level else []
            whole = ".".join([*base, node.module] if node.module else base)
            for alias in node.names:
                found = _own(f"{whole}.{alias.name}") or _own(whole)
                yield Import(whole if found is None else found, in_function)


def _statements(within: ast.AST, *, in_function: bool) -> Iterator[tuple[ast.stmt, bool]]:
    """All statements below a node, and whether each stands in a function."""
    for node in ast.iter_child_nodes(within):
        if isinstance(node, ast.stmt):
            yield node, in_function
        if isinstance(node, (ast.stmt, ast.excepthandler, ast.match_case)):  # nothing else holds statements
            inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            yield from _statements(node, in_function=in_function or inside)


def _own(name: str) -> str | None:
    """The module of the package that is meant by an absolute name; None for what is no module of it."""
    inner = name.removeprefix("textmill").removeprefix(".")
    return inner if name.partition(".")[0] == "textmill" and inner in MODULES else None


def room_of(module: str) -> str:
    """The innermost room that a module stands in."""
    rooms = [room for room in ROOMS if f"{module}.".startswith(f"{room}.") or room == module]
    assert rooms, f"{module} stands in no room; see docs/structure.md"
    return max(rooms, key=len)


@pytest.fixture(scope="module")
def all_imports() -> dict[str, list[Import]]:
    """What each module imports."""
    return {module: list(imports(module)) for module in MODULES}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_from_rooms_below_it(room: str, all_imports: dict[str, list[Import]]) -> None:
    here = [module for module in MODULES if module != "pipeline" and room_of(module) == room]
    assert here, "no such room"
    wrong = [
        f"{module} imports {name}"
        for module in here
        for name, _ in all_imports[module]
        if name in MODULES and ROOMS.index(room_of(name)) > ROOMS.index(room)
    ]
    assert not wrong
    assert not all_imports["pipeline"]


def test_no_modules_import_each_other_in_a_circle(all_imports: dict[str, list[Import]]) -> None:
    graph = {module: {name for name, _ in all_imports[module] if name in MODULES} - {module} for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' -> '.join(error.args[1])}")


def test_functions_import_only_where_that_keeps_something_heavy_away(all_imports: dict[str, list[Import]]) -> None:
    found = {
        module for module, names in all_imports.items() if any(one.in_function and one.name in MODULES for one in names)
    }
    assert found == set(IMPORTS_WHEN_CALLED)


def test_beam_is_imported_only_where_it_drives(all_imports: dict[str, list[Import]]) -> None:
    for module in MODULES:
        if any(name.split(".")[0] == "apache_beam" for name, _ in all_imports[module]):
            assert room_of(module) in BEAM_ROOMS, module


def test_imports_are_seen_wherever_they_stand(all_imports: dict[str, list[Import]]) -> None:
    assert Import("pipeline.transform", in_function=True) in all_imports["pipeline.recipe"]
    for_checkers = Import("pipeline.recipes.definition", in_function=False)
    assert for_checkers in all_imports["pipeline.command_line.options"]
    assert Import("errors", in_function=False) in all_imports["filters.base.rules"]
    assert Import("filters.base.where", in_function=False) in all_imports["filters"]


def test_the_map_shows_the_rooms_in_their_order() -> None:
    listed = re.findall(r"^\| `([\w./]+)` \|", MAP.split("## One batch")[0], flags=re.MULTILINE)
    names = [name.removesuffix(".py").rstrip("/").replace("/", ".") for name in listed]
    assert ["" if name == "__init__" else name for name in names] == list(ROOMS)


def test_the_map_names_what_is_there() -> None:
    places = re.findall(r"`([\w/]+/[\w/]*(?:\.py)?)(?::(\w+))?`", MAP)
    assert len(places) > 50
    for path, name in places:
        assert (ROOT / path).exists(), path
        assert not name or re.search(rf"\b(def|class) {name}\b", (ROOT / path).read_text(encoding="utf-8")), name
