"""Kinds of personal data: what goes before, what each is called, what is looked for where."""

from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.kinds import CODE_KINDS, KINDS, OPTIONAL

NAMED = {
    "secret": ("pii.secrets", "<SECRET>"),
    "email": ("pii.emails", "<EMAIL>"),
    "iban": ("pii.ibans", "<IBAN>"),
    "card": ("pii.cards", "<CARD>"),
    "imei": ("pii.imeis", "<IMEI>"),
    "passport": ("pii.passports", "<PASSPORT>"),
    "ssn": ("pii.ssns", "<SSN>"),
    "national_id": ("pii.national_ids", "<NATIONAL_ID>"),
    "wallet": ("pii.wallets", "<WALLET>"),
    "mac": ("pii.macs", "<MAC_ADDRESS>"),
    "ip": ("pii.ip_addresses", "<IP_ADDRESS>"),
    "phone": ("pii.phones", "<PHONE>"),
    "address": ("pii.addresses", "<ADDRESS>"),
    "name": ("pii.names", "<NAME>"),
}


def test_every_kind_by_its_name_in_recipes_ledgers_and_texts() -> None:
    assert list(KINDS.items()) == list(NAMED.items())  # of two that overlap the first wins
    assert {"address", "name"} == OPTIONAL
    assert {"secret", "email", "ip"} == CODE_KINDS


def test_each_kind_has_its_parameter() -> None:
    step = ScrubPII()
    for kind, (_, tag) in NAMED.items():
        assert getattr(step, f"{kind}_tag") == (None if kind == "address" else tag)
    assert list(step.tags) == [kind for kind in NAMED if kind not in OPTIONAL]
    assert step.tags["mac"] == b"<MAC_ADDRESS>"


def test_every_kind_is_counted_and_replaced() -> None:
    texts = {
        "secret": "ghp_q7Zt3Kp9Xw2Lm8Vb4Nc6Rd1Sf5Gh0JyTuEiO",
        "email": "anna@mail.org",
        "iban": "DE89 3704 0044 0532 0130 00",
        "card": "4716424521511864",
        "imei": "IMEI 490154203237518",
        "passport": "passport X1234567",
        "ssn": "219-09-9998",
        "national_id": "DNI 27855390K",
        "wallet": "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
        "mac": "00:1a:2b:3c:4d:5e",
        "ip": "86.231.85.193",
        "phone": "415-555-2671",
        "address": "17 Elm Street",
    }
    cleaned, measured = ScrubPII(address_tag="<ADDRESS>").clean(make_batch(list(texts.values())))
    words = {"imei": "IMEI ", "passport": "passport ", "national_id": "DNI "}
    assert cleaned.to_pylist() == [words.get(kind, "") + NAMED[kind][1] for kind in texts]
    for kind, (column, _) in NAMED.items():
        expected = [int(kind == other) for other in texts] if kind != "name" else [None] * len(texts)
        assert measured[column].to_pylist() == expected
    assert list(measured) == [column for column, _ in NAMED.values()]
