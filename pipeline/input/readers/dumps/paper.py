"""Papers in LaTeX, as arXiv keeps them: the source without what is no text, its own macros replaced."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from ...inputs import InputOptions
from ...parts import Part
from ...signatures import LATEX_CLASS, LATEX_SUFFIXES
from ..records import FIRST_BYTES, Document, Quarantined, Record, without_surrogates
from ..text import read_whole
from .latex_macros import BoundError, Macros
from .latex_source import BEGIN, MARKED, BinaryError, SourceBuilder, TooLargeError, cut_preamble, is_source, taken_in

LARGEST_SOURCE_BYTES = 10_000_000
"""Longer books than any are a tenth of it; beyond, LaTeX is a dump of data."""
STANDALONE = re.compile(r"^[^%\n]*\\documentclass\s{0,50}(?:\[[^\]]{0,500}\])?\s{0,50}\{standalone\}", re.MULTILINE)
BIBLIOGRAPHY = re.compile(r"\\begin\s*\{(thebibliography|references|REFERENCES|biblist|bibdiv)\}")
CITING = re.compile(
    r"\\(?:bibliography(?:style)?|addbibresource|nocite)\s{0,50}(?:\[[^\]\n]{0,300}\])?\s{0,50}\{[^{}]{0,2000}\}"
    r"|\\printbibliography\b\s*(?:\[[^\]]{0,500}\])?"
)
XSPACE = re.compile(r"\\xspace(?![A-Za-z])(?:\{\})?")
ARXIV = re.compile(r"(?<!\d)(\d{4}\.\d{4,5})(?:v\d+)?(?!\d)|\b([a-z-]{2,10}(?:\.[A-Z]{2})?)_?(\d{7})(?!\d)")
LIKELY = ("main", "ms", "paper", "article", "manuscript", "arxiv", "root", "draft")


def read_latex(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a LaTeX file; what it would take in from other files is named in the metadata."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    name = PurePosixPath(part.source).name
    yield paper({name: content}, name, part.source, 0, options)


def find_main(members: Mapping[str, bytes]) -> str | None:
    """The member that is the paper itself, which takes in others; None where there is none."""
    texts = {name: content.decode("latin-1") for name, content in members.items() if is_source(name, content)}
    named = _named_main(members)
    if named is not None:
        return named
    whole = [name for name, text in texts.items() if LATEX_CLASS.search(text) and BEGIN.search(text)]
    taken = {found for name in texts for found in taken_in(name, texts[name], members) if found != name}

    def rank(name: str) -> tuple[bool, bool, int, bool, int, str]:
        likely = any(PurePosixPath(name).stem.lower().startswith(word) for word in LIKELY)
        depth = name.count("/")
        return (name in taken, STANDALONE.search(texts[name]) is not None, depth, not likely, -len(texts[name]), name)

    if whole:
        return min(whole, key=rank)
    plain = [
        name for name, text in texts.items() if re.search(r"\\bye\b|\\begin\s*\{document\}|\\magnification\b", text)
    ]
    loose = plain or [name for name in texts if name not in taken]
    return min(loose, key=rank) if plain or len(loose) == 1 else None


def paper(
    members: Mapping[str, bytes],
    main: str,
    source: str,
    position: int,
    options: InputOptions,
    *,
    used: set[str] | None = None,
) -> Record:
    """The document of a paper: its source without comments, preamble and bibliography, its own macros replaced.

    Commands for sections, formulas, tables and references stay as they are written, as in RedPajama. Title and
    abstract stay also where they stand in the preamble.

    Args:
        members: Files by their names.
        main: The name of the file that takes in the others.
        source: Where they come from.
        position: Where the document stands there.
        options: How to read.
        used: Gets the names of the files that the document is made of.
    """
    builder = SourceBuilder(members, min(options.max_document_bytes, LARGEST_SOURCE_BYTES))
    try:
        text = builder.load(main, ())
    except TooLargeError as error:
        return Quarantined(source=source, position=position, error="too_large", detail=str(error))
    except BinaryError as error:
        first = members[main][:FIRST_BYTES]
        return Quarantined(source=source, position=position, error="binary", detail=str(error), first_bytes=first)
    if used is not None:
        used |= builder.used
    preamble, body = cut_preamble(text)
    metadata: dict[str, Any] = {}
    try:
        macros = Macros(len(text))
        preamble = macros.expand(preamble)
        body = macros.expand(body)
    except (BoundError, RecursionError):
        metadata["macros_replaced"] = False
    head = [found for name in ("title", "abstract") if (found := _command(preamble, name))]
    body = _without_bibliography(body)
    if len(body) > options.max_document_bytes:
        detail = f"a paper of {len(body)} characters; the limit is {options.max_document_bytes}"
        return Quarantined(source=source, position=position, error="too_large", detail=detail)
    text = "\n\n".join([*head, body])
    title = _plain(_argument(_command(text, "title")))
    text = MARKED.sub(lambda match: builder.aside[int(match[1])], XSPACE.sub("", text))
    text = re.sub(r"\n[ \t]*(?:\n[ \t]*)+\n", "\n\n", text).strip()
    if title:
        metadata["title"] = title
    if len(members) > 1:
        metadata["main_file"] = main
        unread = sorted(name for name in members if name.lower().endswith(LATEX_SUFFIXES) and name not in builder.used)
        if unread:
            metadata["left_out"] = unread
    if builder.missing:
        metadata["missing"] = sorted(builder.missing)
    identifier = ARXIV.search(posixpath.basename(source))
    if identifier is None and len(members) > 1:
        identifier = ARXIV.search(posixpath.dirname(source))
    url = None
    if identifier is not None:
        metadata["arxiv_id"] = identifier[1] or f"{identifier[2]}/{identifier[3]}"
        url = f"https://arxiv.org/abs/{metadata['arxiv_id']}"
    return Document(position=position, text=without_surrogates(text), kind="other", url=url, metadata=metadata)


def _named_main(members: Mapping[str, bytes]) -> str | None:
    """The main file that arXiv's own note names."""
    for name, content in members.items():
        stem = posixpath.basename(name)
        if stem == "00README.json":
            try:
                sources = json.loads(content).get("sources", [])
                found = next(entry["filename"] for entry in sources if entry.get("usage") == "toplevel")
            except (ValueError, AttributeError, KeyError, TypeError, StopIteration, RecursionError):
                continue
        elif stem.startswith("00README"):
            match = re.search(r"^(\S{1,300})\s+toplevelfile\b", content.decode("latin-1"), re.MULTILINE)
            found = match[1] if match else ""
        else:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), str(found)))
        if path in members:
            return path
    return None


