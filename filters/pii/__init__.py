"""Find and replace personal data: e-mail addresses, IP addresses, phone numbers, payment cards, identities, secrets."""

from __future__ import annotations

from .limit import PIIQuality
from .scrub import ScrubPII

__all__ = ["PIIQuality", "ScrubPII"]
