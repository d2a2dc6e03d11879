"""Regular expressions for phone numbers and for the words that announce them, in ASCII digits and marks."""

from __future__ import annotations

import regex

from ..base.expressions import lazy_regex

_EXTENSION = (
    rb"(?:,?[ ]?(?:x|\#|ext\.?|extension|poste|ramal|"
    + "доб\\.?|分机|分機|内线|內線|内線".encode()
    + rb")[ ]?:?[ ]?[0-9]{1,6})?+"
)
_AFTER = rb"(?![A-Za-z0-9_%]|[.,-][0-9])"
_JOINED = rb"(?:[ ]?[/-][ ]?|[. ])?(?:\([0-9]{1,5}\)|[0-9])"
"""One more digit, or an area code in brackets, behind at most one mark."""
_NO_VALUE = (
    rb"(?<!(?<!(?i:(?:phone|tel|fax|mobile)(?:_?(?:number|no|num))?|"
    + "电话|電話|手机|手機|携帯|전화".encode()
    + rb")[\"']?[ \t]{0,16})=)"
)
"""No "=" before a number, which URLs and settings have, unless a word for phones stands before that."""

PHONE_NORTH_AMERICA = lazy_regex(
    rb"""
    (?<![A-Za-z0-9_%&\#$.+-])"""
    + _NO_VALUE
    + rb"""
    (?P<number>(?:(?:\+?1|001)[ .-]?)?
    (?:\([0-9]{3}\)[ .-]?[0-9]{3}[ .-]?|[0-9]{3}(?P<mark>[.-])[0-9]{3}(?P=mark))
    [0-9]{4})
    """
    + _EXTENSION
    + _AFTER,
    regex.VERBOSE,
)

PHONE_INTERNATIONAL = lazy_regex(
    rb"(?<![A-Za-z0-9_+])(?P<number>"
    rb"(?:\(\+[0-9]{1,3}\)|(?:\+[ ]?|(?<![0-9][ .,:/-])00)(?:\([1-9][0-9]{0,2}\)|[1-9]))(?:"
    + _JOINED
    + rb"){4,14}+)"
    + _EXTENSION
    + _AFTER
)

PHONE_NATIONAL = lazy_regex(
    rb"(?<![A-Za-z0-9_%&#$.,+/-])"
    + _NO_VALUE
    + rb"(?<![0-9] )(?<![0-9] [-/] )(?P<number>(?:\([0-9]{1,5}\)|[0-9])(?:"
    + _JOINED
    + rb"){4,14}+)"
    + _EXTENSION
    + _AFTER
    + rb"(?![ ][0-9]|[ ]?/[ ]?[0-9])"
)

