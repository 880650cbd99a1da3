"""Serves many variants of the service, each a fork of one process that has imported everything: for calibration.

The process prints `FORKS <socket>`. Who connects there sends one JSON line, `{"flaws": "a,b", "flaws_from": null}`, and
reads the READY line of a service of its own, with a copy of the database; it ends when the connection does.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import redis

from reference_service import provision, seeding, serving
from reference_service.assembly import reveal
from reference_service.errors import SettingsError

if TYPE_CHECKING:
    from reference_service.settings import Settings

STORES = 16
"""How many separate stores a Valkey has by default; the first is the parent's own."""


def serve(settings: Settings, kind: str) -> None:
    """Start the servers once and fork a service for every connection, until a signal comes."""
    if settings.database_url is not None or settings.redis_url is not None:
        raise SettingsError("--forks: expected servers of our own; leave DATABASE_URL and REDIS_URL unset")
    with contextlib.ExitStack() as stack:
        base = serving.complete(settings, kind, stack, []).settings
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="forks-")))
        listener = stack.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(folder / "socket"))
        listener.listen()
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        sys.stdout.write(f"FORKS {folder / 'socket'}\n")
        sys.stdout.flush()
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            if os.fork() == 0:
                listener.close()
                _be_a_service(connection, base, number, folder)
            connection.close()


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _be_a_service(connection: socket.socket, base: Settings, number: int, folder: Path) -> NoReturn:
    """Serve what the connection asks for; whatever happens, never return to the parent's work."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        order = json.loads(connection.makefile().readline())
        os.dup2(connection.fileno(), sys.stdout.fileno())
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        outside = Path(order["flaws_from"]) if order.get("flaws_from") else None
        names = [name for name in str(order.get("flaws") or "").split(",") if name]
        flaws = seeding.choose(names, outside, base)
        own = _own_settings(base, number, folder, [flaw.ddl for flaw in flaws if flaw.ddl])
        completed = serving.Completed(settings=own)
        serving.run(serving.Launch(host="127.0.0.1", port=0, flaws=flaws, settings=completed, endpoints_file=None))
        status = 0
    except SettingsError as error:
        sys.stderr.write(f"error: {error}\n")
    finally:
        os._exit(status)


def _own_settings(base: Settings, number: int, folder: Path, statements: list[str]) -> Settings:
    """Copy the database, empty a store, and say where they are."""
    template = reveal(base.database_url)
    name = template.rpartition("/")[2].partition("?")[0]
    admin = provision.with_database(template, "postgres")
    url = asyncio.run(provision.create_database(admin, f"{name}_{number}", template=name))
    store = f"{reveal(base.redis_url).rstrip('/')}/{1 + number % (STORES - 1)}"
    with contextlib.closing(redis.Redis.from_url(store)) as client:
        client.flushdb()
    ready = asyncio.run(provision.provision(url, None, statements))
    bodies = folder / str(number)
    bodies.mkdir()
    return base.with_values(database_url=url, redis_url=store, app_database_url=ready.app_url, storage_url=str(bodies))


def _end_with(connection: socket.socket) -> None:
    """Ask this process to end when the other side is gone."""
    with contextlib.suppress(OSError):
        while connection.recv(4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
