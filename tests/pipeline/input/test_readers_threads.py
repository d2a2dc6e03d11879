"""Threads of Reddit and StackExchange: put together from posts that lie far apart, in bounded memory."""

import gzip
import json
import random
import re
import resource
import signal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
import zstandard

from textmill.errors import TextmillError
from textmill.filters.base.batch import document_id
from textmill.pipeline.input.formats import FileFormat, detect_format
from textmill.pipeline.input.inputs import InputOptions
from textmill.pipeline.input.parts import Part
from textmill.pipeline.input.readers.dumps import grouping
from textmill.pipeline.input.readers.dumps.grouping import Grouping
from textmill.pipeline.input.readers.dumps.threads import Post, add_post, threads
from textmill.pipeline.input.readers.records import Document

from .reading import Found, read_bytes, read_file


def comment(name: str, body: str, thread: str = "t", parent: str | None = None, time: Any = 1, **more: Any) -> str:
    fields = {"id": name, "body": body, "link_id": f"t3_{thread}", "parent_id": parent or f"t3_{thread}"}
    fields |= {"author": "u", "subreddit": "mills", "created_utc": time, "score": 3, "gilded": 0}
    return json.dumps(fields | more)


def submission(name: str, title: str, text: str, **more: Any) -> str:
    fields = {"id": name, "title": title, "selftext": text, "author": "op", "subreddit": "mills", "created_utc": 0}
    return json.dumps(fields | {"score": 9, "is_self": True, "num_comments": 2} | more)


def read_reddit(folder: Path, *lines: str, **options: Any) -> Found:
    return read_bytes(folder, "RC_2020-01.jsonl", "\n".join(lines) + "\n", **options)


def test_a_thread_in_the_order_of_the_tree(tmp_path: Path) -> None:
    found = read_reddit(
        tmp_path,
        comment("c", "second answer", parent="t3_t", time=20),
        comment("d", "to the first", parent="t1_b", time=30),
        submission("t", "Title &amp; more", "The &gt; text", permalink="/r/mills/comments/t/title/"),
        comment("b", "first answer", time="10"),
        comment("e", "another thread", thread="v"),
        comment("f", "to the answer", parent="t1_d", time=5, score=-4),
    )
    assert found.texts == [
        "Title & more\n\nThe > text\n\nfirst answer\n\nto the first\n\nto the answer\n\nsecond answer",
        "another thread",
    ]
    row = found.rows[0]
    assert (row["kind"], row["url"]) == ("web", "https://www.reddit.com/r/mills/comments/t/")
    metadata = json.loads(row["metadata"])
    assert (metadata["title"], metadata["score"], metadata["subreddit"]) == ("Title & more", 9, "mills")
    told = [(post["id"], post["depth"], post["score"]) for post in metadata["comments"]]
    assert told == [("b", 0, 3), ("d", 1, 3), ("f", 2, -4), ("c", 0, 3)]


def test_a_flood_of_bad_lines_is_counted(tmp_path: Path) -> None:
    found = read_bytes(
        tmp_path, "RC_2020-01", comment("a", "kept") + "\n" + "[1]\n" * 400_000 + comment("b", "too", time=2)
    )
    assert found.texts == ["kept\n\ntoo"]
    assert len(found.quarantined) == 202
    assert found.quarantined[-1].error == "no_documents"
    rows = "<row Id='1'/>\n" * 20_000
    found = read_bytes(tmp_path, "Posts.xml", f"<posts>\n{rows}" + "<row PostTypeId='1'/>" * 20_000 + "</posts>")
    assert (found.skipped, len(found.quarantined)) == ({"StackExchange post of type None": 20_000}, 101)


def test_what_is_gone_is_left_out_and_told(tmp_path: Path) -> None:
    found = read_reddit(
        tmp_path,
        submission("t", "Title", "[removed]"),
        comment("a", "[deleted]", time=1),
        comment("b", "answer to what is gone", parent="t1_a", time=2),
        comment("c", "orphan", parent="t1_zzz", time=3),
        comment("x", "[removed]", thread="gone"),
        comment("b", "again", parent="t1_a", time=2),
    )
    assert found.texts == ["Title\n\nanswer to what is gone\n\norphan"]
    assert found.skipped == {"deleted or removed from Reddit": 2, "a post that came before": 1}


