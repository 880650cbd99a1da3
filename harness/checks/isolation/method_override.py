"""A method hidden in a header, query or form (CWE-436): whoever may not delete an object may not hide the deletion.

Gateways and guards see a POST, the framework behind them carries out what the override names.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation

HEADERS = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
FIELD = "_method"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.delete"],
    needs=Needs(users=2, operations=("create", "delete")),
    owasp="API1:2023",
    cwe=436,
)
async def method_override(lab: Lab) -> AsyncIterator[Observation]:
    """A POST that stands for a deletion deletes no object that another user owns."""
    for resource in lab.resources_with("create", "delete"):
        if resource.looks:
            alice, bob = await lab.two_users()
            yield await _try(resource, alice, bob)


async def _try(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob deletes an own object by an override, where that is possible, and then tries Alice's."""
    operation, verb = resource.operation("delete"), resource.looks[0]
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (override)", alice.name, bob.name),
    }
    hers, own = await resource.create(alice), await resource.create(bob)
    for owner, owned in ((alice, hers), (bob, own)):
        before = await resource.seen(owner, owned, verb)
        if not before.found:
            sentence = f"{owner.name} does not find the own {resource.name} before the attempt"
            return inconclusive(operation, "no-control", sentence, before.last, **about)
    control = await _override(resource, bob, own, "control")
    gone = await resource.seen(bob, own, verb, expected=not control.ok, purpose="control")
    if gone.found:
        sentence = f"no POST stands for {operation} here: {bob.name}'s own {resource.name} stays ({status_of(control)})"
        return skipped(operation, "not-applicable", sentence, control, gone.last, **about)
    if gone.last.broken:
        sentence = f"whether {bob.name}'s own {resource.name} is gone is not known ({status_of(gone.last)})"
        return inconclusive(operation, "no-control", sentence, control, gone.last, **about)
    resource.lab.session.ledger.gone(own)
    attempt = await _override(resource, bob, hers, "attempt")
    after = await resource.seen(alice, hers, verb, purpose="read-back")
    if not after.found:
        said = f"({status_of(attempt)}; {alice.name} then finds it no more, {status_of(after.last)})"
        sentence = f"by a POST that stands for {operation}, {bob.name} deletes {alice.name}'s {resource.name} {said}"
        return failed(operation, sentence, hers.created, attempt, after.last, **about)
    sentence = (
        f"by a POST that stands for {operation}, {bob.name} deletes an own {resource.name} ({control.status}), "
        f"and not {alice.name}'s ({status_of(attempt)}), which {alice.name} still finds"
    )
    return passed(operation, sentence, control, gone.last, attempt, after.last, **about)


async def _override(resource: BoundResource, user: Identity, owned: Owned, purpose: str) -> Exchange:
    """Send a POST that says in every usual place that it is the deletion."""
    plain = with_query(resource.request("delete", owned), FIELD, "DELETE")
    headers = (*plain.headers, *((name, "DELETE") for name in HEADERS), FORM)
    request = replace(plain, method="POST", headers=headers, body=f"{FIELD}=DELETE".encode(), operation="")
    return await resource.lab.send(user, request, purpose=purpose)
