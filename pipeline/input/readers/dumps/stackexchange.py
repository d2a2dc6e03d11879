"""StackExchange's Posts.xml: one document for each question with its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from ...compression import decompress
from ...inputs import InputOptions
from ...parts import Part, open_part
from ...signatures import BYTE_ORDER_MARK, STACKEXCHANGE
from ..flood import Flood
from ..records import FIRST_BYTES, Quarantined, Record, Skipped, without_surrogates
from ..streams import Line, read_head
from .bodies import html_text
from .elements import Element, Elements, nodes
from .grouping import Grouping
from .threads import Post, add_post, threads

QUESTION, ANSWER = "1", "2"
TYPES = {
    "3": "orphaned tag wiki", "4": "excerpt of a tag wiki", "5": "tag wiki", "6": "moderator nomination", "7": "wiki",
    "8": "privilege wiki", "9": "article", "10": "help article", "12": "collection", "17": "tag wiki",
}  # fmt: skip
HEAD_BYTES = 1 << 12
TAG = re.compile(r"[^<>|]+")


def read_stackexchange(part: Part, options: InputOptions) -> Iterator[Record]:
    """A document for each question: title, question, the accepted answer, the others by score.

    Answers whose question is not in the file make a document of their own. See :class:`Grouping` for what large files
    take of the disk.
    """
    with Grouping(options.max_document_bytes) as grouping:
        with open_part(part) as source:
            stream = decompress(source, part.format.compression, part.allowance)
            head = read_head(stream, HEAD_BYTES)
        table = STACKEXCHANGE.match(head.removeprefix(BYTE_ORDER_MARK))
        if table is not None and table[1].lower() != b"posts":
            detail = f"StackExchange's table of {table[1].decode()}; only Posts.xml is read"
            yield Quarantined(
                source=part.source, position=0, error="unsupported", detail=detail, first_bytes=head[:256]
            )
            return
        with open_part(part) as source:
            stream = decompress(source, part.format.compression, part.allowance)
            flood = Flood(part.source, "row")
            for element in Elements("row", options.max_document_bytes, empty=True).find(stream):
                record = _add(element, grouping, part)
                if record is not None:
                    yield from flood.check(Line(element.offset, element.content), record)
            yield from flood.end()
        yield from threads(grouping, part, options, "web", _describe)


def _add(element: Element, grouping: Grouping, part: Part) -> Record | None:
    """Add a row's post to its thread; what comes back is to be told."""

    def bad(error: str, detail: str) -> Quarantined:
        first = element.content[:FIRST_BYTES]
        return Quarantined(source=part.source, position=element.offset, error=error, detail=detail, first_bytes=first)

    if element.error:
        return bad(element.error, element.detail)
    try:
        row = nodes(element.content)[0].attributes
    except expat.ExpatError as error:
        return bad("corrupt", f"a row that is not well-formed: {error}")
    kind, name, body = row.get("PostTypeId"), row.get("Id"), row.get("Body")
    if kind not in (QUESTION, ANSWER):
        return Skipped(reason=f"StackExchange {TYPES.get(kind or '', f'post of type {kind}')}")
    if not name or body is None:
        return bad("missing_text", "a post without Id or Body")
    text = html_text(body)
    score = _number(row.get("Score"))
    fields: dict[str, Any] = {"id": name, "score": score}
    for key, field in (("CreationDate", "created"), ("ContentLicense", "license"), ("OwnerUserId", "user")):
        if row.get(key):
            fields[field] = row[key]
    if kind == QUESTION:
        title = row.get("Title", "").strip()
        text = "\n\n".join(piece for piece in (title, text) if piece)
        tags = TAG.findall(row.get("Tags", ""))
        fields |= {"title": title, "tags": tags, "accepted_answer": row.get("AcceptedAnswerId")}
        for key, field in (("ViewCount", "views"), ("ClosedDate", "closed")):
            if row.get(key):
                fields[field] = row[key] if field == "closed" else _number(row[key])
    post = Post(
        position=element.offset,
        id=name,
        parent=row.get("ParentId", "") if kind == ANSWER else None,
        text=without_surrogates(text),
        order=(-(score or 0), _number(name) or 0),
        fields=fields,
    )
    thread = name if kind == QUESTION else row.get("ParentId") or f"answer {name}"
    add_post(grouping, thread, post)
    return None if text else Skipped(reason="a post without text")


def _describe(thread: str, ordered: list[tuple[Post, int]]) -> tuple[str | None, dict[str, Any]]:
    question = next((post for post, _ in ordered if post.parent is None), None)
    metadata: dict[str, Any] = {"question": thread}
    if question is None:
        metadata["question_missing"] = True
    else:
        metadata |= {
            key: value for key, value in question.fields.items() if value not in (None, "", []) and key != "id"
        }
    metadata["answers"] = [
        {key: value for key, value in post.fields.items() if value is not None}
        for post, _ in ordered
        if post is not question and post.text
    ]
    return None, metadata


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"-?\d{1,15}", value) else None
