"""A create that was acknowledged and lost (CWE-440): the worst kind of success, because nobody repeats it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed
from harness.model import Needs, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.lab import BoundResource, Lab, Owned
    from harness.model import Identity, Observation

EACH = 20


@check(
    severity=Severity.HIGH,
    catches=["integrity.lost-write"],
    needs=Needs(operations=("create",), features=("plenty",), waits=True),
    owasp="API9:2023",
    cwe=440,
    mode="many",
)
async def acknowledged_creates(lab: Lab) -> AsyncIterator[Observation]:
    """Every object whose creation was acknowledged is there."""
    for resource in lab.resources_with("create"):
        if not resource.looks:
            yield inconclusive(resource.name, "no-control", f"nothing shows whether a {resource.name} exists")
            continue
        user = await lab.user(lab.session.introductions.names[0])
        one_by_one = [(await resource.try_create(user))[1] for _ in range(EACH)]
        together = [owned for _, owned in await asyncio.gather(*(resource.try_create(user) for _ in range(EACH)))]
        sets = {"at the same time": together, "one after the other": one_by_one}
        for seen in await asyncio.gather(*(_there(resource, user, how, made) for how, made in sets.items())):
            yield seen


async def _there(resource: BoundResource, user: Identity, how: str, made: Sequence[Owned | None]) -> Observation:
    """Look for each acknowledged object by the most direct way there is."""
    subject, verb = f"{resource.name}: {how}", resource.looks[0]
    about = {"operation": resource.operation("create")}
    kept = [owned for owned in made if owned is not None]
    if len(kept) < EACH // 2:
        return inconclusive(
            subject, "no-control", f"only {len(kept)} of {len(made)} creations were acknowledged", **about
        )
    if len({str(owned.id) for owned in kept}) < len(kept):
        return failed(subject, f"{len(kept)} {resource.name}s share identifiers", kept[0].created, **about)
    lost = await resource.missing(user, kept, verb)
    said = f"{len(kept)} {resource.name}s were acknowledged, created {how}"
    if len(lost) == len(kept):
        # Nothing at all is found: one must be found some other way before this says anything about storing.
        return await _all_lost(resource, user, subject, lost)
    if lost:
        first = await resource.look(user, lost[0], verb, purpose="read-back")
        return failed(subject, f"{said}; {len(lost)} of them are not there", lost[0].created, first.last, **about)
    return passed(subject, f"{said}, and each is found by {resource.operation(verb)}", kept[0].created, **about)


async def _all_lost(resource: BoundResource, user: Identity, subject: str, lost: Sequence[Owned]) -> Observation:
    about = {"operation": resource.operation("create")}
    views = [await resource.look(user, lost[0], verb, purpose="read-back") for verb in resource.looks]
    sentence = f"{len(lost)} {resource.name}s were acknowledged, and none is found by {' or '.join(resource.looks)}"
    if not any(view.ok for view in views):
        return inconclusive(
            subject, "no-control", f"{sentence}, all of which are refused", *(view.last for view in views)
        )
    return failed(subject, sentence, lost[0].created, *(view.last for view in views), **about)
