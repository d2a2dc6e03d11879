"""The small cleaners of DCLM's form of RefinedWeb: URLs out of the text, and no more than one blank line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from ..errors import RecipeError
from .base.step import Cleaner, Measurements
from .kernels.lines.newlines_and_urls import collapse_newlines, remove_urls
from .kernels.machine.buffers import text_array, text_buffers


@dataclass(frozen=True, kw_only=True)
class RemoveUrls(Cleaner):
    """Cut URLs out of the text, with up to ten white spaces before each.

    Source: Li et al. 2024, "DataComp-LM", appendix on reproducing RefinedWeb. A URL begins with ``http://``,
    ``https://`` or ``ftp://`` or with ``www.``, or is an IPv4 address, or a host name that ends in com, org, net, edu,
    gov, mil, int or info; it goes on through letters, digits and ``- ( ) @ : % _ + . ~ # ? & / =``.

    How ours differs: DCLM takes every top-level domain of the official list for one, so that "end.In" or "file.py" is
    cut out of texts without a space behind a full stop; e-mail addresses are left to ``scrub_pii``; a full stop,
    question mark, colon or unopened bracket at the end of a URL stays, because it ends the sentence.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [RemoveUrls()]).clean("Look at https://example.org/a_b?c=d. Or at example.com!").text
        'Look at. Or at!'
    """

    name: ClassVar[str] = "remove_urls"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"dclm.urls_removed": pa.int64()}

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Count the URLs cut out."""
        cleaned, counts = remove_urls(text_buffers(batch["text"]))
        return text_array(*cleaned), {"dclm.urls_removed": pa.array(counts)}


@dataclass(frozen=True, kw_only=True)
class CollapseNewlines(Cleaner):
    """Shorten runs of line feeds.

    Source: Li et al. 2024, "DataComp-LM", appendix on reproducing RefinedWeb. How ours differs: it does not; a carriage
    return or space between two line feeds breaks the run.

    Args:
        max_newlines: Most line feeds one behind the other.

    Raises:
        RecipeError: for fewer than 1.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [CollapseNewlines()]).clean("One.\\n\\n\\n\\nTwo.").text
        'One.\\n\\nTwo.'
    """

    name: ClassVar[str] = "collapse_newlines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"dclm.newlines_removed": pa.int64()}

    max_newlines: int = 2

    def __post_init__(self) -> None:
        if self.max_newlines < 1:
            raise RecipeError(f"{self.name}: max_newlines={self.max_newlines} would join all lines; give at least 1")

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Count the line feeds left out."""
        cleaned, removed = collapse_newlines(text_buffers(batch["text"]), self.max_newlines)
        return text_array(*cleaned), {"dclm.newlines_removed": pa.array(removed)}
