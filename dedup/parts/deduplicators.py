"""Duplicates below the document: what has stood before is cut out, and the first occurrence stays."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ...filters.base.step import Measurements
from ...filters.kernels.machine.buffers import text_array, text_buffers
from ..base.indexed import Indexed
from ..base.step import Deduplicator, Keys, UInt64s
from .pieces import FORMS, Form, Pieces, cut_lines, cut_sentences, cut_words
from .seen import SeenWindows, cut_out
from .windows import Windows, anchors, smallest_of, window_keys


class PartDeduplicator(Deduplicator):
    """Cuts parts out of documents that have stood before in the corpus, in the order in which it is read.

    A document is cut into pieces; every ``length`` pieces in a row are a window, known by its hash. All pieces of a
    window that has stood before, in an earlier document or earlier in its own without overlapping, are cut out. A
    document of which nothing is left is removed (rule ``empty``); whether what is left is still worth keeping is for
    the filters behind the step.

    Between the workers travel keys only, each once for a split: first a few bits of all of them, then the whole of
    those that another split has too. What comes back are the numbers of those that occur in earlier splits.
    """

    width: ClassVar[int] = 1
    """64-bit words in the key of a window."""
    narrows: ClassVar[bool] = False
    """Whether windows are narrowed down by their anchors before their keys are exchanged."""
    more_bits: ClassVar[int] = 0
    """Bits of a key's second word that are compared."""
    every: int = 1
    """Of so many windows in a row only the one of the smallest key is compared."""

    @property
    def length(self) -> int:
        """Pieces in a window."""
        return 1

    @abstractmethod
    def pieces(self, text: pa.Array) -> Pieces:
        """Cut the documents of a column into pieces."""

    def keys(self, batch: pa.RecordBatch) -> Keys:
        """Keys of the windows, or of their anchors where these come first."""
        pieces = self.pieces(batch["text"])
        if self.narrows:
            words, _, where = anchors(pieces, self.length)
            words = words.reshape(-1, 1)
        else:
            words, where = window_keys(pieces, self.length, self.width)
        return Keys(words, np.searchsorted(pieces.offsets, where, side="right") - 1)

    def candidate_keys(self, text: pa.Array, shared: SeenWindows) -> UInt64s:
        """Keys of the windows whose anchors are shared, shape (n, width); of ``every`` in a row one is enough."""
        pieces = self.pieces(text)
        found, numbers, _ = anchors(pieces, self.length)
        chosen = shared.holds(found.reshape(-1, 1))[numbers]
        windows = window_keys(pieces, self.length, self.width)
        if self.every > 1:
            chosen &= smallest_of(windows, pieces.offsets, self.every)
        return windows.words[chosen]

    def compared_windows(self, pieces: Pieces) -> Windows:
        """The windows that count, with keys of one word; one that its document has not chosen does not.

        Otherwise a key that one document of a split has chosen would also cut another document that has not, and only
        as long as both lie in one split.
        """
        windows = window_keys(pieces, self.length, 1)
        if self.every == 1:
            return windows
        chosen = smallest_of(windows, pieces.offsets, self.every)
        return Windows(windows.words[chosen], windows.pieces[chosen])

    def drop(self, text: pa.Array, seen: SeenWindows, first_document: int) -> tuple[pa.Array, Measurements]:
        """Cut out what has stood before; batches of a split must come in order.

        Returns:
            The column without the repeated pieces, and counts of pieces, pieces removed, and the ratio of characters
            removed (0 for an empty text).
        """
        pieces = self.pieces(text)
        windows = self.compared_windows(pieces)
        repeated = seen.mark(windows, pieces.offsets, self.length, first_document)
        offsets, data, counts = cut_out(*text_buffers(text), pieces.offsets, pieces.starts, repeated)
        total, removed, removed_ratio = self.measurements
        return text_array(offsets, data) if repeated.any() else text, {
            total: pa.array(np.diff(pieces.offsets)),
            removed: pa.array(counts[:, 0]),
            removed_ratio: pa.array(counts[:, 2] / np.maximum(counts[:, 1], 1)),
        }


