"""YAML as nodes that know their lines, so that every error in a file is reported with its line."""

from __future__ import annotations

from typing import Any, TypeAlias

import yaml

from ...errors import RecipeError

Nodes: TypeAlias = dict[str, tuple[yaml.Node, yaml.Node]]
"""The entries of a YAML mapping: nodes of key and value by key."""


class NodeReader:
    """Takes a YAML file apart; its messages begin with what the file is called."""

    def __init__(self, called: str) -> None:
        self.called = called

    def compose(self, text: str) -> yaml.Node | None:
        """The root of a file's content; None when it is empty.

        Raises:
            RecipeError: for what is no YAML.
        """
        try:
            root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f":{mark.line + 1}" if mark is not None else ""
            problem = " ".join(str(getattr(error, "problem", None) or error).split())
            raise RecipeError(f"{self.called}{line}: not valid YAML ({problem})") from error
        return root

    def error(self, node: yaml.Node | None, message: str) -> RecipeError:
        """An error at a node, or about the whole file."""
        line = f":{node.start_mark.line + 1}" if node is not None else ""
        return RecipeError(f"{self.called}{line}: {message}")

    def located(self, node: yaml.Node, error: RecipeError) -> RecipeError:
        """An error with the node's line, unless it names a line already."""
        return error if str(error).startswith(self.called) else self.error(node, str(error))

    def mapping(self, node: yaml.Node | None, expected: str) -> Nodes:
        """The entries of a mapping, each key once; ``expected`` is the message for any other node."""
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, expected)
        fields: Nodes = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in fields:
                raise self.error(key_node, f"{key!r} stands here twice; keep one of them")
            fields[key] = (key_node, value_node)
        return fields

    def value(self, node: yaml.Node) -> Any:
        """A node as a Python value."""
        try:
            return yaml.SafeLoader("").construct_object(node, deep=True)
        except yaml.YAMLError as error:
            raise self.error(node, f"cannot read this value ({getattr(error, 'problem', None) or error})") from error
