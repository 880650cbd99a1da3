"""Whether things can be created as a scenario says, before checks rest on it.

One schema often stands for what is sent and for what is shown; it then requires of callers an identifier that the
service alone may choose. Which of the two is meant, only a round trip tells. And what nobody can create at all must not
keep the checks from everything else: it is set aside, and each check that would have needed it stays open.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from harness.lab import Inconclusive, Lab
from harness.openapi.inference.words import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from harness.lab import Session
    from harness.model import Exchange
    from harness.scenario.schema import Call, ResourceSpec

FORBIDDEN = 403
OTHERWISE = frozenset({401, 429, 502, 503, 504})
"""Refusals that are about who asks, how often, or a target that is not there, not about what is sent."""


async def fit_creations(session: Session, *, inferred: bool = False) -> AsyncIterator[str]:
    """Create one of each thing; leave out identifiers that are refused, set aside what cannot be created at all.

    Given users create all that the checks ask for themselves: what they may have one of only is set aside as well.
    Where things are only `inferred`, what users may not create (403) is another role's, and no check is about it.
    Yields a sentence for each change. Where nothing can be created, or a quota is scarce, nothing is changed.
    """
    specs = [each for each in session.scenario.resource if each.create is not None]
    if session.quota.scarce:
        return
    refused: dict[str, str] = {}
    for spec in specs:
        said = f"it is below a {spec.parent}" if spec.parent in refused else await _refusal(session, spec)
        field = _sent_identifier(spec) if said is not None else None
        if field is not None and await _refusal_without(session, spec, field) is None:
            yield f"{said}; without {field} it is accepted"
        elif said is not None and (spec.parent in refused or await _refusal(session, spec) is not None):
            refused[spec.name] = said
    if len(refused) == len(specs):
        return
    others = _of_others(specs, refused) if inferred else set[str]()
    for name, said in refused.items():
        yield f"no {name} can be created, others are looked at: {said}"
        if name in others:
            told = f"{name}: not verified, as it seems to be another role's: {said}"
            session.facts["others"] = [*session.facts.get("others", ()), told]
        else:
            session.aside[name] = (next(each.abilities for each in specs if each.name == name), said)
    _put(session, [each for each in session.scenario.resource if each.name not in refused])


def _of_others(specs: Sequence[ResourceSpec], refused: Mapping[str, str]) -> set[str]:
    """Return the things that users may not create, and what is below them."""
    found: set[str] = set()
    for spec in specs:  # parents come before their children
        if spec.parent in found or refused.get(spec.name, "").endswith(f" {FORBIDDEN}"):
            found.add(spec.name)
    return found


async def _refusal(session: Session, spec: ResourceSpec) -> str | None:
    """Return how a creation is refused for what it sends, None where it is not."""
    lab = Lab(session=session, check_id="fitting", random=random.Random(session.seed))
    resource, other, given = lab.resource(spec.name), None, not session.introductions.fresh
    try:
        user = await lab.user(session.introductions.names[0])
        exchange, made = await resource.try_create(user)
        if made is not None and spec.create is not None and (given or not spec.create.id):
            second, other = await resource.try_create(user)
            if other is None and _about_the_body(second):
                return f"{second.request.operation} is answered {second.status} to a second one"
    except Inconclusive:
        return None
    finally:
        session.markers.publish_all()  # of what is made here nobody knows yet who may see it by design
    by_nothing = spec.create is not None and not spec.create.id
    if by_nothing and made is not None and other is not None and str(made.id) == str(other.id):
        return f"{exchange.request.operation} answers {exchange.status} with the same for each {spec.name}"
    if exchange.ok and made is None:
        where = shown(spec.create.id) if spec.create is not None else ""
        return f"{exchange.request.operation} answers {exchange.status}, without an identifier at {where}"
    return f"{exchange.request.operation} is answered {exchange.status}" if _about_the_body(exchange) else None


async def _refusal_without(session: Session, spec: ResourceSpec, field: str) -> str | None:
    """Return the same for a creation without a field, which stays left out if that is accepted."""
    before = session.scenario.resource
    _put(session, [_without(each, field) if each.name == spec.name else each for each in before])
    said = await _refusal(session, spec)
    if said is not None:
        _put(session, before)
    return said


def _put(session: Session, specs: Sequence[ResourceSpec]) -> None:
    session.scenario = session.scenario.model_copy(update={"resource": list(specs)})


def _sent_identifier(spec: ResourceSpec) -> str | None:
    """Return the field of a creation's body that has the name of the identifier in its answer."""
    call = spec.create
    if call is None or not isinstance(call.body, dict) or not call.id.startswith("/"):
        return None
    return next((name for each in call.id.split("|") if (name := each.rpartition("/")[2]) in call.body), None)


def _about_the_body(exchange: Exchange) -> bool:
    response = exchange.response
    return response is not None and response.is_error and response.status not in OTHERWISE


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