def _counts(name: str, pieces: str) -> Mapping[str, pa.DataType]:
    return {
        f"{name}.{pieces}": pa.int64(),
        f"{name}.{pieces}_removed": pa.int64(),
        f"{name}.chars_removed_ratio": pa.float64(),
    }


@dataclass(frozen=True, kw_only=True)
class LineDedup(Indexed, PartDeduplicator):
    """Cut out lines that have stood before.

    Source: form "c4" is the code of C4 (Raffel et al. 2020; TensorFlow Datasets), which compares lines stripped and in
    lower case over the whole corpus; form "ccnet" is Wenzek et al. 2020, section 3.1, which compares them without
    typographic marks and with digits as 0, within a part of a crawl. Both keep the first. How ours differs: lines end
    at line feeds only, blank lines are never cut out, the corpus is always the whole run, and its order is that of the
    sorted input files.

    Lines are compared by 64-bit hashes. Among n different lines about n² / 2**65 pairs share one by chance, so that
    in a billion different lines there is a pair with a chance of 3 %; in a trillion, 27,000 lines go by mistake.

    Args:
        form: How lines are compared: "c4", "ccnet", or "exact" (white space around them aside).
        min_chars: Shorter lines are left alone, counted as they are compared. The default leaves none: that is what
            both sources do, but it thins out poems, lists and code.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.base.indexed.Indexed`.
        write_index: Folder to write an index to, 8 bytes a different line.

    Raises:
        RecipeError: for another form, or a minimum below 1.

    Example:
        >>> LineDedup(min_chars=30)
        LineDedup(against=(), write_index=None, form='c4', min_chars=30)
    """

    name: ClassVar[str] = "line_dedup"
    measurements: ClassVar[Mapping[str, pa.DataType]] = _counts("line_dedup", "lines")

    form: Form = "c4"
    min_chars: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_lines(self.name, self.form, self.min_chars)

    def pieces(self, text: pa.Array) -> Pieces:
        """Lines."""
        return cut_lines(text, form=self.form, min_chars=self.min_chars, paragraphs=False)

    def key_parameters(self) -> Mapping[str, Any]:
        """How lines are written."""
        return {"form": self.form}


@dataclass(frozen=True, kw_only=True)
class ParagraphDedup(Indexed, PartDeduplicator):
    """Cut out paragraphs that have stood before: runs of lines between blank ones.

    Source: the paragraph deduplication of Dolma (Soldaini et al. 2024, section 3.1) and CCNet, which both call a line a
    paragraph (for these take :class:`LineDedup`); here paragraphs are set off by blank lines, as in books and Markdown.
    White space around each line counts for nothing. Hashes are as for lines.

    Args:
        form: How lines are compared: "c4", "ccnet" or "exact"; see :class:`LineDedup`.
        min_chars: Shorter paragraphs are left alone.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.base.indexed.Indexed`.
        write_index: Folder to write an index to, 8 bytes a different paragraph.

    Raises:
        RecipeError: for another form, or a minimum below 1.

    Example:
        >>> ParagraphDedup(min_chars=100).min_chars
        100
    """

    name: ClassVar[str] = "paragraph_dedup"
    measurements: ClassVar[Mapping[str, pa.DataType]] = _counts("paragraph_dedup", "paragraphs")

    form: Form = "c4"
    min_chars: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_lines(self.name, self.form, self.min_chars)

    def pieces(self, text: pa.Array) -> Pieces:
        """Paragraphs."""
        return cut_lines(text, form=self.form, min_chars=self.min_chars, paragraphs=True)

    def key_parameters(self) -> Mapping[str, Any]:
        """How lines are written."""
        return {"form": self.form}


