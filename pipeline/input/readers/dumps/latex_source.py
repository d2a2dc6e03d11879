"""The source of one LaTeX document, put together from the files that it takes in, without comments."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from ...charsets import decode
from ...signatures import LATEX_CLASS, LATEX_SUFFIXES

BEGIN = re.compile(r"\\begin\s*\{document\}")
END = re.compile(r"\\end\s*\{document\}|\\bye\b|\\endinput\b")
ENCODING = re.compile(rb"\\usepackage\s*\[\s*([\w-]{1,20})\s*\]\s*\{inputenc\}")
ENCODINGS = {"latin1": "cp1252", "latin2": "iso8859-2", "latin9": "iso8859-15", "ansinew": "cp1252",
             "applemac": "mac-roman", "koi8-r": "koi8-r",
             "cp1251": "cp1251", "cp866": "cp866", "cp1250": "cp1250"}  # fmt: skip
QUIET = re.compile(
    r"\\[^A-Za-z]|%[^\n]*|\\begin\s*\{(verbatim\*?|Verbatim\*?|lstlisting|minted|alltt|comment|filecontents\*?)\}"
    r"|\\iffalse\b|\\verb\*?([^A-Za-z\s*])|\\(?:url|path|nolinkurl|href)\s*\{[^{}\n]{0,2000}\}",
    re.DOTALL,
)
"""What hides a percent sign, and what a percent sign hides."""
CONDITION = re.compile(r"\\(?:if(?!f\b|false\b)[A-Za-z@]+|iffalse|fi\b)")
GONE = frozenset({"comment", "filecontents", "filecontents*"})
INPUT = re.compile(
    r"\\(?:input|include|subfile|subfileinclude|@input)(?![A-Za-z@])\s*(?:\{\s*([^{}\n]{1,300}?)\s*\}|([^\s{}\\%]{1,300}))"
    r"|\\(?:import|subimport)\*?\s*\{([^{}\n]{0,300})\}\s*\{([^{}\n]{1,300})\}"
)
DEEPEST = 15
MARK = "\x02"
MARKED = re.compile(f"{MARK}(\\d+){MARK}")


class TooLargeError(Exception):
    """The files that are taken in are longer together than the limit."""


class BinaryError(Exception):
    """A file that is no text."""


class SourceBuilder:
    """Puts a source together from the files that it takes in."""

    def __init__(self, members: Mapping[str, bytes], limit: int) -> None:
        self._members = members
        self._limit = self._left = limit
        self._encoding: str | None = None
        self.aside: list[str] = []
        self.used: set[str] = set()
        self.missing: set[str] = set()

    def load(self, name: str, inside: tuple[str, ...]) -> str:
        """A file without comments, with all that it takes in."""
        content = self._members[name]
        if b"\0" in content[:1000]:
            raise BinaryError("not text: it holds NUL bytes")
        self._left -= len(content)
        if self._left < 0:
            raise TooLargeError(f"with all that it takes in, the paper is longer than the limit of {self._limit} bytes")
        self.used.add(name)
        declared = ENCODING.search(content)
        if declared is not None:
            self._encoding = ENCODINGS.get(declared[1].decode("ascii"), self._encoding)
        text = decode(content, (self._encoding,)).text.replace("\r\n", "\n").replace("\r", "\n").replace(MARK, "")
        text = self._quieted(text)
        if inside:
            text = cut_preamble(text)[1] if BEGIN.search(text) else END.split(text)[0]
        folder = posixpath.dirname(name)

        def take(match: re.Match[str]) -> str:
            wanted = posixpath.join(match[3], match[4]) if match[4] else match[1] or match[2]
            if wanted.lower().endswith(".bbl"):
                return ""
            found = resolve(wanted, folder, posixpath.dirname(inside[0] if inside else name), self._members)
            if found is None:
                if "\\" not in wanted and "#" not in wanted:
                    self.missing.add(wanted)
                return ""
            if found == name or found in inside or len(inside) >= DEEPEST or not is_source(found, self._members[found]):
                return ""
            return self.load(found, (*inside, name))

        return INPUT.sub(take, text)

    def _quieted(self, text: str) -> str:
        """Without comments; source code and the like put aside, in which a percent sign is none."""
        pieces: list[str] = []
        position = 0
        unclosed: set[str] = set()
        while (found := QUIET.search(text, position)) is not None:
            pieces.append(text[position : found.start()])
            position = found.end()
            if found[0].startswith("%"):
                position = _behind_comment(text, found, pieces)
            elif found[1] is not None and found[1] not in unclosed:
                end = text.find(f"\\end{{{found[1]}}}", position)
                if end < 0:
                    unclosed.add(found[1])
                    pieces.append(found[0])
                    continue
                position = end + len(found[1]) + 6
                if found[1] not in GONE:
                    pieces.append(self._put(text[found.start() : position]))
            elif found[2] is not None:
                end = text.find(found[2], position, position + 1000)
                position = end + 1 if end >= 0 else position
                pieces.append(self._put(text[found.start() : position]))
            elif found[0] == "\\iffalse" and "iffalse" not in unclosed:
                behind = _end_of_condition(text, position)
                if behind is None:
                    unclosed.add("iffalse")
                    pieces.append(found[0])
                else:
                    position = behind
            else:
                pieces.append(found[0])
        pieces.append(text[position:])
        return "".join(pieces)

    def _put(self, text: str) -> str:
        self.aside.append(text)
        return f"{MARK}{len(self.aside) - 1}{MARK}"


def _behind_comment(text: str, found: re.Match[str], pieces: list[str]) -> int:
    """Where to go on behind a comment: a line that is nothing else goes with its end."""
    before = text.rfind("\n", 0, found.start()) + 1
    if not text[max(before, found.start() - 1000) : found.start()].strip() and pieces[-1].strip(" \t")[-1:] in (
        "",
        "\n",
    ):
        pieces[-1] = pieces[-1].rstrip(" \t")
        return min(found.end() + 1, len(text))
    return found.end()


def _end_of_condition(text: str, position: int) -> int | None:
    depth = 1
    for found in CONDITION.finditer(text, position):
        depth += -1 if found[0] == "\\fi" else 1
        if depth == 0:
            return found.end()
    return None


def is_source(name: str, content: bytes) -> bool:
    """Whether a file is what a document can take in."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".bbl", ".bib", ".sty", ".cls", ".bst", ".log", ".aux") or b"\0" in content[:1000]:
        return suffix in (".sty",) and b"\0" not in content[:1000]
    return (
        suffix in (*LATEX_SUFFIXES, ".tikz", ".pgf", ".def", ".cfg", ".txt", ".pdf_tex", ".pstex_t")
        or not suffix
        or (LATEX_CLASS.search(content[:20_000].decode("latin-1")) is not None)
    )


