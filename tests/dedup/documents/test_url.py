from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textmill.dedup import UrlDedup
from textmill.dedup.documents.url import normalize_url
from textmill.filters.base.batch import make_batch


@pytest.mark.parametrize(
    "variant",
    [
        "http://example.org/a?b=1&c=2",
        "HTTPS://WWW.EXAMPLE.ORG/a/?c=2&b=1",
        "https://example.org:443/a?b=1&c=2#part",
        "http://example.org:80/%61?b=1&c=2&utm_medium=mail&gclid=7",
        "//example.org./a?b=1&&c=2",
        "  http://user@example.org/a?b=%31&c=2 ",
    ],
)
def test_variants_of_one_address(variant):
    assert normalize_url(variant) == "example.org/a?b=1&c=2"


@pytest.mark.parametrize(
    "parameter", ["utm_source", "UTM_x", "fbclid", "gclid", "msclkid", "dclid", "mc_cid", "mc_eid", "yclid"]
)
def test_parameters_that_track_visitors_do_not_count(parameter):
    assert normalize_url(f"http://example.org/a?{parameter}=1&b=2") == "example.org/a?b=2"
    assert normalize_url(f"http://example.org/a?{parameter}=1") == "example.org/a"
    assert normalize_url(f"http://example.org/a?my_{parameter}=1") == f"example.org/a?my_{parameter}=1"


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/A?b=1&c=2",
        "http://example.org/a?b=2&c=1",
        "http://example.org:8080/a?b=1&c=2",
        "http://sub.example.org/a?b=1&c=2",
        "http://example.org/a%3Fb=1&c=2",
        "http://example.org/a?b=1%26c=2",
        "ftp://example.org/a?b=1&c=2",
        "http://example.org/a",
    ],
)
def test_other_addresses(other):
    assert normalize_url(other) != "example.org/a?b=1&c=2"


@given(st.text(max_size=40) | st.text(alphabet="htps:/?#[]@%&=.ab1 ", max_size=40))
def test_no_text_breaks_it_and_normalising_is_stable_in_its_key(text):
    assert isinstance(normalize_url(text), str)
    assert normalize_url(text, ignore_query=True) == normalize_url(text, ignore_query=True)


def test_documents_without_address_have_no_key():
    batch = make_batch(["a", "b", "c", "d"])
    index = batch.schema.get_field_index("url")
    batch = batch.set_column(index, "url", pa.array([None, "http://a.org", " ", "a.org"], pa.string()))
    keys = UrlDedup().keys(batch)
    assert keys.document.tolist() == [1, 3]
    assert UrlDedup().keys(make_batch([])).words.shape == (0, 2)


def test_queries_count_unless_they_are_to_be_ignored():
    batch = make_batch(["a", "b"])
    index = batch.schema.get_field_index("url")
    batch = batch.set_column(index, "url", pa.array(["http://a.org/x?page=1", "http://a.org/x?page=2"], pa.string()))
    first, second = UrlDedup().keys(batch).words.tolist()
    assert first != second
    first, second = UrlDedup(ignore_query=True).keys(batch).words.tolist()
    assert first == second
