"""Recipe files: YAML with the same steps as in Python, refused with the line and the nearest valid name."""

from __future__ import annotations

import dataclasses
import typing
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ...errors import RecipeError, nearest
from ...filters.base.combine import all_of, any_of
from ...filters.base.conditions import named, only_if, per_language
from ...filters.base.parameters import fitting, no_parameter
from ...filters.base.step import Step
from ...filters.base.where import import_by_path, stand_in, where
from ..files.storage import local_path
from .definition import OUTPUT_KEYS, RecipeDefinition
from .presets import recipe_source
from .registry import STEPS
from .settings import Settings
from .yaml_nodes import NodeReader, Nodes

RECIPE_KEYS = ("name", "description", *OUTPUT_KEYS, "steps")
EXAMPLES = {"columns": '"gopher.*", license', "partition": "language, source"}
GROUPS = ("only_if", "per_language", "where")
COMBINED = {"all_of": all_of, "any_of": any_of}
FILES = ("tokenizer", "model", "names_model", "sets", "blocklist", "hard_words", "soft_words", "banned_substrings")
"""Parameters that may name files; a relative path is looked for beside the recipe first."""
CONDITIONS = ("kind", "language", "except_language")


def load_recipe(name_or_path: str, settings: Settings | None = None, *, code: bool | None = None) -> RecipeDefinition:
    """Load a preset or a recipe file; see :meth:`Recipe.load`."""
    text, called = recipe_source(name_or_path)
    local = local_path(name_or_path)
    return parse_recipe(
        text,
        called,
        settings,
        folder=local.parent if called == name_or_path and local is not None else None,
        code=local is not None if code is None else code,
    )


def parse_recipe(
    text: str,
    called: str = "recipe",
    settings: Settings | None = None,
    *,
    folder: Path | None = None,
    by_name_only: bool = False,
    moved_files_only: bool = False,
    code: bool = True,
) -> RecipeDefinition:
    """Build a recipe from YAML.

    Args:
        text: The file's content.
        called: What messages call it.
        settings: Parameters in place of those in the file, by ``step.parameter``.
        folder: Where the file lies; modules of functions and steps that are not found elsewhere are looked for there.
        by_name_only: Functions are named but never called, as when the recipe of a finished run is read; they need not
            be there.
        moved_files_only: Apply only settings that say where a file of the same name lies now.
        code: Whether functions and steps of Python may be imported, which runs what their modules say.

    Raises:
        RecipeError: for YAML that does not parse, an unknown step or parameter, or a value that does not fit.
    """
    reader = _Reader(called, settings or {}, folder, by_name_only, moved_files_only, code)
    return reader.recipe(reader.compose(text))


