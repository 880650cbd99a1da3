"""Another spelling of a path (CWE-41, CWE-178): however it is written, what leads to an object asks for its owner.

So does what answers the same path in another way: a part of it, or as a page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._paths import spellings
from harness.expect import failed, inconclusive, isolation_cell, passed, skipped
from harness.lab import genuine
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

HEADERS = (("Range", "bytes=0-"), ("Accept", "text/html, */*;q=0.1"))
"""What has another part of a service answer: one that serves files, or makes pages."""


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.read"],
    needs=Needs(users=2, operations=("create", "read")),
    owasp="API1:2023",
    cwe=41,
)
async def path_spellings(lab: Lab) -> AsyncIterator[Observation]:
    """No spelling of its path or identifier shows an object that another user owns."""
    await genuine(lab, (await lab.two_users())[0])
    for resource in lab.private_with("create", "read"):
        alice, bob = await lab.two_users()
        yield await _try(resource, alice, bob)


async def _try(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    operation = resource.operation("read")
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(f"{operation} (spellings)", alice.name, bob.name),
    }
    hers, own = await resource.create(alice), await resource.create(bob)
    control = await resource.seen(alice, hers, "read")
    for view in (control, await resource.seen(bob, own, "read")):
        if not view.found:
            sentence = f"{view.user.name} does not find the own {resource.name} by {operation}"
            return inconclusive(operation, "no-control", sentence, view.last, **about)
    plain = await resource.read(bob, hers, purpose="control")
    if hers.marker.told_by(plain):
        sentence = f"{bob.name} may read {alice.name}'s {resource.name}, however its path is written"
        return skipped(operation, "not-applicable", sentence, plain, **about)
    last = plain
    for name, request in spellings(resource.lab, resource.request("read", hers), hers.id):
        last = await resource.lab.send(bob, request, purpose="attempt")
        if hers.marker.told_by(last):
            sentence = f"with {name} in its path, {bob.name} reads {alice.name}'s {resource.name} ({last.status})"
            return failed(operation, sentence, hers.created, control.last, plain, last, **about)
    for header in HEADERS:
        request = resource.request("read", hers)
        last = await resource.lab.send(bob, replace(request, headers=(*request.headers, header)), purpose="attempt")
        if hers.marker.told_by(last):
            sentence = f"with {': '.join(header)}, {bob.name} reads {alice.name}'s {resource.name} ({last.status})"
            return failed(operation, sentence, hers.created, control.last, plain, last, **about)
    sentence = f"no spelling of its path shows {bob.name} a {resource.name} of {alice.name}'s"
    return passed(operation, sentence, control.last, plain, last, **about)
