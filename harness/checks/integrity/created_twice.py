"""A creation like an earlier one that is acknowledged and dropped (CWE-440): two identifiers, one object.

A service may refuse to create the same again, answer with the object that is there, or put the new one in its place.
What it may not do is to hand out a new identifier under which there is nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, skipped, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation

REDIRECTS = range(300, 400)


@check(
    severity=Severity.HIGH,
    catches=["integrity.lost-write"],
    needs=Needs(operations=("create",)),
    owasp="API9:2023",
    cwe=440,
)
async def created_twice(lab: Lab) -> AsyncIterator[Observation]:
    """What is created with the content of an earlier one, under an identifier of its own, is there."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create"):
        looks = [verb for verb in resource.looks if verb != "search"]  # which may leave out what says the same
        if not looks:
            yield skipped(resource.name, "not-applicable", f"no operation shows a {resource.name} by its identifier")
            continue
        yield await _judge(resource, user, looks[0])


async def _judge(resource: BoundResource, user: Identity, verb: str) -> Observation:
    operation, about = resource.operation("create"), {"operation": resource.operation("create")}
    first = await resource.create(user)
    answer = await resource.lab.send(user, first.created.request, purpose="attempt")
    second = await resource.keep(user, answer)
    seen = (first.created, answer)
    if second is None or second.id == first.id:
        said = "the same object" if second is not None else status_of(answer)
        return skipped(resource.name, "not-applicable", f"{operation} answers {said} to the same again", *seen, **about)
    marker = first.marker if verb == "read" else second.marker  # both are in a list that holds what they have in common
    pair = [await resource.seen(user, replace(each, marker=marker), verb) for each in (second, first)]
    later, earlier = [view.found for view in pair]
    if later:
        there = "both are" if earlier else "the later one is"
        sentence = f"{operation} was sent twice alike; {there} found by {resource.operation(verb)}"
        return passed(resource.name, sentence, *seen, **about)
    if not earlier:
        sentence = f"{resource.operation(verb)} shows {user.name} no {resource.name} by its identifier"
        return inconclusive(resource.name, "no-control", sentence, *seen, **about)
    if pair[0].last.status in REDIRECTS:
        sentence = f"{resource.operation(verb)} leads from one to the other"
        return skipped(resource.name, "not-applicable", sentence, *seen, pair[0].last, **about)
    sentence = f"{operation} acknowledges the same content under two identifiers, and the second leads to nothing"
    return failed(resource.name, sentence, *seen, *(view.last for view in pair), **about)
