"""Find and replace personal data: e-mail addresses, IP addresses, phone numbers, payment cards."""

from __future__ import annotations

from .limit import PIIQuality
from .scrub import ScrubPII

__all__ = ["PIIQuality", "ScrubPII"]
