"""Names that mean something in HTML: elements with their traits, attributes, and names of metadata.

They are looked up by :mod:`.names`.
"""

from __future__ import annotations

from enum import IntEnum, auto


class Trait(IntEnum):
    """What the parser needs to know of an element."""

    BLOCK = 0x1
    """Begins and ends a line."""
    PARAGRAPH = 0x2
    """An empty line stands before and behind it."""
    VOID = 0x4
    """Has neither content nor end tag."""
    RAW = 0x8
    """Its content is no markup, and no text of the page either."""
    CLOSES_P = 0x10
    """Ends a paragraph that is open."""
    SKIPPED = 0x20
    """Its text is no text of the page."""
    FORMATTING = 0x40
    """Its end tag reaches it across blocks."""
    SPECIAL = 0x80
    """End tags of inline elements do not reach beyond it."""
    SCOPE = 0x100
    """End tags do not reach beyond it."""
    BREAKS_OUT = 0x200
    """Ends foreign content (SVG, MathML) that is open."""
    HEADING = 0x400
    CELL = 0x800
    IGNORED = 0x1000
    """Never on the stack of open elements: html, head, body."""
    LIST = 0x2000
    IN_TABLE = 0x4000
    """Rows and groups of rows: end tags reach beyond cells."""


class Tag(IntEnum):
    """Elements that the parser treats by name; others have traits alone."""

    UNKNOWN = 0
    A = auto()
    P = auto()
    LI = auto()
    DD = auto()
    DT = auto()
    TR = auto()
    TD = auto()
    TH = auto()
    TBODY = auto()
    THEAD = auto()
    TFOOT = auto()
    TABLE = auto()
    CAPTION = auto()
    OPTION = auto()
    OPTGROUP = auto()
    BR = auto()
    HR = auto()
    IMG = auto()
    OL = auto()
    UL = auto()
    DL = auto()
    PRE = auto()
    SCRIPT = auto()
    STYLE = auto()
    TITLE = auto()
    SVG = auto()
    MATH = auto()
    ANNOTATION = auto()
    ANNOTATION_XML = auto()
    FOREIGNOBJECT = auto()
    NOSCRIPT = auto()
    META = auto()
    LINK = auto()
    HTML = auto()
    BODY = auto()
    TIME = auto()
    H1 = auto()
    H2 = auto()
    H3 = auto()
    H4 = auto()
    H5 = auto()
    H6 = auto()
    BUTTON = auto()
    SELECT = auto()
    RT = auto()
    RP = auto()
    DIV = auto()
    SECTION = auto()
    ARTICLE = auto()
    MAIN = auto()
    NAV = auto()
    ASIDE = auto()
    HEADER = auto()
    FOOTER = auto()
    FORM = auto()
    FIGURE = auto()
    FIGCAPTION = auto()
    BLOCKQUOTE = auto()
    ADDRESS = auto()
    DETAILS = auto()
    SUMMARY = auto()
    DIALOG = auto()
    B = auto()
    STRONG = auto()
    CODE = auto()


class Attribute(IntEnum):
    """Attributes whose values are looked at."""

    CLASS = 0
    ID = auto()
    ROLE = auto()
    ITEMPROP = auto()
    HIDDEN = auto()
    STYLE = auto()
    ARIA_HIDDEN = auto()
    HREF = auto()
    REL = auto()
    CONTENT = auto()
    NAME = auto()
    PROPERTY = auto()
    DATETIME = auto()
    START = auto()
    VALUE = auto()
    TYPE = auto()
    ALT = auto()
    LANG = auto()
    XML_LANG = auto()
    ENCODING = auto()
    SRC = auto()
    ALTTEXT = auto()
    OPEN = auto()


class Note(IntEnum):
    """What is noted of a page beside its text: where in its bytes the first of each kind stands."""

    TITLE = 0
    OG_TITLE = auto()
    CANONICAL = auto()
    OG_URL = auto()
    LANGUAGE = auto()
    PUBLISHED = auto()
    PUBLISHED_LESS_SURE = auto()
    TIME = auto()
    JSON_LD = auto()
    JSON_LD_2 = auto()
    JSON_LD_3 = auto()
    JSON_LD_4 = auto()
    LICENSE = auto()


