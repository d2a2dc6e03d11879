"""Gopher's quality rules around their thresholds."""

import math
from dataclasses import fields

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.gopher_quality import GopherQuality

PROSE = "the mill and the river have run " * 10


def broken_rules(text: str, judge: GopherQuality) -> list[str]:
    measured = judge.measure(make_batch([text]))
    return [rule.name for rule in judge.rules if rule.fails(measured[rule.measurement])[0]]


def measured(text: str, name: str, **parameters: object) -> float:
    judge = GopherQuality(**parameters)  # type: ignore[arg-type]
    return float(judge.measure(make_batch([text]))[f"gopher.{name}"][0].as_py())


@pytest.mark.parametrize(
    ("rule", "passing", "failing"),
    [
        ("min_words", PROSE[: 32 * 7] + "x", PROSE[: 32 * 7]),
        ("max_words", "the and " * 50_000, "the and " * 50_000 + "of"),
        ("min_mean_word_length", "the and " * 30, "the and " * 30 + "a"),
        ("max_mean_word_length", "abcdefghij " * 60, "abcdefghij " * 60 + "abcdefghijk"),
        ("max_hash_ratio", "the and four five six seven eight nine tenn #word " * 10, "the and #word " * 20),
        ("max_ellipsis_ratio", "the and four five six seven eight nine tenn word… " * 10, "the and word... " * 20),
        ("max_bullet_lines_ratio", " - the and wordy\n" * 18 + "the and\nword\n", "• the and wordy\n" * 19 + "word\n"),
        ("max_ellipsis_lines_ratio", "the end …\n" * 3 + "the end\n" * 7, "the end ... \n" * 4 + "the end\n" * 9),
        ("min_alpha_words_ratio", "the and word word 1234 " * 20, "the and word word 1234 " * 20 + "1234"),
        ("min_stop_words", "the and word " * 20, "the word the mill " * 20),
    ],
)  # fmt: skip
def test_each_rule_at_its_threshold(rule: str, passing: str, failing: str) -> None:
    assert rule not in broken_rules(passing, GopherQuality())
    assert rule in broken_rules(failing, GopherQuality())
    assert rule not in broken_rules(failing, GopherQuality(**{rule: None}))  # type: ignore[arg-type]


def test_rules_stand_in_the_order_of_the_paper_under_the_names_of_their_parameters() -> None:
    names = [rule.name for rule in GopherQuality().rules]
    assert names == [field.name for field in fields(GopherQuality) if field.name not in ("words", "stop_words")]
    assert {rule.measurement for rule in GopherQuality().rules} == set(GopherQuality.measurements)


@pytest.mark.parametrize("words", ["whitespace", "uax29", "datatrove", "dolma"])
@pytest.mark.parametrize("text", ["", " \n", "\x00", "\u0301", "。", "x", "漢", "שלום", "👩🏽\u200d🚀", "..."])
def test_every_measurement_of_tiny_texts_is_a_number(text: str, words: str) -> None:
    judge = GopherQuality(words=words)  # type: ignore[arg-type]
    found = judge.measure(make_batch([text]))
    assert {name: column.type for name, column in found.items()} == dict(GopherQuality.measurements)
    assert all(math.isfinite(column[0].as_py()) for column in found.values())
    assert "min_words" in broken_rules(text, judge)


def test_prose_passes_in_both_ways_of_splitting() -> None:
    for words in ("whitespace", "uax29"):
        assert broken_rules(PROSE, GopherQuality(words=words)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "prose", "list_of_names"),
    [
        ("af", "Dit is die meul en hy is nie by die rivier nie.", "staal meel koring wiel"),
        ("de", "Das ist die Mühle und der Fluss ist nicht weit von ihr.", "Stahl Mehl Korn Mühle Rad Wasser"),
        ("fr", "Le moulin est dans la vallée et nous avons de la farine.", "moulin farine rivière blé roue"),
        ("ar", "هذا هو البيت الذي في المدينة على النهر", "بيت نهر طاحونة قمح"),
        ("hi", "यह नदी के पास का घर है और वह भी", "नदी घर गेहूँ पहिया"),
        ("ru", "Это мельница, и она не у реки, а на горе.", "мельница река мука колесо"),
        ("zh", "这是我们的河流，因为它在山的下面。", "钢铁面粉水车"),
        ("ja", "これは水車です。川のそばにあります。", "水車鉄粉車輪"),
        ("th", "นี่คือแม่น้ำที่อยู่ใกล้กับบ้านของเรา", "ปลา นก หมู"),
    ],
)
def test_stop_words_of_the_language(language: str, prose: str, list_of_names: str) -> None:
    batch = make_batch([prose, list_of_names])
    batch = batch.append_column("language.label", pa.array([language, language]))
    judge = GopherQuality(stop_words="language", words="uax29")
    stop_words = judge.measure(batch)["gopher.stop_words"].to_pylist()
    assert stop_words[0] >= 2 > stop_words[1]


