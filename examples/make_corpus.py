"""Make the example corpus: ``python examples/make_corpus.py``. The same bytes come out every time.

All text is original, written for textmill or put together from the sentences in ``examples/sentences.py``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from sentences import (
    CHINESE,
    CHINESE_TEA,
    COMMON,
    ESSAY,
    FRENCH,
    FRENCH_MARKET,
    GERMAN,
    GERMAN_BREAD,
    SLOTS,
    STORY,
    TOPICS,
)

HERE = Path(__file__).parent
WARC_DATE = "2026-01-15T12:00:00Z"
COOKIES = "We use cookies. <button>Accept all</button> <button>Settings</button>"

PEOPLE = (
    "Please write to anna.berger@example.com or to the editor at editor@mail.example.org with your corrections.",
    "The office can be reached under (212) 555-0147 on weekdays, or under +44 20 7946 0958 from abroad.",
    "The old server answered at 8.8.8.8 for years, and the new one at 2001:4860:4860::8888 has taken its place.",
    "A test payment with the card 4111 1111 1111 1111 was refunded on the same afternoon without any trouble.",
)


def pick(options: Sequence[str], *key: object) -> str:
    """Choose by a hash of the key: no random numbers, so nothing depends on the Python version."""
    digest = hashlib.blake2b(repr(key).encode(), digest_size=8).digest()
    return options[int.from_bytes(digest, "big") % len(options)]


def sentence(template: str, *key: object) -> str:
    """Fill the slots of a template."""
    for slot, words in SLOTS.items():
        count = 0
        while f"{{{slot}}}" in template:
            template = template.replace(f"{{{slot}}}", pick(words, slot, count, *key), 1)
            count += 1
    template = re.sub(r"\ba (?=[aeiou]\w)(?!one\b)", "an ", template)
    opening = 1 if template.startswith('"') else 0
    return template[:opening] + template[opening].upper() + template[opening + 1 :]


def shuffled(templates: Sequence[str], *key: object) -> list[str]:
    """Bring templates into an order that only depends on the key."""
    return sorted(templates, key=lambda template: hashlib.blake2b(repr((template, key)).encode()).digest())


def paragraphs(templates: Sequence[str], count: int, *key: object) -> list[str]:
    """Paragraphs of three to five sentences; no template comes twice until all have been used."""
    order = shuffled(templates, key)
    made, used = [], 0
    for number in range(count):
        length = 3 + int(pick("012", "length", number, *key))
        chosen = [order[(used + offset) % len(order)] for offset in range(length)]
        made.append(" ".join(sentence(template, number, offset, *key) for offset, template in enumerate(chosen)))
        used += length
    return made


def paragraphs_of_all(templates: Sequence[str], *key: object) -> list[str]:
    """Paragraphs that use every template once."""
    order = shuffled(templates, "all", *key)
    made = [sentence(template, number, *key) for number, template in enumerate(order)]
    return [" ".join(made[start : start + 5]) for start in range(0, len(made), 5)]


def article(topic: str, *key: object) -> list[str]:
    """Six or seven paragraphs on a topic, with some sentences that suit any."""
    asides = shuffled(COMMON, "asides", topic, *key)[:16]
    return paragraphs([*TOPICS[topic], *asides], 6 + int(pick("01", "count", topic, *key)), topic, *key)


def page(title: str, body: Sequence[str], language: str = "en") -> str:
    """An HTML page with what surrounds an article on the web."""
    links = "".join(f'<li><a href="/{word}">{word.title()}</a></li>' for word in ("home", "topics", "archive", "about"))
    text = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in body)
    banner = pick(("", f'<div class="cookie-banner" role="dialog">{COOKIES}</div>\n'), "banner", title)
    aside = pick(("", f'<aside class="sidebar"><h2>Read on</h2><ul>{links}</ul></aside>\n'), "aside", title)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<script>window.visits = (window.visits || 0) + 1;</script></head>\n<body><nav><ul>{links}</ul></nav>\n"
        f"{banner}<main><article><h1>{escape(title)}</h1>\n{text}\n</article></main>\n{aside}"
        "<footer><p>Use of cookies: this site counts visits. Terms of use. Privacy policy.</p></footer></body></html>\n"
    )


def warc_record(kind: str, number: int, uri: str, payload: bytes, content_type: str) -> bytes:
    """One record, compressed on its own."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{number:012d}>\r\n"
        f"WARC-Date: {WARC_DATE}\r\nWARC-Target-URI: {uri}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(payload)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + payload + b"\r\n\r\n", 9, mtime=0)


def response(html: str, status: str = "200 OK") -> bytes:
    """An HTTP response with a page."""
    return f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}".encode()


def articles() -> list[tuple[str, list[str]]]:
    """Eight articles on each topic."""
    return [(f"{topic.title()}, part {number + 1}", article(topic, number)) for topic in TOPICS for number in range(8)]


