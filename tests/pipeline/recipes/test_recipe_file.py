"""Recipe files are read into steps, and what is wrong in them is told with the line and the nearest valid name."""

import sys
from pathlib import Path
from typing import Any

import pytest

from textmill import GopherQuality, Language, MinHashDedup, Recipe, named, only_if, per_language
from textmill.errors import RecipeError
from textmill.filters import Filter
from textmill.filters.base.combine import AnyOf
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.recipes.recipe_writer import recipe_yaml


def recipe(steps: str) -> Recipe:
    parsed = parse_recipe(f"name: mine\nsteps:\n{steps}", "mine.yaml")
    return Recipe(parsed.name, parsed.steps)


def test_a_recipe_file_and_python_give_the_same_steps() -> None:
    loaded = recipe("  - gopher_quality: {min_words: 30}\n  - minhash_dedup: {bands: 9, rows: 13}\n")
    assert loaded.steps == (GopherQuality(min_words=30), MinHashDedup(bands=9, rows=13))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("  - gopher_qualty\n", r"mine.yaml:3: unknown step 'gopher_qualty'; did you mean 'gopher_quality'"),
        (
            "  - language\n  - gopher_quality: {min_word: 3}\n",
            r"mine.yaml:4: gopher_quality has no parameter 'min_word'; did you mean 'min_words'",
        ),
        (
            "  - perplexity: {buckets: {head: 0.3}}\n",
            r"mine.yaml:3: perplexity has no parameter 'buckets'.*; buckets is a parameter of select",
        ),
        ("  - gopher_quality: {min_words: many}\n", r"mine.yaml:3: gopher_quality.min_words must be .*not 'many'"),
        ("  - gopher_quality: {min_words: true}\n", r"must be .*not True"),
        ("  - gopher_quality: {min_words: 9, max_words: 3}\n", r"mine.yaml:3: .*min_words.*max_words"),
        ("  - gopher_quality: 30\n", r"mine.yaml:3: parameters of gopher_quality must be named"),
        ("  - {language: {}, gopher_quality: {}}\n", r"mine.yaml:3: a step has one name"),
        ("  - tokenize\n  - language\n", r"language stands after tokenize"),
        ("  - only_if: {kind: prose}\n    steps: [language]\n", r"mine.yaml:3: .*unknown kind 'prose'"),
        (
            "  - only_if: {kinds: web}\n    steps: [language]\n",
            r"mine.yaml:3: unknown condition 'kinds'; only_if takes kind, language",
        ),
        ("  - only_if: {language: de}\n    steps: [gopher_quality]\n", r"no language step stands before it"),
        ("  - where: {function: nowhere}\n", r"mine.yaml:3: .*package.module:name"),
        ("  - where: {function: 'no.such:thing'}\n", r"cannot import 'no.such:thing'"),
        ("  - language: {keep: [en]\n", r"mine.yaml:\d: not valid YAML"),
        ("  - language: {keep: [en], keep: [de]}\n", r"mine.yaml:3: 'keep' stands here twice"),
        ("  gopher_quality\n", r"mine.yaml:3: steps must be a list"),
        ("  - gopher_quality:\n    as: a.b\n", r"mine.yaml:4: a step cannot be called 'a.b'"),
        ("  - gopher_quality:\n    as: off\n", r"mine.yaml:4: a step cannot be called False"),
        ("  - gopher_quality:\n    as: read\n", r"mine.yaml:4: a step cannot be called 'read'"),
        ("  - gopher_quality\n  - language:\n    as: gopher_quality\n", r"two steps are called gopher_quality"),
        ("  - only_if: {kind: web}\n    steps: [language]\n    as: x\n", r"mine.yaml:5: unknown key 'as'"),
        ("  - any_of:\n    - gopher_quality:\n      as: x\n", r"mine.yaml:5: a step within any_of cannot be named"),
        (
            "  - gopher_quality: {max_hash_ratio: .nan}\n",
            r"mine.yaml:3: gopher_quality.max_hash_ratio is no number; null",
        ),
        ("  - where: {function: 'builtins:len', maximum: .nan}\n", r"mine.yaml:3: where.maximum is no number"),
        ("  - language: {keep: [no, en]}\n", r"YAML reads no, yes, on and off as true or false: put them in quotes"),
        ("  - per_language: {en: {min_words: 3}}\n", r"mine.yaml:3: per_language stands beside a step"),
        (
            "  - gopher_quality: {min_words: !!python/name:os.system x}\n",
            r"mine.yaml:3: cannot read this value .*tag.*\)$",
        ),
    ],
)
def test_mistakes_are_refused_with_their_line(steps: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        recipe(steps)


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"did you mean 'fineweb'\?; presets are .*default"):
        Recipe.load("finweb")