class _Reader(NodeReader):
    """Turns YAML nodes, which know their lines, into steps."""

    def __init__(
        self,
        called: str,
        settings: Settings,
        folder: Path | None,
        by_name_only: bool,
        moved_files_only: bool,
        code: bool,
    ) -> None:
        super().__init__(called)
        self.settings = settings
        self.folder = folder
        self.by_name_only = by_name_only
        self.moved_files_only = moved_files_only
        self.code = code
        self.ids: Counter[str] = Counter()
        self.parameters: dict[str, list[str]] = {}
        """Every step by its id, with the parameters that it takes."""
        self.called_as = ""
        """The name that the file gives to the step being read."""
        self.prefix = ""
        """Ids of the combined steps that are being read, each with a dot behind it."""
        self.latest: tuple[str, list[str], Mapping[str, Any]] = ("", [], {})
        """Id, parameters and their types of the step that was read last."""

    def recipe(self, node: yaml.Node | None) -> RecipeDefinition:
        fields = self.mapping(node, "a recipe is a mapping with 'name' and 'steps'")
        for key, (key_node, _) in fields.items():
            if key not in RECIPE_KEYS:
                known = f"{', '.join(RECIPE_KEYS[:-1])} and {RECIPE_KEYS[-1]}"
                raise self.error(key_node, f"unknown key {key!r}{nearest(key, RECIPE_KEYS)}; a recipe has {known}")
        if "name" not in fields or "steps" not in fields:
            raise self.error(node, "a recipe needs 'name' and 'steps'")
        name = self.value(fields["name"][1])
        if not isinstance(name, str):
            raise self.error(fields["name"][1], f"name must be text, not {name!r}")
        steps = self.steps(fields["steps"][1])
        if not self.moved_files_only:
            self.refuse_unknown_settings()
        output = {key: self.value(fields[key][1]) for key in OUTPUT_KEYS if key in fields}
        for key, given in output.items():
            if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
                raise self.error(fields[key][1], f"{key} takes a list of names, as in [{EXAMPLES[key]}], not {given!r}")
        try:
            return RecipeDefinition(name, steps, **output)
        except RecipeError as error:
            about = next((key for key in output if str(error).startswith(key)), "steps")
            raise self.error(fields[about][1], str(error)) from error

    def refuse_unknown_settings(self) -> None:
        for key in self.settings:
            step, _, parameter = key.rpartition(".")
            if step not in self.parameters:
                known = list(self.parameters)
                raise self.error(
                    None,
                    f"cannot set {key}: there is no step {step!r}{nearest(step, known)}; steps are {', '.join(known)}",
                )
            valid = self.parameters[step]
            if parameter not in valid:
                raise self.error(
                    None,
                    f"cannot set {key}: {step} has no parameter {parameter!r}{nearest(parameter, valid)}; "
                    f"it takes {', '.join(valid)}",
                )

    def steps(self, node: yaml.Node) -> list[Step]:
        if not isinstance(node, yaml.SequenceNode):
            raise self.error(node, "steps must be a list: one '- step' a line")
        return [self.step(item) for item in node.value]

    def step(self, node: yaml.Node) -> Step:
        if isinstance(node, yaml.ScalarNode):
            return self.build(node, str(node.value), {})
        fields = self.mapping(
            node, "a step is a name, or a name with its parameters: '- gopher_quality: {min_words: 30}'"
        )
        if "only_if" in fields:
            return self.group(node, fields)
        languages = fields.pop("per_language", None)
        given = fields.pop("as", None)
        if given is None:
            return self.single(node, fields, languages)
        if self.prefix:
            raise self.error(given[0], f"a step within {self.prefix.removesuffix('.')} cannot be named; name the whole")
        name = self.value(given[1])
        self.called_as = name if isinstance(name, str) else ""
        try:
            return named(self.single(node, fields, languages), name)
        except RecipeError as error:
            raise self.located(given[0], error) from error
        finally:
            self.called_as = ""

    def single(self, node: yaml.Node, fields: Nodes, languages: tuple[yaml.Node, yaml.Node] | None) -> Step:
        """A step that is no group."""
        if languages is not None and not fields:
            raise self.error(
                languages[0], "per_language stands beside a step: '- gopher_quality:' and below it 'per_language: {…}'"
            )
        if len(fields) != 1:
            raise self.error(
                node, f"a step has one name, but here are {', '.join(fields)}; indent the parameters under it"
            )
        ((name, (key_node, value_node)),) = fields.items()
        if name in COMBINED:
            if languages is not None:
                raise self.error(languages[0], f"per_language stands beside the steps of {name}, not beside itself")
            return self.combined(key_node, name, value_node)
        step = self.build(key_node, name, self.named(value_node, name))
        return step if languages is None else self.per_language(languages, step)

    def named(self, node: yaml.Node, name: str) -> Nodes:
        """The nodes of a step's parameters."""
        if isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null"):
            return {}
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, "")
        raise self.error(node, f"parameters of {name} must be named, as in {{parameter: value}}")

    def combined(self, node: yaml.Node, name: str, members: yaml.Node) -> Step:
        if not isinstance(members, yaml.SequenceNode):
            raise self.error(members, f"{name} takes a list of filters: one '- step' a line")
        outer, self.prefix = self.prefix, f"{self.next_id(name)}."
        steps = self.steps(members)
        self.prefix = outer
        try:
            return COMBINED[name](*steps)  # type: ignore[arg-type]  # it refuses what is no filter
        except RecipeError as error:
            raise self.located(node, error) from error

    def per_language(self, languages: tuple[yaml.Node, yaml.Node], step: Step) -> Step:
        step_id, valid, types_of = self.latest
        overrides: dict[str, dict[str, Any] | None] = {}
        entries = self.mapping(languages[1], "per_language takes languages with parameters, as in {zh+ja: {…}}")
        for labels, (_, value_node) in entries.items():
            if isinstance(value_node, yaml.ScalarNode) and value_node.tag.endswith(":null"):
                overrides[labels] = None
                continue
            nodes = self.named(value_node, labels)
            overrides[labels] = self.arguments(f"{step_id}@{labels}", valid, types_of, nodes)
        try:
            return per_language(step, overrides)
        except RecipeError as error:
            raise self.located(languages[0], error) from error

    def next_id(self, name: str) -> str:
        """What the ledger calls the next step of this name."""
        if self.called_as and not self.prefix:
            return self.called_as
        key = f"{self.prefix}{name}"
        self.ids[key] += 1
        return key if self.ids[key] == 1 else f"{key}_{self.ids[key]}"

    def group(self, node: yaml.Node, fields: Nodes) -> Step:
        for key, (key_node, _) in fields.items():
            if key not in ("only_if", "steps"):
                raise self.error(key_node, f"unknown key {key!r}; a limited group has only_if and steps")
        if "steps" not in fields:
            raise self.error(node, "only_if needs 'steps' beside it")
        condition = self.mapping(fields["only_if"][1], "only_if takes kind and language, as in {kind: [web, book]}")
        for key, (key_node, _) in condition.items():
            if key not in CONDITIONS:
                raise self.error(key_node, f"unknown condition {key!r}; only_if takes {', '.join(CONDITIONS)}")
        try:
            given = {key: self.value(value) for key, (_, value) in condition.items()}
            return only_if(*self.steps(fields["steps"][1]), **given)
        except RecipeError as error:
            raise self.located(node, error) from error

    def build(self, node: yaml.Node, name: str, parameters: Nodes) -> Step:
        factory: Callable[..., Step]
        types_of: Mapping[str, Any] = {}
        if name == "where":
            factory = where
            valid = ["function", "minimum", "maximum", "allowed", "measurement", "returns", "per", "expensive"]
        else:
            factory = self.step_class(node, name)
            types_of = typing.get_type_hints(factory)
            valid = [field.name for field in dataclasses.fields(factory) if field.init]
            name = factory.name
        step_id = self.next_id(name)
        self.latest = (step_id, valid, types_of)
        arguments = self.arguments(step_id, valid, types_of, parameters)
        try:
            if name == "where" and isinstance(path := arguments.get("function"), str):
                arguments["function"] = stand_in(path) if self.by_name_only else self.imported(node, path, name)
            step: Step = factory(**arguments)
        except RecipeError as error:
            raise self.located(node, error) from error
        except TypeError as error:
            raise self.error(node, f"{name}: {error}") from error
        return step

    def beside_the_recipe(self, value: Any) -> Any:
        """A path, or several, in the recipe's folder where such a file or folder is there."""
        if isinstance(value, tuple):
            return tuple(self.beside_the_recipe(item) for item in value)
        if self.folder is None or not isinstance(value, str) or not value:
            return value
        path = self.folder / value
        return str(path) if path.exists() else value

    def step_class(self, node: yaml.Node, name: str) -> type[Any]:
        """The class of a step: one of ours by its name, or a user's as ``package.module:Class``."""
        if name in STEPS:
            return STEPS[name]
        if ":" not in name:
            known = [*STEPS, *GROUPS, *COMBINED]
            raise self.error(node, f"unknown step {name!r}{nearest(name, known)}; steps are {', '.join(sorted(known))}")
        try:
            found = self.imported(node, name, "step")
        except RecipeError as error:
            raise self.located(node, error) from error
        if not (isinstance(found, type) and issubclass(found, Step) and dataclasses.is_dataclass(found)):
            raise self.error(node, f"{name} is no dataclass derived from Filter or Cleaner; a function goes into where")
        return found

    def imported(self, node: yaml.Node, path: str, owner: str) -> Any:
        """What ``package.module:name`` names."""
        if not self.code:
            raise self.error(
                node,
                f"{owner} names Python code ({path}), which is not run here; look at it, then allow it with --code",
            )
        return import_by_path(path, owner, self.folder)

    def arguments(self, step_id: str, valid: list[str], types_of: Mapping[str, Any], nodes: Nodes) -> dict[str, Any]:
        """Values of a step's parameters, as the file gives them or a setting in their place."""
        self.parameters[step_id] = valid
        arguments: dict[str, Any] = {}

        def fit(key: str, value: Any, node: yaml.Node | None) -> None:
            try:
                arguments[key] = fitting(step_id, key, value, types_of.get(key, Any))
            except RecipeError as error:
                raise self.error(node, str(error)) from error

        for key, (key_node, value_node) in nodes.items():
            if key not in valid:
                raise self.error(key_node, no_parameter(step_id, key, valid))
            fit(key, self.value(value_node), value_node)
            if key in FILES:
                arguments[key] = self.beside_the_recipe(arguments[key])
        for key in valid:
            setting = self.settings.get(f"{step_id}.{key}", ...)
            applies = not self.moved_files_only or Path(str(setting)).name == arguments.get(key)
            if setting is not ... and applies:
                fit(key, setting, None)
        return arguments
