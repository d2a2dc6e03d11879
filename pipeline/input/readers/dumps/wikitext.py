"""Wikitext to text, in a few passes whose time grows with the length alone, whatever is nested or never closed."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from .wiki_templates import template_text

DEEPEST = 60
"""Markup nested deeper is taken for text; MediaWiki itself stops at 40 templates."""
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
KEPT_RAW = frozenset({"nowiki", "math", "chem", "ce", "pre", "code", "source", "syntaxhighlight"})
RAW = re.compile(
    r"<(nowiki|math|chem|ce|pre|code|source|syntaxhighlight|score|timeline|hiero|graph|gallery|imagemap|templatedata"
    r"|templatestyles|mapframe|maplink|inputbox|categorytree|style|script|includeonly)\b([^<>]*?)(/?)>",
    re.IGNORECASE,
)
"""Tags whose content is no wikitext; what is not kept of them is no text either."""
REFERENCE = re.compile(r"<ref(?:\s[^<>]*?)?(/?)>|</ref\s*>|</?references\b[^<>]*>", re.IGNORECASE)
DEEPEST_ARGUMENTS = 8
ARGUMENT = re.compile(r"\{\{\{[^{}|]*(?:\|([^{}]*))?\}\}\}")
TOKEN = re.compile(
    r"\{\{|\}\}|\[\[|\]\]|^[ \t:*#]*\{\|(?!\})|^[ \t]*\|\}(?!\}(?!\}))"
    r"|\[(?=(?:https?://|ftp://|mailto:|//)[^\s\[\]<>\"])|\]",
    re.IGNORECASE | re.MULTILINE,
)
CLOSES = {"}}": "{{", "]]": "[[", "|}": "{|", "]": "["}
BREAK = re.compile(r"<(?:br|hr)\b[^<>]*>", re.IGNORECASE)
BLOCK = re.compile(r"</?(?:p|div|blockquote|center|ul|ol|dl|dd|dt|table|tr|poem|h[1-6])\b[^<>]*>", re.IGNORECASE)
ITEM = re.compile(r"<li\b[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*(?:\s[^<>]*)?/?>")
SWITCH = re.compile(r"__[A-ZÀ-ÞА-ЯΑ-Ω]{3,30}__")
QUOTES = re.compile(r"'{2,}")
VARIANTS = re.compile(r"-\{(?:([^{}|]{0,20})\|)?([^{}]*)\}-")
HEADING = re.compile(r"(={1,6})(.+?)(={1,6})[ \t]*")
LIST = re.compile(r"([*#:;]+)[ \t]*")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z]{2,12}){0,2}|simple")
URL = re.compile(r"(?:https?:|ftp:|mailto:|//)\S*", re.IGNORECASE)
ATTRIBUTE = re.compile(r"\s*(?:nowrap\s*\Z|[\w-]{1,30}\s*=)")
LONGEST_ATTRIBUTES = 500
LEFT_BRACKETS = re.compile(r"[(（][\s,;:，；、]{0,20}[)）]")
LEFT_COMMAS = re.compile(r"(?<=[(（])[\s,;，；、]{1,20}|[\s,;，；、]{1,20}(?=[)）])")
MARK, CELL = "\x02", "\x03"
"""Stand for what is put aside, and between cells; no page holds them, because XML may not."""
MARKED = re.compile(f"{MARK}(\\d+){MARK}")


@dataclass(frozen=True)
class Namespaces:
    """What a wiki calls two of its namespaces, lower case; the English names are always known."""

    files: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


@dataclass
class Page:
    """What a page's wikitext says."""

    text: str
    categories: list[str] = field(default_factory=list)


def page_text(source: str, names: Namespaces) -> Page:
    """Text of a page: headings, paragraphs, lists, rows of tables, formulas as they are written.

    Left out are references, files, templates that stand for no words (infoboxes, navigation), and sections that are
    empty without them.
    """
    parser = _Parser(names)
    text = COMMENT.sub("", source.replace(MARK, "").replace(CELL, ""))
    text = _without_references(parser.put_aside(text))
    text = parser.resolve(_without_arguments(text))
    text = BREAK.sub("\n", text)
    text = TAG.sub("", ITEM.sub("\n* ", BLOCK.sub("\n", text)))
    text = VARIANTS.sub(_variant, SWITCH.sub("", QUOTES.sub(_quotes, text)))
    text = html.unescape(text).replace("\xa0", " ")
    text = LEFT_COMMAS.sub("", LEFT_BRACKETS.sub("", text))
    text = _lines(text).replace(CELL, " | ")
    text = MARKED.sub(lambda match: parser.aside[int(match[1])], text)
    return Page(re.sub(r"\n{3,}", "\n\n", text).strip(), parser.categories)


