"""Charsets told by the letters of languages, where detection takes them for others."""

import pytest

from textmill.pipeline.input.alphabets import told_by_letters
from textmill.pipeline.input.charsets import decode

CZECH = "Mlynář semlel žito a ječmen, pak šel k řece a díval se, jak se točí kolo. Příští týden půjde znovu."
CROATIAN = "Mlinar je samljeo žito i ječam, zatim je otišao do rijeke i gledao kako se okreće kotač, šuteći."
HUNGARIAN = "A molnár megőrölte a búzát, aztán lement a folyóhoz, és nézte, hogyan forog a kerék és fű nő."
ESTONIAN = "Mölder jahvatas vilja, läks jõe äärde ja vaatas, kuidas ratas käib; šokolaadi ta ei söönud, ütles ta."
LITHUANIAN = "Malūnininkas sumalė grūdus, paskui nuėjo prie upės ir žiūrėjo, kaip sukasi ratas; šiąnakt vėl eis."
POLISH = "Młynarz zmełł zboże, potem poszedł nad rzekę i patrzył, jak kręci się koło; jutro znów pójdzie, źle śpiąc."
RUSSIAN = "Мельник смолол зерно, потом пошёл к реке и смотрел, как вертится колесо. Завтра он пойдёт снова."
BULGARIAN = "Мелничарят смля житото, после отиде до реката и гледаше как се върти колелото. Утре ще отиде пак."
UKRAINIAN = "Мельник змолов зерно, потім пішов до річки й дивився, як крутиться колесо. Завтра він піде знову, їй-бо."
FRENCH = "Le cœur du meunier bat ; sa sœur a mangé un œuf à la fenêtre, où la rivière coule."
ENGLISH = "The Malmö miller met Señor Muñoz, José Peña and Björn Åkesson at the café, then read Brontë and Çelebi."


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (CZECH, "cp852"), (CZECH, "mac-latin2"), (CZECH, "cp1250"), (CZECH, "iso8859-2"), (CROATIAN, "cp852"),
        (HUNGARIAN, "cp1250"), (HUNGARIAN, "mac-latin2"), (ESTONIAN, "cp1257"), (ESTONIAN, "iso8859-15"),
        (ESTONIAN, "iso8859-4"), (LITHUANIAN, "cp1257"), (POLISH, "cp852"), (POLISH, "iso8859-16"), (RUSSIAN, "cp855"),
        (RUSSIAN, "mac-cyrillic"), (BULGARIAN, "mac-cyrillic"), (UKRAINIAN, "mac-cyrillic"), (UKRAINIAN, "cp1125"),
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (FRENCH, "iso8859-15"), (FRENCH, "cp1252"), (ENGLISH, "cp1252"),
        (ENGLISH, "mac-roman"), (ENGLISH, "cp850"),
    ],
)  # fmt: skip
def test_texts_come_back_from_old_charsets(text: str, charset: str) -> None:
    assert decode(text.encode(charset)).text == text


@pytest.mark.parametrize(
    ("content", "guess"),
    [
        ("dash – and ‘quotes’ … said “so” –".encode("cp1252"), "cp1252"),  # no letters
        ("½ cup and ¾, the miller´s, ¨so¨, ¤".encode("cp1252"), "cp1252"),
        ("“The miller’s wife” – he said – ‘went’ …".encode("mac-roman"), "cp1252"),
        (b"\x80\x81 \x9c", "cp1252"),
        (b"", "cp1252"),
        ("Œuvres de Molière, où l’été fût".encode("cp1252"), "cp1252"),
    ],
)
def test_what_is_no_evidence(content: bytes, guess: str) -> None:
    assert told_by_letters(content, guess) == guess
