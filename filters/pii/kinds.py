"""The kinds of personal data, which of two that overlap wins, and what each is called in recipes and ledgers."""

from __future__ import annotations

from typing import NamedTuple

EMAIL, IP, CARD, PHONE = "email", "ip", "card", "phone"
SECRET, IBAN, SSN, NATIONAL_ID, IMEI, PASSPORT = "secret", "iban", "ssn", "national_id", "imei", "passport"
MAC, WALLET, NAME, ADDRESS = "mac", "wallet", "name", "address"


class Kind(NamedTuple):
    """What is fixed for one kind."""

    measurement: str
    """Column that counts its replacements."""
    tag: str
    """What is put for it, where the recipe says nothing else."""


KINDS = {
    SECRET: Kind("pii.secrets", "<SECRET>"),
    EMAIL: Kind("pii.emails", "<EMAIL>"),
    IBAN: Kind("pii.ibans", "<IBAN>"),
    CARD: Kind("pii.cards", "<CARD>"),
    IMEI: Kind("pii.imeis", "<IMEI>"),
    PASSPORT: Kind("pii.passports", "<PASSPORT>"),
    SSN: Kind("pii.ssns", "<SSN>"),
    NATIONAL_ID: Kind("pii.national_ids", "<NATIONAL_ID>"),
    WALLET: Kind("pii.wallets", "<WALLET>"),
    MAC: Kind("pii.macs", "<MAC_ADDRESS>"),
    IP: Kind("pii.ip_addresses", "<IP_ADDRESS>"),
    PHONE: Kind("pii.phones", "<PHONE>"),
    ADDRESS: Kind("pii.addresses", "<ADDRESS>"),
    NAME: Kind("pii.names", "<NAME>"),
}
"""Every kind; where two findings overlap, the kind named first wins."""

OPTIONAL = frozenset({ADDRESS, NAME})
"""What is not looked for unless a recipe asks."""
CODE_KINDS = frozenset({SECRET, EMAIL, IP})
"""What is looked for in documents of kind ``code``: its numbers are nobody's phone."""
