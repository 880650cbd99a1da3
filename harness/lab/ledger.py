"""What this run created, written down before it exists, and removed again by its owner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote

if TYPE_CHECKING:
    from harness.lab.markers import Marker
    from harness.lab.resource import Owned
    from harness.model import Identity, Request


class Journal(Protocol):
    """An append-only record on disk."""

    def intend(self, *, user: str, resource: str, marker: str) -> int:
        """Write, before the request leaves, that something will be created; return the number of the entry."""

    def created(self, entry: int, *, id: str, delete: Request | None) -> None:  # noqa: A002
        """Write what came of it, and how it can be removed."""

    def settled(self, entry: int, outcome: str) -> None:
        """Write what became of it: deleted, gone, left, not-deletable, refused."""


class Ledger:
    """The created objects of a run, in order of creation."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._entries: dict[str, int] = {}
        self._alive: dict[str, tuple[Owned, Request | None]] = {}
        self._removals: dict[tuple[str, str, bytes], Owned] = {}
        self._ids: dict[str, set[str]] = {}
        self.places: set[str] = set()
        self.count = 0

    def ids(self, resource: str) -> set[str]:
        """Return the identifiers of all objects of a resource that were created, also of those that are gone."""
        return self._ids.get(resource, set())

    def intend(self, user: Identity, resource: str, marker: Marker) -> None:
        """Journal the intention, and as whom; called before every create."""
        owner = f"{user.name}:{user.subject or ''}"
        self._entries[marker.witness] = self._journal.intend(user=owner, resource=resource, marker=marker.text)

    def refused(self, marker: Marker) -> None:
        """Journal that the target refused to create it."""
        self._journal.settled(self._entries[marker.witness], "not-created")

    def created(self, owned: Owned, delete: Request | None) -> None:
        """Journal an object that now exists, with the request that removes it."""
        self.count += 1
        self._alive[owned.marker.witness] = (owned, delete)
        self._ids.setdefault(owned.resource, set()).add(str(owned.id))
        if delete is not None:
            self._place(owned, delete)
            self._removals[_same(delete)] = owned
        self._journal.created(self._entries[owned.marker.witness], id=str(owned.id), delete=delete)

    def _place(self, owned: Owned, delete: Request) -> None:
        """Remember the path of an object, where its removal names it there."""
        path = unquote(delete.target.partition("?")[0])
        if path.rpartition("/")[2] == str(owned.id):
            self.places.add(path)

    def gone(self, owned: Owned, outcome: str = "deleted") -> None:
        """Journal that the object is no more (or cannot be removed)."""
        if self._alive.pop(owned.marker.witness, None) is not None:
            self._journal.settled(self._entries[owned.marker.witness], outcome)

    def carried_out(self, user: Identity, request: Request) -> None:
        """Take note of a request that succeeded: the removal of an object by its owner, whoever thought of it."""
        owned = self._removals.get(_same(request))
        if owned is not None and owned.owner == user:
            self.gone(owned)

    def owned_by(self, user: Identity) -> int:
        """How many objects of a user still exist and can be removed."""
        return sum(owned.owner.name == user.name and delete is not None for owned, delete in self._alive.values())

    @property
    def alive(self) -> tuple[tuple[Owned, Request | None], ...]:
        """What still exists, the newest first, so that children go before their parents."""
        return tuple(reversed(self._alive.values()))


def _same(request: Request) -> tuple[str, str, bytes]:
    return request.method, request.target, request.body
