"""RepairText: what was decoded wrongly is decoded again, remains of markup go, and texts about markup stay."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill import RepairText
from textmill.filters.base.batch import make_batch
from textmill.filters.text_repair import FEW_BYTES


def clean(*texts: str, **parameters: bool) -> tuple[list[str], list[dict[str, int]]]:
    column, measured = RepairText(**parameters).clean(make_batch(texts))
    assert column.type == pa.large_string()
    column.validate(full=True)
    assert {name: values.type for name, values in measured.items()} == RepairText.measurements
    rows = [
        {name.removeprefix("repair."): values[row].as_py() for name, values in measured.items()}
        for row in range(len(texts))
    ]
    return column.to_pylist(), [{name: count for name, count in row.items() if count} for row in rows]


@pytest.mark.parametrize(
    ("right", "charset"),
    [
        ("Le café où l’on dîne a fermé à Pâques.", "windows-1252"),
        ("Die Mühle gehört Jürgen; größer ist keine.", "latin-1"),
        ("Мельница стоит на реке уже двести лет.", "windows-1251"),
        ("河边的磨坊，已经有两百年了。", "latin-1"),
        ("水車小屋は川沿いにある。", "latin-1"),
        ("Młyn nad rzeką stoi od dwustu lat, źródła milczą.", "latin-1"),
    ],
)
def test_lines_are_decoded_again(right: str, charset: str) -> None:
    wrong = right.encode().decode(charset)
    assert clean(f"A line before.\n{wrong}\nÀ la fin.") == (
        [f"A line before.\n{right}\nÀ la fin."],
        [{"mojibake_lines": 1}],
    )
    assert clean(wrong, mojibake=False) == ([wrong], [{}])


@pytest.mark.parametrize(
    "text",
    [
        "« Voilà ! » dit-elle. “Ça va” — où ça ? « À bientôt », 25 °C, £5, ½ ×3, naïve, Ångström, Ærø.",
        "»Öl« und »Übung«, §5, Größe 3½, Straße; ÄÖÜ…",
        "SÃO PAULO, AÇÃO E REAÇÃO, NÃO! Îles, ÎLE‑DE‑FRANCE: « À ».",
        "Русский: «Рисунок С…» — Сёла и Ёлки. Україна: її ґрунт, Європа. Србија: Њујорк, Љубљана, Ћуприја.",
        "Việt Nam: Ở đây có rất nhiều người. Türkçe: İstanbul’da çok güzel. Ελληνικά: Άλφα, Ώρα.",
        "",
    ],
)
def test_right_text_in_many_alphabets_stays(text: str) -> None:
    assert clean(text) == ([text], [{}])


@pytest.mark.parametrize(
    ("text", "expected", "counts"),
    [
        ("<b class='flag-5'>T5</b>和<b class='flag-5'>GPT</b>-2", "T5和GPT-2", {"tags_removed": 2}),
        ('See <a href="x.htm"><i>our</i> page</a>.<br/>Next', "See our page.\nNext", {"tags_removed": 3}),
        ("AT&amp;amp;T&nbsp;says &amp;#39;no&#39; &quot;x&quot;", "AT&T\xa0says 'no' \"x\"", {"entities_decoded": 6}),
        ("x&nbsp;y &#10; z &#60;b&#62;", "x\xa0y &#10; z &#60;b&#62;", {"entities_decoded": 1}),
        ("<p>One.\n<p class='x'>Two.</p>\nThree", "One.\nTwo.\nThree", {"tags_removed": 3}),
        ('[caption id="a" width="3"]The mill[/caption]', "The mill", {"tags_removed": 2}),
        ("[b]The [url=http://a.b]mill[/url][/b] [img]a.png[/img]", "The mill ", {"tags_removed": 3}),
        ("\ufffd\ufffd\ufffd\ufffdx\nThe mill.", "The mill.", {"undecodable_lines": 1}),
    ],
)
def test_remains_of_markup_go(text: str, expected: str, counts: dict[str, int]) -> None:
    assert clean(text) == ([expected], [counts])


@pytest.mark.parametrize(
    "text",
    [
        "In HTML the tags <b>bold</b> and <i>it</i> make text bold; &nbsp; is a space that does not break.",
        "Write `<b>x</b>` or &amp;.\n",
        "```\n<b>x</b>\n```",
        "A list of type List<b> is no Map<i>, says Ben; a < b and b > c; Q&A at R&D, x&y;",
        "See [1], [b] and [the notes](http://a.b/c?x=1&copy=2).",
        "One \ufffd in a long line of text that can be read stays where it is.",
        "    <b>x</b>\n",
        "To write &lt;b&gt;x&lt;/b&gt; in a page, escape it: &amp;lt;",
    ],
)
def test_code_and_texts_about_markup_stay(text: str) -> None:
    assert clean(text) == ([text], [{}])


def test_parameters_and_neighbours_in_a_batch() -> None:
    assert clean("", "cafÃ©", "<b>x</b>", "ok") == (
        ["", "café", "x", "ok"],
        [{}, {"mojibake_lines": 1}, {"tags_removed": 1}, {}],
    )
    assert clean("<b>x</b>", markup=False) == (["<b>x</b>"], [{}])


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffd<[&")), max_size=4))
def test_lines_stay_lines(texts: list[str]) -> None:
    for before, after in zip(texts, clean(*texts)[0], strict=True):
        assert before.count("\n") == after.count("\n")


def test_texts_by_themselves_become_what_they_become_among_many() -> None:
    """A few bytes are looked through for single letters first, many by the expressions alone."""
    damaged = (
        "cafÃ©",
        "donâ€™t",
        "РџСЂРёРІРµС‚",
        "\ufffd\ufffd\n",
        "a<br>b",
        "a<BR>b",
        "x</p>",
        "[caption id]",
        "&amp;",
    )
    texts = [*damaged, "sound", "R&D [1]; C", "Ärger", "<b>ſ</b>"]
    filler = "plain words, " * (FEW_BYTES // 10)
    many, of_many = clean(*texts, filler)
    for row, text in enumerate(texts):
        assert clean(text) == ([many[row]], [of_many[row]])
    assert all(of_many[: len(damaged)])
