"""Made-up texts with labelled personal data, for ``pii.py``: phones of ten countries, in the country's language.

Each country has number forms of its own and sentences in two halves: ``tuning`` may be looked at while rules are
mended, ``held`` is only counted. Numbers are drawn by hash until the country's numbering plan allows them, except in
the US where one in three is of no office (films' 555 and the like, which people write all the same). Hard negatives
(pages, years, ISBN, DOI, orders, scores, coordinates, versions, dates, prices, table rows) stand between them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple


class Labelled(NamedTuple):
    """A text, its language and country, and what is personal in it as (start, end, kind) in characters."""

    text: str
    language: str
    country: str
    spans: list[tuple[int, int, str]]


class Draw:
    """Numbers by keyed hash: the same texts at every call."""

    def __init__(self, key: str) -> None:
        self._key, self._count = key, 0

    def below(self, limit: int) -> int:
        self._count += 1
        digest = hashlib.blake2b(f"{self._key}:{self._count}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") % limit

    def digits(self, form: str) -> str:
        """``#`` becomes a digit, ``%`` one from 2 to 9, ``&`` a hexadecimal one."""
        made = ""
        for character in form:
            if character == "#":
                made += str(self.below(10))
            elif character == "%":
                made += str(2 + self.below(8))
            elif character == "&":
                made += "0123456789abcdef"[self.below(16)]
            else:
                made += character
        return made


FORMS = {
    "US": """
        (%##) %##-####|%##-%##-####|%##.%##.####|%## %## ####|+1 %## %## ####|+1-%##-%##-####
        1-%##-%##-####|%##%######|(%##)%##-####|+1%##%######|%##-%##-#### ext. ###|1 (%##) %##-####
    """,
    "GB": """
        020 7### ####|0161 %## ####|07### ######|07### ### ###|+44 20 7### ####|+44 (0)161 %## ####
        01%## %#####|(01%##) %#####|0207 ### ####|07#########|0113 %######|+447#########|0117-%##-####
    """,
    "DE": """
        030 %######|030/%######|(089) %## ### ##|0171 %######|0151/## ## ## ##|+49 30 %######
        +49 (0)89 %## ####|0049 221 %######|0221 - %## ## ##|+49171%######|0711-%#####|040 / %# ## ## ##
        06221 %#####|0911 %##-##
    """,
    "FR": """
        01 ## ## ## ##|06 ## ## ## ##|02.##.##.##.##|04-##-##-##-##|+33 1 ## ## ## ##
        +33 (0)6 ## ## ## ##|0033 5 ## ## ## ##|06########|+336########|03 ## ## ## ##|07.##.##.##.##
    """,
    "ES": """
        91 %## ## ##|9%# ## ## ##|6## ### ###|6## ## ## ##|+34 6## ### ###|+34 91 %## ## ##|6########
        (+34) 93 %## ## ##|93 %## ####|9%#-###-###
    """,
    "IT": """
        06 %#######|02/%#######|3%# #######|3%# ### ####|+39 06 %### ####|+39 3%# #######|3%########
        051-%#####|(055) %#####|081 %## ####|3%#/#######
    """,
    "JP": """
        03-%###-####|090-####-####|080-####-####|06-6###-####|(03) 5###-####|03(3###)####|0120-###-###
        +81 3-5###-####|+81-90-####-####|052-9##-####|045-%##-####|０３－３###－####
    """,
    "CN": """
        138########|139 #### ####|186-####-####|010-6#######|021-5#######|(010)8#######
        +86 137 #### ####|+86-10-6#######|0755-8#######|400-820-####|+86159########|0571 8#######
    """,
    "IN": """
        +91 98### #####|98########|+91-97########|098### #####|011-2#######|022 2### ####
        +91 11 2### ####|080-2#######|99### #####|(044) 2### ####|+9198########
    """,
    "BR": """
        (11) 3###-####|(21) 9####-####|11 9####-####|+55 11 9####-####|(11) 9########|+55 (21) 2###-####
        21 2###-####|0800 ### ####|(031) 3###-####|+55119########|(41)3###-####
    """,
}
"""By country, between bars and line ends."""
LANGUAGES = {
    **{"US": "en", "GB": "en", "DE": "de", "FR": "fr", "ES": "es", "IT": "it"},
    **{"JP": "ja", "CN": "zh", "IN": "en", "BR": "pt"},
}

