"""Lines in another language than the text is meant to be in, cut out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ..errors import RecipeError
from .base.document_language import LANGUAGE
from .base.step import Cleaner, Measurements
from .language import Language
from .models.language_ensemble import ask_cld2
from .models.languages import MACROLANGUAGES, UNDETERMINED, relatives, split_label

DOCUMENT = "document"
"""As ``keep``: the language of each document, and those that are taken for it."""
MIXED_SHARE = 0.4
UNSURE, LEANING, RIGHT, WRONG = range(4)
"""What is said of a line; one that leans is too short to be judged, but looks like a kept language."""


@dataclass(frozen=True, kw_only=True)
class LanguageLines(Cleaner):
    """Cut lines that are surely in another language: a cookie notice, a foreign footer, a quoted menu.

    A line is judged by itself where it has ``min_bytes`` and its language is sure enough; lines that are shorter or
    less sure are judged together with those like them beside them. What is then still unsure goes where its neighbours
    go: it is cut between lines that are cut, stays beside a line that stays, and between lines that are cut and the
    document's beginning or end it stays if it looks like a kept language, as a title may. Without a model by path, a
    line is cut only if lid.176 and CLD2 both say that it is in no kept language.

    Where the document's language is not known (``und``), ``keep="document"`` cuts nothing.

    Args:
        keep: Labels of languages whose lines stay, or "document": the label that an earlier ``language`` step gave, or
            this step's own of the whole text, with the languages taken for it (Croatian stays in Serbian).
        min_score: How sure, 0 to 1, it must be that a line is in another language.
        min_bytes: Fewest bytes (UTF-8) of a line that is judged alone: about as many letters in Latin script, a third
            in Chinese.
        model: As for :class:`Language`: a fastText model by path, ``lid.176``, or None for lid.176 with CLD2.

    Raises:
        RecipeError: for an unknown label, a score outside 0..1, an empty ``keep`` or a missing file.

    Example:
        >>> from textmill import Recipe
        >>> article = "Der Rat hat gestern beschlossen, die alte Brücke über den Fluss zu erneuern."
        >>> notice = "We use cookies to give you the best experience on our website."
        >>> Recipe("r", [LanguageLines(keep=("de",))]).clean(f"{notice}\\n{article}").text == article
        True
    """

    name: ClassVar[str] = "language_lines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "language_lines.cut": pa.int64(),
        "language_lines.cut_bytes": pa.int64(),
        "language_lines.language": pa.string(),
    }

    keep: tuple[str, ...] | str = DOCUMENT
    min_score: float = 0.7
    min_bytes: int = 30
    model: str | None = None

    def __post_init__(self) -> None:
        if self.keep != DOCUMENT:
            object.__setattr__(self, "keep", (self.keep,) if isinstance(self.keep, str) else tuple(self.keep))
        if self.min_bytes < 1:
            raise RecipeError(f"{self.name}: min_bytes={self.min_bytes} is below 1, and no line is that short")
        try:
            self._language()
        except RecipeError as error:
            raise RecipeError(str(error).replace("language:", f"{self.name}:", 1)) from error

    def _language(self) -> Language:
        """The step that identifies, which checks the parameters too."""
        wanted = None if self.keep == DOCUMENT else tuple(self.keep)
        return Language(keep=wanted, min_score=self.min_score, model=self.model)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The model's file."""
        return self._language().model_files

    def setup(self) -> None:
        """Load the model."""
        self._language().setup()

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Cut lines; counts those and their bytes without line ends, and names the language of most of them."""
        texts: list[str] = [text or "" for text in batch["text"].to_pylist()]
        kept = self._kept(batch)
        cut, cut_bytes = np.zeros(len(texts), dtype=np.int64), np.zeros(len(texts), dtype=np.int64)
        foreign: list[str | None] = [None] * len(texts)
        documents = {
            row: texts[row].split("\n")
            for row, wanted in enumerate(kept)
            if wanted and ("\n" in texts[row].strip("\n") or self.keep != DOCUMENT)
        }
        judged = self._judge(documents, kept)
        for row, (verdicts, labels) in judged.items():
            lines = documents[row]
            goes = with_neighbours(verdicts)
            if not any(goes):
                continue
            gone = [line for line, is_cut in zip(lines, goes, strict=True) if is_cut and line.strip()]
            cut[row], cut_bytes[row] = len(gone), sum(len(line.encode()) for line in gone)
            foreign[row] = _largest(lines, goes, labels)
            texts[row] = _without(lines, goes)
        return pa.array(texts, pa.large_string()), {
            "language_lines.cut": pa.array(cut),
            "language_lines.cut_bytes": pa.array(cut_bytes),
            "language_lines.language": pa.array(foreign, pa.string()),
        }

    def _kept(self, batch: pa.RecordBatch) -> list[frozenset[str]]:
        """The languages whose lines stay, for each document; none where nothing is to be cut."""
        if self.keep != DOCUMENT:
            wanted = frozenset(
                label for name in self.keep for label in (split_label(name)[0], *MACROLANGUAGES.get(name, ()))
            )
            return [wanted] * batch.num_rows
        known = batch[LANGUAGE] if LANGUAGE in batch.schema.names else self._language().measure(batch)[LANGUAGE]
        return [
            frozenset() if label in (None, UNDETERMINED) else relatives(label) | set(MACROLANGUAGES.get(label, ()))
            for label in known.to_pylist()
        ]

    def _judge(
        self, documents: Mapping[int, Sequence[str]], kept: Sequence[frozenset[str]]
    ) -> dict[int, tuple[list[int], list[str]]]:
        """Verdict and label of each line: first alone, then of what is unsure with what is unsure beside it."""
        spans = [(row, at, at + 1) for row, lines in documents.items() for at in range(len(lines))]
        result = {row: ([UNSURE] * len(lines), [UNDETERMINED] * len(lines)) for row, lines in documents.items()}
        self._judge_spans(documents, kept, spans, result)
        runs = []
        for row, (verdicts, _) in result.items():
            for is_unsure, group in groupby(
                range(len(verdicts)), key=[said <= LEANING for said in verdicts].__getitem__
            ):
                lines = list(group)
                if is_unsure and len(lines) > 1:
                    runs.append((row, lines[0], lines[-1] + 1))
        self._judge_spans(documents, kept, runs, result)
        return result

    def _judge_spans(
        self,
        documents: Mapping[int, Sequence[str]],
        kept: Sequence[frozenset[str]],
        spans: Sequence[tuple[int, int, int]],
        result: Mapping[int, tuple[list[int], list[str]]],
    ) -> None:
        """Judge runs of lines, each as one text."""
        joined = ["\n".join(documents[row][start:stop]).strip() for row, start, stop in spans]
        filled = [number for number, text in enumerate(joined) if text]
        if not filled:
            return
        column = pa.array([joined[number] for number in filled], pa.large_string())
        taken = self._language().measure(pa.record_batch({"text": column}))
        labels, scores = taken["language.label"].to_pylist(), taken["language.score"].to_pylist()
        for number, label, score in zip(filled, labels, scores, strict=True):
            row, start, stop = spans[number]
            verdicts, named = result[row]
            is_kept = label in kept[row]
            if score < self.min_score or label == UNDETERMINED or len(joined[number].encode()) < self.min_bytes:
                if is_kept and stop == start + 1:
                    verdicts[start] = LEANING
                continue
            verdict = RIGHT if is_kept else WRONG
            if verdict == WRONG and self.model is None and not _confirmed(joined[number], kept[row]):
                continue
            verdicts[start:stop] = [verdict] * (stop - start)
            named[start:stop] = [label] * (stop - start)


def _confirmed(text: str, kept: frozenset[str]) -> bool:
    """Whether CLD2 also finds no kept language in the text, neither as its first nor as a large second one."""
    opinion = ask_cld2(text)
    is_mixed = opinion.second in kept and opinion.second_share >= MIXED_SHARE
    return opinion.label not in (UNDETERMINED, *kept) and not is_mixed


def with_neighbours(verdicts: Sequence[int]) -> list[bool]:
    """Which lines go: those in a wrong language, and unsure ones without a line that stays beside them."""
    goes = [verdict == WRONG for verdict in verdicts]
    sure = [-1, *(at for at, verdict in enumerate(verdicts) if verdict in (RIGHT, WRONG)), len(verdicts)]
    for before, after in pairwise(sure):
        edges = [verdicts[at] for at in (before, after) if 0 <= at < len(verdicts)]
        inside = range(before + 1, after)
        if WRONG not in edges:
            continue
        if RIGHT not in edges:
            at_an_edge = len(edges) == 1
            for at in inside:
                goes[at] = not (at_an_edge and verdicts[at] == LEANING)
    return goes


def _without(lines: Sequence[str], goes: Sequence[bool]) -> str:
    """The lines that stay; of the blank ones above and below a cut one side is enough."""
    stay: list[str] = []
    behind_a_cut = True
    for line, is_cut in zip(lines, goes, strict=True):
        if not is_cut and (line.strip() or not behind_a_cut or (stay and stay[-1].strip())):
            stay.append(line)
        behind_a_cut = is_cut or (behind_a_cut and not line.strip())
    return "\n".join(stay).rstrip()


def _largest(lines: Sequence[str], goes: Sequence[bool], labels: Sequence[str]) -> str | None:
    """The language of most bytes that were cut."""
    sizes: dict[str, int] = {}
    for line, is_cut, label in zip(lines, goes, labels, strict=True):
        if is_cut and label != UNDETERMINED:
            sizes[label] = sizes.get(label, 0) + len(line.encode())
    return min(sizes, key=lambda label: (-sizes[label], label)) if sizes else None
