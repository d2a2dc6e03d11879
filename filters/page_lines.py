"""Lines of web pages that belong to no text: menus, counters, notices, teasers of other pages, spam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
import pyarrow as pa

from .base.step import Cleaner, Measurements
from .kernels.lines.page_lines import MOST_BARS, Phrase, judge_lines, marks
from .kernels.lines.page_runs import Cut, choose_lines, room, write_lines
from .kernels.lines.phrase_trie import Trie, build_trie, letters, new_words
from .kernels.machine.buffers import numbers, room_for_text, text_array, text_buffers
from .kernels.machine.scanning import line_feeds_in
from .lists import page_phrases


@dataclass(frozen=True, kw_only=True)
class PageLines(Cleaner):
    """Cut lines that stand around the text of a page: menus, buttons, counters, notices, teasers, keyword spam.

    Each line is judged by itself, in any script (phrases of many languages, among them Chinese and Japanese), and then
    with its neighbours:

    - Surely no text, and cut wherever they stand: lines that are nothing but "Share on Facebook", 登录后你可以 or
      続きを読む; counters with their dates ("12 comments", 4159次阅读); notices of cookies, copyright and reprints;
      lists of two or more spam words and little else; menus between bars (``Home | News | Contact``); names of image
      files.
    - Perhaps no text: a single "News", "Search", 评论, a list of keywords between bars, a line that ends with ``»``.
      They are cut, with short lines between them, where a run of short lines consists of such by two fifths and more.
      Alone they are headings, and stay.
    - Behind "Related articles", 相关推荐, 関連記事, Читайте также and their like, titles and first words of other
      pages are cut up to the end, or until four lines of prose follow each other. So are titles at the end of a page
      with a counter each.

    Everything else stays as it is: dialogue, verse, lists, tables, code. Blank lines go with the line above them.

    Measurements: the number of lines cut, by why: ``page.spam_lines``, ``page.navigation_lines``,
    ``page.counter_lines``, ``page.notice_lines`` and ``page.teaser_lines``.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [PageLines()]).clean("Home | News | Contact\\nThe mill stands.\\n12 comments").text
        'The mill stands.'
    """

    name: ClassVar[str] = "page_lines"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "page.spam_lines": pa.int64(),
        "page.navigation_lines": pa.int64(),
        "page.counter_lines": pa.int64(),
        "page.notice_lines": pa.int64(),
        "page.teaser_lines": pa.int64(),
    }

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Cut lines, and count them; a batch of which nothing is cut keeps its buffers."""
        text = batch["text"]
        offsets, data = text_buffers(text)
        counts = np.zeros((len(text), len(self.measurements)), dtype=np.int64)
        starts, classes, cuts, order = room(int(line_feeds_in(offsets, data).sum()) + len(text))
        first_lines = np.zeros(len(offsets), dtype=np.int64)
        bars_at = np.empty(MOST_BARS + 1, dtype=np.int64)
        judge_lines(offsets, data, letters(), page_trie(), marks(), new_words(), bars_at, starts, classes, first_lines)
        choose_lines(first_lines, classes, cuts, order, counts)
        if counts.any():
            written = room_for_text(offsets)
            write_lines(offsets, data, first_lines, starts, cuts, *written)
            text = text_array(*written)
        return text, {
            name: numbers(counts[:, reason - Cut.SPAM])
            for name, reason in zip(self.measurements, list(Cut)[Cut.SPAM :], strict=True)
        }


@cache
def page_trie() -> Trie:
    """The phrases of :mod:`.lists.page_phrases` as kernels take them."""
    phrases: dict[str, int] = {}
    for listed, flag in (
        (page_phrases.LINES, Phrase.LINE),
        (page_phrases.HAN_LINES, Phrase.LINE),
        (page_phrases.KANA_LINES, Phrase.LINE),
        (page_phrases.WEAK_LINES, Phrase.WEAK),
        (page_phrases.COUNTED, Phrase.COUNTED),
        (page_phrases.BESIDE_COUNTS, Phrase.BESIDE),
        (page_phrases.BEGINNINGS, Phrase.BEGINS),
        (page_phrases.ENDINGS, Phrase.ENDS),
        (page_phrases.NOTICES, Phrase.NOTICE),
        (page_phrases.MARKERS, Phrase.MARKER),
        (page_phrases.SPAM, Phrase.SPAM),
    ):
        for phrase in filter(None, listed.split("|")):
            said = Phrase.WEAK if flag == Phrase.LINE and _may_be_a_heading(phrase) else flag
            for form in {phrase, phrase.translate(page_phrases.TO_TRADITIONAL)}:
                phrases[form] = phrases.get(form, 0) | said
    return build_trie(phrases)


def _may_be_a_heading(phrase: str) -> bool:
    """A single word, or a word and its ending in Chinese and Japanese, but for those of :data:`.page_phrases.ALONE`."""
    longest = 4 if "\u3040" < max(phrase) < "\u3100" else 2 if phrase > "\u3040" and max(phrase) < "\uac00" else 0
    return phrase not in page_phrases.ALONE and (len(phrase) <= longest or (longest == 0 and " " not in phrase))
