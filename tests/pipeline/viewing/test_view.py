"""The page of a real run, asked by HTTP at this machine: who is let in, and what is answered."""

import html
import http.client
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import pyarrow.parquet as pq
import pytest
import yaml

from textmill.errors import InputError
from textmill.pipeline.commands.retune import retune
from textmill.pipeline.recipes.recipe_file import parse_recipe
from textmill.pipeline.viewing.question import expression

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

TEXTMILL = Path(sys.executable).parent / "textmill"
Command = Callable[..., subprocess.CompletedProcess[str]]
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\nThe page of the town says this & that.\n"
RECIPE = """
name: viewed
steps:
  - normalize_unicode
  - gopher_quality: {min_words: 20, min_stop_words: null}
  - exact_dedup
"""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        assert parts.hostname == "127.0.0.1"
        assert parts.port is not None
        self.port = parts.port
        self.path = parts.path

    def get(
        self, path: str, headers: dict[str, str] | None = None, *, method: str = "GET", **asked: str | list[str]
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        query = f"?{urlencode(asked, doseq=True)}" if asked else ""
        whole = path if path.startswith("/") else self.path + path
        connection.request(method, whole + query, headers=headers or {})
        response = connection.getresponse()
        answer = Answer(
            response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        )
        connection.close()
        return answer


def words(count: int, number: int) -> str:
    return " ".join(f"word{number} the town of {index}" for index in range(count // 5)) + ".\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, textmill: Command) -> Path:
    """A run over 60 texts of 5 to 300 words, one of them hostile, and one twice."""
    made = tmp_path_factory.mktemp("view")
    texts = [HOSTILE + words(5 * number, number) for number in range(1, 60)]
    rows = [*texts, texts[-1]]
    lines = [json.dumps({"text": text, "id": number}) for number, text in enumerate(rows)]
    (made / "in.jsonl").write_text("\n".join([*lines, "{broken"]) + "\n", encoding="utf-8")
    (made / "recipe.yaml").write_text(RECIPE, encoding="utf-8")
    command = ["run", made / "recipe.yaml", made / "in.jsonl", "-o", made / "out", "--keep-removed"]
    assert textmill(*command, "--workers", "1", "--quiet").returncode == 0
    return made / "out"


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    command = [TEXTMILL, "view", folder, "--no-open", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Server(json.loads(process.stdout.readline())["address"])
        process.terminate()


def test_only_who_knows_the_secret_is_let_in(server: Server) -> None:
    page = server.get("")
    assert page.status == 200
    assert len(server.path.strip("/")) >= 32
    wrong = server.path[:-2] + ("a" if server.path[-2] != "a" else "b") + "/"
    for path in ("/", "/api/facts", wrong, wrong + "api/facts", "/docs", "//", "/%00/"):
        refused = server.get(path)
        assert refused.status == 403, path
        assert b"secret" in refused.body


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "0.0.0.0:{port}"])
def test_another_host_is_refused(server: Server, host: str) -> None:
    assert server.get("", {"Host": host.format(port=server.port)}).status == 421
    assert server.get("", {"Host": f"localhost:{server.port}"}).status == 200


def test_other_pages_may_not_ask_and_are_told_nothing(server: Server) -> None:
    assert server.get("api/facts", {"Origin": "http://evil.example"}).status == 403
    assert server.get("api/facts", {"Origin": "null"}).status == 403
    allowed = server.get("api/facts", {"Origin": f"http://127.0.0.1:{server.port}"})
    assert allowed.status == 200
    assert not any(name.startswith("access-control") for name in allowed.headers)
    assert allowed.headers["cross-origin-resource-policy"] == "same-origin"
    assert allowed.headers["x-content-type-options"] == "nosniff"
    assert allowed.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_there_are_only_questions(server: Server, method: str) -> None:
    assert server.get("api/facts", method=method).status == 405


def test_the_page_loads_nothing_and_runs_only_its_own_script(server: Server) -> None:
    page = server.get("")
    text = page.body.decode()
    policy = page.headers["content-security-policy"]
    nonce = policy.split("'nonce-")[1].split("'")[0]
    assert text.count("<script") == 1
    assert f'<script nonce="{nonce}">' in text
    assert "default-src 'none'" in policy
    assert not any(part in text for part in ("http://", "https://", "src=", "@import", "url("))
    assert nonce not in server.get("").body.decode()


def ledger(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "ledger").to_pylist()
    return rows


def test_documents_are_those_of_the_ledger(server: Server, folder: Path) -> None:
    rows = ledger(folder)
    facts = server.get("api/facts").json
    assert facts["verdicts"] == Counter(row["verdict"] for row in rows)
    assert set(facts["verdicts"]) == {"kept", "quarantined", "removed"}
    for asked, wanted in (
        ({}, rows),
        ({"verdict": "removed"}, [row for row in rows if row["verdict"] == "removed"]),
        ({"rule": "min_words"}, [row for row in rows if row["rule"] == "min_words"]),
        ({"step": "exact_dedup"}, [row for row in rows if row["step"] == "exact_dedup"]),
        ({"source": "in.json"}, rows),
        ({"source": "%"}, []),
        (
            {"range": "gopher.words,100,200"},
            [row for row in rows if row["gopher.words"] and 100 <= row["gopher.words"] <= 200],
        ),
        ({"where": "bytes > 700 AND rule IS NULL"}, [row for row in rows if row["bytes"] > 700 and not row["rule"]]),
    ):
        found = server.get("api/documents", limit="500", **asked).json
        assert {row["doc_id"] for row in found["rows"]} == {row["doc_id"] for row in wanted}, asked
        assert found["count"] == len(wanted)
        assert found["kept"] == sum(row["verdict"] == "kept" for row in wanted)


def test_pages_follow_each_other_in_order(server: Server, folder: Path) -> None:
    found: list[int] = []
    for offset in range(0, 70, 7):
        asked = {"sort": "bytes", "order": "desc", "offset": str(offset), "limit": "7"}
        found += [row["bytes"] for row in server.get("api/documents", **asked).json["rows"]]
    assert found == sorted((row["bytes"] for row in ledger(folder)), reverse=True)


@pytest.mark.parametrize(
    "where",
    [
        "TRUE; DROP TABLE ledger",
        "COPY ledger TO '{file}'",
        "1) TO '{file}'; --",
        "ATTACH '{file}'",
        "PRAGMA database_list",
        "SET lock_configuration = false",
        "INSTALL httpfs",
        "EXISTS (SELECT * FROM read_csv('{file}'))",
        "EXISTS (SELECT * FROM read_text('{file}'))",
        "EXISTS (SELECT * FROM read_parquet('{file}'))",
        "EXISTS (SELECT * FROM glob('{file}'))",
        "EXISTS (SELECT * FROM '{file}')",
        "EXISTS (SELECT * FROM shards)",
        "EXISTS (SELECT * FROM query('DROP TABLE ledger'))",
        "EXISTS (SELECT * FROM connection)",
        "TRUE) UNION ALL SELECT * FROM ledger WHERE (TRUE",
        "nothing_like_it > 3",
        "bytes >",
        "bytes, tokens",
        "'",
    ],
)
def test_hostile_conditions_are_refused_in_one_line(server: Server, folder: Path, tmp_path: Path, where: str) -> None:
    file = tmp_path / "there.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    before = file.read_bytes(), sorted(path.name for path in tmp_path.iterdir())
    answer = server.get("api/documents", where=where.format(file=file))
    assert answer.status == 400, answer.body
    assert set(answer.json) == {"error"}
    assert answer.json["error"]
    assert "\n" not in answer.json["error"]
    assert (file.read_bytes(), sorted(path.name for path in tmp_path.iterdir())) == before
    assert server.get("api/documents").json["count"] == len(ledger(folder))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"sort": 'bytes"; DROP TABLE ledger; --'}, "no column"),
        ({"range": "no.such,1,2"}, "no column"),
        ({"range": "bytes,one,2"}, "no number"),
        ({"range": "bytes,nan,"}, "no number"),
        ({"range": "bytes"}, "measurement,minimum,maximum"),
        ({"limit": "100000"}, "a number from 0 to"),
        ({"offset": "-1"}, "a number from 0 to"),
    ],
)
def test_what_is_asked_wrongly_is_told(server: Server, asked: dict[str, str], said: str) -> None:
    answer = server.get("api/documents", **asked)
    assert answer.status == 400
    assert said in answer.json["error"]


