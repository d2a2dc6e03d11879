"""Every rule of every filter of the registry points at something in a text that breaks it, or is listed here."""

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

from textmill.filters import Filter
from textmill.filters.base.batch import make_batch
from textmill.pipeline.recipes.registry import STEPS

NOTHING_TO_POINT_AT = {
    "language.min_score": "how sure the model is of the whole text",
    "gopher_quality.min_words": "something is missing",
    "gopher_quality.max_words": "the length of the whole",
    "gopher_quality.min_mean_word_length": "a mean: no short word is wrong",
    "gopher_quality.min_stop_words": "something is missing",
    "c4_page_length.max_chars": "the length of the whole",
    "c4_quality.min_sentences": "something is missing",
    "fineweb_quality.max_newline_ratio": "the number of all lines against that of all words",
    "mc4_paragraphs.min_lines": "something is missing",
    "madlad_quality.min_sentences": "something is missing",
    "nemo_quality.min_common_words": "something is missing",
    "refinedweb_quality.max_words_removed_ratio": "what went is told as an edit of refinedweb_lines",
    "starcoder.min_html_visible_chars": "something is missing",
    "starcoder.min_html_visible_ratio": "something is missing",
    "starcoder.min_data_chars": "the length of the whole",
    "starcoder.max_data_chars": "the length of the whole",
    "starcoder.min_comment_ratio": "something is missing",
    "starcoder.max_comment_ratio": "the share of all comments",
    "pii_quality.max_replacements": "what went is told as an edit of scrub_pii",
    "fasttext_classifier.min_score": "a score of the whole text",
    "fasttext_classifier.max_score": "a score of the whole text",
    "fasttext_classifier.pareto_alpha": "a draw",
    "importance.min_words": "something is missing",
    "importance.min_log_weight_per_word": "a mean over the whole text",
    "onnx_classifier.min_score": "a score of the whole text",
    "onnx_classifier.max_score": "a score of the whole text",
    "fineweb2_language.min_score": "a score of the whole text",
}
OF_GOPHER = ("gopher_quality.", "gopher_repetition.", "fineweb_quality.")
NOTHING_TO_POINT_AT |= {
    f"fineweb2_quality.{rule.partition('.')[2]}": reason
    for rule, reason in NOTHING_TO_POINT_AT.items()
    if rule.startswith(OF_GOPHER)
}

PROSE = "The harbour was quiet when the first boats came in, and the men on the quay had little to say of it.\n"
REPEATED = "\n\n".join(["# Buy it now… or # never, said the man of the house who sells it all the time…"] * 9)
QUESTION = "Which of the two trains that leave at noon is the first to arrive in Rome?"  # stands in the evaluation set

OFFENDING: dict[str, list[str | dict[str, str]]] = {
    "language": ["Das ist ein deutscher Satz über den Hafen und die Boote.\n"],
    "gopher_quality": [
        "# # # # …\n- …\n- … … …\n- ….\n",
        "• one\n- two\n- three\n- four\n",
        "Donaudampfschifffahrtsgesellschaft\n",
        "Wait…\nFor…\n",
    ],
    "gopher_repetition": [REPEATED, "buy it all now " * 9],
    "c4_quality": ["Lorem ipsum dolor.\nif (a) { b }\n"],
    "fineweb_quality": ["Home\nAbout\nContact\nContact\n"],
    "mc4_paragraphs": ["One line.\nAnother one.\nA third one.\n"],
    "madlad_quality": ["Download the mp3 here.\n" * 6],
    "bad_words": [PROSE + "What the fuck is this.\n"],
    "redpajama_code": ["x" * 2000 + "\n", "{ } ; ; + + - - ( ) [ ]\n"],
    "starcoder": [
        '<?xml version="1.0"?>\n' + "x" * 2000 + "\n",
        "{ } ; ; + + - - ( ) [ ]\n",
        {"path": "a.json", "text": "1, " * 50_000},
    ],
    "codex": [
        "# Auto-generated, do not edit.\n{ } ; ; + + - -\n",
        {"path": "a.min.js", "text": "x" * 2000 + "\n"},
        "# unit tests of config\nassert test(1)\n",
        "{ } ; ; + + - - ( ) [ ]\n",
    ],
    "url_rules": [{"url": "http://casino.example.org/porn/Poker/free-porn", "text": PROSE}],
    "nemo_quality": [
        "([{}]) ### $$$ 12345 67890 http://example.org/a/b/c\n\n\n\n\n\n\n",
        "x" * 2000 + "\n\n" + "\n\n".join(["Read our privacy policy"] * 200),
        "a b c d\n\n\n",
    ],
    "olmo_repetition": [PROSE + "no " * 50],
    "toxicity": ["shut up you stupid bitch, you are a worthless piece of shit\n"],
    "fineweb2_quality": [
        {"language": "vi", "text": text}
        for text in (
            *("# # # # …\n- …\n- … … …\n- ….\n", "• one\n- two\n- three\n- four\n", "Wait…\nFor…\n"),
            *("Donaudampfschifffahrtsgesellschaft\n", "Home\nContact\nContact\n", REPEATED, "buy it all now " * 9),
        )
    ],
    "decontaminate": [PROSE + "Asked: " + QUESTION],
}

