"""C4's list of obscene words: one of them removes a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from ..errors import RecipeError
from .base.document_language import document_languages
from .base.draw import draw
from .base.evidence import Evidence, as_lines, lines_holding
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.machine.buffers import text_buffers
from .lists.word_lists import count_flagged, list_files, list_for, listed_languages, word_trie


@dataclass(frozen=True, kw_only=True)
class BadWords(Filter):
    """Remove documents that hold any word or phrase of the language's list, but for a fraction drawn by their ids.

    Source: Raffel et al. 2020, "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer",
    section 2.2, and Xue et al. 2021, "mT5", section 3.1, for other languages than English: the LDNOOBW lists, as whole
    words but in Japanese, Thai and Chinese, without the entries that mC4 excepts. Use it with care: it removes medical,
    legal and educational pages, and pages by and about minorities (Dodge et al. 2021, section 5.3);
    :class:`~textmill.filters.Toxicity` judges by the share of such words instead.

    All 28 lists of mC4 come along: ar cs da de en eo es fa fi fil fr fr-CA-u-sd-caqc hi hu it ja kab ko nl no pl pt ru
    sv th tlh tr zh. The label tl takes the one of fil, nb and nn that of no; no label of lid.176 leads to kab, tlh and
    fr-CA-u-sd-caqc, so that these want ``language``. A document of another language passes, with null measurements.

    How ours differs: what is spared is drawn by a hash of the document's id, so that it is the same in every run (C4's
    code draws by the hash of the URL, datatrove from a random generator). Entries without a letter do not count, nor,
    in Japanese, Thai and Chinese, single characters. Korean is matched by whole words as in mC4, so a word with a
    particle behind it is missed.

    Args:
        keep_fraction: How many of the documents with such words are kept all the same, from 0 to 1; C4 keeps none.
        salt: Another one draws other documents.
        language: Judge every document by this list; by default by the list of its own language, as a Language step has
            labelled it or else its script tells.

        lists: Folder of lists in place of ours, one file for each language, named ``en``, ``de``, ``pt.txt`` ….

    Raises:
        RecipeError: for a fraction outside 0..1, a language without a list, or a folder without lists.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [BadWords()]).clean("A page of hardcore porn.").removed_by
        'bad_words.keep_fraction'
    """

    name: ClassVar[str] = "bad_words"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"bad_words.count": pa.int64(), "bad_words.draw": pa.float64()}

    keep_fraction: float | None = 0.0
    salt: str = ""
    language: str | None = None
    lists: str | None = None

    def __post_init__(self) -> None:
        if self.keep_fraction is not None and not 0 <= self.keep_fraction <= 1:
            raise RecipeError(f"{self.name}: keep_fraction={self.keep_fraction} is not between 0 and 1")
        known = listed_languages(self.lists)
        if self.language is not None and self.language not in known:
            raise RecipeError(
                f"{self.name}: there is no list for language {self.language!r}; there are {', '.join(known)}"
            )

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The lists."""
        return list_files(self.lists)

    def setup(self) -> None:
        """Read the lists."""
        for language in listed_languages(self.lists):
            word_trie(language, self.lists)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """One rule: the draw of a document with such words must not be above the fraction that is kept."""
        if self.keep_fraction is None:
            return ()
        return (Rule(name="keep_fraction", measurement="bad_words.draw", maximum=self.keep_fraction),)

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:  # noqa: ARG002  # there is one rule
        """Lines that hold a listed word of the document's language."""
        return lines_holding(document, self.measure(as_lines(document))["bad_words.count"])

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Count listed words; draw a number above 0 and up to 1 for each document that has any."""
        text = text_buffers(batch["text"])
        given = self.language
        labels = document_languages(batch) if given is None else [given] * batch.num_rows
        languages = [list_for(label, self.lists) for label in labels]
        counts = [
            count_flagged(
                text.data, int(text.offsets[row]), int(text.offsets[row + 1]), word_trie(language, self.lists)
            )[0]
            if language is not None
            else None
            for row, language in enumerate(languages)
        ]
        draws = [
            draw(doc_id, self.salt) if count else None
            for count, doc_id in zip(counts, batch["doc_id"].to_pylist(), strict=True)
        ]
        return {"bad_words.count": pa.array(counts, pa.int64()), "bad_words.draw": pa.array(draws, pa.float64())}
