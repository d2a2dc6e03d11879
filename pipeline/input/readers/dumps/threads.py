"""Threads: a first post and what was answered to it, as one document in the order of the tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from ...inputs import InputOptions
from ...parts import Part
from ..records import Document, Quarantined, Record, Skipped, without_surrogates
from .grouping import Grouping


@dataclass(frozen=True, kw_only=True)
class Post:
    """A post of a thread; what a grouping holds."""

    position: int
    """Where it stands in its file."""
    id: str
    parent: str | None
    """What it answers; None for what begins a thread."""
    text: str
    order: tuple[int, ...]
    """Answers to one post come in this order, and where it is the same in that of the file."""
    fields: dict[str, Any]
    """What goes to the metadata; ``accepted_answer`` is the number of the answer that comes before all others."""

    def packed(self) -> bytes:
        """Its bytes."""
        return orjson.dumps(
            [self.position, self.id, self.parent, self.text, self.order, self.fields], option=orjson.OPT_NON_STR_KEYS
        )


Describe = Callable[[str, list[tuple[Post, int]]], tuple[str | None, dict[str, Any]]]
"""URL and metadata of a thread: by its key, and its posts with their depths."""


def add_post(grouping: Grouping, thread: str, post: Post) -> None:
    """Add a post to its thread."""
    grouping.add(thread.encode(), post.packed())


def threads(grouping: Grouping, part: Part, options: InputOptions, kind: str, describe: Describe) -> Iterator[Record]:
    """A document for each thread, whose position is that of its first post in the file.

    A post whose parent is not in the file stands as if it began the thread. What has no text holds its place only.
    """
    for key, rows, size in grouping.groups():
        posts = [_unpacked(row) for row in rows]
        position = min(post.position for post in posts)
        if size > options.max_document_bytes:
            detail = f"a thread of {size} bytes; the limit is {options.max_document_bytes}"
            yield Quarantined(source=part.source, position=position, error="too_large", detail=detail)
            continue
        once: dict[str, Post] = {}
        for post in sorted(posts, key=lambda post: post.position):
            if once.setdefault(post.id, post) is not post:
                yield Skipped(reason="a post that came before")
        ordered = _in_order(list(once.values()))
        texts = [post.text for post, _ in ordered if post.text]
        if not texts:
            continue  # each of its posts was told when it was read
        url, metadata = describe(key.decode(), ordered)
        yield Document(
            position=position, text=without_surrogates("\n\n".join(texts)), kind=kind, url=url, metadata=metadata
        )


def _unpacked(row: bytes) -> Post:
    position, name, parent, text, order, fields = orjson.loads(row)
    return Post(position=position, id=name, parent=parent, text=text, order=tuple(order), fields=fields)


def _in_order(posts: list[Post]) -> list[tuple[Post, int]]:
    """Posts and their depths: each followed by its answers and theirs."""
    known = {post.id for post in posts}
    accepted = {str(post.fields["accepted_answer"]) for post in posts if post.fields.get("accepted_answer")}
    answers: dict[str, list[Post]] = {}
    first: list[Post] = []
    for post in sorted(posts, key=lambda post: (post.id not in accepted, post.order, post.position)):
        if post.parent is None or post.parent not in known or post.parent == post.id:
            first.append(post)
        else:
            answers.setdefault(post.parent, []).append(post)
    first.sort(key=lambda post: post.parent is not None)
    ordered: list[tuple[Post, int]] = []
    seen: set[str] = set()
    # What no beginning leads to are posts that answer each other in a circle.
    for begin in (*first, *posts):
        stack = [(begin, 0)]
        while stack:
            post, depth = stack.pop()
            if post.id not in seen:
                seen.add(post.id)
                ordered.append((post, depth))
                stack += [(answer, depth + 1) for answer in reversed(answers.get(post.id, ()))]
    return ordered
