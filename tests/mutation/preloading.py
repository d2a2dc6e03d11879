"""What is imported once for all mutants, and what has to be imported anew for one of them."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from mirrors import every_module

LIBRARIES = (
    *("pytest", "hypothesis", "numpy", "pyarrow", "pyarrow.compute", "pyarrow.parquet", "pyarrow.fs", "numba", "regex"),
    *("duckdb", "orjson", "yaml", "xxhash", "zstandard", "rich.console", "chardetng_py", "tiktoken"),
)


class Preloaded:
    """The package of a checkout and its libraries, imported in this process, which is forked for each mutant."""

    def __init__(self, checkout: Path) -> None:
        self.checkout = checkout
        os.environ["PYTHONPATH"] = str(checkout.parent)
        sys.path[:] = [str(checkout.parent), *(one for one in sys.path if one not in ("", str(Path(__file__).parent)))]
        plugins = {one.module for one in entry_points(group="pytest11")}
        for name in (*LIBRARIES, *sorted(plugins)):
            importlib.import_module(name)
        rooms = _module_at(checkout / "tests" / "test_rooms.py")
        self.importers: dict[str, set[str]] = {}
        for module in rooms.MODULES:
            for one in rooms.imports(module):
                self.importers.setdefault(one.name, set()).add(module)
        for path in every_module():
            importlib.import_module(_full(_name(path)))

    def forget(self, paths: list[str]) -> None:
        """Have these modules, and all that import them, imported anew where they are needed."""
        stale: set[str] = set()
        found = [_name(path) for path in paths]
        while found:
            name = found.pop()
            if name not in stale:
                stale.add(name)
                found += self.importers.get(name, ())
        packages = [name for name in sorted(stale) if hasattr(sys.modules.get(_full(name)), "__path__")]
        for name in stale:
            gone = sys.modules.pop(_full(name), None)
            parent, _, child = _full(name).rpartition(".")
            if gone is not None and getattr(sys.modules.get(parent), child, None) is gone:
                delattr(sys.modules[parent], child)  # or the package would hand it out in place of the new one
        for name in packages:  # whose modules that stay would else be missing from them
            package = importlib.import_module(_full(name))
            for full, module in [*sys.modules.items()]:
                if full.rpartition(".")[0] == package.__name__:
                    setattr(package, full.rpartition(".")[2], module)


def _name(path: str) -> str:
    return path.removesuffix(".py").replace("/", ".")


def _full(name: str) -> str:
    return f"textmill.{name}" if name else "textmill"


def _module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module
