"""What the kernel of datatrove's words knows: roles of code points, and words that have pieces of their own."""

from __future__ import annotations

from enum import IntFlag
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..machine.buffers import Int64s, UInt64s
from ..machine.hashing import hashes_of, two_places
from ..unicode.unicode_table import BLOCK_BITS, CODE_POINTS, Blocks, Index

MAGIC = b"textmill datatrove 1\n"
LONGEST_EXCEPTION = 15
"""In bytes, so that the length of a piece fits into four bits."""


class Role(IntFlag):
    """What a code point can be to a word."""

    FIRST = 1 << 0
    """Comes off in front."""
    LAST = 1 << 1
    """Comes off behind."""
    INSIDE = 1 << 2
    """Cuts a word in two wherever it stands."""
    LETTER = 1 << 3
    LOWER = 1 << 4
    UPPER = 1 << 5
    NUMBER = 1 << 6
    QUOTE = 1 << 7
    BEFORE_STOP = 1 << 8
    """A full stop behind it comes off."""
    CURRENCY = 1 << 9
    HYPHEN = 1 << 10


class Exceptions(NamedTuple):
    """Words with pieces of their own, by hash, and units that come off behind a number."""

    role_index: Index
    roles: Blocks
    keys: UInt64s
    pieces: Int64s
    """Lengths of the pieces in bytes, four bits each, the first one lowest; -1 where there is no key."""
    units: UInt64s
    """Bytes of each unit as one number, the first one lowest."""


UNITS = """
    km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb oz m/s km/h kmh mph hPa Pa
    mbar mb MB kb KB gb GB tb TB T G M K % км км² км³ м м² м³ дм дм² дм³ см см² см³ мм мм² мм³ нм кг г мг м/с км/ч кПа
    Па мбар Кб КБ кб Мб МБ мб Гб ГБ гб Тб ТБ
"""
WHOLE = r"""
    ' '' (*_*) (-8 (-: (-; (-_-) (._.) (: (; (= (>_<) (^_^) (¬_¬) )-: ): -_- -__- ._. 0.0 0_0 8) 8-) :'( :') :'-( :'-)
    :( :(( :((( :() :) :)) :))) :* :-( :-(( :-((( :-) :-)) :-))) :-* :-/ :-0 :-3 :-> :-] :-| :-} :/ :0 :1 :3 :> :] :| :}
    :’( :’) :’-( :’-) ;) ;-) ;_; <.< </3 <3 <33 <333 =( =) =/ =3 =[ =] =| >.< >.> >:( ><(((*> @_@ [-: [: [= \") ]= ^_^
    ^__^ ^___^ — ’ ’’ (o: (ಠ_ಠ) 0.o 0_o 8-D 8D :-D :-O :-P :-X :-o :-p :-x :D :O :P :X :o :o) :p :x ;-D ;D <space> =D
    >:o XD XDD xD xDD O.O O.o O_O O_o o.0 o.O o.o o_0 o_O o_o V.V V_V v.v v_v ಠ_ಠ \n \t C++ and/or w/o 's 'S ‘s ‘S ’s ’S
    'd ’d 'll ’ll ll 're ’re 'em ’em em 'nuff ’nuff nuff a. b. c. d. e. f. g. h. i. j. k. l. m. n. o. p. q. r. s. t. u.
    v. w. x. y. z. ä. ö. ü. Adm. Ak. Ala. Apr. Ariz. Ark. Aug. Bros. Calif. Co. Colo. Conn. Corp. D.C. Dec. Del. Dr.
    E.G. E.g. Feb. Fla. Ga. Gen. Gov. I.E. I.e. Ia. Id. Ill. Inc. Ind. Jan. Jr. Jul. Jun. Kan. Kans. Ky. La. Ltd. Mar.
    Mass. Md. Messrs. Mich. Minn. Miss. Mo. Mont. Mr. Mrs. Ms. Mt. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov.
    Oct. Okla. Ore. Pa. Ph.D. Prof. Rep. Rev. S.C. Sen. Sep. Sept. St. Tenn. Va. Wash. Wis. a.m. co. e.g. i.e. p.m. v.s.
    vs.
"""
WITH_APOSTROPHE = "'bout 'cause 'Cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz ma'am Ma'am o'clock O'clock"
DROPPED_G = "doin goin havin lovin nothin nuthin ol somethin"
PIECES = "can+not gon+na got+ta y'+all y+all how+'d+'y not+'ve not+ve let+'s c'm+on"
ENDINGS = {
    "i": "'m 'm+a m m+a 'll ll 'll+'ve ll+ve 'd d 'd+'ve d+ve 've ve",
    "you we they": "'ll ll 'll+'ve ll+ve 'd d 'd+'ve d+ve 've ve 're re",
    "he she it": "'ll ll 'll+'ve ll+ve 'd d 'd+'ve d+ve 's s",
    "who what when where why how there": ("'s s 'll ll 'll+'ve ll+ve 're re 've ve 'd d 'd+'ve d+ve"),
    "that this": "'s s 'll ll 'll+'ve ll+ve 'd d 'd+'ve d+ve",
    "these those": "'ll ll 'll+'ve ll+ve 're re 've ve 'd d 'd+'ve d+ve",
    "ca could do does did had may might must need ought sha should wo would": "n't nt n't+'ve nt+ve",
    "could might must should would": "'ve ve",
    "ai are is was were have has dare": "n't nt",
}
NOT_IN_PIECES = "ill its hell shell shed were well whore"


