"""Lost updates (CWE-362): writers overwrite what they never saw, although they said so (RFC 9110, section 13.1.1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Exchange, Identity, Observation, Request
    from harness.scenario.schema import Call

WRITERS = 8
REFUSED = "412"


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.lost-write"],
    needs=Needs(operations=("create", "read", "update"), features=("document", "plenty")),
    owasp="API9:2023",
    cwe=362,
)
async def conditional_updates(lab: Lab) -> AsyncIterator[Observation]:
    """Of writers who all saw the same version, one succeeds, and a stale one never does."""
    user = await lab.user(lab.session.introductions.names[0])
    tried = False
    for resource in lab.resources_with("create", "read", "update"):
        for call in resource.spec.update:
            operation = lab.operation(call.operation)
            if operation is not None and any(each.status == REFUSED for each in operation.responses):
                tried = True
                yield await _stale(lab, resource, user, call)
                yield await _racing(lab, resource, user, call)
    if not tried:
        yield skipped("If-Match", "not-applicable", "no update of the document declares 412 (precondition failed)")


async def _stale(lab: Lab, resource: BoundResource, user: Identity, call: Call) -> Observation:
    subject, about = f"{call.operation}: a stale writer", {"operation": call.operation}
    owned = await resource.create(user)
    tag = await _tag(resource, user, owned)
    if tag is None:
        return skipped(subject, "not-applicable", f"{resource.operation('read')} gives no strong ETag", **about)
    first = await lab.send(user, _conditional(resource, user, owned, call, tag), purpose="control")
    stale = await lab.send(user, _conditional(resource, user, owned, call, tag), purpose="attempt")
    if not first.ok:
        return inconclusive(subject, "no-control", f"a current If-Match is answered {status_of(first)}", first, **about)
    if stale.ok and await _tag(resource, user, owned) != tag:
        sentence = f"{call.operation} with an If-Match that is stale is answered {stale.status}"
        return failed(subject, sentence, owned.created, first, stale, **about)
    return passed(
        subject, f"a current If-Match is answered {first.status}, a stale one {stale.status}", first, stale, **about
    )


async def _racing(lab: Lab, resource: BoundResource, user: Identity, call: Call) -> Observation:
    subject, about = f"{call.operation}: writers at once", {"operation": call.operation}
    owned = await resource.create(user)
    tag = await _tag(resource, user, owned)
    if tag is None:
        return skipped(subject, "not-applicable", f"{resource.operation('read')} gives no strong ETag", **about)
    shots = [(user, _conditional(resource, user, owned, call, tag)) for _ in range(WRITERS)]
    answers = await lab.session.client.burst(shots, purpose="attempt")
    accepted = [answer for answer in answers if answer.ok]
    if not accepted:
        return inconclusive(subject, "no-control", f"none of {WRITERS} writers succeeded", *answers[:2], **about)
    if len(accepted) > 1:
        sentence = f"{len(accepted)} of {WRITERS} writers with the same If-Match succeed, expected one"
        return failed(subject, sentence, owned.created, *accepted[:2], **about)
    return passed(subject, f"one of {WRITERS} writers with the same If-Match succeeds", accepted[0], **about)


async def _tag(resource: BoundResource, user: Identity, owned: Owned) -> str | None:
    """Return the strong entity tag of the object, None for a weak one or none: If-Match compares strongly."""
    exchange: Exchange = await resource.read(user, owned, purpose="control")
    tag = exchange.response.header("ETag") if exchange.ok and exchange.response else None
    return tag if tag is not None and tag.startswith('"') else None


def _conditional(resource: BoundResource, user: Identity, owned: Owned, call: Call, tag: str) -> Request:
    marker = resource.mark(user)
    request = resource.request("update", owned, call=call, marker=marker)
    return replace(request, headers=(*request.headers, ("If-Match", tag)))
