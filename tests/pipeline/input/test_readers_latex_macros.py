"""Macros of LaTeX are replaced by what they stand for, and those that are programs stay."""

from itertools import pairwise

import pytest

from textmill.pipeline.input.readers.dumps.latex_macros import BoundError, Macros


def expanded(text: str) -> str:
    return Macros(len(text)).expand(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\newcommand{\a}{x}\a b\a1\a{}c", "x bx1x c"), (r"\def\a{x}\a b", "x b"), (r"\gdef\a{x}\a", "x"),
        (r"\newcommand\a[1]{<#1>}\a b\a{c d}\a \b\a{", r"<b><c d><\b>\a{"),
        ("\\newcommand{\\a}[1]{<#1>}\\a\n b \\a\n\n c \\a}", "<b> \\a\n\n c \\a}"),
        (r"\newcommand{\a}[2][d]{#1#2#3}\a{x}\a[y]{z}\a[y", r"dx#3yz#3\a[y"),
        (r"\newcommand{\a}[9]{#9#1}\a123456789", "91"),
        (r"\let\a=\b \a\let\c\a\c", r" \b\b"), (r"\let\a b", r"\let\a b"),
        (r"\DeclareRobustCommand{\a}{x}\a", "x"), (r"\DeclareMathOperator\a{arg}\a{x}", r"\operatorname{arg}{x}"),
        (r"\providecommand{\a}{x}\a\providecommand{\a}{y}\a", "xx"), (r"\renewcommand{\a}{x}\a", r"\a"),
        (r"\newcommand{\a}{x}\renewcommand{\a}{y}\a", "y"), (r"\newcommand {\a} [1] {<#1>} \a x", " <x>"),
        (r"\newcommand*{\a}{x}\a", "x"), (r"\newcommand{\a}[x]{y}\a", r"\newcommand{\a}[x]{y}\a"),
        (r"\newcommand{\a}{\b}\newcommand{\b}{\a}\a", r"\b"), (r"\newcommand{\a}{\#1 #1}\a", r"\#1 #1"),
        (r"\def\a#1#2{#2#1}\a xy\a{1}{2}", "yx21"), (r"\def\a #1{x}\a y", "x"),
        (r"\def\a[#1]{x}\a[y]", r"\def\a[#1]{x}\a[y]"), (r"\newcommand{\a}{x@}\a", r"\a"),
        (r"\newcommand{\a}{\theorem}\a", r"\theorem"), (r"a\\b \% \{ \a", r"a\\b \% \{ \a"), ("x\\", "x\\"),
        (r"\newcommand{\a", r"\newcommand{\a"), (r"\newcommand{\a}{x", r"\newcommand{\a}{x"),
        (r"\newcommand{\a}[1][", r"\newcommand{\a}[1]["), (r"\newcommand", r"\newcommand"),
        (r"\newcommand{\a}{\emph}\a{b}\a b", r"\emph{b}\emph b"), (r"\newcommand{\a}{{\bf x}}\a", r"{\bf x}"),
        (r"\newcommand{\a}{x}\aa \a@ \a", r"\aa \a@ x"), (r"\newcommand{\a@b}{y}\a@b", "y"),
        (r"\newcommand{\a}[1]{\b{#1}}\newcommand{\b}[1]{[#1]}\a{\a{x}}", "[[x]]"),
        (r"\newcommand{\a}{\newcommand{\b}{x}}\a\b", r"\a\b"), (r"\newcommand{\a}{\ab}\newcommand{\ab}{x}\a", "x"),
        (r"\newcommand{\a}{" + "x" * 4000 + r"}\a", "x" * 4000), (r"\newcommand{\a}{" + "x" * 4001 + r"}\a", r"\a"),
        (r"\newcommand{\a}{x}\newcommand{\a}{\if y}\a", r"\a"),  # defined anew as what is no text
        (r"\newcommand{\a}[1][" + "d" * 4000 + "]{#1}\\a", r"\newcommand{\a}[1][" + "d" * 4000 + "]{#1}\\a"),
        (r"\newcommand{\a}[1][d]{#1}\a[" + "y" * 4000 + "]", r"\a[" + "y" * 4000 + "]"),
    ],
)  # fmt: skip
def test_macros(source: str, text: str) -> None:
    assert expanded(source) == text


PROGRAMS = "if csname expandafter futurelet catcode global def newcommand let read write the loop"


@pytest.mark.parametrize("name", PROGRAMS.split())
def test_macros_that_are_programs_stay(name: str) -> None:
    assert expanded(rf"\newcommand{{\a}}{{x\{name}\y}}\a") == r"\a"


STANDARD = """part chapter section subsection subsubsection paragraph subparagraph begin end cite ref label item
title author date footnote caption maketitle appendix bibliography input include textbf textit emph
text frac sqrt left right"""


@pytest.mark.parametrize("name", STANDARD.split())
def test_commands_of_latex_itself_stay(name: str) -> None:
    assert expanded(rf"\newcommand{{\{name}}}{{x}}\renewcommand{{\{name}}}{{y}}\{name}") == rf"\{name}"


def test_how_deep_macros_are_replaced() -> None:
    names = [chr(ord("a") + number) for number in range(26)]
    chain = "".join(rf"\newcommand{{\{a}}}{{({a})\{b}}}" for a, b in pairwise(names))
    assert expanded(rf"{chain}\a") == "".join(f"({name})" for name in names[:-1]) + r"\z"
    assert expanded(rf"{chain}\newcommand{{\z}}{{end}}\a").endswith(r"(y)\z")  # 25 are enough
    assert expanded(rf"{chain}\newcommand{{\z}}{{end}}\b").endswith("(y)end")


def test_the_work_on_macros_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textmill.pipeline.input.readers.dumps.latex_macros.STEPS_BESIDES", 10)
    Macros(1).expand("x" * 30)
    with pytest.raises(BoundError, match="macros stand for too much text"):
        Macros(1).expand("x" * 31)
    monkeypatch.setattr("textmill.pipeline.input.readers.dumps.latex_macros.MOST_COMMANDS", 3)
    assert Macros(9).expand(r"\a\b\c") == r"\a\b\c"
    with pytest.raises(BoundError):
        Macros(9).expand(r"\a\b\c\d")
