"""Subtitles (SubRip, WebVTT, SubViewer, Substation Alpha): what is said, without times and markup; one a file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from ...charsets import decode
from ...inputs import InputOptions
from ...parts import Part
from ..records import FIRST_BYTES, Document, Quarantined, Record, without_surrogates
from ..text import read_whole

LARGEST_BYTES = 10_000_000
TIMES = re.compile(r"\s*(?:\d+:)?\d{1,3}:\d\d[,.]\d{1,3}\s*-->\s*(?:\d+:)?\d{1,3}:\d\d[,.]\d{1,3}")
COMMA_TIMES = re.compile(r"\d{1,3}:\d\d:\d\d\.\d{1,3},\d{1,3}:\d\d:\d\d\.\d{1,3}\s*\Z")
"""The times of SubViewer (``.sbv``), which have a line to themselves."""
FRAMES = re.compile(r"^[ \t]*\{\d{1,9}\}\{\d{1,9}\}(?:\{[A-Za-z]:[^{}\n]{0,100}\})*", re.MULTILINE)
"""The numbers of pictures before each line of MicroDVD (``.sub``), and how it is to be shown."""
FRAMED = "\n0:00:00.000 --> 0:00:00.000\n"
EVENTS = re.compile(r"^[ \t]*\[Events\]", re.MULTILINE | re.IGNORECASE)
"""Where the lines of Substation Alpha begin."""
FIELDS_OF_A_LINE = 10
DRAWING = re.compile(r"\{[^{}]*\\p[1-9]")
MARKUP = re.compile(r"</?[a-zA-Z][^<>\n]{0,300}>|<\d\d?:[\d:.]+>|\{\\[^{}\n]{0,300}\}")
"""Tags of both formats, times within a cue, and what editors take over from Substation Alpha."""
OVERRIDE = re.compile(r"\{[^{}\n]{0,2000}\}")
"""Tags and comments within a line of Substation Alpha."""
NO_CUES = re.compile(r"(?:WEBVTT|NOTE|STYLE|REGION)(?:\s|\Z)")


def read_subtitles(part: Part, options: InputOptions) -> Iterator[Record]:
    """The one document of a file: a line of text for each line on the screen, cues in the file's order."""
    content = read_whole(part, options.max_record_bytes)
    if isinstance(content, Quarantined):
        yield content
        return
    if len(content) > LARGEST_BYTES:
        detail = f"subtitles of {len(content)} bytes; a long film has a hundredth of them"
        yield Quarantined(source=part.source, position=0, error="too_large", detail=detail)
        return
    spoken = _spoken(without_surrogates(decode(content, codec=options.encoding).text))
    if spoken is None:
        detail = "named as subtitles, but no line holds times such as 00:00:01,000 --> 00:00:02,000"
        yield Quarantined(
            source=part.source, position=0, error="corrupt", detail=detail, first_bytes=content[:FIRST_BYTES]
        )
        return
    yield Document(position=0, text=spoken, kind="other")


def _spoken(text: str) -> str | None:
    """The text of all cues; None when there is no cue at all."""
    if FRAMES.match(text.lstrip()) is not None:
        text = FRAMES.sub(FRAMED, text).replace("|", "\n")
    if (events := EVENTS.search(text)) is not None and TIMES.search(text) is None:
        return _dialogue(text[events.end() :])
    spoken: list[str] = []
    in_cue = cues = False
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if _is_times(line):
            in_cue = cues = True
            continue
        if not line.strip():
            # Some programs write empty lines within a cue: it ends where a number, a name or times follow.
            in_cue = in_cue and not _begins_cue(lines, index + 1)
            continue
        if not in_cue:
            continue
        if _is_times(lines[index + 1] if index + 1 < len(lines) else "") and line.strip().isdigit():
            continue  # no empty line between two cues
        line = line.replace("[br]", "\n")
        line_text = html.unescape(MARKUP.sub("", line)).strip()
        if line_text and (not spoken or spoken[-1] != line_text):  # rolling captions say each line twice
            spoken.append(line_text)
    return "\n".join(spoken) if cues else None


def _is_times(line: str) -> bool:
    return TIMES.match(line) is not None or COMMA_TIMES.match(line) is not None


def _dialogue(events: str) -> str | None:
    """What is said in the lines of Substation Alpha: the last of their fields, which a line before them names."""
    spoken: list[str] = []
    fields = FIELDS_OF_A_LINE
    cues = False
    for line in events.splitlines():
        name, _, value = line.strip().partition(":")
        if name == "Format":
            fields = value.count(",") + 1
        elif name == "Dialogue" and value.count(",") >= fields - 1:
            cues = True
            said = value.split(",", fields - 1)[-1]
            if DRAWING.search(said) is None:
                said = OVERRIDE.sub("", said).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ").strip()
                if said and (not spoken or spoken[-1] != said):  # several layers say the same
                    spoken.append(said)
    return "\n".join(spoken) if cues else None


def _begins_cue(lines: list[str], index: int) -> bool:
    following = lines[index : index + 2]
    if not following or not following[0].strip():
        return False
    return any(_is_times(line) for line in following) or bool(following and NO_CUES.match(following[0]))
