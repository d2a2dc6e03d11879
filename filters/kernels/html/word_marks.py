"""Words in classes, identifiers and roles, and in short texts, that tell what a part of a page is.

An automaton finds them. Each group of words is one bit. ``-`` in a word stands for where words end: at whatever is
neither letter nor digit, and before a capital behind a small letter (``articleBody``).
"""

from __future__ import annotations

from collections import deque
from enum import IntEnum, auto
from functools import cache
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Bytes, Int32s, UInt64s
from ..machine.kernel import inner, integer

ONE = np.uint64(1)
NOTHING = np.uint64(0)


class Automaton(NamedTuple):
    """Of Aho and Corasick: where each state goes with each symbol, and what has been found when it is reached."""

    symbols: Bytes
    """By byte its symbol; :data:`END` where words end."""
    follow: Int32s
    """A row for each state: a place in ``found``, and by symbol where the row of the next state begins.

    That is inverted (``~``) if a word ends there, so that nothing else has to be looked up for most bytes.
    """
    found: UInt64s
    """Sets of groups of which words end at the same place."""


END = 1
"""The symbol of what ends words; symbols are columns of :attr:`Automaton.follow`, of which the first is none."""


CLASS_WORDS = (
    ("nav", "-nav- navig navbar nav-bar -menu menu- -toolbar toolbox -tab- -tabs-"),
    ("path", "breadcrumb crumbs paginat pager pagenav page-nav -toc- sitemap -index-"),
    ("header", "header masthead -top- topbar top-bar -hd-"),
    ("banner", "banner -hero- billboard"),
    ("footer", "footer -foot- copyright colophon legal imprint impressum -bottom- disclaimer -ft-"),
    ("sidebar", "sidebar side-bar -side- aside -rail- rightcol right-col leftcol left-col -right- -left- secondary"),
    ("widget", "widget module- -box- -block- plugin"),
    ("comment", "comment disqus respond replies -reply kommentar livefyre discussion feedback reviews guestbook"),
    ("related", "related recommend similar also-like see-also seealso -also- more-from readmore read-more -more-"),
    ("popular", "popular trending most-read mostread latest recent teaser promo upsell outbrain taboola zergnet"),
    ("next", "-next- -prev previous adjacent up-next"),
    ("share", "share sharing shar social sociable facebook twitter addthis addtoany pinterest whatsapp -fb- follow"),
    ("ad", "-ad- -ads- advert sponsor adsense -dfp- -adv- anzeige adslot ad-slot -gpt- -promoted- werbung"),
    ("cookie", "cookie consent gdpr privacy onetrust -cmp- notice alert warning"),
    ("letter", "newsletter subscri signup sign-up paywall donate donation membership mailing"),
    ("form", "login log-in register -form- form- search field input captcha"),
    ("popup", "modal popup pop-up overlay lightbox dropdown drop-down tooltip flyout offcanvas drawer"),
    ("unseen", "hidden -hide- sr-only screen-reader visually noprint no-print invisible collapse"),
    ("byline", "byline by-line author -by- writer contributor vcard reporter"),
    ("meta", "-meta metadata postmeta dateline info- -info -data- submitted"),
    ("date", "date -time- timestamp published posted updated"),
    ("tags", "-tag- -tags- tagged taglist category categories -cat- -cats- keyword topics taxonomy"),
    ("biography", "author-bio authorbox author-box about-author -bio- biography about-the-author"),
    ("grid", "grid -card -cards carousel slider slideshow gallery thumb -tile swiper"),
    ("list", "list -item -items -ul- -li-"),
    ("trade", "rating -vote price cart -buy- shop checkout -cta- basket stars"),
    ("button", "button btn toggle print email -icon -link- links"),
    ("edit", "skip -jump- edit permalink anchor"),
    ("logo", "logo brand -site-"),
    ("article", "article artikel articulo -art-"),
    ("content", "content inhalt contenu contenido conteudo"),
    ("body", "body"),
    ("entry", "entry -post post- -hentry- blogpost -blog-"),
    ("story", "story -news- -noticia"),
    ("text", "text prose -copy- paragraph -para- richtext rte wysiwyg -markdown fliesstext bodytext"),
    (
        "about",
        "description summary abstract -lead- -lede- intro excerpt -deck- standfirst subtitle subhead teaser-text",
    ),
    ("main", "main primary -page- container wrapper"),
    ("column", "-col- column -row- -span -cell"),
    ("title", "title headline heading -hed-"),
    ("caption", "caption figure image photo picture media video -img- -credit legend"),
    ("thread", "thread message -msg topic answer question forum -reply-content-"),
    ("code", "code highlight -pre- syntax -crayon listing example admonition"),
    ("notes", "infobox reflist reference footnote -mw- mediawiki -wiki sources bibliography"),
    ("quote", "quote"),
    ("user", "user avatar profile member signature"),
    ("product", "product -spec feature detail"),
    ("recipe", "recipe ingredient instruction direction -steps-"),
    ("archive", "archive blogroll calendar -rss- feed tagcloud"),
    ("language", "-lang- language locale translat"),
    ("event", "event location address contact venue map"),
    ("document", "document section chapter -doc- -docs- refentry sect1 sect2"),
    ("formula_shown", "-katex-html-"),
    ("formula", "-mathjax -math-jax -mjx -math- latex -tex- equation formula"),
    ("anchor_sign", "headerlink anchorjs hash-link header-anchor heading-anchor heading-link"),
    ("line_numbers", "linenos lineno linenumber line-number -gutter-"),
)
"""Groups of words in classes, identifiers, roles and ``itemprop``."""