def test_labels_are_values_and_no_sql(server: Server) -> None:
    assert server.get("api/documents", verdict="kept' OR 'a' = 'a").json["count"] == 0
    assert server.get("api/document", id="' OR TRUE --").status == 400


@pytest.mark.parametrize("verdict", ["kept", "removed"])
def test_texts_are_shown_escaped(server: Server, verdict: str) -> None:
    chosen = server.get("api/documents", verdict=verdict).json["rows"][0]
    found = server.get("api/document", id=chosen["doc_id"]).json
    assert found["ledger"]["doc_id"] == chosen["doc_id"]
    assert "<script" not in found["html"]
    assert "<img" not in found["html"]
    assert html.escape("<script>alert(1)</script>", quote=False) in found["html"]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"gopher_quality.min_words": 150},
        {"gopher_quality.min_words": 5},
        {"gopher_quality.min_words": None, "gopher_quality.max_mean_word_length": 4.5},
    ],
)
def test_thresholds_say_what_retune_says(server: Server, folder: Path, settings: dict[str, float | None]) -> None:
    given = [f"{key}={'none' if value is None else value}" for key, value in settings.items()]
    answer = server.get("api/retune", set=given)
    expected = retune(str(folder), settings)
    found = answer.json
    assert found.pop("cannot_know") == expected.cannot_know
    assert found == json.loads(json.dumps(asdict(expected)))


