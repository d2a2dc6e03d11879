"""A recipe as one transform in a Beam pipeline of your own: ``python examples/beam_pipeline.py TEMP_FOLDER``.

The documents may come from any source that Beam reads, and each outcome goes wherever the pipeline sends it.
"""

from __future__ import annotations

import sys

import apache_beam as beam
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from textmill import ExactDedup, GopherQuality, Recipe, ScrubPII

SENTENCE = "The miller knows that a stone with deep furrows and a steady stream of water will grind the corn well. "
DOCUMENTS = [
    {"doc_id": "mill", "text": SENTENCE * 4, "url": "https://example.org/mill"},
    {"doc_id": "mill-again", "text": SENTENCE * 4, "url": "https://example.org/copy"},
    {"doc_id": "contact", "text": SENTENCE * 4 + "Write to miller@example.org for the rest of it."},
    {"doc_id": "menu", "text": "Home | About | Contact"},
    {"doc_id": "broken"},
]


def main(temp: str) -> None:
    recipe = Recipe("mine", [GopherQuality(), ExactDedup(), ScrubPII()])
    with beam.Pipeline(runner=FnApiRunner()) as pipeline:
        outcome = pipeline | beam.Create(DOCUMENTS) | recipe.transform(temp=temp)
        outcome["kept"] | "Show kept" >> beam.Map(lambda row: print("kept", row["doc_id"], row["text"][-40:]))
        outcome["removed"] | "Show removed" >> beam.Map(
            lambda row: print("removed", row["doc_id"], row["step"], row["rule"], row["kept_instead"] or row["value"])
        )
        outcome["quarantine"] | "Show quarantine" >> beam.Map(lambda row: print("quarantined", row["error"]))


if __name__ == "__main__":
    main(sys.argv[1])
