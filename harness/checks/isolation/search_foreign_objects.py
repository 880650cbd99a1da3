"""Broken object level authorization (OWASP API1:2023, CWE-639): searching."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks.isolation._sight import foreign_sight
from harness.expect import failed, passed, skipped
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

WIDE = ("*", "%", "_", ".*", " ")
LONG = 200
"""Characters of a query that some look up otherwise than a short one."""


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.search"],
    needs=Needs(users=2, operations=("create", "search")),
    owasp="API1:2023",
    cwe=639,
)
async def search_foreign_objects(lab: Lab) -> AsyncIterator[Observation]:
    """A user does not find another user's objects by searching for their content."""
    async for observation in foreign_sight(lab, "search"):
        yield observation
    for resource in lab.private_with("create", "search"):
        alice, bob = await lab.two_users()
        yield await _wide(resource, alice, bob)


async def _wide(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Search for what fits everything, or looks so: signs, a letter, a blank; many words, a phrase, another script."""
    theirs, own = await resource.create(alice), await resource.create(bob)
    operation = resource.operation("search")
    subject, about = f"{operation}: anything", {"operation": operation, "users": (alice.name, bob.name)}
    answers = []
    long = " ".join([theirs.marker.query] * (LONG // len(theirs.marker.query)))
    for text in (*WIDE, theirs.marker.query[:1], long, f'"{theirs.marker.query}"', f"{theirs.marker.query} \u00e9"):
        request = resource.request("search", own, marker=replace(own.marker, query=text))
        answers.append(await resource.lab.send(bob, request, purpose="attempt"))
        if answers[-1].ok and theirs.marker.in_bytes(answers[-1].body):
            sentence = f"{bob.name} finds {alice.name}'s {resource.name} by searching for {text!r}"
            return failed(subject, sentence, theirs.created, answers[-1], **about)
    if not any(each.ok and own.marker.in_bytes(each.body) for each in answers):
        sentence = f"searching for {', '.join(map(repr, WIDE))} or a letter finds no own {resource.name} either"
        return skipped(subject, "not-applicable", sentence, answers[-1], **about)
    sentence = f"searching for anything, {bob.name} finds own ones, and none of {alice.name}'s"
    return passed(subject, sentence, *answers, **about)
