"""What the target says of itself: its build, its routes, its counters; recorded as facts, judged by nobody here."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from harness import requests
from harness.client import phase
from harness.lab import ONCE, READABLE, Lab, harmless
from harness.lab.readable import is_readable
from harness.model import ANONYMOUS

if TYPE_CHECKING:
    from harness.lab import BoundResource, Session
    from harness.model import Identity

MOST_SERIES = 400


async def survey(session: Session) -> None:
    """Record build and token configuration, and the counters before the run."""
    session.facts["tokens"] = _tokens(session)
    target = session.scenario.target
    if target.version is not None:
        exchange = await session.client.send(ANONYMOUS, requests.plain(target.version), purpose="version")
        answer = requests.parsed(exchange.body)
        if exchange.ok and isinstance(answer, dict):
            session.facts["version"] = {key: str(value) for key, value in answer.items()}
    if target.metrics is not None:
        session.facts["metrics"] = {"offered": True, "before": await _counters(session, target.metrics)}


async def survey_openness(session: Session) -> None:
    """Record of which resources everybody sees every object, without a credential too, while nobody makes one so.

    What is private by mistake is hardly so by each operation that shows it: such a resource is taken to be public by
    design, and what cannot be said of it then is open until the scenario says which.
    """
    lab = Lab(session=session, check_id="survey", random=random.Random(session.seed))
    user = await lab.user(session.introductions.names[0])
    request = harmless(lab, user)
    if session.quota.scarce or request is None or (await lab.send(lab.anonymous, request)).ok:
        return
    for resource in lab.resources_with("create"):
        parent = resource.spec.parent
        shown = _nested_shown_to_all if parent is not None else _shown_to_all
        open_above = parent is None or is_readable(session, parent)
        if open_above and not resource.spec.readable and await shown(resource, user):
            session.facts[READABLE] = [*session.facts.get(READABLE, ()), resource.name]


async def _shown_to_all(resource: BoundResource, user: Identity) -> bool:
    """Whether every look shows a new object to nobody in particular; nothing is made where a list is closed already."""
    anonymous, lists = resource.lab.anonymous, [verb for verb in resource.looks if verb != "read"]
    if not lists or resource.spec.create_public is not None:
        return False
    for verb in lists:
        if not (await resource.pages(anonymous, verb)).ok:
            return False
    made, _ = await resource.try_create(anonymous)
    if made.ok:
        return False
    owned = await resource.create(user)
    for verb in resource.looks:
        if not (await resource.look(anonymous, owned, verb)).found:
            return False
    resource.lab.session.markers.publish(owned.marker)
    return True


async def _nested_shown_to_all(resource: BoundResource, user: Identity) -> bool:
    """Whether every look shows a new object below one that everybody sees."""
    anonymous = resource.lab.anonymous
    parent = await resource.lab.resource(str(resource.spec.parent)).create(user)
    made, _ = await resource.try_create(anonymous, parent=parent)
    if made.ok or not resource.looks:
        return False
    owned = await resource.create(user, parent=parent)
    found = [(await resource.look(anonymous, owned, verb)).found for verb in resource.looks]
    if all(found):
        resource.lab.session.markers.publish(owned.marker)
    return all(found)


async def survey_actions(session: Session) -> None:
    """Record which actions succeed once on an object and not again: what is cancelled, or liked, is so for good.

    Whoever else tries one must come before the owner then, on an object of its own.
    """
    lab = Lab(session=session, check_id="survey", random=random.Random(session.seed))
    if session.quota.scarce:
        return
    user = await lab.user(session.introductions.names[0])
    for resource in lab.resources_with("create", "action"):
        for call in resource.spec.action:
            owned = await resource.create(user)
            await resource.ready(user, owned, call)
            first = await resource.act(user, owned, call)
            again = await resource.act(user, owned, call)
            if first.ok and not again.ok and not again.broken:
                session.facts[ONCE] = [*session.facts.get(ONCE, ()), call.operation]


async def survey_again(session: Session) -> None:
    """Record the counters after the run, and by how much each has moved."""
    target, known = session.scenario.target, session.facts.get("metrics")
    if target.metrics is None or known is None:
        return
    token = phase.set("metrics")
    try:
        after = await _counters(session, target.metrics)
    finally:
        phase.reset(token)
    before = known["before"]
    moved = {name: value - before.get(name, 0.0) for name, value in after.items() if value != before.get(name, 0.0)}
    session.facts["metrics"] = {**known, "after": after, "moved": moved}


async def _counters(session: Session, operation: str) -> dict[str, float]:
    """Return the counters of a Prometheus exposition, summed over their labels."""
    exchange = await session.client.send(ANONYMOUS, requests.plain(operation), purpose="metrics")
    return counters(exchange.body.decode("utf-8", "replace")) if exchange.ok else {}


def counters(exposition: str) -> dict[str, float]:
    """Return name -> value of the counters in a text exposition, summed over labels; at most MOST_SERIES names."""
    sums: dict[str, float] = defaultdict(float)
    for line in exposition.splitlines():
        name, _, value = line.rpartition(" ")
        bare = name.partition("{")[0].strip()
        if bare.endswith(("_total", "_count")) and not line.startswith("#"):
            try:
                sums[bare] += float(value)
            except ValueError:
                continue
    return dict(sorted(sums.items())[:MOST_SERIES])


def _tokens(session: Session) -> dict[str, Any]:
    """Return how credentials travel and, where the harness signs tokens, what is declared of them; never a secret."""
    users = session.scenario.users
    carrier = users.credential
    place = f"cookie {carrier.cookie}" if carrier.cookie else f"header {carrier.header}"
    known: dict[str, Any] = {"carried in": place}
    if users.minted is not None:
        spec = users.minted
        known |= {
            "signed by": f"the harness, {spec.algorithm}",
            **({"keys published at": issuer.url} if (issuer := session.introductions.issuer) else {}),
            "audience": spec.audience or "not declared",
            "issuer": spec.issuer or "not declared",
            "longest life": f"{spec.max_lifetime} s" if spec.max_lifetime else "not declared",
            "leeway": f"{spec.leeway} s",
        }
    return known
