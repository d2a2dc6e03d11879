"""Tags, references, comments and what is implied, as browsers have them; an independent parser (lexbor) as oracle."""

import html
import html.entities
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resiliparse.parse.html import HTMLTree

from textmill.filters.kernels.html.parser import read_page
from textmill.filters.kernels.html.work import Block, Register, tables, workspace


def blocks(page: str | bytes, *, xhtml: bool = False) -> list[str]:
    """The texts of a page's blocks."""
    content = page.encode() if isinstance(page, str) else page
    data = np.frombuffer(content, dtype=np.uint8)
    work = workspace(len(data), content.count(b"<"))
    read_page(data, xhtml, tables(), work)
    spans = work.blocks[: int(work.register[Register.BLOCKS]), [Block.START, Block.END]]
    return [work.text[start:end].tobytes().decode() for start, end in spans]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("a  b\n\tc", ["a b c"]),
        ("<p>a<p>b", ["a", "b"]),
        ("un<b>believ</b>able wo<i>r</i>ds", ["unbelievable words"]),
        ("a<b> b</b> c", ["a b c"]),
        ("a <b>b</b><i> c</i>", ["a b c"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>", ["a", "b", "c", "d"]),
        ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", ["a", "b", "c", "d"]),
        ("<table><tr><td>a<td>b<tr><td>c</table>d", ["a", "b", "c", "d"]),
        ("a<br>b", ["a\nb"]),
        ("a<br><br>b", ["a", "b"]),
        ("a</br>b", ["a\nb"]),
        ("a</p>b", ["a", "b"]),
        ("<p>a<table><tr><td>b</table>c", ["a", "b", "c"]),
        ("<pre>\n a\n  b\n</pre>c", [" a\n  b", "c"]),
        ("<pre>a<b>\n</b>b<br>c</pre>", ["a\nb\nc"]),
        ("<pre>a\r\nb\rc</pre>", ["a\nb\nc"]),
        ("a<!-- b -->c<!-->d<!--->e<!-- f --!>g<!-- h", ["acdeg"]),
        ("a<!doctype html>b<?php echo 1 ?>c</ d>e<! f>g", ["abceg"]),
        ("a < b <1 </> c", ["a < b <1 c"]),
        ("a<", ["a<"]),
        ("a</", ["a</"]),
        ("a<b", ["a"]),
        ("a<b c='", ["a"]),
        ('<p title="<b>x</b>">a', ["a"]),
        ("<p title=a>b</p title='>'>c", ["b", "c"]),
        ("<p a=b/c>d", ["d"]),
        ("<P CLASS=x>a</P>b", ["a", "b"]),
        ("a<script>b</script>c<style>d</style>e", ["ace"]),
        ("a<script><!--<script></script>b</script>--></script>c", ["a-->c"]),
        ("a<script><!-- </script>b", ["ab"]),
        ("a<script>'</scripted>'</script >b", ["ab"]),
        ("a<title>b</title>c<textarea><p>d</textarea>e", ["ace"]),
        ("a<iframe>b</iframe>c<select><option>d</select>e", ["ace"]),
        ("a<svg><title>b</title><text>c</text></svg>d", ["ad"]),
        ("a<svg>b<p>c", ["a", "c"]),
        ("a<svg/>b<svg><path/></svg>c", ["abc"]),
        ("<template>a</template>b<video>c</video>d", ["bd"]),
        ("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</ruby>だ", ["漢字だ"]),
        ("a\x00b", ["ab"]),
        ("<b>a<p>b</b>c</p>d", ["a", "bc", "d"]),
        ("<a href=x>a<a href=y>b</a>c", ["abc"]),
        ("<div>a<span>b</div>c", ["ab", "c"]),
        ("<h1>a<h2>b</h1>c", ["a", "b", "c"]),
        ("<button>a</button>b<h2><button>c</button></h2>", ["b", "c"]),
        ("<div><p>\xa0</p>a</div>", ["a"]),
        ("<x-y>a</x-y><x-z>b</x-z>", ["ab"]),
        ("a<span hidden>b</span><span style='color:red; display : none'>c</span>d", ["ad"]),
        ("a<wbr>b&shy;c", ["ab\xadc"]),
        ("a<noscript>b</noscript>c<p>", ["ac"]),
        ("<body>a</body>b</html>c", ["abc"]),
    ],
)
def test_what_browsers_show(page: str, expected: list[str]) -> None:
    assert blocks(page) == expected