TUNING = {
    "en": """Please call our front desk at {} between nine and five on weekdays.
If the boiler fails again, phone Mr Hughes on {} and he will come round the same evening.
Tel: {}
Contact: Sarah Whitfield, {}, Monday to Friday
My new number is {}, so please delete the old one from your address book.
You can also send a text message to {} and we will ring you back within the hour.
Bookings: {} or at the door on the night.""",
    "de": """Sie erreichen unsere Praxis unter {} von acht bis zwölf Uhr.
Telefon: {}
Rufen Sie uns einfach an: {}. Wir beraten Sie gern.
Meine neue Handynummer ist {}, bitte speichern.
Ansprechpartnerin ist Frau Lehmann, Tel. {}, Zimmer drei.
Anmeldung bei Familie Krüger ({}) bis Ende der Woche.
Fax {} oder persönlich im Rathaus.""",
    "fr": """Vous pouvez nous joindre au {} du lundi au vendredi.
Tél. : {}
Appelez Mme Girard au {} pour prendre rendez-vous.
Mon numéro de portable est le {}, n'hésitez pas.
Renseignements et inscriptions : {}
La mairie répond au {} le matin seulement.
Contact : Paul Lefèvre ({}), président de l'association.""",
    "es": """Puede llamarnos al {} de lunes a viernes por la mañana.
Teléfono: {}
Mi móvil es el {}, llámame cuando quieras.
Para más información, contacte con Marta en el {}.
Reservas: {} o en la taquilla del teatro.
El fontanero atiende en el {} a cualquier hora.
Contacto: Ana Ruiz ({}), secretaria del club.""",
    "it": """Potete chiamarci al {} dal lunedì al venerdì.
Tel. {}
Il mio cellulare è {}, scrivimi quando vuoi.
Per informazioni rivolgersi alla signora Conti, telefono {}.
Prenotazioni: {} oppure alla cassa del teatro.
L'idraulico risponde al numero {} anche di notte.
Contatti: Luca Ferri ({}), segreteria del circolo.""",
    "ja": """お問い合わせは{}までお電話ください。
電話：{}
担当の佐藤（{}）までご連絡をお願いいたします。
携帯番号は{}です。いつでもどうぞ。
ご予約は{}で承っております。
TEL {} 受付は平日の九時からです。
緊急の場合は{}におかけください。""",
    "zh": """如有问题，请拨打{}与我们联系。
电话：{}
我的手机号是{}，有事随时找我。
联系人：王老师 {}
报名请致电{}，周一至周五上午。
客服热线 {} 全天开放。
房东的号码是{}，记得先打个招呼。""",
    "pt": """Ligue para {} de segunda a sexta pela manhã.
Telefone: {}
Meu celular é {}, pode chamar a qualquer hora.
Para mais informações, fale com a Marina no {}.
Reservas: {} ou na bilheteria do teatro.
WhatsApp {} para encomendas.
Contato: João Pereira ({}), secretaria do clube.""",
}
HELD = {
    "en": """For directions to the farm, telephone {} the day before you set off.
The plumber left a card with {} written on the back in pencil.
Mobile {}
Questions about the tour? Reach Daniel on {} any evening after six.
Fax your order to {} and keep the receipt.
Lost: grey cat with one white paw. Anyone who has seen her please ring {}.
Phone/Fax: {}, ask for the night porter.""",
    "de": """Bei Fragen wenden Sie sich bitte an Herrn Vogt, Durchwahl {}.
Tel.: {} (werktags)
Wer die Katze gesehen hat, meldet sich bitte unter {} bei uns.
Karten gibt es im Vorverkauf unter der Nummer {} und an der Abendkasse.
Mobil {}
Notdienst der Apotheke: {}, auch am Sonntag.
Der Hausmeister hat die {} und kommt meist noch am selben Tag.""",
    "fr": """Pour toute question, téléphonez au {} avant midi.
Portable : {}
Le gardien est joignable au {} jour et nuit.
Réservations par téléphone ({}) ou à l'accueil.
Si vous avez vu ce chat, merci d'appeler le {} le plus vite possible.
Fax : {}
Le secrétariat du docteur Morel, {}, est fermé en août.""",
    "es": """Si ha visto este gato, por favor llame al {} cuanto antes.
Tel. {}
Atención al cliente: {}, de nueve a dos.
El conserje está localizable en el {} día y noche.
Escríbeme por WhatsApp al {} y quedamos.
Fax: {}
La consulta de la doctora Gil ({}) cierra en agosto.""",
    "it": """Chi avesse visto questo gatto è pregato di telefonare al {}.
Telefono: {}
Servizio clienti: {}, dalle nove alle due.
Il custode è reperibile al {} giorno e notte.
Scrivimi su WhatsApp al {} e ci mettiamo d'accordo.
Fax {}
Lo studio della dottoressa Gallo ({}) chiude in agosto.""",
    "ja": """この猫を見かけた方は{}までお知らせください。
電話番号 {}
ＦＡＸ：{}
お客様相談室（{}）は土日も開いています。
夜間の連絡先は{}となります。
チケットのお申し込みは{}へ。
管理人の田中さんの番号は{}です。""",
    "zh": """如果您见过这只猫，请尽快打{}告诉我们。
手机：{}
传真：{}
预约电话{}，下午也有人接。
值班室的联系方式是{}，夜里也可以打。
售票处（{}）周末照常营业。
加我微信或者打 {} 都行。""",
    "pt": """Quem viu este gato, por favor avise pelo {} o quanto antes.
Tel.: {}
Atendimento ao cliente: {}, das nove às duas.
O porteiro atende no {} dia e noite.
Mande mensagem no {} e a gente combina.
Fax {}
O consultório da doutora Lima ({}) fecha em janeiro.""",
}
NEGATIVES = {
    "tuning": """See Ann. Phys. 322, ###-### (1907) and J. Chem. 8#, 1###-1### (2011).
ISBN 978-3-16-######-#
doi:10.1016/j.cell.2019.0#.0##
Order no. ###-#######-#######
48.8####, 2.3####
v2.1#.##-rc1 (build 10####)
Final score 1##-9#, 3-1, 6-4 7-5
2019-0%-1# 10:3#:2#
19%# 20## 19##
$1,###,###.##
  ###   ####   #####  ###
ISSN ####-####
UTC+1, 1:2#.###, 4x100
PMID: ########
Invoice 20##-######
### ### inhabitants
commit ###&&&&###&&
pp. 1##–1##
0.######## 1.########
(12) ### of ###; (13) ## of ##
20######_1#####.jpg
##-##-####
Art. ## #### ###
EAN 40###########""",
    "held": """Proc. R. Soc. 1%#, ###-###; ibid. 2##, ###-###, 1998-2004.
ISBN 0-###-#####-#
https://doi.org/10.1103/PhysRevLett.1##.######
Tracking number 1Z ### ### ## #### ### #
N 51.50#### W 0.12####
Firmware 1.0#.##.1###
Halftime 45-3#, series 4-2, 21-19 21-1#
1%/0#/20## 23:1#
1 ### ###,## EUR
1## 2## 3## 4## 5##
ISSN: 1###-###X
arXiv:21##.#####
Ticket #10######
US Patent 7,###,###
0x##&&##&&
§ 1##, § 2##-2##
3.14159265####
IMG_20##0%1#_######
Part No. ####-####-##
between 1### and 2### metres, 12 ### m
RFC ####, RFC ####
id=##########
1###-1### m above sea level
batch 20##-##-###""",
}