def test_a_user_function_is_imported_by_its_path() -> None:
    loaded = recipe("  - where: {function: 'builtins:len', minimum: 3, measurement: chars}\n")
    assert loaded.clean("ab").removed_by == "where.minimum"
    assert loaded.clean("abc").verdict.kept


@pytest.mark.parametrize("text", [None, b"abc", 5])
def test_only_a_str_is_a_text(text: Any) -> None:
    with pytest.raises(TypeError, match=f"a text is a str, not {type(text).__name__}"):
        Recipe("r", [GopherQuality()]).clean(text)


def test_settings_stand_in_place_of_what_the_file_says() -> None:
    text = "name: mine\nsteps:\n  - gopher_quality: {min_words: 5}\n  - gopher_quality\n  - language: {keep: [en]}\n"
    settings = {"gopher_quality.min_words": 3, "gopher_quality_2.max_words": None, "language.keep": "de"}
    loaded = parse_recipe(text, settings=settings)
    assert loaded.steps == (GopherQuality(min_words=3), GopherQuality(max_words=None), Language(keep=("de",)))
    with pytest.raises(RecipeError, match=r"gopher_quality\.min_words must be a whole number or null, not .x."):
        parse_recipe(text, settings={"gopher_quality.min_words": "x"})


NAMED = """
name: mine
steps:
  - language: {min_score: null}
  - gopher_quality: {min_words: 2}
    as: web-rules
    per_language:
      de: {min_words: 3}
  - any_of:
      - gopher_quality
      - gopher_quality: {min_words: 4}
    as: prose
  - c4_quality:
    as: c4_web
  - c4_quality: {min_sentences: 1}
"""


def test_steps_can_have_names_of_their_own() -> None:
    found = parse_recipe(NAMED)
    ids = ["language", "web-rules", "web-rules@de", "prose", "c4_web", "c4_quality"]
    assert [planned.id for planned in found.plan.steps] == ids
    assert parse_recipe(recipe_yaml(found)).as_dict() == found.as_dict()
    settings = {
        "web-rules.min_words": 1,
        "web-rules@de.min_words": 5,
        "prose.gopher_quality_2.min_words": 6,
        "c4_web.min_sentences": 7,
    }
    rules = {
        f"{planned.id}.{rule.name}": rule.minimum
        for planned in parse_recipe(NAMED, settings=settings).plan.steps
        for step in (planned.step,)
        if isinstance(step, Filter)
        for rule in (*step.rules, *(one for _, one in (step.member_rules() if isinstance(step, AnyOf) else ())))
    }
    assert {key: rules[key] for key in settings} == settings
    assert rules["c4_quality.min_sentences"] == 1
    with pytest.raises(
        RecipeError, match=r"no step 'gopher_quality'.*; steps are language, web-rules, web-rules@de, prose"
    ):
        parse_recipe(NAMED, settings={"gopher_quality.min_words": 3})


def test_python_names_steps_as_files_do() -> None:
    steps = [named(GopherQuality(min_words=3), "mine"), GopherQuality(min_words=9)]
    assert [planned.id for planned in Recipe("r", steps).plan.steps] == ["mine", "gopher_quality"]
    assert Recipe("r", steps).clean("too short").removed_by == "mine.min_words"
    assert parse_recipe(recipe_yaml(Recipe("r", steps))).steps == tuple(steps)
    for wrong in (only_if(GopherQuality(), kind="web"), named(GopherQuality(), "a")):
        with pytest.raises(RecipeError, match="'b' names one step"):
            named(wrong, "b")
    with pytest.raises(RecipeError, match="name the whole"):
        per_language(named(GopherQuality(), "a"), {"de": None})
    with pytest.raises(RecipeError, match="two steps are called gopher_quality_2"):
        Recipe("r", [GopherQuality(), GopherQuality(), named(Language(), "gopher_quality_2")])


def test_a_module_beside_the_recipe_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "rules_beside_recipe.py").write_text("def chars(text: str) -> int:\n    return len(text)\n")
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nsteps:\n  - where: {function: 'rules_beside_recipe:chars', minimum: 3}\n"
    )
    assert Recipe.load(str(tmp_path / "mine.yaml")).clean("ab").removed_by == "where.minimum"


CODE = {
    "a function": "- where: {function: 'rules_of_theirs:judge', maximum: 3}",
    "a step": "- rules_of_theirs:TheirFilter",
    "in a group": "- only_if: {kind: web}\n    steps: [{where: {function: 'rules_of_theirs:judge', maximum: 3}}]",
}


