"""A service that runs: where it answers, what it depends on, and what it has said about itself."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil

from harness.errors import OutOfReach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from harness.issuer import Issuer


@dataclass(kw_only=True)
class Service:
    """A running service: where it answers, the process that was started, and the secrets that were made for it.

    `restarts` says that what serves is started anew when it ends; `endpoints` is the file in which it says so.
    Of a service that forks, `url` is the socket on which it takes orders; see `forked`.
    """

    url: str
    pid: int
    generated: Mapping[str, str] = field(repr=False)
    log: list[str] = field(default_factory=list, repr=False)
    processes: Mapping[str, int] = field(default_factory=dict)
    databases: Mapping[str, str] = field(default_factory=dict, repr=False)
    issuer: Issuer | None = None
    endpoints: Path | None = None
    restarts: bool = False

    @property
    def serving(self) -> psutil.Process | None:
        """The process below ours that serves, where the service says that another one takes its place when it ends."""
        pid = said(self.endpoints).get("serving")
        with contextlib.suppress(psutil.NoSuchProcess):
            below = psutil.Process(self.pid).children(recursive=True)
            return next((process for process in below if process.pid == pid), None)
        return None

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a process that the service depends on, with its children, for as long as the context lasts.

        Raises OutOfReach where that is not possible.
        """
        family = _family(name, self.processes[name])
        try:
            for process in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    _suspend(name, process)
            yield
        finally:
            for process in reversed(family):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.resume()


def _family(name: str, number: int) -> list[psutil.Process]:
    """Return a process and its children, last the process itself; raise OutOfReach where it is not there."""
    try:
        root = psutil.Process(number)
        family = [*root.children(recursive=True), root]
    except psutil.NoSuchProcess:
        raise OutOfReach(f"{name} cannot be stopped: there is no process {number}") from None
    return family


def _suspend(name: str, process: psutil.Process) -> None:
    try:
        process.suspend()
    except psutil.AccessDenied:
        raise OutOfReach(f"{name} cannot be stopped: process {process.pid} is not ours") from None


def told(endpoints: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Return the processes and the database addresses that the service names; nothing where it names none."""
    about = said(endpoints)
    try:
        processes = {str(name): int(pid) for name, pid in about.get("processes", {}).items()}
    except (ValueError, TypeError, AttributeError):
        return {}, {}
    return processes, {name: str(about[name]) for name in ("database_url", "app_database_url") if about.get(name)}


def said(endpoints: Path | None) -> dict[str, Any]:
    """Return what the service has written about itself; nothing where it has written nothing of use."""
    with contextlib.suppress(OSError, ValueError):
        written = json.loads(endpoints.read_text(encoding="utf-8")) if endpoints is not None else {}
        return written if isinstance(written, dict) else {}
    return {}
