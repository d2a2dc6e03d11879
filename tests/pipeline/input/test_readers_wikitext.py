"""What wikitext says: links, lists, tables, headings, and what is no text of a page."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.pipeline.input.readers.dumps.wikitext import Namespaces, Page, page_text

NAMES = Namespaces(frozenset({"datei"}), frozenset({"kategorie"}))


def text_of(wikitext: str) -> str:
    return page_text(wikitext, NAMES).text


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("A ''b'' '''c''' '''''d''''' it's ''''e''''", "A b c d it's 'e'"),
        ("[[A]] [[a|b]]s [[A#x|c]] [[:Category:D]] [[:fr:E|f]] [[A_b]]", "A bs c Category:D f A b"),
        ("a[[File:x.jpg|thumb|a [[link]] and {{t|x}}]][[Image:y.png]][[datei:z.png|b]]c", "ac"),
        ("a\n[[de:Mühle]]\n[[Category:B|c]]\n[[KATEGORIE:D]]", "a"),
        ("[http://a.example the words] [http://b.example] [//c.example d] http://e.example [x]",
         "the words d http://e.example [x]"),
        ("A {{convert|10|km|mi}} road, {{cvt|5|to|6|m2}}, {{unknown|x}}end", "A 10 km road, 5 to 6 m², end"),
        ("{{lang|fr|bon}} {{lang-de|gut}} {{nihongo|a|b|c}} {{abbr|x|y}} {{as of|2026}} {{circa|1900}}",
         "bon gut a (b, c) x As of 2026 c. 1900"),
        ("{{frac|1|2}} {{val|5|u=m}} {{US$|7}} {{nowrap|1={{lang|en|n}}}} {{hlist|a|b}}", "1/2 5 m US$7 n a, b"),
        ("{{Infobox mill\n| name = A\n| x = {{a|{{b}}}} [[c|d]]\n|}}\n'''A''' is", "A is"),
        ("A<ref name=x>{{cite|a}}</ref> b<ref name=\"y\" /> c<ref>d</ref>. <references/>", "A b c."),
        ("<references><ref name=a>x</ref></references>A <ref>unended", "A unended"),
        ("A ({{IPA|x}}) b ({{IPA|x}}; {{lang|de|c}}) d (; e )", "A b (c) d (e)"),
        ("<math>\\frac{a}{b} < c</math> and <nowiki>[[x]] '''y'''</nowiki>",
         "$\\frac{a}{b} < c$ and [[x]] '''y'''"),
        ("<syntaxhighlight lang=\"c\">\nif (a[[1]] < b) {{\n  c;\n}}\n</syntaxhighlight>",
         "if (a[[1]] < b) {{\n  c;\n}}"),
        ("a<br>b<br />c <sup>2</sup> <span style=\"x\">d</span> &amp; &lt;e&gt; &nbsp;f", "a\nb\nc 2 d & <e> f"),
        ("* a\n* b\n** c\n# d\n# e\n: f\n; g", "- a\n- b\n  - c\n1. d\n2. e\nf\ng"),
        ("== A ==\ntext\n== Empty ==\n{{x}}\n== B ==\n=== C ===\nmore\n== References ==\n<references />",
         "A\n\ntext\n\nB\n\nC\n\nmore"),
        ('{| class="wikitable"\n|+ Title\n|-\n! scope="col" | A !! B\n|-\n| style="x" | 1 || [[b|2]]\n|- \n| 3\n'
         '| 4\n|}\nafter',
         "Title\nA | B\n1 | 2\n3 | 4\n\nafter"),
        ("{|\n|a\n{|\n|inner\n|}\n|}\nb", "a inner\n\nb"),
        ("{{a|\n{|\n| x\n|}\n}}b", "b"),
        ("<!-- no -->a<!-- [[ -->b <gallery>\nFile:x.jpg|y\n</gallery>__NOTOC__", "ab"),
        ("-{zh-hans:汉;zh-hant:漢}- -{字}- -{H|x}-", "汉 字"),
        ("{{{1|default}}} {{#if: x | yes | no }} {{formatnum:1234}} {{#invoke:a|b}}", "default yes 1234"),
        ("[[a {{b]] c}} {{d [[e]]", "[[a {{d e"),
        ("unended {{x [[y", "unended {{x [[y"),
    ],
)  # fmt: skip
def test_what_wikitext_says(wikitext: str, text: str) -> None:
    assert " ".join(text_of(wikitext).split(" ")) == text


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["{{", "}}", "[[", "]]", "{|", "|}", "\n", "|", "a", "<ref>", "</ref>", "<nowiki>", "[http://a ", "]", "'", "=", "* ", "<!--", "-->", "</nowiki>", "é"]), max_size=60))  # fmt: skip # noqa: E501
def test_any_markup_gives_text_without_marks_of_ours(pieces: Sequence[str]) -> None:
    text = text_of("".join(pieces))
    assert "\x02" not in text
    assert "\x03" not in text
    assert text == text.strip()
    assert "\n\n\n" not in text


@pytest.mark.parametrize("piece", ["{{", "{{a|", "[[", "[[a|", "{|\n", "<ref>", "<math>", "<b>", "''x'''", "[http://a ", "== a", "(, ", "-{", "{{x}}"])  # fmt: skip # noqa: E501
def test_markup_that_is_never_closed_takes_no_time(piece: str) -> None:
    before = time.process_time()
    text_of(piece * (400_000 // len(piece)))
    assert time.process_time() - before < 10


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("a [[Media:x.ogg|y]] [[Image:x.png]] [[:File:x.png]] [[:File:x|shown]] b", "a File:x.png shown b"),
        ("[[fr:X]]a [[zh-min-nan:Y]][[simple:Z]][[wikt:foo]] [[de:a|bar]] [[User:A]] [[A: B]]",
         "a wikt:foo bar User:A A: B"),
        ("[[A (b)|]] [[A#s]] [[#s]] [[#s|t]] [[A|b|c]] [[ A | b ]]", "A (b) A#s #s t b|c b"),
        ("[[http://x.example|y z]] [[//x y]]", "[z] [y]"),
        ("[http://a.example a [b] c] [mailto:x@y z] [ftp://a b] [https://a\nb] [HTTP://A b]",
         "a [b c] z b [https://a\nb] b"),
        ("a <nowiki>'''x'''</nowiki> <NOWIKI/>b <nowiki>c", "a '''x''' b c"),
        ("<pre>\n  a\n b\n</pre> <code>x  y</code> <source lang=c>\nq\n</source>", "a\n b x  y q"),
        ("<math> x </math><math> </math><chem>H2O</chem><ce>A</ce>", "$x$$H2O$$A$"),
        ("a<score>x</score><timeline>y</timeline><hiero>z</hiero><graph>g</graph><imagemap>i</imagemap>"
         "<templatedata>t</templatedata><style>s</style><script>j</script><includeonly>k</includeonly>"
         "<mapframe>m</mapframe><maplink>l</maplink><inputbox>n</inputbox><categorytree>o</categorytree>b<gallery/>c",
         "abc"),
        ("&lt;math&gt; &#65; &amp;amp; a&nbsp;b \xa0c", "<math> A &amp; a b c"),
        ("a (, b) (b ,) （、c） ( ; ) d (  ) e", "a (b) (b) （c） d e"),
        ("= One =\na\n== Two ==\n=== Three ===\nb\n== Four ==\n==== Five ====\n== Six ==\nc",
         "One\n\na\n\nTwo\n\nThree\n\nb\n\nSix\n\nc"),
        ("==Uneven===\na\n=== Deep ===\n== High ==\nb\n======= Seven =======\nc\n==\nd",
         "Uneven\n\na\n\nHigh\n\nb\n\nSeven\n\nc\n==\nd"),
        ("==A==\n===B===\nx\n=C=\n==D\ny", "A\n\nB\n\nx\n\nC\n\n==D\ny"),
        ("a\n== ==\nb\n=== = ===\nc", "a\n== ==\nb\n\nc"),
        ("# a\n# b\n## c\n## d\n# e\n## again\ntext\n# f\n* g\n*# h\n*# i\n#* j",
         "1. a\n2. b\n  1. c\n  2. d\n3. e\n  1. again\ntext\n1. f\n- g\n  1. h\n  2. i\n  - j"),
        ("# a\n\n# b\n* \n*:\n# .\nend", "1. a\n\n2. b\n\nend"),
        ("; term : def\n: indented\n:: more\n:* x\n:::* y", "term : def\nindented\nmore\n  - x\n      - y"),
        ("-{zh-hans:汉; zh-hant:漢}- -{A|zh-cn:甲;zh-tw:乙}- -{T|x}- -{R|raw}- -{字:义}-", "汉 甲 raw 字:义"),
        ("a__TOC__b __NOEDITSECTION__ __not__ __АБВ__ __AB__", "ab __not__ __AB__"),
        ("'''''both''''' ''''four'''' ''''''six'''''' it''s '''b''c'''", "both 'four' 'six' its bc"),
        ('{|\n! a !! b\n! c\n|-\n| 1 || 2 | 3 || style="x" | 4\n| nowrap | 5\ncont\n|+ cap\n|}',
         "a | b | c\n1 | 2 | 3 | 4 | 5 cont\ncap"),
        ("{|\n! a || b !! c\n|-\n| d !! e\n|}", "a | b | c\nd !! e"),
        ("{|\n| " + "x=" * 250 + "|a\n| " + "x=" * 249 + "|b\n|}", "x=" * 250 + "|a | b"),
        ("x\n:{| class=a\n| b\n|}\ny", "x\n\nb\n\ny"),
        ("{|\nlost\n|- class=x\n| a\n| \n| b\n|-\n|}\nz\n{|\n| open", "a | b\n\nz\n\nopen"),
        ('<ref>a</ref>b<ref name=x/>c<REF name="q">d</REF >e<references>f<ref>g</ref></references>h</ref>i', "bcefhi"),
        ("<ref>a<ref>b</ref>c</ref>d", "acd"),
        ("<ul><li>a</li><li>b</li></ul><p>c</p><div>d</div><center>e</center><blockquote>f</blockquote><h2>g</h2>",
         "- a\n- b\n\nc\n\nd\n\ne\n\nf\n\ng"),
        ("a<hr>b<br clear=all>c<span>d</span><unknown x>e</unknown> 1 < 2 > 1 <3", "a\nb\ncde 1 < 2 > 1 <3"),
        ("{{{x}}}{{{x|}}}{{{x|a}}}", "a"),
        ("{{{x|{{{y|b}}}}}} c{{{x|{{{y|}}}{{{z|d}}}}}}", "b cd"),
        ("a\n\n\n\n\nb\n   c   d \n\t e", "a\n\nb\nc d\ne"),
        ("<!-- a --> b <!-- unended c", "b"),
        ("a\x02b\x031\x020\x02<code>x</code>", "ab10x"),
        ("{{lang|en|[[a|b]] ''c''}}{{unknown|[[a]]}} {{small|{{small|{{small|deep}}}}}}", "b c deep"),
        ("{{a\n|b\n{|\n|c\n}}d", "{{a\n|b\n\nc }}d"),
        ("[[File:a|{{b|c]]}}]]d", "d"),
        ("{{small|" * 60 + "a" + "}}" * 60, "a"),
        ("{{small|" * 61 + "a" + "}}" * 61, "{{small|" * 60 + "a" + "}}" * 60),
    ],
)  # fmt: skip
def test_more_of_what_wikitext_says(wikitext: str, text: str) -> None:
    assert text_of(wikitext) == text


def test_categories_stand_beside_the_text() -> None:
    source = "[[Kategorie:A|x]] [[category: B_c ]] [[:Kategorie:C]] [[Category:]] a {{x|[[Category:D]]}}"
    assert page_text(source, NAMES) == Page("Kategorie:C a", ["A", "B c", "D"])
    assert page_text("[[Kategorie:A]] [[Datei:a]]", Namespaces()) == Page("Kategorie:A Datei:a", [])
