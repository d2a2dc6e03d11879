"""``textmill view``: the page is served until somebody ends it."""

from __future__ import annotations

import secrets
import webbrowser
from collections.abc import Callable
from contextlib import closing

import uvicorn

from .documents import Documents
from .server import LOOPBACK, listen, make_app


def serve(folder: str, *, code: bool, opens: bool, on_ready: Callable[[str], None]) -> None:
    """Serve the page of a run at this machine until it is interrupted.

    Args:
        folder: The output folder of a run.
        code: Whether steps that its recipe names in Python are imported.
        opens: Whether a browser is opened.
        on_ready: Is told the address.
    """
    with closing(Documents(folder, code=code)) as documents, closing(listen()) as listening:
        port = listening.getsockname()[1]
        secret = secrets.token_urlsafe(24)
        app = make_app(documents, secret, port)
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            proxy_headers=False,
            ws="none",
        )
        listening.listen()
        address = f"http://{LOOPBACK}:{port}/{secret}/"
        on_ready(address)
        if opens:
            webbrowser.open(address)
        uvicorn.Server(config).run(sockets=[listening])
