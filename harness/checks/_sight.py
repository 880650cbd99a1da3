"""What an owner reads of an object, before and after somebody else has tried something on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.lab import BoundResource, Owned
    from harness.model import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an owner reads an object and its twin, which nobody touches: what changes in both changes by itself."""

    resource: BoundResource
    objects: tuple[Owned, Owned] | None = None
    before: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    @classmethod
    async def of(cls, resource: BoundResource, theirs: Owned) -> Sight:
        """Read both; nothing, where writes take their time to show, and with it a change that is nobody's."""
        if "read" not in resource.looks or resource.spec.settle:
            return cls(resource=resource)
        pair = (theirs, await resource.create(theirs.owner))
        first, second = [await resource.read(theirs.owner, each, purpose="control") for each in pair]
        return cls(resource=resource, objects=pair, before=(resource.thing(first), resource.thing(second)))

    async def changed(self) -> tuple[str, Exchange] | None:
        """Return the first field that only the object has changed, and the exchange that shows it."""
        if self.objects is None:
            return None
        owner = self.objects[0].owner
        now = [await self.resource.read(owner, each, purpose="read-back") for each in self.objects]
        if not all(each.ok for each in now):
            return None
        moved, twin = (
            {name for name in before if after.get(name) != before[name]}
            for before, after in zip(self.before, map(self.resource.thing, now), strict=True)
        )
        names = sorted(moved - twin)
        return (names[0], now[0]) if names else None
