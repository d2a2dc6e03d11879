"""Unigram models without the pieces that text must not find, for the few texts that spell one."""

from __future__ import annotations

import re
from typing import Any

_BYTE = re.compile(r"<0x[0-9A-F]{2}>")
_PENALTY = 10.0
"""What an unknown character costs beyond the worst piece, in sentencepiece and in tokenizers."""


class Unigram:
    """A second way through a Unigram model, piece by piece; ids and ties are those of the library.

    Args:
        described: A ``tokenizer.json``.
    """

    def __init__(self, described: dict[str, Any]) -> None:
        model = described["model"]
        vocabulary: list[tuple[str, float]] = model["vocab"]
        special = {token["content"] for token in described.get("added_tokens") or [] if token.get("special")}
        fallback = bool(model.get("byte_fallback"))
        unknown = model.get("unk_id")
        barred = {
            number
            for number, (piece, _) in enumerate(vocabulary)
            if piece in special or (fallback and _BYTE.fullmatch(piece))
        }
        self.forbidden = frozenset(barred | ({unknown} if unknown is not None else set()))
        """Ids that make a text take this way: also unknown and single bytes, which may be right."""
        self._bytes = [-1] * 256
        for number, (piece, _) in enumerate(vocabulary):
            if fallback and _BYTE.fullmatch(piece):
                self._bytes[int(piece[3:5], 16)] = number
        self._pieces = {
            piece: (number, float(score))
            for number, (piece, score) in enumerate(vocabulary)
            if piece and number not in barred and number != unknown
        }
        self._spelled = re.compile("|".join(re.escape(vocabulary[n][0]) for n in sorted(self.forbidden)) or r"(?!)")
        self._longest = max(map(len, self._pieces), default=1)
        self._unknown = unknown
        self._unknown_score = min((float(score) for _, score in vocabulary), default=0.0) - _PENALTY

    def encode(self, tokenizer: Any, text: str) -> list[int]:
        """Encode a text as the tokenizer does, but for pieces that spell a special token or a byte."""
        normalized = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
        cutter = tokenizer.pre_tokenizer
        words = [word for word, _ in cutter.pre_tokenize_str(normalized)] if cutter else [normalized]
        ids: list[int] = []
        for word in words:
            if self._spelled.search(word):
                ids += self._best(word)
            else:
                ids += [token.id for token in tokenizer.model.tokenize(word)]
        return ids

    def _best(self, word: str) -> list[int]:
        """The likeliest pieces of a word (Viterbi)."""
        end = len(word)
        scores = [0.0] + [float("-inf")] * end
        starts = [0] * (end + 1)
        chosen: list[int | None] = [None] * (end + 1)
        for begin in range(end):
            reached = scores[begin]
            single = False
            for stop in range(begin + 1, min(begin + self._longest, end) + 1):
                found = self._pieces.get(word[begin:stop])
                if found is None:
                    continue
                single |= stop == begin + 1
                if reached + found[1] > scores[stop]:
                    scores[stop], starts[stop], chosen[stop] = reached + found[1], begin, found[0]
            if not single and reached + self._unknown_score > scores[begin + 1]:
                scores[begin + 1], starts[begin + 1], chosen[begin + 1] = reached + self._unknown_score, begin, None
        path: list[tuple[int, int, int | None]] = []
        stop = end
        while stop:
            path.append((starts[stop], stop, chosen[stop]))
            stop = starts[stop]
        ids: list[int] = []
        begun = -1  # where a run of unknown characters begins: it is one unknown token
        for start, _, number in [*reversed(path), (end, end, -1)]:
            if number is None:
                begun = start if begun < 0 else begun
                continue
            if begun >= 0:
                ids += self._fallen_back(word[begun:start])
                begun = -1
            if number >= 0:
                ids.append(number)
        return ids

    def _fallen_back(self, text: str) -> list[int]:
        numbers = [self._bytes[byte] for byte in text.encode()]
        if -1 not in numbers:
            return numbers
        return [] if self._unknown is None else [self._unknown]