def make_warc(target: Path) -> None:
    """A crawl: requests, pages, metadata, a redirect, error pages, a picture, and pages in other languages."""
    pages = [(title, body, "en") for title, body in articles()]
    pages += [
        ("Der Fluss", GERMAN, "de"),
        ("Vom Brot", GERMAN_BREAD, "de"),
        ("La rivière", FRENCH, "fr"),
        ("Le marché", FRENCH_MARKET, "fr"),
        ("城市的图书馆", CHINESE, "zh"),
        ("山里的茶", CHINESE_TEA, "zh"),
    ]
    answer = "application/http; msgtype=response"
    fields = "application/warc-fields"
    with target.open("wb") as sink:
        sink.write(warc_record("warcinfo", 0, "", b"software: textmill example\r\n", fields))
        for number, (title, body, language) in enumerate(pages, start=1):
            uri = f"http://www.example.org/articles/{number}"
            request = f"GET /articles/{number} HTTP/1.1\r\nHost: www.example.org\r\n\r\n".encode()
            sink.write(warc_record("request", 3 * number, uri, request, "application/http; msgtype=request"))
            content = response(page(title, body, language))
            sink.write(warc_record("response", 3 * number + 1, uri, content, answer))
            if number % 8 == 0:
                sink.write(warc_record("metadata", 3 * number + 2, uri, b"fetchTimeMs: 12\r\n", fields))
        gone = page("Not found", ["There is nothing here."])
        moved = page("Moved", ["This page has moved."])
        failed = page("Error", ["Something went wrong."])
        picture = b"HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n\r\nGIF89a\x01\x00\x01\x00\x00\x00\x00;"
        for number, (name, content) in enumerate(
            [
                ("gone", response(gone, "404 Not Found")),
                ("moved", response(moved, "301 Moved Permanently")),
                ("failed", response(failed, "500 Internal Server Error")),
                ("picture.gif", picture),
                ("empty", response(page("Soon", []))),
            ]
        ):
            sink.write(warc_record("response", 9990 + number, f"http://www.example.org/{name}", content, answer))


def make_records(target: Path) -> None:
    """JSON lines: good documents, duplicates, dirt, personal data, and lines that cannot be read."""
    bodies = [(title, "\n".join(body)) for title, body in articles()]
    good = [
        {
            "text": "\n".join(article(topic, "record", number)),
            "url": f"http://blog.example.org/{topic}/{number}",
        }
        for topic in TOPICS
        for number in range(3)
    ]
    near = []
    for number, record in enumerate(good[:12]):
        words = record["text"].split(" ")
        words[7 + number], words[-9] = "indeed", "certainly"
        near.append({"text": " ".join(words), "url": f"http://mirror.example.org/{number}"})
    personal = []
    for number, told in enumerate(PEOPLE):
        body = article("libraries", "personal", number)
        personal.append({"text": "\n".join([*body[:2], told, *body[2:]]), "author": "staff"})
    dirt = [
        {"text": "cheap shoes best price cheap boots buy now " * 40},
        {"text": "Click here to read more.\n" * 30},
        {"text": "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 6},
        {"text": "Please enable JavaScript to view this page."},
        {"text": "Home | Products | Contact | Login | Register | Help"},
        {"text": "# # # # # # sale # # # # # # sale # # # # # #"},
        {"text": ""},
        {
            "text": bodies[5][1]
            + "\nThe log ends with <|endoftext|> and goes on behind it, as if it were a word like others."
        },
        {"text": bodies[3][1], "url": "http://copy.example.net/3", "note": "an exact copy of a page in the crawl"},
    ]
    lines = [json.dumps(record, ensure_ascii=False) for record in [*good, *good[3:9], *near, *personal, *dirt]]
    lines[4:4] = ['{"text": "this line breaks off', '{"title": "no text here"}', '["not", "an", "object"]']
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def make_epub(target: Path) -> None:
    """A small novel as EPUB 3."""
    # No template comes twice in a book: the rules against repetition would rightly call it spam.
    told, groups = STORY["sentences"], list(TOPICS.values())
    chapters = []
    for number, opening in enumerate(STORY["openings"]):
        templates = [*told[number::4], *COMMON[number::4], *groups[2 * number], *groups[2 * number + 1]]
        chapters.append((f"Chapter {number + 1}", [opening, *paragraphs_of_all(templates, "novel", number)]))
    manifest = "".join(
        f'<item id="c{number}" href="c{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">'
        "textmill-example</dc:identifier><dc:title>The Ferry House</dc:title><dc:creator>The textmill authors"
        '</dc:creator><dc:language>en</dc:language><meta property="dcterms:modified">'
        f"{WARC_DATE}</meta></metadata><manifest>"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'{manifest}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>\n'
    )
    links = "".join(f'<li><a href="c{number}.xhtml">{title}</a></li>' for number, (title, _) in enumerate(chapters))
    contents = f'<nav epub:type="toc"><ol>{links}</ol></nav>\n'
    container = (
        '<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>\n"
    )
    files = {
        "META-INF/container.xml": container,
        "book/package.opf": package,
        "book/nav.xhtml": xhtml("Contents", contents),
    }
    files |= {
        f"book/c{number}.xhtml": xhtml(title, "".join(f"<p>{escape(text, quote=False)}</p>\n" for text in body))
        for number, (title, body) in enumerate(chapters)
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", (2026, 1, 1, 0, 0, 0)), "application/epub+zip")
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    target.write_bytes(buffer.getvalue())


def xhtml(title: str, body: str) -> str:
    """A chapter, or the table of contents."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:epub="http://www.idpf.org/2007/ops"><head><title>{title}</title></head><body><h2>{title}</h2>\n'
        f"{body}</body></html>\n"
    )


def main(folder: Path) -> int:
    """Write the corpus into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pages").mkdir(parents=True)
    make_warc(folder / "web.warc.gz")
    for number, topic in enumerate(TOPICS):
        html = page(f"Notes on {topic}", article(topic, "loose"))
        (folder / "pages" / f"{number:02}-{topic.replace(' ', '-')}.html").write_text(html, encoding="utf-8")
    make_records(folder / "records.jsonl")
    make_epub(folder / "novel.epub")
    essay = [*ESSAY]
    for number, templates in enumerate(TOPICS.values()):
        essay += paragraphs_of_all([*templates, *COMMON[number::10], *STORY["sentences"][number::10]], "essay", number)
    (folder / "essay.txt").write_text("\n\n".join(essay) + "\n", encoding="utf-8")
    shutil.copytree(HERE / "source_files", folder / "source", copy_function=shutil.copyfile)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"))
