"""What datatrove says of texts, each rule alone; run by ``conformance.py`` with the peer's Python."""

import json
import sys
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.filters import (
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
)

QUALITY = {
    "min_words": {"min_doc_words": 50},
    "max_words": {"max_doc_words": 100_000},
    "min_mean_word_length": {"min_avg_word_length": 3},
    "max_mean_word_length": {"max_avg_word_length": 10},
    "hash_or_ellipsis_ratio": {"max_symbol_word_ratio": 0.1},
    "max_bullet_lines_ratio": {"max_bullet_lines_ratio": 0.9},
    "max_ellipsis_lines_ratio": {"max_ellipsis_lines_ratio": 0.3},
    "min_alpha_words_ratio": {"max_non_alpha_words_ratio": 0.8},
    "min_stop_words": {"min_stop_words": 2},
}
REPETITION = {
    "max_duplicate_paragraph_ratio": {"dup_para_frac": 0.3},
    "max_duplicate_paragraph_chars_ratio": {"dup_para_char_frac": 0.2},
    "max_duplicate_line_ratio": {"dup_line_frac": 0.3},
    "max_duplicate_line_chars_ratio": {"dup_line_char_frac": 0.2},
    **{f"max_top_{n}_gram_ratio": {"top_n_grams": ((n, bound),)} for n, bound in ((2, 0.2), (3, 0.18), (4, 0.16))},
    **{
        f"max_duplicate_{n}_gram_ratio": {"dup_n_grams": ((n, bound),)}
        for n, bound in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.10))
    },
}
OFF_QUALITY = dict.fromkeys([key for one in QUALITY.values() for key in one])
OFF_REPETITION = {
    **dict.fromkeys(["dup_para_frac", "dup_para_char_frac", "dup_line_frac", "dup_line_char_frac"]),
    "top_n_grams": (),
    "dup_n_grams": (),
}
OFF_FINEWEB = {
    "line_punct_thr": 0.0,
    "short_line_thr": 1.0,
    "char_duplicates_ratio": 1.0,
    "new_line_ratio": float("inf"),
}
FINEWEB = {
    "min_line_punctuation_ratio": {"line_punct_thr": 0.12},
    "max_short_line_ratio": {"short_line_thr": 0.67},
    "max_duplicate_chars_ratio": {"char_duplicates_ratio": 0.01},
    "max_newline_ratio": {"new_line_ratio": 0.3},
}
FORM = {"filter_no_terminal_punct": False}
OFF_C4 = {**FORM, "min_num_sentences": -1, "filter_lorem_ipsum": False, "filter_curly_bracket": False}
C4 = {
    "max_lorem_ipsum": {"filter_lorem_ipsum": True},
    "max_curly_brackets": {"filter_curly_bracket": True},
    "min_sentences": {"min_num_sentences": 5},
}


def filters():
    for name, one in QUALITY.items():
        yield f"gopher_quality.{name}", GopherQualityFilter(**{**OFF_QUALITY, **one})
    for name, one in REPETITION.items():
        yield f"gopher_repetition.{name}", GopherRepetitionFilter(**{**OFF_REPETITION, **one})
    for name, one in FINEWEB.items():
        yield f"fineweb_quality.{name}", FineWebQualityFilter(**{**OFF_FINEWEB, **one})
    for name, one in C4.items():
        yield f"c4_quality.{name}", C4QualityFilter(**{**OFF_C4, **one})


every = list(filters())
found = {name: [] for name, _ in every}
for number, text in enumerate(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))):
    for name, one in every:
        try:
            verdict = one.filter(Document(text=text, id=str(number)))
        except ZeroDivisionError:  # on a text without words
            found[name].append(None)
            continue
        found[name].append(verdict is not True)
Path(sys.argv[2]).write_text(json.dumps(found), encoding="utf-8")