TEXT_WORDS = (
    ("cookies", "cookie consent datenschutz privacy gdpr -agb-"),
    ("rights", "copyright © all-rights-reserved alle-rechte tous-droits derechos impressum -terms-"),
    ("share", "share -teilen partager compartir facebook twitter whatsapp pinterest linkedin instagram tweet telegram"),
    ("join", "subscribe newsletter sign-up signup log-in login register abonn anmelden suscr -rss- download-our -app-"),
    ("comments", "comment kommentar commentaire comentario reply replies antwort"),
    ("more", "read-more more- weiterlesen mehr- lire-la leer-m related also-read read-also see-also -siehe-auch"),
    ("next", "-next- previous -zur-ck- nächste suivant siguiente -vor-"),
    ("credit", "photo foto bild image -credit courtesy getty reuters -afp- -dpa- quelle source picture"),
    ("byline", "-by- -von- -par- -por- -author autor published posted updated written veröffentlicht publié"),
    ("month", "-jan- -feb- -mar- -apr- -may- -jun- -jul- -aug- -sep- -oct- -nov- -dec- january february march april"
     " june july august september october november december januar februar märz juni juli oktober dezember janvier"),
    ("ago", "-ago- -min-read -minutes-read -hours- -views- -uhr-"),
    ("tags", "-tags- -tag- tagged filed-under categor schlagw kategorie keywords"),
    ("advert", "advertis anzeige sponsored werbung promoted publicit"),
    ("script", "javascript browser enable -flash-"),
    ("contact", "telefon phone -tel- -fax- email e-mail mailto kontakt contact address"),
    ("page", "page- seite -home- -menu- search suche -print- drucken -top- navigation"),
    ("trade", "-add-to-cart -price -buy- -€- -kaufen -warenkorb -shop"),
    ("elsewhere", "-lea-tambi -lea-m -lea-adem -lea- -vea- puede-interesar puede-leer te-interesa -leia- -veja- -leggi-"
     " -lire-aussi -lire- -voir-aussi schon-gelesen lesen-sie auch-interess auch-lesen -lees-ook zum-thema mehr-zum"
     " czytaj zobacz weitere-artikel weitere-beitr weitere-inform relacionad verwandte -passend ähnlich similaires"
     " recommended you-may-also might-like you-might empfehl -read-this -click-here -hier-klicken further-reading"),
    ("follow", "follow-us -follow- síguenos -sigue suivez- folgen-sie -folge- -folgt- -canal- channel youtube tiktok"
     " -podcast join-us on-twitter on-facebook auf-facebook bluesky mastodon -kanal-"),
    ("appeal", "support-us unterstütz spende donate donación donativo membership -mitglied subskryp suscríb suscrib"
     " -assine- -abo- breaking-news latest-news for-the-latest full-story informed newsletter- -ausgabe -edition-"
     " kostenlos free-trial bestellen -jetzt- prenumer inscri paywall unlimited"),
    ("disclosure", "affiliate provision commission independently partnerlink partner-link verlinkung gesponsert"
     " kooperation amazon vg-wort partnerprogramm sponsor in-zusammenarbeit -pr- paid-"),
    ("person", "-writes- -autorin- redakteur journalist editor -studierte -studied -schreibt- -lebt- -arbeitet- geboren"
     " -born- professor freelance reporter correspondent -freie- -lives-in -works- -founder -gründer -blogger -über-den"
     " periodista journaliste wissenschaftler"),
    ("ourselves", "-about-us -über-uns- -wir- -unser -our- -we- -us- -uns- -nous- -notre- -nos- -nuestr -nosotros-"
     " -hacemos- founded gegründet fundad"),
    ("talk", "-i- -ich- -mir- -mich- -you- -du- -dir- -dein -thanks -thank-you -danke -hallo- -hi- -hello- -lg- grüße"
     " gruß -toll -super- -great- -gracias- -merci- -je- -lol- -yo- sagt- says- said- schreibt- schrieb"),
    ("note", "correction correc -update- hinweis aktualis anmerkung -note- redaktion disclaimer editor-s-note stand-"),
    ("sources", "quellen- sources- literatur- references- einzelnachweis bibliogra weblinks footnote isbn"
     " anmerkungen-"),
    ("law", "reproduc permission opinions responsib haftung urheber license lizenz creative-commons republish trademark"
     " -gmbh- -inc- -ltd- -e-v- -s-a- reserved warranty copying"),
    ("pictures", "video audio -watch- gallery galerie slideshow bilderstrecke fotos- bildquelle crédit crédito credito"
     " -istock -shutterstock -imago- unsplash pixabay adobe fotolia alamy -efe- -ap- archivbild symbolbild © photograph"
     " abbildung -abb- -fig- cortesía cortesia archivo"),
    ("lists", "inhalt- contents- índice indice- sommaire table-des latest- neueste aktuelle beliebt popular"
     " meistgelesen -most- trending -news- -últim -ultim notícias noticias dernièr derniers archive archiv-"
     " -blog- kategorie"),
)  # fmt: skip
"""Groups of words in short texts."""


