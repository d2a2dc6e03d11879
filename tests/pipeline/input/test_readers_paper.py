"""Papers in LaTeX: their files put together, and what is no text cut."""

import gzip
import io
import json
import tarfile
import time
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.readers.dumps.latex_macros import BoundError, Macros
from textmill.pipeline.input.readers.dumps.paper import find_main, paper
from textmill.pipeline.input.readers.records import Document, Quarantined
from textmill.pipeline.input.signatures import looks_like_paper

from .reading import read_bytes

MAIN = r"""% secret
\documentclass[12pt]{article}
\usepackage{amsmath} % more secrets
\input{macros}
\title{On \textbf{Mills}\thanks{Paid.}}
\author{A. Miller}
\begin{document}
\maketitle
\begin{abstract}We grind.\end{abstract}
\input{sections/intro}
\include{missing}
\section{Proof} % why
We have $x \in \R$ and 50\% of \norm{\alpha}. \\% a line
\begin{verbatim}
% kept \R
\end{verbatim}
\iffalse
hidden \ifx a b \fi
\fi
\verb|%\R| stays.
\bibliographystyle{plain}
\bibliography{refs}
\appendix
\section{More}
Behind.
\end{document}
never \R
"""
MEMBERS = {
    "mill/main.tex": MAIN.encode(),
    "mill/macros.tex": rb"\newcommand{\R}{\mathbb{R}}" b"\n" rb"\newcommand*\norm[1]{\left\|#1\right\|}",
    "mill/sections/intro.tex": b"% !TEX root\n\\section{Introduction}\nMills grind \\cite{a}.\n"
    b"  % gone\nStill.\\input{sections/deep}",
    "mill/sections/deep.tex": b"Deep.\n",
    "mill/refs.bib": b"@book{a}",
    "mill/old.tex": b"Draft.",
    "mill/fig.pdf": b"%PDF-\0",
}
TEXT = r"""\maketitle
\begin{abstract}We grind.\end{abstract}
\section{Introduction}
Mills grind \cite{a}.
Still.Deep.

\section{Proof}
We have $x \in \mathbb{R}$ and 50\% of \left\|\alpha\right\|. \\
\begin{verbatim}
% kept \R
\end{verbatim}

\verb|%\R| stays.

\appendix
\section{More}
Behind."""


def body(source: str, preamble: str = "") -> str:
    content = f"\\documentclass{{article}}{preamble}\\begin{{document}}{source}\\end{{document}}"
    found = paper({"a.tex": content.encode()}, "a.tex", "in/a.tex", 0, InputOptions())
    assert isinstance(found, Document)
    return found.text


def test_a_paper_from_its_files() -> None:
    assert find_main(MEMBERS) == "mill/main.tex"
    found = paper(MEMBERS, "mill/main.tex", "in/2601.01234v2.tar.gz", 0, InputOptions())
    assert isinstance(found, Document)
    expected = "\\title{On \\textbf{Mills}\\thanks{Paid.}}\n\n" + TEXT
    assert [line.rstrip() for line in found.text.split("\n")] == [line.rstrip() for line in expected.split("\n")]
    assert (found.kind, found.url) == ("other", "https://arxiv.org/abs/2601.01234")
    assert found.metadata == {
        "title": "On Mills",
        "main_file": "mill/main.tex",
        "left_out": ["mill/old.tex"],
        "missing": ["missing"],
        "arxiv_id": "2601.01234",
    }


