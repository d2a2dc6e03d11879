"""Papers in LaTeX: their files put together, and what is no text cut."""

import gzip
import io
import json
import tarfile
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.readers.dumps import paper as module
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
        (r"a \url{http://example.org/%20b} c % d", r"a \url{http://example.org/%20b} c"),
        (r"a \href {http://example.org/%7Eb}{c} d", r"a \href {http://example.org/%7Eb}{c} d"),
        (r"a % \url{b}", "a"),
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


def read(members: dict[str, str | bytes], main: str = "a.tex", source: str = "in/a.tex", **options: Any) -> Any:
    content = {name: text if isinstance(text, bytes) else text.encode() for name, text in members.items()}
    return paper(content, main, source, 7, InputOptions(**options))


def whole(text: str) -> str:
    return f"\\documentclass{{a}}\\begin{{document}}{text}\\end{{document}}"


def test_what_is_told_of_a_paper_that_cannot_be_read() -> None:
    told = {"source": "in/a.tex", "position": 7}
    assert read({"a.tex": b"x\0" + b"y" * 300}) == Quarantined(
        **told, error="binary", detail="not text: it holds NUL bytes", first_bytes=b"x\0" + b"y" * 254
    )
    assert read({"a.tex": whole("x")}, max_document_bytes=40) == Quarantined(
        **told, error="too_large", detail="with all that it takes in, the paper is longer than the limit of 40 bytes"
    )
    macro = "\\newcommand{\\a}{" + "x" * 50 + "}" + whole("\\a" * 20)
    assert read({"a.tex": macro}, max_document_bytes=999) == Quarantined(
        **told, error="too_large", detail="a paper of 1000 characters; the limit is 999"
    )
    assert read({"a.tex": macro}, max_document_bytes=1000) == Document(position=7, text="x" * 1000, kind="other")


def test_the_longest_source_is_ten_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.LARGEST_SOURCE_BYTES == 10_000_000
    monkeypatch.setattr(module, "LARGEST_SOURCE_BYTES", len(whole("x")))
    assert isinstance(read({"a.tex": whole("x")}), Document)
    assert "the limit of 48 bytes" in read({"a.tex": whole("xy")}).detail


@pytest.mark.parametrize(
    ("source", "alone", "among_files"),
    [
        ("in/2601.01234.tar.gz", "2601.01234", "2601.01234"),
        ("in/0704.0001v12", "0704.0001", "0704.0001"),
        ("in/2601.01234v2/a.tex", None, "2601.01234"),
        ("in/math0102003.gz", "math/0102003", "math/0102003"),
        ("in/hep-th_9901001", "hep-th/9901001", "hep-th/9901001"),
        ("in/math.AG0102003", "math.AG/0102003", "math.AG/0102003"),
        ("in/12601.01234", None, None),
        ("in/2601.012345", None, None),
        ("in/2601.012", None, None),
        ("in/01020030", None, None),
    ],
)
def test_the_number_of_a_paper(source: str, alone: str | None, among_files: str | None) -> None:
    for members, found in (({"a.tex": whole("x")}, alone), ({"a.tex": whole("x"), "b.bib": ""}, among_files)):
        document = read(dict(members), source=source)
        assert document.metadata.get("arxiv_id") == found
        assert document.url == (f"https://arxiv.org/abs/{found}" if found else None)


