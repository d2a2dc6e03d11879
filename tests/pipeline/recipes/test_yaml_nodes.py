"""Errors in YAML are told with their line."""

import pytest
import yaml

from textmill import RecipeError
from textmill.pipeline.recipes.yaml_nodes import NodeReader

READER = NodeReader("r.yaml")


def compose(text: str) -> yaml.Node:
    node = READER.compose(text)
    assert node is not None
    return node


def test_entries_by_key_with_their_lines() -> None:
    fields = READER.mapping(compose("a: 1\nb:\n  - x\n  - 2\n"), "no mapping")
    assert list(fields) == ["a", "b"]
    assert [READER.value(value) for _, value in fields.values()] == [1, ["x", 2]]
    assert str(READER.error(fields["b"][0], "wrong")) == "r.yaml:2: wrong"
    assert str(READER.error(None, "wrong")) == "r.yaml: wrong"
    assert READER.compose("") is None


def test_what_is_no_yaml() -> None:
    with pytest.raises(RecipeError, match=r"^r.yaml:2: not valid YAML \(.+\)$"):
        READER.compose("a: [1,\nb: }")
    with pytest.raises(RecipeError, match=r"^r.yaml: not valid YAML \(.+\)$"):
        READER.compose("a: \x00")


def test_what_is_no_mapping_or_stands_twice() -> None:
    with pytest.raises(RecipeError, match=r"^r.yaml:2: give a mapping$"):
        READER.mapping(compose("\n- a\n"), "give a mapping")
    with pytest.raises(RecipeError, match=r"^r.yaml: give a mapping$"):
        READER.mapping(None, "give a mapping")
    with pytest.raises(RecipeError, match=r"^r.yaml:3: 'a' stands here twice; keep one of them$"):
        READER.mapping(compose("a: 1\nb: 2\na: 3\n"), "")


def test_values_that_cannot_be_made() -> None:
    with pytest.raises(RecipeError, match=r"^r.yaml:1: cannot read this value \(.+\)$"):
        READER.value(compose("!!python/name:os.system x"))


def test_an_error_gets_a_line_once() -> None:
    node = compose("\na: 1")
    assert str(READER.located(node, RecipeError("wrong"))) == "r.yaml:2: wrong"
    assert str(READER.located(node, RecipeError("r.yaml:9: wrong"))) == "r.yaml:9: wrong"
