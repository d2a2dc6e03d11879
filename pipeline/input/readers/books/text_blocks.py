"""Text of a document as it is put together: paragraphs, items of lists, rows of tables, notes at the end."""

from __future__ import annotations

from enum import Enum

CELL = "\t"


class Block(Enum):
    """What a block of text is; blocks of one kind that belong together stand line by line."""

    PARAGRAPH = "paragraph"
    ITEM = "item"
    ROW = "row"
    VERSE = "verse"


class TextBlocks:
    """Gathers blocks of text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._last = Block.PARAGRAPH

    def add(self, text: str, block: Block = Block.PARAGRAPH) -> None:
        """Append a block, unless it is empty."""
        text = text.strip() if block is Block.PARAGRAPH else text.rstrip()
        if not text.strip():
            return
        if self._pieces:
            self._pieces.append("\n" if block is self._last and block is not Block.PARAGRAPH else "\n\n")
        self._pieces.append(text)
        self._last = block

    def part(self) -> None:
        """What comes next stands apart, whatever its kind."""
        self._last = Block.PARAGRAPH

    def __str__(self) -> str:
        return "".join(self._pieces)


class Tables:
    """Tables that are open, one in the other; rows of inner ones become text of the outer one's cell."""

    def __init__(self, blocks: TextBlocks) -> None:
        self._blocks = blocks
        self._rows: list[list[list[str]]] = []

    def __bool__(self) -> bool:
        return bool(self._rows)

    def open(self) -> None:
        """A table begins."""
        if not self._rows:
            self._blocks.part()
        self._rows.append([])

    def row(self) -> None:
        """A row begins."""
        if self._rows:
            self._rows[-1] = []

    def cell(self) -> None:
        """A cell begins."""
        if self._rows:
            self._rows[-1].append([])

    def add(self, text: str) -> None:
        """A paragraph of the cell that is open."""
        text = " ".join(text.split())
        if text and self._rows:
            if not self._rows[-1]:
                self.cell()
            self._rows[-1][-1].append(text)

    def end_row(self) -> None:
        """The row that is open ends."""
        if not self._rows:
            return
        cells = [" ".join(cell) for cell in self._rows[-1]]
        self._rows[-1] = []
        if len(self._rows) > 1:
            outer = self._rows[-2]
            if not outer:
                outer.append([])
            outer[-1].append(" ".join(filter(None, cells)))
        else:
            self._blocks.add(CELL.join(cells), Block.ROW)

    def close(self) -> None:
        """The innermost table ends."""
        if self._rows:
            self._rows.pop()
        if not self._rows:
            self._blocks.part()


class Notes:
    """Footnotes, numbered in the order in which the text refers to them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, key: str) -> str:
        """What stands in the text for a note."""
        return f"[{self._numbers.setdefault(key, len(self._numbers) + 1)}]"

    def write(self, texts: dict[str, str], blocks: TextBlocks) -> None:
        """Append the notes that were referred to."""
        blocks.part()
        for key, number in self._numbers.items():
            if texts.get(key):
                blocks.add(f"[{number}] {texts[key]}", Block.ITEM)


def numeral(number: int, style: str) -> str:
    """A number of a list as letters, Roman numerals or digits, by the style's name in office documents."""
    if style in ("lowerLetter", "a", "upperLetter", "A") and number > 0:
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letter if style in ("lowerLetter", "a") else letter.upper()
    if style in ("lowerRoman", "i", "upperRoman", "I") and 0 < number < 4000:
        values = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
        found = ""
        for value, letters in (*values, (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
            found += letters * (number // value)
            number %= value
        return found if style in ("lowerRoman", "i") else found.upper()
    return str(number)
