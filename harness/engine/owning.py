"""Whether a field that bears the name of an owner shows one: the author of a book is what its reader has written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness import requests
from harness.lab import Inconclusive, Lab
from harness.lab.ownership import identifiers, owner_itself, owner_seen, shown_owner
from harness.scenario.schema.resources import LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness.lab import Session
    from harness.scenario.schema import ResourceSpec


async def fit_owners(session: Session) -> AsyncIterator[str]:
    """Create one of each thing that shows an owner; forget the field where it shows nobody, or what was sent in it.

    Yields a sentence for each that is forgotten. Where a quota is scarce, nothing is created.
    """
    for spec in session.scenario.resource:
        if spec.owner_field is not None and spec.create is not None and not session.quota.scarce:
            said = await _nobody(session, spec)
            if said is not None:
                _forget(session, spec.name)
                yield f"{spec.owner_field} of a {spec.name} is not taken for its owner: {said}"


async def _nobody(session: Session, spec: ResourceSpec) -> str | None:
    """Return why the field names no owner; None where it does, or nothing shows that."""
    lab = Lab(session=session, check_id="fitting", random=random.Random(session.seed))
    try:
        user = await lab.user(session.introductions.names[0])
        resource = lab.resource(spec.name)
        exchange, owned = await resource.try_create(user)
        if owned is None:
            return None
        known = {user.subject, user.username, user.name, *map(str, await identifiers(lab, user))}
        shown = [shown_owner(resource, requests.parsed(exchange.body))]
        if LOOK in spec.abilities:
            shown.append(owner_seen(resource, await resource.look(user, owned, resource.looks[0], purpose="control")))
    except Inconclusive:
        return None
    finally:
        session.markers.publish_all()  # of what is made here nobody knows yet who may see it by design
    value = next((each for each in shown if each not in {None, ""}), None)
    if value is None:
        return "it is empty"
    if str(value) in known:
        return None
    if isinstance(owner_itself(resource, requests.parsed(exchange.body)), dict):
        return "it is an object that names nobody whom who-am-I knows"
    said = shown_owner(resource, requests.parsed(exchange.request.body))
    return "it is what the creation says" if said == value else None


def _forget(session: Session, name: str) -> None:
    specs = [
        each.model_copy(update={"owner_field": None}) if each.name == name else each
        for each in session.scenario.resource
    ]
    session.scenario = session.scenario.model_copy(update={"resource": specs})
