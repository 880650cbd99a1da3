"""Valkey: in memory only, with a password of its own."""

from __future__ import annotations

import signal
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reference_service.stack.process import Process

if TYPE_CHECKING:
    from concurrent.futures import Executor
    from pathlib import Path

    from reference_service.stack.account import Account
    from reference_service.stack.binaries import Programs

ANSWER_SECONDS = 1.0


@dataclass(kw_only=True, slots=True)
class Valkey:
    """A Valkey of our own."""

    programs: Programs
    account: Account
    folder: Path
    launcher: Executor
    password: str = field(repr=False)
    port: int
    _process: Process = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Make its folder; nothing runs yet."""
        self.folder.mkdir(mode=0o700)
        self.account.give(self.folder)
        self._process = Process(account=self.account, folder=self.folder, launcher=self.launcher)

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{self.folder}"',
            "save": '""',
            "appendonly": "no",
        }
        configuration = "".join(f"{name} {value}\n" for name, value in settings.items())
        # "-": the configuration comes through the standard input, so that no process list shows the password.
        command = [self.programs.program("valkey-server"), "-"]
        self._process.start(command, self._ready, standard_input=configuration)

    def stop(self) -> None:
        """Stop it; what it held is lost."""
        self._process.stop(signal.SIGTERM)

    abandon = stop

    def _ready(self, _pid: int) -> bool:
        """Whether it takes our password: then it is ours, and not another server that got the port first."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), ANSWER_SECONDS) as connection:
                connection.sendall(f"AUTH {self.password}\r\n".encode())
                return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False