def _without_bibliography(text: str) -> str:
    pieces: list[str] = []
    position = 0
    while (found := BIBLIOGRAPHY.search(text, position)) is not None:
        pieces.append(text[position : found.start()])
        closing = f"\\end{{{found[1]}}}"
        end = text.find(closing, found.end())
        if end < 0:
            return CITING.sub("", "".join(pieces))
        position = end + len(closing)
    pieces.append(text[position:])
    return CITING.sub("", "".join(pieces))


def _command(text: str, name: str) -> str:
    """A command or an environment of a name with what it holds, or nothing."""
    environment = re.search(rf"\\begin\s*\{{{name}\}}", text)
    if environment is not None:
        closing = f"\\end{{{name}}}"
        end = text.find(closing, environment.end())
        return text[environment.start() : end + len(closing)] if end >= 0 else ""
    command = re.search(rf"\\{name}\s{{0,50}}(?:\[[^\]]{{0,500}}\])?\s{{0,50}}(?=\{{)", text)
    if command is None:
        return ""
    depth = 0
    for brace in re.finditer(r"\\.|[{}]", text[command.end() : command.end() + 20_000], re.DOTALL):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return text[command.start() : command.end() + brace.end()]
    return ""


def _argument(command: str) -> str:
    return command[command.find("{") + 1 : -1]


def _plain(title: str) -> str:
    """A title without the commands for its looks."""
    text = re.sub(r"\\(?:thanks|footnote)\s*\{[^{}]*\}", "", title)
    text = re.sub(r"\\\\|~", " ", text)
    return " ".join(re.sub(r"\\(?![$%&#_{}])[A-Za-z@]+\*?\s?|(?<!\\)[{}]", "", text).split())
