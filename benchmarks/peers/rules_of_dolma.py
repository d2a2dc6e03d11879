"""What Dolma's taggers say of texts by Dolma 1.5's thresholds; run by ``conformance.py`` with the peer's Python."""

import json
import sys
from pathlib import Path

from dolma.core.data_types import Document
from dolma.taggers.c4 import FasterC4Tagger
from dolma.taggers.gopher import get_attributes

TOP = {2: 0.20, 3: 0.18, 4: 0.16}
DUPLICATE = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}


def verdicts(text):
    found = get_attributes(text, ignore_empty_lines=True)
    top = dict(found.fraction_of_characters_in_most_common_ngram)
    duplicate = dict(found.fraction_of_characters_in_duplicate_ngrams)
    yield "gopher_quality.min_words", found.word_count < 50
    yield "gopher_quality.max_words", found.word_count > 100_000
    yield "gopher_quality.min_mean_word_length", found.median_word_length < 3
    yield "gopher_quality.max_mean_word_length", found.median_word_length > 10
    yield "gopher_quality.hash_or_ellipsis_ratio", found.symbol_to_word_ratio > 0.1
    yield "gopher_quality.max_bullet_lines_ratio", found.fraction_of_lines_starting_with_bullet_point > 0.9
    yield "gopher_quality.max_ellipsis_lines_ratio", found.fraction_of_lines_ending_with_ellipsis > 0.3
    yield "gopher_quality.min_alpha_words_ratio", found.fraction_of_words_with_alpha_character < 0.8
    yield "gopher_quality.min_stop_words", found.required_word_count < 2
    yield "gopher_repetition.max_duplicate_line_ratio", found.fraction_of_duplicate_lines > 0.3
    yield "gopher_repetition.max_duplicate_line_chars_ratio", found.fraction_of_characters_in_duplicate_lines > 0.3
    for size, bound in TOP.items():
        yield f"gopher_repetition.max_top_{size}_gram_ratio", top.get(size, 0) > bound
    for size, bound in DUPLICATE.items():
        yield f"gopher_repetition.max_duplicate_{size}_gram_ratio", duplicate.get(size, 0) > bound
    tags = {span.type for span in FasterC4Tagger().predict(Document(id="", text=text, source="")).spans}
    yield "c4_quality.max_lorem_ipsum", "has_lorem_ipsum" in tags
    yield "c4_quality.max_curly_brackets", "has_curly_brace" in tags


found = {}
for text in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    for name, verdict in verdicts(text):
        found.setdefault(name, []).append(bool(verdict))
Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
