"""Conditional requests across users (CWE-203): a validator of one user's must not be confirmed to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

NOT_MODIFIED = 304


@check(
    severity=Severity.MEDIUM,
    catches=["isolation.etag"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API1:2023",
    cwe=203,
)
async def etag(lab: Lab) -> AsyncIterator[Observation]:
    """An entity tag of one user's is not confirmed to another user."""
    for resource in lab.private_with("create"):
        for verb in resource.looks:
            if resource.operation(verb).startswith("GET "):
                alice, bob = await lab.new_user("alice"), await lab.new_user("bob")
                yield await _ask(resource, verb, alice, bob)


async def _ask(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation(verb)
    about: dict[str, Any] = {"operation": operation, "users": (alice.name, bob.name)}
    query = resource.lab.session.markers.issue(resource.lab.key(alice)).query
    hers, his = await resource.create(alice, query=query), await resource.create(bob, query=query)
    views = [await resource.seen(alice, hers, verb), await resource.seen(bob, his, verb)]
    if not all(view.found for view in views):
        sentence = f"an owner does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, *(view.last for view in views), **about)
    first = await _send(resource, verb, alice, hers)
    tag = first.response.header("ETag") if first.response else None
    again = await _send(resource, verb, alice, hers, tag) if tag else first
    if tag is None or again.status != NOT_MODIFIED:
        sentence = f"{operation} makes no use of entity tags ({status_of(again)})"
        return skipped(operation, "not-applicable", sentence, first, again, **about)
    about["cell"] = isolation_cell(f"{operation} (If-None-Match)", alice.name, bob.name)
    own = await _send(resource, verb, bob, his)
    attempts = [await _send(resource, verb, bob, owned, tag) for owned in (hers, his)]
    if verb == "read":
        attempts.append(await _send(resource, verb, bob, hers, "*"))
    confirmed = next((attempt for attempt in attempts if attempt.status == NOT_MODIFIED), None)
    if confirmed is not None and own.body != first.body:
        sentence = f"{operation} confirms to {bob.name} the entity tag of what only {alice.name} may see (304)"
        return failed(operation, sentence, hers.created, first, again, own, confirmed, **about)
    sentence = (
        f"{operation} confirms {alice.name}'s entity tag to her (304), not to {bob.name} ({status_of(attempts[0])})"
    )
    return passed(operation, sentence, first, again, *attempts, **about)


async def _send(resource: BoundResource, verb: str, user: Identity, owned: Owned, tag: str | None = None) -> Exchange:
    request = resource.request(verb, owned)
    if tag is not None:
        request = replace(request, headers=(*request.headers, ("If-None-Match", tag)))
    return await resource.lab.send(user, request, purpose="attempt" if tag and user != owned.owner else "control")
