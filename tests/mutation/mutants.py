"""Single changes to a module, made by mutmut's operators, without those that nobody could notice."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst
from mutmut.mutation import mutators

KERNEL_DECORATORS = frozenset({"kernel", "inner", "inlined", "overload", "intrinsic"})
"""What is compiled is left to the tests that compare it with slow twins: every change would be compiled anew."""

ASSIGNED_FOR_OTHERS = frozenset({"__all__", "__slots__"})
UNSEEN_ARGUMENTS = frozenset({"strict", "copy"})
"""The one guards what must be so, the other only saves memory."""
FOR_TYPE_CHECKERS = frozenset({"TypeVar", "TypeAlias", "cast", "ParamSpec"})


@dataclass(frozen=True)
class Mutant:
    """A module with one change."""

    line: int
    before: str
    after: str
    code: str


def drop_keyword_argument(node: cst.Call) -> Iterable[cst.Call]:
    """Leave out an argument that is given by name, so that its default applies. Without others a call only fails."""
    for number, argument in enumerate(node.args):
        if argument.keyword is not None and argument.keyword.value not in UNSEEN_ARGUMENTS:
            yield node.with_changes(args=[*node.args[:number], *node.args[number + 1 :]])


def change_number(node: cst.BaseNumber) -> Iterable[cst.BaseNumber]:
    """Add one to a whole number; double another, as one more nanosecond is nothing to notice."""
    if isinstance(node, cst.Float) and node.evaluated_value:
        yield node.with_changes(value=repr(2 * node.evaluated_value))
    else:
        yield from mutators.operator_number(node)


def change_word(node: cst.SimpleString) -> Iterable[cst.SimpleString]:
    """Change a string of one word, such as the name of a column; prose may be worded in any way."""
    if not any(character.isspace() for character in node.raw_value.strip()):
        yield from [change for change in mutators.operator_string(node) if "XX" in change.value][:1]


def drop_statement(node: cst.SimpleStatementLine) -> Iterable[cst.SimpleStatementLine]:
    """Leave out what is done for its effect: a call, a ``raise``, a ``del``."""
    (first, *others) = node.body
    if not others and (isinstance(first, (cst.Raise, cst.Del)) or _is_call(first)):
        yield node.with_changes(body=[cst.Pass()])


OPERATORS: mutators.OPERATORS_TYPE = [
    (cst.BaseNumber, change_number),
    (cst.SimpleString, change_word),
    (cst.Name, mutators.operator_name),
    (cst.AugAssign, mutators.operator_augmented_assignment),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.Call, drop_keyword_argument),
    (cst.Call, mutators.operator_symmetric_string_methods_swap),
    (cst.Call, mutators.operator_unsymmetrical_string_methods_swap),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
    (cst.IfExp, mutators.operator_if_exp),
    (cst.SimpleStatementLine, drop_statement),
]
"""Of mutmut's those whose mutants still run: a name set to None, or an argument left out, fails on its next use."""


def mutants_of(source: str, most: int, seed: str) -> list[Mutant]:
    """At most so many changes of a module, the same ones for the same seed, in the order of its lines."""
    module = cst.parse_module(source)
    finder = _Finder()
    module.visit(finder)
    random.Random(seed).shuffle(finder.found)
    lines = source.splitlines()
    made: dict[str, Mutant] = {}
    for node, change in finder.found:
        if len(made) == most:
            break
        code = module.deep_replace(node, change).code  # type: ignore[arg-type]
        if code != source and _compiles(code):
            first, before, after = _changed_lines(lines, code.splitlines())
            made.setdefault(code, Mutant(first, before, after, code))
    return sorted(made.values(), key=lambda mutant: mutant.line)


class _Finder(cst.CSTVisitor):
    """Walks through a module, past what cannot be noticed."""

    def __init__(self) -> None:
        self.found: list[tuple[cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.Annotation, cst.Decorator, cst.Import, cst.ImportFrom)):
            return False
        if isinstance(node, cst.FunctionDef) and any(
            _named(one.decorator) in KERNEL_DECORATORS for one in node.decorators
        ):
            return False
        if isinstance(node, cst.If) and _named(node.test) == "TYPE_CHECKING":
            return False
        if isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString)):
            return False  # a docstring
        if isinstance(node, cst.Assign) and any(_named(one.target) in ASSIGNED_FOR_OTHERS for one in node.targets):
            return False
        if isinstance(node, cst.AnnAssign) and _named(node.annotation.annotation) in FOR_TYPE_CHECKERS:
            return False
        if isinstance(node, cst.Call) and _named(node.func) in FOR_TYPE_CHECKERS:
            return False
        if isinstance(node, cst.Call) and _named(node.func) == "reshape":
            return False  # another shape only fails, and NumPy takes any negative number for the rest
        if isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value in UNSEEN_ARGUMENTS:
            return False
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self.found += [(node, change) for change in operator(node)]
        return True


def _named(node: cst.BaseExpression) -> str:
    if isinstance(node, cst.Call):
        return _named(node.func)
    return node.value if isinstance(node, cst.Name) else node.attr.value if isinstance(node, cst.Attribute) else ""


def _is_call(node: cst.BaseSmallStatement) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, cst.Call)


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except SyntaxError:
        return False
    return True


def _changed_lines(before: list[str], after: list[str]) -> tuple[int, str, str]:
    """The number of the first line that differs, and all that do: without those that two versions share around."""
    front = 0
    while front < min(len(before), len(after)) and before[front] == after[front]:
        front += 1
    behind = 0
    while behind < min(len(before), len(after)) - front and before[-1 - behind] == after[-1 - behind]:
        behind += 1
    old, new = ("\n".join(lines[front : len(lines) - behind]) for lines in (before, after))
    return front + 1, old, new
