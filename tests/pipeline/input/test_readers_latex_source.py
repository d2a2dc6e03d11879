"""The source of a paper: which files it takes in, what is a comment, in which charset it is."""

import pytest

from textmill.pipeline.input.readers.dumps.latex_source import (
    MARKED,
    BinaryError,
    SourceBuilder,
    TooLargeError,
    cut_preamble,
    is_source,
    taken_in,
)


def source_of(main: str | bytes, limit: int = 10**6, **members: str | bytes) -> tuple[str, list[str], list[str]]:
    """The source of a paper in a folder, the files that it is made of, and what is missing."""
    given = {"d/a.tex": main, **members}
    content = {name: text if isinstance(text, bytes) else text.encode() for name, text in given.items()}
    builder = SourceBuilder(content, limit)
    text = builder.load("d/a.tex", ())
    whole = MARKED.sub(lambda match: builder.aside[int(match[1])], text)
    return whole, sorted(builder.used - {"d/a.tex"}), sorted(builder.missing)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a % b\nc", "a \nc"), ("a\n  % b\n  c", "a\n  c"), ("% b\nc", "c"), ("a \\% b % c", "a \\% b "),
        ("a\\\\% b\nc", "a\\\\\nc"), ("a%", "a"), ("x\n%", "x\n"), ("  \t% only\nb", "b"), ("a % c\n\nd", "a \n\nd"),
        ("\\verb|%a| b", "\\verb|%a| b"), ("\\verb*+%+ c % d", "\\verb*+%+ c "), ("\\verb|open\nx", "\\verb|open\nx"),
        ("\\verb|" + "x" * 999 + "|%y", "\\verb|" + "x" * 999 + "|"), ("\\verb|" + "%" * 1000 + "|", "\\verb|"),
        ("\\begin {minted}{py}\n% k\n\\end{minted}", "\\begin {minted}{py}\n% k\n\\end{minted}"),
        ("\\begin{comment}% x\n\\end{comment}y", "y"), ("\\begin{filecontents}{a}b\\end{filecontents}c", "c"),
        ("\\begin{filecontents*}{a}b\\end{filecontents*}c", "c"), ("\\begin{verbatim}% never", "\\begin{verbatim}"),
        ("\\begin{comment}% never\nx", "\\begin{comment}\nx"),
        ("\\begin{comment}a\\begin{comment}b", "\\begin{comment}a\\begin{comment}b"),
        ("a\\iffalse b\\iftrue c\\fi d\\fi e", "a e"), ("a\\iffalse b", "a\\iffalse b"),
        ("a\\iff b\\fi", "a\\iff b\\fi"),
        ("\\iffalse\\ifx a\\else b\\fi\\fi c\\iffalse d\\iffalse\\fi\\fi", " c"), ("\r\na\rb\r\n", "\na\nb\n"),
        ("\\iffalse\\iff a\\fi b\\fi", " b\\fi"), ("a\x02b", "ab"),
        ("\\begin{tabbing}%\\end{tabbing}", "\\begin{tabbing}"),
    ],
)  # fmt: skip
def test_comments_go_and_code_stays(source: str, text: str) -> None:
    assert source_of(source) == (text, [], [])


@pytest.mark.parametrize("name", ["verbatim", "verbatim*", "Verbatim", "lstlisting", "minted", "alltt"])
def test_in_source_code_nothing_is_a_comment(name: str) -> None:
    code = f"\\begin{{{name}}}\n% k \\iffalse \\input{{b}}\n\\end{{{name}}}"
    assert source_of(f"{code}% gone") == (code, [], [])


@pytest.mark.parametrize(
    ("source", "members", "text", "missing"),
    [
        ("\\input{b}", {"d/b.tex": "B"}, "B", []), ("\\input b ", {"d/b.tex": "B"}, "B ", []),
        ("\\input b.tex\n", {"d/b.tex": "B"}, "B\n", []), ("\\input{ b }", {"d/b": "B"}, "B", []),
        ("\\include{s/b}", {"d/s/b.tex": "B \\input{c}\\input{s/c}", "d/s/c.tex": "C"}, "B CC", []),
        ("\\subfile{b}\\subfileinclude{c}",
         {"d/b.tex": "%x\n\\documentclass{a}\\begin{document}B\\end{document}y", "d/c.tex": "C"}, "BC", []),
        ("\\import{s/}{b}\\subimport*{s}{c}\\import{}{e}",
         {"d/s/b.tex": "B", "d/s/c.tex": "C", "d/e.tex": "E"}, "BCE", []),
        ("\\@input{b.tex}", {"d/b.tex": "B"}, "B", []),
        ("\\input{b.bbl}\\input{x.sty}\\input{p.pdf_tex}\\input{g}",
         {"d/b.bbl": "B", "d/x.sty": "S", "d/p.pdf_tex": "P", "d/g": "G"}, "SPG", []),
        ("\\input{b.png}", {"d/b.png": "x"}, "", []), ("\\input{b.BBL}\\input{c.bib}", {"d/c.bib": "x"}, "", []),
        ("\\input{\\x}\\input{#1}\\input{no}\\input{a/no}", {}, "", ["a/no", "no"]),
        ("\\inputx{b}\\input@{b}", {"d/b.tex": "B"}, "\\inputx{b}\\input@{b}", []),
        ("\\input{b}c", {"d/b.tex": "B\\endinput C"}, "Bc", []), ("\\input{b}", {"d/b.tex": "B\\bye C"}, "B", []),
        ('\\input{"b"}', {"d/b.tex": "B"}, "B", []),
        ("\\input{./b}\\input{../b}", {"d/b.tex": "B", "b.tex": "U"}, "BU", []),
        ("\\input{b}", {"./d/b.tex": "B"}, "B", []), ("\\input{b}", {"d/b.tex": b"B\0"}, "", []),
        ("\\input{b}\\input{b}", {"d/b.tex": "%only\nB"}, "BB", []),
        ("\\input{b}", {"d/b.tex": "\\input{s/c}", "d/s/c.tex": "\\input{e}", "d/s/e.tex": "E"}, "E", []),
        ("\\input{b}", {"d/b.tex": "B", "d/b": "never"}, "B", []),
    ],
)  # fmt: skip
def test_which_files_a_paper_takes_in(
    source: str, members: dict[str, str | bytes], text: str, missing: list[str]
) -> None:
    whole, _, not_there = source_of(source, **members)
    assert (whole, not_there) == (text, missing)


