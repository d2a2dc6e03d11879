"""CPU seconds of datatrove's filters on texts; run by ``heuristics.py`` with the peer's Python."""

import contextlib
import json
import sys
import time
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)

FILTERS = {
    "gopher_repetition": [GopherRepetitionFilter()],
    "gopher_quality": [GopherQualityFilter()],
    "c4": [C4QualityFilter(filter_no_terminal_punct=False)],
    "fineweb": [FineWebQualityFilter()],
}
# In a row as its pipelines do, where a document's words are split once for all filters as long as the text is the same.
FILTERS["all in a row"] = [one for filters in FILTERS.values() for one in filters]


def seconds(filters, texts):
    for one in filters:
        one.filter(Document(text=texts[0], id="warm"))
    begun = time.process_time()
    for number, text in enumerate(texts):
        document = Document(text=text, id=str(number))
        for one in filters:
            with contextlib.suppress(ZeroDivisionError):  # on a text without words
                one.filter(document)
    return time.process_time() - begun


texts = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
Path(sys.argv[2]).write_text(json.dumps({name: seconds(filters, texts) for name, filters in FILTERS.items()}))
