"""ScrubPII: what is found, what must stay, and that nothing hangs."""

import pickle
import time

import pyarrow as pa
import pytest

from textmill import PIIQuality, Recipe, only_if
from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.pii import ScrubPII
from textmill.filters.pii.kinds import KINDS


def scrub(text: str, **parameters: object) -> str:
    cleaned, measured = ScrubPII(**parameters).clean(make_batch([text]))
    cleaned.validate(full=True)
    assert {name: column.type for name, column in measured.items()} == ScrubPII.measurements
    return cleaned[0].as_py()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail jane.doe+news@mail.example.co.uk.", "mail <EMAIL>."),
        ("<a@b.io>, (c_d@e-f.org)", "<<EMAIL>>, (<EMAIL>)"),
        ("请联系foo@bar.com谢谢", "请联系<EMAIL>谢谢"),
        ("mailto:x@y.de?subject=1", "mailto:<EMAIL>?subject=1"),
        ("from 86.231.85.193 to 203.0.114.7", "from <IP_ADDRESS> to <IP_ADDRESS>"),
        ("http://86.231.85.193:8080/x", "http://<IP_ADDRESS>:8080/x"),
        ("[2a00:1450:4001:81b::200e] and 2001:4860:4860:0:0:0:0:8888", "[<IP_ADDRESS>] and <IP_ADDRESS>"),
        ("ring (415) 555-2671 ext. 12, or 415.555.2671x9", "ring <PHONE>, or <PHONE>"),
        ("415-555-2671", "<PHONE>"),
        ("+1 (415) 555-2671 and +44 20 7946 0958", "<PHONE> and <PHONE>"),
        ("+86 138 1234 5678，+4930901820", "<PHONE>，<PHONE>"),
        ("call 0161 496 0000 today", "call <PHONE> today"),
        ("手机:13812345678。", "手机:<PHONE>。"),
        ("Tel. 030/901820\n", "Tel. <PHONE>\n"),
        ("089 72 63 41 office\n", "<PHONE> office\n"),
        ("card 4716424521511864 12/27", "card <CARD> 12/27"),
        ("card 4716-4245-2151-1864, 3782 822463 10005", "card <CARD>, <CARD>"),
    ],
)
def test_found(text: str, expected: str) -> None:
    assert scrub(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@", "a@b", "@name and #tag", "icon@2x.png", "git@github.com:owner/project.git", "pkg@1.2.3", "x @ y.com",
        "192.168.1.10 10.0.0.1 127.0.0.1 255.255.255.0", "193.168.1.0/24", "version 123.45.67.89",
        "1.2.3.4.5", "256.100.1.300",
        "8.6.4.10 Class Patterns", "2.5.29.14", "Chrome/120.0.100.0", "v86.231.85.193",
        "std::vector<int> a::b dead::beef", "12:34:56 01:1a:2b:3c:4d:5e ::1 fe80::1 2001:db8::1",
        "ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67:89",
        "2023-01-15 10:20:30", "call 2023-01-15", "phone 2019-2021", "1999 2000 2001 2002", "20230115T102030",
        "ISBN 978-0-306-40615-7, ISBN 0-306-40615-2", "3.14159265358979", "1,234,567,890", "$1234567.89",
        "d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "550e8400-e29b-41d4-a716-446655440000", "1700000000000", "order 123456789012", "4716424521511865",
        "1111 1111 1111 1111", "0.4716424521511864", "908-63-0237",
        "x = [1234567, 7654321]", "80(3):249-55", "2013. 80(3)",
        "12345678 small cell lung", "+1234", "a+1234567890", "10000000000", "call 1234567",
    ],
)  # fmt: skip
def test_stays(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "2001::85a3::8a2e:370:7334",  # which zeros are left out must be clear
        "2a00:1450:4001:81b:1:2:3:4.5.6.789",
        "2a00:1450::4001:81b:300.1.2.3",
    ],
)
@pytest.mark.parametrize("keep_private", [True, False])
def test_what_has_the_form_of_an_address_and_is_none_stays(text: str, keep_private: bool) -> None:
    assert scrub(text, keep_private_ips=keep_private) == text


