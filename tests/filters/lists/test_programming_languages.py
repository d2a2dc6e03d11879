"""Languages of source files: Pygments, which knows them too, calls them the same."""

import pytest
from pygments.lexers import get_all_lexers

from textmill.filters.lists.programming_languages import PROGRAMMING_LANGUAGES, programming_language

CALLED_OTHERWISE = (
    ".asm .bas .bash .bst .bzl .cbl .cljs .cls .cobol .dpr .dtx .el .f .f08 .f77 .f95 .fish .for .glsl .gql "
    ".hcl .ipynb .jsx .less .lhs .lisp .mm .nim .pas .proto .r .s .sass .sc .scm .scss .sh .sty .svelte .svg "
    ".tf .tsx .vb .vbs .vim .zsh"
)
"""A dialect is counted with its language here, or Pygments does not know the suffix."""


def test_suffixes_mean_what_pygments_says() -> None:
    names: dict[str, set[str]] = {}
    for name, _, patterns, _ in get_all_lexers(plugins=False):
        for pattern in patterns:
            names.setdefault(pattern.lower(), set()).add(name.lower())
    differ = [
        suffix
        for suffix in PROGRAMMING_LANGUAGES
        if (programming_language(f"A{suffix.upper()}", b"") or "").lower() not in names.get(f"*{suffix}", ())
    ]
    assert len(PROGRAMMING_LANGUAGES) > 140
    assert set(differ) <= set(CALLED_OTHERWISE.split())
    assert set(CALLED_OTHERWISE.split()) <= PROGRAMMING_LANGUAGES.keys()


@pytest.mark.parametrize(
    ("name", "head", "language"),
    [
        ("Dockerfile", b"", "Dockerfile"),
        ("GNUmakefile", b"", "Makefile"),
        ("CMakeLists.txt", b"", "CMake"),
        ("Rakefile", b"", "Ruby"),
        ("Gemfile", b"", "Ruby"),
        ("Jenkinsfile", b"", "Groovy"),
        ("BUILD", b"", "Starlark"),
        ("WORKSPACE", b"", "Starlark"),
        ("a.tf", b"", "HCL"),
        ("a.scss", b"", "CSS"),
        ("a.fish", b"", "Shell"),
        ("a.tsx", b"", "TypeScript"),
        ("a.lhs", b"", "Haskell"),
        ("a.scm", b"", "Lisp"),
        ("run", b"#!/bin/sh\n", "Shell"),
        ("run", b"#! /usr/bin/env -S python3 -u\n", "Python"),
        ("run", b"#!/usr/bin/env node", "JavaScript"),
        ("run", b"#!/usr/bin/perl5.30 -w\n", "Perl"),
        ("run", b"#!/usr/bin/tclsh\n", "Tcl"),
        ("run", b"#!/usr/bin/Rscript\n", "R"),
        ("run", b"#!/usr/bin/php\n", "PHP"),
        ("run", b"#!/usr/bin/ksh\n", None),
        ("run", b"\n#!/bin/sh\n", None),
        ("run.txt", b"#!/bin/sh\n", None),
        ("run", b"", None),
    ],
)
def test_names_and_interpreters(name: str, head: bytes, language: str | None) -> None:
    assert programming_language(name, head) == language
