"""Regular expressions that are compiled when they are first used: of hundreds most runs need few."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, AnyStr, cast

import regex


def lazy_re(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` makes, made when it is first asked for anything."""
    return cast("re.Pattern[AnyStr]", _Expression(re.compile, source, flags))


def lazy_regex(source: AnyStr, flags: int = 0) -> regex.Pattern[AnyStr]:
    """What ``regex.compile`` makes, made when it is first asked for anything."""
    return cast("regex.Pattern[AnyStr]", _Expression(regex.compile, source, flags))


class _Expression:
    """Stands for a compiled expression: has its methods and attributes, each looked up there once."""

    def __init__(self, compiler: Callable[[Any, int], Any], source: str | bytes, flags: int) -> None:
        self._made_of = compiler, source, flags

    def __reduce__(self) -> tuple[Any, ...]:
        return _Expression, self._made_of

    @cached_property
    def _compiled(self) -> Any:
        compiler, source, flags = self._made_of
        return compiler(source, flags)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # asked by copy and pickle
            raise AttributeError(name)
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found
