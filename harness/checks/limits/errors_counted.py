"""Requests that cost nothing because they fail (CWE-799): whoever guesses sends hardly anything else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.limits._quota import limited_user, limits_of, number, probe
from harness.expect import failed, inconclusive, passed, refusal, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation, Request

MOST = 8
NO_CONTROL = "no-control"


@check(
    severity=Severity.LOW,
    catches=["limits.errors-free"],
    needs=Needs(operations=("create", "read"), features=("limits", "fresh-users", "limit-headers"), drains=True),
    owasp="API4:2023",
    cwe=799,
)
async def errors_counted(lab: Lab) -> AsyncIterator[Observation]:
    """Requests that fail cost what is declared."""
    for resource in lab.resources_with("create", "read"):
        for kind, make in KINDS.items():
            user = await limited_user(lab, "alice")
            found = await _cost(lab, kind, user, await make(resource, user))
            if kind not in MAYBE or found.reason != NO_CONTROL:  # some services read any media type
                yield found


async def _unknown(resource: BoundResource, user: Identity) -> Request:
    owned = await resource.create(user)
    return resource.request("read", replace(owned, id=resource.unknown_id(owned)))


async def _broken(resource: BoundResource, user: Identity) -> Request:
    request, _ = await resource.creation(user, resource.mark(user))
    return replace(request, body=b'{"', headers=(("Content-Type", "application/json"),))


async def _mistyped(resource: BoundResource, user: Identity) -> Request:
    request, _ = await resource.creation(user, resource.mark(user))
    return replace(request, body=b"harness", headers=(("Content-Type", "application/x-harness"),))


KINDS = {"an unknown identifier": _unknown, "a broken body": _broken, "an unknown media type": _mistyped}
MAYBE = frozenset({"an unknown media type"})


async def _cost(lab: Lab, kind: str, user: Identity, request: Request) -> Observation:
    """A good request, several that fail, a good request: what remains tells what the failures have cost."""
    limits, client, subject = limits_of(lab), lab.session.client, f"{request.operation} with {kind}"
    about = {"operation": request.operation, "users": (user.name,)}
    count = max(2, min(MOST, limits.requests // 2 - 2))
    before = await client.send(user, probe(lab), purpose="control")
    errors = [await client.send(user, request, purpose="attempt") for _ in range(count)]
    after = await client.send(user, probe(lab), purpose="control")
    left, then = number(before, limits.headers.remaining), number(after, limits.headers.remaining)
    shown, status = (before, errors[0], after), errors[0].status
    if left is None or then is None or refusal(errors[0]) is None or {each.status for each in errors} != {status}:
        sentence = f"{subject} is not refused alike each time ({status_of(errors[0])}), or no quota is told around it"
        return inconclusive(subject, NO_CONTROL, sentence, *shown, **about)
    refilled, paid = limits.rate * (after.done - before.sent) + 1, left - then - 1
    said = f"{count} times {subject} ({status}) cost {max(0, paid)}: {left} were left before, {then} after"
    if status in limits.free_statuses:
        return (failed if paid > refilled else passed)(subject, f"{said}; it is declared free", *shown, **about)
    if refilled > count / 2:
        return inconclusive(subject, "underpowered", f"{said}, and {refilled:.0f} may have refilled", *shown, **about)
    return (failed if paid < count - refilled else passed)(subject, said, *shown, **about)
