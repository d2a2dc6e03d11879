"""Templates that stand for words, each as MediaWiki shows it, and all others for nothing."""

import pytest

from textmill.pipeline.input.readers.dumps.wiki_templates import template_text


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ("!", "|"), ("=", "="), ("', -'", "'"), ("ndash, en dash", "–"), ("mdash, em dash", "—"),
        ("snd, spnd, spaced ndash, spaced en dash", " – "), ("nbsp, spaces, space, thinsp", " "), ("·, dot", " · "),
        ("•, bullet", " • "), ("pi", "π"), ("euro", "€"), ("deg", "°"), ("'\"", "'\""), ("\"'", "\"'"), ("((", "{{"),
        ("))", "}}"), ("minus", "−"), ("times", "×"), ("sup2", "²"),
    ],
)  # fmt: skip
def test_templates_of_signs(names: str, text: str) -> None:
    for name in names.split(", "):
        assert template_text(name) == text
        assert template_text(f" Template:{name.upper()} ") == text
        assert template_text(f"{name}|x") == ""  # another one of the name


FIRST = """nowrap, nobr, no wrap, nobreak, small, big, smaller, larger, abbr, abbrlink, tooltip, sup, sub, em, strong,
bold, italic, smallcaps, sc, small caps, quote, blockquote, block quote, bquote, cquote, quotation, poemquote, poem,
mvar, math, var, bdi, unicode, flag, flagcountry, flagu, flagteam, ill, illm, interlanguage link, link-interwiki,
center, angle bracket, sic, not a typo, keypress, key, kbd, code, tt, samp, mono, noitalic, nobold, underline, overline,
polytonic, text, literal, term, gloss, lang-de, lang-zh-hans"""
SECOND = "lang, langx, transliteration, wikt-lang, color, colour, fontcolor, resize"
LAST = "transl, rtl-lang, font color, font, visible anchor, vanchor, anchor text, script/Arabic"
JOINED = "hlist, flatlist, ubl, unbulleted list, plainlist, comma separated entries, cslist, csl"


@pytest.mark.parametrize(
    ("names", "alone", "several"),
    [
        (FIRST, "a", "a"),
        (SECOND, "", "b"),
        (LAST, "a", "c"),
        (JOINED, "a", "a, b, c"),
        ("unknown, lang-too-long-a", "", ""),
    ],
)
def test_templates_that_show_their_arguments(names: str, alone: str, several: str) -> None:
    for name in names.replace("\n", " ").split(", "):
        assert (template_text(name), template_text(f"{name}| a ")) == ("", alone), name
        assert template_text(f"{name}|a| b |x=y|c\n") == several, name
        assert template_text(f"{name.replace(' ', '__').title()}|a|b|c") == several, name


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("convert|10|km|mi", "10 km"), ("convert|10|-|20|km", "10–20 km"), ("convert|10|–|20|km", "10–20 km"),
        ("convert|3|to|5|and|7|by|9|km2|abbr=on", "3 to 5 and 7 by 9 km²"), ("cvt|5|or|6|m2", "5 or 6 m²"),
        ("convert|2|x|3|mi2", "2 × 3 sq mi"), ("unité|2|×|3|sqmi", "2 × 3 sq mi"), ("unite|2|&|3|sqft", "2 & 3 sq ft"),
        ("unit|1|ft2", "1 sq ft"), ("convert|1|m3", "1 m³"), ("convert|1|ft3", "1 cu ft"),
        ("convert|1|cuft", "1 cu ft"), ("convert|1|kph", "1 km/h"), ("convert|1|C", "1 °C"), ("convert|1|F", "1 °F"),
        ("convert|1|ftin", "1 ft"), ("convert|5", "5"), ("convert", ""), ("convert|1|to", "1 to"),
        ("convert|1|to|2", "1 to 2"), ("nihongo|a|b|c|d", "a (b, c)"), ("nihongo2|a", "a"), ("nihongo3||b|c", "b, c"),
        ("nihongo|||", ""), ("circa|1900", "c. 1900"), ("c.", "c."), ("ca|5", "c. 5"), ("ca.|6", "c. 6"),
        ("birth date|1900|1|2", "1900-01-02"), ("birth date and age|df=yes|1900|12|3", "1900-12-03"),
        ("death date|1900|1|2|1850|3|4", "1900-01-02"), ("death date and age|1990", "1990"),
        ("start date|2000|05", "2000-05"), ("start date and age|5 May|2000", "5 May 2000"), ("end date|x|y", "x y"),
        ("film date||2001||2", "2001-02"), ("dts|2001|2|3", "2001-02-03"), ("date|1|May", "1 May"), ("dob", ""),
        ("bda|1850|3|4", "1850-03-04"), ("frac|1|2", "1/2"), ("fraction|3", "1/3"), ("sfrac|1|2|3", "1 2/3"),
        ("frac", ""), ("frac||1|2", "1/2"), ("US$|7", "US$7"), ("usd|7", "US$7"), ("£|8", "£8"), ("GBP|8", "£8"),
        ("€|1", "€1"), ("eur|1", "€1"), ("inr|2", "₹2"), ("¥|3", "¥3"), ("a$|4", "A$4"),
        ("読み仮名|水|みず", "水(みず)"), ("ruby|a", "a"), ("ruby-ja|a|b", "a(b)"), ("s|XIX|e", "XIXe siècle"),
        ("-s|V", "V siècle"), ("sortname|A|B|C", "A B"), ("sortname|A", "A"), ("as of|2026|1|2", "As of 2026-01-02"),
        ("as of|2026|lc=y", "as of 2026"), ("as of|2026|lc=n", "As of 2026"), ("As of|alt=by 2026|2000", "by 2026"),
        ("as of|May|2026", "As of May 2026"), ("val|5", "5"), ("val|5|2", "5±2"), ("val|5|e=6", "5×10^6"),
        ("val|5|u=m", "5 m"), ("val|5|ul=kg", "5 kg"), ("val|1|2|e=3|u=s", "1±2×10^3 s"),
    ],
)  # fmt: skip
def test_templates_that_make_something_of_their_arguments(template: str, text: str) -> None:
    assert template_text(template) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("nowrap|text=x", "x"), ("nowrap|1=x", "x"), ("nowrap|2=b|a", "a"), ("hlist|3=c|1=a", "a, c"),
        ("hlist|a|999=z|b", "a, b, z"), ("hlist|a|1000=z", "a"), ("lang|3=c|a|b", "b"), ("quote|a=b|c", "c"),
        ("quote|" + "n" * 40 + "=b|c", "c"), ("quote|" + "n" * 41 + "=b|c", "n" * 41 + "=b"),
        ("quote|a:b=c", "a:b=c"), ("nowrap|", ""), ("nowrap|a  b", "a  b"),
    ],
)  # fmt: skip
def test_arguments_by_place_and_by_name(template: str, text: str) -> None:
    assert template_text(template) == text


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ("#if:x|yes|no", "yes"), ("#if: |yes|no", "no"), (" #IF : x | y ", "y"), ("#if:x", ""), ("#if:|y", ""),
        ("formatnum: 1234 |R", "1234"), ("lc:ABC", "abc"), ("uc:abc", "ABC"), ("lcfirst:ABC", "aBC"),
        ("ucfirst:abc", "Abc"), ("ucfirst:", ""), ("#invoke:a|b", ""), ("lc", ""), ("#ifeq:a|a|b", ""),
    ],
)  # fmt: skip
def test_functions(function: str, text: str) -> None:
    assert template_text(function) == text
