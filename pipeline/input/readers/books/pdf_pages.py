"""Runs as a process of its own: reads a PDF from standard input and writes its lines of text as JSON.

PDFium is a million lines of foreign code that is fed with arbitrary bytes: should it crash, loop or fill the memory,
that ends this process and costs one row. Nothing of the package is imported, so that it starts in a tenth of a second.
"""

from __future__ import annotations

import json
import resource
import sys

import pypdfium2 as pdfium
import pypdfium2.raw as raw

CPU_SECONDS = 15
CPU_SECONDS_PER_PAGE = 0.02
MOST_TIMED_PAGES = 10_000
MOST_PAGES = 50_000
MOST_PAGE_CHARS = 1_000_000
WIDE_GAP = 1.0
"""Heights of a line, above which a gap in it parts columns."""
HYPHENS = (0x02, 0xFFFE)
"""What PDFium gives for a hyphen at a line's end."""
FORMAT_ERROR, PASSWORD, SECURITY = 3, 4, 5

Box = tuple[float, float, float, float]
Line = tuple[str, float, float, float, float]
"""Text, left, bottom, right, top."""


def main(most_chars: int, most_memory_bytes: int) -> dict[str, object]:
    """Read the PDF; what cannot be read comes as ``error`` and ``detail``."""
    _limit(resource.RLIMIT_AS, most_memory_bytes, most_memory_bytes)
    # The hard limit, which cannot be raised again, is that of the longest PDF from the beginning.
    most_seconds = _cpu_seconds(MOST_TIMED_PAGES) + 2
    _limit(resource.RLIMIT_CPU, CPU_SECONDS, most_seconds)
    _limit(resource.RLIMIT_CORE, 0, 0)
    content = sys.stdin.buffer.read()
    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() in (PASSWORD, SECURITY) or "assword" in str(error) or "ecurity" in str(error):
            return {"error": "unsupported", "detail": "the PDF is encrypted; save it without a password first"}
        return {"error": "corrupt", "detail": f"not a readable PDF: {error}"}
    count = len(document)
    if count > MOST_PAGES:
        return {"error": "too_large", "detail": f"a PDF of {count} pages"}
    _limit(resource.RLIMIT_CPU, _cpu_seconds(count), most_seconds)
    pages: list[dict[str, object]] = []
    lost: dict[str, str] = {}
    chars = 0
    for number in range(count):
        try:
            page = document[number]
            width, height = page.get_size()
            lines = _lines(page.get_textpage())
            page.close()
        except pdfium.PdfiumError as error:
            lost[f"page {number + 1}"] = str(error)
            continue
        chars += sum(len(line[0]) for line in lines)
        if chars > most_chars:
            return {"error": "too_large", "detail": f"its text is longer than the limit of {most_chars} bytes"}
        pages.append({"width": width, "height": height, "lines": lines})
    known = document.get_metadata_dict(skip_empty=True)
    return {"pages": pages, "count": count, "lost": lost, "title": known.get("Title"), "author": known.get("Author")}


def _limit(kind: int, soft: int, hard: int) -> None:
    """Set a limit, within the one that a cluster or a shell has set already."""
    _, given = resource.getrlimit(kind)
    most = hard if given == resource.RLIM_INFINITY else min(hard, given)
    resource.setrlimit(kind, (min(soft, most), most))


def _cpu_seconds(pages: int) -> int:
    return int(CPU_SECONDS + CPU_SECONDS_PER_PAGE * min(pages, MOST_TIMED_PAGES))


def _lines(page: pdfium.PdfTextPage) -> list[Line]:
    """Lines in the order in which the page draws them, parted at wide gaps."""
    text = page.raw
    count = min(raw.FPDFText_CountChars(text), MOST_PAGE_CHARS)
    codes = [raw.FPDFText_GetUnicode(text, index) for index in range(count)]
    found: list[Line] = []
    start = 0
    for index in range(count + 1):
        if index < count and codes[index] not in (10, 13):
            continue
        if index > start:
            _part(text, codes, start, index, found)
        start = index + 1
    return found


def _part(text: raw.FPDF_TEXTPAGE, codes: list[int], start: int, stop: int, found: list[Line]) -> None:
    visible = [index for index in range(start, stop) if codes[index] not in (0, 9, 32, 160)]
    if not visible:
        return
    boxes = [_box(text, index) for index in visible]
    wide = WIDE_GAP * max(1.0, *(box[3] - box[1] for box in boxes))
    first = 0
    for index in range(1, len(visible)):
        gap = boxes[index][0] - boxes[index - 1][2]
        if visible[index] != visible[index - 1] + 1 and (gap > wide or gap < -5 * wide):
            found.append(_line(codes, visible[first:index], boxes[first:index]))
            first = index
    found.append(_line(codes, visible[first:], boxes[first:]))


def _line(codes: list[int], visible: list[int], boxes: list[Box]) -> Line:
    within = codes[visible[0] : visible[-1] + 1]
    text = "".join("\u00ad" if code in HYPHENS else chr(code) for code in within if 0 < code < 0x110000)
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    # As high as its first character: a mark from another font would move the whole line.
    return text, min(box[0] for box in boxes), boxes[0][1], max(box[2] for box in boxes), boxes[0][3]


def _box(text: raw.FPDF_TEXTPAGE, index: int) -> Box:
    """Left, bottom, right and top, as high as the font, whichever character it is."""
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text, index, box)
    return round(box.left, 1), round(box.bottom, 1), round(box.right, 1), round(box.top, 1)


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
