"""Every public name has an example in its docstring, and every example in a docstring gives what it says."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

import textmill

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("filters", "dedup", "pipeline")
    for path in (ROOT / folder).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", textmill.__all__)
def test_public_names_have_an_example(name: str) -> None:
    found = getattr(textmill, name)
    written = inspect.getdoc(found) or ""
    assert ">>> " in written, f"{name} has no example in its docstring"
    home = importlib.import_module(found.__module__)
    assert home.__name__.removeprefix("textmill.").replace(".__init__", "") in [*MODULES, "errors"]


@pytest.mark.parametrize("module", ["", "errors", *MODULES])
def test_examples_give_what_they_say(module: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    ran = doctest.testmod(
        importlib.import_module(f"textmill.{module}".removesuffix(".").removesuffix(".__init__")),
        optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS,
    )
    assert ran.attempted > 0 or not module
    assert ran.failed == 0
