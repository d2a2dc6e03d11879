"""Language models from a table of texts: what they have learnt from, and how they do on texts held out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from textmill.errors import InputError
from textmill.filters.base.draw import draw
from textmill.filters.models.ngram_model import NgramModel, Reading
from textmill.pipeline.training.perplexity import PerplexityOptions, TrainedModel, measure, train_model

HELD = [14, 30, 37, 41, 82, 97]


def table(texts: list[str]) -> pa.Table:
    """Texts with ids, in two chunks."""
    whole = pa.table({"doc_id": [f"d{n}" for n in range(len(texts))], "text": pa.array(texts, pa.large_string())})
    return pa.concat_tables([whole.slice(0, 50), whole.slice(50)])


def mill(number: int) -> str:
    return f"the mill {'turns' if number % 3 else 'stands'} by river number{number % 7}.\nall day long\n"


@pytest.fixture(scope="module")
def trained() -> TrainedModel:
    return train_model(table([mill(number) for number in range(120)]), PerplexityOptions(order=3))


def test_two_in_a_hundred_texts_are_held_out_and_the_rest_is_learnt_from(trained: TrainedModel) -> None:
    assert [number for number in range(120) if draw(f"d{number}", "held out") <= 0.02] == HELD
    learnt = [mill(number) for number in range(120) if number not in HELD]
    assert trained.facts() == {
        "texts": 114,
        "bytes": sum(map(len, learnt)),
        "tokens": 114 * 11,  # seven words, with the full stop, and the end of the line, three and the end
        "ngrams": [18, 25, 24],
        "kept": [18, 25, 24],
        "discounts": [[0.5, 1.0, 1.5]] * 3,
        "held_out": {
            "texts": 6,
            "tokens": 66,
            "perplexity": 1.45,
            "unknown_ratio": 0.0,
            "percentiles": PERCENTILES,
        },
    }
    assert trained.reading == Reading("script", False)


PERCENTILES = {"5": 1.4, "10": 1.4, "30": 1.4, "50": 1.4, "60": 1.4, "90": 1.5, "95": 1.5}


def test_texts_are_measured_together_and_each_by_itself(trained: TrainedModel) -> None:
    model = NgramModel(trained.learnt.table, trained.reading)
    texts = ["the mill turns by unknownword", "", "the mill stands\n\nby river", "long day all"]

    def measured(of: list[str]) -> dict[str, Any]:
        return measure(
            model, pa.chunked_array([pa.array(of[:2], pa.large_string()), pa.array(of[2:], pa.large_string())])
        )

    assert measured(["", "\n"]) == {"texts": 2}
    found = measured(texts)
    assert (found["texts"], found["tokens"], found["unknown_ratio"]) == (4, 17, round(1 / 17, 4))
    alone = [measured([text]) for text in texts if text]
    assert [one["tokens"] for one in alone] == [6, 7, 4]
    product = 1.0
    for one in alone:
        product *= one["perplexity"] ** one["tokens"]
    assert found["perplexity"] == pytest.approx(product ** (1 / 17), abs=0.02)
    least, middle, most = sorted(one["perplexity"] for one in alone)
    assert found["percentiles"] == pytest.approx(
        {
            "5": least + 0.1 * (middle - least),
            "10": least + 0.2 * (middle - least),
            "30": least + 0.6 * (middle - least),
            "50": middle,
            "60": middle + 0.2 * (most - middle),
            "90": middle + 0.8 * (most - middle),
            "95": middle + 0.9 * (most - middle),
        },
        abs=0.06,
    )
    many = measured(["all day long"] * 1201)  # more than are read at once
    assert (many["texts"], many["tokens"]) == (1201, 1201 * 4)


def test_the_only_text_is_learnt_from_even_if_it_would_be_held_out() -> None:
    one = pa.table({"doc_id": [f"d{HELD[0]}"], "text": pa.array(["a b é"], pa.large_string())})
    facts = train_model(one, PerplexityOptions(order=1, prune=())).facts()
    assert (facts["texts"], facts["bytes"], facts["tokens"], facts["held_out"]) == (1, 6, 4, {"texts": 0})
    with pytest.raises(InputError) as caught:
        train_model(table(["", " \n"]), PerplexityOptions())
    assert str(caught.value) == "there is no word in these texts"


def test_text_is_read_and_pruned_as_asked_for() -> None:
    texts = table(["Été 12 Mill"] * 2 + ["ete 34 wheel"] * 60)
    options = PerplexityOptions(order=2, fold=True, prune=(0, 2), words="whitespace")
    assert options.reading == Reading("whitespace", True)
    trained = train_model(texts, options)
    assert trained.reading == options.reading
    # ete, 00, mill, wheel and what every model has; "00 mill" and "mill" at the end of a line stood there twice.
    facts = trained.facts()
    assert [had - kept for had, kept in zip(facts["ngrams"], facts["kept"], strict=True)] == [0, 2]


def test_defaults() -> None:
    assert PerplexityOptions() == PerplexityOptions(order=5, words="script", fold=False, prune=(0, 0, 1))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"order": 0}, "order 0 is not between 1 and 6"),
        ({"order": 7}, "order 7 is not between 1 and 6"),
        ({"words": "letters"}, "words is 'letters'; choose one of script, whitespace, uax29, dictionary"),
        ({"prune": (1, 0)}, "prune 1,0 is not a list of up to 5 numbers that do not fall"),
        ({"prune": (-1, 0)}, "prune -1,0 is not a list of up to 5 numbers that do not fall"),
        ({"order": 2}, "prune 0,0,1 is not a list of up to 2 numbers that do not fall"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError) as caught:
        PerplexityOptions(**options)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    "options",
    [
        *({"order": 1, "prune": (0,)}, {"order": 6}, {"prune": ()}, {"order": 3, "prune": (0, 1, 1)}),
        *({"words": words} for words in ("script", "whitespace", "uax29", "dictionary")),
    ],
)
def test_what_can_be_is_taken(options: dict[str, Any]) -> None:
    made = PerplexityOptions(**options)
    assert {name: getattr(made, name) for name in options} == options
