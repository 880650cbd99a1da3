"""What a real target is: how it is installed, started, and given two users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

LEAK = "leak"


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers: where, what its two users carry, and the place of its document."""

    url: str
    credentials: Mapping[str, str]
    document: str


class Target(Protocol):
    """One module of this package."""

    PINS: str
    """All that decides what is installed; it is installed again when this changes."""
    KNOWN: frozenset[str]
    """Checks whose grave findings are true, as README.md argues."""

    def install(self, folder: Path) -> None:
        """Install the pinned versions below a folder; the only step that needs the network."""

    def serve(self, folder: Path, port: int, *, leak: bool) -> AbstractContextManager[Running]:
        """Start it on loopback with fresh data, and make two users; `leak` lets every user read what others own."""
