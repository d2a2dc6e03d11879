"""One text through a recipe: what is told of it, and how it is shown."""

import json
import pickle
import subprocess
import sys
from html.parser import HTMLParser

import numpy as np
import pytest

from textmill import (
    C4Lines,
    GopherQuality,
    InputError,
    Language,
    NormalizeUnicode,
    Recipe,
    ScrubPII,
    Tokenize,
    UrlRules,
)
from textmill.filters.base.rules import Rule

GIVEN = (
    "The harbour was quiet <b>when</b> the first boats came in.\r\n"
    "Menu\n"
    "Write to ann.lee@harbour.org\u200b if you want to know what the men had to say.\n"
)
RECIPE = Recipe("r", [NormalizeUnicode(), Language(), C4Lines(), ScrubPII(), GopherQuality(), Tokenize()])


class Shown(HTMLParser):
    """What a browser would make of HTML: text by tag, and the tags."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, str] = {}
        self.titles: set[str] = set()
        self.feed(source)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.titles |= {value for name, value in attrs if name == "title" and value}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag] = self.texts.get(tag, "") + data


def test_edits_lie_in_the_text_that_was_given() -> None:
    cleaned = RECIPE.clean(GIVEN)
    found = {(edit.step, GIVEN[edit.start : edit.end]): edit.after for edit in cleaned.edits}
    assert found[("normalize_unicode", "\r")] == ""
    assert found[("normalize_unicode", "\u200b")] == ""
    assert found[("c4_lines", "Menu\n")] == ""
    assert found[("scrub_pii", "ann.lee@harbour.org")] == "<EMAIL>"
    assert {edit.step for edit in cleaned.edits} == {"normalize_unicode", "c4_lines", "scrub_pii"}


def test_every_broken_rule_is_a_reason_the_deciding_one_first() -> None:
    cleaned = RECIPE.clean(GIVEN)
    assert cleaned.text is None
    assert cleaned.removed_by == "gopher_quality.min_words"
    assert str(cleaned.verdict) == f"removed by {cleaned.reasons[0]}"
    assert cleaned.reasons[0].value == cleaned.measurements["gopher.words"]
    assert (cleaned.input_ids, cleaned.token_count) == (None, None)
    two = Recipe("two", [GopherQuality(min_stop_words=2)]).clean("xx yy zz")
    assert [reason.rule for reason in two.reasons][:2] == ["min_words", "min_mean_word_length"]
    assert "min_stop_words" in {reason.rule for reason in two.reasons}
    assert RECIPE.clean(" \n ").reasons[0].step == "read"
    emptied = Recipe("e", [C4Lines()]).clean("menu\nmore menu")
    assert (emptied.removed_by, [reason.step for reason in emptied.reasons]) == ("c4_lines.empty", ["c4_lines"])


def test_lines_that_break_a_rule_come_with_it() -> None:
    cleaned = Recipe("r", [GopherQuality(min_words=None, max_bullet_lines_ratio=0.1)]).clean(
        "A line of the text\n- a bullet of it\n- another bullet of it"
    )
    (reason,) = (reason for reason in cleaned.reasons if "bullet" in reason.rule)
    assert [line.line for line in reason.lines] == [2, 3]
    shown = Shown(cleaned._repr_html_())
    assert shown.texts["mark"] == "- a bullet of it- another bullet of it"


def test_it_is_shown_with_what_was_cut_and_put_in() -> None:
    shown = Shown(RECIPE.clean(GIVEN)._repr_html_())
    assert "ann.lee@harbour.org" in shown.texts["del"]
    assert "Menu⏎" in shown.texts["del"]
    assert "‹U+200B›" in shown.texts["del"]
    assert "‹U+000D›" in shown.texts["del"]
    assert shown.texts["ins"] == "<EMAIL>"
    assert "quiet <b>when</b> the" in shown.texts["pre"]
    assert {"cut by c4_lines", "put in by scrub_pii"} <= shown.titles
    assert "b" in shown.texts  # the verdict, and nothing of the page: its own <b> is text
    assert shown.texts["b"].startswith("removed by gopher_quality.min_words")


@pytest.mark.parametrize("text", ["</pre><script>alert(1)</script>", "a\" onmouseover='x' & <del>", "&lt;b&gt; &amp;"])
def test_nothing_of_a_text_becomes_markup(text: str) -> None:
    for recipe in (Recipe("none", []), Recipe("c4", [C4Lines(end_punctuation=False, min_words_per_line=9)])):
        source = recipe.clean(text)._repr_html_()
        assert "<script" not in source
        assert Shown(source).texts["pre"].rstrip() == text


def test_a_long_text_is_cut_short_when_shown() -> None:
    source = Recipe("none", []).clean("word " * 50_000)._repr_html_()
    assert len(source) < 30_000
    assert "230,000 characters more" in source


def test_what_is_known_of_a_text_is_used() -> None:
    recipe = Recipe("r", [UrlRules(), Language(keep=["no"])])
    english = "The harbour was quiet when the first boats came in, and the men had little to say."
    assert recipe.clean(english).removed_by == "language.keep"
    known = recipe.clean(english, language="no")
    assert (known.verdict.kept, known.measurements["language.label"], known.measurements["language.score"]) == (
        True,
        "no",
        1.0,
    )
    assert Recipe("r", []).clean(english, language="de").measurements == {"language.label": "de", "language.score": 1.0}
    assert "url.listed" not in recipe.clean(english).measurements
    assert recipe.clean(english, url="https://example.org/xxx-porn").removed_by == "url_rules.max_hard_words"
    document = recipe.clean(english, metadata={"tags": {"b", "a"}, "size": np.int64(3)})._origin.documents
    assert json.loads(document["metadata"][0].as_py()) == {"tags": ["a", "b"], "size": 3}


def test_wrong_values_are_refused_by_name() -> None:
    for given, message in (
        ({"kind": "html"}, "kind is 'html'; choose one of web, book, code, other"),
        ({"url": 7}, "url is text"),
        ({"language": False}, "language is a label, as 'en' or 'no', not False"),
        ({"metadata": "{"}, "metadata is a mapping"),
        ({"metadata": 7}, "metadata is a mapping"),
    ):
        with pytest.raises(InputError, match=message):
            RECIPE.clean("a text", **given)  # type: ignore[arg-type]


def test_it_can_be_compared_and_pickled() -> None:
    cleaned = Recipe("r", [ScrubPII(), Tokenize()]).clean("Write to ann.lee@harbour.org.")
    again = pickle.loads(pickle.dumps(cleaned))
    assert again == cleaned
    assert hash(again) == hash(cleaned)
    assert again.edits == cleaned.edits
    assert again.token_count == len(again.input_ids) > 0
    assert again != Recipe("r", []).clean("Write to ann.lee@harbour.org.")


def test_one_value_is_judged_as_a_column_is() -> None:
    import pyarrow as pa

    rules = [
        Rule(name="a", measurement="m", minimum=1, maximum=2.5),
        Rule(name="b", measurement="m", minimum_in="own"),
        Rule(name="c", measurement="m", maximum_in="own", minimum=0),
        Rule(name="d", measurement="m", maximum=-1.0),
    ]
    values = [None, float("nan"), -2.0, 0.0, 1.0, 2.5, 2.6, 100.0]
    for rule in rules:
        for own in (None, float("nan"), 1.0):
            bounds = None if rule.bound_in is None else pa.array([own] * len(values), pa.float64())
            column = rule.fails(pa.array(values, pa.float64()), bounds).tolist()
            bound = own if rule.bound_in else None
            assert [rule.is_broken_by(value, bound) for value in values] == column
    labels = Rule(name="e", measurement="m", allowed=("en", "de"))
    assert labels.fails(pa.array(["en", "fr", None])).tolist() == [labels.is_broken_by(x) for x in ("en", "fr", None)]


def test_a_text_imports_neither_beam_nor_duckdb() -> None:
    script = (
        "import sys; from textmill import Recipe; Recipe.load('fineweb').clean('A text. ' * 50);"
        "print([name for name in ('apache_beam', 'duckdb', 'datasketch', 'polars', 'datasets') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=400)
    assert done.stdout == "[]\n"


def test_a_kept_text_is_removed_by_nothing_and_has_tokens_only_where_asked_for() -> None:
    kept = Recipe("r", []).clean("a text")
    assert (kept.removed_by, kept.input_ids, kept.token_count, kept.reasons, kept.edits) == (None, None, None, (), ())
    assert repr(kept) == "Cleaned(text='a text', verdict=<kept>)"
    assert kept.__eq__("a text") is NotImplemented
    assert kept != "a text"
    assert kept == Recipe("r", []).clean("a text")
    removed = Recipe("r", [GopherQuality(min_words=50), Tokenize()]).clean("a text")
    assert repr(removed) == "Cleaned(text=None, verdict=<removed by gopher_quality.min_words: 2 against 50>)"
    assert (removed.removed_by, removed.token_count) == ("gopher_quality.min_words", None)


def test_one_of_several_travels_alone() -> None:
    recipe = Recipe("r", [ScrubPII(), Tokenize()])
    several = list(recipe.clean_many(["one a@b.org", "two c@d.org e", "three"]))
    for cleaned, text in zip(several, ("one <EMAIL>", "two <EMAIL> e", "three"), strict=True):
        again = pickle.loads(pickle.dumps(cleaned))
        assert (again.text, again.input_ids, again.measurements) == (text, cleaned.input_ids, cleaned.measurements)
        assert again.edits == cleaned.edits
        assert again._origin.documents.num_rows == 1
        assert again._origin.row == 0
    assert len({cleaned.token_count for cleaned in several}) > 1


STYLES = {
    "del": "background:#d9534f33;color:inherit",
    "ins": "background:#5cb85c33;color:inherit;text-decoration:none",
    "mark": "background:#f0ad4e55;color:inherit",
}
BOX = (
    "<pre style='white-space:pre-wrap;overflow-wrap:anywhere;max-height:30em;overflow:auto;padding:.5em;"
    "border:1px solid #8888;font-family:inherit;margin:.3em 0'>"
)


def tagged(tag: str, title: str, text: str) -> str:
    return f'<{tag} title="{title}" style="{STYLES[tag]}">{text}</{tag}>'


def test_the_whole_of_what_is_shown() -> None:
    shown = Recipe("r", [ScrubPII()]).clean('"Write" <to>\ta@b.org')._repr_html_()
    cut, put = tagged("del", "cut by scrub_pii", "a@b.org"), tagged("ins", "put in by scrub_pii", "&lt;EMAIL&gt;")
    assert shown in {
        f'<div><b>kept</b>{BOX}"Write" &lt;to&gt;\t{pieces}</pre></div>' for pieces in (cut + put, put + cut)
    }
    rules = GopherQuality(
        min_words=None,
        min_stop_words=None,
        min_mean_word_length=None,
        min_alpha_words_ratio=None,
        max_bullet_lines_ratio=0.1,
    )
    reason = "gopher_quality.max_bullet_lines_ratio: 0.5 against 0.1"
    assert Recipe("r", [rules]).clean("A line\n- one")._repr_html_() == (
        f"<div><b>removed by {reason}</b><ul><li>{reason}</li></ul>{BOX}A line\n"
        f"{tagged('mark', 'breaks gopher_quality.max_bullet_lines_ratio', '- one')}</pre></div>"
    )


def test_how_much_is_shown() -> None:
    for length, more in ((20_000, ""), (20_001, "<i>… and 1 characters more</i>")):
        shown = Recipe("none", []).clean("x" * length)._repr_html_()
        assert shown == f"<div><b>kept</b>{BOX}{'x' * 20_000}{more}</pre></div>"
