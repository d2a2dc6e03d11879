"""The page of a run for one reader at this machine: read only, with a secret in its address."""

from __future__ import annotations

import dataclasses
import hmac
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...errors import InputError, TextmillError
from ..recipes.settings import parse_settings
from .documents import Documents
from .question import LABELS, MOST_ROWS, Question, Range, number

LOOPBACK = "127.0.0.1"
PAGE = Path(__file__).with_name("page.html")
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def listen() -> socket.socket:
    """A socket of this machine alone, at a port that is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind((LOOPBACK, 0))
    return listening


def make_app(documents: Documents, secret: str, port: int) -> ASGIApp:
    """The application: a page and what it asks for, all below the secret."""
    pages = _Pages(documents)
    routes = [
        Route(f"/{secret}/{path}", answer, methods=["GET"])
        for path, answer in (
            ("", pages.page),
            ("api/facts", _as_json(lambda _: documents.facts())),
            ("api/documents", _as_json(lambda request: documents.ask(question_of(request)))),
            ("api/document", _as_json(lambda request: documents.document(request.query_params.get("id", "")))),
            ("api/retune", _as_json(pages.retuned)),
            ("api/recipe", pages.recipe),
        )
    ]
    return _Guard(Starlette(routes=routes), secret, port)


class _Guard:
    """Lets only those in who know the secret and mean this very address, so that no other page can ask for them."""

    def __init__(self, app: ASGIApp, secret: str, port: int) -> None:
        self.app = app
        self.secret = secret.encode()
        self.hosts = [f"{host}:{port}".encode() for host in (LOOPBACK, "localhost")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        headers = [(name.lower(), value) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        given = scope["path"].split("/")[1].encode("utf-8", "surrogateescape")
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            answer: ASGIApp = _refusal(421, "this page is at another address")
        elif any(origin not in [b"http://" + host for host in self.hosts] for origin in origins):
            answer = _refusal(403, "other pages may not ask")
        elif not hmac.compare_digest(given, self.secret):
            answer = _refusal(403, "the address lacks its secret; take the one that textmill view has printed")
        else:
            answer = self.app
        await answer(scope, receive, send_guarded)


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"error": message}, status_code=status)


class _Pages:
    """What is no plain JSON of a question."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.source = PAGE.read_text(encoding="utf-8")

    def page(self, _: Request) -> Response:
        nonce = secrets.token_urlsafe(16)
        headers = {"Content-Security-Policy": POLICY.format(nonce=nonce)}
        return HTMLResponse(self.source.replace("{{nonce}}", nonce), headers=headers)

    def retuned(self, request: Request) -> dict[str, Any]:
        found = self.documents.retuned(parse_settings(request.query_params.getlist("set")))
        return {**dataclasses.asdict(found), "cannot_know": found.cannot_know}

    def recipe(self, request: Request) -> Response:
        try:
            settings = parse_settings(request.query_params.getlist("set"))
            written = self.documents.recipe_file(settings, "recipe")
        except TextmillError as error:
            return _refusal(400, _line(error))
        headers = {"Content-Disposition": 'attachment; filename="recipe.yaml"'}
        return Response(written, media_type="application/yaml; charset=utf-8", headers=headers)


def _as_json(answer: Callable[[Request], dict[str, Any]]) -> Callable[[Request], Response]:
    def answered(request: Request) -> Response:
        try:
            return JSONResponse(answer(request))
        except TextmillError as error:
            return _refusal(400, _line(error))

    return answered


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


def question_of(request: Request) -> Question:
    """What the page asks for.

    Raises:
        InputError: for what is no number, and too many rows.
    """
    asked = request.query_params
    ranges = []
    for given in asked.getlist("range"):
        parts = given.rsplit(",", 2)
        if len(parts) != 3:
            raise InputError(f"range={given}: write it as measurement,minimum,maximum")
        ranges.append(Range(column=parts[0], minimum=number(parts[1], parts[0]), maximum=number(parts[2], parts[0])))
    return Question(
        labels={label: asked[label] for label in LABELS if asked.get(label)},
        source=asked.get("source", ""),
        ranges=tuple(ranges),
        where=asked.get("where", ""),
        sort=asked.get("sort", ""),
        descending=asked.get("order") == "desc",
        offset=_count(asked.get("offset", "0"), "offset", 10**12),
        limit=_count(asked.get("limit", "100"), "limit", MOST_ROWS),
    )


def _count(given: str, called: str, most: int) -> int:
    if not (given.isascii() and given.isdigit() and int(given[:15]) <= most and len(given) < 15):
        raise InputError(f"{called}={given}: a number from 0 to {most}")
    return int(given)
