"""A page as text: what goes, what stays, in which form, and what a page says of itself."""

import html as markup
import random
from collections import Counter
from pathlib import Path

import pytest

from textmill.errors import InputError
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.pages.modes import EXTRACTIONS
from textmill.pipeline.input.pages.page import Page, extract, is_xhtml

from .reading import read_file

PARAGRAPHS = (
    "The mill stands at the upper end of the valley, where the brook comes down from the moor over three weirs.",
    "Its wheel was mended in the spring, after the ice had broken four of the paddles and bent the iron of the axle.",
    "Farmers from both sides of the hill bring their rye and barley, and wait in the yard until it has been ground.",
    "The miller keeps a book of all that he takes in; his daughter adds up the columns at the end of the week.",
)
CONTENT = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def main(body: str, head: str = "") -> str:
    return extract(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode()).text


def article(more: str) -> str:
    """What an article's last part becomes."""
    text = main(f"<article>{CONTENT}{more}</article>")
    assert all(paragraph in text for paragraph in PARAGRAPHS)
    return text.split(PARAGRAPHS[-1])[1].lstrip("\n")


def test_paragraphs_are_separated_by_empty_lines() -> None:
    assert main(CONTENT) == main(f"<main><div class=content>{CONTENT}</div></main>") == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("<ul><li>first thing<ul><li>inner thing</li></ul></li><li>second thing</li></ul><ol><li>one</li><li>two</ol>",
         "• first thing\n  • inner thing\n• second thing\n\n1. one\n2. two"),
        ("<ol start=3><li>one step here</li><li>two steps here</li></ol>", "3. one step here\n4. two steps here"),
        ("<ol><li>one step</li><li value=7>another</li><li>and the last</li></ol>",
         "1. one step\n7. another\n8. and the last"),
        ("<table><tr><th>Name<th>Price</tr><tr><td>Rye<td>12</tr></table>", "Name\tPrice\nRye\t12"),
        ("<pre><code>def f(x):\n    return x\n</code></pre>", "def f(x):\n    return x"),
        ("<blockquote><p>A saying of the old miller.</p></blockquote><p>So he said.</p>",
         "A saying of the old miller.\n\nSo he said."),
        ("<figure><img src=a alt='words for the blind'><figcaption>The wheel in winter</figcaption></figure>",
         "The wheel in winter"),
        ("<h2>The wheel</h2><p>It turns to the left.</p>", "The wheel\n\nIt turns to the left."),
        ("<dl><dt>Weir</dt><dd>A wall in a brook, over which its water runs.</dd></dl>",
         "Weir\nA wall in a brook, over which its water runs."),
        ("<p>It is <math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics>"
         "</math> long.</p>", "It is $x^2$ long."),
        (r"<p>Then \(x^2\) and $$\int_0^1 y\,dy$$ hold.</p><script type='math/tex'>z^3</script>",
         "Then \\(x^2\\) and $$\\int_0^1 y\\,dy$$ hold.\n\n$z^3$"),
        ("<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字</ruby>を読む。</p>", "漢字を読む。"),
        ("<p>我<b>的</b>书 – gut</p>", "我的书 – gut"),
    ],
)  # fmt: skip
def test_what_stays_of_an_article(more: str, expected: str) -> None:
    assert article(more) == expected


@pytest.mark.parametrize(
    "more",
    [
        "<section id=comments><div class=comment><p>I liked the part with the brook very much.</p></div></section>",
        "<div id=comments><div class=comment><p>My uncle had a wheel like this one in his barn.</p></div></div>",
        "<div class=related><h3>More stories</h3><ul><li><a href=/a>The bridge</a></li><li><a href=/b>The ferry"
        "</a></li></ul></div>",
        "<div class=share><a href=x>Share on Facebook</a> <a href=y>Tweet</a></div>",
        "<div class='cookie-banner'><p>We use cookies to improve your experience.</p><button>OK</button></div>",
        "<footer><p>Copyright 2024 The Valley Times. All rights reserved.</p></footer>",
        "<nav><a href=/>Home</a> <a href=/news>News</a> <a href=/sport>Sport</a></nav>",
    ],
)
def test_what_goes(more: str) -> None:
    assert main(f"<article>{CONTENT}</article>{more}") == "\n\n".join(PARAGRAPHS)


