"""A search that has found nothing is kept, and answered again when there is something (CWE-440): a cache of nothing.

Whatever is added must drop it, or what was acknowledged is not found by the very words that its owner looks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import BoundResource, Lab
    from harness.model import Identity, Observation


@check(
    severity=Severity.MEDIUM,
    catches=["integrity.lost-write"],
    needs=Needs(operations=("create", "search"), waits=True),
    owasp="API9:2023",
    cwe=440,
)
async def searched_before(lab: Lab) -> AsyncIterator[Observation]:
    """What was searched for before it was there is found once it is."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.resources_with("create", "search"):
        yield await _try(resource, user)


async def _try(resource: BoundResource, user: Identity) -> Observation:
    """Search, create and search again; where that finds nothing, another one, never searched for, must be found."""
    operation = resource.operation("search")
    about = {"operation": operation, "users": (user.name,)}
    elder, query = await resource.create(user), resource.mark(user).query
    marker = resource.lab.session.markers.issue(resource.lab.key(user), query=query)
    early = await resource.lab.send(user, resource.request("search", elder, marker=marker), purpose="control")
    owned = await resource.create(user, query=query)
    view = await resource.seen(user, owned, "search", purpose="read-back")
    call = resource.spec.search
    if call is not None and resource.lists(early, owned, user, call):
        sentence = f"{operation} showed the {resource.name} before it was there"
        return inconclusive(operation, "no-control", sentence, early, owned.created, **about)
    if view.found:
        sentence = f"{operation} finds a {resource.name} whose words were searched for before it was there"
        return passed(operation, sentence, early, owned.created, view.last, **about)
    other = await resource.create(user)
    await resource.settle(other)
    control = await resource.look(user, other, "search", purpose="control")
    if not early.ok or not control.found:
        sentence = f"{operation} finds no {resource.name} at all ({status_of(control.last)})"
        return inconclusive(operation, "no-control", sentence, early, control.last, **about)
    seconds = resource.spec.settle
    sentence = f"searched for before it was there, a {resource.name} is not found by {operation} within {seconds:g} s"
    return failed(operation, f"{sentence}; another one is", early, owned.created, view.last, control.last, **about)
