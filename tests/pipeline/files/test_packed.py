"""A field that travels packed is the same at the end of its way, and is not unpacked before."""

import pickle

import pytest

from textmill.pipeline.input.formats import FileFormat
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.splits import Split
from textmill.pipeline.job.facts import SourceFacts, SplitFacts


def travelled(value, times: int = 3):  # type: ignore[no-untyped-def]
    for _ in range(times):
        value = pickle.loads(pickle.dumps(value))
    return value


def test_a_split_travels_with_its_parts() -> None:
    parts = tuple(Part(path=f"/in/{n}", source=f"in/{n}", format=FileFormat("code")) for n in range(3))
    split = Split(number=4, parts=parts, bytes=12)
    arrived = travelled(split)
    with pytest.raises(AttributeError, match=r"^nothing$"):
        arrived.nothing  # noqa: B018
    assert "parts" not in vars(arrived)
    assert arrived == split
    assert arrived.parts == parts
    assert travelled(arrived) == split
    with pytest.raises(AttributeError):
        arrived.nothing  # noqa: B018


def test_facts_can_be_counted_on_after_their_way() -> None:
    facts = SplitFacts(number=1, sources={"a": SourceFacts(read=2)})
    arrived = travelled(facts)
    assert "sources" not in vars(arrived)
    arrived.add_input("a", "aa", 5)
    assert arrived.sources == {"a": SourceFacts(read=2, sha256="aa", bytes=5)}
    assert travelled(arrived) == arrived
    assert facts.sources == {"a": SourceFacts(read=2)}