@dataclass
class _Frame:
    """Markup that has been opened."""

    opening: str
    pieces: list[str] = field(default_factory=list)


class _Parser:
    def __init__(self, names: Namespaces) -> None:
        self._files = names.files | {"file", "image", "media"}
        self._categories = names.categories | {"category"}
        self.aside: list[str] = []
        self.categories: list[str] = []

    def put_aside(self, text: str) -> str:
        """Put aside what is no wikitext, such as formulas and source code; leave out what is no text."""
        pieces: list[str] = []
        position = 0
        unclosed: set[str] = set()
        while (found := RAW.search(text, position)) is not None:
            name = found[1].lower()
            pieces.append(text[position : found.start()])
            position = found.end()
            if found[3] or name in unclosed:
                continue
            closing = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, position)
            if closing is None:
                unclosed.add(name)  # not looked for again and again
                continue
            if name in KEPT_RAW:
                pieces.append(self._keep(name, html.unescape(text[position : closing.start()])))
            position = closing.end()
        pieces.append(text[position:])
        return "".join(pieces)

    def _keep(self, name: str, content: str) -> str:
        if name in ("math", "chem", "ce"):
            content = f"${content.strip()}$" if content.strip() else ""
        elif name in ("pre", "source", "syntaxhighlight"):
            content = content.strip("\n")
        if not content:
            return ""
        self.aside.append(content)
        return f"{MARK}{len(self.aside) - 1}{MARK}"

    def resolve(self, text: str) -> str:
        """Replace templates, links and tables by their text, the inner before the outer."""
        stack = [_Frame("")]
        position = 0
        for token in TOKEN.finditer(text):
            before = text[position : token.start()]
            stack[-1].pieces.append(before)
            if stack[-1].opening == "[" and "\n" in before:  # such a link never goes over a line's end
                _give_up(stack, len(stack) - 1)
            position = token.end()
            mark = token[0].strip(" \t:*#") if token[0] not in CLOSES else token[0]
            if mark in CLOSES:
                if not self._close(stack, mark):
                    stack[-1].pieces.append(token[0])
                continue
            if len(stack) > DEEPEST:
                _give_up(stack, 1)
            stack.append(_Frame(mark))
        stack[-1].pieces.append(text[position:])
        _give_up(stack, 1)
        return "".join(stack[0].pieces)

    def _close(self, stack: list[_Frame], mark: str) -> bool:
        wanted = CLOSES[mark]
        depth = len(stack) - 1
        while depth and stack[depth].opening != wanted:
            # A table's end within a template, or a link's within a table, is no end of what it stands in.
            if stack[depth].opening == "{|" or (mark in ("]", "]]") and stack[depth].opening == "{{"):
                return False
            depth -= 1
        if not depth:
            return False
        _give_up(stack, depth + 1)
        content = "".join(stack.pop().pieces)
        stack[-1].pieces.append(self._resolved(wanted, content))
        return True

    def _resolved(self, opening: str, content: str) -> str:
        if opening == "{{":
            return template_text(content)
        if opening == "[[":
            return self._link(content)
        return _table(content) if opening == "{|" else _external(content)

    def _link(self, content: str) -> str:
        target, bar, shown = content.partition("|")
        target = target.strip()
        if URL.match(target):
            return f"[{_external(content)}]"
        namespace, colon, rest = target.partition(":")
        name = namespace.strip().lower().replace("_", " ")
        if colon and name in self._files:
            return ""
        if colon and name in self._categories:
            if category := rest.replace("_", " ").strip():
                self.categories.append(category)
            return ""
        if colon and not bar and LANGUAGE.fullmatch(namespace):
            return ""
        if shown.strip():
            return shown
        return target.removeprefix(":").replace("_", " ")


def _without_arguments(text: str) -> str:
    """Replace arguments by what they are when none is given, the inner before the outer."""
    for _ in range(DEEPEST_ARGUMENTS):
        text, found = ARGUMENT.subn(lambda match: match[1] or "", text)
        if not found:
            break
    return text


