"""What a resource hands out: an object of a user, the pages of a list, and what somebody got to see."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.lab.markers import Marker
    from harness.model import Exchange, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """An object that a user of this run created; `id` as the service gave it, `parents` outermost first."""

    resource: str
    id: Any
    marker: Marker
    owner: Identity
    created: Exchange
    parents: tuple[Any, ...] = ()

    @property
    def path_values(self) -> tuple[Any, ...]:
        """The identifiers that a path to this object needs."""
        return (*self.parents, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The pages of a list or a search, and what was in them."""

    exchanges: tuple[Exchange, ...]
    items: tuple[Any, ...]
    ids: tuple[Any, ...]
    total: int | None

    @property
    def ok(self) -> bool:
        """Whether every page answered with a success."""
        return bool(self.exchanges) and all(exchange.ok for exchange in self.exchanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a user got when looking for an object by one verb: `found` by its marker or its identifier.

    `item` is the object as it is shown there, empty where it is not.
    """

    verb: str
    operation: str
    user: Identity
    exchanges: tuple[Exchange, ...]
    found: bool
    item: dict[str, Any] = field(default_factory=dict)

    @property
    def there(self) -> bool:
        """Whether the object is still in its place: a read of it succeeds, or a list has it."""
        return self.ok if self.verb == "read" else self.found

    def written(self, marker: Marker) -> bool:
        """Whether a marker is in the object itself, not elsewhere in a list."""
        if self.verb == "read":
            return self.holds(marker)
        return marker.in_bytes(json.dumps(self.item).encode())

    def holds(self, marker: Marker) -> bool:
        """Whether a marker was in a successful answer."""
        return any(exchange.ok and marker.in_bytes(exchange.body) for exchange in self.exchanges)

    def shows(self, owned: Owned) -> bool:
        """Whether what was put into an object was there, not only its identifier."""
        return self.holds(owned.marker)

    @property
    def last(self) -> Exchange:
        """The last exchange of the look."""
        return self.exchanges[-1]

    @property
    def ok(self) -> bool:
        """Whether the service answered with a success."""
        return all(exchange.ok for exchange in self.exchanges)
