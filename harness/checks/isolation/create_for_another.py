"""Mass assignment of the owner (OWASP API3:2023, CWE-915): an object that is created in another user's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, isolation_cell, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


FIELDS = (
    "user_id",
    "owner_id",
    "owner",
    "user",
    "userId",
    "ownerId",
    "author_id",
    "account_id",
    "created_by",
    "tenant_id",
)


@check(
    severity=Severity.HIGH,
    catches=["isolation.create"],
    needs=Needs(users=2, operations=("create",)),
    owasp="API3:2023",
    cwe=915,
)
async def create_for_another(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot create an object in the name of another."""
    for resource in lab.resources_with("create"):
        alice, bob = await lab.two_users()
        if resource.looks:
            yield await _create(resource, alice, bob)


async def _create(resource: BoundResource, alice: Identity, bob: Identity) -> Observation:
    """Bob creates objects that name Alice as their owner, in every usual field at once and in each alone."""
    operation = resource.operation("create")
    about = {
        "operation": operation,
        "users": (alice.name, bob.name),
        "cell": isolation_cell(operation, alice.name, bob.name),
    }
    verb, plain = resource.looks[0], await resource.create(bob)
    control = await resource.seen(bob, plain, verb)
    hers = await resource.create(alice)
    if not control.found or not (await resource.seen(alice, hers, verb)).found:
        return inconclusive(
            operation, "no-control", f"an owner does not find the own {resource.name}", control.last, **about
        )
    names = tuple(dict.fromkeys((*(filter(None, [resource.spec.owner_field])), *FIELDS)))
    refused = 0
    for fields in (dict.fromkeys(names, _owner(alice)), *({name: _owner(alice)} for name in names)):
        made = await resource.create_with(bob, fields)
        if made is None:
            refused += 1
            continue
        seen = await resource.look(alice, made, verb, purpose="read-back")
        if seen.found:
            sentence = (
                f"{bob.name} creates a {resource.name} that {alice.name} then owns, by {_named(fields)} in the request"
            )
            return failed(operation, sentence, made.created, seen.last, **about)
        if not (await resource.seen(bob, made, verb)).found:
            sentence = (
                f"{bob.name} creates a {resource.name} with {_named(fields)} in the request, and does not own it then"
            )
            return failed(operation, sentence, made.created, **about)
    sentence = f"naming {alice.name} as the owner gives her nothing ({len(names)} fields; {refused} requests refused)"
    return passed(operation, sentence, control.last, **about)


def _owner(user: Identity) -> str:
    return user.subject or user.name


def _named(fields: dict[str, str]) -> str:
    return next(iter(fields)) if len(fields) == 1 else f"{len(fields)} owner fields"
