"""Expressions that are compiled when they are first used are those that the modules make."""

import copy
import pickle
import re
import subprocess
import sys

import pytest
import regex

from textmill.filters.base.expressions import lazy_re, lazy_regex


def test_they_find_what_compiled_ones_find() -> None:
    lazy, compiled = lazy_regex(rb"(?P<word>a+)b", regex.IGNORECASE), regex.compile(rb"(?P<word>a+)b", regex.IGNORECASE)
    text = b"xAab aab ab"
    assert [m.span("word") for m in lazy.finditer(text)] == [m.span("word") for m in compiled.finditer(text)]
    assert lazy.search(text, 4, 8).span() == (5, 8)  # type: ignore[union-attr]
    assert lazy.sub(rb"<\g<word>>", text) == b"x<Aa> <aa> <a>"
    assert (lazy.pattern, lazy.flags) == (compiled.pattern, compiled.flags)
    assert lazy_re("a|b").fullmatch("b") is not None


def test_flags_are_those_that_are_given() -> None:
    for lazy, module in ((lazy_re, re), (lazy_regex, regex)):
        assert lazy("a").flags == module.compile("a").flags  # type: ignore[operator]
        assert lazy("a", module.DOTALL).flags == module.compile("a", module.DOTALL).flags  # type: ignore[operator]


def test_they_are_compiled_once_and_only_when_used() -> None:
    broken = lazy_re("(")
    assert copy.copy(broken) is not broken  # which asks for names that expressions have not
    with pytest.raises(AttributeError):
        broken._nothing  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(re.error, match="missing"):
        broken.match("")
    used = lazy_re("a")
    assert used.search("ba") is not None
    assert "search" in vars(used)


def test_they_travel() -> None:
    lazy = lazy_regex(r"\p{Lu}+")
    assert lazy.findall("aBC") == ["BC"]
    assert pickle.loads(pickle.dumps(lazy)).findall("aBC") == ["BC"]


def test_importing_the_rules_compiles_none_of_them() -> None:
    program = (
        "import regex, re, textmill.filters.base.expressions as e\n"
        "def refuse(source, flags=0): raise AssertionError(source)\n"
        "e._Expression._compiled = property(lambda self: refuse(self._made_of[1]))\n"
        "import textmill.filters.pii\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
