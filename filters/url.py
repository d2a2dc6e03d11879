"""URL rules: listed domains, and words that give a page away before its text is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..errors import RecipeError
from .base.evidence import Evidence
from .base.rules import Rule
from .base.step import Filter, Measurements
from .kernels.machine.buffers import text_buffers
from .kernels.urls import UrlLists, UrlStatistic, url_statistics
from .lists.url_lists import HARD_WORDS, SOFT_WORDS, SUBSTRINGS, letters_of, list_files, load_lists, word_list


@dataclass(frozen=True, kw_only=True)
class UrlRules(Filter):
    """Remove documents by their URL: listed domains and URLs, one hard word, two soft words, or a banned string.

    Source: Penedo et al. 2023, "The RefinedWeb Dataset for Falcon LLM", appendix G.1, as FineWeb has it (Penedo et al.
    2024, section 3.1). Only the ``url`` column is read; a document without a URL passes, with null measurements. Put it
    first in a recipe.

    Everything is compared in lower case (datatrove leaves the URL's words as they are, so that ``/Porn/`` passes). A
    listed domain blocks the domains below it, as in squidGuard. Words stand between anything but ASCII letters and
    digits; banned strings are looked for in the URL's letters and digits alone, behind the scheme, so that
    ``https://exchange.example`` holds no "sex". International names are compared as they are written.

    How ours differs: the word lists are small and our own, because theirs (and RefinedWeb's, which was never published)
    are not ours to copy; give files for real use. A list of domains is a file with one on each line, or a folder such
    as UT1's (``adult/domains``, ``adult/urls`` …): lines with a path block that URL alone, lines that begin with ``#``
    are remarks. It takes 8 bytes of memory for an entry in each process: 40 MB for UT1's five million.

    Args:
        blocklist: File or folder of domains and URLs; None blocks none.
        hard_words: File of hard words, one a line; None takes ours.
        soft_words: File of soft words; None takes ours.
        banned_substrings: File of banned strings; None takes ours.
        max_listed: Most listings of the host, the domains above it, and the URL.
        max_hard_words: Most different hard words.
        max_soft_words: Most different soft words.
        max_banned_substrings: Most occurrences of banned strings.

    Raises:
        RecipeError: when a file is missing.

    Example:
        >>> from textmill.filters.base.batch import make_batch
        >>> batch = make_batch(["text"])
        >>> batch = batch.set_column(4, "url", pa.array(["http://example.org/Casino-Poker/?x=1"]))
        >>> UrlRules().measure(batch)["url.soft_words"].to_pylist()
        [2]
    """

    name: ClassVar[str] = "url_rules"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "url.listed": pa.int64(),
        "url.hard_words": pa.int64(),
        "url.soft_words": pa.int64(),
        "url.banned_substrings": pa.int64(),
    }

    blocklist: str | None = None
    hard_words: str | None = None
    soft_words: str | None = None
    banned_substrings: str | None = None
    max_listed: int | None = 0
    max_hard_words: int | None = 0
    max_soft_words: int | None = 1
    max_banned_substrings: int | None = 0

    def __post_init__(self) -> None:
        for parameter in ("blocklist", "hard_words", "soft_words", "banned_substrings"):
            path = getattr(self, parameter)
            if path is None:
                continue
            object.__setattr__(self, parameter, str(path))
            if parameter == "blocklist":
                list_files(str(path))
            elif not Path(path).is_file():
                raise RecipeError(f"{self.name}: {parameter}: there is no file {path}")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """In the order of RefinedWeb."""
        rules = (
            Rule(name="max_listed", measurement="url.listed", maximum=self.max_listed),
            Rule(name="max_hard_words", measurement="url.hard_words", maximum=self.max_hard_words),
            Rule(name="max_soft_words", measurement="url.soft_words", maximum=self.max_soft_words),
            Rule(
                name="max_banned_substrings",
                measurement="url.banned_substrings",
                maximum=self.max_banned_substrings,
            ),
        )
        return tuple(rule for rule in rules if rule.maximum is not None)

    @property
    def model_files(self) -> Mapping[str, Path]:
        """The lists given."""
        files: dict[str, Path] = {}
        if self.blocklist is not None:
            root = Path(self.blocklist)
            for path in list_files(self.blocklist):
                files[path.name if path == root else f"{root.name}/{path.relative_to(root).as_posix()}"] = path
        words = (self.hard_words, self.soft_words, self.banned_substrings)
        return files | {Path(path).name: Path(path) for path in words if path is not None}

    def setup(self) -> None:
        """Read the lists."""
        self._lists()

    def evidence(self, document: pa.RecordBatch, rule: str) -> Iterable[Evidence]:
        """The URL, and which words and strings of the lists are in it."""
        url = document["url"][0].as_py()
        if not url:
            return
        words = re.split(r"[^0-9a-z]+", url.lower().partition("://")[2] or url.lower())
        found = ""
        if rule in ("max_hard_words", "max_soft_words"):
            hard = rule == "max_hard_words"
            listed = word_list(*((self.hard_words, HARD_WORDS) if hard else (self.soft_words, SOFT_WORDS)))
            found = ", ".join(word for word in dict.fromkeys(words) if word in listed)
        elif rule == "max_banned_substrings":
            strings = word_list(self.banned_substrings, SUBSTRINGS)
            found = ", ".join(string for string in strings if letters_of(string) in "".join(words))
        yield Evidence(0, url, found)

    def measure(self, batch: pa.RecordBatch) -> Measurements:
        """Count listings, words and strings; all null for a document without a URL."""
        if batch["url"].null_count == batch.num_rows:
            return {name: pa.nulls(batch.num_rows, declared) for name, declared in self.measurements.items()}
        urls = pc.fill_null(batch["url"], "").cast(pa.large_string())
        counts = url_statistics(text_buffers(urls), self._lists())
        has_none = np.asarray(pc.equal(urls, "").to_numpy(zero_copy_only=False), dtype=np.bool_)
        listed = counts[:, UrlStatistic.DOMAINS] + counts[:, UrlStatistic.URLS]
        return {
            "url.listed": pa.array(listed, mask=has_none),
            "url.hard_words": pa.array(counts[:, UrlStatistic.HARD_WORDS], mask=has_none),
            "url.soft_words": pa.array(counts[:, UrlStatistic.SOFT_WORDS], mask=has_none),
            "url.banned_substrings": pa.array(counts[:, UrlStatistic.SUBSTRINGS], mask=has_none),
        }

    def _lists(self) -> UrlLists:
        return load_lists(
            self.blocklist,
            word_list(self.hard_words, HARD_WORDS),
            word_list(self.soft_words, SOFT_WORDS),
            word_list(self.banned_substrings, SUBSTRINGS),
        )
