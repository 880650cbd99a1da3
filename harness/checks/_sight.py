"""What an owner reads of an object, before and after somebody else has tried something on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.expect import inconclusive, skipped, status_of
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from harness.lab import BoundResource, Owned, View
    from harness.model import Exchange, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an owner reads an object and its twin, which nobody touches: what changes in both changes by itself."""

    resource: BoundResource
    objects: tuple[Owned, Owned] | None = None
    before: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    @classmethod
    async def of(cls, resource: BoundResource, theirs: Owned) -> Sight:
        """Read both; nothing, where writes take their time to show, and with it a change that is nobody's."""
        if LOOK not in resource.spec.abilities or resource.spec.settle:
            return cls(resource=resource)
        pair = (theirs, await resource.create(theirs.owner))
        first, second = [await resource.look(theirs.owner, each, resource.looks[0], purpose="control") for each in pair]
        return cls(resource=resource, objects=pair, before=(first.item, second.item))

    async def changed(self) -> tuple[str, Exchange] | None:
        """Return the first field that only the object has changed, and the exchange that shows it."""
        if self.objects is None:
            return None
        owner = self.objects[0].owner
        look = self.resource.looks[0]
        now = [await self.resource.look(owner, each, look, purpose="read-back") for each in self.objects]
        if not all(each.there for each in now):
            return None
        moved, twin = (
            {name for name in before if after.item.get(name) != before[name]}
            for before, after in zip(self.before, now, strict=True)
        )
        names = sorted(moved - twin)
        return (names[0], now[0].last) if names else None


def unseen(view: View, **about: Any) -> Observation:
    """Return what it means that an owner does not see what was written: nothing, where there is a list of names only.

    `about` is what the observation is of, its `operation` among that.
    """
    sentence = f"{view.user.name} does not read by {view.operation} what was written ({status_of(view.last)})"
    if view.verb != "read" and view.found:
        return skipped(about["operation"], "not-applicable", sentence, view.last, **about)
    return inconclusive(about["operation"], "no-control", sentence, view.last, **about)
