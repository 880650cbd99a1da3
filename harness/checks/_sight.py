"""What an owner sees of an object, before and after somebody else has tried something on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.expect import inconclusive, skipped, status_of
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.lab import BoundResource, Owned, View
    from harness.model import Exchange, Observation


async def insisting(send: Callable[[], Awaitable[Exchange]]) -> Exchange:
    """Send what is refused a second time: it may be taken for a retry of what was looked at before."""
    first = await send()
    if first.ok:
        return first
    second = await send()
    return second if second.ok else first


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How an owner sees an object and its twin, which nobody touches: what becomes of both happens by itself.

    `found` are the looks by which both are found.
    """

    resource: BoundResource
    objects: tuple[Owned, Owned] | None = None
    before: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    found: tuple[str, ...] = ()

    @classmethod
    async def of(cls, resource: BoundResource, theirs: Owned) -> Sight:
        """Look for both in every way."""
        if LOOK not in resource.spec.abilities:
            return cls(resource=resource)
        pair, owner = (theirs, await resource.create(theirs.owner)), theirs.owner
        views = {verb: [await resource.seen(owner, each, verb) for each in pair] for verb in resource.looks}
        found = tuple(verb for verb, both in views.items() if all(view.found for view in both))
        first, second = views[resource.looks[0]]
        if resource.spec.settle:  # by now it is found in every way, and what is done with what is new is done
            first, second = [await resource.look(owner, each, resource.looks[0], purpose="control") for each in pair]
        return cls(resource=resource, objects=pair, before=(first.item, second.item), found=found)

    async def changed(self) -> tuple[str, Exchange] | None:
        """Return what the owner sees that became of the object only, and the exchange that shows it."""
        if self.objects is None:
            return None
        return await self._moved(*self.objects) or await self._lost(*self.objects)

    async def _moved(self, theirs: Owned, twin: Owned) -> tuple[str, Exchange] | None:
        """Compare fields; where writes take their time, only what was the same in both, and stays another one."""
        moved = await self._otherwise(theirs, twin)
        if moved is not None and self.resource.spec.settle:
            await asyncio.sleep(self.resource.spec.settle)
            moved = await self._otherwise(theirs, twin)
        return moved

    async def _otherwise(self, theirs: Owned, twin: Owned) -> tuple[str, Exchange] | None:
        look = self.resource.looks[0]
        now = [await self.resource.look(theirs.owner, each, look, purpose="read-back") for each in (theirs, twin)]
        if not all(each.there for each in now):
            return None
        moved, by_itself = (
            {name for name in before if after.item.get(name) != before[name]}
            for before, after in zip(self.before, now, strict=True)
        )
        same = {name for name in moved if self.before[0][name] == self.before[1].get(name)}
        names = sorted((same if self.resource.spec.settle else moved) - by_itself)
        return (f"reads another {names[0]}", now[0].last) if names else None

    async def _lost(self, theirs: Owned, twin: Owned) -> tuple[str, Exchange] | None:
        """Look for as long as a write may take to show: what is missed for a moment is not lost."""
        for verb in self.found:
            view = await self.resource.seen(theirs.owner, theirs, verb, purpose="read-back")
            if not view.found and (await self.resource.seen(theirs.owner, twin, verb)).found:
                return f"finds it no more by {view.operation}", view.last
        return None


def unseen(view: View, **about: Any) -> Observation:
    """Return what it means that an owner does not see what was written: nothing, where there is a list of names only.

    `about` is what the observation is of, its `operation` among that.
    """
    sentence = f"{view.user.name} does not read by {view.operation} what was written ({status_of(view.last)})"
    if view.verb != "read" and view.found:
        return skipped(about["operation"], "not-applicable", sentence, view.last, **about)
    return inconclusive(about["operation"], "no-control", sentence, view.last, **about)