class Mark(IntEnum):
    """Bits that stand for attributes, above those of words."""

    HIDDEN = 57
    ARIA_HIDDEN = auto()
    NOSCRIPT = auto()


CLASS_BITS = {name: bit for bit, (name, _) in enumerate(CLASS_WORDS)}
FORMULA_SHOWN = np.uint64(1 << CLASS_BITS["formula_shown"])
FORMULA = np.uint64(1 << CLASS_BITS["formula"])
ANCHOR_SIGN = np.uint64(1 << CLASS_BITS["anchor_sign"])
LINE_NUMBERS = np.uint64(1 << CLASS_BITS["line_numbers"])
WORD_END = ord("-")


@cache
def class_automaton() -> Automaton:
    """For :data:`CLASS_WORDS`."""
    return automaton(CLASS_WORDS)


@cache
def text_automaton() -> Automaton:
    """For :data:`TEXT_WORDS`."""
    return automaton(TEXT_WORDS)


def automaton(groups: tuple[tuple[str, str], ...]) -> Automaton:
    """Make the automaton that finds the words of all groups at once."""
    words = [(word.encode(), bit) for bit, (_, line) in enumerate(groups) for word in line.split()]
    used = sorted({byte for word, _ in words for byte in word} - {WORD_END})
    symbols = np.full(256, len(used) + 1, dtype=np.uint8)
    symbols[:128] = 0
    for byte in (*range(48, 58), *range(65, 91), *range(97, 123)):
        symbols[byte] = len(used) + 1  # a letter of no word
    for symbol, byte in enumerate(used, start=1):
        symbols[byte] = symbol
        if 97 <= byte <= 122:
            symbols[byte - 32] = symbol
    width = len(used) + 2
    follow: list[list[int]] = [[-1] * width]
    found = [0]
    for word, bit in words:
        state = 0
        for byte in word:
            symbol = 0 if byte == WORD_END else int(symbols[byte])
            if follow[state][symbol] < 0:
                follow[state][symbol] = len(follow)
                follow.append([-1] * width)
                found.append(0)
            state = follow[state][symbol]
        found[state] |= 1 << bit
    fall = [0] * len(follow)
    waiting = deque([0])
    while waiting:
        state = waiting.popleft()
        for symbol in range(width):
            behind = follow[state][symbol]
            other = follow[fall[state]][symbol] if state else 0
            if behind < 0:
                follow[state][symbol] = other
            else:
                fall[behind] = other
                found[behind] |= found[other]
                waiting.append(behind)
    sets = sorted(set(found))
    rows = [
        [sets.index(groups), *((width + 1) * to ^ -(found[to] > 0) for to in row)]
        for row, groups in zip(follow, found, strict=True)
    ]
    return Automaton(symbols + np.uint8(END), np.array(rows, dtype=np.int32).ravel(), np.array(sets, dtype=np.uint64))


@inner
def words_in(data: Bytes, start: int, end: int, table: Automaton) -> np.uint64:
    """The groups of which a word stands in a range of bytes."""
    found: np.uint64 = NOTHING
    state = integer(table.follow[END])  # as if a word ended before
    has_ended, was_small = True, False
    for position in range(start, end):
        byte = integer(data[position])
        symbol = integer(table.symbols[byte])
        if was_small and 65 <= byte <= 90:
            state = integer(table.follow[state + END])
            if state < 0:
                state = ~state
                found |= table.found[table.follow[state]]
        if symbol != END or not has_ended:
            state = integer(table.follow[state + symbol])
            if state < 0:
                state = ~state
                found |= table.found[table.follow[state]]
        was_small = 97 <= byte <= 122
        has_ended = symbol == END
    if not has_ended:
        state = integer(table.follow[state + END])
        if state < 0:
            found |= table.found[table.follow[~state]]
    return found
