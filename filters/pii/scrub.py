"""The cleaner that replaces personal data and secrets."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ..base.step import Cleaner, Measurements
from ..kernels.machine.buffers import Bytes, Int64s, TextBuffers, text_array, text_buffers
from .addresses import find_addresses
from .candidates import DIGITS, find_candidates
from .find import Finder, Span, Window, without_overlap
from .folding import fold
from .kinds import (
    ADDRESS,
    CARD,
    CODE_KINDS,
    EMAIL,
    IBAN,
    IMEI,
    IP,
    KINDS,
    MAC,
    NAME,
    NATIONAL_ID,
    PASSPORT,
    PHONE,
    SECRET,
    SSN,
    WALLET,
)
from .languages import languages_of_numbers
from .names import NameFinder, as_bytes, load_names, model_files
from .phones import regions_of
from .surrogates import Surrogates, mask


@dataclass(frozen=True, kw_only=True)
class ScrubPII(Cleaner):
    """Replace personal data and secrets: by tags, by made-up values of the same form, or by asterisks.

    Source: e-mail, IP addresses and phones are the kinds of Dolma (Soldaini et al. 2024, section 3.3) and of FineWeb's
    formatter (Penedo et al. 2024, section 3.6). Theirs is one expression each; ours are checked: cards by issuer and
    Luhn digit, accounts and identity numbers by their check digits, phones by form, by the numbering plans of the
    regions that the document's URL and language name, or by a word like "phone" or "电话" before it, IP addresses by
    what they are assigned to, tokens by their issuers' prefixes and by entropy. Page ranges, versions, dates, decimals,
    ISBNs, times and hashes stay. Unlike FineWeb's replacements in rotation, what is put does not depend on what came
    before, so output never depends on sharding. Digits, blanks and hyphens of every script count as those of ASCII.

    Names of people take a model, which the user gives (``names_model``); it reads every document that is still kept, at
    its own speed. Street addresses are found where ``address_tag`` is set. In documents of kind ``code`` only secrets,
    e-mail and IP addresses are looked for.

    A value of the text is replaced whole; the rest of the document keeps its bytes, and a batch without findings its
    buffers. Measurements count replacements; those of a kind that is switched off are null.

    Args:
        email_tag: What to put for an e-mail address; None leaves them. The same for the other kinds:
        ip_tag: IPv4 and IPv6 addresses.
        phone_tag: Phone numbers.
        card_tag: Payment card numbers.
        secret_tag: Keys, tokens, JSON Web Tokens, private keys, passwords in URLs and assignments.
        iban_tag: International bank account numbers.
        ssn_tag: Social security numbers of the United States.
        national_id_tag: Identity and tax numbers of some thirty countries.
        passport_tag: Passport numbers behind the word.
        imei_tag: Serial numbers of phones behind the word.
        mac_tag: Hardware addresses.
        wallet_tag: Addresses of Bitcoin, Ethereum and their kin.
        address_tag: Street addresses of the United States, the United Kingdom, Germany and France; None leaves them.
        name_tag: Names of people, where there is a ``names_model``.
        names_model: Folder with ``model.onnx``, ``tokenizer.json`` and ``config.json`` of a token classifier, or folder
            or package of a spaCy pipeline; None looks for no names. Needs ``textmill[names]``, or spaCy.
        fake: Kinds for which a made-up value of the same form is put in place of the tag: the same one for the same
            value everywhere, drawn by a keyed hash.
        mask: Kinds of which each letter and digit becomes an asterisk.
        fake_key: Key of the hash; whoever does not know it cannot find out from which value a made-up one came.
        keep_private_ips: Leave addresses that are not global: private networks, loopback, documentation.
        default_region: Two-letter countries whose local numbers are known without a "+" in every document (``US``,
            ``("DE", "CN")``); those of a document's URL and language are known too.

    Raises:
        RecipeError: for an unknown region or kind, ``fake`` without a key, or when every tag is None.

    Example:
        >>> from textmill import Recipe
        >>> Recipe("r", [ScrubPII(mask=("card",))]).clean("Card: 4539-1488-0343-6467, mail o'neil@example.com").text
        'Card: ****-****-****-****, mail <EMAIL>'
    """

    name: ClassVar[str] = "scrub_pii"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {kind.measurement: pa.int64() for kind in KINDS.values()}

    email_tag: str | None = KINDS[EMAIL].tag
    ip_tag: str | None = KINDS[IP].tag
    phone_tag: str | None = KINDS[PHONE].tag
    card_tag: str | None = KINDS[CARD].tag
    secret_tag: str | None = KINDS[SECRET].tag
    iban_tag: str | None = KINDS[IBAN].tag
    ssn_tag: str | None = KINDS[SSN].tag
    national_id_tag: str | None = KINDS[NATIONAL_ID].tag
    passport_tag: str | None = KINDS[PASSPORT].tag
    imei_tag: str | None = KINDS[IMEI].tag
    mac_tag: str | None = KINDS[MAC].tag
    wallet_tag: str | None = KINDS[WALLET].tag
    address_tag: str | None = None
    name_tag: str | None = KINDS[NAME].tag
    names_model: str | None = None
    fake: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    fake_key: str = ""
    keep_private_ips: bool = True
    default_region: str | tuple[str, ...] = "US"

    def __post_init__(self) -> None:
        if not self.tags:
            raise RecipeError("scrub_pii: every tag is None, so nothing would be replaced; leave the step out")
        for kind in (*self.fake, *self.mask):
            if kind not in KINDS:
                raise RecipeError(f"scrub_pii: {kind!r} is no kind of personal data; kinds are {', '.join(KINDS)}")
            if kind not in self.tags:
                raise RecipeError(f"scrub_pii: {kind} has the tag None, which leaves it; take it out of fake and mask")
        both = set(self.fake) & set(self.mask)
        if both:
            raise RecipeError(f"scrub_pii: {min(both)} stands under fake and under mask; leave it under one")
        if self.fake and not self.fake_key:
            raise RecipeError("scrub_pii: fake needs a fake_key, so that nobody can find out what a value was")
        if self._default_regions != ("US",):
            from phonenumbers import SUPPORTED_REGIONS

            for region in self._default_regions:
                if region not in SUPPORTED_REGIONS:
                    raise RecipeError(f"scrub_pii: {region!r} is no region with phone numbers; write one like 'DE'")

    @property
    def _default_regions(self) -> tuple[str, ...]:
        return (self.default_region,) if isinstance(self.default_region, str) else tuple(self.default_region)

    @functools.cached_property
    def tags(self) -> dict[str, bytes]:
        """The tag of each kind that is looked for."""
        tags: dict[str, str | None] = {kind: getattr(self, f"{kind}_tag") for kind in KINDS}
        if self.names_model is None:
            tags[NAME] = None
        return {kind: tag.encode() for kind, tag in tags.items() if tag is not None}

    @property
    def model_files(self) -> Mapping[str, Path]:
        """Those of the model of names."""
        return model_files(self.names_model) if NAME in self.tags and self.names_model else {}

    def setup(self) -> None:
        """Load the model of names."""
        if NAME in self.tags and self.names_model:
            load_names(self.names_model)

    @property
    def may_empty(self) -> bool:  # type: ignore[override]  # a tag may be blank
        """Only where a tag is blank."""
        return not all(tag.strip() for tag in self.tags.values())

    def find(self, batch: pa.RecordBatch) -> dict[int, list[Span]]:
        """What :meth:`clean` replaces: by row, with positions in the bytes of the text, in order."""
        buffers = text_buffers(batch["text"])
        folded = fold(buffers)
        windows = find_candidates(folded.text)
        finders = self._finders(batch, windows)
        found: dict[int, list[Span]] = {}
        for row, group in groupby(windows.tolist(), key=itemgetter(0)):
            content = folded.text.data[folded.text.offsets[row] : folded.text.offsets[row + 1]].tobytes()
            spans = finders(row).spans(content, [Window(*window[1:]) for window in group])
            if spans:
                found[row] = [
                    Span(*folded.original(row, start, end, buffers.offsets), kind) for start, end, kind in spans
                ]
        for kind, finder in self._text_finders():
            _add(batch, found, kind, finder)
        return dict(sorted(found.items()))

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Replace the personal data of every document."""
        buffers = text_buffers(batch["text"])
        tags, surrogates = self.tags, Surrogates(self.fake_key)
        counts: dict[str, Int64s] = {}
        edited: dict[int, bytes] = {}
        for row, spans in self.find(batch).items():
            text = buffers.data[buffers.offsets[row] : buffers.offsets[row + 1]].tobytes()
            edited[row] = b"".join(self._pieces(text, spans, tags, surrogates))
            for kind, number in Counter(span.kind for span in spans).items():
                counts.setdefault(kind, np.zeros(batch.num_rows, dtype=np.int64))[row] = number
        text_column = _with_edits(buffers, edited) if edited else batch["text"]
        none, not_looked_for = pa.array(np.zeros(batch.num_rows, np.int64)), pa.nulls(batch.num_rows, pa.int64())
        return text_column, {
            names.measurement: pa.array(counts[kind]) if kind in counts else none if kind in tags else not_looked_for
            for kind, names in KINDS.items()
        }

    def _finders(self, batch: pa.RecordBatch, windows: Int64s) -> Callable[[int], Finder]:
        """What to look for in a document, by its kind, its language and its URL."""
        every = frozenset(self.tags)
        default, private = self._default_regions, self.keep_private_ips
        codes = [kind == "code" for kind in batch["kind"].to_pylist()]
        urls: list[str | None] = batch["url"].to_pylist()
        numbers = windows[(windows[:, 3] & DIGITS) > 0]
        looks_for_phones = PHONE in every and len(numbers) > 0
        languages = languages_of_numbers(batch, numbers) if looks_for_phones else []

        def finder(row: int) -> Finder:
            kinds = every & CODE_KINDS if codes[row] else every
            regions = regions_of(default, languages[row], urls[row]) if looks_for_phones else default
            return _finder(kinds, regions, private)

        return finder

    def _text_finders(self) -> Iterator[tuple[str, NameFinder]]:
        """Kinds that are looked for in the text as it is, each with what finds them."""
        if ADDRESS in self.tags:
            yield ADDRESS, find_addresses
        if NAME in self.tags:
            yield NAME, load_names(str(self.names_model))

    def _pieces(
        self, text: bytes, spans: list[Span], tags: Mapping[str, bytes], surrogates: Surrogates
    ) -> Iterator[bytes]:
        position = 0
        for start, end, kind in spans:
            yield text[position:start]
            if kind in self.fake:
                yield surrogates.fake(kind, text[start:end])
            elif kind in self.mask:
                yield mask(text[start:end])
            else:
                yield tags[kind]
            position = end
        yield text[position:]


