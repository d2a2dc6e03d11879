"""MADLAD-400's rules: documents in which too many sentences are questionable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..errors import RecipeError
from .base.document_language import CHINESE, document_languages
from .base.evidence import Evidence, as_lines, text_of
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.lines.madlad_sentences import SentenceStatistic, sentence_statistics, single_sentences
from .kernels.machine.buffers import Int64s
from .language import default_model, identify
from .models.languages import UNDETERMINED

Checks: TypeAlias = Literal["list_case_or_cursed", "any", "all"]
COLUMNS: Mapping[str, SentenceStatistic] = {
    "list_case_or_cursed": SentenceStatistic.LIST_CASE_OR_CURSED,
    "any": SentenceStatistic.ANY,
    "all": SentenceStatistic.ANY,
}
REASONS: Mapping[str, SentenceStatistic] = {
    "list case": SentenceStatistic.LIST_CASE,
    "abnormal length": SentenceStatistic.ABNORMAL_LENGTH,
    "technical": SentenceStatistic.TECHNICAL,
    "cursed": SentenceStatistic.CURSED,
}


@dataclass(frozen=True, kw_only=True)
class MadladQuality(Filter):
    """Remove documents with few sentences, or with many that look like lists or junk.

    Source: Kudugunta et al. 2023, "MADLAD-400: A Multilingual And Document-Level Large Audited Dataset", section 2.4
    and its data card. A sentence is questionable by rule 1, document consistency: its language is another than that
    of the document; rule 2, list case: of at least twelve words more than half begin
    with a capital letter; rule 3, abnormal length: fewer than 20 or more than 500 characters; rule 4, technical: more
    than a fifth of its characters are digits or ``{}+/()>``; rule 5, cursed: it holds one of the strings that the audit
    found in junk. Olmo 3 takes rules 2 and 5 alone, which is the default here.

    How ours differs: languages are those of lid.176, which errs in one of twenty single sentences (MODELS.md), and not
    of the paper's own model; a sentence of which it knows no word counts as consistent, and so do all of a document
    whose language neither a Language step nor the script tells. Words are separated by white space; sentences end as
    :func:`~textmill.filters.kernels.lines.madlad_sentences.sentence_statistics` says, where the original has splitters
    by language. Every check is counted and stored, whichever of them judge, but for rule 1, which takes some four times
    as long as the language step and is null unless asked for.

    Args:
        max_questionable_ratio: Most questionable sentences among the sentences.
        min_sentences: Fewest sentences.
        checks: "list_case_or_cursed" for rules 2 and 5, "any" for any of rules 2 to 5, "all" for any of all five.

    Raises:
        RecipeError: for other checks.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [MadladQuality()]).clean("Download the mp3 here.\\n" * 5).removed_by
        'madlad_quality.max_questionable_ratio'
    """

    name: ClassVar[str] = "madlad_quality"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "madlad.sentences": pa.int64(),
        "madlad.questionable_ratio": pa.float64(),
        "madlad.other_language_sentences": pa.int64(),
        "madlad.list_case_sentences": pa.int64(),
        "madlad.abnormal_length_sentences": pa.int64(),
        "madlad.technical_sentences": pa.int64(),
        "madlad.cursed_sentences": pa.int64(),
    }

    max_questionable_ratio: float | None = 0.2
    min_sentences: int | None = 5
    checks: Checks = "list_case_or_cursed"

    def __post_init__(self) -> None:
        if self.checks not in COLUMNS:
            raise RecipeError(f"{self.name}: checks is {self.checks!r}; choose one of {', '.join(get_args(Checks))}")

    @property
    def expensive(self) -> bool:  # type: ignore[override]  # rule 1 alone asks a model
        """Whether rule 1 is asked for."""
        return self.checks == "all"

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The language model, for rule 1."""
        return {default_model().name: default_model()} if self.checks == "all" else {}

    def setup(self) -> None:
        """Load the language model where rule 1 is asked for."""
        if self.checks == "all":
            identify(pa.array([], pa.large_string()), str(default_model()))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Questionable sentences first, their number second."""
        rules = (
            Rule(
                name="max_questionable_ratio",
                measurement="madlad.questionable_ratio",
                maximum=self.max_questionable_ratio,
            ),
            Rule(name="min_sentences", measurement="madlad.sentences", minimum=self.min_sentences),
        )
        return tuple(rule for rule in rules if rule.minimum is not None or rule.maximum is not None)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """Lines with a questionable sentence, and what makes it so."""
        if rule != "max_questionable_ratio":
            return
        batch = as_lines(document)
        counts = sentence_statistics(batch["text"])
        others = self._inconsistent(batch)[0] if self.checks == "all" else np.zeros(len(counts), dtype=np.int64)
        lines = text_of(document).split("\n")
        for number in np.flatnonzero(counts[:, COLUMNS[self.checks]] + others).tolist():
            counted = ("list case", "cursed") if self.checks == "list_case_or_cursed" else REASONS
            reasons = [name for name in counted if counts[number, REASONS[name]]]
            reasons += ["other language"] if others[number] else []
            yield Evidence(number + 1, lines[number], ", ".join(reasons))

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """A text without sentences has a ratio of 0."""
        counts = sentence_statistics(batch["text"])
        questionable, others = counts[:, COLUMNS[self.checks]], pa.nulls(batch.num_rows, pa.int64())
        if self.checks == "all":
            inconsistent, questionable = self._inconsistent(batch)
            others = pa.array(inconsistent, pa.int64())
        sentences = np.maximum(counts[:, SentenceStatistic.SENTENCES], 1)
        return {
            "madlad.sentences": pa.array(counts[:, SentenceStatistic.SENTENCES]),
            "madlad.questionable_ratio": pa.array(questionable / sentences),
            "madlad.other_language_sentences": others,
            "madlad.list_case_sentences": pa.array(counts[:, SentenceStatistic.LIST_CASE]),
            "madlad.abnormal_length_sentences": pa.array(counts[:, SentenceStatistic.ABNORMAL_LENGTH]),
            "madlad.technical_sentences": pa.array(counts[:, SentenceStatistic.TECHNICAL]),
            "madlad.cursed_sentences": pa.array(counts[:, SentenceStatistic.CURSED]),
        }

    @staticmethod
    def _inconsistent(batch: pa.RecordBatch) -> tuple[Int64s, Int64s]:
        """By document, the sentences in another language than its own, and those questionable by any of the rules."""
        per_document = sentence_statistics(batch["text"])[:, SentenceStatistic.SENTENCES]
        owners = np.repeat(np.arange(batch.num_rows), per_document)
        sentences = single_sentences(batch["text"])
        labels, _ = identify(sentences, str(default_model()))
        found = np.array([CHINESE.get(label, label) for label in labels.tolist()], dtype=object)
        wanted = np.array(document_languages(batch), dtype=object)[owners]
        others = (found != wanted) & (found != UNDETERMINED) & (wanted != "")
        questionable = others | (sentence_statistics(sentences)[:, SentenceStatistic.ANY] > 0)

        def count(of: npt.NDArray[np.bool_]) -> Int64s:
            return np.bincount(owners[of], minlength=batch.num_rows).astype(np.int64)

        return count(others), count(questionable)
