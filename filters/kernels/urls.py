"""Hosts, words and squeezed letters of URLs against lists, by hashes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, auto
from typing import NamedTuple

import numpy as np

from .machine.buffers import Bools, Bytes, Int32Matrix, Int64Matrix, Int64s, TextBuffers, UInt64s, longest_bytes
from .machine.hashing import hash_bytes, hashes_of
from .machine.kernel import inner, integer, kernel

Hashes = UInt64s
LETTERS = 36
"""a to z and 0 to 9."""


class UrlStatistic(IntEnum):
    """Columns of the matrix, each a count over one URL."""

    DOMAINS = 0
    """Listed domains among the host and the domains above it."""
    URLS = auto()
    """1 when the URL itself is listed."""
    HARD_WORDS = auto()
    """Different hard words between marks."""
    SOFT_WORDS = auto()
    SUBSTRINGS = auto()
    """Banned strings in the letters and digits of the URL, everything else left out."""


COUNT = len(UrlStatistic)


class UrlLists(NamedTuple):
    """Lists as kernels search them."""

    domains: Hashes
    """Sorted hashes, 8 bytes an entry."""
    urls: Hashes
    hard_words: Hashes
    soft_words: Hashes
    substrings: Int32Matrix
    """Trie: next node by node and letter, 0 for none; shape (nodes, 36)."""
    is_end: Bools


def hash_words(words: Sequence[str]) -> Hashes:
    """Sorted hashes of lower-case words."""
    return np.unique(hashes_of([word.encode() for word in words]))


def letter_trie(strings: Sequence[str]) -> tuple[Int32Matrix, Bools]:
    """Trie of strings of lower-case letters and digits."""
    children: list[dict[int, int]] = [{}]
    ends = [False]
    for string in strings:
        node = 0
        for letter in string:
            number = int(letter, LETTERS)
            if number not in children[node]:
                children[node][number] = len(children)
                children.append({})
                ends.append(False)
            node = children[node][number]
        ends[node] = True
    trie = np.zeros((len(children), LETTERS), dtype=np.int32)
    for node, edges in enumerate(children):
        for number, target in edges.items():
            trie[node, number] = target
    return trie, np.array(ends)


def hash_entries(content: bytes) -> tuple[Hashes, Hashes]:
    """Hashes of the lines of a list: of those without a slash behind the host, domains; of the others, URLs.

    Lines are taken as :func:`url_statistics` takes URLs; blank ones and those that begin with ``#`` are left out.
    """
    lines = content.count(b"\n") + 1
    domains, urls = np.empty((2, lines), dtype=np.uint64)
    found_domains, found_urls = _hash_entries(_lower(content), domains, urls)
    return np.unique(domains[:found_domains]), np.unique(urls[:found_urls])


@kernel
def _hash_entries(data: Bytes, domains: Hashes, urls: Hashes) -> tuple[int, int]:
    found_domains = found_urls = 0
    position = 0
    while position < len(data):
        stop = position
        while stop < len(data) and data[stop] != 0x0A:
            stop += 1
        start = position
        position = stop + 1
        while start < stop and data[start] <= 0x20:
            start += 1
        while stop > start and data[stop - 1] <= 0x20:
            stop -= 1
        if start == stop or data[start] == 0x23:
            continue
        line = data[start:stop]
        first, host, last = _parts(line)
        if host == first:
            continue
        if host == last:
            domains[found_domains] = hash_bytes(line, first, host)
            found_domains += 1
        else:
            urls[found_urls] = hash_bytes(line, first, last)
            found_urls += 1
    return found_domains, found_urls


def url_statistics(urls: TextBuffers, lists: UrlLists) -> Int64Matrix:
    """Count over each URL, shape (URLs, :data:`COUNT`)."""
    start, end = urls.offsets[[0, -1]]
    result = np.zeros((len(urls.offsets) - 1, COUNT), dtype=np.int64)
    hard_seen, soft_seen = (np.full(len(words), -1, dtype=np.int64) for words in (lists.hard_words, lists.soft_words))
    squeezed = np.empty(longest_bytes(urls.offsets), dtype=np.int64)
    lowered = _lower(urls.data[start:end].tobytes())
    _url_statistics(urls.offsets - start, lowered, lists, hard_seen, soft_seen, squeezed, result)
    return result


def _lower(content: bytes) -> Bytes:
    """A copy with small ASCII letters."""
    return np.frombuffer(content.lower(), dtype=np.uint8)


@kernel
def _url_statistics(
    offsets: Int64s,
    data: Bytes,
    lists: UrlLists,
    hard_seen: Int64s,
    soft_seen: Int64s,
    squeezed: Int64s,
    result: Int64Matrix,
) -> None:
    for number in range(len(result)):
        url = data[offsets[number] : offsets[number + 1]]
        row = result[number]
        first, host, last = _parts(url)
        if len(lists.domains):
            at = first
            while at < host:
                row[UrlStatistic.DOMAINS] += _find(lists.domains, hash_bytes(url, at, host)) >= 0
                while at < host and url[at] != 0x2E:
                    at += 1
                at += 1
        if len(lists.urls):
            row[UrlStatistic.URLS] += _find(lists.urls, hash_bytes(url, first, last)) >= 0
        _count_words(url, first, lists, hard_seen, soft_seen, number, row)
        _count_substrings(url, first, lists.substrings, lists.is_end, squeezed, row)


@inner
def _parts(url: Bytes) -> tuple[int, int, int]:
    """Where the host of a lower-case URL begins and ends, and where the URL does.

    The scheme, a user before ``@``, ``www.``, a port, full stops and slashes at the end, and the fragment are left out.
    A port stays in the URL as a whole.
    """
    end = len(url)
    first = 0
    for position in range(end - 2):
        byte = url[position]
        if byte == 0x3A and url[position + 1] == 0x2F and url[position + 2] == 0x2F:
            first = position + 3
            break
        if not (_letter(byte) >= 0 or byte == 0x2B or byte == 0x2D or byte == 0x2E):
            break
    last = first
    while last < end and url[last] != 0x23:
        last += 1
    host = first
    while host < last and url[host] != 0x2F and url[host] != 0x3F:
        if url[host] == 0x40:
            first = host + 1
        host += 1
    if host - first > 4 and url[first] == url[first + 1] == url[first + 2] == 0x77 and url[first + 3] == 0x2E:
        first += 4
    while last > host and url[last - 1] == 0x2F:
        last -= 1
    port = host
    while port > first and 0x30 <= url[port - 1] <= 0x39:
        port -= 1
    has_port = port > first and url[port - 1] == 0x3A
    if has_port and last == host:
        last = port - 1
    host = port - 1 if has_port else host
    while host > first and url[host - 1] == 0x2E:
        if last == host:
            last -= 1
        host -= 1
    return first, host, last


@inner
def _letter(byte: int) -> int:
    """Number of a lower-case letter or digit, -1 for anything else."""
    if 0x61 <= byte <= 0x7A:
        return integer(byte) - 0x61 + 10
    if 0x30 <= byte <= 0x39:
        return integer(byte) - 0x30
    return -1


@inner
def _find(hashes: Hashes, wanted: np.uint64) -> int:
    """Place of a hash in a sorted list, -1 for none."""
    place = np.searchsorted(hashes, wanted)
    if place < len(hashes) and hashes[place] == wanted:
        return integer(place)
    return -1


@inner
def _count_words(
    url: Bytes, start: int, lists: UrlLists, hard_seen: Int64s, soft_seen: Int64s, number: int, row: Int64s
) -> None:
    position = start
    while position < len(url):
        stop = position
        while stop < len(url) and _letter(url[stop]) >= 0:
            stop += 1
        if stop > position:
            key = hash_bytes(url, position, stop)
            place = _find(lists.hard_words, key)
            if place >= 0 and hard_seen[place] != number:
                hard_seen[place] = number
                row[UrlStatistic.HARD_WORDS] += 1
            place = _find(lists.soft_words, key)
            if place >= 0 and soft_seen[place] != number:
                soft_seen[place] = number
                row[UrlStatistic.SOFT_WORDS] += 1
        position = stop + 1


@inner
def _count_substrings(url: Bytes, start: int, trie: Int32Matrix, is_end: Bools, squeezed: Int64s, row: Int64s) -> None:
    if len(trie) == 1:
        return
    length = 0
    for position in range(start, len(url)):
        letter = _letter(url[position])
        if letter >= 0:
            squeezed[length] = letter
            length += 1
    for begin in range(length):
        node = integer(0)
        position = begin
        while position < length:
            node = integer(trie[node, squeezed[position]])
            if node == 0:
                break
            row[UrlStatistic.SUBSTRINGS] += is_end[node]
            position += 1
