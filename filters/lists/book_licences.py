"""What digital libraries put before and behind a book's text, by their wordings."""

from __future__ import annotations

import re

from ..base.expressions import lazy_re

GUTENBERG = (
    r"(?:the\s+|this\s+|these\s+|dieses?\s+)?(?:etext\s+of\s+(?:the\s+)?)?"
    r"pro(?:ject|jekt|jet)\s+gutenberg(?:['’]s|tm|-tm)?"
)
START = lazy_re(
    r"^[ \t*]{0,40}START[ \t]+OF[ \t]+" + GUTENBERG + r"(?:(?:[^\n*]|\n(?!\n)){0,400}\*{2,}[ \t]*$|[^\n]*$)"
    r"|^[ \t]*\*+[ \t]*END[ \t]*\*?[ \t]*THE[ \t]+SMALL[ \t]+PRINT[^\n]*$"
    r"|^[ \t]*To contact (?:Project Gutenberg of Australia|PGA)[^\n]*(?:\n[^\n]+)*$"
    r"|^[ \t]*\*+[ \t]*(?:DÉBUT|DEBUT|BEGINN|ANFANG|INICIO)\b[^\n]{0,80}GUTENBERG[^\n]*$",
    re.I | re.M,
)
END = lazy_re(
    r"^[ \t*]{0,40}(?:THE[ \t]+)?END[ \t]+OF[ \t]+" + GUTENBERG + r"[^\n]*$"
    r"|^[ \t*]{0,40}(?:END|ENDE|FIN|FINE|FIM|EINDE|SLUT|LOPPU)\b[^\n]{0,120}"
    r"\b(?:PROJECT|PROJEKT|PROJET|PROGETTO|PROYECTO)[ \t]+GUTENBERG[^\n]*$"
    r"|^[ \t]*\*+[ \t]*START:?[ \t]+FULL[ \t]+LICENSE[^\n]*$"
    r"|^[ \t]*\[(?:The[ \t]+)?End of [^\]\n]{1,200}\][ \t]*\Z"
    r"|^[ \t]*Updated editions will replace the previous one[^\n]*$",
    re.I | re.M,
)
GOOGLE = lazy_re(
    r"\A.{0,3000}?This is a digital copy of a book that was preserved for generations.{0,9000}?https?://books\.google\.com/?\S*",
    re.S,
)
CREDITS = lazy_re(
    r"(?:This )?(?:e-?text|ebook|file|book)?\s*(?:was )?"
    r"(?:produced|prepared|transcribed|scanned|proofread|typed|digitized) (?:by|from|for)\b"
    r"|(?:HTML version|updated|corrected|converted|additional proof\w*|"
    r"text file produced|cover) (?:created |produced )?by\b"
    r"|Character set encoding:|Release date:|Most recently updated:|\[?(?:eBook|etext) #\d+"
    r"|note: (?:project gutenberg|images of the original|this file)|images of the original pages"
    r"|\(?this (?:file|book|e-?book|e-?text) (?:was|is) (?:produced|made|created)"
    r"|https?://(?:www\.)?(?:pgdp\.net|gutenberg\.org|archive\.org)\S*\s*\Z"
    r"|\W*transcriber['’]?s?['’]? notes?\b",
    re.I,
)
"""Beginnings of paragraphs before a book that tell who made the file."""
NOTE_IN_BRACKETS = lazy_re(r"\[\s*transcriber['’]?s?['’]? notes?\b[^\[\]]{0,3000}\]", re.I)
NOTES_AT_END = lazy_re(r"^[ \t*_=\[]*transcriber['’]?s?['’]? (?:end[ -]?)?notes?[ \t*_=\]:.]*$", re.I | re.M)
LONGEST_SMALL_PRINT = 20_000
"""A second START line behind so few characters ends the licence that the first one began."""
MOST_CREDITS = 12
"""Paragraphs before a book that are looked at."""
LONGEST_CREDIT = 1500
LAST_SHARE = 0.15
"""Notes of transcribers that stand as a last chapter begin in this part of a book."""
SHORTEST_BOOK = 2000
PARAGRAPH_BREAK = lazy_re(r"\n[ \t]*\n\s*")


def cut_licences(text: str) -> tuple[str, int]:
    """A text without licences, credits and transcribers' notes, and how many characters that were."""
    folded = text.replace("\r\n", "\n")
    folded = GOOGLE.sub("", folded, count=1)
    is_marked = "utenberg" in folded or "UTENBERG" in folded or "SMALL PRINT" in folded
    pieces = _bodies(folded) if is_marked or "[End of" in folded or "[The End of" in folded else [folded]
    freed = [_without_notes(_without_credits(piece) if is_marked else piece) for piece in pieces]
    found = "\n\n\n".join(piece.strip("\n") if len(freed) > 1 else piece for piece in freed if piece.strip())
    if len(found) == len(folded):
        return text, 0
    found = found.strip("\n")
    return found, len(folded) - len(found)


def _bodies(text: str) -> list[str]:
    """What stands between lines that begin and end a book."""
    marks = sorted(
        [(found.start(), found.end(), True) for found in START.finditer(text)]
        + [(found.start(), found.end(), False) for found in END.finditer(text)]
    )
    bodies: list[str] = []
    begin: int | None = None if any(starts for _, _, starts in marks) else 0
    for start, end, starts in marks:
        if starts:
            if begin is not None and start - begin > LONGEST_SMALL_PRINT:
                bodies.append(text[begin:start])
            begin = end
        elif begin is not None:
            bodies.append(text[begin:start])
            begin = None
    if begin is not None:
        bodies.append(text[begin:])
    return bodies


def _without_credits(body: str) -> str:
    """A book without the paragraphs before it that tell who made the file."""
    kept: list[str] = []
    position = len(body) - len(body.lstrip())
    for _ in range(MOST_CREDITS):
        found = PARAGRAPH_BREAK.search(body, position)
        stop = found.end() if found else len(body)
        paragraph = body[position : found.start() if found else stop]
        if not CREDITS.match(paragraph.strip()) or len(paragraph) > LONGEST_CREDIT:
            kept.append(body[position:stop])
        position = stop
        if position >= len(body):
            break
    return "".join(kept) + body[position:]


def _without_notes(body: str) -> str:
    body = NOTE_IN_BRACKETS.sub("", body)
    last = NOTES_AT_END.search(body, int(len(body) * (1 - LAST_SHARE)))
    return body[: last.start()] if last is not None and len(body) > SHORTEST_BOOK else body
