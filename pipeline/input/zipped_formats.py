"""Tell what a ZIP archive is: a book or document, something that is told, or a folder of files."""

from __future__ import annotations

import re

FORMATS: tuple[tuple[str, tuple[bytes, ...], str], ...] = (
    ("epub", (b"mimetypeapplication/epub+zip", b"mimetypeapplication/x-ibooks+zip"), ".epub .ibooks"),
    (
        "odt",
        (b"mimetypeapplication/vnd.oasis.opendocument.text", b"mimetypeapplication/vnd.sun.xml.writer"),
        ".odt .ott .sxw .stw",
    ),
    (
        "a spreadsheet",
        (
            b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            b"mimetypeapplication/vnd.sun.xml.calc",
            b"xl/workbook.",
        ),
        ".xlsx .xlsm .xltx .xltm .xlsb .xlam .ods .ots .sxc .stc",
    ),
    (
        "slides",
        (
            b"mimetypeapplication/vnd.oasis.opendocument.pres",
            b"mimetypeapplication/vnd.sun.xml.impress",
            b"ppt/presentation.xml",
            b"theme/presentation.xml",
        ),
        ".pptx .pptm .ppsx .ppsm .potx .potm .thmx .odp .otp .sxi .sti",
    ),
    (
        "a drawing or a formula",
        (
            b"mimetypeapplication/vnd.oasis.opendocument.",
            b"mimetypeapplication/vnd.sun.xml.",
            b"visio/document.xml",
        ),
        ".vsdx .vsdm .vssx .vssm .vstx .vstm .odg .otg .odf .sxd .std .sxm",
    ),
    ("an InDesign document; export it as EPUB first", (b"mimetypeapplication/vnd.adobe.indesign",), ".idml"),
    ("an XPS document; convert it to PDF first", (b"FixedDocSeq.fdseq", b"FixedDocumentSequence.fdseq"), ".xps .oxps"),
    (
        "a document of Apple's iWork; export it as Word or EPUB first",
        (b"Index/Document.iwa", b"index.apxl"),
        ".pages .numbers .key",
    ),
    ("docx", (b"word/document.xml", b"[Content_Types].xml"), ".docx .docm .dotx .dotm"),
    ("epub", (b"META-INF/container.xml",), ""),
    ("a program", (b"META-INF/MANIFEST.MF", b"AndroidManifest.xml"), ".jar .apk .war .ear"),
)
"""Archives that are one document: format or what they are, what their beginning holds, how they are called."""

BEGINNING = re.compile(rb"(?:PK\x07\x08|PK00)?PK\x03\x04|PK\x05\x06")
"""A file, also behind the mark of an archive that was to have several parts; the end of one without files."""
HEADER_BYTES = 30
"""Before the name of the first file."""


def zipped_format(head: bytes, suffix: str) -> str:
    """What a ZIP archive is by its suffix, or by its beginning; else ``zip``, a folder of files.

    What is no format that is read has a name of several words, or is ``slides``.
    """
    by_name = (what for what, _, suffixes in FORMATS if suffix and suffix in suffixes.split())
    # What is called an archive is one, unless it begins with a declaration; it may well hold the parts of a document.
    found_signs = [(what, sign) for what, signs, _ in FORMATS for sign in signs if sign in head]
    is_office = head.startswith(b"[Content_Types].xml", HEADER_BYTES)
    by_content = (what for what, sign in found_signs if suffix != ".zip" or is_office or sign.startswith(b"mimetype"))
    return next(by_name, None) or next(by_content, "zip")