@functools.lru_cache(maxsize=256)
def _finder(kinds: frozenset[str], regions: tuple[str, ...], keep_private: bool) -> Finder:
    return Finder(kinds=kinds, regions=regions, keep_private=keep_private)


def _add(batch: pa.RecordBatch, found: dict[int, list[Span]], kind: str, find: NameFinder) -> None:
    """Add what one kind's finder finds in documents that are no code, where nothing that goes before was found."""
    for row, (text, of_document) in enumerate(zip(batch["text"].to_pylist(), batch["kind"].to_pylist(), strict=True)):
        spans = find(text) if text and of_document != "code" else []
        if spans:
            own = [Span(start, end, kind) for start, end in as_bytes(text, spans)]
            found[row] = without_overlap([*found.get(row, []), *own])


def _with_edits(buffers: TextBuffers, edited: Mapping[int, bytes]) -> pa.Array:
    """Texts with some rows replaced; what lies between them is copied in one go."""
    lengths = np.diff(buffers.offsets)
    pieces: list[Bytes] = []
    position = int(buffers.offsets[0])
    for row, text in edited.items():
        pieces += [buffers.data[position : buffers.offsets[row]], np.frombuffer(text, dtype=np.uint8)]
        position = int(buffers.offsets[row + 1])
        lengths[row] = len(text)
    pieces.append(buffers.data[position : buffers.offsets[-1]])
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return text_array(offsets, np.concatenate(pieces))
