"""Running servers: how to reach, stop and start them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class StackUnavailable(Exception):
    """The servers cannot be started here; the message says why and what to do."""


class Server(Protocol):
    """One server that can be taken away and brought back, always under the same address and password."""

    @property
    def pid(self) -> int | None:
        """The process id, or None while it is stopped or if it is not a process of this machine."""

    def start(self) -> None:
        """Start it and wait until it answers."""

    def stop(self) -> None:
        """Stop it and wait until it is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """A PostgreSQL and a Valkey of our own. The URLs hold generated passwords and therefore show in no repr."""

    admin_url: str = field(repr=False)
    """`postgresql://` address of the maintenance database, as superuser."""
    redis_url: str = field(repr=False)
    """`redis://` address."""
    members: Mapping[str, Server] = field(repr=False)
    """The servers themselves, by name: `postgres` and `redis`."""

    @property
    def processes(self) -> dict[str, int]:
        """The process ids of those that run, by name; a dependency is frozen with SIGSTOP and thawed with SIGCONT."""
        return {name: server.pid for name, server in self.members.items() if server.pid is not None}

    def stop_redis(self) -> None:
        """Take Valkey away; what it held is lost."""
        self.members["redis"].stop()

    def start_redis(self) -> None:
        """Bring Valkey back, empty, under the same address and password."""
        self.members["redis"].start()

    def stop_postgres(self) -> None:
        """Take PostgreSQL away; its data stays."""
        self.members["postgres"].stop()

    def start_postgres(self) -> None:
        """Bring PostgreSQL back with its data, under the same address and password."""
        self.members["postgres"].start()