def taken_in(name: str, text: str, members: Mapping[str, bytes]) -> Iterator[str]:
    """The files that a file takes in."""
    for match in INPUT.finditer(text):
        wanted = posixpath.join(match[3], match[4]) if match[4] else match[1] or match[2]
        found = resolve(wanted, posixpath.dirname(name), posixpath.dirname(name), members)
        if found is not None:
            yield found


def resolve(wanted: str, folder: str, root: str, members: Mapping[str, bytes]) -> str | None:
    """The member that is meant by a name, below the folder of the main file or of the file that names it."""
    clean = wanted.strip().strip('"')
    for base in dict.fromkeys((root, folder)):
        for name in (f"{clean}.tex", clean):
            path = posixpath.normpath(posixpath.join(base, name))
            for spelled in (path, f"./{path}"):
                if spelled in members:
                    return spelled
    return None


def cut_preamble(text: str) -> tuple[str, str]:
    """Preamble and body of a document; the whole text is the body where there is no ``\\begin{document}``."""
    begin = BEGIN.search(text)
    if begin is None:
        body = END.split(text)[0]
        return "", re.sub(r"\\document(?:class|style)\s{0,50}(?:\[[^\]]{0,500}\])?\s{0,50}\{[^{}\n]{0,100}\}", "", body)
    return text[: begin.start()], END.split(text[begin.end() :])[0]