@pytest.mark.parametrize(
    ("page", "html_blocks", "xhtml_blocks"),
    [
        ("<title/>a", [], ["a"]),
        ("<script src='x'/>a", [], ["a"]),
        ("a<div/>b", ["a", "b"], ["a", "b"]),
        ("<p>a<span style='display:none'/>b</p>", ["a"], ["ab"]),
        ("a<![CDATA[<b>&amp;]]>c", ["a&]]>c"], ["a<b>&amp;c"]),
    ],
)
def test_elements_close_themselves_in_xhtml_only(page: str, html_blocks: list[str], xhtml_blocks: list[str]) -> None:
    assert blocks(page) == html_blocks
    assert blocks(page, xhtml=True) == xhtml_blocks


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn></math>", "x=1"),
        ("a <math><semantics><mi>x</mi><annotation encoding='application/x-tex'>y</annotation></semantics></math> b",
         "a $y$ b"),
        ("a <math alttext='x^2'><mi>x</mi></math>b", "a $x^2$b"),
        ("<span class=katex><span class=katex-mathml><math><semantics><mi>e</mi><annotation encoding="
         "'application/x-tex'>e^i</annotation></semantics></math></span><span class=katex-html aria-hidden=true>"
         "<span>e</span></span></span> a", "$e^i$ a"),
        ("a <script type='math/tex'>x &lt; 1</script> b", "a $x &lt; 1$ b"),
        ("<script type='math/tex; mode=display'>x</script>", "$$x$$"),
        ("<span class=MathJax><math><mi>x</mi></math></span><script type=math/tex>x_1</script>", "$x_1$"),
        ("a <span hidden>b <math><mi>x</mi></math> c</span> d", "a x d"),
        ("<p>a <math><mi>x</mi></math><math><mi>x</mi></math></p>", "a x"),
        (r"<img class=tex alt='\frac12'>", r"$\frac12$"),
        (r"<img alt='$\frac12$'> <img alt='a picture'>", r"$\frac12$"),
        ("<span style='display:none'><math><semantics><mi>x</mi><annotation encoding='application/x-tex'>{x}"
         "</annotation></semantics></math></span><img class=mwe-math-fallback-image-inline alt='{x}'>a", "${x}$a"),
    ],
)  # fmt: skip
def test_formulas_are_written_once(page: str, expected: str) -> None:
    assert blocks(page) == [expected]


@pytest.mark.parametrize("name", sorted(html.entities.html5))
def test_every_named_reference(name: str) -> None:
    assert blocks(f"<pre>|&{name}|") == [f"|{html.entities.html5[name]}|"]


@given(st.text(alphabet="&#xX;=lgtampnoi10AFf89 ", max_size=40))
def test_references_like_those_of_python(text: str) -> None:
    found = blocks(f"<pre>|{text}|")
    # Python leaves out control characters that browsers keep, and knows no end of a number but its own.
    expected = f"|{html.unescape(text)}|"
    if all(ch >= " " for ch in "".join(found)) and "\ufffd" not in expected:
        assert found == [expected]


@pytest.mark.parametrize(
    ("reference", "character"),
    [("&#128;", "€"), ("&#x9F;", "Ÿ"), ("&#129;", "\x81"), ("&#0;", "\ufffd"), ("&#xD800;", "\ufffd"),
     ("&#x110000;", "\ufffd"), ("&#99999999999999999999;", "\ufffd"), ("&#x1F600", "😀"), ("&notit;", "¬it;"),
     ("&bogus;", "&bogus;"), ("&#;", "&#;"), ("&", "&")],
)  # fmt: skip
def test_odd_references(reference: str, character: str) -> None:
    assert blocks(f"|{reference}|") == [f"|{character}|"]


INLINE = ("b", "i", "span", "em", "a href=x", "code", "x-y")
OUTER = ("div", "p", "section", "ul", "li", "h2", "blockquote", "pre", "table", "tr", "td", "dl", "dt", "dd")
TOKENS = st.sampled_from(
    [*(f"<{name}>" for name in (*INLINE, *OUTER)), *(f"</{name.split()[0]}>" for name in (*INLINE, *OUTER)),
     "<br>", "<!-- c -->", "<img src=x>", "&amp;", "&lt", "<script>q</script>", "<title>q</title>"]
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(TOKENS | st.text(alphabet="abcdefgh &;", max_size=5), max_size=40))
def test_tag_soup_loses_nothing_that_lexbor_finds(parts: list[str]) -> None:
    page = "<!doctype html><body>" + "".join(parts)
    tree = HTMLTree.parse(page)
    for element in tree.body.query_selector_all("script, title, style"):
        element.decompose()
    # Tables put what stands wrongly in them elsewhere, so characters are counted and not compared in order.
    assert sorted("".join(blocks(page)).replace(" ", "").replace("\n", "")) == sorted(
        tree.body.text.replace(" ", "").replace("\n", "")
    )


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from("<>/!-='\"& abp\n\0") | st.sampled_from(["<script", "<!--", "-->", "<math>", "é", "书"]))
)
def test_any_bytes_give_valid_text(parts: list[str]) -> None:
    for xhtml in (False, True):
        assert all(text.strip() for text in blocks("".join(parts), xhtml=xhtml))


HOSTILE = {
    "formatting": b"<p>" + b"".join(b"<b a%d>" % number for number in range(900)) + b"</p>" + b"<p>x" * 200_000,
    "attributes": b"<div " + b" ".join(b"a%d=1" % number for number in range(1_000_000)) + b">x</div>",
    "depth": b"<div>" * 1_000_000 + b"x",
    "unmatched ends": b"<i><div>" * 255 + b"</b></span>" * 500_000 + b"x",
    "lists": b"<ul><li>" * 500_000 + b"x",
    "tables": b"<table><tr><td>" * 300_000 + b"x",
    "paragraphs": b"<b>" * 500 + b"<p>x" * 1_000_000,
    "references": b"&" * 3_000_000 + b"&CounterClockwiseContourIntegra" * 100_000,
    "comments": b"<!--" * 1_000_000,
    "scripts": b"<script><!--<script>" * 200_000,
    "signs": b"<" * 3_000_000,
    "styles": b"<p style='" + b"display:" * 400_000 + b"'>x",
    "quotes": b"<a b='" * 500_000,
    "classes": b"<p class='" + b"comment-" * 400_000 + b"'>x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_with_bytes_alone(name: str) -> None:
    blocks("<p>x")  # machine code
    begin = time.process_time()
    blocks(HOSTILE[name])
    assert time.process_time() - begin < 5  # most take less than a tenth of a second
