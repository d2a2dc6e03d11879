"""The licence that metadata name, by whichever name and however deep."""

import json

import pyarrow as pa
import pytest

from textmill.pipeline.passes.licenses import licenses


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (None, None),
        ("{}", None),
        ('{"title": "the license"}', None),
        ('{"license": "MIT"}', "MIT"),
        ('{"License": " CC BY-SA\\n 4.0 "}', "CC BY-SA 4.0"),
        ('{"licence": "OGL"}', "OGL"),
        ('{"rights": "Public domain in the USA."}', "Public domain in the USA."),
        ('{"rights": "x", "license": "y"}', "y"),
        ('{"license": "", "rights": "x"}', "x"),
        ('{"licenses": ["MIT", null, "Apache-2.0"]}', "MIT, Apache-2.0"),
        ('{"licenses": [" ", "MIT", 3, "\\n"]}', "MIT"),
        ('{"licenses": [], "content_license": "CC-BY"}', "CC-BY"),
        ('{"license_SPDX": "0BSD"}', "0BSD"),
        ('{"license_type": "permissive", "LICENCES": ["A", "B"]}', "A, B"),
        ('{"copyright_of_license": "x", "Rights": "free"}', "free"),
        ('{"\\u006cicense": "MIT"}', None),
        ('{"license": null}', None),
        ('{"license": 3}', None),
        ('{"license": {"name": "MIT"}}', None),
        ('{"metadata": {"license": "CC0"}}', "CC0"),
        ('{"metadata": [{"license": "CC0"}]}', None),
        ('{"a": {"license": "CC0"}}', None),
        ('["license"]', None),
    ],
)
def test_licenses_of_metadata(metadata: str | None, expected: str | None) -> None:
    assert licenses(pa.array(["{}", metadata], pa.string())).to_pylist() == [None, expected]


@pytest.mark.parametrize(
    "metadata",
    [
        'no JSON "license": "MIT"',
        '{"license": NaN}',
        '{"license": "\\ud800"}',
        '{"license": ' + "[" * 950 + '"MIT"' + "]" * 950 + "}",
        '{"metadata": ' * 1_000 + '{"license": "MIT"}' + "}" * 1_000,
        '{"metadata": ' * 5_000 + '{"license": "MIT"}' + "}" * 5_000,
    ],
)
def test_metadata_of_users_that_cannot_be_read_name_none(metadata: str) -> None:
    assert licenses(pa.array([metadata, '{"license": "CC0"}'])).to_pylist() == [None, "CC0"]


def test_the_first_name_that_is_there_counts() -> None:
    found = []
    names = ["license", "licence", "licenses", "licences", "content_license", "license_spdx", "license_type", "rights"]
    for number in range(len(names)):
        named = dict.fromkeys(reversed(names[number:]))
        found.append(json.dumps({name: f"of {name}" for name in named}))
    assert licenses(pa.array(found)).to_pylist() == [f"of {name}" for name in names]


def test_eight_levels_are_looked_at() -> None:
    deep = ['{"metadata": ' * levels + '{"license": "MIT"}' + "}" * levels for levels in (6, 7, 8, 9)]
    assert licenses(pa.array(deep)).to_pylist() == ["MIT", "MIT", None, None]
    assert licenses(pa.array(['{"META": {"license": "x"}}', '{"METADATA": {"License": "x"}}'])).to_pylist() == [
        None,
        "x",
    ]
    found = licenses(pa.array([], pa.string()))
    assert (found.type, len(found)) == (pa.string(), 0)


@pytest.mark.parametrize(
    ("chars", "expected"), [(199, "x" * 199), (200, "x" * 200), (201, "x" * 199 + "…"), (2000, "x" * 199 + "…")]
)
def test_the_text_of_a_license_is_cut(chars: int, expected: str) -> None:
    assert licenses(pa.array([json.dumps({"license": "x" * chars})])).to_pylist() == [expected]