_NAMES = r"""
    tel[eé]f[oó]\w*|téléph\w*|telephon\w*|telepon|(?:cell|smart)?phones?(?!\s?(?:book|box|booth|director))|tele?ph?|tel
    |mobil\w*|mobiel\w*|móvil(?:es)?|celular|cellulare
    |telem[oó]ve\w*|komórk\w*|matkapuhelin|puh\w*|tlf|télécopie|fax|sms|whats\s?app|viber|hotline|helpline|landline|notruf
    |rufnummer|durchwahl|handynummer|handynr|kontaktnummer|điện\s?thoại|đt|telpon|telp|simu|portable\s(?:est|:)
    |тел|телефон\w*|моб|мобильный|факс|звоните|звонить|мобільний|τηλ|τηλέφωνο|κινητό|φαξ
    |هاتف|تلفون|جوال|موبايل|الهاتف|تلفن|موبایل|فون|טלפון|טל|נייד|פקס|फोन|फ़ोन|मोबाइल|दूरभाष|โทร|โทรศัพท์|มือถือ
"""
PHONE_CONTEXT = lazy_regex(
    rf"""
    \b(?:{_NAMES})\b
    |(?<![a-z])(?:phone|tel|fax|mobile)(?:_?(?:number|no|num))?["']?\s{{0,16}}[:=]
    |\b(?:portable|cell|mob|handy|cep|gsm|signal|hp|kom|telm|número|contacto|contatto|whats)\s?[:.\#]|\bcell\s(?:phone|number|no\b)
    |\b(?:phone|contact|my|his|her|our|your|their)\s(?:new\s)?numbers?\b|\bphone\sno\b|\bcell\sis\b
    |[☎☏✆📞📱]|电话(?![簿亭局])|手机|热线|传真|致电|拨打|電話(?![帳簿亭局])|手機|熱線|傳真|携帯|連絡先|ファックス|ＦＡＸ|ＴＥＬ|전화|휴대폰|핸드폰|팩스
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Words before a number that say it is a phone number, whatever it looks like."""

PHONE_VERB = lazy_regex(
    r"""
    \b(?:call(?:ed|ing|s)?|ring(?:ing)?|dial(?:l?ing)?|contact(?:ing)?|reach(?:ed|able|ing)?|text(?:ing)?|answer(?:ing|s)?
    |anrufen|appele[zr]|llame|llámenos|chiamare|ligue|bel|zadzwoń)
    (?:\s(?:me|us|him|her|them|now|today|back|anytime|toll|free|on|at|or|our|my|your|his|the|this|number|office|line|directly
    |out|to|unter|au|al|il|o|we|please)){0,5}+
    (?::\s*|\s-\s|\s+\(?)$
    |\b(?:ruf|erreich|angeruf|anruf|meld)\w*\b[^.!?\n]{0,30}\bunter\s(?:der\s\w*nummer\s)?$
    |\b(?:appel|joindre|joignable|contact|téléphon|répond)\w*\b[^.!?\n]{0,30}\bau\s(?:numéro\s)?$
    |\b(?:llám|llam|contact|localiz|atiende|atend|marc|marque)\w*\b[^.!?\n]{0,30}\b(?:al|en\sel)\s(?:número\s)?$
    |\b(?:chiam|contatt|telefon|rivolg|rispond|reperibil)\w*\b[^.!?\n]{0,30}\b(?:al|il)\s(?:numero\s)?$
    |\b(?:lig|contat|fal[ea]|atend|avis)\w*\b[^.!?\n]{0,30}\b(?:no|pelo|para)\s(?:o\s)?(?:número\s)?$
    |\b(?:bel|bereik)\w*\b[^.!?\n]{0,30}\bop\s(?:nummer\s)?$|\bring\w*\b[^.!?\n]{0,30}\bpå\s$|\bpod\snumer\w*\s$
    |\b(?:(?:по)?звон|связ|набер)\w*\b[^.!?\n]{0,30}\bпо\s(?:номеру|тел\w*)\s$
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Verbs whose object the number is: "call us at", not "call sites"."""

PHONE_HINT = lazy_regex(
    r"""
    \b(?:call|calls|called|ring|rings|dial|contact|contacts|reach|reached|reachable|text|message|answers?|number|bookings?|reservations?|enquiries|inquiries
    |info(?:rmation)?|appointments?|emergency|emergencies|office|desk|reception|hotline|helpdesk|support
    |ruf(?:en|t)?|anruf(?:en)?|angerufen|erreich\w*|nummer|nr|unter|melde[nt]?|meldet|kontakt|auskunft|anmeldung|ansprechpartner(?:in)?|buchung|notdienst|praxis|büro
    |appel\w*|joindre|joignable|numéros?|num|contact(?:er|ez)?|répond\w*|réservations?|renseignements?|inscriptions?|secrétariat|urgences?|accueil
    |llam\w+|números?|contact[eoa]\w*|atiende\w*|localizable|reservas?|información|informes|urgencias|consulta|marque|marcar
    |chiam\w+|numer[oi]|contatt\w+|risponde\w*|reperibile|prenotazion\w+|informazioni|rivolgersi|segreteria|urgenze|scriv\w+
    |lig(?:ue|ar|a)|telefonar|fal[ea]\w*|atend[ei]\w*|avis\w+|contatos?|reservas?|informações|chame|chamar|mensagem|encomendas|plantão
    |bel(?:len)?|bereikbaar|nummer|zadzwo\w+|dzwon\w+|kontakt|numer|volej\w*|ring(?:er|a)?|soita|numero|arayın|ara|numara\w*
    |hubungi|kontak|nomor|nombor|номер\w*|связ\w+|запис\w+|звон\w+|контакт\w*)\b
    |联系|聯絡|聯繫|号码|號碼|打给|拨|撥|打|微信|预约|預約|报名|客服|咨询|諮詢|番号|連絡|予約|問い?合わ?せ|申し?込み|相談|受付|緊急|연락|번호|문의|예약|상담
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
"""Words before a number of which a phone number is often told: enough where the numbering plan allows it."""

PHONE_CONTEXT_BEHIND = lazy_regex(
    rb"[ ,(-]{0,3}(?:office|fax|mobile|cell|phone|home|work|direct|tel)\b(?![ ][a-z])|[ ](?:anrufen|an!|numara)"
    rb"|[ ]is[ ](?:the|my|his|her|our)[ ](?:[a-z]+[ ])?(?:number|phone|cell|mobile)|"
    + "\\)?[ ]?(?:まで|に|へ|にて)?(?:お|ご)?(?:電話|連絡|問い?合わ?せ|知らせ|かけ|申し?込)".encode()
    + "|\\)?[ ]?(?:로|으로)[ ]?(?:연락|전화|문의)".encode(),
    regex.IGNORECASE,
)
"""The same directly behind a number."""

USED_UP = lazy_regex(
    r"[0-9](?:[ ./()-]*[0-9]){5,}+(?!\s*(?:[,;/&|]|or|and|und|oder|ou|et|o|y|e|或|または)*\s*$)|\w{4}[.!?]\s|[。！？]"
)
"""Between such a word and a number: another number or the end of a sentence, so that the word is not about this one."""

_OTHERS = r"""
    (?:(?<![a-z])(?:sku|isbn|issn|isin|ean|upc|gtin|ref|reference|orders?|invoices?|ids?|serial|part|model|items?|ticket|case
    |art|doi|vol|volume|pp?|pages?|section|patent|catalog|cat|lot|batch|build|versions?|figure|fig|table|eq|tracking|account
    |acct|bank|sequence|code|product|article|size|range|grant|award|licen[cs]e|permit|plate|registration|certificate|passport
    |docket|bug|issue|ssn|pmid|arxiv|oclc|lccn|rfc|policy|customer|member|bestell\w*|rechnung\w*|kunden\w*|auftrag\w*
    |aktenzeichen|konto\w*|seiten?|artikel\w*|commande|facture|dossier|client|siren|siret|compte|pedido|factura|expediente
    |cuenta|página|fattura|ordine|conto|pagina|nota[ ]fiscal|conta|processo|protocolo|cnpj|cpf|заказ\w*|сч[её]т\w*
    |инн)s?
    |订单|訂單|编号|編號|批号|账号|帳號|学号|工号|证号|单号|代码|编码|注文|伝票|受付|会員|口座|型番|品番|주문|계좌)
    (?:\.?[ ]?(?:no|nr|number|num|nummer|número|numero|numéro|n°|№|号码?|番号|번호))?
    [ \t.:\#="']{0,5}(?:(?:is|ist|est|es|è|é)[ ])?$
"""
OTHER_NUMBER = lazy_regex(_OTHERS, regex.VERBOSE | regex.IGNORECASE)
"""Words directly before a number that say that it is another one."""

CONTEXT_BYTES = 64
"""How far before a number such a word may begin."""

DATE_LIKE = lazy_regex(
    rb"(?:1[89]|20)[0-9]{2}([-./])[0-9]{1,2}\1[0-9]{1,2}(?![0-9]).*|[0-9]{1,2}([-./])[0-9]{1,2}\2(?:1[89]|20)[0-9]{2}(?![0-9]).*"
    rb"|(?:1[89]|20)[0-9]{2} ?[-/] ?(?:1[89]|20)[0-9]{2}"
    rb"|(?:(?:1[89]|20)[0-9]{2}[ ,/-]{1,2})+(?:1[89]|20)[0-9]{2}"
    rb"|(?:1[89]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
)
"""Dates and runs of years, which look like local phone numbers."""
DECIMAL_LIKE = lazy_regex(rb"[0-9]+\.[0-9]+")
SOCIAL_SECURITY_LIKE = lazy_regex(rb"[0-9]{3}-[0-9]{2}-[0-9]{4}")
SERIAL_LIKE = lazy_regex(rb"[0-9]{4}-[0-9]{4}|[0-9]{2}-[0-9]{2}-[0-9]{4}")
"""ISSN, dates."""
ADDRESS_LIKE = lazy_regex(
    rb"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
)
PAGE_RANGE = lazy_regex(rb"([1-9][0-9]{0,5})[ ]?-[ ]?([0-9]{1,6})(?:[ .(]+(?:1[5-9]|20)[0-9]{2}\)?)?")
"""First and last page, perhaps a year behind."""
GROUPS_OF_PHONES = frozenset(
    {(3, 7), (2, 7), (2, 8), (5, 5), (3, 2, 2, 2), (2, 3, 2, 2), (2, 5, 4), (2, 4, 4), (3, 4, 4), (3, 3, 4), (4, 3, 4)}
)
"""How numbers without a zero before them are grouped, as counts and pages are not."""
BEHIND_ENDS = lazy_regex(rb"[ \t]*(?:$|\.(?!\.)|[\r\n,;:)\]|<\"'!?/]|\xE3|\xEF)")
BEFORE_ENDS = lazy_regex(rb"(?:^|[\r\n:;|(\[,>\"'/\t]|\xEF\xBC.)[ ]*$")
"""A number that stands alone: no word goes on before or behind it."""
