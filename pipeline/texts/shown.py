"""A cleaned text as HTML, for notebooks: what was cut, what was put in, and the lines that broke a rule."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .changes import Piece
from .tracing import Trace

SHOWN_CHARS = 20_000
"""How much of a text is shown."""
SHOWN_REASONS = 10

_BOX = (
    "white-space:pre-wrap;overflow-wrap:anywhere;max-height:30em;overflow:auto;padding:.5em;border:1px solid #8888;"
    "font-family:inherit;margin:.3em 0"
)
_STYLES = {
    "del": "background:#d9534f33;color:inherit",
    "ins": "background:#5cb85c33;color:inherit;text-decoration:none",
    "mark": "background:#f0ad4e55;color:inherit",
}


def as_html(verdict: str, trace: Trace) -> str:
    """The verdict, the rules that are broken, and the text; everything from the text is escaped."""
    reasons = [f"<li>{escape(str(reason))}</li>" for reason in trace.reasons[:SHOWN_REASONS]]
    if len(trace.reasons) > SHOWN_REASONS:
        reasons.append(f"<li>and {len(trace.reasons) - SHOWN_REASONS} more</li>")
    listed = f"<ul>{''.join(reasons)}</ul>" if reasons else ""
    return f"<div><b>{escape(verdict)}</b>{listed}<pre style='{_BOX}'>{''.join(_pieces(trace))}</pre></div>"


def _pieces(trace: Trace) -> Iterator[str]:
    left = SHOWN_CHARS
    for piece in trace.pieces.pieces:
        shown = piece.text[: max(left, 0)]
        left -= len(piece.text)
        if shown:
            yield _tagged(piece, shown)
    if left < 0:
        yield f"<i>… and {-left:,} characters more</i>"


def _tagged(piece: Piece, text: str) -> str:
    visible = escape(_seen(text) if piece.cut_by or piece.put_in_by else text, quote=False)
    if piece.broken:
        visible = _tag("mark", "breaks " + ", ".join(piece.broken), visible)
    if piece.put_in_by is not None:
        visible = _tag("ins", f"put in by {piece.put_in_by}", visible)
    return visible if piece.cut_by is None else _tag("del", f"cut by {piece.cut_by}", visible)


def _seen(text: str) -> str:
    """Text in which line feeds and invisible characters can be seen, since they are what has changed."""
    shown = ("⏎\n" if c == "\n" else c if c.isprintable() or c == "\t" else f"‹U+{ord(c):04X}›" for c in text)
    return "".join(shown)


def _tag(tag: str, title: str, content: str) -> str:
    return f'<{tag} title="{escape(title)}" style="{_STYLES[tag]}">{content}</{tag}>'
