"""Copies of one page fetched at several times: documents of the same address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa
import xxhash

from ..base.step import DocumentDeduplicator, Keep, Keys

_DEFAULT_PORTS = {"http": 80, "https": 443, "": None}
_TRACKING = ("utm_", "fbclid=", "gclid=", "msclkid=", "dclid=", "mc_cid=", "mc_eid=", "yclid=")


@dataclass(frozen=True, kw_only=True)
class UrlDedup(DocumentDeduplicator):
    """Of the documents of one URL keep the newest.

    URLs are the same when they agree but for the scheme (http or https), capitals in the host, a leading ``www.``, the
    default port, the fragment, slashes at the end of the path, percent-encoding, the order of the query's parameters,
    and parameters that only track visitors (``utm_…``, ``gclid`` and their like). Documents without a URL are never
    removed.

    Source: C4 (Raffel et al. 2020) as TensorFlow Datasets builds it groups pages by normalised URL and keeps the
    newest. Ours takes the date from the metadata, and normalises more.

    Args:
        keep: Which document of a URL stays: "newest" by default; without dates that is the first.
        by: The date or measurement that decides, as with every
            :class:`~textmill.dedup.base.step.DocumentDeduplicator`.
        ignore_query: Take URLs for the same that differ in their query only.

    Example:
        >>> UrlDedup(ignore_query=True).ignore_query
        True
    """

    name: ClassVar[str] = "url_dedup"

    keep: Keep = "newest"
    ignore_query: bool = False

    def keys(self, batch: pa.RecordBatch) -> Keys:
        """One key of two words for each document that has a URL."""
        urls = batch["url"].to_pylist()
        documents = np.array([index for index, url in enumerate(urls) if url and url.strip()], dtype=np.int64)
        digests = [
            xxhash.xxh3_128_digest(normalize_url(urls[index], ignore_query=self.ignore_query).encode())
            for index in documents.tolist()
        ]
        words = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64).reshape(-1, 2)
        return Keys(words, documents)


def normalize_url(url: str, *, ignore_query: bool = False) -> str:
    """Reduce a URL to what tells pages apart; what is no URL is only stripped of its fragment.

    Example:
        >>> normalize_url("HTTPS://www.Example.org:443/a/?b=2&utm_source=x&a=1#top")
        'example.org/a?a=1&b=2'
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url.partition("#")[0]
    if host is None:
        return url.partition("#")[0]
    scheme = "http" if parts.scheme in ("http", "https") else parts.scheme
    host = host.removeprefix("www.").rstrip(".")
    place = f"{host}:{port}" if port is not None and port != _DEFAULT_PORTS.get(parts.scheme) else host
    query = ""
    if not ignore_query and parts.query:
        kept = [item for item in parts.query.split("&") if item and not item.lower().startswith(_TRACKING)]
        query = "?" + "&".join(sorted(map(_decoded, kept))) if kept else ""
    prefix = "" if scheme in ("http", "") else f"{scheme}://"
    return f"{prefix}{place}{_decoded(parts.path).rstrip('/')}{query}"


def _decoded(part: str) -> str:
    """Decode percent-encoding, but keep encoded characters that would mean something else when decoded."""
    first, *pieces = part.split("%")
    encoded = first + "".join(f"%{piece[:2].upper()}{piece[2:]}" for piece in pieces)
    for reserved in ("%2F", "%3F", "%23", "%26", "%3D", "%25", "%2B"):
        encoded = encoded.replace(reserved, reserved.replace("%", "%25"))
    return unquote(encoded, errors="replace")
