"""A stand-in for the Hugging Face Hub on this machine: what huggingface_hub calls to list, read and commit files.

Large files come by Git LFS's basic transfer; Xet, which needs a service of its own, is not spoken
(``HF_HUB_DISABLE_XET=1``).
"""

import base64
import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import yaml

TOKEN = "hf_of_tests"
PAGE = 50
"""Entries in a page of a tree; the Hub's have a thousand."""


@dataclass
class Repository:
    visibility: str | None
    branches: dict[str, dict[str, bytes]] = field(default_factory=lambda: {"main": {".gitattributes": b""}})
    commits: list[str] = field(default_factory=list)
    is_gated: bool = False
    """Whether files are for those who were let in, which nobody is."""


@dataclass
class Hub:
    """What the server holds and has seen."""

    url: str = ""
    repositories: dict[str, Repository] = field(default_factory=dict)
    objects: dict[str, bytes] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    fail_after_uploads: int | None = None
    """Answer 507 to uploads behind so many."""
    refuse_every: int | None = None
    """Refuse every so many commits, as when another has come in between."""
    lock: Any = field(default_factory=threading.Lock)
    asked: list[str] = field(default_factory=list)
    """Method and path of each request, but for those that only ask whether a repository is there."""

    def files_of(self, repository: str, branch: str = "main") -> dict[str, bytes]:
        """A branch's files; the repository is made where it is not there."""
        return self.repositories.setdefault(repository, Repository(None)).branches[branch]

    def save(self, repository: str, folder: Path, branch: str = "main") -> Path:
        """Write a branch's files to the disk, as a clone would."""
        for name, content in self.repositories[repository].branches[branch].items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def _oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _entry(name: str, content: bytes) -> dict[str, Any]:
    commit = {"id": "0" * 40, "title": "a commit", "date": "2026-01-01T00:00:00.000Z"}
    return {
        **{"type": "file", "path": name, "size": len(content), "oid": _oid(content)},
        **{"lastCommit": commit, "xetHash": _oid(content)},
    }