@pytest.mark.parametrize("steps", CODE.values(), ids=CODE)
def test_code_that_a_recipe_names_is_refused_unless_allowed(
    steps: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "rules_of_theirs.py").write_text(f"import pathlib\npathlib.Path({str(ran)!r}).touch()\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    path = tmp_path / "theirs.yaml"
    path.write_text(f"name: theirs\nsteps:\n  {steps}\n")
    with pytest.raises(
        RecipeError, match=r"yaml:\d: \w+ names Python code \(rules_of_theirs:\w+\).* allow it with --code"
    ):
        Recipe.load(str(path), code=False)
    assert not ran.exists()
    with pytest.raises(RecipeError, match="cannot import"):  # it has no such names, but now it has run
        Recipe.load(str(path))
    assert ran.exists()
    sys.modules.pop("rules_of_theirs")


STEPS_OF_A_FILE = "a step is a name, or a name with its parameters: '- gopher_quality: {min_words: 30}'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "r.yaml:1: a recipe is a mapping with 'name' and 'steps'"),
        ("", "r.yaml: a recipe is a mapping with 'name' and 'steps'"),
        ("name: r", "r.yaml:1: a recipe needs 'name' and 'steps'"),
        ("steps: []", "r.yaml:1: a recipe needs 'name' and 'steps'"),
        ("steps: []\nname: 5", "r.yaml:2: name must be text, not 5"),
        (
            "name: r\nstep: []",
            "r.yaml:2: unknown key 'step'; did you mean 'steps'?; a recipe has name, description, columns, partition "
            "and steps",
        ),
        ("name: r\nsteps: language", "r.yaml:2: steps must be a list: one '- step' a line"),
        ("name: r\nsteps:\n- - language", f"r.yaml:3: {STEPS_OF_A_FILE}"),
        (
            "name: r\nsteps:\n- gopher_quality:\n  min_words: 3",
            "r.yaml:3: a step has one name, but here are gopher_quality, min_words; indent the parameters under it",
        ),
        ("name: r\nsteps:\n- {}", "r.yaml:3: a step has one name, but here are ; indent the parameters under it"),
        (
            "name: r\nsteps:\n- gopher_quality: [3]",
            "r.yaml:3: parameters of gopher_quality must be named, as in {parameter: value}",
        ),
        ("name: r\nsteps:\n- any_of: language", "r.yaml:3: any_of takes a list of filters: one '- step' a line"),
        (
            "name: r\nsteps:\n- any_of: [language]\n  per_language: {}",
            "r.yaml:4: per_language stands beside the steps of any_of, not beside itself",
        ),
        (
            "name: r\nsteps:\n- gopher_quality:\n  per_language: [de]",
            "r.yaml:4: per_language takes languages with parameters, as in {zh+ja: {…}}",
        ),
        (
            "name: r\nsteps:\n- per_language: {de: {min_words: 3}}",
            "r.yaml:3: per_language stands beside a step: '- gopher_quality:' and below it 'per_language: {…}'",
        ),
        ("name: r\nsteps:\n- only_if: {kind: web}", "r.yaml:3: only_if needs 'steps' beside it"),
        (
            "name: r\nsteps:\n- only_if: web\n  steps: []",
            "r.yaml:3: only_if takes kind and language, as in {kind: [web, book]}",
        ),
        (
            "name: r\nsteps:\n- only_if: {kind: web}\n  step: []",
            "r.yaml:4: unknown key 'step'; a limited group has only_if and steps",
        ),
        (
            "name: r\nsteps:\n- only_if: {kinds: web}\n  steps: []",
            "r.yaml:3: unknown condition 'kinds'; only_if takes kind, language, except_language",
        ),
        (
            "name: r\nsteps:\n- where: {function: 'builtins:len', min: 3}",
            "r.yaml:3: where has no parameter 'min'; did you mean 'minimum'?; it takes function, minimum, maximum, "
            "allowed, measurement, returns, per, expensive",
        ),
        (
            "name: r\nsteps:\n- builtins:len",
            "r.yaml:3: builtins:len is no dataclass derived from Filter or Cleaner; a function goes into where",
        ),
        (
            "name: r\nsteps:\n- textmill:Recipe",
            "r.yaml:3: textmill:Recipe is no dataclass derived from Filter or Cleaner; a function goes into where",
        ),
        ("name: r\nsteps:\n- where: {minimum: 3}", "r.yaml:3: where: "),
        (
            "name: r\npartition: kind\nsteps: []",
            "r.yaml:2: partition takes a list of names, as in [language, source], not 'kind'",
        ),
        (
            "name: r\ncolumns: [3]\nsteps: []",
            'r.yaml:2: columns takes a list of names, as in ["gopher.*", license], not [3]',
        ),
    ],
)
def test_what_is_wrong_is_said_in_full(text: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "r.yaml")
    told = str(caught.value)
    assert told == message or (message.endswith(": ") and told.startswith(message))


