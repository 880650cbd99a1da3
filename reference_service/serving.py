"""Runs the service: servers, migrations, uvicorn, the READY line, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import tempfile
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

from reference_service import provision
from reference_service.assembly import assemble, reveal
from reference_service.errors import SettingsError
from reference_service.logs import configure_logs, warn
from reference_service.secrets_folder import secret_path, with_secrets

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from reference_service.seeding import Flaw
    from reference_service.settings import Settings

SECONDS_TO_FINISH = 6
SECONDS_TO_EXIT = 9.5
SECONDS_TO_BE_READY = 20.0
PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Settings in which nothing is left open, and what else is known about the servers."""

    settings: Settings
    processes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """What to serve, and where.

    `listener` is the socket of a supervisor, who starts another one when this ends; `routes` were made before.
    """

    host: str
    port: int
    flaws: Sequence[Flaw]
    settings: Completed
    endpoints_file: Path | None
    listener: socket.socket | None = None
    routes: FastAPI | None = None


def complete(settings: Settings, kind: str, stack: contextlib.ExitStack, flaws: Sequence[Flaw]) -> Completed:
    """Start the servers that the settings do not name, make the database ready, and fill in the secrets."""
    configure_logs(settings.log_level)
    if settings.database_url is None and settings.storage_url is None:
        # A database that is gone at the end needs no bodies that stay.
        settings = settings.with_values(storage_url=stack.enter_context(tempfile.TemporaryDirectory(prefix="bodies-")))
    settings = with_secrets(settings)
    processes: dict[str, int] = {}
    if settings.database_url is None or settings.redis_url is None:
        settings, processes = _start(settings, kind, stack)
    statements = [flaw.ddl for flaw in flaws if flaw.ddl]
    app_url = reveal(settings.app_database_url) or None
    ready = asyncio.run(provision.provision(reveal(settings.database_url), app_url, statements))
    return Completed(settings=settings.with_values(app_database_url=ready.app_url), processes=processes)


def _start(settings: Settings, kind: str, stack: contextlib.ExitStack) -> tuple[Settings, dict[str, int]]:
    """Start servers of our own for what is not named, with a fresh database."""
    from reference_service.stack import StackUnavailable, containers, embedded  # noqa: PLC0415 - only when it is needed

    try:
        servers = stack.enter_context(containers() if kind == "containers" else embedded())
    except StackUnavailable as error:
        raise SettingsError(str(error)) from None
    values: dict[str, Any] = {}
    if settings.database_url is None:
        values["database_url"] = asyncio.run(provision.create_database(servers.admin_url, "knowledge"))
    if settings.redis_url is None:
        values["redis_url"] = servers.redis_url
    return settings.with_values(**values), servers.processes


class Server(uvicorn.Server):
    """Ends with exit code 0 after a signal, once everything is closed."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Take the signals over for as long as the server runs; a second one does not wait."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.end, number)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def end(self, number: int) -> None:
        """Begin to end; whatever then hangs, the process is gone in time."""
        self.handle_exit(number, None)
        last_resort = threading.Timer(SECONDS_TO_EXIT, os._exit, [0])
        last_resort.daemon = True
        last_resort.start()


def run(launch: Launch) -> None:
    """Serve until a signal comes; print READY when the service answers."""
    settings = launch.settings.settings
    listener = launch.listener or listen(launch.host, launch.port)
    config = configured(assemble(settings, launch.flaws, made=launch.routes))
    warn_about(launch)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(_serve(Server(config), listener, launch))


def configured(app: ASGIApp) -> uvicorn.Config:
    """Return how an application is served."""
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # what a caller says about addresses is not believed
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        timeout_keep_alive=75,
        lifespan="on",
        ws="none",
    )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket at this address; raise SettingsError where it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(f"--host, --port: cannot listen on {host}:{port}: {error.strerror}") from None
    return listener


def warn_about(launch: Launch) -> None:
    """Say in the log what must not go unnoticed."""
    settings = launch.settings.settings
    if launch.flaws:
        warn("SEEDED FLAWS ARE ACTIVE; this service is insecure on purpose", flaws=[flaw.name for flaw in launch.flaws])
    if settings.jwks_url is None and "KNOWLEDGE_JWT_SECRET" not in os.environ:
        warn("tokens are signed with the secret in this file", path=str(secret_path(settings)))


async def _serve(server: Server, listener: socket.socket, launch: Launch) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    announcing = asyncio.create_task(_announce(listener, launch))
    done, _ = await asyncio.wait({serving, announcing}, return_when=asyncio.FIRST_COMPLETED)
    if announcing in done and announcing.exception():
        server.should_exit = True
    try:
        await serving
    except SystemExit:
        raise SettingsError("the service could not start; the log says why") from None
    finally:
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing


async def _announce(listener: socket.socket, launch: Launch) -> None:
    """Print the READY line as soon as /ready answers 200."""
    host, port = listener.getsockname()[:2]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    deadline = asyncio.get_running_loop().time() + SECONDS_TO_BE_READY
    while not await _answers(host, port):
        if asyncio.get_running_loop().time() > deadline:
            raise SettingsError(f"the service did not become ready within {SECONDS_TO_BE_READY:.0f} s; see {url}/ready")
        await asyncio.sleep(PAUSE_SECONDS)
    if launch.endpoints_file:
        write_endpoints(launch.endpoints_file, url, launch.settings, supervised=launch.listener is not None)
    sys.stdout.write(f"READY {url}\n")
    sys.stdout.flush()


async def _answers(host: str, port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    try:
        writer.write(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return b" 200 " in await reader.readline()
    finally:
        writer.close()


def write_endpoints(path: Path, url: str, completed: Completed, *, supervised: bool) -> None:
    """Write where everything listens, secrets and all, for a harness that looks inside."""
    settings = completed.settings
    text = json.dumps(
        {
            "url": url,
            "pid": os.getpid(),
            "database_url": reveal(settings.database_url),
            "app_database_url": reveal(settings.app_database_url),
            "redis_url": reveal(settings.redis_url),
            "processes": completed.processes,
            **({"serving": os.getpid()} if supervised else {}),
        }
    )
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
