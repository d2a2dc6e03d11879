"""Published mixtures by name."""

import pytest

from textmill import RecipeError
from textmill.pipeline.mixing.weights import TABLES, weights_of


def test_the_tables_are_as_printed() -> None:
    assert TABLES["llama"] == {  # Touvron et al. 2023, table 1
        **{"commoncrawl": 67.0, "c4": 15.0, "github": 4.5, "wikipedia": 4.5, "books": 4.5},
        **{"arxiv": 2.5, "stackexchange": 2.0},
    }
    assert sum(TABLES["llama"].values()) == 100
    assert TABLES["gpt3"] == {"commoncrawl": 60, "webtext2": 22, "books1": 8, "books2": 8, "wikipedia": 3}
    assert TABLES["redpajama"] == {
        **{"commoncrawl": 878, "c4": 175, "github": 59, "arxiv": 28, "books": 26},
        **{"wikipedia": 24, "stackexchange": 20},
    }


def test_weights_of_the_sources_that_are_there() -> None:
    assert weights_of("llama", {"c4": 0, "books": 0}) == {"c4": 15.0, "books": 4.5}


def test_other_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(RecipeError, match=r"unknown weights 'lama'; tables are llama, gpt3, redpajama; .*'llama'"):
        weights_of("lama", {})
    with pytest.raises(RecipeError, match=r"'llama' have no source 'book'; did you mean 'books'.*its sources are comm"):
        weights_of("llama", {"book": 0})
