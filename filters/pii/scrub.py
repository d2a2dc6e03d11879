"""The cleaner that replaces personal data by tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import ClassVar

import numpy as np
import pyarrow as pa

from ...errors import RecipeError
from ..base.step import Cleaner, Measurements
from ..kernels.machine.buffers import TextBuffers, text_array, text_buffers
from . import find
from .candidates import find_candidates
from .find import Finder, Span, Window


@dataclass(frozen=True, kw_only=True)
class ScrubPII(Cleaner):
    """Replace e-mail addresses, IP addresses, phone numbers and payment card numbers by tags.

    Source: the kinds are those of Dolma (Soldaini et al. 2024, section 3.3) and of FineWeb's formatter (Penedo et al.
    2024, section 3.6), plus cards and IPv6. Theirs is one expression each; ours are checked: cards by issuer and Luhn
    digit, phones by form, by the numbering plan of ``default_region`` or by a word like "call" or "电话" before it,
    IP addresses by what they are assigned to. Versions, dates, decimals, ISBNs, times and hashes stay. Unlike
    FineWeb's replacements in rotation, a tag does not depend on what came before, so output never depends on sharding.

    Names and street addresses are not found: that takes a model. E-mail addresses with non-ASCII letters stay.

    A value of the text is replaced whole; the rest of the document keeps its bytes, and a batch without findings its
    buffers. Measurements count replacements; those of a kind that is switched off are null.

    Args:
        email_tag: What to put for an e-mail address; None leaves them.
        ip_tag: What to put for an IPv4 or IPv6 address; None leaves them.
        phone_tag: What to put for a phone number; None leaves them.
        card_tag: What to put for a payment card number; None leaves them.
        keep_private_ips: Leave addresses that are not global: private networks, loopback, documentation.
        default_region: Two-letter country whose local numbers are known without a "+" (``US``, ``DE``, ``CN``).

    Raises:
        RecipeError: for an unknown region, or when every tag is None.
    """

    name: ClassVar[str] = "scrub_pii"
    measurements: ClassVar[Mapping[str, pa.DataType]] = {
        "pii.emails": pa.int64(),
        "pii.ip_addresses": pa.int64(),
        "pii.phones": pa.int64(),
        "pii.cards": pa.int64(),
    }

    email_tag: str | None = "<EMAIL>"
    ip_tag: str | None = "<IP_ADDRESS>"
    phone_tag: str | None = "<PHONE>"
    card_tag: str | None = "<CARD>"
    keep_private_ips: bool = True
    default_region: str = "US"

    def __post_init__(self) -> None:
        if not self.tags:
            raise RecipeError("scrub_pii: every tag is None, so nothing would be replaced; leave the step out")
        if self.default_region != "US":
            from phonenumbers import SUPPORTED_REGIONS

            if self.default_region not in SUPPORTED_REGIONS:
                raise RecipeError(
                    f"scrub_pii: {self.default_region!r} is no region with phone numbers; write one like 'DE'"
                )

    @property
    def tags(self) -> dict[str, bytes]:
        """The tag of each kind that is looked for."""
        tags = {
            find.EMAIL: self.email_tag,
            find.IP: self.ip_tag,
            find.PHONE: self.phone_tag,
            find.CARD: self.card_tag,
        }
        return {kind: tag.encode() for kind, tag in tags.items() if tag is not None}

    @property
    def may_empty(self) -> bool:  # type: ignore[override]  # a tag may be blank
        """Only where a tag is blank."""
        return not all(tag.strip() for tag in self.tags.values())

    def clean(self, batch: pa.RecordBatch) -> tuple[pa.Array, Measurements]:
        """Replace the personal data of every document."""
        buffers = text_buffers(batch["text"])
        tags = self.tags
        finder = Finder(kinds=frozenset(tags), region=self.default_region, keep_private=self.keep_private_ips)
        counts = {kind: np.zeros(batch.num_rows, dtype=np.int64) for kind in find.PREFERENCE}
        edited: dict[int, bytes] = {}
        for row, group in groupby(find_candidates(buffers).tolist(), key=itemgetter(0)):
            text = buffers.data[buffers.offsets[row] : buffers.offsets[row + 1]].tobytes()
            spans = finder.spans(text, [Window(*window[1:]) for window in group])
            if spans:
                edited[row] = _replaced(text, spans, tags)
                for kind, number in Counter(span.kind for span in spans).items():
                    counts[kind][row] = number
        text_column = _with_edits(buffers, edited) if edited else batch["text"]
        names = (find.EMAIL, find.IP, find.PHONE, find.CARD)
        return text_column, {
            name: pa.array(counts[kind]) if kind in tags else pa.nulls(batch.num_rows, pa.int64())
            for name, kind in zip(self.measurements, names, strict=True)
        }


def _replaced(text: bytes, spans: list[Span], tags: Mapping[str, bytes]) -> bytes:
    pieces = []
    position = 0
    for start, end, kind in spans:
        pieces += [text[position:start], tags[kind]]
        position = end
    return b"".join([*pieces, text[position:]])


def _with_edits(buffers: TextBuffers, edited: Mapping[int, bytes]) -> pa.Array:
    """Texts with some rows replaced; what lies between them is copied in one go."""
    lengths = np.diff(buffers.offsets)
    pieces: list[bytes] = []
    position = int(buffers.offsets[0])
    for row, text in edited.items():
        pieces += [buffers.data[position : buffers.offsets[row]].tobytes(), text]
        position = int(buffers.offsets[row + 1])
        lengths[row] = len(text)
    pieces.append(buffers.data[position : buffers.offsets[-1]].tobytes())
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return text_array(offsets, np.frombuffer(b"".join(pieces), dtype=np.uint8))
