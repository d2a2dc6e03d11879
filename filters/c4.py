"""The C4 rules: lines that are sentences, and pages made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .base.evidence import Evidence, lines_with, text_of
from .base.rules import Rule
from .base.step import Cleaner, Filter, Measurements
from .kernels.lines.c4_lines import Demands, Lines, Phrases, clean_lines, lay_out
from .kernels.lines.line_statistics import line_statistics
from .kernels.lines.repeated_lines import LineStatistic
from .kernels.machine.buffers import Bytes, columns_of_numbers, numbers, text_array, text_buffers

CITATIONS = ("[edit]", "[citation needed]")
JAVASCRIPT = ("javascript",)
POLICIES = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")


@dataclass(frozen=True, kw_only=True)
class C4PageLength(Filter):
    """Remove pages that are too long to be one text; stands before :class:`C4Lines`, as in the original.

    Source: the code of C4 (TensorFlow Datasets), which leaves out pages of more than 190,000 characters.

    Args:
        max_chars: Most characters.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [C4PageLength(max_chars=10)]).clean("A page of more characters.").removed_by
        'c4_page_length.max_chars'
    """

    name: ClassVar[str] = "c4_page_length"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"c4.chars": pa.int64()}

    max_chars: int | None = 190_000

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One."""
        if self.max_chars is None:
            return ()
        return (Rule(name="max_chars", measurement="c4.chars", maximum=self.max_chars),)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Count characters."""
        return {"c4.chars": pc.utf8_length(batch["text"])}


@dataclass(frozen=True, kw_only=True)
class C4Lines(Cleaner):
    """Keep the lines that are sentences: with an end mark, enough words, and nothing about scripts and cookies.

    Source: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    section 2.2, with the numbers of its code (TensorFlow Datasets): five words a line, counted when citations are out,
    end marks ``. ? ! "``.

    There is a second form, that of datatrove: three words, counted with citations, and the apostrophe is an end mark
    too: ``C4Lines(min_words_per_line=3, count_citations=True, end_apostrophe=True)``. FineWeb takes that one without
    the end marks: ``C4Lines(min_words_per_line=3, count_citations=True, end_punctuation=False)``. Both ask for five
    sentences: ``C4Quality(min_sentences=5)``.

    How ours differs: lines are stripped and blank ones dropped, as there, and stripped again where a citation went;
    whether "lorem ipsum" or curly brackets stand in the text is a question for :class:`C4Quality` behind this step,
    which sees the kept lines only.

    Args:
        end_punctuation: Drop lines that do not end with an end mark, or end with an ellipsis.
        end_apostrophe: Take the apostrophe for an end mark.
        min_words_per_line: Drop lines of fewer words (separated by white space); None keeps them.
        count_citations: Count words before citations are cut out.
        max_word_chars: Drop lines with a longer word; None keeps them.
        remove_citations: Cut out ``[1]``, ``[edit]`` and ``[citation needed]``.
        remove_javascript: Drop lines that mention Javascript.
        remove_policies: Drop lines about terms of use, privacy and cookies.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [C4Lines()]).clean("Menu\\nThis line is a sentence.[1]").text
        'This line is a sentence.'
    """

    name: ClassVar[str] = "c4_lines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "c4.lines": pa.int64(),
        "c4.lines_removed": pa.int64(),
        "c4.citations_removed": pa.int64(),
    }

    end_punctuation: bool = True
    end_apostrophe: bool = False
    min_words_per_line: int | None = 5
    count_citations: bool = False
    max_word_chars: int | None = 1000
    remove_citations: bool = True
    remove_javascript: bool = True
    remove_policies: bool = True

    @cached_property
    def _demands(self) -> tuple[Demands, Phrases, Phrases]:
        """What lines must be like, what is cut out of them, and what they must not hold."""
        phrases = (*(JAVASCRIPT if self.remove_javascript else ()), *(POLICIES if self.remove_policies else ()))
        demands = Demands(
            _end_marks(self.end_punctuation, self.end_apostrophe),
            self.min_words_per_line or 0,
            self.max_word_chars or 0,
            self.count_citations,
        )
        return demands, lay_out(CITATIONS if self.remove_citations else ()), lay_out(phrases)

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Drop lines and cut citations; counts lines that are not blank, those dropped, and citations."""
        cleaned, counts = clean_lines(text_buffers(batch["text"]), *self._demands)
        columns = columns_of_numbers(counts.T)
        return text_array(*cleaned), {
            "c4.lines": columns[Lines.LINES],
            "c4.lines_removed": columns[Lines.REMOVED],
            "c4.citations_removed": columns[Lines.CITATIONS],
        }


@cache
def _end_marks(are_demanded: bool, with_apostrophe: bool) -> Bytes:
    """1 for each byte with which a line may end; empty where it may end as it likes."""
    if not are_demanded:
        return np.empty(0, dtype=np.uint8)
    marks = np.zeros(256, dtype=np.uint8)
    marks[list(b".?!\"'" if with_apostrophe else b'.?!"')] = 1
    return marks


@dataclass(frozen=True, kw_only=True)
class C4Quality(Filter):
    """Remove pages of few sentences, placeholder text, and code.

    Source: Raffel et al. 2020, section 2.2; three sentences is the number of its code, five that of the paper and of
    FineWeb. Sentences end with a terminal mark of any script before white space (a full stop before a small letter does
    not end one), and at line ends; the original counts with NLTK's Punkt.

    Args:
        min_sentences: Fewest sentences.
        max_lorem_ipsum: Most mentions of "lorem ipsum".
        max_curly_brackets: Most ``{`` and ``}``.

    Example:
        >>> from textmill import Recipe
        >>> found = Recipe("r", [C4Quality()]).clean("One sentence. And a second one.")
        >>> found.removed_by, found.measurements["c4.sentences"]
        ('c4_quality.min_sentences', 2)
    """

    name: ClassVar[str] = "c4_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "c4.sentences": pa.int64(),
        "c4.lorem_ipsum": pa.int64(),
        "c4.curly_brackets": pa.int64(),
    }

    min_sentences: int | None = 3
    max_lorem_ipsum: int | None = 0
    max_curly_brackets: int | None = 0

    @property
    def rules(self) -> tuple[Rule, ...]:
        """What the lines hold first, the number of sentences last, as in the original."""
        rules = (
            Rule(name="max_lorem_ipsum", measurement="c4.lorem_ipsum", maximum=self.max_lorem_ipsum),
            Rule(name="max_curly_brackets", measurement="c4.curly_brackets", maximum=self.max_curly_brackets),
            Rule(name="min_sentences", measurement="c4.sentences", minimum=self.min_sentences),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines with the placeholder text or a curly bracket."""
        phrases = {"max_lorem_ipsum": ("lorem ipsum",), "max_curly_brackets": ("{", "}")}
        return lines_with(text_of(document), phrases.get(rule, ()))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Counts of an empty text are 0."""
        counts = line_statistics(batch["text"])
        return {
            "c4.sentences": numbers(counts[:, LineStatistic.SENTENCES]),
            "c4.lorem_ipsum": numbers(counts[:, LineStatistic.LOREM_IPSUM]),
            "c4.curly_brackets": numbers(counts[:, LineStatistic.CURLY_BRACKETS]),
        }
