"""Arguments and options that several commands take, what is made of them, and how the command ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..commands.printable import tell

if TYPE_CHECKING:
    from ..recipes.definition import RecipeDefinition

EXIT_UNACCOUNTED = 1
EXIT_WRONG_USE = 2
EXIT_INTERRUPTED = 130

RecipeArgument = Annotated[str, typer.Argument(metavar="RECIPE", help="A preset's name or a recipe file.")]
FileArgument = Annotated[
    str, typer.Argument(metavar="FILE", help="One file of any kind that textmill reads; - for standard input.")
]
FilesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE…", help="Files of any kind that textmill reads, folders, globs; - for standard input."
    ),
]
RecipeOption = Annotated[str, typer.Option("--recipe", metavar="NAME", help="A preset's name or a recipe file.")]
TextField = Annotated[
    str, typer.Option(help="Field or column of the text in JSON, Parquet, Arrow and CSV; doc.text is one in another.")
]
HtmlField = Annotated[
    str | None, typer.Option(metavar="NAME", help="Field or column of a page in HTML, whose main content is the text.")
]
Lines = Annotated[bool, typer.Option("--lines", help="Take every line of a text file for a document.")]
Encoding = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Charset of text and HTML files, instead of telling it by their bytes."),
]
WikiNamespaces = Annotated[
    list[int] | None,
    typer.Option(
        "--wiki-namespace",
        metavar="NUMBER",
        help="Read pages of this namespace of a wiki; 0, the articles, by default.",
    ),
]
Kind = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KIND[=INPUT]",
        help="Take documents for web, book, code or other: all, or those of an input, folder or glob, as in web=crawl.",
    ),
]
MaxDocumentMb = Annotated[float, typer.Option(min=0.001, help="Documents of longer texts are quarantined.")]
Extraction = Annotated[str, typer.Option(help="What of a page of HTML is its text: main, precise, or all.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="STEP.PARAMETER=VALUE", help="Set a parameter; none switches a rule off."),
]
Code = Annotated[
    bool | None,
    typer.Option(
        "--code/--no-code",
        help="Run the Python that a recipe names, or refuse it; by default that of local files is run.",
        show_default=False,
    ),
]


def _use_stores(given: list[str] | None) -> None:
    if given:
        from ..files.stores import parse_store_options, use_store_options

        use_store_options(parse_store_options(given))


Store = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        metavar="STORE.OPTION=VALUE",
        callback=_use_stores,
        help="Open a store so: s3.endpoint=URL, s3.profile=NAME, gs.anonymous=true; see docs/stores.md.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write results as JSON.")]

beam_options: list[str] = []
"""What stands behind ``--`` on the command line."""


def say(message: object, code: int) -> int:
    """Say on standard error why the command ends with this code; returns the code."""
    tell(f"textmill: {message}")
    return code


@contextmanager
def without_collecting() -> Iterator[None]:
    """Import without looking for garbage in between: there is none, and what was imported stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def load_named(recipe: str, settings: list[str] | None, code: bool | None) -> RecipeDefinition:
    """The recipe of that name or file, with what ``--set`` sets."""
    from ..recipes.recipe_file import load_recipe
    from ..recipes.settings import parse_settings

    return load_recipe(recipe, parse_settings(settings or ()), code=code)


def reading_of(kind: list[str] | None, inputs: Sequence[str], **options: Any) -> Any:
    """``InputOptions`` from options of the command line; not imported before they are needed."""
    from ..input.inputs import InputOptions
    from ..input.kinds import parse_kinds

    for_all, by_source = parse_kinds(kind or (), inputs)
    return InputOptions(kind=for_all, kinds=by_source, **options)
