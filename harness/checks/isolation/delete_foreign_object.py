"""Broken object level authorization (OWASP API1:2023, CWE-639): deleting, judged by what the owner finds afterwards.

A service that protects its rows may answer a forbidden delete with 200, 204, 403 or 404; what counts is whether the
object is still there, unchanged, for its owner, in every way in which it was found before: what is still read may be
gone from the list, or from the index of the search.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.checks._sight import insisting
from harness.expect import failed, inconclusive, isolation_cell, passed, status_of
from harness.lab.resource import with_query
from harness.model import Needs, Severity
from harness.registry import check
from harness.requests import PLACEHOLDER, is_json_object

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab, Owned, View
    from harness.model import Exchange, Identity, Observation, Request


@check(
    severity=Severity.CRITICAL,
    catches=["isolation.delete"],
    needs=Needs(users=2, operations=("create", "delete"), waits=True),
    owasp="API1:2023",
    cwe=639,
)
async def delete_foreign_object(lab: Lab) -> AsyncIterator[Observation]:
    """A user cannot delete an object that another user owns, nor one that everybody may read."""
    for resource in lab.resources_with("create", "delete"):
        alice, bob = await lab.two_users()
        for owner, stranger in ((alice, bob), (bob, alice)):
            yield await _delete(resource, owner, stranger)
        if resource.spec.create_public is not None:
            yield await _delete(resource, alice, bob, public=True)


async def _delete(resource: BoundResource, owner: Identity, stranger: Identity, *, public: bool = False) -> Observation:
    operation = resource.operation("delete")
    about = {
        "operation": operation,
        "users": (owner.name, stranger.name),
        "cell": isolation_cell(f"{operation} (public)" if public else operation, owner.name, stranger.name),
    }
    if not resource.looks:
        return inconclusive(
            operation, "no-read-back", f"no operation shows whether a {resource.name} is still there", **about
        )
    verb = resource.looks[0]
    _, elder = await resource.try_create(owner)  # where pages have moved, it is the first to be found no more
    theirs, own = await resource.create(owner, public=public), await resource.create(stranger)
    before = await resource.seen(owner, theirs, verb)
    if not before.found:
        return inconclusive(
            operation,
            "no-control",
            f"{owner.name} does not find the own {resource.name} before the attempt",
            before.last,
            **about,
        )
    for each in filter(None, (elder, theirs)):
        await _use(resource, owner, each)
    others = [each for each in resource.looks[1:] if (await resource.seen(owner, theirs, each)).found]
    attempt = await insisting(lambda: resource.delete(stranger, theirs, purpose="attempt"))
    after = await resource.seen(owner, theirs, verb, purpose="read-back")
    if after.found:
        through = await _through(resource, stranger, theirs)
        after = await resource.seen(owner, theirs, verb, purpose="read-back")
        attempt = attempt if after.found else through
    control = await resource.delete(stranger, own, purpose="control")
    gone = await resource.seen(stranger, own, verb, expected=False, purpose="control")  # as long as a deletion takes
    if after.found and elder is not None:
        after = await _lost(resource, theirs, elder, own, others) or after
    if after.found:
        after = await resource.seen(owner, theirs, verb, purpose="read-back")
    if not after.found:
        said = (
            f"({status_of(attempt)}; {owner.name} then finds it no more, {status_of(after.last)}, by {after.operation})"
        )
        sentence = f"{stranger.name} deleted {owner.name}'s {resource.name} {said}"
        return failed(operation, sentence, theirs.created, before.last, attempt, after.last, **about)
    if not control.ok or gone.found:
        such = f"an own {resource.name} ({status_of(control)})"
        sentence = f"{stranger.name} cannot delete {such} either, so the refusal means nothing"
        return inconclusive(operation, "no-control", sentence, attempt, control, gone.last, **about)
    foreign = f"not {owner.name}'s ({attempt.status}), which {owner.name} still finds"
    sentence = f"{stranger.name} deletes an own {resource.name} but {foreign}"
    return passed(operation, sentence, before.last, attempt, after.last, control, **about)


async def _lost(resource: BoundResource, theirs: Owned, elder: Owned, own: Owned, verbs: list[str]) -> View | None:
    """Return how the owner finds an object no more, while an elder one is found, once the stranger's `own` is gone."""
    for verb in verbs:
        await resource.seen(own.owner, own, verb, expected=False, purpose="control")
        view = await resource.seen(theirs.owner, theirs, verb, purpose="read-back")
        if not view.found and (await resource.seen(elder.owner, elder, verb, purpose="control")).found:
            return view
    return None


async def _use(resource: BoundResource, owner: Identity, theirs: Owned) -> None:
    """Let the owner do with it what can be done: what was used must be as safe as what is new."""
    for call in resource.spec.action:
        if not call.publishes:
            await resource.act(owner, theirs, call, purpose="control")


async def _through(resource: BoundResource, stranger: Identity, theirs: Owned) -> Exchange:
    """Delete an own object while the query, or then the body, names the other's, as the path's parameter is named.

    A body goes over a connection of its own: who does not expect one may take it for the next request.
    """
    names = sorted({*PLACEHOLDER.findall(resource.operation("delete"))[-1:], "id"})
    for place in (_in_query, _in_body):
        own = await resource.create(stranger)
        request = place(resource.request("delete", own), names, theirs)
        exchange = await resource.lab.send(stranger, request, purpose="attempt", raw=place is _in_body)
        if exchange.ok:
            resource.lab.session.ledger.gone(own)
    return exchange


def _in_query(request: Request, names: list[str], theirs: Owned) -> Request:
    for name in names:
        request = with_query(request, name, str(theirs.id))
    return request


def _in_body(request: Request, names: list[str], theirs: Owned) -> Request:
    if request.body and not is_json_object(request):
        return request
    body = json.dumps({**json.loads(request.body or b"{}"), **dict.fromkeys(names, theirs.id)}).encode()
    typed = () if request.body else (("Content-Type", "application/json"),)
    return replace(request, headers=(*request.headers, *typed), body=body)