@dataclass(frozen=True, kw_only=True)
class SentenceDedup(Indexed, PartDeduplicator):
    """Cut out the sentences of every span of three that has stood before.

    Source: Raffel et al. 2020, section 2.2 ("all but one of any three-sentence span occurring more than once"). How
    ours differs from datatrove's: the sentences are those of :func:`~textmill.dedup.parts.pieces.cut_sentences`,
    compared by their words (case, accents and marks aside); spans that repeat within a document count too, if they do
    not overlap; documents of fewer sentences are left alone. Hashes are as for lines (:class:`LineDedup`).

    Args:
        sentences: Sentences in a span.
        against: Indexes of earlier runs; see :class:`~textmill.dedup.base.indexed.Indexed`.
        write_index: Folder to write an index to, 8 bytes a different span.

    Raises:
        RecipeError: for less than one sentence.

    Example:
        >>> SentenceDedup(sentences=5).sentences
        5
    """

    name: ClassVar[str] = "sentence_dedup"
    measurements: ClassVar[Mapping[str, pa.DataType]] = _counts("sentence_dedup", "sentences")

    sentences: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.sentences < 1:
            raise RecipeError(f"{self.name}: sentences is {self.sentences}; it must be at least 1")

    @property
    def length(self) -> int:
        """Sentences in a span."""
        return self.sentences

    def pieces(self, text: pa.Array) -> Pieces:
        """Sentences."""
        return cut_sentences(text)

    def key_parameters(self) -> Mapping[str, Any]:
        """The length of a span."""
        return {"sentences": self.sentences}


@dataclass(frozen=True, kw_only=True)
class SubstringDedup(PartDeduplicator):
    """Cut out every run of 50 words that has stood before, wherever it begins, in other documents or the same.

    Source: Lee et al. 2022, "Deduplicating Training Data Makes Language Models Better", section 4.1, which finds such
    runs with a suffix array on one machine. Ours finds the same ones by packed hashes, in rounds. In the first every
    run of 50 words names an anchor, the 13 words in it of the smallest hash (winnowing, Schleimer et al. 2003): equal
    runs have equal anchors, and one word in 19 begins one. Only runs whose anchor occurs more than once are looked at
    in the next rounds, each by a 128-bit hash of all its words, and cut out if that occurs before. So every repeated
    run of ``min_words`` and more is found from its first word to its last, and nothing else is cut out: two different
    runs share a hash by chance less than once in 10^14 corpora of a trillion words.

    How ours differs: tokens are folded words, not of a vocabulary, so case, accents and marks count for
    nothing (50 words are about 65 tokens); the first occurrence stays (the original removes all or all but one); and
    repetitions that overlap in a document are cut to one.

    A word of a repeated run costs an exchange of about 15 bytes, twice the bytes of that text and more; so remove whole
    duplicates before this step, or let it compare one run in ``every``.

    Args:
        min_words: Words of the shortest run that is cut out.
        every: Compare only one in so many runs of a document that follow each other, chosen by content, so that the
            same is cut whatever the splits and batches: the exchange falls to
            ``2 / (every + 1)``, runs of ``min_words + every - 1`` words are certain to be found, and up to
            ``every - 1`` words at either end of a run may stay.

    Raises:
        RecipeError: for less than 2 words, or ``every`` out of 1 to ``min_words``.

    Example:
        >>> SubstringDedup(min_words=100).min_words
        100
    """

    name: ClassVar[str] = "substring_dedup"
    measurements: ClassVar[Mapping[str, pa.DataType]] = _counts("substring_dedup", "words")
    width: ClassVar[int] = 2
    more_bits: ClassVar[int] = 64
    narrows: ClassVar[bool] = True

    min_words: int = 50
    every: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_words < 2:
            raise RecipeError(f"{self.name}: min_words is {self.min_words}; it must be at least 2")
        if not 1 <= self.every <= self.min_words:
            raise RecipeError(f"{self.name}: every is {self.every}; it must be from 1 to min_words, {self.min_words}")

    @property
    def length(self) -> int:
        """Words in a run."""
        return self.min_words

    def pieces(self, text: pa.Array) -> Pieces:
        """Words."""
        return cut_words(text)


def _check_lines(name: str, form: str, min_chars: int) -> None:
    if form not in FORMS:
        raise RecipeError(f"{name}: form is {form!r}; choose one of {', '.join(FORMS)}")
    if min_chars < 1:
        raise RecipeError(f"{name}: min_chars is {min_chars}; it must be at least 1")
