"""StarCoder's rules for source files, which ask for their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.evidence import Evidence, broken_lines, lines_with, longer_lines, text_of
from .base.rules import Rule, check_bounds
from .base.step import Filter, Measurements
from .kernels.code.comments import comment_chars, visible_chars
from .kernels.lines.char_classes import CharStatistic
from .kernels.lines.char_statistics import char_statistics, mean_line_chars, share
from .lists.code_files import LANGUAGES, code_files

Mask = npt.NDArray[np.bool_]

LONG_LINE_LANGUAGES = ("html", "json", "markdown", "roff", "smt", "tex", "text", "xml")
SMALL_DATA_LANGUAGES = ("json", "yaml")
COMMENTED_LANGUAGES = ("python", "java", "javascript")
XML_HEADER = "<?xml version="
HEADER_CHARS = 100


@dataclass(frozen=True, kw_only=True)
class StarCoderQuality(Filter):
    """Remove source files that hold data, markup without text, or too few or too many comments.

    Source: Li et al. 2023, "StarCoder: may the source be with you!", section 3.1 (characters, XML, HTML, JSON and YAML
    rules), Ben Allal et al. 2023, "SantaCoder", section 4 (comment ratio of Python, Java and JavaScript), and Lozhkov
    et al. 2024, "StarCoder 2", section 2.2 (which languages may have long lines). The metadata or the file name tells
    the language; a rule for one language leaves files of others alone, with a null measurement. Stars of the
    repository are ``where`` on your metadata, near-duplicates ``minhash_dedup``.

    How ours differs: StarCoder has a table of line lengths by extension, set by looking at samples; ours are the
    published general bounds, and StarCoder 2's list of exceptions. For a table of your own put the step into the recipe
    several times, each for some ``languages``. Comments are found by the markers of the language
    and not by its parser, so that a marker in a regular expression literal counts; markers count as part of a comment.
    Visible text of HTML is what stands outside tags, comments, scripts and style sheets. The code of the original keeps
    JSON and YAML from 100 characters, the paper from 50.

    Args:
        max_line_chars: Longest line, but for HTML, JSON, Markdown, Roff, SMT, TeX, text and XML.
        max_mean_line_chars: Mean length of lines, with the same exceptions.
        max_data_line_chars: Longest line of those languages.
        min_alnum_ratio: Fewest letters and digits among the characters.
        max_xml_headers: Most files with ``<?xml version=`` in their first 100 characters: 0 drops all, but for XSLT.
        min_html_visible_chars: Fewest visible characters of HTML.
        min_html_visible_ratio: Fewest visible characters of HTML among all.
        min_data_chars: Shortest JSON or YAML file.
        max_data_chars: Longest JSON or YAML file.
        min_data_alpha_ratio: Fewest letters in JSON and YAML.
        min_comment_ratio: Fewest characters in comments of Python, Java and JavaScript.
        max_comment_ratio: Most of them.
        languages: Judge files of these programming languages alone (``("python", "c++")``); None judges all files.

    Raises:
        RecipeError: when a lower bound is above its upper one, or for a language that no file name tells.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [StarCoderQuality()]).clean('<?xml version="1.0"?><a/>', kind="code").removed_by
        'starcoder.max_xml_headers'
    """

    name: ClassVar[str] = "starcoder"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "starcoder.max_line_chars": pa.int64(),
        "starcoder.mean_line_chars": pa.float64(),
        "starcoder.data_line_chars": pa.int64(),
        "starcoder.alnum_ratio": pa.float64(),
        "starcoder.xml_headers": pa.int64(),
        "starcoder.html_visible_chars": pa.int64(),
        "starcoder.html_visible_ratio": pa.float64(),
        "starcoder.data_chars": pa.int64(),
        "starcoder.data_alpha_ratio": pa.float64(),
        "starcoder.comment_ratio": pa.float64(),
    }

    max_line_chars: int | None = 1000
    max_mean_line_chars: float | None = 100
    max_data_line_chars: int | None = 100_000
    min_alnum_ratio: float | None = 0.25
    max_xml_headers: int | None = 0
    min_html_visible_chars: int | None = 100
    min_html_visible_ratio: float | None = 0.2
    min_data_chars: int | None = 50
    max_data_chars: int | None = 5000
    min_data_alpha_ratio: float | None = 0.5
    min_comment_ratio: float | None = 0.01
    max_comment_ratio: float | None = 0.8
    languages: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.languages is not None:
            given = (self.languages,) if isinstance(self.languages, str) else tuple(self.languages)
            object.__setattr__(self, "languages", tuple(name.lower() for name in given))
            unknown = [name for name in self.languages if name not in LANGUAGES]
            if unknown:
                raise RecipeError(
                    f"{self.name}: unknown language {unknown[0]!r}; known are {', '.join(sorted(LANGUAGES))}"
                )
        check_bounds(self.name, "min_data_chars", self.min_data_chars, "max_data_chars", self.max_data_chars)
        check_bounds(
            self.name, "min_comment_ratio", self.min_comment_ratio, "max_comment_ratio", self.max_comment_ratio
        )

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Rules for all languages first."""
        bounds: tuple[tuple[str, str, float | None], ...] = (
            ("max_line_chars", "max_line_chars", self.max_line_chars),
            ("max_mean_line_chars", "mean_line_chars", self.max_mean_line_chars),
            ("max_data_line_chars", "data_line_chars", self.max_data_line_chars),
            ("min_alnum_ratio", "alnum_ratio", self.min_alnum_ratio),
            ("max_xml_headers", "xml_headers", self.max_xml_headers),
            ("min_html_visible_chars", "html_visible_chars", self.min_html_visible_chars),
            ("min_html_visible_ratio", "html_visible_ratio", self.min_html_visible_ratio),
            ("min_data_chars", "data_chars", self.min_data_chars),
            ("max_data_chars", "data_chars", self.max_data_chars),
            ("min_data_alpha_ratio", "data_alpha_ratio", self.min_data_alpha_ratio),
            ("min_comment_ratio", "comment_ratio", self.min_comment_ratio),
            ("max_comment_ratio", "comment_ratio", self.max_comment_ratio),
        )
        return tuple(
            Rule(
                name=name,
                measurement=f"starcoder.{measurement}",
                minimum=bound if name.startswith("min_") else None,
                maximum=bound if name.startswith("max_") else None,
            )
            for name, measurement, bound in bounds
            if bound is not None
        )

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines that are too long, that say XML, or that break a rule of characters by themselves."""
        if rule in ("max_line_chars", "max_mean_line_chars", "max_data_line_chars"):
            return longer_lines(document, getattr(self, rule))
        if rule == "max_xml_headers":
            return lines_with(text_of(document)[:HEADER_CHARS], (XML_HEADER,))
        return broken_lines(document, self, rule) if rule in ("min_alnum_ratio", "min_data_alpha_ratio") else ()

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Counts and ratios of an empty text are 0; those of rules for other languages are null."""
        text = batch["text"]
        counts = char_statistics(text)
        files = code_files(batch)
        languages = [file.language for file in files]
        has_long_lines = _are_in(languages, LONG_LINE_LANGUAGES)
        is_data = _are_in(languages, SMALL_DATA_LANGUAGES)
        is_html = _are_in(languages, ("html",))
        is_commented = _are_in(languages, COMMENTED_LANGUAGES)
        is_stylesheet = np.array([file.name.endswith((".xsl", ".xslt")) for file in files], dtype=np.bool_)
        longest = counts[:, CharStatistic.MAX_LINE_CHARS]
        chars = counts[:, CharStatistic.CHARS]
        comments = comment_chars(text, [name if name in COMMENTED_LANGUAGES else None for name in languages])
        visible = _visible(text, is_html)
        header = pc.match_substring(pc.utf8_slice_codeunits(text, 0, HEADER_CHARS), XML_HEADER).cast(pa.int64())
        measured = {
            "starcoder.max_line_chars": pa.array(longest, mask=has_long_lines),
            "starcoder.mean_line_chars": pa.array(mean_line_chars(counts), mask=has_long_lines),
            "starcoder.data_line_chars": pa.array(longest, mask=~has_long_lines),
            "starcoder.alnum_ratio": pa.array(share(counts, CharStatistic.ALNUM)),
            "starcoder.xml_headers": pc.if_else(pa.array(is_stylesheet), pa.scalar(None, pa.int64()), header),
            "starcoder.html_visible_chars": pa.array(visible, mask=~is_html),
            "starcoder.html_visible_ratio": pa.array(visible / np.maximum(chars, 1), mask=~is_html),
            "starcoder.data_chars": pa.array(chars, mask=~is_data),
            "starcoder.data_alpha_ratio": pa.array(share(counts, CharStatistic.ALPHA), mask=~is_data),
            "starcoder.comment_ratio": pa.array(comments / np.maximum(chars, 1), mask=~is_commented),
        }
        if self.languages is None:
            return measured
        is_judged = pa.array(_are_in(languages, self.languages))
        return {name: pc.if_else(is_judged, column, None) for name, column in measured.items()}


def _are_in(languages: list[str | None], listed: tuple[str, ...]) -> Mask:
    return np.array([language in listed for language in languages], dtype=np.bool_)


def _visible(text: pa.Array, is_html: Mask) -> npt.NDArray[np.int64]:
    visible = np.zeros(len(text), dtype=np.int64)
    if is_html.any():
        visible[is_html] = visible_chars(text.filter(pa.array(is_html)))
    return visible