def test_what_is_told_of_threads(tmp_path: Path) -> None:
    lines = [
        "\ufeff" + submission("t", "Title", "Text", url="https://www.reddit.com/r/mills/comments/t/title/"),
        submission("u", "A &lt;b&gt;", "", url="https://mill.example/?a&amp;b", created_utc="5", score=1.5),
        comment("a", " &#x200B;one&nbsp;two &amp;lt; ", author="[deleted]"),
        comment("b", "three", thread="x y"),
        comment("c", "four", link_id=None, parent_id=None),
        '{"id":"t1_d","body":"five","link_id":"t3_z","created_utc":null,"score":9223372036854775808,"author":3}',
        "",
        '{"id":"t3_f","title":"only","subreddit":"mills","gilded":1}',
        '{"id":"g","selftext":"only","score":9223372036854775807}',
        comment("h", "[removed]", thread="t"),
    ]
    found = read_reddit(tmp_path, *lines)
    mills, told = "https://www.reddit.com/r/mills/comments", {"score": 3, "created_utc": 1}
    op = {"author": "op", "subreddit": "mills"}
    assert [(row["text"], row["url"], json.loads(row["metadata"])) for row in found.rows] == [
        ("Title\n\nText\n\none two &lt;", f"{mills}/t/", op | {
            "thread": "t", "title": "Title", "score": 9, "created_utc": 0,
            "comments": [{"id": "a", "depth": 0, "author": "[deleted]", **told}],
        }),
        ("A <b>", f"{mills}/u/", op | {
            "thread": "u", "title": "A <b>", "score": 1.5, "created_utc": "5", "comments": [],
            "linked_url": "https://mill.example/?a&amp;b",
        }),
        ("three", None, {
            "thread": "x y", "subreddit": "mills", "comments": [{"id": "b", "depth": 0, "author": "u", **told}],
        }),
        ("four", None, {
            "thread": "c", "subreddit": "mills", "comments": [{"id": "c", "depth": 0, "author": "u", **told}],
        }),
        ("five", None, {"thread": "z", "comments": [{"id": "d", "depth": 0, "author": 3}]}),
        ("only", f"{mills}/f/", {"thread": "f", "title": "only", "subreddit": "mills", "comments": []}),
        ("only", None, {"thread": "g", "score": 9223372036854775807, "comments": []}),
    ]  # fmt: skip
    content = "\n".join(lines).encode()
    begins = {name: content.index(b'"' + name + b'"') - len(b'{"id": ') for name in (b"u", b"b", b"c")}
    begins |= {name: content.index(b'{"id":"' + name) for name in (b"t1_d", b"t3_f", b"g")}
    assert [row["doc_id"] for row in found.rows] == [
        document_id("in/RC_2020-01.jsonl", position) for position in (0, *begins.values())
    ]
    assert found.skipped == {"deleted or removed from Reddit": 1}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{bad", ("invalid_json", "unexpected character", b"{bad")),
        (b'{"a": "\xff"}', ("invalid_utf8", "byte 7 of the line: invalid start byte", b'{"a": "\xff"}')),
        ('"s"', ("not_an_object", "a JSON str, not an object", b'"s"')),
        ('{"body": "x"}', ("missing_text", "no field 'id'", b'{"body": "x"}')),
        ('{"id":"l","body":3}', ("missing_text", "neither 'body' nor 'title' or 'selftext' is a string", None)),
        ('{"id":"l","title":3}', ("missing_text", "neither 'body' nor 'title' or 'selftext' is a string", None)),
        ('{"id":"l","body":"' + "x" * 4000 + '"}', ("too_large", "a line of 4021 bytes; the limit is 4000", None)),
    ],
)
def test_what_is_told_of_a_line_that_is_no_post(
    tmp_path: Path, line: str | bytes, told: tuple[str, str, bytes | None]
) -> None:
    content = line if isinstance(line, bytes) else line.encode()
    before = comment("a", "kept").encode() + b"\n"
    found = read_bytes(tmp_path, "RC_2020-01", before + content + b"\n", max_document_bytes=4000)
    (bad,) = found.quarantined
    assert (bad.source, bad.position, bad.error) == ("in/RC_2020-01", len(before), told[0])
    assert bad.detail == told[1] or (bad.error == "invalid_json" and bad.detail.startswith(told[1]))
    assert bad.first_bytes == (content[:256] if told[2] is None else told[2])


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"body": "[deleted]"}, "deleted or removed from Reddit"),
        ({"body": " [removed]\n"}, "deleted or removed from Reddit"),
        ({"body": "[unavailable]"}, "deleted or removed from Reddit"),
        ({"title": "[ Removed by Reddit ]", "selftext": ""}, "deleted or removed from Reddit"),
        ({"title": "", "selftext": "[deleted by user]"}, "deleted or removed from Reddit"),
        ({"body": " "}, "a post without text"),
        ({"title": "", "selftext": ""}, "a post without text"),
    ],
)
def test_a_post_without_text_is_told(tmp_path: Path, fields: dict[str, str], reason: str) -> None:
    found = read_bytes(tmp_path, "RC_2020-01", json.dumps({"id": "a", "subreddit": "b", **fields}) + "\n")
    assert (found.rows, found.skipped, found.errors) == ([], {reason: 1}, [])