def test_counts_and_untouched_documents() -> None:
    texts = ["plain", "a@b.com c@d.org 415-555-2671", "", "86.231.85.193 é", "4716424521511864"]
    cleaned, measured = ScrubPII().clean(make_batch(texts))
    assert cleaned.to_pylist() == ["plain", "<EMAIL> <EMAIL> <PHONE>", "", "<IP_ADDRESS> é", "<CARD>"]
    assert measured["pii.emails"].to_pylist() == [0, 2, 0, 0, 0]
    assert measured["pii.ip_addresses"].to_pylist() == [0, 0, 0, 1, 0]
    assert measured["pii.phones"].to_pylist() == [0, 1, 0, 0, 0]
    assert measured["pii.cards"].to_pylist() == [0, 0, 0, 0, 1]


def test_clean_batches_slices_and_no_documents() -> None:
    batch = make_batch(["a@b.com", "nothing 1234567 here", "x@y.org"])
    quiet = batch.slice(1, 1)
    assert ScrubPII().clean(quiet)[0].buffers()[2].address == quiet["text"].buffers()[2].address
    assert ScrubPII().clean(batch.slice(1))[0].to_pylist() == ["nothing 1234567 here", "<EMAIL>"]
    cleaned, measured = ScrubPII().clean(batch.slice(0, 0))
    assert len(cleaned) == len(measured["pii.cards"]) == 0
    assert cleaned.type == pa.large_string()


def test_own_tags_and_kinds_switched_off() -> None:
    text = "a@b.com 86.231.85.193 415-555-2671 4716424521511864"
    assert scrub(text, email_tag="[é]", ip_tag=None, phone_tag="", card_tag=None) == (
        "[é] 86.231.85.193  4716424521511864"
    )
    _, measured = ScrubPII(ip_tag=None).clean(make_batch([text]))
    assert measured["pii.ip_addresses"].to_pylist() == [None]


