"""Private objects among public ones (OWASP API1:2023, CWE-639): a list for all holds only what is public by design."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.model import Needs, Request, Severity
from harness.openapi.inference.answers import answer, list_shape
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.list"],
    needs=Needs(users=2, operations=("create",), features=("public-objects",)),
    owasp="API1:2023",
    cwe=639,
)
async def public_lists(lab: Lab) -> AsyncIterator[Observation]:
    """A public list shows public objects only."""
    lists = [each for each in lab.scenario.target.public if _is_list(lab, each)]
    for resource in lab.resources_with("create"):
        if resource.spec.create_public is not None:
            alice, bob = await lab.two_users()
            for operation in lists:
                yield await _look(lab, resource, operation, alice, bob)


def _is_list(lab: Lab, identifier: str) -> bool:
    """Whether an operation answers a list without being told of what, as far as the document says."""
    if not identifier.startswith("GET ") or "{" in identifier:
        return False
    operation, document = lab.operation(identifier), lab.session.document
    if operation is None or document is None:
        return True
    return list_shape(document.root, answer(operation)) is not None


async def _look(lab: Lab, resource: BoundResource, operation: str, alice: Identity, bob: Identity) -> Observation:
    """Beside a public object of Alice's that everybody sees there, her private one must not be."""
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(operation, alice.name, bob.name),
    }
    await resource.create(bob)  # else what he is not shown would mean nothing
    private, public = await resource.create(alice), await resource.create(alice, public=True)
    request = Request(method="GET", target=operation.removeprefix("GET "), operation=operation)
    answers = [await lab.send(user, request, purpose="attempt") for user in (bob, lab.anonymous)]
    leaks = [answer for answer in answers if private.marker.in_bytes(answer.body)]
    if leaks:
        sentence = f"{leaks[0].user} finds {alice.name}'s private {resource.name} by {operation} ({leaks[0].status})"
        return failed(operation, sentence, private.created, leaks[0], **about)
    if not all(public.marker.in_bytes(answer.body) for answer in answers):
        direct = await resource.look(bob, private, resource.looks[0]) if resource.looks else None
        if direct is not None and direct.found:
            sentence = f"{direct.operation} shows {bob.name} {alice.name}'s private {resource.name} anyway"
            return skipped(operation, "not-applicable", sentence, private.created, direct.last, **about)
        sentence = f"{operation} does not show the public {resource.name} either, so nothing is known of private ones"
        return inconclusive(operation, "no-control", sentence, public.created, *answers, **about)
    sentence = f"{operation} shows everybody {alice.name}'s public {resource.name}, and nobody the private one"
    return passed(operation, sentence, *answers, **about)
