"""One server process: started under the guard, watched until it is ready, stopped for certain."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from reference_service.stack import guard
from reference_service.stack.servers import StackUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from reference_service.stack.account import Account

READY_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.005
LOG_TAIL_CHARACTERS = 1500
PORT_TAKEN = "Address already in use"
DEATH_MODE = "signal" if sys.platform == "linux" else "watchdog"


class PortTaken(StackUnavailable):
    """Somebody else got the port first."""


def guarded(command: Sequence[str], account: Account, *, mode: str = DEATH_MODE) -> list[str]:
    """The command line that runs a program under the guard."""
    ids = ["-" if each is None else str(each) for each in (account.uid, account.gid)]
    return [sys.executable, "-IS", guard.__file__, str(os.getpid()), *ids, mode, *command]


def free_port() -> int:
    """A loopback port on which nothing listens at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class Process:
    """A server process.

    The `launcher` starts all of them from one thread that outlives them: on Linux the parent-death signal is sent when
    the *thread* that started the child ends, be it long before its process does.
    """

    def __init__(self, *, account: Account, folder: Path, launcher: Executor) -> None:
        self._account = account
        self._folder = folder
        self._launcher = launcher
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    @property
    def log(self) -> Path:
        """What the server wrote to its standard output and error."""
        return self._folder / "log"

    def start(self, command: Sequence[str], ready: Callable[[int], bool], *, standard_input: str = "") -> None:
        """Start the program and wait until `ready`, which is handed the process id.

        Raises:
            PortTaken: if another server has the port.
            StackUnavailable: if it ends or is not ready in time; with the end of its log.

        """
        child = self._child = self._launcher.submit(self._spawn, command, standard_input).result()
        deadline = time.monotonic() + READY_SECONDS
        while not ready(child.pid):
            if child.poll() is not None or time.monotonic() > deadline:
                self.stop(signal.SIGKILL)
                raise self._failure(child.returncode)
            time.sleep(POLL_SECONDS)

    def stop(self, request: signal.Signals) -> None:
        """Ask it to end, also if it is frozen; kill it if it does not."""
        if self._child is None:
            return
        if self._child.poll() is None:
            self._child.send_signal(request)
            self._child.send_signal(signal.SIGCONT)
        try:
            self._child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _failure(self, status: int) -> StackUnavailable:
        tail = self.log.read_text("utf-8", "replace")[-LOG_TAIL_CHARACTERS:].strip()
        kind = PortTaken if PORT_TAKEN in tail else StackUnavailable
        return kind(f"{self._folder.name} did not start (status {status}). Its log ends: {tail}")

    def _spawn(self, command: Sequence[str], standard_input: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C is for us, and we stop the servers after the last request has been answered.
            child = subprocess.Popen(  # noqa: S603 - the command is ours
                guarded(command, self._account),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
            )
        if child.stdin is None:
            raise AssertionError("a pipe was asked for")
        # A server that dies at once is reported by start(), with its log.
        with contextlib.suppress(BrokenPipeError), child.stdin as pipe:
            pipe.write(standard_input.encode())
        return child
