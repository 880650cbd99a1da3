"""Authentication bypass by spoofing (CWE-290): a header or cookie that names a user must not outweigh the credential.

All names are tried in one request, and one by one only where that is answered otherwise than a plain one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.authentication._disguise import COOKIES, HEADERS, Disguise, disguises
from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Identity, Observation


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.identity-header"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API2:2023",
    cwe=290,
)
async def identity_header(lab: Lab) -> AsyncIterator[Observation]:
    """A header or cookie that names another user shows nothing of that user's."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create"):
        for verb in resource.looks:
            yield await _look(resource, verb, alice, bob)


async def _look(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    """Bob looks for Alice's object, naming Alice."""
    operation = resource.operation(verb)
    about = {"operation": operation, "users": (alice.name, bob.name)}
    theirs, own = await resource.create(alice), await resource.create(bob)
    control, mine = await resource.seen(alice, theirs, verb), await resource.seen(bob, own, verb)
    if not control.found or not mine.found:
        sentence = f"an owner does not find the own {resource.name} by {operation}"
        return inconclusive(operation, "no-control", sentence, control.last, mine.last, **about)
    plain = await resource.look(bob, theirs, verb, purpose="control")
    if plain.found:
        shown = f"{bob.name} finds {alice.name}'s {resource.name} without any such header"
        sentence = f"{shown}, so what a header does cannot be seen"
        return inconclusive(operation, "no-control", sentence, plain.last, **about)
    for disguise in disguises(alice, bob):
        found = await _found(resource, verb, bob, theirs, disguise, plain)
        if found is not None:
            by, attempt = found
            sentence = f"with {by}, {bob.name} finds {alice.name}'s {resource.name} by {operation}"
            return failed(operation, sentence, theirs.created, control.last, attempt.last, **about)
    names = f"{len(HEADERS)} headers and {len(COOKIES)} cookies"
    sentence = f"{operation} answers {bob.name} as {bob.name}, whoever {names} name"
    return passed(operation, sentence, control.last, mine.last, **about)


async def _found(  # noqa: PLR0917 -- one look in disguise
    resource: BoundResource, verb: str, bob: Identity, theirs: Owned, disguise: Disguise, plain: View
) -> tuple[Disguise, View] | None:
    """Return with what, and how, Bob finds Alice's object; None where he does not."""
    together = await resource.look(disguise.of(bob), theirs, verb, purpose="attempt")
    if not together.found and together.last.status == plain.last.status:
        return None
    for each in disguise.each():
        alone = await resource.look(each.of(bob), theirs, verb, purpose="attempt")
        if alone.found:
            return each, alone
    return (disguise, together) if together.found else None
