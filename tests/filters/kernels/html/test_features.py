"""What is measured of the headings around a block, against the same in plain Python."""

from hypothesis import given, settings
from hypothesis import strategies as st

from textmill.filters.kernels.html.features import FEATURES
from textmill.filters.models.labelled_pages import measured

PARTS = st.tuples(
    st.sampled_from(["h1", "h2", "h4", "h6", "p", "li"]),
    st.sampled_from(["Some words.", "Comments", "Related articles and quellen", "Lea también: otra cosa"]),
)
GROUPS = {"comments": "Comments", "elsewhere": "Lea también", "sources": "quellen"}


@settings(max_examples=100, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=30))
def test_headings_before_and_behind_are_those_of_plain_python(parts: list[tuple[str, str]]) -> None:
    texts, rows = measured("".join(f"<{tag}>{text}</{tag}>" for tag, text in parts).encode())
    assert texts == [text for _, text in parts]
    column = {name: rows[:, number].tolist() for number, name in enumerate(FEATURES)}
    titles = [at for at, (tag, _) in enumerate(parts) if tag == "h1"]
    for at, (_, text) in enumerate(parts):
        headings = [other for other in range(at) if parts[other][0].startswith("h")]
        above = parts[headings[-1]] if headings else None
        assert column["heading_level"][at] == (int(above[0][1]) if above else 0)
        assert column["since_heading"][at] == (at - headings[-1] - 1 if headings else at)
        assert column["since_title"][at] == at - max((it for it in titles if it <= at), default=at + 1)
        assert column["until_title"][at] == min((it for it in titles if it >= at), default=at - 1) - at
        for name, words in GROUPS.items():
            assert column[f"text:{name}"][at] == (words in text)
            assert column[f"heading:{name}"][at] == bool(above and words in above[1])
