"""Rich Text Format, read by one walk of our own: striprtf drops footnotes and keeps what was deleted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ...charset_detection import codec_of
from ...inputs import InputOptions
from ...parts import Part
from ..records import Document, Quarantined, Record, without_surrogates
from ..text import read_whole
from .text_blocks import Block, TextBlocks

TOKEN = re.compile(
    rb"\\([A-Za-z]{1,32})(-?\d{1,9})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\'?", re.S
)
DESTINATIONS = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "annotation",
        "atnid",
        "atnauthor",
        "fldinst",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "themedata",
        "datastore",
        "filetbl",
        "revtbl",
        "xmlnstbl",
        "bkmkstart",
        "bkmkend",
        "nonshppict",
        "pgdsctbl",
        "latentstyles",
        "tc",
        "xe",
        "ftnsep",
        "ftnsepc",
        "aftnsep",
        "colorschememapping",
        "mmathPr",
        "wgrffmtfilter",
        "objdata",
        "panose",
        "falt",
        "private",
        "sn",
        "sv",
    ]
)
"""Groups that hold no text of the document."""
READ_STARRED = frozenset({"shpinst", "shptxt", "footnote", "pntext", "listtext", "ud"})
SYMBOLS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c",
}  # fmt: skip
ESCAPED = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
WORD = re.compile(rb"\\[A-Za-z]")
BINARY = re.compile(rb"\\bin(\d{1,10}) ?")
DEEPEST = 2000


@dataclass(frozen=True)
class _State:
    """What holds until a group ends."""

    skipped: bool = False
    hidden: bool = False
    codec: str | None = None
    after_unicode: int = 1
    """How many characters stand for old readers behind one in Unicode."""
    in_fonts: bool = False
    is_note: bool = False


class _Walk:
    def __init__(self) -> None:
        self.blocks = TextBlocks()
        self.notes: list[str] = []
        self._state = _State()
        self._stack: list[_State] = []
        self._pieces: list[str] = []
        self._outer: list[list[str]] = []
        self._codec = "cp1252"
        self._bytes = bytearray()
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._pass_over = 0
        self._starred = self._in_row = False

    def read(self, content: bytes) -> str | None:
        """Walk over a file; what is wrong with it."""
        last_word = max((found.start() for found in WORD.finditer(content)), default=0)
        for token in TOKEN.finditer(content):
            word, number, escaped, symbol, brace, text = token.groups()
            if escaped is not None or text is not None:
                self._put(bytes([int(escaped, 16)]) if escaped is not None else text)
                self._starred = False
                continue
            self._decode()
            if brace == b"{":
                self._stack.append(self._state)
                if len(self._stack) > DEEPEST:
                    return f"groups nested more than {DEEPEST} deep"
            elif brace == b"}":
                self._close()
                if not self._stack and token.end() > last_word:
                    break  # what stands behind the end of the document is none of it, unless a brace was too many
            elif word is not None:
                self._word(word.decode("ascii"), int(number) if number is not None else None)
            elif symbol == b"*":
                self._starred = True
            elif symbol in (b"\n", b"\r"):
                self._paragraph()
            elif symbol in ESCAPED and not self._state.skipped:
                self._add(ESCAPED[symbol])
        self._decode()
        self._paragraph()
        for number, note in enumerate(self.notes, 1):
            self.blocks.add(f"[{number}] {note}", Block.ITEM)
        return None if not self._stack else f"breaks off within {len(self._stack)} groups"

    def _close(self) -> None:
        ended, self._state = self._state, self._stack.pop() if self._stack else self._state
        if ended.is_note and not self._state.is_note and self._outer:
            note = " ".join("".join(self._pieces).split())
            self._pieces = self._outer.pop()
            if note:
                self.notes.append(note)
                self._pieces.append(f"[{len(self.notes)}]")

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        state = self._state
        if word == "fonttbl":
            self._state = replace(state, skipped=True, in_fonts=True)
        elif state.in_fonts and word in ("f", "fcharset"):
            if word == "f":
                self._font = number or 0
            elif number in CHARSETS:
                self._fonts[self._font] = CHARSETS[number]
        elif word in DESTINATIONS or (starred and word not in READ_STARRED):
            self._state = replace(state, skipped=True)
        elif state.skipped:
            return
        elif word == "u" and number is not None:
            self._add(chr(number % 0x10000))
            self._pass_over = state.after_unicode
        elif word == "uc":
            self._state = replace(state, after_unicode=min(max(number or 0, 0), 9))
        elif word == "ansicpg" and number:
            self._codec = codec_of(f"cp{number}") or self._codec
        elif word in ("mac", "pc", "pca"):
            self._codec = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "f":
            self._state = replace(state, codec=self._fonts.get(number or 0))
        elif word in ("deleted", "v"):
            self._state = replace(state, hidden=number != 0)
        elif word == "plain":
            self._state = replace(state, hidden=False, codec=None)
        elif word == "footnote":
            self._outer.append(self._pieces)
            self._pieces = []
            self._state = replace(state, is_note=True)
        elif word in ("par", "sect", "page"):
            self._paragraph()
        elif word in ("cell", "nestcell"):
            self._add("\t")
        elif word in ("row", "nestrow"):
            self._paragraph(Block.ROW)
        elif word == "intbl":
            self._in_row = True
        elif word == "pard":
            self._in_row = False
        elif word in SYMBOLS:
            self._add(SYMBOLS[word])

    def _put(self, data: bytes) -> None:
        if self._pass_over:
            passed = min(self._pass_over, len(data))
            self._pass_over -= passed
            data = data[passed:]
        if data and not self._state.skipped:
            self._bytes += data

    def _decode(self) -> None:
        """Bytes become characters where the next word begins: those of one may be several escapes."""
        if self._bytes:
            self._add(self._bytes.decode(self._state.codec or self._codec, "replace"))
            self._bytes.clear()

    def _add(self, text: str) -> None:
        if not self._state.hidden:
            self._pieces.append(text)

    def _paragraph(self, block: Block = Block.PARAGRAPH) -> None:
        if self._state.skipped:
            return
        if self._state.is_note or (self._in_row and block is Block.PARAGRAPH):
            self._pieces.append(" ")
            return
        text = without_surrogates("".join(self._pieces)).replace("\x00", "")
        self._pieces.clear()
        if block is Block.ROW:
            text = "\t".join(" ".join(cell.split()) for cell in text.removesuffix("\t").split("\t"))
        self.blocks.add(text, block)


def _without_binary(content: bytes) -> bytes:
    """Cut pictures that stand as they are, not in digits."""
    kept, position = [], 0
    while found := BINARY.search(content, position):
        kept.append(content[position : found.start()])
        position = found.end() + int(found[1])
    return b"".join(kept) + content[position:]


def read_rtf(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of an RTF file; tracked deletions, pictures, headers and footers are left out."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    walk = _Walk()
    broken = walk.read(_without_binary(content))
    text = str(walk.blocks)
    if broken and not text:
        yield Quarantined(source=part.source, position=0, error="corrupt", detail=f"not a readable RTF file: {broken}")
        return
    metadata = {"lost_items": {"rtf": broken}} if broken else {}
    yield Document(position=0, text=text, kind="other", metadata=metadata)