def test_what_is_told_of_a_paper() -> None:
    preamble = "\\title{A \\emph{b}}\\begin{abstract}c\\end{abstract}d\\end{abstract}"
    body = "\\xspace e\\xspace{} f\\xspacex\n\n \n \t\n g\\input{no}"
    members: dict[str, str | bytes] = {"d/a.tex": preamble + whole(body), "d/z.tex": "", "d/y.LTX": "", "d/x.txt": ""}
    used: set[str] = set()
    content = {name: str(text).encode() for name, text in members.items()}
    assert paper(content, "d/a.tex", "in/p", 3, InputOptions(), used=used) == Document(
        position=3,
        text="\\title{A \\emph{b}}\n\n\\begin{abstract}c\\end{abstract}\n\n e f\\xspacex\n\n g",
        kind="other",
        metadata={"title": "A b", "main_file": "d/a.tex", "left_out": ["d/y.LTX", "d/z.tex"], "missing": ["no"]},
    )
    assert used == {"d/a.tex"}
    bomb = "".join(f"\\newcommand{{\\{one}}}" + "{" + f"\\{other}" * 20 + "}" for one, other in pairwise("abcdefgh"))
    assert read({"a.tex": bomb + whole("\\a\\title{T}")}).metadata == {"macros_replaced": False, "title": "T"}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("a\\begin{thebibliography}{9}x\\end{thebibliography}b", "ab"),
        ("a\\begin {references}x\\end{references}b\\begin{REFERENCES}x\\end{REFERENCES}c", "abc"),
        ("\\begin{biblist}x\\end{biblist}a\\begin{bibdiv}x\\end{bibdiv}b", "ab"),
        ("a\\nocite{b}\\begin{thebibliography}x", "a"),
        ("\\begin{references}x\\end{references}a\\begin{references}y\\end{references}b", "ab"),
        ("a\\bibliography{x}\\bibliographystyle [a] {y}\\addbibresource[l]{z}\\nocite{*}b", "ab"),
        ("a\\printbibliography[title=x] c\\printbibliographyx", "a c\\printbibliographyx"),
        ("\\nocite{" + "x" * 2000 + "}a", "a"),
    ],
)
def test_references_are_no_text(source: str, text: str) -> None:
    assert body(source) == text


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("\\title{A \\textbf{B}\\thanks{c} d}", "A B d"),
        ("\\title [s] {A\\\\B~C{d}\\}e}", "A B Cd\\}e"),
        ("\\title{\\$5 \\& \\% \\_ \\#}", "\\$5 \\& \\% \\_ \\#"),
        ("\\title{{\\large A  B}\\footnote {x}}", "A B"),
        ("\\title{\\emph*{a}b \\LaTeX is}", "ab is"),
        ("\\title" + " " * 100 + "{a}", "a"),
        ("\\title" + " " * 101 + "{a}", None),
        ("\\title{" + "x" * 19_998 + "}", "x" * 19_998),
        ("\\title{" + "x" * 19_999 + "}", None),
        ("\\title{a", None),
        ("\\titles{a}", None),
        ("\\begin{title}a", None),
    ],
)
def test_the_title(title: str, shown: str | None) -> None:
    content = f"{title}\\documentclass{{a}}\n\\begin{{document}}b\\end{{document}}"
    assert read({"a.tex": content}).metadata.get("title") == shown


@pytest.mark.parametrize(
    ("notes", "main"),
    [
        ({"00README.json": "{", "x/00README.XXX": "fig.tex ignore\nb.tex  toplevelfile\n"}, "x/b.tex"),
        ({"00README.json": '{"sources":[{"usage":"ignore","filename":"b.tex"}]}'}, "a.tex"),
        ({"00README.json": '{"sources":[{"usage":"ignore"},{"usage":"toplevel","filename":"./b.tex"}]}'}, "b.tex"),
        ({"00README.json": '{"sources":[{"usage":"toplevel","filename":"no.tex"}]}'}, "a.tex"),
        (
            {"00README.json": "[]", "x/00README.json": '{"sources":[{"usage":"toplevel","filename":"b.tex"}]}'},
            "x/b.tex",
        ),
        ({"00README.json": '{"sources":[{"usage":"toplevel"}]}'}, "a.tex"),
        ({"00README": "b.tex toplevelfiles"}, "a.tex"),
        ({"00README": "b.tex toplevelfile"}, "b.tex"),
        ({"README": "b.tex toplevelfile"}, "a.tex"),
        ({"00README": ""}, "a.tex"),
    ],
)
def test_the_note_that_names_the_main_file(notes: dict[str, str], main: str) -> None:
    members = {**notes, "a.tex": whole("longer"), "b.tex": whole("x"), "x/b.tex": whole("x")}
    assert find_main({name: text.encode() for name, text in members.items()}) == main


@pytest.mark.parametrize(
    ("members", "main"),
    [
        ({"z/main.tex": "x", "b.tex": "y"}, "b.tex"),  # nearer
        ({"b.tex": "longer", "Main2.tex": "x"}, "Main2.tex"),
        *(({"b.tex": "longer", f"{name}.tex": "x"}, f"{name}.tex") for name in module.LIKELY),
        ({"b.tex": "x", "a.tex": "y"}, "a.tex"),
        ({"main.tex": "\\input{b}", "b.tex": "\\input{main}"}, "main.tex"),
        ({"b.tex": "\\input{c}", "c.tex": "much longer"}, "b.tex"),
    ],
)
def test_which_of_several_whole_files_is_the_main_one(members: dict[str, str], main: str) -> None:
    assert find_main({name: whole(text).encode() for name, text in members.items()}) == main


@pytest.mark.parametrize(
    ("members", "main"),
    [
        ({"a.tex": "\\magnification 5", "b.tex": "x"}, "a.tex"),
        ({"a.tex": "\\begin {document}", "b.tex": "x"}, "a.tex"),
        ({"a.tex": "\\bye", "b.tex": "\\bye longer"}, "b.tex"),
        ({"a.tex": "\\byes", "b.tex": "x"}, None),
        ({"a.tex": "x"}, "a.tex"),
        ({"a.c": "x"}, None),
        ({}, None),
    ],
)
def test_papers_in_plain_tex(members: dict[str, str], main: str | None) -> None:
    assert find_main({name: text.encode() for name, text in members.items()}) == main
