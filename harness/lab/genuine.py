"""The control of controls: that something is behind the target which keeps what users give it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness import requests
from harness.expect import status_of
from harness.lab.harmless import harmless
from harness.lab.inconclusive import Inconclusive

if TYPE_CHECKING:
    from harness.lab.lab import Lab
    from harness.lab.resource import BoundResource, Owned
    from harness.model import Identity


async def genuine(lab: Lab, user: Identity, resource: BoundResource | None = None) -> Owned | None:
    """Create an object and see its marker come back; without a resource for that, see any private answer with content.

    Objects that no text can be put into are told by identifiers that nothing had before. A target that accepts
    everything, refuses everything or repeats the same answer fails here; for who has passed, and may create no more
    of what each user has a few of, a private answer is enough from then on. Raises Inconclusive.
    """
    if resource is not None:
        return await _keeps(user, resource)
    resource, key = next((each for each in lab.resources_with("create") if each.looks), None), lab.key(user)
    if resource is None:
        await _something(lab, user)
        return None
    try:
        owned = await _keeps(user, resource)
    except Inconclusive as refused:
        if refused.reason not in {"no-control", "quota"} or key not in lab.session.genuine:
            raise
        await _something(lab, user)
        return None
    lab.session.genuine.add(key)
    return owned


async def _keeps(user: Identity, resource: BoundResource) -> Owned:
    owned = await resource.create(user)
    if not owned.marker.in_request(owned.created.request):
        await _kept_apart(resource, owned)
        return owned
    views = []
    for verb in resource.looks:
        views.append(await resource.seen(user, owned, verb))
        if owned.marker.in_bytes(views[-1].last.body):
            return owned
    sentence = f"{user.name} created a {resource.name}, and no operation shows what was put into it"
    raise Inconclusive("hollow", sentence, owned.created, *(view.last for view in views))


async def _kept_apart(resource: BoundResource, owned: Owned) -> None:
    """See two objects under identifiers of their own, and none under one that nobody was given."""
    user, other = owned.owner, await resource.create(owned.owner)
    for verb in resource.looks:
        nothing = await resource.look(user, replace(owned, id=resource.unknown_id(owned)), verb, purpose="control")
        views = [await resource.seen(user, each, verb) for each in (owned, other)]
        if owned.id != other.id and all(view.found for view in views) and not nothing.found:
            return
    sentence = f"{user.name} created two of {resource.name}, and no operation shows two new identifiers"
    raise Inconclusive("hollow", sentence, owned.created, other.created)


async def _something(lab: Lab, user: Identity) -> None:
    request = harmless(lab, user)
    if request is None:
        raise Inconclusive("no-control", "the scenario names nothing that a user may create or read")
    exchange = await lab.send(user, request, purpose="control")
    if not exchange.ok or requests.parsed(exchange.body) in (requests.MISSING, None, {}, []):
        raise Inconclusive("no-control", f"{request.operation} answers {user.name} {status_of(exchange)}", exchange)
