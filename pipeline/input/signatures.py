"""What dumps, mail, papers and the like are recognised by: their first bytes, else their names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from .charsets import CONTROL_CHARACTERS, looks_binary

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

MEDIAWIKI = re.compile(rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)?<mediawiki[\s>]", re.DOTALL)
STACKEXCHANGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?<(posts|comments|users|badges|votes|tags|posthistory|postlinks)>\s*(?:<row\s|</)",
    re.IGNORECASE,
)
REDDIT_FIELDS = re.compile(
    rb'"(subreddit|subreddit_id|created_utc|link_id|parent_id|selftext|is_self|num_comments|author_flair_text|permalink'
    rb'|stickied|gilded|retrieved_on|controversiality|over_18|num_crossposts)"\s*:'
)
FEWEST_REDDIT_FIELDS = 3
REDDIT_DUMP = re.compile(r"(?:.*_)?R[CS]_\d{4}-\d\d\b.*", re.IGNORECASE)
MAIL_SUFFIXES = (".mbox", ".mbx", ".eml", ".emlx", ".mht", ".mhtml")
MAIL_FIELD = re.compile(rb"[!-9;-~]+:")
"""Begins a header field (RFC 5322)."""
MAIL_ENVELOPE = re.compile(rb"From \S*@|From [^\r\n]*\d\d:\d\d")
"""The line before a message in a mailbox: a sender or a time, which no sentence has where it begins with "From"."""
MAIL_HEADERS = re.compile(
    rb"^(return-path|received|message-id|delivered-to|mime-version|from|to|subject|date|reply-to|in-reply-to|references"
    rb"|content-type|content-transfer-encoding|list-id|newsgroups|path|x-[a-z-]+)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
FEWEST_MAIL_HEADERS = 3
SUBTITLE_SUFFIXES = (".srt", ".vtt", ".sbv", ".ass", ".ssa")
SUBTITLE_FRAMES = re.compile(rb"(?:\s*\{\d{1,9}\}\{\d{1,9}\}[^\r\n]*\r?\n){2}")
SUBTITLE_CUE = re.compile(rb"\s*\d+\s*\r?\n\s*\d{1,3}:\d\d:\d\d[,.]\d+\s*-->")
LATEX_SUFFIXES = (".tex", ".ltx", ".latex")
LATEX_CLASS = re.compile(r"^[^%\n]*\\document(?:class|style)\b", re.MULTILINE)
BESIDE_NAMES = (
    "tex ltx latex bbl bib bst cls sty clo cfg def fd ist bbx cbx lbx dtx ins aux log out toc lof lot blg nav snm fls"
    " synctex eps epsf epsi ps pdf png jpg jpeg gif svg bmp tif tiff tikz pgf pdf_tex pdf_t pstex pstex_t eps_tex mp"
    " mps asy xbb bb fig dat csv txt md json xmpdata glo gls acn acr idx ind otf ttf pfb tfm map enc fmt xxx yaml yml"
)
BESIDE_A_PAPER = frozenset(f".{suffix}" for suffix in BESIDE_NAMES.split())
"""Suffixes of what lies beside the source of a paper; other files make a folder of code of an archive."""

UNREAD: tuple[tuple[bytes, str], ...] = (
    (rb"\x89PNG", "a PNG image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"GIF8", "a GIF image"),
    (rb"II\*\x00|MM\x00\*", "a TIFF image"),
    (rb"RIFF....WEBP", "a WebP image"),
    (rb"RIFF....(?:WAVE|AVI )", "sound or video"),
    (rb"OggS|fLaC|ID3[\x02-\x04]|\xff[\xfb\xf3\xf2]|\x1aE\xdf\xa3|\x00\x00..ftyp", "sound or video"),
    (rb"AT&TFORM....DJV", "a DjVu document"),
    (rb"\x7fELF|MZ[\x00-\xff][\x00-\x08]|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|\x00asm", "a program"),
    (rb"..\r\n[\x00-\x03]\x00\x00\x00", "compiled Python"),
    (rb"\xd0\xcf\x11\xe0", "an old Office document, or an encrypted one"),
    (rb"SQLite format 3\x00", "an SQLite database"),
    (rb"%!PS[-\r\n]|\xc5\xd0\xd3\xc6", "PostScript; convert it to PDF first"),
    (rb"Rar!\x1a\x07", "a RAR archive; unpack it first"),
    (
        rb"MSCF\x00|ISc\(|MSWIM\x00|xar!|\xed\xab\xee\xdb|!<arch>\n|07070[127]",
        "an archive that is not read; unpack it first",
    ),
    (rb"LZIP[\x00\x01]", "compressed by lzip; unpack it first"),
    (rb"\x1f[\x9d\xa0]", "compressed by compress (.Z); unpack it first"),
    (rb"\x89LZO\x00", "compressed by lzop; unpack it first"),
    (rb"\xff\x06\x00\x00sNaPpY", "compressed by Snappy; unpack it first"),
    (rb"Obj\x01", "an Avro file; convert it to Parquet first"),
    (rb"ORC[\x00-\x1f]", "an ORC file; convert it to Parquet first"),
    (
        rb"\x89HDF\r\n|\x93NUMPY|\x80[\x02-\x05][\x80-\xff]",
        "arrays or pickled objects; convert them to Parquet first",
    ),
    (rb"ITSF\x03|ITOLITLS", "a help file or book of Microsoft"),
    (rb"bplist00", "a binary property list"),
    (rb"\xd9\xd9\xf7", "a CBOR file; convert it to JSON lines first"),
    (rb"wOF[F2]|\x00\x01\x00\x00\x00|OTTO\x00|ttcf\x00", "a font"),
)
"""What is recognised only to say so: how it begins and what it is."""
IN_LETTERS = (b"%!PS", b"!<arch>\n")
"""How those of them begin that may have no control character in their first bytes."""
OFFICE_XML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml\b.{0,300}?<\?mso-application\s+progid\s*=\s*[\"'](Word|Excel|PowerPoint)\.", re.DOTALL
)
FLAT = {
    "Word": "a Word document that is one XML file; save it as .docx first",
    "Excel": "a spreadsheet",
    "PowerPoint": "slides",
}
"""Documents of Microsoft's Office that are one XML file, by the program that they name."""
FLAT_SUFFIXES = {".fods": "a spreadsheet", ".fodp": "slides", ".fodg": "a drawing"}
"""Those of LibreOffice, which say what they are behind kilobytes of namespaces."""
UNREAD_SUFFIXES = {".br": "compressed by Brotli; unpack it first", ".orc": "an ORC file; convert it to Parquet first"}
"""Of what no first bytes tell, when it is no text."""


