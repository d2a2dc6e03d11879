"""Decontamination: documents that hold passages of evaluation sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ...filters.base.evidence import Evidence, text_of
from ...filters.base.rules import Rule
from ...filters.base.step import Filter, Measurements
from .evaluation_sets import Ngrams, load_ngrams, overlap, read_passages, set_files
from .pieces import cut_words
from .windows import window_keys


@dataclass(frozen=True, kw_only=True)
class Decontaminate(Filter):
    """Remove documents that share an n-gram with an evaluation set, or hold enough of one of its passages.

    Source: Brown et al. 2020, "Language Models are Few-Shot Learners" (GPT-3), appendix C: 13-grams of words in lower
    case without punctuation. How ours differs: the original cuts the n-gram and 200 characters on either side out of
    the document and keeps the pieces (none of under 200 characters, nothing of documents cut more than 10 times), ours
    removes the document; it chooses n from 8 to 13 by the length of the set's items, ours is the same for all; it
    ignores n-grams that stand in more than 10 documents of the training data, ours ignores none, because a filter sees
    one document at a time (a bound on the ratio instead of hits spares documents that share a stock phrase only).
    Words are those of :func:`~textmill.dedup.parts.pieces.cut_words`: accents count for nothing either.

    Every field of a record is a passage of its own. Passages of fewer than ``ngram`` words are not looked for.

    Args:
        sets: Files of evaluation sets, or folders of them: JSONL, one record a line, plain or gzipped. None looks for
            nothing, measures nothing, and has the run say so: for a recipe that waits for sets to be named.
        fields: Fields whose text is looked for, of which each record has one at least; None takes every field that
            holds text. Leave out what many texts have by chance, such as the numbers in HumanEval's ``test``.
        ngram: Words of the shortest overlap.
        max_ngram_hits: Most n-grams of a document that may stand in the sets.
        max_longest_overlap_ratio: Greatest part of a passage, 0 to 1, that a document may hold in one piece; the
            overlap must have at least ``ngram`` words.

    Raises:
        RecipeError: when a set is missing or cannot be read, a record has none of the fields, or a bound cannot be.

    Example:
        >>> import json, pathlib, tempfile
        >>> folder = pathlib.Path(tempfile.mkdtemp())
        >>> item = {"question": "Which of the two trains that leave at noon is the first to arrive in Rome?"}
        >>> _ = (folder / "trains.jsonl").write_text(json.dumps(item))
        >>> from textmill.filters.base.batch import make_batch
        >>> step = Decontaminate(sets=(str(folder),))
        >>> step.measure(make_batch(["Asked: " + item["question"]]))["decontaminate.item"].to_pylist()
        ['trains:1.question']
    """

    name: ClassVar[str] = "decontaminate"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "decontaminate.ngram_hits": pa.int64(),
        "decontaminate.longest_overlap_ratio": pa.float64(),
        "decontaminate.item": pa.string(),
    }

    sets: tuple[str, ...] | None = ()
    fields: tuple[str, ...] | None = None
    ngram: int = 13
    max_ngram_hits: int | None = 0
    max_longest_overlap_ratio: float | None = None

    def __post_init__(self) -> None:
        if self.sets is not None and not self.sets:
            raise RecipeError(f"{self.name}: name the evaluation sets, as in {{sets: [gsm8k_test.jsonl]}}")
        if self.ngram < 2:
            raise RecipeError(f"{self.name}: ngram is {self.ngram}; it must be at least 2")
        if self.max_longest_overlap_ratio is not None and not 0 <= self.max_longest_overlap_ratio <= 1:
            raise RecipeError(
                f"{self.name}: max_longest_overlap_ratio={self.max_longest_overlap_ratio} is not between 0 and 1"
            )
        read_passages(set_files(self.sets or ()), self.fields)  # what cannot be read is reported now, not by a worker

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Hits first, then the longest overlap."""
        rules = (
            Rule(name="max_ngram_hits", measurement="decontaminate.ngram_hits", maximum=self.max_ngram_hits),
            Rule(
                name="max_longest_overlap_ratio",
                measurement="decontaminate.longest_overlap_ratio",
                maximum=self.max_longest_overlap_ratio,
            ),
        )
        return tuple(rule for rule in rules if rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The files of the sets, by name."""
        return {path.name: path for path in set_files(self.sets or ())}

    @property
    def notices(self) -> tuple[str, ...]:
        """That nothing was looked for, where no sets are named."""
        if self.sets is not None:
            return ()
        return (
            f"{self.name}: no evaluation sets were named, so nothing was looked for and no document was judged; name "
            f"them with --set {self.name}.sets=FILE, or in the recipe.",
        )

    def setup(self) -> None:
        """Read the sets and hash their n-grams."""
        if self.sets is not None:
            self._load()

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:  # noqa: ARG002  # both count the same
        """Lines in which an n-gram begins that stands in a set, and where it stands there."""
        if self.sets is None:
            return
        known = self._load()
        text = text_of(document)
        lines = text.split("\n")
        firsts = cut_words(pa.array(lines, pa.large_string())).offsets
        windows = window_keys(cut_words(document["text"]), self.ngram, 1)
        first_names: dict[int, str] = {}
        for at in np.flatnonzero(np.isin(windows.words[:, 0], known.keys)).tolist():
            (number,) = np.flatnonzero(known.keys[:, 0] == windows.words[at, 0])
            passage = known.passages[known.places[known.place_offsets[number]]]
            line = int(np.searchsorted(firsts, windows.pieces[at], side="right"))
            first_names.setdefault(line, known.names[passage])
        yield from (Evidence(line, lines[line - 1], name) for line, name in first_names.items())

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Hits and ratio are 0 and the item is null for a document that shares no n-gram; all null without sets."""
        if self.sets is None:
            return {name: pa.nulls(batch.num_rows, declared) for name, declared in self.measurements.items()}
        known = self._load()
        found = overlap(batch["text"], known, self.ngram)
        names = [known.names[passage] if passage >= 0 else None for passage in found.passages.tolist()]
        return {
            "decontaminate.ngram_hits": pa.array(found.hits),
            "decontaminate.longest_overlap_ratio": pa.array(found.ratios),
            "decontaminate.item": pa.array(names, pa.string()),
        }

    def _load(self) -> Ngrams:
        return load_ngrams(set_files(self.sets or ()), self.fields, self.ngram)
