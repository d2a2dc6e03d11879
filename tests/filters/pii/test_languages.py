"""In which language a document is whose numbers may be phones."""

import numpy as np
import pyarrow as pa

from textmill.filters.base.batch import make_batch
from textmill.filters.pii.languages import READ_BYTES, SURE, languages_of_numbers

ENGLISH = "The office is open in the morning and the number of the secretary is "
GERMAN = "Die Praxis ist in der Regel von acht bis zwölf Uhr zu erreichen, und zwar unter "
CHINESE = "我们的办公室每天早上开门，秘书的电话号码是"


def languages(
    texts: list[str], labels: list[str | None] | None = None, places: dict[int, int] | None = None
) -> list[str]:
    """Of documents with numbers: all, or those with a place."""
    batch = make_batch(texts)
    if labels is not None:
        batch = batch.append_column("language.label", pa.array(labels, pa.string()))
    given = places if places is not None else {row: len(text.encode()) for row, text in enumerate(texts)}
    windows = [(row, place, place + 1, 8) for row, place in given.items()]
    return languages_of_numbers(batch, np.array(windows, dtype=np.int64).reshape(-1, 4))


def test_the_label_of_a_document_is_its_language_where_it_has_one() -> None:
    assert languages([ENGLISH] * 4, ["de", "und", None, "fr"]) == ["de", "en", "en", "fr"]
    assert languages([GERMAN] * 2, ["en", "und"]) == ["en", "de"]


def test_without_labels_the_text_tells() -> None:
    assert languages([ENGLISH, GERMAN, CHINESE]) == ["en", "de", "zh"]
    assert languages([ENGLISH, CHINESE], ["und", "und"]) == ["en", "zh"]


def test_documents_without_numbers_are_not_looked_at() -> None:
    assert languages([ENGLISH, GERMAN], places={1: 0}) == ["", "de"]
    assert languages([ENGLISH, GERMAN], places={}) == ["", ""]


def test_what_stands_around_the_first_number_decides() -> None:
    assert (READ_BYTES, SURE) == (2048, 0.4)
    text = ENGLISH * 60 + GERMAN * 60
    batch = make_batch([text])
    for first, language in ((10, "en"), (len(text.encode()) - 10, "de")):
        windows = np.array([(0, first, first + 1, 8), (0, len(text) - 1, len(text), 8)], dtype=np.int64)
        assert languages_of_numbers(batch, windows) == [language]


def test_of_what_is_no_language_only_the_script_is_believed() -> None:
    assert languages(["x7 q9 zz1 17"]) == languages(["", "12345"])[:1]
