"""What differs of two texts is marked, briefly, and nothing of it is HTML."""

import re

from textmill.pipeline.output.differences import mark_differences


def test_words_of_one_text_alone_are_marked() -> None:
    assert mark_differences("one two  three", "one 2 three\nfour") == (
        "one <del>two</del> <ins>2</ins> three <ins>four</ins>"
    )


def test_equal_texts_say_so() -> None:
    assert mark_differences("the same", "the  same") == "the same <small>(no word differs)</small>"
    assert mark_differences("", "") == " <small>(no word differs)</small>"


def test_scripts_without_spaces_are_compared_by_character() -> None:
    assert mark_differences("今日は良い天気", "今日は悪い天気") == "今日は <del>良</del> <ins>悪</ins> い天気"


def test_a_difference_far_into_the_texts_is_found() -> None:
    words = " ".join(f"w{index}" for index in range(5_000))
    marked = mark_differences(f"{words} gone {words}", f"{words} {words}")
    assert "(… 4,988 alike)" in marked
    assert "<del>gone</del>" in marked
    assert "more words, not compared" in marked
    assert len(marked) < 2_000


def test_markup_in_texts_stays_text() -> None:
    marked = mark_differences("<b>a</b> <script>", "</del><ins> <script>")
    assert set(re.findall(r"<[^>]*>", marked)) == {"<del>", "</del>", "<ins>", "</ins>"}
    assert "&lt;script&gt;" in marked


def test_long_words_are_cut() -> None:
    assert mark_differences("x" * 200, "y" * 201) == f"<del>{'x' * 200}</del> <ins>{'y' * 200}…</ins>"


def words(count: int, name: str = "w") -> str:
    return " ".join(f"{name}{index}" for index in range(count))


def test_long_runs_that_are_alike_are_left_out() -> None:
    """Twelve words stand beside a difference, and a run of so many more is worth leaving out."""
    assert mark_differences(f"{words(12)} a", f"{words(12)} b") == f"{words(12)} <del>a</del> <ins>b</ins>"
    shown = mark_differences(f"{words(13)} a", f"{words(13)} b")
    assert shown == f"<small>(… 1 alike)</small> {words(13)[3:]} <del>a</del> <ins>b</ins>"
    for count, left_out in ((24, ""), (25, "<small>(… 13 alike)</small>")):
        alike = words(count)
        first, last = " ".join(alike.split()[:12]), " ".join(alike.split()[-12:])
        begins = f"{first} {left_out}" if left_out else alike
        assert mark_differences(f"a {alike}", f"b {alike}") == f"<del>a</del> <ins>b</ins> {begins}"
        assert mark_differences(alike, alike).startswith(begins)
    for count, left_out in ((36, ""), (37, "<small>(… 13 alike)</small> ")):
        alike = words(count)
        first, last = " ".join(alike.split()[:12]), " ".join(alike.split()[-12:])
        between = f"{first} {left_out}{last}" if left_out else alike
        assert mark_differences(f"a {alike} c", f"b {alike} d") == (
            f"<del>a</del> <ins>b</ins> {between} <del>c</del> <ins>d</ins>"
        )


def test_two_hundred_words_are_compared() -> None:
    for count, rest in ((199, ""), (200, " <small>(… 1 more words, not compared)</small>")):
        marked = mark_differences(f"a {words(count)}", f"b {words(count)}")
        assert marked.startswith("<del>a</del> <ins>b</ins> w0 ")
        assert marked.endswith(f"<small>(… 187 alike)</small>{rest}")
    assert mark_differences(f"a {words(1500)}", "b").endswith(" <small>(… 1,301 more words, not compared)</small>")


def test_texts_of_one_word_take_no_room() -> None:
    assert len(mark_differences("x" * 20_000, "y" * 20_000)) < 1_000
    for removed, kept in (("a " * 10_000 + "b", "b " + "a " * 10_000), ("a b b a " * 5_000, "b a a b " * 5_000)):
        assert len(mark_differences(removed, kept)) < 2_000