@pytest.mark.parametrize(
    ("name", "near"),
    [("wher", "where"), ("only_iff", "only_if"), ("any_off", "any_of"), ("per_languag", "per_language")],
)
def test_groups_are_among_the_nearest_names(name: str, near: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(f"  - {name}\n")
    told = str(caught.value)
    assert told.startswith(f"mine.yaml:3: unknown step {name!r}; did you mean {near!r}?; steps are all_of, any_of, ")
    listed = told.partition("; steps are ")[2].split(", ")
    assert listed == sorted(listed)
    assert {"only_if", "per_language", "where", "tokenize", "minhash_dedup"} < set(listed)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (
            "gopher.min_words",
            "there is no step 'gopher'; did you mean 'gopher_quality'?; steps are gopher_quality, where",
        ),
        ("x", "there is no step ''; steps are gopher_quality, where"),
        (
            "where.min",
            "where has no parameter 'min'; did you mean 'minimum'?; it takes function, minimum, maximum, allowed, "
            "measurement, returns, per, expensive",
        ),
    ],
)
def test_settings_that_mean_nothing_are_refused(key: str, message: str) -> None:
    text = "name: r\nsteps:\n- gopher_quality\n- where: {function: 'builtins:len'}\n"
    with pytest.raises(RecipeError) as caught:
        parse_recipe(text, "r.yaml", {key: 3})
    assert str(caught.value) == f"r.yaml: cannot set {key}: {message}"
    assert parse_recipe(text, settings={key: 3}, moved_files_only=True).steps[0] == GopherQuality()


def test_every_parameter_of_where_can_be_given() -> None:
    told = "function: 'builtins:len', minimum: 1, maximum: 9, measurement: chars, returns: int"
    told += ", per: document, expensive: true"
    (step,) = recipe(f"  - where: {{{told}}}\n").steps
    assert (step.minimum, step.maximum, step.measurement, step.expensive) == (1, 9, "chars", True)  # type: ignore[attr-defined]
    (step,) = recipe("  - where: {function: 'builtins:str', allowed: [a], returns: str}\n").steps
    assert step.allowed == ("a",)  # type: ignore[attr-defined]


def test_functions_are_named_but_not_called_where_a_finished_run_is_read() -> None:
    text = "name: r\nsteps:\n- where: {function: 'no_such_module:rule', maximum: 3}\n"
    found = parse_recipe(text, by_name_only=True)
    assert found.as_dict()["steps"][0]["where"]["function"] == "no_such_module:rule"
    with pytest.raises(RecipeError, match="no_such_module"):
        parse_recipe(text)


def test_files_are_looked_for_beside_the_recipe(tmp_path: Path) -> None:
    """Where there is one of that name; everything else stays as it is given."""
    (tmp_path / "sub").mkdir()
    for name in ("a.jsonl", "sub/b.jsonl", "domains"):
        (tmp_path / name).write_text(
            '{"question": "Which of the two trains that leave at noon is the first to be there?"}\n'
        )
    text = "name: r\nsteps:\n- decontaminate: {sets: [a.jsonl, sub/b.jsonl]}\n- url_rules: {blocklist: domains}\n"
    sets, rules = parse_recipe(text, folder=tmp_path).steps
    assert sets.sets == (f"{tmp_path}/a.jsonl", f"{tmp_path}/sub/b.jsonl")  # type: ignore[attr-defined]
    assert rules.blocklist == f"{tmp_path}/domains"  # type: ignore[attr-defined]
    (tmp_path / "cl100k").write_text("")
    (tmp_path / "mine.yaml").write_text(text)
    assert Recipe.load(str(tmp_path / "mine.yaml")).steps == (sets, rules)
    moved = {"decontaminate.sets": None, "url_rules.blocklist": f"{tmp_path}/other/domains"}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "domains").write_text("example.org\n")
    bare = "name: r\nsteps:\n- url_rules: {blocklist: domains}\n- url_rules: {blocklist: names}\n"
    settings = {
        "url_rules.blocklist": moved["url_rules.blocklist"],
        "url_rules_2.blocklist": moved["url_rules.blocklist"],
    }
    with pytest.raises(RecipeError, match="names"):
        parse_recipe(bare, settings=settings, moved_files_only=True)
    first = "name: r\nsteps:\n- url_rules: {blocklist: domains}\n"
    (only,) = parse_recipe(first, settings={**settings, "url_rules.soft_words": "x"}, moved_files_only=True).steps
    assert only.blocklist == f"{tmp_path}/other/domains"  # type: ignore[attr-defined]