def test_posts_of_a_forum_stay() -> None:
    posts = "".join(
        f'<div class="post"><div class="username">user{number}</div><div class="post-body"><p>{text}</p></div></div>'
        for number, text in enumerate(PARAGRAPHS)
    )
    assert all(paragraph in main(posts) for paragraph in PARAGRAPHS)


def test_lists_right_below_the_body_stay() -> None:
    items = "".join(f"<li>{paragraph}</li>" for paragraph in PARAGRAPHS)
    assert main(f"<ul>{items}</ul>") == "\n".join(f"• {paragraph}" for paragraph in PARAGRAPHS)


def test_a_page_that_needs_scripts_is_read_without() -> None:
    assert main(f"<noscript>{CONTENT}</noscript><script>1</script>") == "\n\n".join(PARAGRAPHS)
    frames = f"<frameset cols='20%,80%'><frame src=a><noframes><body>{CONTENT}</body></noframes></frameset>"
    assert main(frames) == "\n\n".join(PARAGRAPHS)
    assert "switch on" not in main(f"<article>{CONTENT}<noscript>Please switch on scripts</noscript></article>")
    described = '{"@type": "NewsArticle", "articleBody": "' + " ".join(PARAGRAPHS) + '"}'
    page = main("<div id=root></div>", f"<script type='application/ld+json'>{described}</script>")
    assert page == " ".join(PARAGRAPHS)


def test_a_short_page_is_kept_but_for_navigation() -> None:
    assert main("<nav><a href=/>Home</a></nav><p>A page.</p>") == "A page."
    assert main("<nav>only navigation</nav>") == ""


def test_all_of_a_page_is_what_a_reader_sees() -> None:
    more = "<p hidden>secret</p><dialog>Sure?</dialog><dialog open>Sure!</dialog><footer>Imprint</footer>"
    page = f"<nav><a href=/>Home</a></nav>{CONTENT}{more}".encode()
    assert extract(page, "all").text == "\n\n".join(("Home", *PARAGRAPHS, "Sure!\nImprint"))
    assert set(extract(page, "precise").text.split()) <= set(extract(page, "main").text.split())


def test_elements_that_close_themselves() -> None:
    head = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/><style/></head>'
    page = f'<?xml version="1.0"?>{head}<body><iframe/>{CONTENT}</body></html>'.encode()
    assert extract(page).text == "\n\n".join(PARAGRAPHS)
    assert is_xhtml(b"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'><html>")
    assert not is_xhtml(b"<!DOCTYPE html><html><head>")
    assert extract(f"<script/>{CONTENT}".encode()).text == ""
    assert extract(f"<script/>{CONTENT}".encode(), xhtml=True).text == "\n\n".join(PARAGRAPHS)


HEAD = (
    "<title>The mill &amp;\n the brook</title><link rel=canonical href='https://example.org/mill'>"
    "<meta property='article:published_time' content='2024-05-01T08:00:00Z'>"
)


def test_what_a_page_says_of_itself() -> None:
    page = extract(f"<html lang=en-GB><head>{HEAD}</head><body>{CONTENT}".encode())
    assert page.metadata() == {
        "title": "The mill & the brook",
        "date": "2024-05-01T08:00:00Z",
        "canonical_url": "https://example.org/mill",
        "html_lang": "en-GB",
    }
    assert extract(b"<p>x").metadata() == {}
    dated = extract(b'<script type="application/ld+json">{"datePublished": "2023-01-02"}</script>')
    assert dated.date == "2023-01-02"
    assert extract(b"<link rel=canonical href=/relative><time datetime=2020-02-03>then</time>") == Page(
        "then", None, "2020-02-03", None, None
    )


CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("page", "license"),
    [
        (f"<link rel=license href='{CC_BY}'>", CC_BY),
        (f"<p>By <a href={CC_BY} rel='noopener&#32;x License\tnofollow'>CC BY</a>", CC_BY),
        (f"<a rel=license href={CC_BY}>first</a><a rel=license href=/other>second</a>", CC_BY),
        ("<meta name=DC.rights content='CC0 &amp; more'>", "CC0 & more"),
        (f"<meta itemprop=license content={CC_BY}>", CC_BY),
        (f'<script type="application/ld+json">{{"license": "{CC_BY}"}}</script>', CC_BY),
        ('<script type="application/ld+json">{"license": "https:\\/\\/a.org\\/by"}</script>', "https://a.org/by"),
        ('<script type="application/ld+json">{"license": "caf\\u00e9 \\"by\\""}</script>', 'café "by"'),
        ('<script type="application/ld+json">{"license": "a\\nb  c\\ud800"}</script>', "a b c\ufffd"),
        ('<script type="application/ld+json">{"license": "\\xab", "a": {"license": "CC0 1"}}</script>', "CC0 1"),
        (f'<a rel=license href=/own>x</a><script type="application/ld+json">{{"license": "{CC_BY}"}}</script>', "/own"),
        (f"<a rel=licensed href={CC_BY}>x</a><a rel=license>y</a><a rel='' href=z>z</a>", None),
        (f"<a title=license href={CC_BY}>x</a>", None),
    ],
)
def test_the_licence_that_a_page_names(page: str, license: str | None) -> None:
    assert extract(page.encode()).license == license


def test_half_a_pair_of_surrogates_in_json_ld_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    body = " ".join(PARAGRAPHS)
    script = f'{{"articleBody": "{body} \\ud83d", "license": "by \\ud83d", "datePublished": "2023\\/01\\/02"}}'
    path.write_text(f'<script type="application/ld+json">{script}</script>', encoding="utf-8")
    (row,) = read_file(path).rows
    assert row["text"] == f"{body} \ufffd"
    assert '"date":"2023/01/02"' in row["metadata"]
    assert '"license":"by \ufffd"' in row["metadata"]


def test_a_file_gives_text_and_metadata_by_the_mode_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<head>{HEAD}</head><nav>Home</nav><article>{CONTENT}</article>", encoding="utf-8")
    (row,) = read_file(path).rows
    assert '"title":"The mill & the brook"' in row["metadata"]
    assert row["text"] == "\n\n".join(PARAGRAPHS)
    (whole,) = read_file(path, extraction="all").rows
    assert whole["text"].startswith("Home\n")
    assert EXTRACTIONS == ("main", "precise", "all")
    with pytest.raises(InputError, match=r"extraction is 'most'; choose one of main, precise, all"):
        InputOptions(extraction="most")  # type: ignore[arg-type]


def test_order_and_surroundings_of_pages_change_nothing() -> None:
    pages = [f"<article>{CONTENT}<p>{number}</p></article>".encode() * number for number in range(1, 30)]
    alone = {page: extract(page) for page in pages}
    random.Random(1).shuffle(pages)
    assert all(extract(page) == alone[page] for page in pages)


def test_huge_pages_are_bounded() -> None:
    many = b"<div><p>x" * 1_000_000
    assert Counter(extract(many, "all").text)["x"] == 1_000_000


def test_articles_and_snippets(shared_data: Path) -> None:
    """Better than any peer in benchmarks/extraction.py, which prints the whole table."""
    scores = []
    for path in sorted((shared_data / "web" / "articles" / "text").glob("*.txt"))[::4]:
        page = shared_data / "web" / "articles" / "html" / f"{path.stem}.html"
        if path.stat().st_size > 200 and page.exists():
            wanted = Counter(path.read_text(encoding="utf-8").split())
            found = Counter(extract(page.read_bytes()).text.split())
            scores.append(2 * (wanted & found).total() / max((wanted + found).total(), 1))
    assert sum(scores) / len(scores) > 0.93


def test_text_is_what_was_escaped() -> None:
    chance = random.Random(7)
    for _ in range(50):
        words = ["".join(chance.choices("ab&<>\"'é书€;#", k=chance.randint(1, 8))) for _ in range(5)]
        assert extract(f"<pre>|{markup.escape(' '.join(words))}|</pre>".encode(), "all").text == f"|{' '.join(words)}|"


def test_what_mathjax_has_drawn_is_not_said_twice() -> None:
    drawn = (
        '<span class="MathJax_Preview">x2</span><span class="MathJax" id="MathJax-Element-1-Frame" role="presentation">'
        '<nobr aria-hidden="true">x²</nobr><span class="MJX_Assistive_MathML"><math><mi>x</mi></math></span></span>'
        '<script type="math/tex" id="MathJax-Element-1">x^2</script>'
    )
    page = f"<article><p>The area that the farmers sowed was {drawn} in every year of the survey.</p></article>"
    assert (
        extract(page.encode()).text.strip() == "The area that the farmers sowed was $x^2$ in every year of the survey."
    )
