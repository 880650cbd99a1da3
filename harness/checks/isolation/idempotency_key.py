"""Answers that are kept by an Idempotency-Key alone (CWE-639; draft-ietf-httpapi-idempotency-key-header, section 5).

A key is the client's choice: two users may have the same one, and each is to get what came of the own request.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped, status_of
from harness.lab.resource import identifier
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.lab.markers import Marker
    from harness.model import Exchange, Identity, Observation, Request

HEADER = "Idempotency-Key"
HEADERS = (HEADER, "X-Idempotency-Key", "X-Request-ID")
"""Where clients name a request, and careless services look whether they have seen it before."""
NAME = f"{HEADER} or request id"


@check(
    severity=Severity.HIGH,
    catches=["isolation.idempotency"],
    needs=Needs(users=2, operations=("create",), waits=True),
    owasp="API1:2023",
    cwe=639,
)
async def idempotency_key(lab: Lab) -> AsyncIterator[Observation]:
    """Who creates with the idempotency key of another user gets an object of one's own, not the other's answer."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create"):
        yield await _try(resource, alice, bob)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """A creation that carries a key, and can be sent more than once."""

    resource: BoundResource
    user: Identity
    marker: Marker
    request: Request
    parents: tuple[Any, ...]

    @classmethod
    async def of(cls, resource: BoundResource, user: Identity, key: str) -> _Draft:
        marker = resource.mark(user)
        request, parents = await resource.creation(user, marker)
        resource.lab.session.ledger.intend(user, resource.name, marker)
        keyed = replace(request, headers=(*request.headers, *((name, key) for name in HEADERS)))
        return cls(resource=resource, user=user, marker=marker, request=keyed, parents=parents)

    async def first(self, purpose: str) -> tuple[Exchange, Owned | None]:
        answer = await self.resource.lab.send(self.user, self.request, purpose=purpose)
        return answer, self.resource.register(self.user, self.marker, answer, self.parents)

    async def again(self, made: Owned) -> tuple[Exchange, bool]:
        """Send it once more; return the answer, and whether it is about the same object, as a kept key makes it."""
        answer = await self.resource.lab.send(self.user, self.request, purpose="control")
        call = self.resource.spec.create
        other = identifier(call, answer) if call is not None and answer.ok else None
        if other is None or str(other) == str(made.id):
            return answer, other is not None
        self.resource.adopt(self.user, other, answer, self.parents)
        return answer, False


async def _try(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation, names = resource.operation("create"), (alice.name, bob.name)
    cell = isolation_cell(f"{operation} ({HEADER})", *names)
    about: dict[str, Any] = {"operation": operation, "users": names, "cell": cell}
    key = str(uuid.uuid4())
    draft, other = [await _Draft.of(resource, user, key) for user in (alice, bob)]
    created, hers = await draft.first("control")
    if hers is None:
        sentence = f"{alice.name} could not create a {resource.name} with an {NAME} ({status_of(created)})"
        return inconclusive(operation, "no-control", sentence, created, **about)
    answer, his = await other.first("attempt")
    said = f"{bob.name} creates a {resource.name} with the {NAME} of {alice.name}'s"
    if hers.marker.in_bytes(answer.body):
        sentence = f"{said}, and is shown what she owns ({status_of(answer)})"
        return failed(operation, sentence, created, answer, shows=(hers.marker.witness,), **about)
    if his is not None and str(his.id) == str(hers.id) and resource.looks:
        view = await resource.showing(bob, his, resource.looks[0], his.marker, purpose="read-back")
        if not view.shows(his):
            sentence = f"{said}, is told of hers, and finds nothing of what was sent"
            return failed(operation, sentence, created, answer, view.last, **about)
    repeated, kept = await draft.again(hers)
    if not kept:
        sentence = f"{operation} keeps no answer by its {NAME} ({status_of(repeated)})"
        return skipped(operation, "not-applicable", sentence, created, repeated, **about)
    if answer.broken:
        return inconclusive(operation, "unclear", f"{said}: {status_of(answer)}", created, answer, **about)
    if his is None:
        await resource.create(bob)  # whoever may create nothing at all is refused for another reason
    told = "which makes one of his own" if his is not None else "and is refused"
    return passed(operation, f"{said}, {told} ({status_of(answer)})", created, answer, repeated, **about)
