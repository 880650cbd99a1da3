"""Serve applications on loopback from a thread, for tests that want many short-lived services."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from tests.targets.common.command import configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Receive, Scope, Send


class Stage:
    """One server, on which one application after another can be shown: far faster than a server for each."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._application: ASGIApp | None = None

    def show(self, application: ASGIApp) -> str:
        """Serve this application from now on, and return its URL."""
        self._application = application
        return self._url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the application of the moment."""
        if self._application is None:
            raise RuntimeError("no application is shown")
        await self._application(scope, receive, send)


@contextmanager
def stage() -> Iterator[Stage]:
    """Yield a stage that is served over real HTTP until the end of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        made = Stage(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(configuration(made))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server ended while it was starting")
            time.sleep(0.002)
        try:
            yield made
        finally:
            server.should_exit = True
            thread.join(timeout=5)