def _folder(name: str) -> dict[str, Any]:
    return {"type": "directory", "path": name, "oid": "0" * 40, "size": 0}


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or else each answer in two writes waits for the client

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def answer(self, status: int, value: Any = None, **headers: str) -> None:
        content = json.dumps(value if value is not None else {}).encode()
        self.send_response(status)
        for name, text in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline(), 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_PUT(self) -> None:
        content = self.body()
        name = urlsplit(self.path).path.removeprefix("/objects/")
        self.hub.seen["uploads"] += 1
        if self.hub.fail_after_uploads is not None and self.hub.seen["uploads"] > self.hub.fail_after_uploads:
            self.answer(507, {"error": "no room"})
            return
        assert hashlib.sha256(content).hexdigest() == name
        self.hub.objects[name] = content
        self.answer(200)

    def do_HEAD(self) -> None:
        self.do_GET()

    def file(self, content: bytes) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        sent = content[int(asked[1]) : int(asked[2]) + 1] if asked else content
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(sent)))
        self.send_header("ETag", f'"{_oid(content)}"')
        self.send_header("X-Repo-Commit", "f" * 40)
        self.end_headers()
        if self.command == "GET":
            self.hub.seen["bytes"] += len(sent)
            self.wfile.write(sent)

    def tree(self, files: dict[str, bytes], folder: str) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        below = f"{folder}/" if folder else ""
        inside = [name for name in files if name.startswith(below)]
        if folder and not inside:
            self.answer(404, {"error": "not there"}, **{"X-Error-Code": "EntryNotFound"})
            return
        folders = {name[: at.start()] for name in inside for at in re.finditer("/", name) if at.start() >= len(below)}
        entries = [*(_entry(name, files[name]) for name in inside), *map(_folder, folders)]
        if query["recursive"] != "true":
            entries = [one for one in entries if "/" not in one["path"][len(below) :]]
        entries.sort(key=lambda one: str(one["path"]))
        end = int(query.get("cursor", 0)) + PAGE
        follow = f"{self.hub.url}{urlsplit(self.path).path}?recursive={query['recursive']}&cursor={end}"
        more = {"Link": f'<{follow}>; rel="next"'} if end < len(entries) else {}
        self.answer(200, entries[end - PAGE : end], **more)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if not self.allowed():
            return
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            if self.hub.repositories[found[1]].is_gated:
                self.answer(403, {"error": "you are not in the authorized list"}, **{"X-Error-Code": "GatedRepo"})
                return
            content = self.hub.repositories[found[1]].branches[unquote(found[2])].get(unquote(found[3]))
            if content is None:
                self.answer(404, {"error": "not there"}, **{"X-Error-Code": "EntryNotFound"})
                return
            self.file(content)
        elif found := re.fullmatch(r"/(buckets/[^/]+/[^/]+)/resolve/(.+)", path):
            self.file(self.hub.files_of(found[1])[unquote(found[2])])
        elif found := re.fullmatch(r"/api/(buckets/[^/]+/[^/]+)/tree(?:/(.+))?", path):
            self.tree(dict(self.hub.files_of(found[1])), unquote(found[2] or ""))
        elif found := re.fullmatch(r"/api/buckets/([^/]+/[^/]+)", path):
            known = {"private": True, "createdAt": "2026-01-01T00:00:00.000Z", "size": 0, "totalFiles": 0}
            self.answer(200, {"id": found[1], **known})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/tree/([^/]+)(?:/(.+))?", path):
            files = self.hub.repositories[found[1]].branches[unquote(found[2])]
            self.tree(dict(files), unquote(found[3] or ""))
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/revision/[^/]+)?", path):
            if found[1] not in self.hub.repositories:
                self.answer(404, {"error": "not there"}, **{"X-Error-Code": "RepoNotFound"})
                return
            self.answer(200, {"id": found[1], "sha": "f" * 40, "private": False})
        else:
            self.answer(404, {"error": f"no {path}"})

    def allowed(self) -> bool:
        if not re.search(r"/api/(?:datasets|buckets)/[^/]+/[^/]+(?:/revision/[^/]+)?$", self.path):
            self.hub.asked.append(f"{self.command} {unquote(urlsplit(self.path).path)}")
        is_known = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if not is_known:
            self.answer(401, {"error": "Invalid username or password."})
        return is_known

    def do_POST(self) -> None:
        content = self.body()
        path = urlsplit(self.path).path
        if not self.allowed():
            return
        hub = self.hub
        if path == "/api/repos/create":
            asked = json.loads(content)
            name = f"{asked['organization']}/{asked['name']}"
            assert asked["type"] == "dataset"
            if asked["organization"] == "other":
                self.answer(403, {"error": "You don't have the rights to create a dataset under the namespace other"})
                return
            status = 409 if name in hub.repositories else 200
            visibility = asked.get("visibility", "private" if asked.get("private") else None)
            hub.repositories.setdefault(name, Repository(visibility))
            self.answer(status, {"url": f"{hub.url}/datasets/{name}"})
        elif path == "/api/validate-yaml":
            head = json.loads(content)["content"].split("---\n")[1]
            assert yaml.safe_load(head)["configs"]
            self.answer(200, {"errors": [], "warnings": []})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/branch/([^/]+)", path):
            branches = hub.repositories[found[1]].branches
            status = 409 if unquote(found[2]) in branches else 200
            branches.setdefault(unquote(found[2]), dict(branches["main"]))
            self.answer(status, {})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/paths-info/([^/]+)", path):
            files = dict(hub.repositories[found[1]].branches[unquote(found[2])])
            names = parse_qs(content.decode())["paths"]
            folders = [name for name in names if any(other.startswith(f"{name}/") for other in files)]
            known = [_entry(name, files[name]) for name in names if name in files]
            self.answer(200, [*known, *map(_folder, folders)])
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/preupload/([^/]+)", path):
            files = hub.repositories[found[1]].branches[unquote(found[2])]
            asked = json.loads(content)["files"]
            self.answer(200, {"files": [self.mode(one["path"], files) for one in asked]})
        elif found := re.fullmatch(r"/api/(buckets/[^/]+/[^/]+)/batch", path):
            for one in map(json.loads, content.splitlines()):
                assert one["type"] == "deleteFile"
                del hub.files_of(found[1])[one["path"]]
            self.answer(200)
        elif found := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            self.answer(200, {"objects": [self.action(one) for one in json.loads(content)["objects"]]})
        elif found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)/commit/([^/]+)", path):
            with hub.lock:
                hub.seen["commits"] += 1
                if hub.refuse_every and hub.seen["commits"] % hub.refuse_every == 0:
                    hub.seen["refused"] += 1
                    self.answer(412, {"error": "A commit has happened since. Please refresh and try again."})
                    return
                self.commit(found[1], unquote(found[2]), content)
        else:
            self.answer(404, {"error": f"no {path}"})

    def mode(self, path: str, files: dict[str, bytes]) -> dict[str, Any]:
        is_large = path.endswith((".parquet", ".bin"))
        oid = None
        if path in files:
            oid = hashlib.sha256(files[path]).hexdigest() if is_large else _oid(files[path])
        return {"path": path, "uploadMode": "lfs" if is_large else "regular", "shouldIgnore": False, "oid": oid}

    def action(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["oid"] in self.hub.objects:
            return asked
        return {**asked, "actions": {"upload": {"href": f"{self.hub.url}/objects/{asked['oid']}", "header": {}}}}

    def commit(self, name: str, branch: str, content: bytes) -> None:
        repository = self.hub.repositories[name]
        files = repository.branches[branch]
        for line in content.splitlines():
            one = json.loads(line)
            value = one["value"]
            if one["key"] == "header":
                repository.commits.append(value["summary"])
            elif one["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif one["key"] == "lfsFile":
                files[value["path"]] = self.hub.objects[value["oid"]]
            else:
                assert one["key"] == "deletedFile"
                del files[value["path"]]
        number = len(repository.commits)
        self.answer(
            200, {"commitUrl": f"{self.hub.url}/datasets/{name}/commit/{number:040x}", "commitOid": f"{number:040x}"}
        )


@contextmanager
def hub_server() -> Iterator[Hub]:
    """A server on a free port of the loopback interface, as long as the block lasts."""
    hub = Hub()
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def hub_as_store() -> Iterator[Hub]:
    """Such a server, which is where ``hf://`` leads in this process as long as the block lasts."""
    from textmill.pipeline.files import stores

    with pytest.MonkeyPatch.context() as patched, hub_server() as hub:
        patched.setenv("HF_HUB_DISABLE_XET", "1")
        patched.setenv("HF_HUB_OFFLINE", "0")
        for name, value in (("HF_HUB_OFFLINE", False), ("HF_HUB_DISABLE_XET", True)):
            patched.setattr(f"huggingface_hub.constants.{name}", value)  # read once, maybe in a test that sets it
        patched.setenv("HF_TOKEN", TOKEN)
        before = stores.store_options()
        stores.use_store_options({"hf": {"endpoint": hub.url}})
        yield hub
        stores.use_store_options(before)
