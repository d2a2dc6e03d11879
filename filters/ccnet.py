"""CCNet's line normalisation as a cleaner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from ..errors import RecipeError
from .base.step import Cleaner, Measurements
from .kernels.lines.ccnet_lines import FORMS, Form, normalize_lines


@dataclass(frozen=True, kw_only=True)
class CCNetNormalize(Cleaner):
    """Write every line as CCNet does before it compares lines, or before it takes their perplexity.

    Source: Wenzek et al. 2020, "CCNet: Extracting High Quality Monolingual Datasets from Web Crawl Data", sections 3.1
    and 3.4, in the form of its code. Each line is stripped and lower-cased, each digit of any script becomes 0. Form
    "dedup" removes 34 typographic and East Asian marks and all control characters (tabs, too) and keeps ASCII marks;
    form "perplexity" strips accents, lets Hangul syllables fall apart into letters, and writes the marks in ASCII.

    What comes out is for comparing and for language models trained on it, not for reading: put it into a recipe that
    looks for repetitions or trains a model. How ours differs: a capital sigma is σ at the end of a word too.

    Args:
        form: "dedup" or "perplexity".

    Raises:
        RecipeError: for another form.

    Example:
        >>> from textmill.filters.base.batch import make_batch
        >>> CCNetNormalize().clean(make_batch(["  «Straße» No. 15 … "]))[0].to_pylist()
        ['straße no. 00 ']
        >>> CCNetNormalize(form="perplexity").clean(make_batch(["À 15 h…"]))[0].to_pylist()
        ['a 00 h...']
    """

    name: ClassVar[str] = "ccnet_normalize"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {"ccnet.lines_changed": pa.int64()}

    form: Form = "dedup"

    def __post_init__(self) -> None:
        if self.form not in FORMS:
            raise RecipeError(f"{self.name}: form is {self.form!r}; choose one of {', '.join(FORMS)}")

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Normalise; line feeds stay where they are."""
        text, changed = normalize_lines(batch["text"], self.form)
        return text, {"ccnet.lines_changed": pa.array(changed)}
