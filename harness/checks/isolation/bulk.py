"""Broken object level authorization where many are named at once (OWASP API1:2023, CWE-639).

Each identifier of a list must be looked at, not only the first one, or the list as a whole. What such an operation does
is learned from its work on own objects: they are gone, or others than before, or shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks._sight import Sight
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation
    from harness.scenario.schema import ActionCall

ORDERS = {"alone": ("theirs",), "after an own one": ("own", "theirs"), "before an own one": ("theirs", "own")}


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.bulk"],
    needs=Needs(users=2, operations=("create", "bulk")),
    owasp="API1:2023",
    cwe=639,
)
async def bulk(lab: Lab) -> AsyncIterator[Observation]:
    """Whoever names many objects at once reaches the own ones only."""
    for resource in lab.private_with("create", "bulk"):
        alice, bob = await lab.two_users()
        for call in resource.spec.bulk if resource.looks else ():
            for owner, stranger in ((alice, bob), (bob, alice)):
                yield await _Attempt(resource=resource, call=call, owner=owner, stranger=stranger).judge()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """What a stranger does with another user's objects among own ones, by one operation."""

    resource: BoundResource
    call: ActionCall
    owner: Identity
    stranger: Identity

    @property
    def about(self) -> dict[str, Any]:
        operation, names = self.call.operation, (self.owner.name, self.stranger.name)
        return {"operation": operation, "users": names, "cell": isolation_cell(f"{operation} (many)", *names)}

    async def judge(self) -> Observation:
        """Do it to two own objects, of which each must show it; then name another user's, in each order."""
        subject = self.call.operation
        own = [await self.resource.create(self.stranger) for _ in range(2)]
        sights = [await Sight.of(self.resource, each) for each in own]
        control = await self._send(own[0], own)
        if not control.ok:
            sentence = f"{self.stranger.name} cannot {self.call.name} two own ones ({status_of(control)})"
            return inconclusive(subject, "no-control", sentence, control, **self.about)
        effects = [await self._effect(each, sight, control) for each, sight in zip(own, sights, strict=True)]
        shown = [each[0] for each in effects if each is not None]
        if len(shown) < len(own):
            sentence = f"nothing shows what {self.call.operation} does to each of two own ones"
            return inconclusive(subject, "no-control", sentence, control, **self.about)
        done = [control]
        for order in ORDERS:
            found = await self._named(order, done)
            if found is not None:
                return found
        sentence = (
            f"of those that {self.stranger.name} names, {self.call.operation} reaches the own ones ({shown[0]}), and"
            f" none of {self.owner.name}'s ({', '.join(str(each.status) for each in done[1:])})"
        )
        return passed(subject, sentence, *done, **self.about)

    async def _named(self, order: str, done: list[Exchange]) -> Observation | None:
        """Name a new object of the owner's, in an order; return what then is wrong."""
        theirs, own = await self.resource.create(self.owner), await self.resource.create(self.stranger)
        sight = await Sight.of(self.resource, theirs)
        verb = self.resource.looks[0]
        before = await self.resource.seen(self.owner, theirs, verb)
        if not before.found:
            sentence = f"{self.owner.name} does not find the own {self.resource.name}"
            return inconclusive(self.call.operation, "no-control", sentence, before.last, **self.about)
        attempt = await self._send(own, [{"theirs": theirs, "own": own}[each] for each in ORDERS[order]])
        done.append(attempt)
        if attempt.broken:
            sentence = f"{self.call.operation} answers {status_of(attempt)} to an identifier of {self.owner.name}'s"
            return inconclusive(self.call.operation, "unclear", sentence, attempt, **self.about)
        effect = await self._effect(theirs, sight, attempt, expected=True)
        if effect is None:
            return None
        thing = f"{self.owner.name}'s {self.resource.name}"
        sentence = f"{self.stranger.name} can {self.call.name} {thing}, named {order}: {effect[0]}"
        return failed(self.call.operation, sentence, theirs.created, own.created, attempt, effect[1], **self.about)

    async def _send(self, base: Owned, objects: Sequence[Owned]) -> Exchange:
        request = self.resource.bulk_request(self.call, base, [each.id for each in objects])
        purpose = "control" if all(each.owner == self.stranger for each in objects) else "attempt"
        return await self.resource.lab.send(self.stranger, request, purpose=purpose)

    async def _effect(
        self, owned: Owned, sight: Sight, answer: Exchange, *, expected: bool = False
    ) -> tuple[str, Exchange] | None:
        """Return what has become of an object, and what tells: shown, gone for its owner, or another than before."""
        if answer.ok and owned.marker.in_bytes(answer.body):
            return "it is shown", answer
        verb, name = self.resource.looks[0], owned.owner.name
        view = await self.resource.seen(owned.owner, owned, verb, expected=expected, purpose="read-back")
        if not view.found:
            return f"{name} no longer finds it", view.last
        changed = await sight.changed()
        return (f"{name} then {changed[0]}", changed[1]) if changed is not None else None
