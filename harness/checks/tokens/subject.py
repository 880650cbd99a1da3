"""Tokens without a subject that fall back to a shared user (CWE-1287)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.checks.tokens._forging import refuses
from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


@check(
    severity=Severity.HIGH,
    catches=["tokens.subject"],
    needs=Needs(users=2, operations=("create",), features=("minter",)),
    owasp="API2:2023",
    cwe=1287,
)
async def subject(lab: Lab) -> AsyncIterator[Observation]:
    """A token without a usable subject is refused."""
    async for observation in refuses(lab, "tokens.subject"):
        yield observation
    alice, _ = await lab.two_users()
    minter = lab.session.introductions.minter
    if minter is None or alice.claims is None or alice.subject is None or alice.subject.swapcase() == alice.subject:
        return
    claims = {**alice.claims, "sub": alice.subject.swapcase()}
    other = lab.session.introductions.with_token("bob", minter.sign(claims), claims=claims)
    for resource in lab.private_with("create"):
        if resource.looks:
            yield await _other_case(resource, alice, other)


async def _other_case(resource: BoundResource, alice: Identity, other: Identity) -> Observation:
    """Let a user look for Alice's object whose subject differs from hers in nothing but the case of its letters."""
    verb, subject = resource.looks[0], f"letter case of subjects: {resource.name}"
    hers = await resource.create(alice)
    control = await resource.seen(alice, hers, verb)
    attempt = await resource.look(other, hers, verb, purpose="attempt")
    users = (alice.name, other.name)
    if not control.found:
        sentence = f"alice does not find the own {resource.name} by {control.operation}"
        return inconclusive(subject, "no-control", sentence, control.last)
    if attempt.found:
        sentence = f"a user whose subject differs from alice's only in letter case finds her {resource.name}"
        return failed(
            subject, sentence, hers.created, control.last, attempt.last, users=users, operation=control.operation
        )
    if attempt.last.status is not None and attempt.last.status < 500:  # noqa: PLR2004
        return passed(subject, "subjects that differ in letter case are two users", control.last, attempt.last)
    return inconclusive(subject, "unclear", f"{control.operation} answered {status_of(attempt.last)}", attempt.last)