@pytest.mark.parametrize(
    ("times", "order"),
    [
        ((3, 2, 1), "c b a"),
        ((1, 1, 1), "a b c"),
        (("3", "2.5", "1"), "c b a"),
        ((5, None, 3), "b c a"),
        ((5, "x", -3), "c b a"),
        ((5, 1 << 53, 3), "b c a"),
        ((5, (1 << 53) - 1, 3), "c a b"),
        ((5, "inf", "nan"), "b c a"),
    ],
)
def test_answers_come_in_the_order_of_time(tmp_path: Path, times: tuple[Any, ...], order: str) -> None:
    found = read_reddit(tmp_path, *(comment(name, name, time=when) for name, when in zip("abc", times, strict=True)))
    assert found.texts == [order.replace(" ", "\n\n")]


def test_posts_that_answer_each_other_in_a_circle(tmp_path: Path) -> None:
    found = read_reddit(tmp_path, *(comment(str(i), f"text {i}", parent=f"t1_{(i + 1) % 5}") for i in range(5)))
    assert sorted(found.texts[0].split("\n\n")) == [f"text {i}" for i in range(5)]


def test_lines_that_are_no_posts_are_told(tmp_path: Path) -> None:
    lines = [comment("a", "kept"), "{bad", "[1]", '{"body": "x"}', '{"id": "q"}', comment("b", "\ud800", time=1e300)]
    found = read_reddit(tmp_path, *lines, comment("c", "x" * 5000), max_document_bytes=4000)
    assert [error for _, error in found.errors] == [
        "invalid_json", "not_an_object", "missing_text", "missing_text", "too_large"
    ]  # fmt: skip
    assert found.texts == ["\ufffd\n\nkept"]  # a time that is none counts as the first
    long = [comment(str(i), "y" * 900) for i in range(9)]
    found = read_reddit(tmp_path, comment("z", "other", thread="v"), *long, max_document_bytes=4000)
    assert (found.texts, [error for _, error in found.errors]) == (["other"], ["too_large"])


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("RC_2020-01", comment("a", "b"), "reddit"),
        ("mills_comments.ndjson", comment("a", "b"), "reddit"),
        ("mills_submissions.json", submission("a", "b", "c"), "reddit"),
        ("RS_2011-02.jsonl", submission("a", "b", "x" * 6000), "reddit"),
        ("a.jsonl", '{"text": "a", "subreddit": "b", "link_id": "c", "parent_id": "d"}', "jsonl"),
        ("a.jsonl", '{"body": "a", "subreddit": "b"}', "jsonl"),
    ],
)
def test_which_lines_are_of_reddit(tmp_path: Path, name: str, content: str, expected: str) -> None:
    (tmp_path / name).write_text(content + "\n")
    assert detect_format(str(tmp_path / name)).name == expected


