"""Methods that are forgotten (CWE-650): HEAD and OPTIONS must tell a stranger no more than GET does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.checks.oracle._questions import nowhere
from harness.expect import differences, failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation


@check(
    severity=Severity.HIGH,
    catches=["isolation.read", "oracle.status"],
    needs=Needs(users=2, operations=("create", "read")),
    owasp="API1:2023",
    cwe=650,
)
async def head_and_options(lab: Lab) -> AsyncIterator[Observation]:
    """HEAD and OPTIONS tell nothing of an object that another user owns."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create", "read"):
        for method in ("HEAD", "OPTIONS"):
            yield await _ask(resource, method, alice, bob)


async def _ask(resource: BoundResource, method: str, alice: Identity, bob: Identity) -> Observation:
    path = resource.operation("read").partition(" ")[2]
    operation = f"{method} {path}"
    about: dict[str, Any] = {"operation": operation, "users": (alice.name, bob.name)}
    hers, own = await resource.create(alice), await resource.create(bob)
    if not (await resource.seen(alice, hers, "read")).found:
        return inconclusive(operation, "no-control", f"{alice.name} does not read the own {resource.name}", **about)
    mine = await _send(resource, method, alice, hers, "control")
    if not mine.ok:
        return skipped(operation, "not-applicable", f"{operation} is not answered ({status_of(mine)})", mine, **about)
    reading = await resource.read(bob, hers, purpose="control")
    if reading.ok:
        sentence = f"{bob.name} may read {alice.name}'s {resource.name}, so {method} tells nothing more"
        return skipped(operation, "not-applicable", sentence, reading, **about)
    unknown = [await _send(resource, method, bob, nowhere(resource, own), "control") for _ in range(2)]
    attempt = await _send(resource, method, bob, hers, "attempt")
    unknown.append(await _send(resource, method, bob, nowhere(resource, own), "control"))
    about["cell"] = isolation_cell(operation, alice.name, bob.name)
    found = differences(attempt, unknown, names=((str(hers.id), "<id>"),))
    if attempt.ok and found:
        sentence = (
            f"{operation} answers {bob.name} {attempt.status} about {alice.name}'s {resource.name} "
            f"and {unknown[0].status} about an unknown one; GET refuses {bob.name} ({reading.status})"
        )
        return failed(operation, sentence, hers.created, mine, reading, attempt, unknown[0], **about)
    sentence = f"{operation} tells {bob.name} nothing of {alice.name}'s {resource.name} ({status_of(attempt)})"
    return passed(operation, sentence, mine, attempt, unknown[0], **about)


async def _send(resource: BoundResource, method: str, user: Identity, owned: Owned, purpose: str) -> Exchange:
    reading = resource.request("read", owned)
    request: Request = replace(
        reading, method=method, operation=f"{method} {resource.operation('read').partition(' ')[2]}"
    )
    return await resource.lab.send(user, request, purpose=purpose)
