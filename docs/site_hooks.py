"""What the site needs besides Markdown: files of the repository are named, not linked; roles of docstrings are code."""

from __future__ import annotations

import re
from typing import Any

OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+[^)]*\)")
"""A link from a page to a file of the repository that is no page."""
ROLE = re.compile(r":(?:class|func|meth|data|mod|attr):(?:<code>|`)~?\.*([^<`]+)(?:</code>|`)")


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Name files that the site does not hold."""
    depth = page.file.src_uri.count("/")
    if depth:  # pages of guides and of the reference link to other pages
        return markdown
    return OUTSIDE.sub(r"`\1`", markdown)


def on_page_content(html: str, **_: Any) -> str:
    """Show what docstrings refer to by its last name."""
    return ROLE.sub(lambda found: f"<code>{found[1].rpartition('.')[2]}</code>", html)
