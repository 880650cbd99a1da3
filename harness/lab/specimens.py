"""One valid request for each private operation that the scenario knows: what token checks are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import requests
from harness.lab.plain import private_reads
from harness.lab.readable import is_readable

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.lab.resource import BoundResource, Owned
    from harness.model import Exchange, Identity, Request
    from harness.scenario.schema import Call

FEW = 3
ONCE = "once"
"""The fact of a session that names the actions which succeed only once on an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A request that succeeds with its owner's credential.

    `once` is true where success uses the object up (a delete, an order that is cancelled): the valid request is then
    sent last, and its success proves that nothing before it had an effect.
    """

    lab: Lab
    operation: str
    request: Request
    owner: Identity
    owned: Owned | None = None
    once: bool = False
    creates: BoundResource | None = None

    async def accepted(self) -> Exchange:
        """Send the valid request of the owner: the control; a creation is a new one each time, and journalled."""
        if self.creates is not None:
            exchange, _ = await self.creates.try_create(self.owner, purpose="control")
            return exchange
        return await self.lab.send(self.owner, self.request, purpose="control")


async def specimens(lab: Lab, user: Identity) -> list[Specimen]:
    """Return a specimen of each operation: who-am-I, create, read, list, search, update, action; the deletes last."""
    found: dict[str, Specimen] = {}
    whoami = lab.scenario.users.whoami
    if whoami is not None:
        found[whoami.operation] = Specimen(
            lab=lab, operation=whoami.operation, request=requests.of_oneself(whoami, user), owner=user
        )
    for resource in lab.resources_with("create"):
        for specimen in await _of(resource, user):
            found.setdefault(specimen.operation, specimen)
    public = set(lab.scenario.target.public)
    return sorted(
        (specimen for specimen in found.values() if specimen.operation not in public),
        key=lambda specimen: specimen.once,
    )


async def chosen(lab: Lab, user: Identity) -> list[Specimen]:
    """Return the specimens on which something is tried that is the same on each: all, or a few in a sparing session.

    The private reads of the document are among them, of which a scenario says nothing.
    """
    known = await specimens(lab, user)
    beside = [
        Specimen(lab=lab, operation=operation, request=requests.plain(operation), owner=user)
        for operation in await private_reads(lab, user)
        if operation not in {specimen.operation for specimen in known}
    ]
    found = [*beside, *known]
    if not lab.session.sparing or len(found) <= FEW:
        return found
    kept = lab.random.sample(range(len(found)), FEW)
    return [found[number] for number in sorted(kept)]


async def _of(resource: BoundResource, user: Identity) -> list[Specimen]:
    lab, owned = resource.lab, await resource.create(user)
    fresh, _ = await resource.creation(user, resource.mark(user))
    made = [Specimen(lab=lab, operation=resource.operation("create"), request=fresh, owner=user, creates=resource)]
    shown = ("read", "list", "search") if not is_readable(lab.session, resource.name) else ()
    for verb in (*shown, "update", "action"):
        for call in resource.spec.calls(verb):
            if call.operation in lab.session.facts.get(ONCE, ()):
                made.append(await _once(resource, user, verb, call))
                continue
            request = resource.request(verb, owned, call=call)
            made.append(Specimen(lab=lab, operation=call.operation, request=request, owner=user, owned=owned))
    if resource.spec.delete is not None:
        made.append(await _once(resource, user, "delete", resource.spec.delete))
    return made


async def _once(resource: BoundResource, user: Identity, verb: str, call: Call) -> Specimen:
    """Return a specimen with an object of its own, which its success uses up."""
    twin = await resource.create(user)
    await resource.ready(user, twin, call)
    request = resource.request(verb, twin, call=call)
    return Specimen(lab=resource.lab, operation=call.operation, request=request, owner=user, owned=twin, once=True)
