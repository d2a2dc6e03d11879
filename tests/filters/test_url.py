"""The URL rules around their thresholds, with lists from files, and against a slow twin."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from textmill.errors import RecipeError
from textmill.filters.base.batch import make_batch
from textmill.filters.lists.url_lists import (
    HARD_WORDS,
    SOFT_WORDS,
    SUBSTRINGS,
    letters_of,
    list_files,
    load_lists,
    word_list,
)
from textmill.filters.url import UrlRules

PIECES = (
    "http://", "HTTPS://", "www.", "example.", "com", "co.uk", "/", "?", "#", "@", ":80", ":", ".", "-", "%20", "é",
    "漢", "Porn", "Free", "casino", "poker", "xxx", "video", "online", "1", "\x00", " ",
)  # fmt: skip
TRICKY = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
ANY_URL = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


def batch_of(*urls: str | None) -> pa.RecordBatch:
    batch = make_batch(["text"] * len(urls))
    return batch.set_column(batch.schema.get_field_index("url"), "url", pa.array(urls, pa.string()))


def measured(judge: UrlRules, url: str | None) -> dict[str, int | None]:
    columns = judge.measure(batch_of(url))
    assert {name: column.type for name, column in columns.items()} == dict(UrlRules.measurements)
    return {name.removeprefix("url."): column[0].as_py() for name, column in columns.items()}


def broken_rules(judge: UrlRules, url: str | None) -> list[str]:
    columns = judge.measure(batch_of(url))
    return [rule.name for rule in judge.rules if rule.fails(columns[rule.measurement])[0]]


@pytest.mark.parametrize(
    ("url", "rules"),
    [
        ("https://example.org/news/2024", []),
        ("https://example.org/PORN/x", ["max_hard_words"]),
        ("https://example.org/casino-history", []),
        ("https://Casino.example/POKER", ["max_soft_words"]),
        ("https://casino.example/casino?casino", []),
        ("https://my-free-porn-site.example/", ["max_hard_words", "max_banned_substrings"]),
        ("https://myfreepornsite.example/", ["max_banned_substrings"]),
        ("http://p-o-r-n-vid.eo.example/", ["max_banned_substrings"]),
        ("https://exchange.example/ex", []),
        ("https://essexchat.example/sussex-video/middlesex-film", []),
        ("https://hardwarezone.example/software-zone", []),
        ("https://example.org/when-taiwan-archives-explained/canals-explored/morals-expressed", []),
        (None, []),
        ("", []),
    ],
)
def test_words(url: str | None, rules: list[str]) -> None:
    assert broken_rules(UrlRules(), url) == rules


def test_a_document_without_url_is_not_measured() -> None:
    for url in (None, ""):
        assert set(measured(UrlRules(), url).values()) == {None}
    assert UrlRules(max_listed=None, max_hard_words=None, max_soft_words=None, max_banned_substrings=None).rules == ()


@pytest.fixture
def blocklist(tmp_path: Path) -> Path:
    (tmp_path / "adult").mkdir()
    (tmp_path / "adult" / "domains").write_text(
        "# a remark\nBad.Example\n\nsub.worse.example\r\nhttp://www.third.example/\n"
    )
    (tmp_path / "adult" / "urls").write_text("fine.example/bad/page\nfine.example:8080/x?y=1\n")
    (tmp_path / "adult" / "README").write_text("fine.example\n")
    return tmp_path


@pytest.mark.parametrize(
    ("url", "listed"),
    [
        ("http://bad.example", 1),
        ("HTTP://WWW.BAD.EXAMPLE:8080/x?y#z", 1),
        ("https://user:pass@deep.sub.bad.example./path", 1),
        ("bad.example/without/scheme", 1),
        ("http://notbad.example/", 0),
        ("http://bad.example.com/", 0),
        ("http://worse.example/", 0),
        ("http://sub.worse.example/", 1),
        ("http://third.example/", 1),
        ("http://fine.example/?u=bad.example", 0),
        ("http://fine.example/bad/page/", 1),
        ("http://www.fine.example/bad/page#top", 1),
        ("http://fine.example/bad/page/2", 0),
        ("http://fine.example/bad", 0),
        ("http://fine.example:8080/x?y=1", 1),
        ("http://fine.example/x?y=1", 0),
        ("::", 0),
        ("http://", 0),
    ],
)
def test_listed_domains_and_urls(blocklist: Path, url: str, listed: int) -> None:
    assert measured(UrlRules(blocklist=str(blocklist)), url)["listed"] == listed


def test_word_lists_are_read_from_files_and_recorded(tmp_path: Path, blocklist: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("# hard\nBanana\n", encoding="utf-8")
    judge = UrlRules(hard_words=str(words), banned_substrings=str(words), blocklist=str(blocklist))
    assert broken_rules(judge, "http://x.example/banana") == ["max_hard_words", "max_banned_substrings"]
    assert broken_rules(judge, "http://x.example/porn") == []
    assert set(judge.model_files) == {
        "words.txt",
        f"{blocklist.name}/adult/domains",
        f"{blocklist.name}/adult/urls",
    }
    one_file = UrlRules(blocklist=str(blocklist / "adult" / "domains"))
    assert set(one_file.model_files) == {"domains"}


def test_what_of_the_lists_is_in_an_address_is_shown(tmp_path: Path) -> None:
    for name, words in (("hard", "mill\nflour\n"), ("soft", "river\n"), ("strings", "grain mill\nbread\n")):
        (tmp_path / name).write_text(words)
    judge = UrlRules(
        hard_words=str(tmp_path / "hard"),
        soft_words=str(tmp_path / "soft"),
        banned_substrings=str(tmp_path / "strings"),
    )

    def shown(url: str | None, rule: str) -> list[tuple[int, str, str]]:
        return [(one.line, one.text, one.found) for one in judge.evidence(batch_of(url), rule)]

    url = "https://Flour-mill.example/the_grain-MILL/mill?x=river#millriver"
    assert shown(url, "max_hard_words") == [(0, url, "flour, mill")]
    assert shown(url, "max_soft_words") == [(0, url, "river")]
    assert shown(url, "max_banned_substrings") == [(0, url, "grain mill")]
    assert shown(url, "max_listed") == [(0, url, "")]
    assert shown("mill.example/river", "max_hard_words") == [(0, "mill.example/river", "mill")]
    assert shown(None, "max_hard_words") == []


def test_missing_lists_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="there is no list at"):
        UrlRules(blocklist=str(tmp_path / "none"))
    with pytest.raises(RecipeError, match="soft_words: there is no file"):
        UrlRules(soft_words=str(tmp_path / "none"))


def test_our_lists_are_clean() -> None:
    for words in (HARD_WORDS, SOFT_WORDS, SUBSTRINGS):
        assert sorted(set(words)) == list(words)
        assert all(re.fullmatch("[a-z0-9]+", word) for word in words)
    assert not set(HARD_WORDS) & set(SOFT_WORDS)


@settings(max_examples=300)
@given(st.one_of(TRICKY, ANY_URL))
@example("http://a/://porn")
@example("porn")
def test_words_are_counted_as_the_twin_does(url: str) -> None:
    rest = re.sub(r"^[a-z0-9+.\-]*://", "", url.lower() if url.isascii() else ascii_lower(url))
    host_end = re.search(r"[/?#]", rest)
    host = rest[: host_end.start()] if host_end else rest
    rest = rest[host.rfind("@") + 1 :]
    host = host[host.rfind("@") + 1 :]
    if host.startswith("www.") and len(host) > 4:
        rest = rest[4:]
    words = set(re.split(r"[^a-z0-9]+", rest))
    squeezed = re.sub(r"[^a-z0-9]", "", rest)
    expected: dict[str, int | None] = {
        "listed": 0,
        "hard_words": len(words & set(HARD_WORDS)),
        "soft_words": len(words & set(SOFT_WORDS)),
        "banned_substrings": sum(len(re.findall(f"(?={string})", squeezed)) for string in SUBSTRINGS),
    }
    assert measured(UrlRules(), url) == (expected if url else dict.fromkeys(expected))


def ascii_lower(text: str) -> str:
    return re.sub("[A-Z]", lambda match: match[0].lower(), text)


@settings(max_examples=100)
@given(st.from_regex(r"https?://([a-z0-9-]{1,5}\.){1,3}example(:[0-9]{1,4})?(/[a-z]{0,3}){0,2}", fullmatch=True))
def test_hosts_are_those_of_the_standard_library(tmp_path_factory: pytest.TempPathFactory, url: str) -> None:
    host = urlsplit(url).hostname
    assert host is not None
    path = tmp_path_factory.mktemp("list") / "domains"
    path.write_text(f"{host.removeprefix('www.')}\n")
    assert measured(UrlRules(blocklist=str(path)), url)["listed"] == 1


def test_monotonous_urls_end() -> None:
    for piece in ("porn", ".", "/", "@", "pornvideo", "a.", "://", "\x00"):
        counts = measured(UrlRules(), "http://" + piece * 100_000)
        assert all(value is not None and value >= 0 for value in counts.values())


def test_files_of_a_list_are_those_named_domains_and_urls_or_all(tmp_path: Path) -> None:
    for name in ("b/domains", "a/urls", "a/domains", "a/README"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x\n")
    assert list_files(str(tmp_path)) == tuple(tmp_path / name for name in ("a/domains", "a/urls", "b/domains"))
    assert list_files(str(tmp_path / "a" / "README")) == (tmp_path / "a" / "README",)
    (tmp_path / "other").mkdir()
    with pytest.raises(RecipeError) as told:
        list_files(str(tmp_path / "other"))
    assert str(told.value) == (
        f"url_rules: there is no list at {tmp_path}/other; give a file of domains, one a line, or a folder of them"
    )
    for name in ("z.txt", "y"):
        (tmp_path / "other" / name).write_text("")
    assert list_files(str(tmp_path / "other")) == (tmp_path / "other" / "y", tmp_path / "other" / "z.txt")


def test_words_of_a_file_are_lines_each_once(tmp_path: Path) -> None:
    (tmp_path / "words").write_bytes("# no\n Mill \n\nflour\nMILL\n  # neither\nÉté\n".encode() + b"\xff\n")
    assert word_list(str(tmp_path / "words"), ("own",)) == ("mill", "flour", "été", "\ufffd")
    assert word_list(None, ("own", "own")) == ("own", "own")
    with pytest.raises(
        RecipeError, match=rf"^url_rules: cannot read the list {tmp_path}/no: No such file or directory$"
    ):
        word_list(str(tmp_path / "no"), ())


def test_lists_are_made_ready_for_the_kernel(tmp_path: Path) -> None:
    assert letters_of("Sex-Chat é9!") == "SexChat9"
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "domains").write_text(f"{name}.example\nboth.example\n")
        (tmp_path / name / "urls").write_text(f"{name}.example/x\nboth.example/y\n")
    lists = load_lists(str(tmp_path), ("porn", "xxx"), ("casino",), ("a-b", "---"))
    sizes = [len(lists[0]), len(lists[1]), len(lists[2]), len(lists[3])]
    assert sizes == [3, 3, 2, 1]
    for hashes in lists[:2]:
        assert hashes.dtype == "uint64"
        assert hashes.tolist() == sorted(hashes.tolist())
    assert [len(part) for part in load_lists(None, (), (), ())[:4]] == [0, 0, 0, 0]