def unread(head: bytes, name: str) -> str | None:
    """What a file of a format that is not read seems to be; None for others."""
    office = OFFICE_XML.match(head)
    if office is not None:
        return FLAT[office[1].decode()]
    flat = FLAT_SUFFIXES.get(PurePosixPath(name).suffix.lower())
    if flat is not None and b"<office:document" in head:
        return flat
    if head.translate(None, CONTROL_CHARACTERS) == head and not head.startswith(IN_LETTERS):
        return None  # a text may begin with "ORC" or "GIF89a"
    for beginning, what in UNREAD:
        if re.match(beginning, head, re.DOTALL):
            return what
    named = UNREAD_SUFFIXES.get(PurePosixPath(name).suffix.lower())
    return named if named and looks_binary(head) else None


def recognise(head: bytes, name: str) -> str | None:
    """The format of a dump, a notebook, mail, subtitles or a paper; None for all others.

    Args:
        head: First bytes of the file, decompressed.
        name: Its name without the suffix of a compression.
    """
    begin = head.removeprefix(BYTE_ORDER_MARK)
    for found, looks_like in (
        ("mediawiki", _looks_like_mediawiki),
        ("stackexchange", _looks_like_stackexchange),
        ("notebook", _looks_like_notebook),
        ("reddit", _looks_like_reddit),
        ("mail", _looks_like_mail),
        ("subtitles", _looks_like_subtitles),
        ("latex", _looks_like_latex),
    ):
        if looks_like(begin, name):
            return found
    return None


