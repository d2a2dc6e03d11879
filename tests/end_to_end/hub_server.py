"""A data set hub on loopback: what ``huggingface_hub`` asks of the Hugging Face Hub to list, read and commit files.

It answers as https://huggingface.co/docs/hub/api and the library's own client say: repositories, trees by pages, files
by ranges, and commits, of small files in the request and of large ones by Git LFS. Not answered: Xet, their own way to
send large files, which ``HF_HUB_DISABLE_XET=1`` switches off.
"""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

REGULAR_BYTES = 4_000
"""Smaller files come within the commit; the Hub takes text of 10 MB so."""
PAGE = 50
"""Entries in a page of a tree; the Hub's have a thousand."""
DATE = "2026-01-01T00:00:00.000Z"
RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class Hub(http.server.ThreadingHTTPServer):
    """Holds repositories in memory."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        """By repository the files by path."""
        self.large: dict[str, bytes] = {}
        """What has come by Git LFS, by its sha256."""
        self.commits = 0
        self.sent = 0
        """Bytes of answers."""
        self.refuse_every = 0
        """Of every so many commits one is refused, as when another has come in between."""
        self.seen: Counter[str] = Counter()
        self.lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients may leave whenever they like."""


class _Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub

    def _read(self) -> None:
        parts = urlsplit(self.path)
        _, *names = parts.path.split("/")
        match names:
            case ["api", "datasets", user, name, "tree", _, *inside]:
                self._tree(f"{user}/{name}", unquote("/".join(inside)), parse_qs(parts.query))
            case ["api", "datasets", user, name, *_]:
                self._repository(f"{user}/{name}")
            case ["datasets", user, name, "resolve", _, *inside]:
                self._file(f"{user}/{name}", unquote("/".join(inside)))
            case _:
                self._json({"error": "not found"}, 404)

    def _write(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        match urlsplit(self.path).path.split("/")[1:]:
            case ["api", "datasets", user, name, "paths-info", _]:
                asked = json.loads(content)["paths"] if content[:1] == b"{" else parse_qs(content.decode())["paths"]
                files = self.server.files[f"{user}/{name}"]
                found = [_entry(path, files[path]) for path in asked if path in files]
                self._json(found + [_folder(path) for path in asked if any(it.startswith(f"{path}/") for it in files)])
            case ["api", "datasets", _, _, "preupload", _]:
                asked = json.loads(content)["files"]
                mode = {True: "regular", False: "lfs"}
                modes = [{"path": it["path"], "uploadMode": mode[it["size"] < REGULAR_BYTES]} for it in asked]
                self._json({"files": [{**it, "shouldIgnore": False} for it in modes]})
            case ["api", "datasets", user, name, "commit", _]:
                self._commit(f"{user}/{name}", [json.loads(line) for line in content.splitlines()])
            case ["datasets", _, _, "info", "lfs", "objects", "batch"]:
                self._json(
                    {"transfer": "basic", "objects": [self._upload(it) for it in json.loads(content)["objects"]]}
                )
            case ["large", name] if hashlib.sha256(content).hexdigest() == name:
                self.server.large[name] = content
                self._json({})
            case _:
                self._json({"error": "not found"}, 404)

    do_GET = do_HEAD = _read  # noqa: N815  # as the library calls them
    do_POST = do_PUT = _write  # noqa: N815

    def _repository(self, repository: str) -> None:
        if repository not in self.server.files:
            self._json({"error": "Repository not found"}, 404, [("X-Error-Code", "RepoNotFound")])
            return
        self._json({"id": repository, "sha": f"{self.server.commits:040x}", "private": False, "siblings": []})

    def _tree(self, repository: str, folder: str, query: dict[str, list[str]]) -> None:
        below = f"{folder}/" if folder else ""
        with self.server.lock:
            files = {path: content for path, content in self.server.files[repository].items() if path.startswith(below)}
        folders = {path[: at.start()] for path in files for at in re.finditer("/", path) if at.start() >= len(below)}
        if folder and not files:
            self._json({"error": "Entry not found"}, 404, [("X-Error-Code", "EntryNotFound")])
            return
        entries = [_entry(path, content) for path, content in files.items()]
        entries += map(_folder, folders)
        if query.get("recursive", ["false"])[0].lower() != "true":
            entries = [it for it in entries if "/" not in it["path"][len(below) :]]
        entries.sort(key=lambda it: it["path"])
        begin = int(query.get("cursor", ["0"])[0])
        follow = []
        if begin + PAGE < len(entries):
            rest = "&".join(f"{key}={values[0]}" for key, values in query.items() if key != "cursor")
            follow = [
                ("Link", f'<{self.server.url}{urlsplit(self.path).path}?{rest}&cursor={begin + PAGE}>; rel="next"')
            ]
        self._json(entries[begin : begin + PAGE], headers=follow)

    def _file(self, repository: str, path: str) -> None:
        content = self.server.files.get(repository, {}).get(path)
        if content is None:
            self._json({"error": "Entry not found"}, 404, [("X-Error-Code", "EntryNotFound")])
            return
        asked = RANGE.match(self.headers.get("Range", ""))
        headers = [("ETag", f'"{_blob(content)}"'), ("X-Repo-Commit", f"{self.server.commits:040x}")]
        if asked:
            begin, end = int(asked[1]), min(int(asked[2] or len(content)), len(content) - 1) + 1
            headers.append(("Content-Range", f"bytes {begin}-{end - 1}/{len(content)}"))
            self._send(content[begin:end], 206, headers)
        else:
            self._send(content, 200, headers)

    def _upload(self, asked: dict[str, Any]) -> dict[str, Any]:
        upload = {"href": f"{self.server.url}/large/{asked['oid']}"}
        known = asked["oid"] in self.server.large
        return {"oid": asked["oid"], "size": asked["size"], **({} if known else {"actions": {"upload": upload}})}

    def _commit(self, repository: str, lines: list[dict[str, Any]]) -> None:
        hub = self.server
        with hub.lock:
            hub.commits += 1
            if hub.refuse_every and hub.commits % hub.refuse_every == 0:
                hub.seen["refused"] += 1
                self._json({"error": "A commit has happened since. Please refresh and try again."}, 412)
                return
            files = hub.files[repository]
            for line in lines:
                match line["key"], line["value"]:
                    case "file", value:
                        files[value["path"]] = base64.b64decode(value["content"])
                        hub.seen["regular"] += 1
                    case "lfsFile", value:
                        files[value["path"]] = hub.large[value["oid"]]
                        hub.seen["large"] += 1
                    case "deletedFile", value:
                        files.pop(value["path"], None)
                        hub.seen["deleted"] += 1
        page = f"{hub.url}/datasets/{repository}/commit/{hub.commits:040x}"
        self._json({"success": True, "commitOid": f"{hub.commits:040x}", "commitUrl": page, "hookOutput": ""})

    def _json(self, answer: Any, status: int = 200, headers: list[tuple[str, str]] | None = None) -> None:
        content = json.dumps(answer).encode()
        self._send(content, status, [*(headers or []), ("Content-Type", "application/json")])

    def _send(self, content: bytes, status: int, headers: list[tuple[str, str]]) -> None:
        self.server.seen[self.command] += 1
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(content)))]:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.server.sent += len(content)
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _blob(content: bytes) -> str:
    """What Git calls a file of these bytes."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _entry(path: str, content: bytes) -> dict[str, Any]:
    commit = {"id": "0" * 40, "title": "a commit", "date": DATE}
    return {"type": "file", "path": path, "size": len(content), "oid": _blob(content), "lastCommit": commit}


def _folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "path": path, "oid": "0" * 40, "size": 0}


@contextmanager
def hub_server() -> Iterator[Hub]:
    hub = Hub()
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        hub.shutdown()
        hub.server_close()
