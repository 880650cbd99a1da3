"""Metrics that speak of users (CWE-200): labels with identifiers tell whoever reads them who does what, and how often.

Each value of a label is a series of its own, too, so that users can make as many as they like (Prometheus, naming).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.expect import failed, inconclusive, passed, status_of
from harness.lab import genuine
from harness.model import Needs, Request, Severity
from harness.registry import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.lab import Lab, Owned
    from harness.model import Observation

SHORTEST = 8
"""Characters of a name that nothing else is called by accident."""


@check(
    severity=Severity.MEDIUM,
    catches=["metrics.labels"],
    needs=Needs(users=1, operations=("create", "read"), features=("metrics",)),
    owasp="API8:2023",
    cwe=200,
)
async def labels(lab: Lab) -> AsyncIterator[Observation]:
    """Metrics that anybody may read name no user and nothing that a user owns."""
    user = await lab.user(lab.session.introductions.names[0])
    for resource in lab.private_with("create", "read"):
        await genuine(lab, user, resource)
        owned = await resource.create(user)
        view = await resource.seen(user, owned, "read")
        for verb in ("search",) if resource.spec.search else ():
            await resource.look(user, owned, verb, purpose="control")
        method, _, path = str(lab.scenario.target.metrics).partition(" ")
        request = Request(method=method, target=path, operation=lab.scenario.target.metrics)
        metrics = await lab.send(lab.anonymous, request, purpose="attempt")
        text = metrics.body.decode("utf-8", "replace")
        named = next((words for words, name in _names(owned, view.last.request.target) if name in text), None)
        if not view.found or not metrics.ok or not text:
            sentence = f"metrics are answered {status_of(metrics)}, a read {status_of(view.last)}"
            yield inconclusive(resource.name, "no-control", sentence, view.last, metrics)
        elif named is not None:
            sentence = f"{request.operation} shows anybody {named} after a {resource.name} was read"
            yield failed(resource.name, sentence, view.last, metrics)
        else:
            sentence = f"{request.operation} names neither a {resource.name} that was just read nor its owner"
            yield passed(resource.name, sentence, view.last, metrics)


def _names(owned: Owned, target: str) -> Iterator[tuple[str, str]]:
    """Walk what a label must not hold, with what it is; what is short may stand there by chance."""
    yield from (("what was searched for", each) for each in (owned.marker.query, owned.marker.witness))
    subject, path = owned.owner.subject or "", target.partition("?")[0]
    yield from (("the name of a user", each) for each in (subject,) if len(each) >= SHORTEST)
    yield from (("the identifier of an object", each) for each in (str(owned.id), f'{path}"') if len(each) >= SHORTEST)