def looks_like_paper(names: Iterable[str]) -> bool:
    """Whether the members of an archive are one paper: a LaTeX file, and beside it only what belongs to one."""
    files = [PurePosixPath(name) for name in names if not name.endswith("/")]
    ours = [file for file in files if "anc" not in file.parts[:-1] and not file.name.startswith(("00README", "."))]
    suffixes = {file.suffix.lower() for file in ours}
    without = {file.name.lower() for file in ours if not file.suffix}
    return (
        not suffixes.isdisjoint(LATEX_SUFFIXES)
        and suffixes - {""} <= BESIDE_A_PAPER
        and without <= {"makefile", "readme", "license"}
    )


def _looks_like_mediawiki(head: bytes, _: str) -> bool:
    return MEDIAWIKI.match(head) is not None


def _looks_like_stackexchange(head: bytes, name: str) -> bool:
    return name.lower().endswith(".xml") and STACKEXCHANGE.match(head) is not None


def _looks_like_notebook(head: bytes, name: str) -> bool:
    """By the suffix, or by what the JSON of a notebook begins with."""
    in_content = b'"cells"' in head and b'"cell_type"' in head and b'"metadata"' in head
    return name.lower().endswith(".ipynb") or (head.lstrip().startswith(b"{") and in_content)


def _looks_like_reddit(head: bytes, name: str) -> bool:
    """By the fields of the first line, or by the archive's name for its files and one of them."""
    first = head.lstrip().partition(b"\n")[0]
    if not first.startswith(b"{") or re.search(rb'"text"\s*:', first):
        return False
    found = {match[1] for match in REDDIT_FIELDS.finditer(first)}
    return bool(found) if REDDIT_DUMP.fullmatch(name) else b"subreddit" in found and len(found) >= FEWEST_REDDIT_FIELDS


def _looks_like_mail(head: bytes, name: str) -> bool:
    """By the suffix; by the headers where there is none, as in a Maildir (``…:2,S``) or ``maildir/inbox/1.``.

    Mailing lists hand out their archives as ``.txt`` (Pipermail): such begin with an envelope and headers.
    """
    if name.lower().endswith(MAIL_SUFFIXES):
        return True
    suffix = PurePosixPath(name).suffix[1:].lower()
    if suffix not in ("", "txt") and not suffix.isdecimal() and ":2," not in name:
        return False
    first, _, rest = head.partition(b"\n")
    if MAIL_ENVELOPE.match(first) and MAIL_FIELD.match(rest):
        return MAIL_HEADERS.search(rest) is not None
    if suffix == "txt":
        return False
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    known = {header.lower() for header in MAIL_HEADERS.findall(fields)}
    return MAIL_HEADERS.match(head) is not None and len(known) >= FEWEST_MAIL_HEADERS


def _looks_like_subtitles(head: bytes, name: str) -> bool:
    named = name.lower().endswith(SUBTITLE_SUFFIXES)
    return (
        named
        or head.startswith((b"WEBVTT", b"[Script Info]"))
        or any(cue.match(head) for cue in (SUBTITLE_CUE, SUBTITLE_FRAMES))
    )


def _looks_like_latex(head: bytes, name: str) -> bool:
    """By the suffix; by the document class where there is none, or only a number as in arXiv's names."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in LATEX_SUFFIXES:
        return True
    return (not suffix or suffix[1:].isdecimal()) and LATEX_CLASS.search(head.decode("latin-1")) is not None