def test_memory_is_bounded_by_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(3)
    lines = [
        comment(str(i), f"text {i}", thread=str(i % 700), parent=f"t1_{i - 700}" if i >= 700 else None, time=i)
        for i in range(7000)
    ]
    generator.shuffle(lines)
    content = zstandard.compress("\n".join(lines).encode())
    in_memory = read_bytes(tmp_path, "RC_2020-01.zst", content)
    monkeypatch.setattr(grouping, "HELD_BYTES", 20_000)
    monkeypatch.setattr(grouping, "PARTITIONS", 3)
    spilt = read_bytes(tmp_path, "RC_2020-01.zst", content)
    assert len(in_memory.rows) == 700

    def ordered(found: Found) -> list[dict[str, Any]]:
        return sorted(found.rows, key=lambda row: row["doc_id"])

    assert ordered(spilt) == ordered(in_memory)
    assert spilt.rows != in_memory.rows  # other partitions, another order
    assert spilt.rows == read_bytes(tmp_path, "RC_2020-01.zst", content).rows
    assert all(row["text"].split("\n\n")[0] == f"text {row['text'].split()[1]}" for row in spilt.rows)


def test_no_file_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "HELD_BYTES", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Grouping(10_000) as held:
        for number in range(500):
            held.add(b"%d" % (number % 50), b"row %d" % number)
        assert list(tmp_path.iterdir())
        groups = {key: rows for key, rows, _ in held.groups()}
    assert groups == {b"%d" % key: [b"row %d" % n for n in range(key, 500, 50)] for key in range(50)}
    assert not list(tmp_path.iterdir())


def test_rows_beyond_the_limit_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "HELD_BYTES", 1000)
    with Grouping(100) as held:
        for number in range(1000):
            held.add(b"one", b"%010d" % number)
        held.add(b"two", b"x")
        assert {key: (rows, size) for key, rows, size in held.groups()} == {
            b"one": ([b"0000000000"], 10_000), b"two": ([b"x"], 1)
        }  # fmt: skip


def row(**attributes: str) -> str:
    return "  <row " + " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items()) + " />\n"


def question(name: str, body: str, **more: str) -> str:
    return row(Id=name, PostTypeId="1", Title=f"Question {name}", Body=body, Score="5", Tags="<a><c++>", **more)


def answer(name: str, parent: str, body: str, score: int) -> str:
    return row(Id=name, PostTypeId="2", ParentId=parent, Body=body, Score=str(score))


def posts(*rows: str) -> str:
    return '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<posts>\n' + "".join(rows) + "</posts>"


def test_a_question_with_its_answers(tmp_path: Path) -> None:
    content = posts(
        answer("7", "1", "<p>best by votes</p>", 50),
        question("1", "<p>How &lt;b&gt;?</p>\n<pre><code>x = 1\ny = 2</code></pre>", AcceptedAnswerId="9"),
        row(Id="3", PostTypeId="5", Body="wiki"),
        answer("8", "1", "bad", -2),
        question("2", "alone"),
        answer("9", "1", "accepted", 3),
        answer("10", "99", "its question is elsewhere", 1),
    )
    found = read_bytes(tmp_path, "Posts.xml", content)
    assert found.texts == [
        "Question 1\n\nHow <b>?\n\nx = 1\ny = 2\n\naccepted\n\nbest by votes\n\nbad",
        "Question 2\n\nalone",
        "its question is elsewhere",
    ]
    assert found.skipped == {"StackExchange tag wiki": 1}
    first, _, last = (json.loads(row["metadata"]) for row in found.rows)
    assert (first["title"], first["tags"], first["score"]) == ("Question 1", ["a", "c++"], 5)
    assert [(post["id"], post["score"]) for post in first["answers"]] == [("9", 3), ("7", 50), ("8", -2)]
    assert last["question_missing"] is True
    assert found.rows == [
        {**row, "source": row["source"]} for row in read_bytes(tmp_path, "Posts.xml", content, 100).rows
    ]
    packed = read_bytes(tmp_path, "Posts.xml.gz", gzip.compress(content.encode()))
    assert packed.texts == found.texts