def _give_up(stack: list[_Frame], keep: int) -> None:
    """What was opened beyond so many frames, and is not closed, is text; a table ends with the page."""
    for frame in stack[keep:]:
        stack[keep - 1].pieces += [_table("".join(frame.pieces))] if frame.opening == "{|" else [
            frame.opening, *frame.pieces
        ]  # fmt: skip
    del stack[keep:]


def _external(content: str) -> str:
    """The words of a link ``[https://… words]``; one without words is left out."""
    return content.strip().partition(" ")[2].strip()


def _table(content: str) -> str:
    """Rows of a table, a line each."""
    rows: list[list[str]] = [[]]
    _, _, body = content.partition("\n")
    for line in body.split("\n"):
        stripped = line.strip()
        if stripped.startswith(("|-", "|+")):
            rows.append([_cell(stripped[2:])] if stripped.startswith("|+") else [])
        elif stripped.startswith(("|", "!")):
            cells = re.split(r"\|\||!!", stripped[1:]) if stripped[0] == "!" else stripped[1:].split("||")
            rows[-1] += [_cell(cell) for cell in cells]
        elif stripped and rows[-1]:
            rows[-1][-1] = f"{rows[-1][-1]} {stripped}".strip()
    lines = [CELL.join(cell for cell in row if cell) for row in rows]
    return "\n\n" + "\n".join(line for line in lines if line) + "\n\n"


def _cell(cell: str) -> str:
    attributes, bar, text = cell.partition("|")
    is_text = not bar or len(attributes) > LONGEST_ATTRIBUTES or ATTRIBUTE.match(attributes) is None
    return (cell if is_text else text).strip()


def _without_references(text: str) -> str:
    pieces: list[str] = []
    position, opened = 0, -1
    for tag in REFERENCE.finditer(text):
        closing = tag[0][1] == "/"
        if closing and opened >= 0 and "references" not in tag[0].lower():
            del pieces[opened:]
        else:
            pieces.append(text[position : tag.start()])
        opened = -1 if closing or tag[1] or "references" in tag[0].lower() else len(pieces)
        position = tag.end()
    pieces.append(text[position:])
    return "".join(pieces)


def _quotes(match: re.Match[str]) -> str:
    """Marks of bold and italic; the apostrophes that are left over belong to the text."""
    return "'" * {4: 1}.get(len(match[0]), max(0, len(match[0]) - 5))


def _variant(match: re.Match[str]) -> str:
    """The first of the spellings that a wiki in several scripts has for something."""
    flags, content = match[1] or "", match[2]
    if "H" in flags or "T" in flags:
        return ""
    first = content.split(";")[0]
    return first.partition(":")[2] if ":" in first and first.partition(":")[0].strip().isascii() else first


def _lines(text: str) -> str:
    """Headings and lists line by line; headings that nothing follows are left out."""
    lines: list[str] = []
    waiting: list[tuple[int, str]] = []
    numbers: dict[str, int] = {}
    for raw in text.split("\n"):
        line = " ".join(raw.split()) if MARK not in raw and CELL not in raw else raw.rstrip()
        heading = HEADING.fullmatch(line) if line.startswith("=") else None
        if heading is not None and heading[2].strip():
            level = min(len(heading[1]), len(heading[3]))
            waiting = [held for held in waiting if held[0] < level] + [(level, heading[2].strip(" ="))]
            continue
        item = LIST.match(line)
        if item is not None:
            line = _item(item[1], line[item.end() :], numbers)
        elif line:
            numbers.clear()
        if line.strip() and waiting:
            for _, title in waiting:
                lines += ["", title, ""]
            waiting = []
        lines.append(line)
    return "\n".join(lines)


def _item(marks: str, content: str, numbers: dict[str, int]) -> str:
    for deeper in [known for known in numbers if len(known) > len(marks)]:
        del numbers[deeper]
    if not content.strip(" :;,."):
        return ""
    indent = "  " * (len(marks) - 1)
    if marks[-1] == "#":
        numbers[marks] = numbers.get(marks, 0) + 1
        return f"{indent}{numbers[marks]}. {content}"
    return f"{indent}- {content}" if marks[-1] == "*" else content
