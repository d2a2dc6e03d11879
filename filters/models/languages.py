"""Languages by one code each (BCP 47), whatever a model calls them, and which of them are too alike for models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

UNDETERMINED = "und"
"""ISO 639 code for a text of which no model knows a word: empty, or only digits, signs or emoji."""

_TWO_LETTERS = """
    aar aa abk ab afr af aka ak amh am ara ar arb ar arg an asm as ava av ave ae aym ay ayr ay aze az azj az bak ba
    bam bm bel be ben bn bih bh bis bi bod bo bos bs bre br bul bg cat ca ces cs cha ch che ce chu cu chv cv cmn zh
    cor kw cos co cre cr cym cy dan da deu de div dv dzo dz ell el eng en epo eo est et ekk et eus eu ewe ee fao fo
    fas fa pes fa prs fa fij fj fin fi fra fr fry fy ful ff fuv ff gla gd gle ga glg gl glv gv grn gn gug gn guj gu
    hat ht hau ha hbs sh heb he her hz hin hi hmo ho hrv hr hun hu hye hy ibo ig ido io iii ii iku iu ile ie ina ia
    ind id ipk ik isl is ita it jav jv jpn ja kal kl kan kn kas ks kat ka kau kr kaz kk khm km kik ki kin rw kir ky
    kom kv kon kg kor ko kua kj kur ku kmr ku lao lo lat la lav lv lvs lv lim li lin ln lit lt ltz lb lub lu lug lg
    mah mh mal ml mar mr mkd mk mlg mg plt mg mlt mt mon mn khk mn mri mi msa ms zsm ms mya my nau na nav nv nbl nr
    nde nd ndo ng nep ne npi ne nld nl nno nn nob nb nor nb nya ny oci oc oji oj ori or ory or orm om gaz om oss os
    pan pa pli pi pol pl por pt pus ps pbt ps que qu quy qu roh rm ron ro run rn rus ru sag sg san sa sin si slk sk
    slv sl sme se smo sm sna sn snd sd som so sot st spa es sqi sq als sq srd sc srp sr ssw ss sun su swa sw swh sw
    swe sv tah ty tam ta tat tt tel te tgk tg tgl tl fil tl tha th tir ti ton to tsn tn tso ts tuk tk tur tr twi tw
    uig ug ukr uk urd ur uzb uz uzn uz ven ve vie vi vol vo wln wa wol wo xho xh yid yi ydd yi yor yo zha za zho zh
    zul zu
"""
_OTHER_NAMES = "iw he in id ji yi jw jv mo ro no nb blu hmn sit-np new bh bho zh-Hant zh"

_WORDS = _TWO_LETTERS.split() + _OTHER_NAMES.split()
CODES: Mapping[str, str] = MappingProxyType(dict(zip(_WORDS[::2], _WORDS[1::2], strict=True)))
"""Codes of ISO 639-2 and 639-3, and old or private ones, by the shortest that BCP 47 has."""

MACROLANGUAGES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"no": ("nb", "nn"), "sh": ("hr", "bs", "sr"), "nb": ("no",)}
)
"""Labels that stand for several; lid.176 calls Bokmål ``no``."""

LABEL_WITH_SCRIPT = re.compile(r"([a-z]{2,3})_([A-Z][a-z]{3})")

RELATED: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in ("hr bs sr sh", "nb nn da", "id ms", "zu xh ss nr", "st tn nso", "cs sk", "mk bg sr")
)
"""Languages that models take for one another."""

_TELLING = {
    "id": "karena bahwa bisa uang polisi mobil perusahaan kantor kota pemerintah mereka bulan ketika saat sedangkan "
    "sebesar perempuan beda coba gimana banget kamu anda",
    "ms": "kerana bahawa boleh wang polis kereta syarikat pejabat bandar kerajaan ialah apabila manakala sebanyak "
    "hospital wanita cuba awak bagaimanapun beliau kaunter tahap pihak nyata peratus memaklumkan",
    "nb": "ikke jeg av ble hva mye etter være fra noen hvordan sammen bedre bare uten mot sier skal",
    "nn": "ikkje eg av vart kva mykje etter vere frå nokon korleis saman betre berre utan mot seier skal dei ein eit "
    "meir nokre kjem òg",
    "da": "ikke jeg af blev hvad meget efter være fra nogen hvordan sammen bedre kun uden mod siger skal også hun",
    "hr": "tko tijekom tjedan tjedna općina tisuća tisuće zrak kruh glazba sveučilište sustav siječnja veljače "
    "ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada studenoga prosinca priopćenju uporaba točno "
    "vlak nogomet kazalište otok povijest",
    "bs": "ko hiljada hiljade sedmica sedmice općina također januara februara marta aprila maja juna jula augusta "
    "septembra oktobra novembra decembra uslovi saopćenju lahko kahva historija univerzitet voz fudbal entiteta",
    "mk": "во од со како кој што ја тој сите кога меѓу бидејќи ќе веќе многу дека се на",
    "bg": "в от със как който какво той всички когато между защото ще вече много че се на като във",
    "sr": "у од са као који шта је он сви када између јер ће већ много да се на "
    "ko hiljada hiljade nedelja nedelje opština takođe vreme mesto dete posle gde uvek reč vrednost reka "
    "januara februara marta aprila maja juna jula avgusta septembra oktobra novembra decembra uslovi saopštenju "
    "istorija univerzitet voz fudbal pre deo lepo",
}
TELLING_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {language: frozenset(words.split()) for language, words in _TELLING.items()}
)
"""Words that tell related languages apart."""


def split_label(label: str) -> tuple[str, str | None]:
    """Code and script of a model's label: ``eng_Latn`` is ``("en", "Latn")``, ``iw`` is ``("he", None)``."""
    named = LABEL_WITH_SCRIPT.fullmatch(label)
    language, script = (named[1], named[2]) if named is not None else (label, None)
    return CODES.get(language, language), script


@cache
def relatives(language: str) -> frozenset[str]:
    """The languages that are taken for this one, itself among them."""
    return frozenset((language,)).union(*(group for group in RELATED if language in group))


@cache
def _chinese(charset: str, other: str) -> frozenset[str]:
    """Characters that one of two national character sets has and the other has not."""

    def has(char: str, name: str) -> bool:
        try:
            char.encode(name)
        except UnicodeEncodeError:
            return False
        return True

    return frozenset(char for char in map(chr, range(0x4E00, 0x9FA6)) if has(char, charset) and not has(char, other))


def chinese_script(text: str) -> str:
    """``Hans`` or ``Hant``: whether more characters are only in GB 2312, or only in Big5."""
    simplified, traditional = _chinese("gb2312", "big5"), _chinese("big5", "gb2312")
    hans = sum(char in simplified for char in text)
    hant = sum(char in traditional for char in text)
    return "Hant" if hant > hans else "Hans"
