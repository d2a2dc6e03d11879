"""Regular expressions for phone numbers and for the words that announce them, in ASCII digits and marks."""

from __future__ import annotations

import regex

_EXTENSION = rb"(?:[ ]?(?:x|ext\.?|extension)[ ]?[0-9]{1,6})?+"
_AFTER = rb"(?![A-Za-z0-9_%]|[.,-][0-9])"

PHONE_NORTH_AMERICA = regex.compile(
    rb"""
    (?<![A-Za-z0-9_%&=\#$.+-])
    (?:(?:\+?1|001)[ .-]?)?
    (?:\([0-9]{3}\)[ .-]?[0-9]{3}[ .-]?|[0-9]{3}(?P<mark>[.-])[0-9]{3}(?P=mark))
    [0-9]{4}
    """
    + _EXTENSION
    + _AFTER,
    regex.VERBOSE,
)

PHONE_INTERNATIONAL = regex.compile(
    rb"(?<![A-Za-z0-9_+])(?:\+ ?|(?<![0-9][ .,:/-])00)[1-9]\)?(?:[ ./-]{0,2}+\(?[0-9]\)?){6,14}+" + _EXTENSION + _AFTER
)

PHONE_NATIONAL = regex.compile(
    rb"(?<![A-Za-z0-9_%&=#$.,+/-])(?<![0-9] )\(?[0-9](?:\)?[ ./-]{0,2}+\(?[0-9]){6,14}+"
    + _EXTENSION
    + _AFTER
    + rb"(?![ ][0-9])"
)

_NAMES = r"""
    (?:tele|cell|mobil|smart)?(?:phone|fon|fono|foon|telefon|puhelin)s?|phones?|tele?ph?|tel|telefone?|telefono|téléphone|teléfono|télécopie
    |telefax|mobile|mobil|mobiel|móvil|móviles|celular|cellulare|fax|sms|whats\s?app|viber|hotline|helpline
    |rufnummer|durchwahl|mobilnummer|telefonnummer|kontakttelefon|telefonszám|mobiltelefon|tlf|puh|matkapuhelin
    |telefonní|telefón|komórka|komórkowy|telefonu|điện\s?thoại|đt|telpon|telepon|telp|simu
    |тел|телефон|телефону|телефона|моб|мобильный|факс|звоните|звонить|мобільний|τηλ|τηλέφωνο|κινητό|φαξ
    |هاتف|تلفون|جوال|موبايل|الهاتف|تلفن|موبایل|فون|טלפון|טל|נייד|פקס|फोन|फ़ोन|मोबाइल|दूरभाष|โทร|โทรศัพท์|มือถือ
"""
PHONE_CONTEXT = regex.compile(
    rf"""
    \b(?:{_NAMES})\b
    |\b(?:cell|handy|portable|cep|gsm|signal|hp|număr|contacto|contatto|whats|numéro)\s?[:.\#]|\bcell\s(?:phone|number|no\b)
    |\b(?:phone|contact|my|his|her|our|your|their)\snumbers?\b|\bphone\sno\b
    |电话|手机|联系|热线|传真|致电|拨打|電話|手機|聯絡|携帯|番号|ファックス|ＦＡＸ|전화|휴대폰|핸드폰|연락처|팩스
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Words before a number that say it is a phone number."""

PHONE_VERB = regex.compile(
    r"""
    \b(?:call(?:ed|ing|s)?|ring|dial(?:l?ing)?|contact(?:ing)?|reach(?:ed|able)?|text(?:ing)?|answer(?:ing|s)?|anrufen|appele[zr]|llame|llámenos|chiamare|ligue|bel|zadzwoń)
    (?:\s(?:me|us|him|her|them|now|today|back|anytime|toll|free|on|at|or|our|my|your|his|the|this|number|office|line|directly|at:|out|to|unter|au|al|il|o|we|please)){0,5}+
    (?::\s*|\s-\s|\s+\(?)$
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Verbs that announce a number only where it is what they are about: "call us at", not "call sites"."""

PHONE_CONTEXT_BEHIND = regex.compile(
    rb"[ ,(-]{0,3}(?:office|fax|mobile|cell|phone|home|work|direct)\b(?![ ][a-z])", regex.IGNORECASE
)
"""The same directly behind a number."""

OTHER_NUMBER = regex.compile(
    rb"(?i)(?<![a-z])(?:sku|isbn|issn|isin|ean|upc|gtin|ref|reference|orders?|invoices?|ids?|serial|part|model|items?|ticket|case|art"
    rb"|doi|vol|volume|pp?|pages?|section|patent|catalog|cat|lot|batch|build|versions?|figure|fig|table|eq|tracking|account|acct"
    rb"|bank|sequence|code|product|article|size|range|grant|award|docket|bug|issue|ssn|pmid|arxiv|oclc|lccn)s?"
    rb"(?:\.? ?(?:no|nr|number|num|n\xc2\xb0|\xe2\x84\x96))?[ .:\#=]{0,3}$"
)
"""Words that say that a number is another one."""

CONTEXT_BYTES = 48
"""How far before a number such a word may begin."""

DATE_LIKE = regex.compile(
    rb"(?:1[89]|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}.*|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:1[89]|20)[0-9]{2}.*"
    rb"|(?:1[89]|20)[0-9]{2} ?[-/] ?(?:1[89]|20)[0-9]{2}"
    rb"|(?:(?:1[89]|20)[0-9]{2}[ ,/-]{1,2})+(?:1[89]|20)[0-9]{2}"
    rb"|(?:1[89]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
"""Dates and runs of years, which look like local phone numbers."""
SOCIAL_SECURITY_LIKE = regex.compile(rb"[0-9]{3}-[0-9]{2}-[0-9]{4}")
PAGE_RANGE = regex.compile(rb"([0-9]{1,6})[ ]?-[ ]?([0-9]{1,6})(?:[ .(]+(?:1[5-9]|20)[0-9]{2}\)?)?")
"""First and last page, perhaps a year behind."""
BEHIND_ENDS = regex.compile(rb"[ \t]*(?:$|\.(?!\.)|[\r\n,;:)\]|<\"'!?/]|\xE3|\xEF)")
BEFORE_ENDS = regex.compile(rb"(?:^|[\r\n:;|(\[,>\"'/\t]|\xEF\xBC.)[ ]*$")
"""A number that stands alone: no word goes on before or behind it."""
