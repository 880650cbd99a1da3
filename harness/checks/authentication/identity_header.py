"""Authentication bypass by spoofing (CWE-290): a header that names a user must not outweigh the credential."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


HEADERS = (
    "X-User-ID",
    "X-User",
    "X-UserId",
    "X-Forwarded-User",
    "X-Remote-User",
    "Remote-User",
    "X-Auth-Request-User",
    "X-Authenticated-User",
    "X-Authenticated-Userid",
    "X-Account-ID",
    "X-Tenant-ID",
    "X-On-Behalf-Of",
    "X-Impersonate-User",
)


@check(
    severity=Severity.CRITICAL,
    catches=["authentication.identity-header"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API2:2023",
    cwe=290,
)
async def identity_header(lab: Lab) -> AsyncIterator[Observation]:
    """A header that names another user changes nothing."""
    alice, bob = await lab.two_users()
    for resource in lab.private_with("create"):
        for verb in resource.looks:
            yield await _look(resource, verb, alice, bob)


async def _look(resource: BoundResource, verb: str, alice: Identity, bob: Identity) -> Observation:
    """Bob looks for Alice's object, naming Alice in one header after the other."""
    operation = resource.operation(verb)
    about = {"operation": operation, "users": (alice.name, bob.name)}
    theirs, own = await resource.create(alice), await resource.create(bob)
    control, mine = await resource.seen(alice, theirs, verb), await resource.seen(bob, own, verb)
    if not control.found or not mine.found:
        return inconclusive(
            operation,
            "no-control",
            f"an owner does not find the own {resource.name} by {operation}",
            control.last,
            mine.last,
            **about,
        )
    plain = await resource.look(bob, theirs, verb, purpose="control")
    if plain.found:
        shown = f"{bob.name} finds {alice.name}'s {resource.name} without any such header"
        sentence = f"{shown}, so what a header does cannot be seen"
        return inconclusive(operation, "no-control", sentence, plain.last, **about)
    for name in HEADERS:
        for value in dict.fromkeys(filter(None, (alice.subject, alice.username, alice.name))):
            pretender = replace(bob, headers=(*bob.headers, (name, value)))
            attempt = await resource.look(pretender, theirs, verb, purpose="attempt")
            if attempt.found:
                sentence = f"with {name}: {value}, {bob.name} finds {alice.name}'s {resource.name} by {operation}"
                return failed(operation, sentence, theirs.created, control.last, attempt.last, **about)
    return passed(
        operation,
        f"{operation} answers {bob.name} as {bob.name}, whoever {len(HEADERS)} headers name",
        control.last,
        mine.last,
        **about,
    )