def test_rows_that_cannot_be_read_cost_themselves(tmp_path: Path) -> None:
    content = posts(
        question("1", "kept"),
        '  <row Id="2" PostTypeId="1" Body="&bomb;" />\n',
        '  <row Id="3" PostTypeId="1" Body=>\n',
        row(Id="4", PostTypeId="1"),
        question("5", "x" * 3000),
        question("6", "<b>" * 2000 + "deep"),
        '<row Id="7" PostTypeId="1" Title="all on" Body="one line"/><row Id="8" PostTypeId="1" Body="another"/>',
    )
    found = read_bytes(tmp_path, "Posts.xml", content.replace("x" * 3000, "x" * 30_000), max_document_bytes=20_000)
    assert found.texts == ["Question 1\n\nkept", "Question 6\n\ndeep", "all on\n\none line", "another"]
    assert [error for _, error in found.errors] == ["corrupt", "corrupt", "missing_text", "too_large"]


def test_what_is_told_of_questions(tmp_path: Path) -> None:
    content = posts(
        question(
            "1",
            "<p>How?</p>",
            ViewCount="12",
            ClosedDate="2020-01-02",
            CreationDate="2019",
            ContentLicense="CC BY",
            OwnerUserId="7",
            AcceptedAnswerId="",
        ),
        row(Id="2", PostTypeId="1", Title=" ", Body="<p>alone</p>", Tags="|a|b c|", ViewCount="x"),
        row(Id="3", PostTypeId="2", ParentId="1", Body="one", Score="1", OwnerUserId="8"),
        row(Id="4", PostTypeId="2", ParentId="1", Body=" ", Score="9"),
        row(Id="x5", PostTypeId="2", ParentId="1", Body="two", Score="-"),
        row(Id="6", PostTypeId="2", Body="three", Score="2"),
        row(Id="07", PostTypeId="2", ParentId="1", Body="four", Score="1"),
        row(Id="1", PostTypeId="1", Title="again", Body="again"),
    )
    found = read_bytes(tmp_path, "Posts.xml", content)
    assert [(row["text"], row["kind"], row["url"], json.loads(row["metadata"])) for row in found.rows] == [
        ("Question 1\n\nHow?\n\none\n\nfour\n\ntwo", "web", None, {
            "question": "1", "title": "Question 1", "score": 5, "tags": ["a", "c++"], "views": 12,
            "closed": "2020-01-02", "created": "2019", "license": "CC BY", "user": "7",
            "answers": [{"id": "3", "score": 1, "user": "8"}, {"id": "07", "score": 1}, {"id": "x5"}],
        }),
        ("alone", "web", None, {"question": "2", "tags": ["a", "b c"], "answers": []}),
        ("three", "web", None, {
            "question": "answer 6", "question_missing": True, "answers": [{"id": "6", "score": 2}],
        }),
    ]  # fmt: skip
    assert found.skipped == {"a post without text": 1, "a post that came before": 1}
    assert [row["doc_id"] for row in found.rows] == [
        document_id("in/Posts.xml", content.encode().index(b"<row Id=%s " % name)) for name in (b'"1"', b'"2"', b'"6"')
    ]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("3", "StackExchange orphaned tag wiki"), ("4", "StackExchange excerpt of a tag wiki"),
        ("5", "StackExchange tag wiki"), ("6", "StackExchange moderator nomination"), ("7", "StackExchange wiki"),
        ("8", "StackExchange privilege wiki"), ("9", "StackExchange article"), ("10", "StackExchange help article"),
        ("12", "StackExchange collection"), ("17", "StackExchange tag wiki"), ("99", "StackExchange post of type 99"),
    ],
)  # fmt: skip
def test_posts_that_are_no_question_and_no_answer_are_told(tmp_path: Path, kind: str, reason: str) -> None:
    found = read_bytes(tmp_path, "Posts.xml", posts(row(Id="1", PostTypeId=kind, Body="x")))
    assert (found.rows, found.skipped) == ([], {reason: 1})


