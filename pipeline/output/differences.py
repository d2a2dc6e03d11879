"""Two texts that are alike as one piece of HTML, in which the words are marked that only one of them has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from .charts import escape

WORDS_COMPARED = 200
"""So many words of each text, from shortly before the first difference, are compared: the effort grows with their
square, and with more where words repeat."""
CONTEXT = 12
"""Of words that both have, so many are shown beside a difference."""

LONGEST_WORD = 200
"""Of longer ones only the beginning is shown."""

# Scripts without spaces between words are compared by character.
_ALONE = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"\s*(?:[{_ALONE}]|[^\s{_ALONE}]+)")


def mark_differences(removed: str, kept: str) -> str:
    """HTML in which ``<del>`` stands only in the removed text and ``<ins>`` only in the kept one."""
    first, second = _WORD.findall(removed), _WORD.findall(kept)
    keys = [word.strip() for word in first], [word.strip() for word in second]
    alike = 0
    for one, other in zip(*keys, strict=False):
        if one != other:
            break
        alike += 1
    if alike == len(first) == len(second):
        return f"{_run(first, to_end=True)} <small>(no word differs)</small>"
    start = max(alike - CONTEXT, 0)
    end = start + WORDS_COMPARED
    matcher = SequenceMatcher(None, keys[0][start:end], keys[1][start:end], autojunk=False)
    parts = [_left_out(start)] if start else []
    codes = matcher.get_opcodes()
    for place, (what, low, high, low_kept, high_kept) in enumerate(codes):
        gone = first[start + low : start + high]
        if what == "equal":
            parts.append(_run(gone, from_start=place > 0 or start > 0, to_end=place == len(codes) - 1))
            continue
        come = second[start + low_kept : start + high_kept]
        parts += [f"<{tag}>{_plain(words)}</{tag}>" for tag, words in (("del", gone), ("ins", come)) if words]
    rest = max(len(first), len(second)) - end
    return " ".join([*parts, *([f"<small>(… {rest:,} more words, not compared)</small>"] if rest > 0 else [])])


def _run(words: Sequence[str], *, from_start: bool = False, to_end: bool = False) -> str:
    """Words that both texts have, the middle of a long run left out."""
    head = CONTEXT if from_start or to_end else 0
    tail = 0 if to_end else CONTEXT
    between = len(words) - head - tail
    if between <= CONTEXT:
        return _plain(words)
    shown = [_plain(words[:head]), _left_out(between), _plain(words[len(words) - tail :])]
    return " ".join(part for part in shown if part)


def _left_out(words: int) -> str:
    return f"<small>(… {words:,} alike)</small>"


def _plain(words: Sequence[str]) -> str:
    return escape("".join(word if len(word) <= LONGEST_WORD else f"{word[:LONGEST_WORD]}…" for word in words))