NOTES = {
    "og:title": Note.OG_TITLE,
    "og:url": Note.OG_URL,
    "article:published_time": Note.PUBLISHED,
    "og:published_time": Note.PUBLISHED,
    "datepublished": Note.PUBLISHED,
    "date": Note.PUBLISHED_LESS_SURE,
    "dc.date": Note.PUBLISHED_LESS_SURE,
    "dc.date.issued": Note.PUBLISHED,
    "dcterms.date": Note.PUBLISHED_LESS_SURE,
    "dcterms.created": Note.PUBLISHED_LESS_SURE,
    "dcterms.issued": Note.PUBLISHED,
    "citation_publication_date": Note.PUBLISHED,
    "citation_date": Note.PUBLISHED_LESS_SURE,
    "pubdate": Note.PUBLISHED,
    "publishdate": Note.PUBLISHED,
    "publish-date": Note.PUBLISHED,
    "publish_date": Note.PUBLISHED,
    "publication_date": Note.PUBLISHED,
    "sailthru.date": Note.PUBLISHED,
    "parsely-pub-date": Note.PUBLISHED,
    "cxenseparse:recs:publishtime": Note.PUBLISHED,
    "article.published": Note.PUBLISHED,
    "datecreated": Note.PUBLISHED_LESS_SURE,
    "dc.rights": Note.LICENSE,
    "dc.rights.license": Note.LICENSE,
    "dcterms.license": Note.LICENSE,
    "dcterms.rights": Note.LICENSE,
    "license": Note.LICENSE,
}
"""Names (``name``, ``property``, ``itemprop``) of ``meta`` elements."""

B = Trait.BLOCK | Trait.SPECIAL | Trait.BREAKS_OUT
P, V, C, S, X = Trait.PARAGRAPH, Trait.VOID, Trait.CLOSES_P, Trait.SKIPPED, Trait.SPECIAL
TRAITS: dict[int, str] = {
    B
    | C: "address article aside center details dialog dir div dt dd fieldset figcaption footer form header hgroup main"
    " nav search section summary li",
    B | C | P: "p blockquote figure pre listing xmp plaintext",
    B | C | P | Trait.HEADING: "h1 h2 h3 h4 h5 h6",
    B | C | P | Trait.LIST: "ul ol dl menu",
    B | C | P | Trait.SCOPE: "table",
    B | C | P | V: "hr",
    B | Trait.SCOPE | Trait.CELL: "td th",
    B | Trait.SCOPE: "caption",
    B | Trait.IN_TABLE: "tr tbody thead tfoot",
    Trait.BLOCK: "legend optgroup",
    V: "area base basefont bgsound col command embed frame input keygen link meta param source track wbr img br",
    Trait.RAW: "script style title textarea iframe noembed",
    Trait.FORMATTING | Trait.BREAKS_OUT: "b big code em i nobr s small strike strong tt u",
    Trait.FORMATTING: "a font",
    Trait.BREAKS_OUT: "span sub sup var ruby",
    S | X: "select datalist video audio canvas button",
    S | X | Trait.SCOPE: "template object applet marquee",
    S: "svg option rt rp rtc",
    Trait.SCOPE: "foreignobject desc mi mo mn ms mtext",
    0: "math annotation annotation-xml noscript noframes time label semantics",
    X: "colgroup",
    Trait.IGNORED: "html head body frameset",
}


TAG_BITS = 8
"""A known element's value: its traits, and below them its tag."""


def element_values() -> dict[str, int]:
    """Elements by name."""
    values = {}
    for traits, names in TRAITS.items():
        for name in names.split():
            tag = Tag.__members__.get(name.upper().replace("-", "_"), Tag.UNKNOWN)
            values[name] = int(traits) << TAG_BITS | tag
    return values


def attribute_values() -> dict[str, int]:
    """Attributes by name."""
    names = {member.name.lower().replace("_", "-"): int(member) for member in Attribute}
    return names | {"xml:lang": int(Attribute.XML_LANG)}