def test_the_saved_recipe_is_that_of_retune(server: Server, folder: Path, tmp_path: Path, textmill: Command) -> None:
    answer = server.get("api/recipe", set=["gopher_quality.min_words=150"])
    assert answer.headers["content-disposition"] == 'attachment; filename="recipe.yaml"'
    written = tmp_path / "recipe.yaml"
    assert textmill("retune", folder, "--set", "gopher_quality.min_words=150", "--write", written).returncode == 0
    assert answer.body == written.read_bytes()
    assert yaml.safe_load(answer.body)["name"] == "recipe"
    assert parse_recipe(answer.body.decode()).as_dict()["steps"][1]["gopher_quality"]["min_words"] == 150


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("gopher_quality.no_such=1", "is no threshold"),
        ("exact_dedup.keep=first", "is no threshold"),
        ("gopher_quality.min_words=/etc/passwd", "is no number"),
        ("gopher_quality.min_words=[1]", "is no number"),
        ("gopher_quality", "step.parameter=value"),
    ],
)
def test_only_thresholds_can_be_moved(server: Server, given: str, said: str) -> None:
    for path in ("api/retune", "api/recipe"):
        answer = server.get(path, set=[given])
        assert answer.status == 400
        assert said in answer.json["error"]


def test_nothing_of_the_run_is_changed(server: Server, folder: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    server.get("api/retune", set=["gopher_quality.min_words=50"])
    server.get("api/documents", where="bytes > 3")
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == files


def test_a_folder_without_a_run_is_refused(tmp_path: Path, textmill: Command) -> None:
    done = textmill("view", tmp_path, "--no-open")
    assert done.returncode == 2
    assert done.stderr.startswith("textmill: ")
    assert done.stderr.count("\n") == 1


def test_a_condition_is_one_expression() -> None:
    assert expression("bytes > 3 -- more").strip("()") == "bytes > 3"
    with pytest.raises(InputError, match="Parser Error"):
        expression("bytes > 3 ORDER BY bytes")
