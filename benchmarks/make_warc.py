"""Make a WARC of a crawl's size from folders of HTML pages: ``python benchmarks/make_warc.py OUT.warc.gz FOLDER…``."""

from __future__ import annotations

import argparse
import gzip
import io
import sys
from pathlib import Path
from urllib.parse import quote
from uuid import UUID


def write(sink: io.BufferedWriter, pages: list[Path], megabytes: float) -> tuple[int, int]:
    """Write pages as records of one gzip member each until there are enough; returns records and bytes of HTML."""
    compressed = sink.name.endswith(".gz")
    records = page_bytes = 0
    for number, page in enumerate(pages):
        if page_bytes >= megabytes * 1e6:
            break
        content = page.read_bytes()
        payload = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + content
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{UUID(int=number)}>\r\n"
            f"WARC-Date: 2026-01-01T00:00:00Z\r\nWARC-Target-URI: http://example.org/{number}/{quote(page.name)}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(payload)}\r\n\r\n"
        )
        member = head.encode() + payload + b"\r\n\r\n"
        sink.write(gzip.compress(member, 6, mtime=0) if compressed else member)
        records += 1
        page_bytes += len(content)
    return records, page_bytes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--megabytes", type=float, default=1e9, help="stop at so much HTML")
    given = parser.parse_args()
    pages = [page for folder in given.folders for page in sorted(folder.rglob("*.htm*")) if page.is_file()]
    with given.output.open("wb") as sink:
        records, page_bytes = write(sink, pages, given.megabytes)
    print(f"{records} records, {page_bytes / 1e6:.0f} MB of HTML, {given.output.stat().st_size / 1e6:.0f} MB of WARC")
    return 0


if __name__ == "__main__":
    sys.exit(main())