def number(country: str, draw: Draw) -> str:
    """A number as people of the country write it."""
    import phonenumbers

    forms = [form.strip() for line in FORMS[country].split("\n") for form in line.split("|") if form.strip()]
    form = forms[draw.below(len(forms))]
    fiction = country == "US" and draw.below(3) == 0
    for _ in range(1000):
        made = draw.digits(form)
        if made.startswith("０"):
            made = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() and c.isascii() else c for c in made)
        if fiction or phonenumbers.is_valid_number(phonenumbers.parse(made, country)):
            return made
    raise ValueError(f"no valid number of the form {form} in {country}")


def phones(half: str, for_each_country: int) -> Iterator[Labelled]:
    """Texts of two to five sentences, half of them with a number, and lines with other numbers between."""
    sentences = {"tuning": TUNING, "held": HELD}[half]
    for country, language in LANGUAGES.items():
        own = sentences[language].splitlines()
        others = NEGATIVES[half].splitlines()
        for index in range(for_each_country):
            draw = Draw(f"{half}:{country}:{index}")
            text, spans = "", []
            for _ in range(1 + draw.below(2)):
                before, after = own[draw.below(len(own))].split("{}")
                made = number(country, draw)
                text += before
                spans.append((len(text), len(text) + len(made), "phone"))
                text += made + after + ("\n" if draw.below(2) or after == "" else " ")
                text += draw.digits(others[draw.below(len(others))]) + "\n"
            yield Labelled(text, language, country, spans)


