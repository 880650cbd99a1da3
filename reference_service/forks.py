"""A service for every connection, each a fork of one process that has imported everything: for calibration.

The process prints `FORKS <socket>`. Who connects there sends one JSON line, `{"flaws": "a,b", "flaws_from": null,
"endpoints": null}`, and reads what a service of its own prints: its READY line and its log. It ends when the connection
does.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
import tempfile
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a connection asks for: the service with these flaws, the how manieth it is, and a folder for all of them.

    `endpoints` is the file in which it tells what it depends on, which is then its own alone.
    """

    number: int
    flaws: tuple[str, ...]
    flaws_from: Path | None
    endpoints: Path | None
    folder: Path


def fork_for_each(serve: Callable[[Order], None]) -> NoReturn:
    """Fork a process for every connection until a signal comes; `serve` runs in it, its output goes to who asked.

    Nothing may have started a thread or an event loop that goes on.
    """
    with tempfile.TemporaryDirectory(prefix="forks-") as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/socket")
        listener.listen()
        signal.signal(signal.SIGTERM, _leave)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
        sys.stdout.write(f"FORKS {folder}/socket\n")
        sys.stdout.flush()
        number = 0
        while True:
            connection, _ = listener.accept()
            number += 1
            if os.fork() == 0:
                listener.close()
                _be_a_service(connection, number, Path(folder), serve)
            connection.close()


def _leave(*_: object) -> NoReturn:
    raise SystemExit(0)


def _be_a_service(connection: socket.socket, number: int, folder: Path, serve: Callable[[Order], None]) -> NoReturn:
    """Serve what the connection asks for; whatever happens, never return to the parent's work."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        order = _read(connection, number, folder)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(connection.fileno(), stream.fileno())
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        serve(order)
        status = 0
    except Exception as error:  # noqa: BLE001 -- who asked reads it
        traceback.print_exception(error)
    finally:
        sys.stderr.flush()
        os._exit(status)


def _read(connection: socket.socket, number: int, folder: Path) -> Order:
    said = json.loads(connection.makefile().readline())
    names = tuple(name for name in str(said.get("flaws") or "").split(",") if name)
    outside, endpoints = (Path(said[name]) if said.get(name) else None for name in ("flaws_from", "endpoints"))
    return Order(number=number, flaws=names, flaws_from=outside, endpoints=endpoints, folder=folder)


def _end_with(connection: socket.socket) -> None:
    """Ask this process to end when the other side is gone."""
    with contextlib.suppress(OSError):
        while connection.recv(4096):
            pass
    nowhere = os.open(os.devnull, os.O_WRONLY)  # what it says on its way out, nobody hears
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    # To the main thread: it may be waiting in a call that only a signal of its own interrupts.
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
