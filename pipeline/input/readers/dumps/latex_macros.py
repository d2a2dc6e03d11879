"""Macros that an author defines in LaTeX, replaced by what they stand for; never more than a bound of work."""

from __future__ import annotations

import re
from typing import NamedTuple

CONTROL = re.compile(r"\\([A-Za-z@]+|[^A-Za-z@]|\Z)", re.DOTALL)
DEFINING = frozenset({"newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "DeclareMathOperator"})
NAME = re.compile(r"\*?\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))\s*")
COUNT = re.compile(r"\[\s*(\d)\s*\]\s*")
PARAMETERS = re.compile(r"\s*\\([A-Za-z@]+)\s*((?:#\d\s*)*)(?=\{)")
LET = re.compile(r"\s*\\([A-Za-z@]+)\s*=?\s*\\([A-Za-z@]+)")
PROGRAM = re.compile(r"\\(?:if|csname|expandafter|futurelet|catcode|global|def|newcommand|let|read|write|the\b|loop)|@")
"""Macros in whose bodies these occur are programs, and stay as they are."""
STANDARD_NAMES = (
    "part chapter section subsection subsubsection paragraph subparagraph begin end cite ref label item title author"
    " date footnote caption maketitle appendix bibliography input include textbf textit emph text frac sqrt left right"
)
STANDARD = frozenset(STANDARD_NAMES.split())
"""Whoever defines these anew changes their looks."""
DEEPEST = 25
LONGEST_BODY = 4000
STEPS_EACH = 20
MOST_COMMANDS = 1_500_000
STEPS_BESIDES = 1_000_000


class Macro(NamedTuple):
    """What a macro stands for."""

    arguments: int
    default: str | None
    """Of the first argument, where it need not be given."""
    body: str


class BoundError(Exception):
    """Replacing all macros would take too long, or make too much of a text."""


class Macros:
    """Macros defined so far, and the work that is left to spend on them."""

    def __init__(self, chars: int) -> None:
        self._macros: dict[str, Macro] = {}
        self._left = chars * STEPS_EACH + STEPS_BESIDES

    def expand(self, text: str, depth: int = 0) -> str:
        """Replace macros in a text; definitions in it are learnt and left out.

        Raises:
            BoundError: where that takes too much work.
        """
        self._left -= len(text)
        if self._left < 0 or (not depth and text.count("\\") > MOST_COMMANDS):
            raise BoundError("macros stand for too much text")
        braces: dict[int, int] | None = None
        pieces: list[str] = []
        position = 0
        while (found := CONTROL.search(text, position)) is not None:
            pieces.append(text[position : found.start()])
            name, position = found[1], found.end()
            macro = self._macros.get(name)
            if macro is None and name not in DEFINING and name not in ("def", "gdef", "let"):
                pieces.append(found[0])
                continue
            if braces is None:
                braces = _match_braces(text)
            if macro is None:
                end = self._define(name, text, position, braces)
                if end is None:
                    pieces.append(found[0])
                else:
                    position = end
                continue
            call = _arguments(macro, text, position, braces)
            if call is None or depth >= DEEPEST:
                pieces.append(found[0])
                continue
            arguments, position = call
            made = self.expand(_substituted(macro.body, arguments), depth + 1)
            pieces.append(made)
            if made[-1:].isalpha() and text[position : position + 1].isalpha():
                pieces.append(" ")  # \alpha x, not \alphax
        pieces.append(text[position:])
        return "".join(pieces)

    def _define(self, command: str, text: str, position: int, braces: dict[int, int]) -> int | None:
        """Learn a definition; returns where it ends, None for one that is not of a form that is understood."""
        if command == "let":
            match = LET.match(text, position)
            if match is None:
                return None
            self._learn(match[1], self._macros.get(match[2], Macro(0, None, f"\\{match[2]}")))
            return match.end()
        if command in ("def", "gdef"):
            match = PARAMETERS.match(text, position)
            if match is None or match.end() not in braces:
                return None
            end = braces[match.end()]
            self._learn(match[1], Macro(match[2].count("#"), None, text[match.end() + 1 : end]))
            return end + 1
        match = NAME.match(text, position)
        if match is None:
            return None
        name, position = match[1] or match[2], match.end()
        count = COUNT.match(text, position) if command != "DeclareMathOperator" else None
        arguments, default = 0, None
        if count is not None:
            arguments, position = int(count[1]), count.end()
            if text.startswith("[", position):
                close = text.find("]", position, position + LONGEST_BODY)
                if close < 0:
                    return None
                default, position = text[position + 1 : close], close + 1
        while text[position : position + 1].isspace():
            position += 1
        end = braces.get(position, -1)
        if end < 0:
            return None
        body = text[position + 1 : end]
        if command == "DeclareMathOperator":
            body = f"\\operatorname{{{body}}}"
        known = name in self._macros
        if not (command == "renewcommand" and not known) and not (command == "providecommand" and known):
            self._learn(name, Macro(arguments, default, body))
        return end + 1

    def _learn(self, name: str, macro: Macro) -> None:
        in_itself = re.search(rf"\\{name}(?![A-Za-z@])", macro.body)
        if name in STANDARD or len(macro.body) > LONGEST_BODY or in_itself or PROGRAM.search(macro.body):
            self._macros.pop(name, None)
        else:
            self._macros[name] = macro


def _match_braces(text: str) -> dict[int, int]:
    """Where each brace that is opened is closed."""
    matched: dict[int, int] = {}
    opened: list[int] = []
    for found in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            matched[opened.pop()] = found.start()
    return matched


def _arguments(macro: Macro, text: str, position: int, braces: dict[int, int]) -> tuple[list[str], int] | None:
    """Arguments of a macro's use, and where they end; None where they are not there."""
    if macro.arguments == 0:
        return [], position + 2 if text.startswith("{}", position) else position
    arguments: list[str] = []
    if macro.default is not None:
        arguments.append(macro.default)
        if text.startswith("[", position):
            close = text.find("]", position, position + LONGEST_BODY)
            if close < 0:
                return None
            arguments[0], position = text[position + 1 : close], close + 1
    while len(arguments) < macro.arguments:
        begin = position
        while text[position : position + 1].isspace():
            position += 1
        if text[begin:position].count("\n") > 1 or position >= len(text) or text[position] == "}":
            return None
        if text[position] == "{":
            end = braces.get(position, -1)
            if end < 0:
                return None
            arguments.append(text[position + 1 : end])
            position = end + 1
        else:
            token = CONTROL.match(text, position)
            argument = token[0] if token is not None else text[position]
            arguments.append(argument)
            position += len(argument)
    return arguments, position


def _substituted(body: str, arguments: list[str]) -> str:
    if not arguments:
        return body

    def argument(match: re.Match[str]) -> str:
        index = int(match[1]) - 1
        return arguments[index] if index < len(arguments) else match[0]

    return re.sub(r"(?<!\\)#([1-9])", argument, body)
