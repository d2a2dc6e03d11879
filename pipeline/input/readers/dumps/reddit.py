"""Reddit as it is archived (RC_*, RS_*): comments and submissions put together to threads."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import orjson

from ...compression import decompress
from ...inputs import InputOptions
from ...parts import Part, open_part
from ..flood import Flood
from ..records import FIRST_BYTES, Quarantined, Record, Skipped, without_surrogates
from ..streams import Break, Line, lines
from .grouping import Grouping
from .threads import Post, add_post, threads

GONE = frozenset({"[deleted]", "[removed]", "[deleted by user]", "[unavailable]", "[ Removed by Reddit ]"})
IDENTIFIER = re.compile(r"[0-9a-z]{1,16}")


def read_reddit(part: Part, options: InputOptions) -> Iterator[Record]:
    """A document for each thread, with the scores of its posts in the metadata; deleted posts are left out.

    Only what stands in one file is put together. Where that is more than the memory should hold it goes to the
    temporary folder, which must have room for the texts of the whole file.
    """
    with Grouping(options.max_document_bytes) as grouping:
        with open_part(part) as source:
            stream = decompress(source, part.format.compression, part.allowance)
            flood = Flood(part.source, "id")
            for line in lines(stream, 0, None, options.max_document_bytes, can_seek=False, flood=flood):
                if isinstance(line, Break):
                    yield from flood.end()
                    yield Quarantined(source=part.source, position=line.offset, error=line.error, detail=line.detail)
                elif (record := _add(line, grouping, part, options)) is not None:
                    yield from flood.check(line, record)
            yield from flood.end()
        yield from threads(grouping, part, options, "web", _describe)


def _add(line: Line, grouping: Grouping, part: Part, options: InputOptions) -> Record | None:
    """Add the post of a line to its thread; what comes back is to be told."""

    def bad(error: str, detail: str) -> Quarantined:
        first = line.first_bytes if line.content is None else line.content[:FIRST_BYTES]
        return Quarantined(source=part.source, position=line.offset, error=error, detail=detail, first_bytes=first)

    if line.content is None:
        return bad("too_large", f"a line of {line.length} bytes; the limit is {options.max_document_bytes}")
    content = line.content.removeprefix(b"\xef\xbb\xbf") if line.offset == 0 else line.content
    if not content.strip():
        return None
    try:
        fields: Any = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        try:
            fields = json.loads(content.decode("utf-8"))  # accepts \ud800, which orjson does not
        except UnicodeDecodeError as wrong:
            return bad("invalid_utf8", f"byte {wrong.start} of the line: {wrong.reason}")
        except (ValueError, RecursionError):
            return bad("invalid_json", str(error))
    if not isinstance(fields, dict):
        return bad("not_an_object", f"a JSON {type(fields).__name__}, not an object")
    name = str(fields.get("id") or "").removeprefix("t1_").removeprefix("t3_")
    if not name:
        return bad("missing_text", "no field 'id'")
    is_comment = "body" in fields
    text = _text(fields.get("body")) if is_comment else _submission(fields)
    if text is None:
        return bad("missing_text", "neither 'body' nor 'title' or 'selftext' is a string")
    parent = thread = f"t3_{name}"
    if is_comment:
        linked = fields.get("link_id")
        thread = str(linked) if linked else f"t1_{name}"
        parent = str(fields.get("parent_id") or thread)
    post = Post(
        position=line.offset,
        id=f"{'t1' if is_comment else 't3'}_{name}",
        parent=parent if is_comment else None,
        text=text,
        order=(_whole(fields.get("created_utc")),),
        fields=_kept(
            fields, ("author", "score", "created_utc", *(() if is_comment else ("title", "url")), "subreddit")
        ),
    )
    add_post(grouping, thread, post)
    return (
        None
        if text
        else Skipped(reason="deleted or removed from Reddit" if _is_gone(fields) else "a post without text")
    )


def _describe(thread: str, ordered: list[tuple[Post, int]]) -> tuple[str | None, dict[str, Any]]:
    submission = next((post for post, _ in ordered if post.parent is None), None)
    subreddit = next((name for post, _ in ordered if (name := post.fields.get("subreddit"))), None)
    name = thread.partition("_")[2]
    metadata: dict[str, Any] = {"thread": name}
    if submission is not None:
        metadata |= {key: value for key, value in submission.fields.items() if key != "url"}
        linked = submission.fields.get("url")
        if linked and f"/comments/{name}/" not in str(linked):
            metadata["linked_url"] = linked
    if subreddit:
        metadata["subreddit"] = subreddit
    metadata["comments"] = [
        {
            "id": post.id.partition("_")[2],
            "depth": depth - int(submission is not None and depth > 0),  # as Reddit counts: its answers are at none
            **{key: value for key, value in post.fields.items() if key != "subreddit"},
        }
        for post, depth in ordered
        if post is not submission and post.text
    ]
    url = None
    if subreddit and IDENTIFIER.fullmatch(name) and thread.startswith("t3_"):
        url = f"https://www.reddit.com/r/{subreddit}/comments/{name}/"
    return url, metadata


def _submission(fields: dict[str, Any]) -> str | None:
    texts = [text for key in ("title", "selftext") if (text := _text(fields.get(key))) is not None]
    return "\n\n".join(text for text in texts if text) if texts else None


def _text(value: Any) -> str | None:
    """Text as its author wrote it: the archive keeps it escaped; empty where it is gone."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text in GONE:
        return ""
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return without_surrogates(text.replace("&#x200B;", "").replace("&nbsp;", " ").strip())


def _is_gone(fields: dict[str, Any]) -> bool:
    return any(str(fields.get(key)).strip() in GONE for key in ("body", "selftext", "title"))


def _kept(fields: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Fields that are there, as plain values."""
    kept: dict[str, Any] = {}
    for key in keys:
        value = fields.get(key)
        if isinstance(value, str):
            kept[key] = without_surrogates(html.unescape(value) if key == "title" else value)
        elif isinstance(value, (int, float)) and not (isinstance(value, int) and abs(value) >= 1 << 63):
            kept[key] = value
    return kept


def _whole(value: Any) -> int:
    """A time in seconds, which older archives hold as text."""
    try:
        seconds = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return 0
    return seconds if abs(seconds) < 1 << 53 else 0
