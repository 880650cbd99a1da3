"""Creations that a target takes only without the identifier that its document requires.

One schema often stands for what is sent and for what is shown; it then requires of callers what the service alone may
choose. Which of the two is meant, only a round trip tells.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from harness.lab import Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Session
    from harness.model import Exchange
    from harness.scenario.schema import Call, ResourceSpec

OTHERWISE = frozenset({401, 429})
"""Refusals that are about who asks, or how often, not about what is sent."""


async def fit_creations(session: Session) -> AsyncIterator[str]:
    """Take the identifier out of the bodies of each resource that is created without it only; say where it was."""
    for spec in session.scenario.resource:
        field = _sent_identifier(spec)
        if field is None or session.quota.scarce:
            continue
        refused = await _tried(session, spec.name)
        if not _about_the_body(refused):
            continue
        before = session.scenario
        rest = [_without(each, field) if each.name == spec.name else each for each in before.resource]
        session.scenario = before.model_copy(update={"resource": rest})
        taken = await _tried(session, spec.name)
        if taken.ok:
            yield f"{refused.request.operation} is answered {refused.status} with {field}, {taken.status} without"
        else:
            session.scenario = before


async def _tried(session: Session, resource: str) -> Exchange:
    """Send a creation as the scenario describes it by now."""
    lab = Lab(session=session, check_id="fitting", random=random.Random(session.seed))
    exchange, _ = await lab.resource(resource).try_create(await lab.user(session.introductions.names[0]))
    return exchange


def _sent_identifier(spec: ResourceSpec) -> str | None:
    """Return the field of a creation's body that has the name of the identifier in its answer."""
    call = spec.create
    if call is None or not isinstance(call.body, dict) or not call.id.startswith("/"):
        return None
    return next((name for each in call.id.split("|") if (name := each.rpartition("/")[2]) in call.body), None)


def _about_the_body(exchange: Exchange) -> bool:
    response = exchange.response
    return response is not None and response.is_error and not response.is_failure and response.status not in OTHERWISE


def _without(spec: ResourceSpec, field: str) -> ResourceSpec:
    changes: dict[str, Any] = {"update": [_leaner(each, field) for each in spec.update]}
    for verb in ("create", "create_public"):
        call = getattr(spec, verb)
        changes[verb] = _leaner(call, field) if call is not None else None
    return spec.model_copy(update=changes)


def _leaner(call: Call, field: str) -> Call:
    if not isinstance(call.body, dict):
        return call
    return call.model_copy(update={"body": {name: value for name, value in call.body.items() if name != field}})