def exceptions() -> dict[str, tuple[str, ...]]:
    """Pieces of each word that has some of its own; one piece means that nothing comes off it."""
    found: dict[str, tuple[str, ...]] = {}

    def add(*pieces: str) -> None:
        for typeset in (pieces, tuple(piece.replace("'", "’") for piece in pieces)):
            found["".join(typeset)] = typeset

    for word in WHOLE.split():
        found[word] = (word,)
    for word in WITH_APOSTROPHE.split():
        add(word)
    for word in DROPPED_G.split():
        for form in (word, word.title()):
            add(form)
            add(form + "'")
    for stems, endings in ENDINGS.items():
        for stem in stems.split():
            for form in (stem, stem.title()):
                for ending in endings.split():
                    add(form, *ending.split("+"))
    for parts in PIECES.split():
        pieces = parts.split("+")
        add(*pieces)
        if pieces[0] not in ("y'", "y"):
            add(pieces[0].capitalize(), *pieces[1:])
    for word in NOT_IN_PIECES.split():
        for form in (word, word.title()):
            found.pop(form, None)
    for hour in range(1, 13):
        for half in ("a.m.", "am", "p.m.", "pm"):
            add(str(hour), half)
    for letter in "cfkCFK":
        add("°", letter, ".")
    return found


def _without_words() -> Exceptions:
    return Exceptions(
        np.zeros(CODE_POINTS >> BLOCK_BITS, dtype=np.uint16),
        np.zeros(1 << BLOCK_BITS, dtype=np.uint32),
        *two_places({}),
        np.empty(0, dtype=np.uint64),
    )


NONE = _without_words()
"""No exceptions, for ways of splitting that have none."""


@cache
def load() -> Exceptions:
    """Read the table that comes with textmill, and lay the words out."""
    content = Path(__file__).with_name("datatrove.bin").read_bytes()
    if not content.startswith(MAGIC):
        raise ValueError("filters/kernels/words/datatrove.bin is damaged; install textmill again")
    index = np.frombuffer(content, "<u2", CODE_POINTS >> BLOCK_BITS, len(MAGIC)).astype(np.uint16)
    roles = np.frombuffer(content, "<u4", -1, len(MAGIC) + index.nbytes).astype(np.uint32)
    known = {word.encode(): pieces for word, pieces in exceptions().items() if len(word.encode()) <= LONGEST_EXCEPTION}
    lengths = [sum(len(piece.encode()) << 4 * at for at, piece in enumerate(pieces)) for pieces in known.values()]
    entries = dict(zip(hashes_of(list(known)).tolist(), lengths, strict=True))
    units = [int.from_bytes(unit.encode(), "little") for unit in UNITS.split() if len(unit.encode()) <= 8]
    return Exceptions(index, roles, *two_places(entries), np.array(units, dtype=np.uint64))