def tar(members: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return sink.getvalue()


def test_an_archive_that_is_a_paper_is_one_document(tmp_path: Path) -> None:
    members = MEMBERS | {"mill/anc/readme.md": b"Beside it."}
    whole = read_bytes(tmp_path, "2601.01234.tar.gz", gzip.compress(tar(members)))
    assert [row["source"] for row in whole.rows] == [
        "in/2601.01234.tar.gz", "in/2601.01234.tar.gz/mill/old.tex", "in/2601.01234.tar.gz/mill/anc/readme.md"
    ]  # fmt: skip
    assert whole.skipped == {"part of a paper in LaTeX": 6}
    assert not whole.quarantined
    bulk = tar({"2601/2601.01234.gz": gzip.compress(tar(MEMBERS)), "2601/math0102003.gz": gzip.compress(MAIN.encode())})
    found = read_bytes(tmp_path, "arXiv_src_2601_001.tar", bulk)
    assert [json.loads(row["metadata"] or "{}").get("arxiv_id") for row in found.rows] == [
        "2601.01234",
        None,
        "math/0102003",
    ]
    assert found.rows[0]["text"] == whole.rows[0]["text"]
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert read_bytes(tmp_path, "paper.zip", sink.getvalue()).texts == whole.texts


@pytest.mark.parametrize("suffix", ["txt", "md", "csv", "json", "dat", "yaml", "yml"])
def test_texts_beside_a_paper_are_documents_too(tmp_path: Path, suffix: str) -> None:
    content = b'{"text": "Beside it."}\n' if suffix == "json" else b"text\nBeside it.\n"
    found = read_bytes(tmp_path, "paper.tar", tar({"a.tex": MAIN.encode(), f"b.{suffix}": content, "c.bib": b"@a{}"}))
    assert {row["source"] for row in found.rows + [vars(row) for row in found.quarantined]} == {
        "in/paper.tar",
        f"in/paper.tar/b.{suffix}",
    }
    assert found.skipped == {"part of a paper in LaTeX": 2}


def test_an_archive_with_two_files_of_one_name_is_read_file_by_file(tmp_path: Path) -> None:
    one = tar({"a.tex": MAIN.encode()})
    found = read_bytes(tmp_path, "paper.tar", one + one)
    assert [row["source"] for row in found.rows] == ["in/paper.tar/a.tex", "in/paper.tar/a.tex#2"]


def test_an_archive_of_code_is_no_paper(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, "code.tar", tar(MEMBERS | {"mill/run.py": b"print(1)\n"}))
    assert len(found.rows) == 7  # with the bibliography as code
    assert [row.error for row in found.quarantined] == ["corrupt"]  # the figure, which is no PDF
    assert not looks_like_paper(["a.tex", "b.c"])
    assert not looks_like_paper(["a.txt", "b.bib"])
    assert looks_like_paper(["a.TeX", "b.bib", "Makefile", "00README.XXX", "anc/run.py", "figs/"])


WHOLE = "\\documentclass{a}\\begin{document}"
ARXIV_NOTE = '{"sources": [{"filename": "a.tex", "usage": "toplevel"}]}'


@pytest.mark.parametrize(
    ("members", "main"),
    [
        ({"a.tex": WHOLE, "b.tex": f"{WHOLE} longer"}, "b.tex"),
        ({"x/a.tex": f"{WHOLE} longer", "b.tex": WHOLE}, "b.tex"),
        ({"fig.tex": WHOLE.replace("{a}", "{standalone}") + " longer", "z.tex": WHOLE}, "z.tex"),
        ({"a.tex": f"%{WHOLE} longer", "ms.tex": WHOLE.replace("class", "style")}, "ms.tex"),
        ({"a.tex": f"{WHOLE}\\subfile{{b}}", "b.tex": WHOLE.replace("{a}", "[a]{subfiles}") + " much longer"}, "a.tex"),
        ({"a.tex": WHOLE, "b.tex": f"{WHOLE} longer", "00README.XXX": "b.tex ignore\na.tex toplevelfile"}, "a.tex"),
        ({"a.tex": WHOLE, "b.tex": f"{WHOLE} longer", "00README.json": ARXIV_NOTE}, "a.tex"),
        ({"a.tex": "Plain \\bye", "b.tex": "x"}, "a.tex"),
        ({"a.tex": "only \\input{b}", "b.tex": "x"}, "a.tex"),
        ({"a.tex": "x", "b.tex": "x"}, None),
    ],
)  # fmt: skip
def test_the_main_file(members: dict[str, str], main: str | None) -> None:
    assert find_main({name: content.encode() for name, content in members.items()}) == main


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\newcommand{\a}{b}\a\a{} \a, \ab", "bb b, \\ab"),
        (r"\newcommand{\p}[2][x]{(#1|#2)}\p{1} \p[y]{2} \p3", "(x|1) (y|2) (x|3)"),
        (r"\def\v#1{\vec{#1}}\v{a} \v b \v\alpha", r"\vec{a} \vec{b} \vec{\alpha}"),
        (r"\newcommand{\b}{\beta}$\b x\b y$", r"$\beta x\beta y$"),
        (r"\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}\be x=1 \ee",
         r"\begin{equation} x=1 \end{equation}"),
        (r"\DeclareMathOperator{\rk}{rank}\DeclareMathOperator*{\am}{arg\,min}$\rk A \am$",
         r"$\operatorname{rank} A \operatorname{arg\,min}$"),
        (r"\newcommand{\n}{one}\n\renewcommand{\n}{two}\n\providecommand{\n}{three}\n", "onetwotwo"),
        (r"\renewcommand{\section}[1]{X}\section{A}\renewcommand{\vec}[1]{Y}\vec{b}", r"\section{A}\vec{b}"),
        (r"\let\eps\varepsilon $\eps$ \let\x=\eps \x", r"$\varepsilon$  \varepsilon"),
        (r"\newcommand{\m}{\ifmmode a\else b\fi}\m \def\t#1.#2{x}\t", r"\m \def\t#1.#2{x}\t"),
        (r"\newcommand\q{\emph{Q}\xspace}\q is", r"\emph{Q} is"),
        (r"\newcommand{\r}{\r \r}\r", r"\r"),
        ("a % b\nc\\% d\n% e\nf", "a \nc\\% d\nf"),
        (r"a\begin{thebibliography}{9}\bibitem{a} B.\end{thebibliography}c\nocite{*}d\printbibliography[title=x]e",
         "acde"),
        (r"a \begin{comment} b \end{comment}c", "a c"),
        ("a\n\n\n\n  \n\nb", "a\n\nb"),
        (r"\includegraphics[width=3cm]{a}\inputencoding{b}", r"\includegraphics[width=3cm]{a}\inputencoding{b}"),
    ],
)  # fmt: skip
def test_what_the_source_says(source: str, text: str) -> None:
    assert " ".join(body(source).split("  ")).replace("\r", "") == " ".join(text.split("  "))


