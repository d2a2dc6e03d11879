"""The code rules of StarCoder, Codex and RedPajama around their thresholds."""

import json

import pyarrow as pa
import pytest

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.base.draw import draw
from textmill.filters.base.step import Filter
from textmill.filters.codex import CodexQuality
from textmill.filters.lists.code_files import CodeFile, code_files
from textmill.filters.redpajama_code import RedPajamaCode
from textmill.filters.starcoder import StarCoderQuality

CODE = "# Words of a comment.\nvalue = compute(argument)\n"


def batch_of(text: str, source: str = "code.py", metadata: dict[str, object] | None = None) -> pa.RecordBatch:
    batch = make_batch([text], source=source, kind="code")
    if metadata:
        index = batch.schema.get_field_index("metadata")
        batch = batch.set_column(index, "metadata", pa.array([json.dumps(metadata)]))
    return batch


def broken_rules(judge: Filter, text: str, path: str = "code.py") -> list[str]:
    measured = judge.measure(batch_of(text, path))
    assert {name: column.type for name, column in measured.items()} == dict(judge.measurements)
    return [rule.name for rule in judge.rules if rule.fails(measured[rule.measurement])[0]]


@pytest.mark.parametrize(
    ("path", "metadata", "expected"),
    [
        ("corpus/lib/Main.PY", {}, CodeFile("main.py", "python")),
        ("corpus/Makefile", {}, CodeFile("makefile", "makefile")),
        ("stack.jsonl", {"max_stars_repo_path": "a/b.min.js"}, CodeFile("b.min.js", "javascript")),
        ("stack.jsonl", {"ext": "html"}, CodeFile("*.html", "html")),
        ("stack.jsonl", {"lang": "C++", "ext": "h"}, CodeFile("*.h", "c++")),
        ("x", {"path": "run", "programming_language": "Shell"}, CodeFile("run", "shell")),
        ("notes.xyz", {"path": 3}, CodeFile("notes.xyz", None)),
    ],
)
def test_name_and_language(path: str, metadata: dict[str, object], expected: CodeFile) -> None:
    assert code_files(batch_of("", path, metadata)) == [expected]


@pytest.mark.parametrize("metadata", ["[1]", "not json", "123456789012345678901234567890", None])
def test_odd_metadata_is_no_error(metadata: str | None) -> None:
    batch = make_batch(["x"], source="a.go")
    batch = batch.set_column(batch.schema.get_field_index("metadata"), "metadata", pa.array([metadata], pa.string()))
    assert code_files(batch) == [CodeFile("a.go", "go")]


@pytest.mark.parametrize("judge", [RedPajamaCode(), CodexQuality()])
def test_lines_and_characters(judge: Filter) -> None:
    assert broken_rules(judge, CODE) == []
    assert "max_line_chars" not in broken_rules(judge, "x" * 1000)
    assert "max_line_chars" in broken_rules(judge, "x" * 1001)
    assert "max_mean_line_chars" not in broken_rules(judge, f"{'x' * 100}\n" * 3)
    assert "max_mean_line_chars" in broken_rules(judge, f"{'x' * 101}\n" * 3)
    assert broken_rules(judge, "a---") == [] if isinstance(judge, CodexQuality) else ["min_alpha_per_token"]
    assert "min_alnum_ratio" in broken_rules(judge, "a----")


def test_letters_for_each_token() -> None:
    assert broken_rules(RedPajamaCode(), "aaa+bbb") == []  # 6 / 3
    assert broken_rules(RedPajamaCode(), "aa+a +b") == ["min_alpha_per_token"]
    assert broken_rules(RedPajamaCode(), "abc = 12") == ["min_alpha_per_token"]  # 3 / 3
    assert (
        RedPajamaCode(
            max_line_chars=None, max_mean_line_chars=None, min_alnum_ratio=None, min_alpha_per_token=None
        ).rules
        == ()
    )