def test_a_language_without_a_list_passes_and_the_script_tells_where_no_label_does() -> None:
    batch = make_batch(["ქართული ტექსტი აქ", "We have been to the mill and we were not there.", "这是我们的河流"])
    judge = GopherQuality(stop_words="language", words="uax29")
    stop_words = judge.measure(batch)["gopher.stop_words"]
    assert stop_words[0].as_py() is None
    assert min(stop_words.to_pylist()[1:]) >= 2
    assert [rule.fails(stop_words)[0] for rule in judge.rules if rule.name == "min_stop_words"] == [False]


def test_words_where_no_space_tells_them_apart() -> None:
    assert measured("这是我们的河流。", "words", words="uax29") == 7
    assert measured("これはペンです。", "words", words="uax29") == 7
    assert measured("นี่คือแม่น้ำ", "words", words="uax29") == 7
    assert measured("यह नदी के पास", "words", words="uax29") == 4
    assert measured("هذا هو البيت", "words", words="uax29") == 3
    assert measured("这是我们的河流。", "mean_word_length", words="uax29") == 1


def test_dolma_counts_its_own_way() -> None:
    text = "the the a#b# c… longerword\n* point…\n\n- point\n * point..."
    assert measured(text, "words", words="dolma") == 11
    assert measured(text, "mean_word_length", words="dolma") == 3  # the median
    assert measured(text, "hash_ratio", words="dolma") == 3 / 11  # a#b#, c…, point…
    assert measured(text, "ellipsis_ratio", words="dolma") == 0
    assert measured(text, "bullet_lines_ratio", words="dolma") == 2 / 4
    assert measured(text, "ellipsis_lines_ratio", words="dolma") == 1 / 4
    assert measured("the The of the", "stop_words", words="dolma") == 3
    assert measured("the The of the", "stop_words", words="datatrove") == 2


def test_marks_are_words_only_for_the_ratios() -> None:
    text = "one , two . three ।"
    assert measured(text, "words", words="uax29") == 3
    assert measured(text, "mean_word_length", words="uax29") == pytest.approx(11 / 3)
    assert measured(text, "alpha_words_ratio", words="uax29") == 0.5


def test_lengths_are_in_characters_not_bytes() -> None:
    assert measured("мельница éàü", "mean_word_length") == pytest.approx(11 / 2)


def test_stop_words_count_once_in_any_case() -> None:
    assert measured("The the THE Of toé behave", "stop_words") == 2


@pytest.mark.parametrize(
    "parameters",
    [
        {"min_words": 10, "max_words": 9},
        {"min_mean_word_length": 5, "max_mean_word_length": 4.5},
        {"words": "nltk"},
        {"stop_words": "french"},
    ],
)
def test_contradictory_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(RecipeError, match="gopher_quality"):
        GopherQuality(**parameters)  # type: ignore[arg-type]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1, max_size=5))
@settings(max_examples=50)
def test_a_document_is_measured_the_same_alone_and_in_a_batch(texts: list[str]) -> None:
    together = GopherQuality().measure(make_batch(texts))
    for number, text in enumerate(texts):
        alone = GopherQuality().measure(make_batch([text]))
        assert {name: column[number] for name, column in together.items()} == {n: c[0] for n, c in alone.items()}


def marked(step: GopherQuality, rule: str, text: str) -> list[tuple[int, str]]:
    """Numbers of the lines that are shown for a rule, and what of them counts."""
    return [(one.line, one.found) for one in step.evidence(make_batch([text]), rule)]


def test_lines_that_are_shown_for_a_rule() -> None:
    text = "# A word\n  \u2022 one...\n- two\u2026 \nthree ... #4 four\nabcdefg abcdef"
    step = GopherQuality()
    assert marked(step, "max_hash_ratio", text) == [(1, "#"), (4, "#")]
    assert marked(step, "max_ellipsis_ratio", text) == [(2, "..."), (3, "\u2026"), (4, "...")]
    assert marked(step, "max_bullet_lines_ratio", text) == [(2, ""), (3, "")]
    assert marked(step, "max_ellipsis_lines_ratio", text) == [(2, ""), (3, "")]
    assert marked(step, "min_alpha_words_ratio", text) == [(1, "#"), (2, "\u2022"), (3, "-"), (4, "... #4")]
    short = GopherQuality(min_mean_word_length=1, max_mean_word_length=3)
    assert marked(short, "max_mean_word_length", text) == [(5, "abcdefg")]  # more than twice as long
    assert marked(step, "min_words", text) == marked(step, "min_stop_words", text) == []
