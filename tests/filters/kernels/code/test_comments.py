"""Comments of source files and visible text of HTML, against slow twins and the parsers of the standard library."""

import io
import json
import re
import tokenize
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.code.comments import FAMILIES, FAMILY_OF, comment_chars, visible_chars
from textmill.filters.lists.programming_languages import DATA_LANGUAGES, PROGRAMMING_LANGUAGES

PIECES = (
    *sorted({marker for family in FAMILIES for marker in (*family.line, *(family.block or ()))}),
    '"', "'", "`",
    '"""', "'''", "\\", "\n", " ", "x", "é", "漢", "\x00", "/", "*", "-", "<b>", "<script>", "</script>", "<style ",
    "</style>", "<scripts>", ">", "<", "<?", "r",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def count(text: str, language: str | None) -> int:
    return int(comment_chars(pa.array([text], pa.large_string()), [language])[0])


def visible(text: str) -> int:
    return int(visible_chars(pa.array([text], pa.large_string()))[0])


def slow_count(text: str, language: str) -> int:
    """One pattern whose alternatives are tried in the order of the kernel."""
    family = FAMILIES[FAMILY_OF[language]]
    parts = []
    if family.block is not None:
        opening, closing = map(re.escape, family.block)
        parts.append(rf"(?P<block>{opening}(?s:.*?)(?:{closing}|\Z))")
    if family.line:
        parts.append(rf"(?P<line>(?:{'|'.join(map(re.escape, family.line))})[^\n]*)")
    if family.docstrings:
        parts.append(r"(?P<doc>(?P<q>\"\"\"|''')(?s:.*?)(?:(?P=q)|\Z))")
    for quote in family.quotes:
        stop = "" if quote == "`" else r"\n"
        parts.append(rf"{quote}(?:(?s:\\.)|\\\Z|[^\\{quote}{stop}])*{quote}?")
    chars = 0
    for match in re.finditer("|".join(parts) or r"(?!)", text):
        found = match.groupdict()
        if found.get("block") or found.get("line"):
            chars += len(match[0])
        elif found.get("doc"):
            before = text[: match.start()].rpartition("\n")[2]
            chars += len(match[0]) if not before.strip(" \t\r") else 0
    return chars


@pytest.mark.parametrize("language", sorted({family.languages.split(",")[0] for family in FAMILIES}))
@settings(max_examples=60)
@given(text=st.one_of(TRICKY, ANY_TEXT))
@example(text="")
@example(text="/*/")
@example(text='"\\')
def test_comments_are_those_of_the_pattern(language: str, text: str) -> None:
    if FAMILIES[FAMILY_OF[language]].docstrings and re.search(r"[\"'][^\n]*(\"\"\"|''')[^\n]*\n[^\n]*[\"']", text):
        text = text.replace("\n", " ")  # what begins a line is not for a pattern when a string runs over its end
    assert count(text, language) == slow_count(text, language)


def test_python_comments_are_those_of_its_tokenizer() -> None:
    for path in sorted(Path(json.__file__).parent.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        expected = 0
        for before, token in zip([None, *tokens], tokens, strict=False):
            begins_line = before is None or before.type in (
                tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT
            )  # fmt: skip
            is_docstring = token.type == tokenize.STRING and token.string[:3] in ('"""', "'''") and begins_line
            if token.type == tokenize.COMMENT or is_docstring:
                expected += len(token.string)
        assert count(text, "python") == expected


def test_unknown_languages_are_told_apart_from_none() -> None:
    assert count("# no", None) == -1
    assert count("# no", "brainfuck") == -1
    assert count("no comment", "python") == 0
    known = {name.lower() for name in (*PROGRAMMING_LANGUAGES.values(), *DATA_LANGUAGES.values())}
    assert set(FAMILY_OF) <= known | {"awk", "dockerfile", "starlark"}


class Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.chars = 0
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        self.chars += 0 if self.hidden else len(data)


def test_visible_text_is_what_the_parser_finds() -> None:
    page = (
        "<!DOCTYPE html><html><head><title>Mühle</title><style>p { color: red }</style><script src='a.js'></script>\n"
        "<SCRIPT>if (a < b) { c = '</p>' }</SCRIPT ></head><body><!-- <p> --><p class=x>Text, 3 < 4\n</p>漢字</body>"
    )
    parser = Visible()
    parser.feed(page)
    assert visible(page) == parser.chars == len("Mühle\nText, 3 < 4\n漢字")


@settings(max_examples=200)
@given(st.one_of(TRICKY, ANY_TEXT))
def test_visible_text_is_that_of_the_pattern(text: str) -> None:
    hidden = re.compile(
        r"<!--(?s:.*?)(?:-->|\Z)"
        r"|<(?P<n>script|style)(?![a-zA-Z-])[^>]*(?:\Z|>(?s:.*?)(?:</(?P=n)[^>]*(?:>|\Z)|\Z))"
        r"|<[a-zA-Z/!?][^>]*(?:>|\Z)",
        re.IGNORECASE | re.ASCII,
    )
    assert visible(text) == len(hidden.sub("", text))


def test_monotonous_texts_end() -> None:
    for piece in ("/*", '"', "<!--", "<script>", "</", "'''", "\\", "//\n", "x"):
        text = piece * 500_000
        for language in ("c", "python", "html"):
            assert 0 <= count(text, language) <= len(text)
        assert 0 <= visible(text) <= len(text)