VALUES = {
    "tuning": {
        "email": "Write to {}.|E-mail: {}|<{}>|cc {}, please|{} answers within a day",
        "card": "Card {}, valid thru 09/27|charged to {} today|{}|Visa: {}|pay with {} please",
        "iban": "IBAN {}|transfer it to {} by Friday|{}|account {}, thank you|Konto: {}",
        "ip": "host {} is down|from {} port 22|{}|address: {}|http://{}/index.html",
        "ssn": "SSN {}|social security number {}|Her number, {}, is on file|ssn: {}|{}",
        "secret": 'token = "{}"|export KEY={}|use {} as the key|Authorization: Bearer {}|{}',
    },
    "held": {
        "email": "reach me under {}!|Mail ({}) or fax|contact;{};2019|{} and nobody else|mailto:{}",
        "card": "number {} was declined|my credit card is {}|{} expires soon|CC#: {}|the card ending, {}, is lost",
        "iban": "Please pay to {}.|bank details: {}|{} (checking)|IBAN: {}, BIC follows|the account is {}",
        "ip": "logged in as root from {}|ping {}|server {}, rack 4|{} - - GET /|banned {} for a day",
        "ssn": "my social is {}|{} (SSN)|Social Security No. {}|applicant {}, born in Ohio|SSN={}",
        "secret": "api_key: {}|the secret is {}|client({!r})|X-Token: {}|password reset with {}",
    },
}
NAMES = [
    "anna.berg",
    "o'neil",
    "j.smith+news",
    "kurt_w",
    "mia-lopez",
    "t.r.moreau",
    "xu.wei88",
    "sales",
    "info",
    "pekka.virtanen",
]
HOSTS = ["mail.org", "uni-koeln.de", "acme.co.uk", "posteo.net", "web.example.com", "qq.com", "orange.fr", "startup.io"]
IBANS = {"DE": "#" * 18, "GB": "WEST" + "#" * 14, "FR": "#" * 23, "NL": "ABNA" + "#" * 10, "ES": "#" * 20}
CARDS = [
    "4###############",
    "51##############",
    "2221############",
    "37#############",
    "6011############",
    "3530############",
]
_ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
KEYS = {
    "AKIA": (16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "ghp_": (36, _ALNUM),
    **{"sk_live_": (24, _ALNUM), "glpat-": (20, _ALNUM), "npm_": (36, _ALNUM), "AIza": (35, _ALNUM)},
}


def _value(kind: str, draw: Draw) -> str:
    if kind == "email":
        return f"{NAMES[draw.below(len(NAMES))]}@{HOSTS[draw.below(len(HOSTS))]}"
    if kind == "card":
        front = draw.digits(CARDS[draw.below(len(CARDS))])[:-1]
        doubled = [int(c) * (1 + (i % 2 == 0)) for i, c in enumerate(reversed(front))]
        made = front + str(-sum(n - 9 * (n > 9) for n in doubled) % 10)
        mark = ("", " ", "-")[draw.below(3)]
        return mark.join(made[i : i + 4] for i in range(0, 16, 4)) if len(made) == 16 else made
    if kind == "iban":
        country = list(IBANS)[draw.below(len(IBANS))]
        body = draw.digits(IBANS[country])
        check = 98 - int("".join(str(int(c, 36)) for c in f"{body}{country}00")) % 97
        made = f"{country}{check:02}{body}"
        return " ".join(made[i : i + 4] for i in range(0, len(made), 4)) if draw.below(2) else made
    if kind == "ip":
        if draw.below(4) == 0:
            return "2a02:" + ":".join(f"{1 + draw.below(65535):x}" for _ in range(7))
        first = (23, 81, 93, 151, 185, 203)[draw.below(6)]
        return f"{first}.{1 + draw.below(99)}.{draw.below(256)}.{100 + draw.below(150)}"
    if kind == "ssn":
        return f"{1 + draw.below(665):03}-{1 + draw.below(99):02}-{1 + draw.below(9999):04}"
    prefix = list(KEYS)[draw.below(len(KEYS))]
    length, alphabet = KEYS[prefix]
    return prefix + "".join(alphabet[draw.below(len(alphabet))] for _ in range(length))


def values(half: str, for_each_kind: int) -> Iterator[Labelled]:
    """English lines with a value of each kind, and a line with other numbers behind it."""
    others = NEGATIVES[half].splitlines()
    for kind, sentences in VALUES[half].items():
        own = sentences.replace("{!r}", "'{}'").split("|")
        for index in range(for_each_kind):
            draw = Draw(f"{half}:{kind}:{index}")
            before, after = own[draw.below(len(own))].split("{}")
            made = _value(kind, draw)
            text = f"{before}{made}{after}\n{draw.digits(others[draw.below(len(others))])}\n"
            yield Labelled(text, "en", "", [(len(before), len(before) + len(made), kind)])


def nothing(half: str, documents: int) -> Iterator[Labelled]:
    """References, tables, logs: numbers of all kinds, and nothing personal."""
    lines = NEGATIVES[half].splitlines()
    for index in range(documents):
        draw = Draw(f"{half}:nothing:{index}")
        text = "\n".join(draw.digits(lines[draw.below(len(lines))]) for _ in range(80))
        yield Labelled(text, "en", "", [])