FILTERS = [name for name, step in STEPS.items() if issubclass(step, Filter)]


def batch_of(offending: str | dict[str, str]) -> pa.RecordBatch:
    given = {"text": offending} if isinstance(offending, str) else offending
    batch = make_batch([given["text"]])
    for column, value in (("url", given.get("url")), ("metadata", json.dumps({"path": given.get("path", "a.py")}))):
        at = batch.schema.get_field_index(column)
        batch = batch.set_column(at, column, pa.array([value], pa.string()))
    return batch.append_column("language.label", pa.array([given.get("language")], pa.string()))


@pytest.mark.parametrize("name", FILTERS)
def test_what_breaks_a_rule_can_be_pointed_at(name: str, step_named: Callable[[str], Any]) -> None:
    step = step_named(name)
    unbroken = {rule.name for rule in step.rules if f"{name}.{rule.name}" not in NOTHING_TO_POINT_AT}
    for offending in OFFENDING.get(name, [PROSE]):
        batch = batch_of(offending)
        taken = step.measure(batch)
        lines = batch["text"][0].as_py().split("\n")
        for rule in step.rules:
            found = list(step.evidence(batch, rule.name))
            if f"{name}.{rule.name}" in NOTHING_TO_POINT_AT:
                assert not found
            elif rule.fails(taken[rule.measurement], None if rule.bound_in is None else taken[rule.bound_in])[0]:
                assert found, rule.name
                unbroken.discard(rule.name)
            for one in found:
                assert one.text == (batch["url"][0].as_py() if one.line == 0 else lines[one.line - 1])
    assert not unbroken, f"no offending text breaks {unbroken}"


def test_the_list_names_rules_that_exist(step_named: Callable[[str], Any]) -> None:
    known = {f"{name}.{rule.name}" for name in FILTERS for rule in step_named(name).rules}
    assert set(NOTHING_TO_POINT_AT) <= known


def test_what_stands_out_is_named(step_named: Callable[[str], Any]) -> None:
    def found(name: str, rule: str, offending: str | dict[str, str]) -> list[tuple[int, str]]:
        return [(one.line, one.found) for one in step_named(name).evidence(batch_of(offending), rule)]

    url = {"url": "https://EXAMPLE.org/Casino-poker/freeporn/xxx", "text": PROSE}
    assert found("url_rules", "max_listed", url) == [(0, "")]
    assert found("url_rules", "max_soft_words", url) == [(0, "casino, poker")]
    assert found("url_rules", "max_hard_words", url) == [(0, "xxx")]
    assert found("url_rules", "max_banned_substrings", url) == [(0, "freeporn")]
    asked = PROSE * 2 + "Asked: Which of the two trains\nthat leave at noon is the first to arrive in Rome?"
    assert found("decontaminate", "max_ngram_hits", asked) == [(3, "trains:1.question")]
    assert found("olmo_repetition", "max_repeats", PROSE + "tick tock " * 50) == [(2, "tick tock")]
    assert found("madlad_quality", "max_questionable_ratio", PROSE + "Get the mp3.") == [(2, "cursed")]
    assert found("mc4_paragraphs", "min_third_line_chars", "a\n" + "b" * 300) == [(1, "1 of 200 characters")]


def test_lines_are_judged_in_the_language_of_the_document(step_named: Callable[[str], Any]) -> None:
    batch = make_batch(["Das ist Scheiße.\nFuck.\n"]).append_column("language.label", pa.array(["de"]))
    for name, rule in (("bad_words", "keep_fraction"), ("toxicity", "max_flagged_words_ratio")):
        assert [one.line for one in step_named(name).evidence(batch, rule)] == [1]