@pytest.mark.parametrize(
    ("text", "path", "rules"),
    [
        (CODE, "code.py", []),
        ("value = compute(argument)\n", "code.py", ["min_comment_ratio"]),
        ("value = compute(argument)\n", "code.rs", []),
        ("# " + "comment " * 20 + "\nx = 1\n", "code.py", ["max_comment_ratio"]),
        (f"// comment\n{'x' * 1001}\n", "code.go", ["max_line_chars", "max_mean_line_chars"]),
        (f"{'x' * 1001}\n", "page.md", []),
        (f"{'x' * 100_001}\n", "page.md", ["max_data_line_chars"]),
        ("+-*/ " * 40 + "ab", "code.go", ["max_mean_line_chars", "min_alnum_ratio"]),
        ('<?xml version="1.0"?><tag>text</tag>', "a.xml", ["max_xml_headers"]),
        ('<?xml version="1.0"?><tag>text</tag>', "a.xsl", []),
        (" " * 100 + "x" * 90 + "<?xml version=", "a.java", ["max_mean_line_chars", "min_comment_ratio"]),
        ("<p>" + "visible " * 12 + "word</p>", "a.html", []),
        ("<p>" + "visible " * 12 + "wor</p>", "a.html", ["min_html_visible_chars"]),
        ("<p>" + "visible " * 13 + "</p>" + "<br/>" * 100, "a.html", ["min_html_visible_ratio"]),
        ('{"keys": "values and all others that follow here": 1}', "a.json", []),
        ('{"keys": "values and all others that follow here"', "a.json", ["min_data_chars"]),
        ("word: another\n" * 358, "a.yaml", ["max_data_chars"]),
        ("a: 123456789\n" * 5, "a.yml", ["min_data_alpha_ratio"]),
        ("", "a.json", ["min_alnum_ratio", "min_data_chars", "min_data_alpha_ratio"]),
    ],
)
def test_starcoder(text: str, path: str, rules: list[str]) -> None:
    assert broken_rules(StarCoderQuality(), text, path) == rules


def test_languages_of_their_own() -> None:
    judge = StarCoderQuality(languages=("Python", "html"), max_line_chars=10)
    assert judge.languages == ("python", "html")
    assert broken_rules(judge, "# " + "x" * 12) == ["max_line_chars", "max_comment_ratio"]
    assert broken_rules(judge, "x" * 12, "a.go") == []
    assert broken_rules(judge, "x" * 12, "unknown") == []
    assert StarCoderQuality(languages="rust").languages == ("rust",)  # type: ignore[arg-type]
    with pytest.raises(RecipeError, match="unknown language 'klingon'"):
        StarCoderQuality(languages=("klingon",))


@pytest.mark.parametrize(
    ("text", "path", "rules"),
    [
        ("/* AUTO-GENERATED file */\nint x;", "a.c", ["remove_generated"]),
        ("\n\n\n\n// this file is generated by hand", "a.c", ["remove_generated"]),
        ("// Code generated by a tool. DO NOT EDIT.\n", "a.go", ["remove_generated"]),
        ("// Generated by a tool;\n// do not edit.\n", "a.go", []),
        ("\n\n\n\n\n// this file is generated by hand", "a.c", []),
        (f"{'x' * 111};", "a.js", ["remove_minified", "max_mean_line_chars"]),
        ("short();", "a.min.js", ["remove_minified"]),
        (f"{'x' * 111};", "a.go", ["max_mean_line_chars"]),
        ("", "a.js", ["min_alnum_ratio"]),
    ],
)
def test_codex(text: str, path: str, rules: list[str]) -> None:
    assert broken_rules(CodexQuality(config_or_test_keep_fraction=None), text, path) == rules


def test_configuration_and_tests_are_drawn_by_id() -> None:
    judge = CodexQuality(config_or_test_keep_fraction=0.3)
    texts = ["# Configuration file\nx = 1", "test()", "latest = 1\n" + "x = value\n" * 39, "plain = code\n"] * 50
    measured = judge.measure(make_batch(texts))["codex.config_or_test_draw"].to_pylist()
    drawn = [value is not None for value in measured]
    assert drawn == [True, True, False, False] * 50
    kept = sum(value <= 0.3 for value in measured if value is not None)
    assert 15 <= kept <= 45
    reversed_batch = make_batch(texts[::-1], positions=list(range(len(texts)))[::-1])
    assert judge.measure(reversed_batch)["codex.config_or_test_draw"].to_pylist() == measured[::-1]
    other = CodexQuality(salt="x").measure(make_batch(texts))["codex.config_or_test_draw"].to_pylist()
    assert other != measured
    assert 0 < draw("", "") <= 1


def test_wrong_thresholds_are_refused() -> None:
    with pytest.raises(RecipeError, match="config_or_test_keep_fraction"):
        CodexQuality(config_or_test_keep_fraction=1.5)
    with pytest.raises(RecipeError, match="min_comment_ratio"):
        StarCoderQuality(min_comment_ratio=0.9)