def test_which_files_were_used() -> None:
    members = {"d/b.tex": "\\input{c.def}", "d/c.def": "C", "d/e.tex": "E", "d/f.png": "F"}
    assert source_of("\\input{b}\\input{f.png}", **members)[1] == ["d/b.tex", "d/c.def"]


def test_the_files_that_a_file_names() -> None:
    text = "\\input{b}\\import{s/}{c}\\input{no}\\include e \\@input{f.tex}\\subfile{/d/b}"
    members = dict.fromkeys(("d/b.tex", "d/s/c.tex", "d/e", "d/f.tex", "/d/b.tex", "b.tex"), b"")
    assert list(taken_in("d/a.tex", text, members)) == ["d/b.tex", "d/s/c.tex", "d/e", "d/f.tex", "/d/b.tex"]


def test_files_are_taken_in_so_deep() -> None:
    members: dict[str, str | bytes] = {f"d/f{n}.tex": f"{n} \\input{{f{n + 1}}}" for n in range(1, 20)}
    assert source_of("0 \\input{f1}", **members)[0].split() == [str(number) for number in range(16)]


def test_how_long_all_files_may_be_together() -> None:
    assert source_of("12\\input{b}", 14, **{"d/b.tex": "345"})[0] == "12345"
    with pytest.raises(TooLargeError) as told:
        source_of("12\\input{b}", 13, **{"d/b.tex": "345"})
    assert str(told.value) == "with all that it takes in, the paper is longer than the limit of 13 bytes"
    with pytest.raises(BinaryError, match="not text: it holds NUL bytes"):
        source_of(b"x" * 999 + b"\0")
    assert source_of(b"x" * 1000 + b"\0")[0][:1000] == "x" * 1000


@pytest.mark.parametrize(
    ("name", "letter", "codec"),
    [
        ("latin1", "ø", "cp1252"), ("latin2", "č", "iso8859-2"), ("latin9", "Œ", "iso8859-15"),
        ("ansinew", "ø", "cp1252"),
        ("applemac", "π", "mac-roman"), ("koi8-r", "ю", "koi8-r"), ("cp1251", "Ж", "cp1251"), ("cp866", "Ж", "cp866"),
        ("cp1250", "č", "cp1250"),
    ],
)  # fmt: skip
def test_a_declared_charset_of_a_paper_holds_for_its_files(name: str, letter: str, codec: str) -> None:
    content = f"\\usepackage[{name}]{{inputenc}}\\input{{b}} {letter}".encode(codec)
    members = {"d/b.tex": f"more {letter}".encode(codec)}
    assert source_of(content, **members)[0] == f"\\usepackage[{name}]{{inputenc}}more {letter} {letter}"
    spaced = f"\\usepackage [ {name} ] {{inputenc}} {letter}".encode(codec)
    assert source_of(spaced)[0].endswith(f" {letter}")


SOURCES = [
    "a",
    "a.tex",
    "a.TEX",
    "a.ltx",
    "a.latex",
    "a.tikz",
    "a.pgf",
    "a.def",
    "a.cfg",
    "a.txt",
    "a.pdf_tex",
    "a.pstex_t",
]


def test_which_files_are_sources() -> None:
    others = ["a.bbl", "a.bib", "a.cls", "a.bst", "a.log", "a.aux"]
    assert [name for name in (*SOURCES, "a.sty", *others, "a.png") if is_source(name, b"x")] == [*SOURCES, "a.sty"]
    whole = b"\\documentclass{a}"
    assert [name for name in (*others, "a.png", "a.c") if is_source(name, whole)] == ["a.png", "a.c"]
    assert not any(is_source(name, b"\0") for name in (*SOURCES, "a.sty", *others, "a.png"))
    assert is_source("a.tex", b"x" * 1000 + b"\0")
    assert is_source("a.png", b"%" * 19_982 + b"\n" + whole)
    assert not is_source("a.png", b"%" * 20_000 + b"\n" + whole)


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("a\\begin {document}b\\end{document}c", ("a", "b")), ("a\\begin{document}b", ("a", "b")),
        ("\\documentclass[a]{b}x\\bye y", ("", "x")), ("\\documentstyle {b}x\\endinput y", ("", "x")),
        ("x\\byes\\end {document}y", ("", "x\\byes")),
    ],
)  # fmt: skip
def test_preamble_and_body(source: str, parts: tuple[str, str]) -> None:
    assert cut_preamble(source) == parts
