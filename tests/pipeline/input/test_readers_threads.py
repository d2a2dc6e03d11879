"""Threads of Reddit and StackExchange: put together from posts that lie far apart, in bounded memory."""

import gzip
import json
import random
import resource
import signal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
import zstandard

from textmill.errors import TextmillError
from textmill.pipeline.input.formats import detect_format
from textmill.pipeline.input.readers.dumps import grouping
from textmill.pipeline.input.readers.dumps.grouping import Grouping

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
