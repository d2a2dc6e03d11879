"""Errors in one line: what they are, what they say, and where they were raised; names that were probably meant."""

import pytest

from textmill.errors import AccountingError, InputError, RecipeError, describe_error, nearest


def raised(message: str) -> str:
    try:
        raise ValueError(message)
    except ValueError as error:
        return describe_error(error)


def test_an_error_of_others_is_told_in_one_line_with_its_place() -> None:
    line = raised.__code__.co_firstlineno + 2
    assert raised("no\n  such  thing") == f"ValueError: no such thing (test_errors.py:{line})"
    assert raised("") == f"ValueError (test_errors.py:{line})"
    assert raised("x" * 1000) == f"ValueError: {'x' * 300} (test_errors.py:{line})"


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert describe_error(OSError("gone")) == "OSError: gone"


def test_the_place_is_where_it_was_raised_and_not_who_called() -> None:
    with pytest.raises(AttributeError) as found:
        describe_error(None)  # type: ignore[arg-type]
    assert "(errors.py:" in describe_error(found.value)


def test_the_most_similar_name_is_asked_for_if_one_is_similar() -> None:
    assert nearest("min_wrds", ["max_words", "min_words", "words"]) == "; did you mean 'min_words'?"
    assert nearest("zebra", ["min_words"]) == nearest("x", []) == ""


def test_wrong_recipes_and_inputs_can_be_told_from_what_does_not_add_up() -> None:
    assert not issubclass(AccountingError, (InputError, RecipeError))
    assert not issubclass(InputError, RecipeError)
