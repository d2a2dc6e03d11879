"""Made-up pages to train on: real paragraphs in markup of many kinds, with what usually stands around it."""

from __future__ import annotations

import html
from dataclasses import dataclass
from random import Random

LINKS = (
    *("Home", "About us", "Contact", "Products", "Log in", "Help", "News", "Sport", "Culture", "Opinion", "Travel"),
    *("Privacy policy", "Terms of use", "Imprint", "Search", "Blog", "Subscribe", "Careers", "Support", "Shop"),
)
HOLDERS = (
    *("<article>{}</article>", '<div class="content">{}</div>', "<main>{}</main>", "{}", "<div>{}</div>"),
    *('<div id="article-body">{}</div>', "<main><article>{}</article></main>", '<div class="entry-content">{}</div>'),
)
MENUS = (("<nav>", "</nav>"), ("<div class=menu>", "</div>"), ("<header>", "</header>"), ("<ul class=nav>", "</ul>"))
RELATED = ("Related articles", "More stories", "You may also like", "Popular")
COMMENTS = ("<section id=comments>{}</section>", "<div class=comments>{}</div>", "<div id=disqus_thread>{}</div>")
BARE_PAGES = 0.35
"""How many pages have nothing around their content."""


def made_up_page(chance: Random, paragraphs: list[str]) -> tuple[str, str]:
    """A page, and the markup of its content alone."""
    maker = _Maker(chance, paragraphs)
    kind = chance.choice(("article",) * 5 + ("forum", "definitions", "breaks"))
    if kind == "article":
        page = content = chance.choice(HOLDERS).format(maker.article())
    elif kind == "forum":
        page, content = maker.forum()
    elif kind == "definitions":
        page = content = maker.definitions()
    else:
        page = content = f"<div>{'<br><br>'.join(maker.paragraph() for _ in range(chance.randint(3, 8)))}</div>"
    before, after = maker.around()
    title = maker.words(2, 6)
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{before}{page}{after}</body></html>", content


@dataclass
class _Maker:
    chance: Random
    paragraphs: list[str]

    def paragraph(self) -> str:
        return html.escape(self.chance.choice(self.paragraphs))

    def words(self, least: int, most: int) -> str:
        return " ".join(self.paragraph().split()[: self.chance.randint(least, most)])

    def each(self, template: str, least: int, most: int, most_words: int) -> str:
        """So many times the template with some words."""
        count = self.chance.randint(least, most)
        return "".join(template.format(self.words(1, most_words)) for _ in range(count))

    def element(self) -> str:
        """A part of an article."""
        chance = self.chance.random()
        level = self.chance.choice("234")
        if chance < 0.55:
            return f"<p>{self.paragraph()}</p>"
        if chance < 0.65:
            return f"<p>{self.words(3, 9)}.</p>"
        if chance < 0.72:
            return f"<h{level}>{self.words(2, 6)}</h{level}>"
        if chance < 0.80:
            name = self.chance.choice(("ul", "ol"))
            return f"<{name}>{self.each('<li>{}</li>', 2, 6, 14)}</{name}>"
        if chance < 0.85:
            rows = "".join(f"<tr>{self.each('<td>{}</td>', 3, 3, 4)}</tr>" for _ in range(self.chance.randint(2, 5)))
            return f"<table>{rows}</table>"
        if chance < 0.90:
            return f"<pre><code>{self.each('value = call({})' + chr(10), 1, 5, 2)}</code></pre>"
        if chance < 0.94:
            return f"<blockquote><p>{self.words(10, 40)}</p></blockquote>"
        if chance < 0.97:
            return f"<figure><img src=a.png alt='a picture'><figcaption>{self.words(2, 14)}</figcaption></figure>"
        return f"<p>Then <math><mi>x</mi><mo>=</mo><mn>{self.chance.randint(1, 9)}</mn></math> holds.</p>"

    def article(self) -> str:
        parts = [f"<h1>{self.words(4, 9)}</h1>"] if self.chance.random() < 0.6 else []
        parts += [self.element() for _ in range(self.chance.randint(2, 9))]
        rows = "".join(f"<tr>{self.each('<td>{}</td>', 2, 2, 2)}</tr>" for _ in range(2))
        last = (
            f"<p>{self.words(3, 10)}.</p>",
            f"<p>{self.paragraph()}</p>",
            "<p>Then <i>x</i> holds.</p>",
            f"<ul>{self.each('<li>{}</li>', 2, 2, 4)}</ul>",
            f"<ol start={self.chance.randint(1, 9)}>{self.each('<li>{}</li>', 2, 2, 5)}</ol>",
            f"<table>{rows}</table>",
        )
        return "\n".join([*parts, self.chance.choice(last)])

    def forum(self) -> tuple[str, str]:
        """Posts with and without the names of those who wrote them."""
        name = self.chance.choice(("post", "message", "reply", "topic-post", "comment-post"))
        user = self.chance.choice(("username", "author", "user"))
        page, content = "", ""
        for number in range(self.chance.randint(3, 9)):
            text = self.paragraph() if self.chance.random() < 0.8 else self.words(4, 12)
            body = f'<div class="{name}-body"><p>{text}</p></div>'
            page += f'<div class="{name}"><div class="{user}">user{number}</div>{body}</div>'
            content += body
        return page, content

    def definitions(self) -> str:
        entries = "".join(
            f"<dt>{self.words(1, 3)}</dt><dd>{self.words(6, 40)}</dd>" for _ in range(self.chance.randint(2, 8))
        )
        return f"<h1>{self.words(2, 6)}</h1><p>{self.paragraph()}</p><dl>{entries}</dl>"

    def comments(self) -> str:
        each = '<div class="comment"><span class="author">somebody</span> <p>{}</p><a href="#">Reply</a></div>'
        return self.chance.choice(COMMENTS).format(
            "<h3>Comments</h3>" * (self.chance.random() < 0.5) + self.each(each, 1, 6, 30)
        )

    def around(self) -> tuple[str, str]:
        """What stands before and behind the content."""
        before = after = ""
        chance = self.chance
        if chance.random() < BARE_PAGES:
            return "", self.comments() if chance.random() < 0.3 else ""
        if chance.random() < 0.7:
            begin, end = chance.choice(MENUS)
            links = "".join(f'<li><a href="/x">{name}</a></li>' for name in chance.sample(LINKS, chance.randint(3, 9)))
            before += f"{begin}{links}{end}"
        if chance.random() < 0.15:
            text = f"We use cookies to improve your experience. {self.words(5, 15)}"
            before += f'<div class="cookie-banner"><p>{text}</p><button>Accept</button></div>'
        if chance.random() < 0.4:
            after += '<div class="share"><a href=x>Share on Facebook</a> <a href=y>Tweet</a></div>'
        if chance.random() < 0.4:
            begin = chance.choice(("<aside>", "<aside class=sidebar>", "<div class=related>", "<div class=sidebar>"))
            links = self.each('<li><a href="/x">{}</a></li>', 2, 7, 12)
            after += f"{begin}<h3>{chance.choice(RELATED)}</h3><ul>{links}</ul></{begin[1:].split()[0].rstrip('>')}>"
        if chance.random() < 0.45:
            after += self.comments()
        if chance.random() < 0.6:
            after += f"<footer><p>Copyright 2024 {self.words(1, 3)}. All rights reserved.</p></footer>"
        return before, after
