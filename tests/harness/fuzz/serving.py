"""Real HTTP for the services of these tests: from a thread, or as the only thing that a process does."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp


def _server(application: ASGIApp) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(application, log_level="error", lifespan="off", timeout_graceful_shutdown=1))


@contextlib.contextmanager
def running(application: ASGIApp) -> Iterator[str]:
    """Yield the URL of the application while it is served from a thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _server(application)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.002)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=5)


def serve(application: ASGIApp) -> None:
    """Print the URL, then serve the application until the process ends; early requests wait in the backlog."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        _server(application).run(sockets=[listener])
