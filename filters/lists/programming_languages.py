"""Programming languages by the names of their files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

PROGRAMMING_LANGUAGES: Mapping[str, str] = {
    suffix: language
    for language, suffixes in {
        "ABAP": ".abap", "Ada": ".adb .ads", "Agda": ".agda", "Assembly": ".asm .s", "Awk": ".awk", "BibTeX": ".bib",
        "Batchfile": ".bat .cmd", "C": ".c .h", "C#": ".cs", "C++": ".cc .cpp .cxx .hh .hpp .hxx",
        "CMake": ".cmake", "COBOL": ".cob .cbl .cobol .cpy", "CSS": ".css .scss .sass .less",
        "Clojure": ".clj .cljs .cljc", "CoffeeScript": ".coffee", "Crystal": ".cr", "Cuda": ".cu .cuh",
        "Cython": ".pyx .pxd", "D": ".d", "Dart": ".dart", "Elixir": ".ex .exs", "Elm": ".elm", "Erlang": ".erl .hrl",
        "F#": ".fs .fsx", "Fortran": ".f .f77 .for .f90 .f95 .f03 .f08", "GLSL": ".glsl .vert .frag", "Go": ".go",
        "GraphQL": ".graphql .gql", "Groovy": ".groovy .gradle", "HCL": ".tf .hcl", "HLSL": ".hlsl",
        "Haskell": ".hs .lhs", "Haxe": ".hx", "INI": ".ini .cfg", "Java": ".java",
        "JavaScript": ".js .jsx .mjs .cjs", "Julia": ".jl", "Jupyter": ".ipynb",
        "Kotlin": ".kt .kts", "Lean": ".lean", "Lisp": ".lisp .el .scm", "Lua": ".lua", "Makefile": ".mk .mak",
        "Mathematica": ".wl .nb", "Nim": ".nim", "Nix": ".nix", "OCaml": ".ml .mli", "Objective-C": ".m .mm",
        "PHP": ".php", "Pascal": ".pas .dpr", "Perl": ".pl .pm", "PowerShell": ".ps1 .psm1", "Prolog": ".pro",
        "Protocol Buffers": ".proto", "PureScript": ".purs", "Python": ".py .pyi",
        "R": ".r", "Racket": ".rkt", "Ruby": ".rb .rake",
        "Rust": ".rs", "SQL": ".sql", "Scala": ".scala .sc", "Shell": ".sh .bash .zsh .fish", "Solidity": ".sol",
        "SVG": ".svg", "Standard ML": ".sml", "Starlark": ".bzl", "Svelte": ".svelte",
        "Swift": ".swift", "SystemVerilog": ".sv .svh", "TOML": ".toml", "Tcl": ".tcl",
        "TeX": ".sty .cls .bst .dtx",
        "TypeScript": ".ts .tsx", "VHDL": ".vhd .vhdl", "Verilog": ".v", "Vim Script": ".vim",
        "Visual Basic": ".vb .vbs .bas", "Vue": ".vue", "WebAssembly": ".wat", "XML": ".xml .xsd .xsl",
        "YAML": ".yaml .yml", "Zig": ".zig",
    }.items()
    for suffix in suffixes.split()
}  # fmt: skip
"""Programming language by a source file's suffix."""

PROGRAMMING_NAMES: Mapping[str, str] = {
    "Dockerfile": "Dockerfile",
    "Makefile": "Makefile",
    "GNUmakefile": "Makefile",
    "CMakeLists.txt": "CMake",
    "Rakefile": "Ruby",
    "Gemfile": "Ruby",
    "Jenkinsfile": "Groovy",
    "BUILD": "Starlark",
    "WORKSPACE": "Starlark",
}
"""Programming language by a source file's whole name."""

DATA_LANGUAGES: Mapping[str, str] = {
    suffix: language
    for language, suffixes in {
        "HTML": ".html .htm .xhtml", "JSON": ".json", "Markdown": ".md .markdown", "Roff": ".roff .man",
        "SMT": ".smt .smt2", "TeX": ".tex .ltx", "Text": ".txt", "reStructuredText": ".rst",
    }.items()
    for suffix in suffixes.split()
}  # fmt: skip
"""Languages of data and markup by suffix: a file's name alone does not make it code, but code corpora hold them."""

BY_INTERPRETER: Mapping[str, str] = {
    "bash": "Shell",
    "dash": "Shell",
    "sh": "Shell",
    "zsh": "Shell",
    "fish": "Shell",
    "awk": "Awk",
    "lua": "Lua",
    "make": "Makefile",
    "node": "JavaScript",
    "perl": "Perl",
    "php": "PHP",
    "python": "Python",
    "ruby": "Ruby",
    "Rscript": "R",
    "tclsh": "Tcl",
}
"""Programming language by the interpreter that a script's first line names."""

SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?([A-Za-z]+)")


def programming_language(name: str, head: bytes) -> str | None:
    """Language of a source file by its name, or by the interpreter named in its first line; None for other files."""
    language = PROGRAMMING_NAMES.get(name) or PROGRAMMING_LANGUAGES.get(PurePosixPath(name).suffix.lower())
    if language is not None or PurePosixPath(name).suffix:
        return language
    match = SHEBANG.match(head)
    return BY_INTERPRETER.get(match[1].decode("ascii")) if match else None