def test_private_addresses_and_regions() -> None:
    assert scrub("192.168.1.10 fe80::1ff:fe23:4567:890a", keep_private_ips=False) == "<IP_ADDRESS> <IP_ADDRESS>"
    assert scrub("13812345678") == "13812345678"
    assert scrub("13812345678", default_region="CN") == "<PHONE>"
    assert scrub("030 901820") == "030 901820"
    assert scrub("030 901820", default_region=("FR", "DE")) == "<PHONE>"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"default_region": "USA"}, "no region with phone numbers"),
        ({f"{kind}_tag": None for kind in KINDS}, "every tag is None"),
        ({"fake": ("email",)}, "needs a fake_key"),
        ({"mask": ("mail",)}, "no kind of personal data; kinds are secret, email"),
        ({"mask": ("card",), "card_tag": None}, "card has the tag None"),
        ({"mask": ("card",), "fake": ("card",), "fake_key": "k"}, "card stands under fake and under mask"),
    ],
)
def test_wrong_parameters_are_refused(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        ScrubPII(**parameters)


def test_scrubbing_twice_changes_nothing() -> None:
    text = "a@b.com 86.231.85.193, 415-555-2671; 4716424521511864 call 0161 496 0000"
    assert scrub(scrub(text)) == scrub(text) != text


def test_pickles() -> None:
    step = ScrubPII(default_region="DE")
    assert pickle.loads(pickle.dumps(step)) == step


@pytest.mark.parametrize(
    "unit",
    [
        "@", "a.", "7", "a@", "a@a.", "1 ", "1.", ":", "1:", "(", "+1", "+1 ", "a.@", "a-", "00", "1-", "(1)", "::1 ",
        "@a.b", "x@y.z-", "0.0.", "1@",
    ],
)  # fmt: skip
def test_hostile_text_is_answered(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (8_000, 64_000))
    began = time.process_time()
    assert scrub(short) == short
    middle = time.process_time()
    assert scrub(long) == long
    # Eight times the text; quadratic search would take 64 times as long.
    assert time.process_time() - middle < 24 * (middle - began) + 1


def test_gold_texts(shared_data) -> None:
    import json

    items = json.loads((shared_data / "pii/presidio_generated_large.json").read_text())
    texts = [item["full_text"] for item in items]
    _, measured = ScrubPII(keep_private_ips=False).clean(make_batch(texts))
    gold = [[span["entity_type"] for span in item["spans"]] for item in items]
    for kind, name in (
        ("EMAIL_ADDRESS", "pii.emails"),
        ("CREDIT_CARD", "pii.cards"),
        ("IP_ADDRESS", "pii.ip_addresses"),
    ):
        assert measured[name].to_pylist() == [types.count(kind) for types in gold]
    phones = sum(measured["pii.phones"].to_pylist())
    assert 0.9 < phones / sum(types.count("PHONE_NUMBER") for types in gold) <= 1.0


def test_documents_full_of_personal_data_can_be_dropped() -> None:
    def text(count: int) -> str:
        return "Write to " + ", ".join(f"anna{number}@mail.org" for number in range(count)) + "."

    recipe = Recipe("r", [only_if(ScrubPII(card_tag=None), kind="web"), PIIQuality()])
    assert recipe.clean(text(5)).text == "Write to " + ", ".join(["<EMAIL>"] * 5) + "."
    dropped = recipe.clean(text(6))
    assert (dropped.removed_by, dropped.measurements["pii.replacements"]) == ("pii_quality.max_replacements", 6)
    unseen = recipe.clean(text(6), kind="book")
    assert (unseen.text, unseen.measurements.get("pii.replacements")) == (text(6), None)
    with pytest.raises(RecipeError, match="no scrub_pii stands before it"):
        Recipe("r", [PIIQuality()])


@pytest.mark.parametrize(
    ("tags", "may_empty"),
    [({}, False), ({"email_tag": ""}, True), ({"phone_tag": "  "}, True), ({"email_tag": None}, False)],
)
def test_only_a_blank_tag_can_leave_nothing(tags: dict[str, str | None], may_empty: bool) -> None:
    assert ScrubPII(**tags).may_empty == may_empty


def test_findings_at_the_ends_of_a_text_and_next_to_each_other() -> None:
    assert scrub("a@b.com") == "<EMAIL>"
    assert scrub("a@b.com,c@d.org") == "<EMAIL>,<EMAIL>"
    cleaned, _ = ScrubPII().clean(make_batch(["x a@b.com", "y", "c@d.org", "", "z é"]).slice(1))
    assert cleaned.to_pylist() == ["y", "<EMAIL>", "", "z é"]


def test_kinds_that_were_not_looked_for_are_not_counted_together() -> None:
    def replacements(**tags: str | None) -> list[int | None]:
        batch = make_batch(["a@b.com 86.231.85.193", "none"])
        _, measured = ScrubPII(**tags).clean(batch)
        for name, column in measured.items():
            batch = batch.append_column(name, column)
        return list(PIIQuality().measure(batch)["pii.replacements"].to_pylist())

    assert replacements() == [2, 0]
    assert replacements(ip_tag=None) == [1, 0]
    unseen = PIIQuality().measure(make_batch(["a@b.com"]))["pii.replacements"]
    assert (unseen.to_pylist(), unseen.type) == ([None], pa.int64())


def test_how_many_replacements_are_too_many() -> None:
    (rule,) = PIIQuality().rules
    assert (rule.name, rule.measurement, rule.maximum) == ("max_replacements", "pii.replacements", 5)
    assert PIIQuality(max_replacements=None).rules == ()
    assert PIIQuality(max_replacements=0).rules[0].maximum == 0
