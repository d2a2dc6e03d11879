"""MADLAD-400's rules at their thresholds, and their kernel against a plain twin."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.kernels.lines.madlad_cursed import CURSED_ANYWHERE, CURSED_AT_THE_END
from textmill.filters.kernels.lines.madlad_sentences import SentenceStatistic, sentence_statistics, single_sentences
from textmill.filters.kernels.unicode.unicode_table import Property, load
from textmill.filters.madlad import MadladQuality

CHUNKS = ("a b c d e f g h ", "abc ", "Word ", "0/1", ", aa,", " ..,,", " xx,", "The Big List ", "it is. then ")
SPACED = re.compile("( [^ \n]){9}|( ...){9}|( ....){9}|,( ..,,?){4}")


def has(character: str, flag: Property) -> bool:
    table, code = load(), ord(character)
    return bool(table.properties[(int(table.index[code >> 7]) << 7) | (code & 127)] & flag)


def sentences(text: str) -> list[str]:
    """White space before a sentence is none of it; what stands behind its end is left to the next."""
    found: list[str] = []
    for line in text.split("\n"):
        start, position, mark = 0, 0, ""
        while position < len(line):
            character = line[position]
            position += 1
            if character.isspace():
                rest = line[position - 1 :].lstrip(" ")
                ends = mark and (mark != "." or not rest or not "a" <= rest[0] <= "z")
                if ends:
                    found.append(line[start : position - 1])
                    start = position
                mark = ""
            elif character < "\x80":
                if character == "." or has(character, Property.TERMINAL):
                    mark = "." if character == "." else "!"
                elif mark and character.isalnum():
                    mark = ""
            elif has(character, Property.TERMINAL):
                found.append(line[start:position])
                start, mark = position, ""
            elif mark and has(character, Property.ALNUM):
                mark = ""
        found.append(line[start:])
    return [item.lstrip() for item in found if item.strip()]


def twin(text: str) -> list[int]:
    counts = [0] * len(SentenceStatistic)
    for untrimmed in sentences(text):
        sentence = untrimmed.rstrip()
        words = sentence.split()
        checks = (
            len(words) >= 12 and sum(has(word[0], Property.UPPER) for word in words) > len(words) / 2,
            not 20 <= len(sentence) <= 500,
            sum(character in "0123456789{}+/()>" for character in sentence) > len(sentence) / 5,
            any(phrase in untrimmed for phrase in CURSED_ANYWHERE)
            or sentence.endswith(CURSED_AT_THE_END)
            or SPACED.search(untrimmed) is not None,
        )
        counts[SentenceStatistic.SENTENCES] += 1
        for column, check in enumerate(checks, start=1):
            counts[column] += check
        counts[SentenceStatistic.LIST_CASE_OR_CURSED] += checks[0] or checks[3]
        counts[SentenceStatistic.ANY] += any(checks)
    return counts


PIECES = st.sampled_from([*CURSED_ANYWHERE, *CURSED_AT_THE_END, *' .!?,aZ9\n。é\u2028\t\u0301")｡№😀', *CHUNKS])


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=40).map("".join)))
@example("")
@example("\x00")
@example(" ... ... ... ... ... ... ... ... ...")
@example("A b c d e f g h i j k")
@example(", ..,, ..,, ..,, ..,,")
@example("The end. \n and. \tthen")
def test_kernel_is_its_twin(text: str) -> None:
    counts = sentence_statistics(make_batch(["Before. ", text, "é after"])["text"])
    assert counts[1].tolist() == twin(text)


def test_every_string_that_counts_is_found() -> None:
    texts = [f"a sentence with{phrase}in it" for phrase in CURSED_ANYWHERE]
    texts += [f"a sentence ends with{phrase}" for phrase in CURSED_AT_THE_END]
    counts = sentence_statistics(make_batch(texts)["text"])
    assert np.all(counts[:, SentenceStatistic.CURSED] == 1)


def test_one_long_line_is_one_sentence() -> None:
    counts = sentence_statistics(make_batch(["x, " * 3_500_000, "." * 5_000_000])["text"])
    assert counts[:, SentenceStatistic.SENTENCES].tolist() == [1, 1]


def broken(text: str, **parameters: object) -> list[str]:
    judge = MadladQuality(**parameters)  # type: ignore[arg-type]
    found = judge.measure(make_batch([text]))
    return [rule.name for rule in judge.rules if rule.fails(found[rule.measurement])[0]]


GOOD = "This sentence has nothing that anybody could call questionable.\n"
LIST = "Red Green Blue Cyan Teal Pink Plum Rose Gold grey lime navy\n"


@pytest.mark.parametrize(
    ("text", "parameters", "rules"),
    [
        (GOOD * 5, {}, []),
        (GOOD * 4, {}, ["min_sentences"]),
        (GOOD * 4, {"min_sentences": None}, []),
        (GOOD * 4 + LIST, {}, []),
        (GOOD * 3 + LIST, {"min_sentences": 1}, ["max_questionable_ratio"]),
        (GOOD * 7 + LIST * 2, {"max_questionable_ratio": None}, []),
        (GOOD * 4 + "Short.\n" * 2, {}, []),
        (GOOD * 4 + "Short.\n" * 2, {"checks": "any"}, ["max_questionable_ratio"]),
        ("", {}, ["min_sentences"]),
    ],
)
def test_thresholds(text: str, parameters: dict[str, object], rules: list[str]) -> None:
    assert broken(text, **parameters) == rules


def test_unknown_checks_are_refused() -> None:
    with pytest.raises(RecipeError, match="list_case_or_cursed, any"):
        MadladQuality(checks="most")  # type: ignore[arg-type]


MIXED = (
    "The harbour was quiet when the first boats came in. Die Männer am Kai hatten wenig dazu zu sagen. 123 456 789.\n"
    "Nobody had seen the captain since Tuesday evening.\nIl n'y avait personne sur le quai ce matin-là."
)


def test_sentences_in_another_language_are_questionable() -> None:
    batch = make_batch(["", MIXED, "x", MIXED]).append_column("language.label", pa.array(["en", "en", "en", ""]))
    measured = MadladQuality(checks="all").measure(batch.slice(1))
    assert measured["madlad.other_language_sentences"].to_pylist() == [2, 0, 0]
    assert measured["madlad.questionable_ratio"].to_pylist() == [3 / 5, 1.0, 1 / 5]  # numbers are technical, x is short
    evidence = MadladQuality(checks="all").evidence(batch.slice(1, 1), "max_questionable_ratio")
    assert [(one.line, one.found) for one in evidence] == [
        (1, "abnormal length, technical, other language"),
        (3, "other language"),
    ]
    without = MadladQuality(checks="any").measure(batch)
    assert without["madlad.other_language_sentences"].null_count == 4
    assert MadladQuality(checks="all").expensive
    assert not MadladQuality().expensive


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), max_size=4))
def test_sentences_one_by_one_are_judged_as_in_their_text(texts: list[str]) -> None:
    batch = make_batch(["Before. ", *texts, "Behind."]).slice(1, len(texts))
    counts = sentence_statistics(batch["text"])
    alone = sentence_statistics(single_sentences(batch["text"]))
    owners = np.repeat(np.arange(len(texts)), counts[:, SentenceStatistic.SENTENCES])
    assert (alone[:, SentenceStatistic.SENTENCES] == 1).all()
    for column in SentenceStatistic:
        assert np.bincount(owners, alone[:, column], len(texts)).tolist() == counts[:, column].tolist()
