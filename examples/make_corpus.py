"""Make the example corpus: ``python examples/make_corpus.py``. The same bytes come out every time.

All text is original, written for textmill or put together from the sentences in ``examples/sentences.py``.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from sentences import CHINESE, ESSAY, FRENCH, GERMAN, SLOTS, STORY, TOPICS

HERE = Path(__file__).parent
WARC_DATE = "2026-01-15T12:00:00Z"

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
    return template[0].upper() + template[1:]


def paragraphs(templates: Sequence[str], count: int, *key: object) -> list[str]:
    """Paragraphs of four sentences; no template comes twice until all have been used."""
    order = sorted(templates, key=lambda template: hashlib.blake2b(repr((template, key)).encode()).digest())
    made = []
    for number in range(count):
        chosen = [order[(4 * number + offset) % len(order)] for offset in range(4)]
        made.append(" ".join(sentence(template, number, offset, *key) for offset, template in enumerate(chosen)))
    return made


def page(title: str, body: Sequence[str], language: str = "en") -> str:
    """An HTML page with what surrounds an article on the web."""
    links = "".join(f'<li><a href="/{word}">{word.title()}</a></li>' for word in ("home", "topics", "archive", "about"))
    text = "\n".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in body)
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<script>window.visits = (window.visits || 0) + 1;</script></head>\n<body><nav><ul>{links}</ul></nav>\n"
        f"<main><article><h1>{escape(title)}</h1>\n{text}\n</article></main>\n"
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
    """Ten articles on each topic."""
    return [
        (f"{topic.title()}, part {number + 1}", paragraphs(templates, 4, topic, number))
        for topic, templates in TOPICS.items()
        for number in range(10)
    ]


def make_warc(target: Path) -> None:
    """A crawl: requests, pages, an error page, and pages in other languages."""
    pages = [(title, body, "en") for title, body in articles()]
    pages += [("Der Fluss", GERMAN, "de"), ("La rivière", FRENCH, "fr"), ("城市的图书馆", CHINESE, "zh")]
    with target.open("wb") as sink:
        sink.write(warc_record("warcinfo", 0, "", b"software: textmill example\r\n", "application/warc-fields"))
        for number, (title, body, language) in enumerate(pages, start=1):
            uri = f"http://www.example.org/articles/{number}"
            request = f"GET /articles/{number} HTTP/1.1\r\nHost: www.example.org\r\n\r\n".encode()
            sink.write(warc_record("request", 2 * number, uri, request, "application/http; msgtype=request"))
            content = response(page(title, body, language))
            sink.write(warc_record("response", 2 * number + 1, uri, content, "application/http; msgtype=response"))
        gone = response(page("Not found", ["There is nothing here."]), "404 Not Found")
        sink.write(
            warc_record("response", 9999, "http://www.example.org/gone", gone, "application/http; msgtype=response")
        )


def make_records(target: Path) -> None:
    """JSON lines: good documents, duplicates, dirt, personal data, and lines that cannot be read."""
    bodies = [(title, "\n".join(body)) for title, body in articles()]
    good = [
        {
            "text": "\n".join(paragraphs(templates, 4, "record", topic, number)),
            "url": f"http://blog.example.org/{topic}/{number}",
        }
        for topic, templates in TOPICS.items()
        for number in range(4)
    ]
    near = []
    for number, record in enumerate(good[:12]):
        words = record["text"].split(" ")
        words[7 + number], words[-9] = "indeed", "certainly"
        near.append({"text": " ".join(words), "url": f"http://mirror.example.org/{number}"})
    personal = []
    for number, told in enumerate(PEOPLE):
        body = paragraphs(TOPICS["libraries"], 4, "personal", number)
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
    told = paragraphs(
        [*STORY["sentences"], *(template for group in TOPICS.values() for template in group)], 28, "novel"
    )
    chapters = [
        (
            f"Chapter {number + 1}",
            [*STORY["openings"][number : number + 1], *told[7 * number : 7 * number + 7]],
        )
        for number in range(4)
    ]
    manifest = "".join(
        f'<item id="c{number}" href="c{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{number}"/>' for number in range(len(chapters)))
    package = (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        'unique-identifier="id"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">'
        "textmill-example</dc:identifier><dc:title>The Ferry House</dc:title><dc:creator>The textmill authors"
        "</dc:creator><dc:language>en</dc:language></metadata><manifest>"
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'{manifest}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>\n'
    )
    container = (
        '<?xml version="1.0"?>\n<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>'
        "</container>\n"
    )
    files = {
        "META-INF/container.xml": container,
        "book/package.opf": package,
        "book/nav.xhtml": xhtml("Contents", ["Chapters"]),
    }
    files |= {f"book/c{number}.xhtml": xhtml(title, body) for number, (title, body) in enumerate(chapters)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", (2026, 1, 1, 0, 0, 0)), "application/epub+zip")
        for name, content in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    target.write_bytes(buffer.getvalue())


def xhtml(title: str, body: Sequence[str]) -> str:
    """A chapter."""
    text = "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in body)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{title}</title></head><body><h2>{title}</h2>\n{text}</body></html>\n"
    )


def main(folder: Path) -> int:
    """Write the corpus into an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pages").mkdir(parents=True)
    make_warc(folder / "web.warc.gz")
    for number, (topic, templates) in enumerate(TOPICS.items()):
        html = page(f"Notes on {topic}", paragraphs(templates, 4, "loose", topic))
        (folder / "pages" / f"{number}-{topic.replace(' ', '-')}.html").write_text(html, encoding="utf-8")
    make_records(folder / "records.jsonl")
    make_epub(folder / "novel.epub")
    every = [*STORY["sentences"], *(template for templates in TOPICS.values() for template in templates)]
    essay = [*ESSAY, *paragraphs(every, 30, "essay")]
    (folder / "essay.txt").write_text("\n\n".join(essay) + "\n", encoding="utf-8")
    shutil.copytree(HERE / "source_files", folder / "source", copy_function=shutil.copyfile)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "corpus"))