def test_title_and_abstract_of_a_preamble_are_kept() -> None:
    text = body("Text.", preamble="\\title{T {x}}\\newcommand{\\x}{1}\\begin{abstract}A \\x.\\end{abstract}")
    assert text == "\\title{T {x}}\n\n\\begin{abstract}A 1.\\end{abstract}\n\nText."


def test_charsets_of_old_papers() -> None:
    source = "\\documentclass{a}\\usepackage[latin2]{inputenc}\\begin{document}Łódź leży\\end{document}"
    found = paper({"a.tex": source.encode("iso8859-2")}, "a.tex", "in/a", 0, InputOptions())
    assert isinstance(found, Document)
    assert found.text == "Łódź leży"


def test_a_file_that_is_only_a_part(tmp_path: Path) -> None:
    (row,) = read_bytes(tmp_path, "intro.tex", "% x\n\\section{A}\nText \\input{b/c}.").rows
    assert row["text"] == "\\section{A}\nText ."
    assert json.loads(row["metadata"]) == {"missing": ["b/c"]}


def test_files_that_take_in_each_other_or_too_much() -> None:
    members = {"a.tex": b"a \\input{b}", "b.tex": b"b \\input{a} \\input{b}"}
    found = paper(members, "a.tex", "in/a", 0, InputOptions())
    assert isinstance(found, Document)
    assert found.text.split() == ["a", "b"]
    members = {f"{i}.tex": b"\\input{%d}" % (i + 1) * 10 for i in range(12)} | {"12.tex": b"x" * 100}
    bomb = paper(members, "0.tex", "in/a", 0, InputOptions(max_document_bytes=100_000))
    assert isinstance(bomb, Quarantined)
    assert bomb.error == "too_large"


def test_macros_that_stand_for_too_much_are_left() -> None:
    bomb = "\\newcommand{\\a}{xxxxxxxxxx}"
    for inner, outer in pairwise("abcdefghijklm"):
        bomb += f"\\newcommand{{\\{outer}}}" + "{" + f"\\{inner}" * 10 + "}"
    with pytest.raises(BoundError):
        Macros(100).expand(f"{bomb} \\m")
    assert body(f"{bomb} \\m end").endswith("\\m end")


@pytest.mark.parametrize("piece", ["\\a{", "{", "\\begin{verbatim}", "\\iffalse ", "\\title{", "%\n", "\\verb|", "\\a[", "\\nocite{", "\\def\\b#1"])  # fmt: skip # noqa: E501
def test_source_that_never_ends_takes_no_time(piece: str) -> None:
    before = time.process_time()
    body(piece * (300_000 // len(piece)), preamble="\\newcommand{\\a}[2][x]{#1 #2}")
    assert time.process_time() - before < 10