@pytest.mark.parametrize(
    ("line", "error", "detail"),
    [
        ('<row Id="2" PostTypeId="1" Body="&bomb;" />', "corrupt", "a row that is not well-formed: undefined entity"),
        ('<row PostTypeId="1" Body="x" />', "missing_text", "a post without Id or Body"),
        ('<row Id="" PostTypeId="1" Body="x" />', "missing_text", "a post without Id or Body"),
        ('<row Id="2" PostTypeId="2" />', "missing_text", "a post without Id or Body"),
    ],
)
def test_what_is_told_of_a_row_that_cannot_be_read(tmp_path: Path, line: str, error: str, detail: str) -> None:
    found = read_bytes(tmp_path, "Posts.xml", posts(question("1", "kept"), f"  {line}\n"))
    (bad,) = found.quarantined
    assert (bad.source, bad.error, bad.first_bytes) == ("in/Posts.xml", error, f"{line}\n".encode())
    assert bad.detail.startswith(detail)
    assert found.texts == ["Question 1\n\nkept"]


def test_a_thread_that_is_too_large_is_told_by_its_first_post(tmp_path: Path) -> None:
    content = posts(question("2", "kept"), answer("3", "1", "x" * 300, 1), question("1", "y" * 300))
    found = read_bytes(tmp_path, "Posts.xml", content, max_document_bytes=600)
    (bad,) = found.quarantined
    assert (bad.position, bad.error) == (content.encode().index(b'<row Id="3"'), "too_large")
    assert re.fullmatch(r"a thread of 7\d\d bytes; the limit is 600", bad.detail)
    assert found.texts == ["Question 2\n\nkept"]


def post(name: str, parent: str | None, *order: int, **fields: Any) -> Post:
    return Post(position=int(name), id=name, parent=parent, text=f"text {name}", order=order, fields=fields)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([post("1", None, 0), post("2", "1", 2), post("3", "1", 1), post("4", "3", 9)], "1:0 3:1 4:2 2:1"),
        ([post("1", "9", 0), post("2", None, 5)], "2:0 1:0"),  # an orphan behind what begins a thread
        ([post("1", "1", 0), post("2", "1", 0)], "1:0 2:1"),
        ([post("1", "2", 1), post("2", "1", 0)], "1:0 2:1"),  # a circle begins with the first of the file
        ([post("1", None, 0, accepted_answer=3), post("2", "1", 0), post("3", "1", 9)], "1:0 3:1 2:1"),
        ([post("1", None, 1), post("2", None, 0), post("3", None, 1)], "2:0 1:0 3:0"),
    ],
)
def test_the_order_of_a_thread(tmp_path: Path, given: list[Post], expected: str) -> None:
    said: list[str] = []

    def describe(thread: str, ordered: list[tuple[Post, int]]) -> tuple[str | None, dict[str, Any]]:
        said.append(" ".join(f"{one.id}:{depth}" for one, depth in ordered))
        assert sorted((one for one, _ in ordered), key=lambda one: one.position) == given
        return f"of {thread}", {"n": len(ordered)}

    with Grouping(10_000) as held:
        for one in given:
            add_post(held, "key", one)
        part = Part(path="a", source="in/a", format=FileFormat("reddit"))
        (document,) = threads(held, part, InputOptions(), "web", describe)
    assert said == [expected]
    texts = "\n\n".join(f"text {one.split(':')[0]}" for one in expected.split())
    assert document == Document(position=1, text=texts, kind="web", url="of key", metadata={"n": len(given)})


def test_other_tables_are_no_text(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, "Users.xml", '<?xml version="1.0"?>\n<users>\n<row Id="1" AboutMe="x" /></users>')
    (told,) = found.quarantined
    assert (told.error, told.detail) == ("unsupported", "StackExchange's table of users; only Posts.xml is read")


def test_a_full_disk_is_not_the_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "HELD_BYTES", 100)
    monkeypatch.setattr("tempfile.tempdir", "/dev/shm")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    lines = [comment(str(number), random.Random(number).randbytes(400).hex()) for number in range(2000)]
    path = tmp_path / "RC_2020-01"
    path.write_text("\n".join(lines))
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limit[1]))
    try:
        with pytest.raises(TextmillError, match="make room"):
            read_file(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, handler)
