"""One valid request for each private operation that the scenario knows: what token checks are tried on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness import requests

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.lab.resource import BoundResource, Owned
    from harness.model import Identity, Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Specimen:
    """A request that succeeds with its owner's credential.

    `once` is true where success uses the object up (a delete): the valid request is then sent last, and its success
    proves that nothing before it had an effect.
    """

    operation: str
    request: Request
    owner: Identity
    owned: Owned | None = None
    once: bool = False


async def specimens(lab: Lab, user: Identity) -> list[Specimen]:
    """Return a specimen of each operation: who-am-I, then create, read, list, search, update, action, delete."""
    found: dict[str, Specimen] = {}
    whoami = lab.scenario.users.whoami
    if whoami is not None:
        found[whoami.operation] = Specimen(operation=whoami.operation, request=requests.build(whoami, {}, ()), owner=user)
    for resource in lab.resources_with("create"):
        for specimen in await _of(resource, user):
            found.setdefault(specimen.operation, specimen)
    public = set(lab.scenario.target.public)
    return [specimen for specimen in found.values() if specimen.operation not in public]


async def _of(resource: BoundResource, user: Identity) -> list[Specimen]:
    owned = await resource.create(user)
    made = [Specimen(operation=resource.operation("create"), request=owned.created.request, owner=user)]
    for verb in ("read", "list", "search", "update", "action"):
        for call in resource.spec.calls(verb):
            request = resource.request(verb, owned, call=call)
            made.append(Specimen(operation=call.operation, request=request, owner=user, owned=owned))
    if resource.spec.delete is not None:
        twin = await resource.create(user)
        made.append(Specimen(operation=resource.operation("delete"), request=resource.request("delete", twin), owner=user, owned=twin, once=True))
    return made
